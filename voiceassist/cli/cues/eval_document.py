"""Everything that `voiceassist cues eval` found out, as one JSON document.

Never judges: everything comes from `evaluation/`. Fields are only ever added.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from voiceassist.cli.cues.eval_tables import Evaluated
from voiceassist.cli.cues.scan import cue_fields
from voiceassist.evaluation.base_rates import WORDS_PER_HOUR
from voiceassist.evaluation.curve import Curve, CurvePoint
from voiceassist.evaluation.evaluation import KindScore, Mistake, SourceScores
from voiceassist.evaluation.labelled import TextName
from voiceassist.evaluation.rates import PER_TURNS, CallPrecision, FalseAlarms
from voiceassist.evaluation.scores import Rate


def eval_document(playbook: str, evaluated: Sequence[Evaluated], *, with_errors: bool) -> dict[str, Any]:
    """The document. `rates` and `curves` are there when they were asked for."""
    document: dict[str, Any] = {
        "playbook": playbook,
        "sources": [
            {"source": one.source, "turns": one.turns, "left_out": dict(one.left_out)}
            for one in evaluated[0].sources
        ],
        "results": [result for one in evaluated for of in one.sources for result in _results(of, one.text)],
        "apart": [apart for one in evaluated for of in one.sources for apart in _apart(of, one.text)],
    }
    if evaluated[0].rates:
        document["rates"] = _rates(evaluated)
    if evaluated[0].curves:
        document["curves"] = [_curve(curve) for one in evaluated for curve in one.curves]
    if with_errors:
        document["errors"] = [_error(mistake, one.text) for one in evaluated for mistake in one.mistakes]
    return document


def _results(of: SourceScores, text: TextName) -> Iterator[dict[str, Any]]:
    for score in of.scores:
        yield {"source": of.source, "kind": score.kind, "text": text, **_figures(score)}


def _figures(score: KindScore) -> dict[str, Any]:
    counts = score.counts
    return {
        "turns": counts.turns,
        "expected": counts.expected,
        "found": counts.found,
        **asdict(counts),
        "precision": _rate(counts.precision),
        "recall": _rate(counts.recall),
        "f1": _rate(counts.f1),
        "false_alarms_per_1000": _rate(counts.false_alarm_rate),
        "coloured": asdict(score.coloured),
    }


def _rate(rate: Rate | None) -> dict[str, float] | None:
    return asdict(rate) if rate else None


def _apart(of: SourceScores, text: TextName) -> Iterator[dict[str, Any]]:
    for one in of.apart:
        yield {"source": of.source, "text": text, **asdict(one), "share": _rate(one.rate)}


def _rates(evaluated: Sequence[Evaluated]) -> dict[str, Any]:
    rates = [(one.text, one.rates) for one in evaluated if one.rates]
    return {
        "words_per_hour": WORDS_PER_HOUR,
        "false_alarms": [{"text": text, **_false_alarms(one)} for text, of in rates for one in of.false_alarms],
        "precision": [{"text": text, **_call_precision(one)} for text, of in rates for one in of.precisions],
    }


def _false_alarms(one: FalseAlarms) -> dict[str, Any]:
    return {
        **asdict(one),
        "per_10000_turns": _rate(one.per_10_000_turns),
        "per_hour": _rate(one.per_hour),
        "coloured_per_10000_turns": _rate(one.coloured_per_10_000_turns),
    }


def _call_precision(one: CallPrecision) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "base_rate": one.base_rate,
        "recall_source": one.recall.source,
        "recall": _rate(one.recall.counts.recall),
        "false_alarm_source": one.false_alarms.source,
        "is_lower_bound": one.false_alarms.is_upper_bound,
        "precision": _rate(one.precision),
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "kind": curve.kind,
        "text": curve.text,
        "steps": [
            {
                "step": one.demand.name,
                "least": one.demand.least,
                "sources": [_curve_point(of) for of in one.points],
            }
            for one in curve.steps
        ],
    }


def _curve_point(point: CurvePoint) -> dict[str, Any]:
    return {
        **asdict(point),
        "recall": _rate(point.recall),
        "per_10000_turns": _rate(point.false_rate.times(PER_TURNS) if point.false_rate else None),
    }


def _error(mistake: Mistake, text: TextName) -> dict[str, Any]:
    row, words = mistake.outcome.row, mistake.outcome.row.words(text)
    return {
        "id": row.id,
        "source": row.source,
        "speaker": row.speaker,
        "text": text,
        "labels": row.labels,
        "expected": mistake.expected,
        "missed": mistake.missed,
        "false_alarms": mistake.false_alarms,
        "coloured": mistake.coloured,
        "cues": [cue_fields(match, words) for match in mistake.outcome.found],
        "said": " ".join(words),
        "prev": row.prev,
    }
