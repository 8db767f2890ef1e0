"""Turns of the sample calls in recordings of people: where they come, how loud, and when they were said."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from tests.shell.serving import serving, settings_for
from voiceassist.audio.pcm import Pcm
from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.latency import measure
from voiceassist.bench.planted import APART_MS, CueTurn, cue_turns, pauses, planted, planted_calls
from voiceassist.cli import app
from voiceassist.errors import RecordingError
from voiceassist.samples.sample import to_json
from voiceassist.store.audiofile import read_audio

RATE_HZ = 8_000
SAMPLES_PER_MS = 8


def talk(*parts: tuple[int, int]) -> Pcm:
    """Noise of so many milliseconds at such an amplitude, one after the other."""
    random = np.random.default_rng(1)
    signal = [random.integers(-loud, loud + 1, ms * SAMPLES_PER_MS) for ms, loud in parts]
    return np.concatenate(signal).astype(np.int16)


def clip(pcm: Pcm, other: Pcm | None = None, name: str = "call.wav") -> Clip:
    return Clip(
        material="audio", name=name, speaker="customer", pcm=pcm, rate_hz=RATE_HZ, lines=(), other=other
    )  # fmt: skip


def some_turn() -> CueTurn:
    return next(turn for turn in cue_turns("customer") if turn.expected.kind == "escalation")


def test_both_sides_have_turns_with_cues_and_none_needs_a_refusal() -> None:
    for speaker in ("agent", "customer"):
        turns = cue_turns(speaker)
        assert len(turns) >= 7
        assert all(turn.line.speaker == speaker and turn.expected.kind != "alternative" for turn in turns)


def test_a_pause_is_where_nobody_speaks_long_enough() -> None:
    said = talk((2_000, 4_000), (1_000, 20), (2_000, 4_000), (300, 20), (2_000, 4_000))
    assert pauses(clip(said)) == [2_500]


def test_a_pause_of_one_leg_is_none_while_the_other_talks() -> None:
    said = talk((2_000, 4_000), (1_000, 20), (2_000, 4_000))
    talking = talk((5_000, 4_000))
    assert pauses(clip(said, talking)) == []
    assert pauses(clip(said, np.zeros_like(said))) == [2_500]


def test_planted_turns_have_some_real_talk_between_them() -> None:
    said = talk(*[(2_000, 4_000), (1_000, 20)] * 6)
    found = pauses(clip(said))
    assert len(found) > 1
    assert all(later - earlier >= APART_MS for earlier, later in pairwise(found))


def test_a_turn_is_spliced_in_where_its_words_say(tmp_path: Path) -> None:
    whole, turn = clip(talk((2_000, 1_000), (1_000, 5), (2_000, 1_000))), some_turn()
    call = planted(whole, [(2_500, turn)], tmp_path / "call.wav")
    audio = read_audio(call.recording)
    agent, customer = audio.channels
    (line,) = call.lines
    assert line.start_ms == 2_600
    assert audio.duration_ms == call.duration_ms == 5_000 + line.end_ms - line.start_ms + 200
    assert not agent.any()
    assert np.array_equal(customer[: 2_500 * SAMPLES_PER_MS], whole.pcm[: 2_500 * SAMPLES_PER_MS])
    assert np.array_equal(customer[-2_500 * SAMPLES_PER_MS :], whole.pcm[2_500 * SAMPLES_PER_MS :])
    assert [word.end_ms - word.start_ms for word in line.words] == [
        word.end_ms - word.start_ms for word in turn.line.words
    ]


@pytest.mark.parametrize("loud", [200, 8_000])
def test_a_turn_is_as_loud_as_the_talk_around_it(tmp_path: Path, loud: int) -> None:
    call = planted(clip(talk((3_000, loud), (1_000, 1))), [(3_500, some_turn())], tmp_path / "call.wav")
    customer = read_audio(call.recording).channels[1].astype(float)
    (line,) = call.lines
    frames = customer[line.start_ms * SAMPLES_PER_MS : line.end_ms * SAMPLES_PER_MS]
    loudest = np.percentile(np.sqrt(np.mean(frames[: len(frames) // 160 * 160].reshape(-1, 160) ** 2, axis=1)), 95)
    assert loud / np.sqrt(3) / 1.5 < loudest < loud / np.sqrt(3) * 1.5


def test_all_turns_come_in_rotation(tmp_path: Path) -> None:
    said = talk((2_000, 4_000), (1_000, 20), (2_000, 4_000))
    calls = list(planted_calls([clip(said, name=f"{number}.wav") for number in range(3)], tmp_path))
    assert [call.id for call in calls] == ["people-0-wav", "people-1-wav", "people-2-wav"]
    assert len({call.expect.cues for call in calls}) == 3


def test_talk_without_a_pause_gives_no_call(tmp_path: Path) -> None:
    assert not list(planted_calls([clip(talk((3_000, 4_000)))], tmp_path))


def test_recordings_without_any_pause_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "talk.wav", talk((3_000, 4_000)), RATE_HZ)
    result = CliRunner().invoke(app, ["bench", "latency", "--no-samples", "--people", str(tmp_path)])
    assert isinstance(result.exception, RecordingError)


@pytest.mark.realtime
async def test_a_planted_cue_is_measured_on_a_real_server_that_pings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceassist.server.sockets.PING_S", 0.05)
    call = planted(clip(talk((600, 1_000), (800, 5))), [(1_000, some_turn())], tmp_path / "call.wav")
    script = tmp_path / "script.json"
    script.write_text(to_json(replace(call, id="script")), encoding="utf-8")
    async with serving(settings_for(tmp_path / "data", engine=f"scripted:{script}")) as server:
        (found,) = await measure(call, f"http://127.0.0.1:{server.port}")
    assert (found.kind, found.sample) == ("escalation", "people-call-wav")
    assert found.cue_ms is not None
    assert found.spoken_ms == call.lines[0].words[6].end_ms
