"""`voiceassist send`: streams a recording to a running server, as a phone system would."""

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from voiceassist.cli.options import IngestToken
from voiceassist.events import SPEAKERS, Customer, Person
from voiceassist.ingest.source import CallInfo
from voiceassist.samples.player import play


def send(
    recording: Annotated[Path, typer.Argument(help="Two channels: agent left, customer right.")],
    to: Annotated[str, typer.Option(help="The server's ingest socket.")] = "ws://127.0.0.1:8710/ingest/stream",
    call_id: Annotated[
        str | None, typer.Option(help="Id of the call. Default: the file's name and a number.")
    ] = None,
    agent: Annotated[str, typer.Option(help="The agent's name.")] = "Agent",
    team: Annotated[str, typer.Option(help="The agent's team: it decides which playbook the call gets.")] = "",
    customer: Annotated[str, typer.Option(help="The customer's name.")] = "Customer",
    language: Annotated[
        str | None, typer.Option(help="Language of the call: en, es … Default: the server's.")
    ] = None,
    token: IngestToken = None,
    speed: Annotated[float, typer.Option(min=0.1, help="Times real time.")] = 1.0,
) -> None:
    """Stream a recording to a running server, as a phone system would.

    Examples:

      voiceassist send call.wav --to ws://127.0.0.1:8710/ingest/stream

      voiceassist send llamada.wav --language es
    """
    info = CallInfo(
        call_id=call_id or f"{recording.stem}-{uuid4().hex[:6]}",
        agent=Person(id=agent.lower(), name=agent, team=team),
        customer=Customer(id=customer.lower(), name=customer),
        source="stream",
        legs=SPEAKERS,
        language=language,
    )
    typer.echo(f"streaming {recording} to {to} as call {info.call_id}", err=True)
    asyncio.run(play(recording, to, info, token=token, speed=speed))
