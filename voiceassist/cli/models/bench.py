"""`voiceassist models bench`: compares engines by what they hear, how soon, and at what cost.

Registered by `__init__.py`. The measuring is in `bench/asr/`, the tables are in `bench_tables.py`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from voiceassist.bench.asr.calls import sample_clips
from voiceassist.bench.asr.channels import CHANNELS
from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.asr.degraded import CONDITIONS, degraded_clips
from voiceassist.bench.asr.document import document
from voiceassist.bench.asr.recordings import audio_clips
from voiceassist.bench.asr.report import EngineReport, measure
from voiceassist.bench.asr.subjects import Subject, subjects
from voiceassist.bench.asr.synthetic import Plan, read_sets, synthetic_clips
from voiceassist.bench.asr.voices import VOICES, available
from voiceassist.cli.checks import check_writable, known
from voiceassist.cli.models.bench_tables import show
from voiceassist.cli.models.folder import ModelsDir, folder_of
from voiceassist.cli.options import AudioFiles, ConfigFile, OnlySamples, SpokenLanguage
from voiceassist.errors import ConfigError
from voiceassist.samples import SAMPLE_IDS
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.speech_models.language import serves

STDOUT = Path("-")
WIDTH = 70  # of the line that says what is being heard
SENTENCES = 40  # of each set by default: all voices and channels then take some minutes with vosk-tiny-en

EngineNames = Annotated[
    list[str] | None,
    typer.Argument(
        help="moonshine (the embedded model), an installed one, or a folder. Default: all.", metavar="NAME"
    ),
]
WithSamples = Annotated[bool, typer.Option("--samples/--no-samples", help="Whether to hear the sample calls.")]
Degraded = Annotated[
    bool,
    typer.Option("--degraded", help=f"Also hear everything on worse lines: {', '.join(CONDITIONS)}."),
]
AtEdge = Annotated[
    bool,
    typer.Option(
        "--edge/--no-edge", help="Whether echoes are taken out and soft legs made louder first, as in a live call."
    ),
]
Synthesise = Annotated[
    bool, typer.Option("--synthesise", help="Also speak the test sets, to models made for such speech.")
]
OnlyVoices = Annotated[list[str] | None, typer.Option("--voice", help="Only these voices.")]
OnlyChannels = Annotated[
    list[str] | None, typer.Option("--channel", help=f"Only these channels: {', '.join(CHANNELS)}.")
]
OnlySets = Annotated[list[str] | None, typer.Option("--set", help="Only these test sets.")]
SetsFolder = Annotated[Path | None, typer.Option("--sets", help="The folder of the test sets.")]
MostSentences = Annotated[int, typer.Option("--sentences", min=0, help="Of each set at most so many; 0: all.")]
Output = Annotated[Path | None, typer.Option("--json", help="Write all counts to this file; - is the screen.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the engines shall hear."""

    clips: tuple[Clip, ...]  # every engine hears them
    is_degraded: bool  # and those with known words on worse lines too
    at_edge: bool  # as they come out of the hearing edge
    plan: Plan | None  # synthesised speech, for the engines that it is meant for

    def count(self, subject: Subject) -> int:
        """How many clips this engine hears."""
        worse = len(CONDITIONS) * sum(bool(clip.lines) for clip in self.clips) if self.is_degraded else 0
        return len(self.clips) + worse + (self.plan.clips if self.plan and subject.hears_synthesised else 0)

    def of(self, subject: Subject) -> Iterator[Clip]:
        """The clips for this engine. Raises RecordingError when a synthesiser fails."""
        spoken = synthetic_clips(self.plan) if self.plan and subject.hears_synthesised else ()
        worse = degraded_clips(self.clips) if self.is_degraded else ()
        return chain(self.clips, worse, spoken)


