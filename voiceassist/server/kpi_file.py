"""A report of key figures as CSV for spreadsheets. Pure; bounded as the report is.

A row for all calls, one for each team or agent, one for each day or week; a figure takes three columns: its value,
and the sums that it is made of.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from voiceassist.kpis.definitions import KPIS
from voiceassist.kpis.values import Value
from voiceassist.server.audit_files import harmless
from voiceassist.store.kpis import KpiReport

HEAD = ("of", "since", "until", "team", "agent_id", "agent_name")


def as_csv(report: KpiReport) -> str:
    """The whole file. Shares are from 0 to 1, times in milliseconds; a figure of nothing is empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*HEAD, *(name for kpi in KPIS for name in (kpi.id, f"{kpi.id}_part", f"{kpi.id}_whole"))])
    writer.writerows([harmless(cell) for cell in row] for row in _rows(report))
    return text.getvalue()


def _rows(report: KpiReport) -> Iterator[Sequence[str]]:
    total = report.total
    span = (total.since, total.until)
    yield ["all", *span, "", "", "", *_cells(total.values)]
    if report.before:
        before = report.before
        yield ["week before", before.since, before.until, "", "", "", *_cells(before.values)]
    for group in report.groups:
        of = "agent" if group.agent_id else "team"
        yield [of, *span, group.team, group.agent_id, group.agent_name, *_cells(group.values)]
    for step in report.steps:
        yield ["step", step.since, step.until, "", "", "", *_cells(step.values)]


def _cells(values: Mapping[str, Value]) -> Iterator[str]:
    for kpi in KPIS:
        found = values[kpi.id]
        yield from ("" if one is None else str(one) for one in (found.value, found.part, found.whole))
