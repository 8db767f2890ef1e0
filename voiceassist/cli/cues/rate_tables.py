"""The tables of `voiceassist cues eval --rate`: false alarms in ordinary talk, and the precision of calls.

Never judges: everything comes from `evaluation/rates.py`. Next: `sheets.py` draws them.
"""

from collections.abc import Iterator, Sequence

from voiceassist.cli.cues.eval_tables import percent
from voiceassist.cli.cues.sheets import Cell, Figure, Sheet, figure
from voiceassist.evaluation.base_rates import WORDS_PER_HOUR
from voiceassist.evaluation.labelled import TextName
from voiceassist.evaluation.outcome import speaker_of
from voiceassist.evaluation.rates import CallPrecision, FalseAlarms, Rates

COLUMNS = ("kind", "ordinary talk", "turns", "false", "per 10,000 turns", "per hour", "coloured per 10,000")
LEGEND = (
    "Ordinary talk: false: turns in which a card or an alert would reach people; coloured: turns in which words "
    "are coloured and nobody is told. per hour: of call, of one side, which says "
    f"{WORDS_PER_HOUR:,.0f} words in it (as in Switchboard), by the source's words per turn. "
    "any ...: of all kinds together that bring a card or an alert in this playbook, before cooldowns and caps. "
    "≤: the source was not looked through for this kind, so some may be right. "
    "Precision in calls, in %: rate x recall / (rate x recall + (1 - rate) x false alarms), with recall by the "
    "source of the line and false alarms by the source of the column. ≥: these are an upper bound. "
    "Intervals: 95 % (Wilson); of the precision: both intervals at their worst and at their best ends together."
)


def rate_sheets(rates: Rates, text: TextName) -> Iterator[Sheet]:
    """The false alarms, and one table of precision for each kind whose rate is known."""
    if rates.false_alarms:
        yield _false_alarm_sheet(rates.false_alarms, text)
    for kind in dict.fromkeys(one.kind for one in rates.precisions):
        yield _precision_sheet([one for one in rates.precisions if one.kind == kind], text)


def _false_alarm_sheet(false_alarms: Sequence[FalseAlarms], text: TextName) -> Sheet:
    return Sheet(
        title=f"False alarms in ordinary talk ({text} text)",
        columns=COLUMNS,
        rows=[_false_alarm_row(one) for one in false_alarms],
        names=2,
    )


def _false_alarm_row(one: FalseAlarms) -> list[Cell]:
    at_most = "≤ " if one.is_upper_bound and one.reaching else ""
    return [
        one.kind,
        one.source,
        f"{one.turns:,}",
        f"{one.reaching:,}",
        figure(one.per_10_000_turns, digits=1, before=at_most),
        figure(one.per_hour, digits=2, before=at_most),
        figure(one.coloured_per_10_000_turns, digits=1),
    ]


def _precision_sheet(precisions: Sequence[CallPrecision], text: TextName) -> Sheet:
    first = precisions[0]
    talk = list(dict.fromkeys(one.false_alarms.source for one in precisions))
    recalls = {one.recall.source: one.recall for one in precisions}
    cells = {(one.recall.source, one.false_alarms.source): _precision(one) for one in precisions}
    return Sheet(
        title=f"Precision of {first.kind} in calls, where {_in_words(first)} has it ({text} text)",
        columns=("recall by", "has it", "recall", *(f"false alarms by {source}" for source in talk)),
        rows=[
            [source, f"{of.counts.expected:,}", percent(of.counts.recall), *(cells[source, one] for one in talk)]
            for source, of in recalls.items()
        ],
    )


def _precision(one: CallPrecision) -> Cell:
    shown = percent(one.precision)
    if isinstance(shown, Figure) and one.false_alarms.is_upper_bound and one.false_alarms.reaching:
        return Figure(value=f"≥ {shown.value}", interval=shown.interval)
    return shown


def _in_words(one: CallPrecision) -> str:
    return f"one of {1 / one.base_rate:,.0f} {speaker_of(one.kind)} turns"
