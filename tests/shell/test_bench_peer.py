"""Our engines and the published loops of their libraries hear the same, and are compared by ratios."""

import json
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
import soundfile
from typer.testing import CliRunner, Result

from voiceassist.asr.choice import MOONSHINE
from voiceassist.bench.asr.edits import WordErrors
from voiceassist.bench.asr.listener import ClipTranscript, TimedTranscript, hear
from voiceassist.bench.asr.recordings import audio_clips
from voiceassist.bench.asr.scores import ClipScore
from voiceassist.bench.asr.subjects import Subject
from voiceassist.bench.peer.figures import RunSpread, calls_per_core, figures
from voiceassist.bench.peer.library_streams import LibraryStreams
from voiceassist.bench.peer.pairs import PeerPair, pairs
from voiceassist.bench.peer.runs import AS_MANY, SLOWEST_MS, PairRuns, PeerRun, cadence_of, with_new_words
from voiceassist.bench.peer.spoken import PlainLine
from voiceassist.cli import app
from voiceassist.cli.bench.peer import show
from voiceassist.errors import ConfigError
from voiceassist.events import Final, Partial
from voiceassist.samples import load_sample
from voiceassist.store.audiofile import read_audio

SAMPLE = load_sample("late-return")
FIRST_LINE = SAMPLE.lines[0]  # the agent's


def told(position_ms: int, text: str, utterance: int = 1) -> TimedTranscript:
    line = PlainLine(speaker="agent", number=utterance, start_ms=0, end_ms=position_ms, text=text)
    return TimedTranscript(position_ms=position_ms, transcript=line.partial(position_ms), is_last=False)


def heard(*said: TimedTranscript) -> ClipTranscript:
    return ClipTranscript(said=said, cpu_s=1.0)


def scored(errors: int, *, is_timed: bool = True) -> ClipScore:
    return ClipScore(
        material="sample calls",
        voice="",
        channel="",
        name="a call",
        audio_s=60.0,
        cpu_s=1.0,
        is_timed=is_timed,
        reference="",
        heard="",
        lines=(WordErrors(words=100, substitutions=errors),),
        partial_delays_ms=(100, 300),
        final_delays_ms=(400,),
        start_errors_ms=(),
        end_errors_ms=(),
        judged=(),
    )


def run(cpu_s: float, errors: int = 0, *, is_timed: bool = True) -> PeerRun:
    return PeerRun(audio_s=60.0, cpu_s=cpu_s, partials=90, scores=(scored(errors, is_timed=is_timed),))


def compared(ours: tuple[PeerRun, ...], peers: tuple[PeerRun, ...]) -> PairRuns:
    pair = PeerPair(ours=Subject(choice=MOONSHINE, language="en", named=True))
    return PairRuns(pair=pair, cadence_ms=320, ours=ours, peers=peers)


def test_a_call_costs_two_legs() -> None:
    assert calls_per_core(run(cpu_s=6.0)) == 5.0


def test_ratios_are_taken_run_by_run() -> None:
    found = figures(compared((run(3.0, 2), run(6.0, 2)), (run(9.0, 4), run(12.0, 4))))
    assert found.calls_ratio == RunSpread(median=2.5, low=2.0, high=3.0)
    assert found.errors_ratio == 0.5
    assert (found.ours.partials_per_minute, found.ours.counts.rate) == (90.0, 0.02)
    assert found.peer.name == "moonshine library"


def test_delays_of_recordings_whose_words_have_no_times_do_not_count() -> None:
    found = figures(compared((run(3.0, is_timed=False),), (run(3.0),)))
    assert found.ours.partial_delay_ms is None
    assert found.peer.partial_delay_ms
    assert found.peer.partial_delay_ms.median == 200


def test_a_peer_without_errors_gives_no_ratio_of_errors() -> None:
    assert figures(compared((run(3.0, 1),), (run(3.0, 0),))).errors_ratio is None


