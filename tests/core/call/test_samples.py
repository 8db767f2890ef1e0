"""The sample calls: what is promised about their files, words, times and sound.

Never needs flite: it looks at the committed files only. The one audio decoder is PyAV.
"""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from voiceassist.events import SPEAKERS, Speaker
from voiceassist.samples import Sample, SpokenLine, SpokenWord, list_samples, load_sample
from voiceassist.samples.dialogues import DIALOGUES
from voiceassist.samples.script import Dialogue

SIZE_LIMIT_BYTES = 3_000_000  # What a checkout and a wheel may carry for the demo
MARGIN_MS = 150  # Room for a breath, a fading vowel and the coder around a line
SPEECH_ABOVE_NOISE_DB = 15.0  # The quietest voice is 25 dB above its line noise
ROUNDING_MS = 25  # One Opus frame is 20 ms

SAMPLES = list_samples()
Audio = NDArray[np.float64]


@pytest.fixture(scope="module")
def audio_by_id() -> dict[str, tuple[Audio, int]]:
    return {sample.id: decode(sample.recording) for sample in SAMPLES}


def decode(path: Path) -> tuple[Audio, int]:
    with av.open(str(path)) as container:
        rate_hz = container.streams.audio[0].rate
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(frames, axis=1).astype(np.float64), rate_hz


def level_db(channel: Audio, rate_hz: int, spans: list[tuple[int, int]]) -> float:
    parts = [channel[a * rate_hz // 1000 : b * rate_hz // 1000] for a, b in spans]
    return 10.0 * float(np.log10(np.mean(np.square(np.concatenate(parts))) + 1e-12))


def words_of(sample: Sample, speaker: Speaker) -> list[SpokenWord]:
    return [word for line in lines_of(sample, speaker) for word in line.words]


def lines_of(sample: Sample, speaker: Speaker) -> list[SpokenLine]:
    return [line for line in sample.lines if line.speaker == speaker]


def speech_of(sample: Sample, speaker: Speaker) -> list[tuple[int, int]]:
    return [(word.start_ms, word.end_ms) for word in words_of(sample, speaker)]


def silence_of(sample: Sample, speaker: Speaker) -> list[tuple[int, int]]:
    lines = lines_of(sample, speaker)
    starts = [0, *(line.end_ms + MARGIN_MS for line in lines)]
    ends = [*(line.start_ms - MARGIN_MS for line in lines), sample.duration_ms]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]


def plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum() or c in " '")


def each_sample() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)


def test_samples_come_in_the_order_of_the_dialogues() -> None:
    assert [sample.id for sample in SAMPLES] == [dialogue.id for dialogue in DIALOGUES]


def test_a_sample_loads_by_its_id() -> None:
    assert load_sample("friendly") in SAMPLES


def test_an_unknown_id_is_named_together_with_the_valid_ones() -> None:
    with pytest.raises(ValueError, match=r"'late-retrun'.*late-return, dead-end"):
        load_sample("late-retrun")


def test_all_recordings_together_stay_small() -> None:
    assert sum(sample.recording.stat().st_size for sample in SAMPLES) < SIZE_LIMIT_BYTES


@pytest.mark.parametrize(
    ("sample", "dialogue"), list(zip(SAMPLES, DIALOGUES, strict=True)), ids=lambda each: each.id
)
def test_the_committed_sample_says_what_its_dialogue_says(sample: Sample, dialogue: Dialogue) -> None:
    spoken = [(line.speaker, line.text) for line in sample.lines]
    assert spoken == [(line.speaker, line.text) for line in dialogue.lines]
    facts = (sample.title, sample.summary, sample.agent, sample.customer, sample.expect)
    assert facts == (
        dialogue.title,
        dialogue.summary,
        dialogue.agent,
        dialogue.customer,
        dialogue.expect,
    )


