"""What libvosk answers, as words: in order, inside the audio, and none that is empty or unknown.

Never changes a word. Next: `leg.py` makes Finals of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voiceassist.events import Word

UNKNOWN = "[unk]"  # speech that is no word of the model's


def words_of(
    items: Sequence[Mapping[str, Any]], *, offset_ms: int, earliest_ms: int, latest_ms: int
) -> tuple[Word, ...]:
    """The words of a result, whose clock is `offset_ms` behind the leg's; all between two times of the leg."""
    return tuple(_words(items, offset_ms, earliest_ms, latest_ms))


def _words(items: Sequence[Mapping[str, Any]], offset_ms: int, earliest_ms: int, latest_ms: int) -> Iterator[Word]:
    """A model with a list of words that is too short knows some words by no name: those are left out too."""
    for item in items:
        if item["word"] in ("", UNKNOWN):
            continue
        start_ms = _clamped(round(item["start"] * 1000) + offset_ms, earliest_ms, latest_ms)
        earliest_ms = _clamped(round(item["end"] * 1000) + offset_ms, start_ms, latest_ms)
        confidence = min(max(float(item["conf"]), 0.0), 1.0)
        yield Word(text=item["word"], start_ms=start_ms, end_ms=earliest_ms, confidence=confidence)


def _clamped(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)
