"""Synthesised test speech: sentences, voices, channels, and word times that survive all of them."""

from pathlib import Path

import numpy as np
import pytest

from voiceassist.bench.asr.channels import CHANNELS
from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.asr.synthetic import LEAD_MS, Plan, read_sets, synthetic_clips
from voiceassist.bench.asr.voices import VOICES
from voiceassist.errors import ConfigError
from voiceassist.speech_models.bundled import bundled_dir

SETS = bundled_dir() / "training" / "test"
SENTENCE = "where is my order"
RMS = next(voice for voice in VOICES if voice.name == "rms")


@pytest.fixture(scope="module")
def spoken() -> dict[str, Clip]:
    plan = Plan(voices=(RMS,), sets={"test": (SENTENCE,)}, channels=tuple(CHANNELS))
    clips = list(synthetic_clips(plan))
    assert len(clips) == plan.clips
    return {clip.channel: clip for clip in clips}


def level(clip: Clip) -> float:
    return float(np.sqrt(np.mean(np.square(clip.pcm.astype(np.float64)))))


def energy(clip: Clip, from_hz: int, to_hz: int) -> float:
    frequency = np.fft.rfftfreq(len(clip.pcm), 1 / clip.rate_hz)
    inside = (frequency >= from_hz) & (frequency < to_hz)
    return float(np.sum(np.square(np.abs(np.fft.rfft(clip.pcm)[inside]))))


def test_every_channel_speaks_the_sentence_with_word_times(spoken: dict[str, Clip]) -> None:
    for clip in spoken.values():
        assert [word.text for word in clip.lines[0]] == SENTENCE.split()
        assert clip.is_timed


def test_speed_moves_word_times_with_the_sound(spoken: dict[str, Clip]) -> None:
    ends = {name: spoken[name].lines[0][-1].end_ms or 0 for name in ("slower", "clean", "faster")}
    assert ends["slower"] == pytest.approx(ends["clean"] / 0.9, abs=2)
    assert ends["faster"] == pytest.approx(ends["clean"] / 1.1, abs=2)
    assert spoken["slower"].audio_s == pytest.approx(spoken["clean"].audio_s / 0.9, abs=0.01)


def test_words_are_where_the_sound_is(spoken: dict[str, Clip]) -> None:
    clip = spoken["clean"]
    start_ms, end_ms = clip.lines[0][0].start_ms or 0, clip.lines[0][-1].end_ms or 0
    assert start_ms >= LEAD_MS
    loud = np.flatnonzero(np.abs(clip.pcm.astype(np.int32)) > 1_000) // 8
    assert start_ms - 20 <= loud[0]
    assert loud[-1] <= end_ms + 20


def test_channels_do_what_their_names_say(spoken: dict[str, Clip]) -> None:
    assert level(spoken["quiet"]) == pytest.approx(level(spoken["clean"]) * 10 ** (-25 / 20), rel=0.05)
    added = spoken["noise-10db"].pcm.astype(float) - spoken["clean"].pcm
    assert np.std(added) > 2 * np.std(spoken["noise-20db"].pcm.astype(float) - spoken["clean"].pcm)
    assert energy(spoken["low-pass"], 3_000, 4_000) < 0.2 * energy(spoken["clean"], 3_000, 4_000)
    assert energy(spoken["low-pass"], 0, 1_000) > 0.9 * energy(spoken["clean"], 0, 1_000)


@pytest.mark.parametrize("name", ["free", "refusals"])
def test_the_committed_sets_can_be_spoken_by_every_voice(name: str) -> None:
    sentences = read_sets(SETS, [name], 0)[name]
    assert len(set(sentences)) == len(sentences) >= 60
    assert all(4 <= len(sentence.split()) <= 16 for sentence in sentences)


def test_some_sentences_are_taken_evenly() -> None:
    everything = read_sets(SETS, ["free"], 0)["free"]
    some = read_sets(SETS, ["free"], 10)["free"]
    assert [everything.index(sentence) for sentence in some] == [
        number * len(everything) // 10 for number in range(10)
    ]


def test_a_line_that_cannot_be_spoken_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text('where is it\ncall 555 "now"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mine\.txt, line 2"):
        read_sets(tmp_path, [], 0)


def test_a_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mine\.txt"):
        read_sets(tmp_path, ["mine"], 0)
    with pytest.raises(ConfigError, match="--sets"):
        read_sets(tmp_path, [], 0)
