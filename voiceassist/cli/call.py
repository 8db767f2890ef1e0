"""`voiceassist call`: streams a recording to a server as a phone system would, with what lines do to audio.

The protocols are in `callers/`. Next: `send.py` is its simplest form.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from voiceassist.callers.caller import PlacedCall
from voiceassist.callers.placing import CallHooks, CallOutcome
from voiceassist.callers.plan import Manner
from voiceassist.callers.protocols import protocol_named
from voiceassist.callers.request import ingest_url
from voiceassist.callers.run import place_call
from voiceassist.cli import call_options as given
from voiceassist.cli.options import IngestToken
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.samples import SAMPLE_IDS, load_sample


def call(
    recording: given.RecordingArgument,
    to: given.To = given.HERE,
    protocol: given.Protocol = "stream",
    call_id: given.CallIdOption = None,
    agent: given.AgentName = "Agent",
    team: given.AgentTeam = "",
    customer: given.CustomerName = "Customer",
    tier: given.CustomerTier = "standard",
    language: given.CallLanguage = None,
    token: IngestToken = None,
    options: given.ProtocolOptions = None,
    legs: given.Legs = given.BOTH_LEGS,
    rate: given.SentRate = None,
    speed: given.Speed = 1.0,
    per_leg: given.PerLeg = False,
    loss: given.Loss = 0.0,
    jitter: given.Jitter = 0,
    reorder: given.Reorder = 0.0,
    pause: given.Pauses = None,
    drop: given.Drops = None,
    cut: given.Cut = None,
    dtmf: given.Dtmf = None,
    seed: given.Seed = 0,
) -> None:
    """Stream a recording to a server as a phone system would, with whatever lines do to it.

    Examples:

      voiceassist call late-return

      voiceassist call call.wav --to https://calls.example --token va_… --loss 5 --jitter 100

      voiceassist call call.wav --per-leg --pause 10:15 --drop 20:3 --cut 40 --speed 5 --set encoding=mulaw
    """
    who = given.people(agent, team, customer, tier)
    placed = given.placed_call(call_id or new_call_id(recording), who, language, token, options or ())
    manner = given.with_doings(given.line_manner(loss, jitter, reorder, cut, seed), pause, drop, dtmf)
    manner = replace(manner, speed=speed, per_leg=per_leg)
    place(recording, to, placed, protocol=protocol, manner=manner, legs=given.legs_named(legs), rate_hz=rate)


def place(
    recording: str,
    to: str,
    placed: PlacedCall,
    *,
    protocol: str = "stream",
    manner: Manner | None = None,
    legs: tuple[Speaker, ...] = SPEAKERS,
    rate_hz: int | None = None,
) -> None:
    """Places the call; says where it goes, how far it is and what the server says. Raises CallerError."""
    url, path = ingest_url(to, protocol_named(protocol).path), _file(recording)
    typer.echo(f"streaming {recording} to {url} as call {placed.call_id}", err=True)
    with _shown() as hooks:
        placing = place_call(
            path, url, placed, protocol=protocol, manner=manner, legs=legs, rate_hz=rate_hz, hooks=hooks
        )
        outcome = asyncio.run(placing)
    if outcome.warning:
        typer.echo(f"warning: {outcome.warning}", err=True)
    typer.echo(_summary(outcome), err=True)


def new_call_id(recording: str) -> str:
    """The file's name, as far as a call id may have it, and a number."""
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in Path(recording).stem)
    return f"{name.strip('-') or 'call'}-{uuid4().hex[:6]}"


@contextmanager
def _shown() -> Iterator[CallHooks]:
    """A bar on a terminal, and the server's words as they come."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.fields[at]}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("call", total=None, at="0.0 s")

        def progress(at_ms: float, of_ms: float) -> None:
            bar.update(task, total=of_ms, completed=at_ms, at=f"{at_ms / 1000:.1f} s")

        yield CallHooks(progress=progress, told=lambda what: console.print(f"server: {what}", markup=False))


def _summary(outcome: CallOutcome) -> str:
    connections = f"{outcome.connections} connection{'s' * (outcome.connections != 1)}"
    unsent = f", {outcome.unsent} not sent because the server did not listen" if outcome.unsent else ""
    return f"sent {outcome.frames} frames of {outcome.duration_ms / 1000:.1f} s over {connections}{unsent}"


def _file(recording: str) -> Path:
    return load_sample(recording).recording if recording in SAMPLE_IDS else Path(recording)
