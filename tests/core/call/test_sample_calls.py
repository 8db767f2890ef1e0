"""The sample calls behave as promised when the recognizer hears every word right."""

import pytest

from tests.builders import drive, hangup, live_call, only, tick
from voiceassist.events import Alert, Cue, CueRetracted, Event, Final, Input, Partial, Prompt, RefusalClosed, Word
from voiceassist.samples import Sample, SpokenLine, list_samples

SAMPLES = {sample.id: sample for sample in list_samples()}
DECODE_MS = 400  # from the end of a word to its transcript
ENDPOINT_MS = 700  # silence after which an utterance is final
CADENCE_WORDS = 2  # about two partials a second


def heard(sample: Sample) -> list[Input]:
    """What a perfect recognizer gives for the recording, with a tick every quarter of a second."""
    counts = {"agent": 0, "customer": 0}
    inputs: list[Input] = [tick(at) for at in range(250, sample.duration_ms, 250)]
    for line in sample.lines:
        counts[line.speaker] += 1
        inputs += _utterance(line, counts[line.speaker])
    return [*sorted(inputs, key=lambda item: item.at_ms), hangup(sample.duration_ms)]


def _utterance(line: SpokenLine, number: int) -> list[Input]:
    words = tuple(Word(text=w.text, start_ms=w.start_ms, end_ms=w.end_ms, confidence=1) for w in line.words)
    sizes = range(CADENCE_WORDS, len(words), CADENCE_WORDS)
    inputs = [_transcript(Partial, line, number, words[:size], delay=DECODE_MS) for size in sizes]
    last = _transcript(Final, line, number, words, delay=DECODE_MS + ENDPOINT_MS, confidence=1)
    return [*inputs, last]


def _transcript(
    cls: type[Partial | Final],
    line: SpokenLine,
    number: int,
    words: tuple[Word, ...],
    *,
    delay: int,
    **more: int,
) -> Input:
    return cls(
        at_ms=words[-1].end_ms + delay,
        speaker=line.speaker,
        utterance=number,
        text=" ".join(word.text for word in words),
        words=words,
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        **more,
    )


def played(sample: Sample) -> list[Event]:
    return drive(live_call(tier=sample.customer.tier), heard(sample))


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
def test_every_promised_cue_fires_on_its_line(sample: Sample) -> None:
    cues = only(played(sample), Cue)
    for expected in sample.expect.cues:
        lines = [line for line in sample.lines if expected.words.lower() in line.text.lower()]
        assert any(
            cue.kind == expected.kind and line.start_ms <= cue.start_ms <= line.end_ms
            for cue in cues
            for line in lines
            if line.speaker == expected.speaker
        ), expected


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
def test_cards_alerts_and_recovery_are_as_promised(sample: Sample) -> None:
    events = played(sample)
    assert bool(only(events, Prompt)) == sample.expect.card
    assert {alert.kind for alert in only(events, Alert)} >= set(sample.expect.alerts)
    outcomes = [closed.outcome for closed in only(events, RefusalClosed)]
    assert (outcomes[0] if outcomes else None) == sample.expect.recovery
    assert only(events, CueRetracted) == []


def test_the_friendly_call_is_left_alone() -> None:
    events = played(SAMPLES["friendly"])
    assert only(events, Cue) == []
    assert only(events, Prompt) == []
    assert only(events, Alert) == []


def test_the_ladder_rises_card_by_card() -> None:
    events = played(SAMPLES["abuse-ladder"])
    priorities = [card.priority for card in only(events, Prompt)]
    assert priorities == sorted(set(priorities))
    assert len(priorities) >= 3
    levels = [alert.level for alert in only(events, Alert)]
    assert levels == sorted(levels, key=("info", "warning", "critical").index)
