"""Transcripts in the leg's own time, though its recognizer was fed silence that is no part of it."""

from hypothesis import given
from hypothesis import strategies as st

from voiceassist.asr.added_silence import AddedSilence
from voiceassist.asr.transcript import final_of
from voiceassist.events import Final, Word

ADDED_MS = 600


def said(*times_ms: int) -> Final:
    words = tuple(Word(text="word", start_ms=at, end_ms=at + 100, confidence=1.0) for at in times_ms)
    return final_of(words, at_ms=times_ms[-1] + 400, speaker="agent", utterance=1)


def test_without_added_silence_nothing_changes() -> None:
    assert AddedSilence(ADDED_MS).in_leg(said(100)) == said(100)


def test_what_was_said_before_the_silence_stays_and_what_comes_after_it_moves_back() -> None:
    added = AddedSilence(ADDED_MS)
    added.add(1000)
    added.add(5000)
    first, second, third = (added.in_leg(said(at)) for at in (800, 2000, 7000))
    assert [one.words[0].start_ms for one in (first, second, third)] == [800, 1400, 5800]
    assert first.at_ms == 1000  # known when the leg had come so far


@given(breaks=st.lists(st.integers(0, 100_000), max_size=5, unique=True), at_ms=st.integers(1, 200_000))
def test_times_of_the_leg_lead_back_to_where_the_recognizer_heard_them(breaks: list[int], at_ms: int) -> None:
    added = AddedSilence(ADDED_MS)
    for one in sorted(breaks):
        added.add(one)
    there = added.in_recognizer(said(at_ms))
    assert added.in_leg(there) == said(at_ms)
