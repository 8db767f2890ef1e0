"""`voiceassist send`: a recording to a running server over our own protocol, the simplest form of `call`."""

from pathlib import Path
from typing import Annotated

import typer

from voiceassist.callers.plan import Manner
from voiceassist.cli import call_options as given
from voiceassist.cli.call import new_call_id, place
from voiceassist.cli.options import IngestToken


def send(
    recording: Annotated[Path, typer.Argument(help="Two channels: agent left, customer right.")],
    to: given.To = given.HERE,
    call_id: given.CallIdOption = None,
    agent: given.AgentName = "Agent",
    team: given.AgentTeam = "",
    customer: given.CustomerName = "Customer",
    language: given.CallLanguage = None,
    token: IngestToken = None,
    speed: given.Speed = 1.0,
) -> None:
    """Stream a recording to a running server; `voiceassist call` does it as other phone systems would.

    Examples:

      voiceassist send call.wav --to http://127.0.0.1:9000

      voiceassist send call.wav --to wss://calls.example/ingest/stream --token SECRET

      voiceassist send llamada.wav --language es
    """
    who = given.people(agent, team, customer)
    placed = given.placed_call(call_id or new_call_id(str(recording)), who, language, token)
    place(str(recording), to, placed, manner=Manner(speed=speed))
