"""What the runs of a pair come to: calls per core, word errors and delays of both, and their ratio.

A call has two legs and keeps a core busy for as long as both take to decode. Delays count from where the
synthesiser says that a word ended, so recordings of people give none. Every figure stands with its spread over the
runs. Next: `cli/bench/peer.py` prints them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from voiceassist.bench.asr.edits import WordErrors, total
from voiceassist.bench.asr.results import Spread, spread
from voiceassist.bench.peer.runs import PairRuns, PeerRun

LEGS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpread:
    """A figure over several runs."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFigures:
    """Of one of the two."""

    name: str
    calls_per_core: RunSpread
    counts: WordErrors
    partials_per_minute: float  # with new words, per minute of audio
    partial_delay_ms: Spread | None  # from a word's end to the partial with it, decoding included
    final_delay_ms: Spread | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """Of both."""

    cadence_ms: int
    audio_s: float
    runs: int
    ours: LoopFigures
    peer: LoopFigures
    calls_ratio: RunSpread  # ours to the peer's, run by run
    errors_ratio: float | None  # None: the peer made none


def figures(runs: PairRuns) -> PairFigures:
    """All of them."""
    ours = _figures(runs.pair.ours.name, runs.ours)
    peer = _figures(runs.pair.peer_name, runs.peers)
    ratios = [calls_per_core(mine) / calls_per_core(its) for mine, its in zip(runs.ours, runs.peers, strict=True)]
    return PairFigures(
        cadence_ms=runs.cadence_ms,
        audio_s=runs.ours[0].audio_s,
        runs=len(runs.ours),
        ours=ours,
        peer=peer,
        calls_ratio=_over(ratios),
        errors_ratio=ours.counts.errors / peer.counts.errors if peer.counts.errors else None,
    )


def calls_per_core(run: PeerRun) -> float:
    """How many calls one core could hear at once, if they took turns without a rest."""
    return run.audio_s / run.cpu_s / LEGS


def _figures(name: str, runs: Sequence[PeerRun]) -> LoopFigures:
    scores = [score for run in runs for score in run.scores if score.is_timed]
    return LoopFigures(
        name=name,
        calls_per_core=_over([calls_per_core(run) for run in runs]),
        counts=total([line for score in runs[0].scores for line in score.lines]),
        partials_per_minute=60 * runs[0].partials / runs[0].audio_s,
        partial_delay_ms=spread([ms for score in scores for ms in score.partial_delays_ms]),
        final_delay_ms=spread([ms for score in scores for ms in score.final_delays_ms]),
    )


def _over(values: Sequence[float]) -> RunSpread:
    return RunSpread(median=median(values), low=min(values), high=max(values))