def bench(
    names: EngineNames = None,
    audio: AudioFiles = None,
    language: SpokenLanguage = "en",
    sample: OnlySamples = None,
    samples: WithSamples = True,
    degraded: Degraded = False,
    edge: AtEdge = True,
    synthesise: Synthesise = False,
    voice: OnlyVoices = None,
    channel: OnlyChannels = None,
    test_set: OnlySets = None,
    sets: SetsFolder = None,
    sentences: MostSentences = SENTENCES,
    output: Output = None,
    config: ConfigFile = None,
    models_dir: ModelsDir = None,
) -> None:
    """Compare engines: what they hear, how soon, and what they cost.

    Audio is streamed as in a live call; every engine runs in a process of its own, one call side at a time.
    Spelling is no error: case and punctuation; contractions and their long forms ("can't", "cannot", "can not");
    "goodbye" and "good bye"; and in English numbers in digits and in words ("$30", "thirty dollars"; "1995" in
    any reading). Fillers ("um", "uh") do not count at all.

    Examples:

      voiceassist models bench

      voiceassist models bench moonshine vosk-model-small-en-us-0.15 --audio calls/ --degraded

      voiceassist models bench vosk-tiny-en --synthesise --voice ked --channel clean
    """
    if output and output != STDOUT:
        check_writable(output, "--json")
    found = subjects(folder_of(config, models_dir), language, names or [])
    plan = _plan(voice or [], channel or [], test_set or [], sets, sentences) if synthesise else None
    clips = _clips(audio or [], language, sample or [], samples=samples)
    material = Material(clips=clips, is_degraded=degraded, at_edge=edge, plan=plan)
    _check(found, material, language)
    reports = _measured(found, material)
    _write(reports, language, output, at_edge=edge)
    if any(report.error for report in reports):
        raise typer.Exit(1)


# ---- what is asked for ----


def _clips(audio: Sequence[Path], language: str, sample: Sequence[str], *, samples: bool) -> tuple[Clip, ...]:
    """Everything that can be read before it begins, so that a bad file is named at once."""
    calls = sample_clips(known(sample, SAMPLE_IDS, "sample call")) if samples and serves("en", language) else ()
    return (*calls, *audio_clips(audio, language))


def _plan(
    voices: Sequence[str], channels: Sequence[str], test_sets: Sequence[str], folder: Path | None, most: int
) -> Plan:
    here = {voice.name: voice for voice in available()}
    wanted = known(voices, [voice.name for voice in VOICES], "voice") or list(here)
    if missing := [name for name in wanted if name not in here]:
        raise ConfigError(f"voice {missing[0]} needs a program or package that is not installed here")
    if not wanted:
        raise ConfigError("no synthesiser is installed: apt-get install flite festival espeak-ng")
    return Plan(
        voices=tuple(here[name] for name in wanted),
        sets=read_sets(folder or bundled_dir() / "training" / "test", test_sets, most),
        channels=tuple(known(channels, list(CHANNELS), "channel") or CHANNELS),
    )


def _check(found: Sequence[Subject], material: Material, language: str) -> None:
    if not found:
        raise ConfigError(f"no engine for language {language!r} is installed; see `voiceassist models list`")
    if material.plan and not serves("en", language):
        raise ConfigError("--synthesise speaks English only")
    if not any(material.count(subject) for subject in found):
        raise ConfigError(f"there is nothing to hear in language {language!r}: name recordings with --audio")


# ---- measuring and showing ----


def _measured(found: Sequence[Subject], material: Material) -> list[EngineReport]:
    progress = Progress(
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with progress:
        return [_report(subject, material, progress) for subject in found]


def _report(subject: Subject, material: Material, progress: Progress) -> EngineReport:
    task = progress.add_task(f"loading {subject.name}", total=material.count(subject))
    done = count()

    def on_clip(clip: Clip) -> None:
        progress.update(task, description=f"{subject.name}: {clip.name}"[:WIDTH], completed=next(done))

    report = measure(subject, material.of(subject), on_clip, at_edge=material.at_edge)
    progress.remove_task(task)
    return report


def _write(reports: Sequence[EngineReport], language: str, output: Path | None, *, at_edge: bool) -> None:
    if output:
        text = json.dumps(document(reports, language, at_edge=at_edge), indent=1, ensure_ascii=False)
        if output == STDOUT:
            print(text)  # noqa: T201 - this is the output
            return
        output.write_text(text + "\n", encoding="utf-8")
    show(reports, Console())
