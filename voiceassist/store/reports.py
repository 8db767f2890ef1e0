"""A report of a period: its rows, all together, and step by step; and what it quotes. Reads only.

What a report and its figures are, `voiceassist/reports/definitions.py` says. Rows that are about people are in the
order of their names, always.
Next: `server/reports.py` gives it out, `digest/` sends it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from voiceassist.events import Cue, RefusalClosed
from voiceassist.kpis.values import HOUR_MS, Value
from voiceassist.reports.definitions import REPORT_BY_ID, Report, ReportFigure, ReportId
from voiceassist.store.call_scope import CallScope
from voiceassist.store.kpi_sums import CallsOf
from voiceassist.store.kpis import KpiQuestion
from voiceassist.store.periods import PeriodName, period_of
from voiceassist.store.report_sums import PartSums, report_sums
from voiceassist.store.rows import iso_of, record_of
from voiceassist.store.schema import events, fact_policies, fact_promises, fact_refusals

ROWS = 300
"""In one answer: more than anybody reads. The total has all of them."""
EXAMPLES = 3
PROMISES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportViewRow:
    """One topic, offer, agent, hour, ..."""

    key: str
    name: str  # empty: what has none, such as refusals without a topic
    values: dict[str, Value]  # by figure
    steps: tuple[float | None, ...]  # of the figure that is shown step by step
    opens: Mapping[str, str]  # what the list of its calls is filtered by; nothing: it cannot be listed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """One report. Times are ISO 8601, UTC."""

    report: ReportId
    period: PeriodName
    zone: str
    as_of: str
    since: str
    until: str  # not in it
    total: dict[str, Value]  # of all rows; of what a call can have twice, counted twice
    rows: tuple[ReportViewRow, ...]
    more: bool  # there are more rows than these
    starts: tuple[str, ...]  # when each step begins
    steps: tuple[float | None, ...]  # all together
    uncounted: int = 0  # calls of all times whose facts are still to be made, after an upgrade


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalExample:
    """A refusal in the agent's words, and what followed."""

    call_id: str
    at_ms: int  # where the words begin
    started_at: str  # ISO 8601, UTC
    words: str
    outcome: str  # open, recovered, dead_end
    offered: str  # the alternative as it was said; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseView:
    """Something that an agent promised by a day or a time, and what people say became of it."""

    call_id: str
    at_ms: int
    utterance: int
    started_at: str  # ISO 8601, UTC
    agent: str  # name
    words: str
    due: str
    outcome: str  # kept, not_kept; empty: nobody said so
    marked_by: str


def report_of(connection: Connection, of: ReportId, asked: KpiQuestion, scope: CallScope) -> ReportView:
    """The report that was asked for."""
    report, period = REPORT_BY_ID[of], period_of(asked.period, asked.now, asked.zone)
    which = CallsOf(scope=scope, team=asked.team, agent=asked.agent)
    spans = period.steps or (period.whole,)
    parts = [report_sums(connection, of, span, which, asked.zone) for span in spans]
    rows = _rows(report, parts)
    return ReportView(
        report=of,
        period=asked.period,
        zone=asked.zone.key,
        as_of=asked.now.isoformat(timespec="milliseconds"),
        since=iso_of(period.whole.since_us),
        until=iso_of(period.whole.until_us),
        total=_values(report, _sum(part.total for part in parts)),
        rows=tuple(rows[:ROWS]),
        more=len(rows) > ROWS,
        starts=tuple(iso_of(span.since_us) for span in spans),
        steps=tuple(_trend(report, part.total) for part in parts),
    )


def examples_of(
    connection: Connection, topic: str, asked: KpiQuestion, scope: CallScope
) -> tuple[RefusalExample, ...]:
    """The newest refusals of a topic, quoted; none whose words were deleted."""
    period, facts = period_of(asked.period, asked.now, asked.zone).whole, fact_policies.c
    within = CallsOf(scope=scope, team=asked.team, agent=asked.agent).within(period, facts)
    calls = select(facts.call_id, facts.started_us).where(facts.topic == topic, facts.refusals > 0, *within)
    newest = calls.order_by(facts.started_us.desc(), facts.call_id).limit(EXAMPLES)
    found = [
        one
        for call_id, started_us in connection.execute(newest).all()
        for one in _quoted(connection, call_id, topic, started_us)
    ]
    return tuple(one for one in found if one.words)[:EXAMPLES]


