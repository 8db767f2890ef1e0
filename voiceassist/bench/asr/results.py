"""Sums up the scores of clips that belong together: rates, intervals and percentiles.

Never drops a count: every rate stands beside the numbers that it is made of. Next: `document.py` and
`cli/models/bench_tables.py` show them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from voiceassist.bench.asr.calibration import Reliability, calibration
from voiceassist.bench.asr.edits import WordErrors, total
from voiceassist.bench.asr.scores import ClipScore

Key: TypeAlias = tuple[str, str, str]  # material, voice, channel
TimesFrom: TypeAlias = Literal["reference", "recogniser", "both"]

RESAMPLES = 1_000
FEWEST_LINES = 5  # an interval drawn from fewer utterances says nothing
SEED = 1  # the same counts give the same interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How some milliseconds are distributed."""

    n: int
    mean: float
    median: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSummary:
    """Clips of a kind, summed up. An empty voice or channel: of all of them, or none is known."""

    material: str
    voice: str
    channel: str
    clips: int
    audio_s: float
    cpu_s: float
    utterances: int  # lines of reference
    counts: WordErrors
    interval: tuple[float, float] | None  # 95 % interval of the word error rate
    times_from: TimesFrom  # whose word ends the delays count from
    partial_delay_ms: Spread | None
    final_delay_ms: Spread | None
    start_error_ms: Spread | None  # absolute
    end_error_ms: Spread | None  # absolute
    calibration: Reliability | None

    @property
    def real_time_factor(self) -> float:
        """Processor seconds per second of audio, on one core."""
        return self.cpu_s / self.audio_s


def by_voice(scores: Sequence[ClipScore]) -> tuple[ClipSummary, ...]:
    """One result per material, voice and channel, in the order in which they first came."""
    return _summed_up(scores, lambda score: (score.material, score.voice, score.channel))


def by_channel(scores: Sequence[ClipScore]) -> tuple[ClipSummary, ...]:
    """One result per material and channel, all voices together."""
    return _summed_up(scores, lambda score: (score.material, "", score.channel))


def _summed_up(scores: Sequence[ClipScore], key: Callable[[ClipScore], Key]) -> tuple[ClipSummary, ...]:
    groups: dict[Key, list[ClipScore]] = {}
    for score in scores:
        groups.setdefault(key(score), []).append(score)
    return tuple(_result(key, group) for key, group in groups.items())


def _result(key: Key, scores: Sequence[ClipScore]) -> ClipSummary:
    material, voice, channel = key
    lines = [line for score in scores for line in score.lines]
    return ClipSummary(
        material=material,
        voice=voice,
        channel=channel,
        clips=len(scores),
        audio_s=sum(score.audio_s for score in scores),
        cpu_s=sum(score.cpu_s for score in scores),
        utterances=len(lines),
        counts=total(lines),
        interval=interval(_drawn_together(scores)),
        times_from=_times_from(scores),
        partial_delay_ms=spread([ms for score in scores for ms in score.partial_delays_ms]),
        final_delay_ms=spread([ms for score in scores for ms in score.final_delays_ms]),
        start_error_ms=spread([abs(ms) for score in scores for ms in score.start_errors_ms]),
        end_error_ms=spread([abs(ms) for score in scores for ms in score.end_errors_ms]),
        calibration=calibration([word for score in scores for word in score.judged]),
    )


def _drawn_together(scores: Sequence[ClipScore]) -> list[WordErrors]:
    """Utterances; a sentence that several voices or channels spoke is one, since it is hard or easy for all."""
    by_sentence: dict[str, list[WordErrors]] = {}
    for score in scores:
        if score.voice:
            by_sentence.setdefault(score.reference, []).extend(score.lines)
    lines = [line for score in scores if not score.voice for line in score.lines]
    return lines + [total(counts) for counts in by_sentence.values()]


def _times_from(scores: Sequence[ClipScore]) -> TimesFrom:
    """The synthesiser cannot time every sentence, so some clips of a kind may lack times."""
    timed = {score.is_timed for score in scores}
    return "both" if len(timed) > 1 else "reference" if timed == {True} else "recogniser"


def spread(values: Sequence[int]) -> Spread | None:
    """Of nothing: None."""
    if not values:
        return None
    median, p95 = np.percentile(values, [50, 95])
    return Spread(n=len(values), mean=float(np.mean(values)), median=float(median), p95=float(p95))


def interval(lines: Sequence[WordErrors]) -> tuple[float, float] | None:
    """95 % interval of the word error rate: utterances drawn again and again, with replacement (bootstrap).

    Words of one utterance go wrong together, so it is utterances that are drawn, not words.
    """
    if len(lines) < FEWEST_LINES:
        return None
    words = np.array([line.words for line in lines])
    errors = np.array([line.errors for line in lines])
    random = np.random.default_rng(SEED)
    drawn = [random.integers(len(lines), size=len(lines)) for _ in range(RESAMPLES)]
    rates = [errors[draw].sum() / max(1, words[draw].sum()) for draw in drawn]
    low, high = np.percentile(rates, [2.5, 97.5])
    return float(low), float(high)
