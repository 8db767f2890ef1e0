"""Estimates when the words of a line were said, for engines that give text without times.

Never recognises words: it knows only how loud the line was, and which words were recognised at earlier moments.
Longer words take longer; a pause separates words, rather one after a comma; and a word that had been heard by
some moment ended by then, while one that had not ends later. Next: `asr/moonshine/line.py` makes `Word`s of it,
and `asr/vosk/leg.py` those of its partials (a Final has libvosk's own times).

Measured on the six sample calls, against their exact times (827 words that moonshine got right): the end of a word
is off by 73 ms on average, half of them by less than 54 ms, 95 % by less than 199 ms. In Vosk's partials
it is off by 119 ms on average.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

import numpy as np
import numpy.typing as npt

from voiceassist.audio.pcm import Pcm

Span = tuple[int, int]  # milliseconds
Levels = npt.NDArray[np.float64]  # dBFS, one per frame

FRAME_MS = 10
SILENCE_DBFS = -100.0
PEAK_PERCENTILE, FLOOR_PERCENTILE = 95, 5
BELOW_PEAK_DB = 35.0  # the softest consonants of telephone speech
ABOVE_FLOOR_DB = 6.0  # steady noise varies less
LEAST_RANGE_DB = 10.0  # in noise louder than that, only the loudest frames are speech
SHORTEST_PAUSE_MS = 100  # shorter gaps are closures of stop consonants
SHORTEST_SOUND_MS = 40  # shorter sounds are clicks
# Least squares over the words of the sample calls, rounded: a word lasts longer before a pause.
WORD_MS, LETTER_MS, BEFORE_PAUSE_MS = 40.0, 63.0, 90.0
DIGIT_LETTERS = 4  # "7" is said as five letters, "20" as six
PAUSE_MARKS = ".,!?;:"
MARKS = PAUSE_MARKS + "\u00bf\u00a1"  # and what stands before a Spanish question
GUESSED_MS = 150  # a word is guessed before all of it was heard


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedLine:
    """What a line sounded like once its audio up to `at_ms` had been decoded."""

    at_ms: int
    words: tuple[str, ...]


def levels_dbfs(pcm: Pcm, rate_hz: int) -> Levels:
    """The level of every whole frame of 10 ms."""
    size = rate_hz * FRAME_MS // 1000
    frames = pcm[: len(pcm) // size * size].reshape(-1, size).astype(np.float64) / 32768.0
    power = np.mean(frames**2, axis=1)
    return np.asarray(10.0 * np.log10(power + 10.0 ** (SILENCE_DBFS / 10.0)), np.float64)


def align(heard: Sequence[DecodedLine], levels: Levels, start_ms: int) -> list[Span]:
    """When each word of the last of `heard` was said, in order and within the line that starts at `start_ms`."""
    words = heard[-1].words
    if not words:
        return []
    sounds = [(start_ms + start, start_ms + end) for start, end in _sounds(levels)]
    bounds = _bounds(heard, start_ms)
    spans: list[Span] = []
    for sound, first, last in _share(words, sounds, bounds):
        spans.extend(_spread(words[first:last], sound))
    return _in_order(spans, bounds, (start_ms, start_ms + len(levels) * FRAME_MS))


def _sounds(levels: Levels) -> list[Span]:
    """The stretches between pauses; the whole line when there is none that is loud enough."""
    loud = levels > _threshold_dbfs(levels)
    runs: list[Span] = []
    position = 0
    for is_loud, group in groupby(loud.tolist()):
        end = position + len(list(group)) * FRAME_MS
        if is_loud and runs and position - runs[-1][1] < SHORTEST_PAUSE_MS:
            runs[-1] = (runs[-1][0], end)
        elif is_loud:
            runs.append((position, end))
        position = end
    return [(start, end) for start, end in runs if end - start >= SHORTEST_SOUND_MS] or [(0, position)]


def _threshold_dbfs(levels: Levels) -> float:
    peak, floor = np.percentile(levels, PEAK_PERCENTILE), np.percentile(levels, FLOOR_PERCENTILE)
    return float(max(peak - BELOW_PEAK_DB, min(floor + ABOVE_FLOOR_DB, peak - LEAST_RANGE_DB)))


def _bounds(heard: Sequence[DecodedLine], start_ms: int) -> list[Span]:
    """For each word: the earliest and the latest moment at which it can have ended."""
    words = _plain(heard[-1].words)
    low = [start_ms] * len(words)
    high = [heard[-1].at_ms] * len(words)
    for earlier in heard[:-1]:
        known = _plain(earlier.words)
        for index in _shared(known, words):
            is_last = index == len(known) - 1
            high[index] = min(high[index], earlier.at_ms + (GUESSED_MS if is_last else 0))
            if is_last:
                low[index + 1 :] = [earlier.at_ms] * (len(words) - index - 1)
    return [(min(at, latest), latest) for at, latest in zip(low, high, strict=True)]


def _plain(words: Sequence[str]) -> list[str]:
    return [word.strip(MARKS).lower() for word in words]


def _shared(earlier: Sequence[str], later: Sequence[str]) -> list[int]:
    """Where both have the same word at the same place."""
    pairs = zip(earlier, later, strict=False)
    return [index for index, (one, other) in enumerate(pairs) if one == other]


def _expected_ms(word: str) -> float:
    letters = sum(DIGIT_LETTERS if sign.isdigit() else sign.isalpha() for sign in word)
    return WORD_MS + LETTER_MS * letters + (BEFORE_PAUSE_MS if word[-1] in PAUSE_MARKS else 0.0)


def _share(words: Sequence[str], sounds: Sequence[Span], bounds: Sequence[Span]) -> list[tuple[Span, int, int]]:
    """Which words were said in which sound: (sound, first word, word after the last), at the lowest cost."""
    expected = [0.0, *accumulate(map(_expected_ms, words))]
    scale = sum(end - start for start, end in sounds) / expected[-1]
    best: dict[int, tuple[float, list[tuple[Span, int, int]]]] = {0: (0.0, [])}
    for sound in sounds:
        following: dict[int, tuple[float, list[tuple[Span, int, int]]]] = {}
        for first, (cost, path) in best.items():
            for last in range(first, len(words) + 1):
                total = cost + _misfit(sound, (expected[last] - expected[first]) * scale)
                total += _breach(sound, bounds[first:last])
                if last not in following or total < following[last][0]:
                    following[last] = (total, [*path, (sound, first, last)])
        best = following
    return best[len(words)][1]


def _misfit(sound: Span, expected_ms: float) -> float:
    """Milliseconds: how badly words of that length fill the sound."""
    length = sound[1] - sound[0]
    return (length - expected_ms) ** 2 / (length + expected_ms)


def _breach(sound: Span, bounds: Sequence[Span]) -> float:
    """Milliseconds by which the first and the last word in the sound would leave their bounds."""
    if not bounds:
        return 0.0
    start, end = sound
    return float(max(0, start - bounds[0][1]) + max(0, bounds[-1][0] - end))


def _spread(words: Sequence[str], sound: Span) -> list[Span]:
    """The words one after the other, filling the sound."""
    start, end = sound
    ends = list(accumulate(map(_expected_ms, words)))
    marks = [start, *(start + round(at * (end - start) / ends[-1]) for at in ends)]
    return list(pairwise(marks))


def _in_order(spans: Sequence[Span], bounds: Sequence[Span], line: Span) -> list[Span]:
    """The spans, moved into their bounds and into the line, none beginning before the last one's end."""
    ordered: list[Span] = []
    earliest, latest = line
    for (start, end), (low, high) in zip(spans, bounds, strict=True):
        moved = min(max(end, low, earliest), max(high, earliest), latest)
        ordered.append((min(max(start, earliest), moved), moved))
        earliest = moved
    return ordered
