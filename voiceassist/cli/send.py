"""`voiceassist send`: streams a recording to a running server, as a phone system would."""

import asyncio
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import typer

from voiceassist.cli.options import IngestToken
from voiceassist.errors import ConfigError
from voiceassist.events import SPEAKERS, Customer, Person
from voiceassist.ingest.source import CallInfo
from voiceassist.samples.player import play

INGEST = "/ingest/stream"
SOCKET_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


def send(
    recording: Annotated[Path, typer.Argument(help="Two channels: agent left, customer right.")],
    to: Annotated[
        str, typer.Option(help="The server, as pages name it (http://…), or its ingest socket (ws://…).")
    ] = "ws://127.0.0.1:8710/ingest/stream",
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

      voiceassist send call.wav --to http://127.0.0.1:9000

      voiceassist send call.wav --to wss://calls.example/ingest/stream --token SECRET

      voiceassist send llamada.wav --language es
    """
    url = ingest_url(to)
    info = CallInfo(
        call_id=call_id or f"{recording.stem}-{uuid4().hex[:6]}",
        agent=Person(id=agent.lower(), name=agent, team=team),
        customer=Customer(id=customer.lower(), name=customer),
        source="stream",
        legs=SPEAKERS,
        language=language,
    )
    typer.echo(f"streaming {recording} to {url} as call {info.call_id}", err=True)
    asyncio.run(play(recording, url, info, token=token, speed=speed))


def ingest_url(to: str) -> str:
    """The ingest socket of a server that was named as a page or as a socket. Raises ConfigError."""
    address = urlsplit(to if "://" in to else f"http://{to}")
    if address.scheme not in SOCKET_SCHEMES or not address.netloc:
        raise ConfigError(f"--to {to}: not an address; name the server, as in http://127.0.0.1:8710")
    path = INGEST if address.path in ("", "/") else address.path
    return urlunsplit(address._replace(scheme=SOCKET_SCHEMES[address.scheme], path=path))