def promises_of(connection: Connection, asked: KpiQuestion, scope: CallScope) -> tuple[PromiseView, ...]:
    """The promises of a period, the newest first."""
    period, facts = period_of(asked.period, asked.now, asked.zone).whole, fact_promises.c
    within = CallsOf(scope=scope, team=asked.team, agent=asked.agent).within(period, facts)
    order = (facts.started_us.desc(), facts.call_id, facts.start_ms)
    wanted = select(fact_promises).where(*within).order_by(*order).limit(PROMISES)
    return tuple(
        PromiseView(
            call_id=row["call_id"],
            at_ms=row["start_ms"],
            utterance=row["utterance"],
            started_at=iso_of(row["started_us"]),
            agent=row["agent_name"],
            words=row["words"],
            due=row["due"],
            outcome=row["outcome"],
            marked_by=row["marked_by"],
        )
        for row in connection.execute(wanted).mappings()
    )


def _rows(report: Report, parts: Sequence[PartSums]) -> list[ReportViewRow]:
    known = {key: row for part in parts for key, row in part.rows.items()}  # a row is called as at last
    shared = _sum(part.shared for part in parts)
    rows = [
        ReportViewRow(
            key=key,
            name=newest.name,
            values=_values(report, _sum(part.rows[key].sums for part in parts if key in part.rows) | shared),
            steps=tuple(_step(report, part, key) for part in parts),
            opens=newest.opens,
        )
        for key, newest in known.items()
    ]
    return sorted(rows, key=_by_name if report.order == "name" else _most_of(report))


def _by_name(row: ReportViewRow) -> tuple[str, str]:
    return row.name.casefold(), row.key


def _most_of(report: Report) -> Callable[[ReportViewRow], tuple[int, str, str]]:
    return lambda row: (-row.values[report.figures[0].id].part, *_by_name(row))


def _sum(sums: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in sums:
        total.update(one)
    return total


def _values(report: Report, sums: Mapping[str, int]) -> dict[str, Value]:
    return {figure.id: value_of(figure, sums) for figure in report.figures}


def value_of(figure: ReportFigure, sums: Mapping[str, int]) -> Value:
    """Of nothing: none, never zero."""
    part = sums.get(figure.part, 0)
    whole = sums.get(figure.whole, 0) if figure.whole else None
    match figure.unit:
        case "share":
            value = part / whole if whole else None
        case "per_hour":
            value = part * HOUR_MS / whole if whole else None
        case "count":
            value = part
    return Value(value=value, part=part, whole=whole)


def _trend(report: Report, sums: Mapping[str, int]) -> float | None:
    return value_of(next(one for one in report.figures if one.id == report.trend), sums).value


def _step(report: Report, part: PartSums, key: str) -> float | None:
    sums = part.rows[key].sums if key in part.rows else {}
    return _trend(report, {**sums, **part.shared})


def _quoted(connection: Connection, call_id: str, topic: str, started_us: int) -> list[RefusalExample]:
    wanted = select(fact_refusals.c.cue_id, fact_refusals.c.outcome)
    refusals = wanted.where(fact_refusals.c.call_id == call_id, fact_refusals.c.topic == topic)
    outcomes = {row.cue_id: row.outcome for row in connection.execute(refusals)}
    types = events.c.type.in_(["cue", "refusal_closed"])
    bodies = select(events.c.body).where(events.c.call_id == call_id, types).order_by(events.c.seq)
    told = [record_of(body).event for body in connection.scalars(bodies)]
    offered = {event.cue_id: event.words for event in told if isinstance(event, RefusalClosed)}
    return [
        RefusalExample(
            call_id=call_id,
            at_ms=cue.start_ms,
            started_at=iso_of(started_us),
            words=cue.words,
            outcome=outcomes[cue.cue_id],
            offered=offered.get(cue.cue_id, ""),
        )
        for cue in told
        if isinstance(cue, Cue) and cue.cue_id in outcomes
    ]
