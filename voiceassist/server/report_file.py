"""A report as CSV for spreadsheets. Pure; bounded as the report is.

A row for all together, then one for each of the report's; a figure takes three columns, as with key figures.
"""

import csv
import io
from collections.abc import Iterator, Mapping

from voiceassist.kpis.values import Value
from voiceassist.reports.definitions import REPORT_BY_ID
from voiceassist.server.audit_files import harmless
from voiceassist.store.reports import ReportView

HEAD = ("of", "since", "until", "key", "name")


def report_csv(view: ReportView) -> str:
    """The whole file. Shares are from 0 to 1; a figure of nothing is empty."""
    ids = [figure.id for figure in REPORT_BY_ID[view.report].figures]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*HEAD, *(name for id_ in ids for name in (id_, f"{id_}_part", f"{id_}_whole"))])
    span = (view.since, view.until)
    writer.writerow(["all", *span, "", "", *_cells(view.total)])
    for row in view.rows:
        writer.writerow([harmless(cell) for cell in ("row", *span, row.key, row.name, *_cells(row.values))])
    return text.getvalue()


def _cells(values: Mapping[str, Value]) -> Iterator[str]:
    for found in values.values():
        yield from ("" if one is None else str(one) for one in (found.value, found.part, found.whole))