def test_the_cadence_is_that_of_partials_with_new_words() -> None:
    said = heard(told(300, "a"), told(600, "a b"), told(700, "a b"), told(1_100, "a b c"), told(3_000, "d", 2))
    assert cadence_of([said]) == 400


def test_a_partial_that_repeats_another_is_not_counted() -> None:
    said = [told(300, "a"), told(600, "a b"), told(700, "a b"), told(900, "a"), told(3_000, "a", 2)]
    assert [one.position_ms for one in with_new_words(said)] == [300, 600, 900, 3_000]


def test_without_partials_the_cadence_is_the_slowest_one_allowed() -> None:
    assert cadence_of([heard(told(300, "a"))]) == SLOWEST_MS


def test_an_engine_without_a_library_has_no_peer(tmp_path: Path) -> None:
    script = SAMPLE.recording.with_suffix(".json")
    with pytest.raises(ConfigError, match="no library to compare with"):
        pairs(tmp_path, "en", [f"scripted:{script}"])


def bench(tmp_path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["bench", "peer", "--models-dir", str(tmp_path), *arguments])


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """The start of a call, one channel, with its words."""
    audio = read_audio(SAMPLE.recording)
    soundfile.write(
        tmp_path / "start.wav", audio.channels[0][: FIRST_LINE.end_ms * audio.rate_hz // 1000], audio.rate_hz
    )
    entry = {"file": "start.wav", "reference": FIRST_LINE.text}
    (tmp_path / "manifest.json").write_text(json.dumps([entry]), encoding="utf-8")
    return tmp_path / "start.wav"


@pytest.mark.audio
def test_both_hear_the_same_recording(tmp_path: Path, recording: Path) -> None:
    result = bench(tmp_path, "vosk-tiny-en", "--audio", str(recording), "--runs", "1", "--json")
    assert result.exit_code == 0, result.stderr
    (pair,) = json.loads(result.stdout)["pairs"]
    assert (pair["ours"]["name"], pair["peer"]["name"]) == ("vosk:vosk-tiny-en", "vosk server")
    assert pair["calls_ratio"]["median"] > 0
    for loop in (pair["ours"], pair["peer"]):
        assert loop["counts"]["words"] > 10
        errors = sum(loop["counts"][kind] for kind in ("substitutions", "insertions", "deletions"))
        assert errors < loop["counts"]["words"] / 3
        assert loop["partials_per_minute"] > 0


@pytest.mark.audio
def test_the_library_tells_as_many_partials_with_new_words_as_we_do(tmp_path: Path, recording: Path) -> None:
    result = bench(tmp_path, "moonshine", "--audio", str(recording), "--runs", "1", "--json")
    assert result.exit_code == 0, result.stderr
    (pair,) = json.loads(result.stdout)["pairs"]
    assert pair["peer"]["partials_per_minute"] >= AS_MANY * pair["ours"]["partials_per_minute"]


@pytest.mark.audio
def test_the_librarys_streams_hear_as_an_engine_does(recording: Path) -> None:
    (clip,) = audio_clips([recording], "en")
    with closing(LibraryStreams(interval_ms=400)) as library:
        said = [one.transcript for one in hear(library, clip).said]
    assert {one.utterance for one in said if isinstance(one, Final)} == {one.utterance for one in said}
    assert "kitchen house" in " ".join(one.text for one in said if isinstance(one, Final)).lower()
    partials = [one.at_ms for one in said if isinstance(one, Partial)]
    assert len(partials) > 2
    assert all(later - earlier >= 400 for earlier, later in pairwise(partials))


def test_the_table_names_both_and_their_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    show([figures(compared((run(3.0, 2),), (run(9.0, 4),)))])
    printed = capsys.readouterr().out
    assert "moonshine library" in printed
    assert "calls per core 3.0 (3.0 to 3.0), word errors 0.50" in printed