@each_sample()
def test_the_words_of_a_line_make_its_text_and_its_span(sample: Sample) -> None:
    for line in sample.lines:
        assert " ".join(word.text for word in line.words) == line.text
        assert (line.start_ms, line.end_ms) == (line.words[0].start_ms, line.words[-1].end_ms)


@each_sample()
@pytest.mark.parametrize("speaker", SPEAKERS)
def test_the_words_of_a_speaker_follow_each_other_inside_the_call(sample: Sample, speaker: Speaker) -> None:
    times = [time for span in speech_of(sample, speaker) for time in span]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= sample.duration_ms
    assert all(word.start_ms < word.end_ms for word in words_of(sample, speaker))


@each_sample()
def test_a_call_lasts_from_thirty_to_ninety_seconds(sample: Sample) -> None:
    assert 30_000 <= sample.duration_ms <= 90_000


def test_somewhere_the_customer_talks_over_the_agent() -> None:
    pairs = [pair for s in SAMPLES for pair in zip(s.lines, s.lines[1:], strict=False)]
    assert any(b.speaker == "customer" and b.start_ms < a.end_ms for a, b in pairs)


@each_sample()
def test_a_recording_has_two_channels_and_the_stated_length(
    sample: Sample, audio_by_id: dict[str, tuple[Audio, int]]
) -> None:
    audio, rate_hz = audio_by_id[sample.id]
    assert len(audio) == 2
    assert audio.shape[1] * 1000 / rate_hz == pytest.approx(sample.duration_ms, abs=ROUNDING_MS)


@each_sample()
@pytest.mark.parametrize("speaker", SPEAKERS)
def test_a_channel_is_loud_where_its_words_are_and_quiet_elsewhere(
    sample: Sample, speaker: Speaker, audio_by_id: dict[str, tuple[Audio, int]]
) -> None:
    audio, rate_hz = audio_by_id[sample.id]
    channel = audio[SPEAKERS.index(speaker)]
    speech_db = level_db(channel, rate_hz, speech_of(sample, speaker))
    silence_db = level_db(channel, rate_hz, silence_of(sample, speaker))
    assert speech_db - silence_db > SPEECH_ABOVE_NOISE_DB


@each_sample()
@pytest.mark.parametrize("speaker", SPEAKERS)
def test_every_line_is_heard_on_its_own_channel(
    sample: Sample, speaker: Speaker, audio_by_id: dict[str, tuple[Audio, int]]
) -> None:
    audio, rate_hz = audio_by_id[sample.id]
    channel = audio[SPEAKERS.index(speaker)]
    silence_db = level_db(channel, rate_hz, silence_of(sample, speaker))
    for line in lines_of(sample, speaker):
        line_db = level_db(channel, rate_hz, [(line.start_ms, line.end_ms)])
        assert line_db - silence_db > SPEECH_ABOVE_NOISE_DB, line.text


@each_sample()
def test_expected_words_are_spoken_by_the_expected_side(sample: Sample) -> None:
    for cue in sample.expect.cues:
        texts = [plain(line.text) for line in lines_of(sample, cue.speaker)]
        assert any(plain(cue.words) in text for text in texts), cue


def test_the_late_return_leaves_a_card_four_seconds_before_the_agent_recovers() -> None:
    agent = lines_of(load_sample("late-return"), "agent")
    refusal = next(line for line in agent if "policy" in line.text)
    offer = next(line for line in agent if "What I can do" in line.text)
    assert 4_000 <= offer.start_ms - refusal.end_ms <= 15_000


def test_the_dead_end_lasts_longer_than_twenty_five_seconds() -> None:
    sample = load_sample("dead-end")
    last_refusal = next(line for line in sample.lines if "nothing I can do" in line.text)
    assert sample.lines[-1].end_ms - last_refusal.end_ms > 25_000


def test_the_friendly_call_expects_no_cue_no_card_and_no_alert() -> None:
    expect = load_sample("friendly").expect
    assert (expect.cues, expect.card, expect.alerts, expect.recovery) == ((), False, (), None)
