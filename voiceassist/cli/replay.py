"""`voiceassist replay`: a recording through the very same pipeline, without a server."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from voiceassist import wire
from voiceassist.asr.engines import load_engine
from voiceassist.cli.card_table import card_lines
from voiceassist.cli.serve import ENGINE_HELP, ServedModelsDir
from voiceassist.cli.transcript import line_of
from voiceassist.config import load_settings
from voiceassist.errors import RecordingError
from voiceassist.events import Customer, Person, Record, Speaker
from voiceassist.ingest.source import CallInfo
from voiceassist.playbooks import load_playbook
from voiceassist.replay import Leg, ReplayStep
from voiceassist.replay import replay as replay_call
from voiceassist.store.audiofile import AudioFile, read_audio

STEREO = 2
MONO_HELP = (
    "{path} has one channel, so it cannot be told who speaks. If it holds one side of the call say which: "
    "--mono agent or --mono customer. If there is a file per side: --agent A.wav --customer B.wav."
)


def replay(
    recording: Annotated[Path | None, typer.Argument(help="Two channels: agent left, customer right.")] = None,
    agent: Annotated[Path | None, typer.Option(help="The agent's side, as a file of its own.")] = None,
    customer: Annotated[Path | None, typer.Option(help="The customer's side, as a file of its own.")] = None,
    swap: Annotated[bool, typer.Option("--swap", help="Customer left, agent right.")] = False,
    mono: Annotated[Speaker | None, typer.Option(help="Whose side a one-channel recording is.")] = None,
    engine: Annotated[str, typer.Option(help=ENGINE_HELP)] = "auto",
    models_dir: ServedModelsDir = None,
    playbook: Annotated[Path | None, typer.Option(help="Playbook (YAML). Default: built in.")] = None,
    language: Annotated[str, typer.Option(help="Language of the call: en, es …")] = "en",
    tier: Annotated[str, typer.Option(help="The customer's tier.")] = "standard",
    speed: Annotated[float | None, typer.Option(min=0.1, help="Times real time; else at full speed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One event per line, in the wire format.")] = False,
    cards: Annotated[bool, typer.Option("--cards", help="Cards only: in, out, why, words to read.")] = False,
) -> None:
    """Run a recording through the very same pipeline as a live call, without a server.

    Any WAV, FLAC, Ogg or MP3. Two runs give identical events.

    Examples:

      voiceassist replay call.wav

      voiceassist replay --agent a.wav --customer b.wav --json > events.jsonl

      voiceassist replay call.flac --swap --speed 1

      voiceassist replay llamada.wav --language es --engine vosk:vosk-model-small-es-0.42
    """
    legs = _legs(recording, agent, customer, mono, swap=swap)
    info = CallInfo(
        call_id=(recording or agent or customer or Path("call")).stem,
        agent=Person(id="agent", name="Agent"),
        customer=Customer(id="customer", name="Customer", tier=tier),
        source="replay",
        legs=tuple(leg.speaker for leg in legs),
        language=language,
    )
    rules = load_playbook(playbook, language)
    models = load_settings(models_dir=models_dir).models_dir
    with closing(load_engine(engine, language=language, models_dir=models)) as loaded:
        heard = replay_call(legs, info, loaded, rules, started_at=_recorded_at(recording or agent or customer))
        told = _records(_paced(heard, speed), max(leg.duration_ms for leg in legs))
        _print_cards(told) if cards else _print(told, as_json=as_json)


def _legs(
    recording: Path | None, agent: Path | None, customer: Path | None, mono: Speaker | None, *, swap: bool
) -> tuple[Leg, ...]:
    given: list[tuple[Speaker, Path | None]] = [("agent", agent), ("customer", customer)]
    if bool(recording) == bool(agent or customer):
        raise typer.BadParameter("name either one recording, or a file per side with --agent and --customer")
    if not recording:
        return tuple(_mono_leg(speaker, path) for speaker, path in given if path)
    if mono:
        return (_mono_leg(mono, recording),)
    audio = _read(recording)
    if len(audio.channels) != STEREO:
        raise RecordingError(_channels_help(recording, audio))
    left, right = reversed(audio.channels) if swap else audio.channels
    return (
        Leg(speaker="agent", pcm=left, rate_hz=audio.rate_hz),
        Leg(speaker="customer", pcm=right, rate_hz=audio.rate_hz),
    )


def _mono_leg(speaker: Speaker, path: Path) -> Leg:
    audio = _read(path)
    if len(audio.channels) != 1:
        raise RecordingError(f"{path} has {len(audio.channels)} channels; one side of a call has one")
    return Leg(speaker=speaker, pcm=audio.channels[0], rate_hz=audio.rate_hz)


def _read(path: Path) -> AudioFile:
    """The recording; what is wrong with it is said beside the output."""
    audio = read_audio(path)
    if audio.warning:
        typer.echo(f"warning: {audio.warning}", err=True)
    return audio


def _channels_help(path: Path, audio: AudioFile) -> str:
    if len(audio.channels) == 1:
        return MONO_HELP.format(path=path)
    return f"{path} has {len(audio.channels)} channels; a call has two: agent left, customer right"


def _recorded_at(path: Path | None) -> str:
    """When the file was written, so that two runs agree; in the zone of this machine, like a live call's time."""
    modified_s = path.stat().st_mtime if path else 0.0
    return datetime.fromtimestamp(modified_s, UTC).astimezone().isoformat(timespec="milliseconds")


def _paced(heard: Iterator[ReplayStep], speed: float | None) -> Iterator[ReplayStep]:
    started_s = monotonic()
    for step in heard:
        if speed:
            sleep(max(0.0, started_s + step.at_ms / 1000 / speed - monotonic()))
        yield step


def _print(records: Iterator[Record], *, as_json: bool) -> None:
    for record in records:
        _print_record(record, as_json=as_json)


def _print_cards(records: Iterator[Record]) -> None:
    for line in card_lines(record.event for record in records):
        print(line)  # noqa: T201 - this is the output


def _records(heard: Iterator[ReplayStep], total_ms: int) -> Iterator[Record]:
    """The records as they come, with a bar that shows how far the recording was heard."""
    progress = Progress(
        TextColumn("listening"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with progress:
        task = progress.add_task("", total=total_ms)
        for step in heard:
            yield from step.records
            progress.update(task, completed=step.at_ms)


def _print_record(record: Record, *, as_json: bool) -> None:
    if as_json:
        print(wire.encode_line(record), flush=True)  # noqa: T201 - this is the output
    elif line := line_of(record.event):
        Console(highlight=False, soft_wrap=True).print(line)
