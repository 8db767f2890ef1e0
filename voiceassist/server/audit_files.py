"""Files of audit entries: CSV for spreadsheets, JSON Lines for programs. Never holds more than a piece."""

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence

from voiceassist.store.audit import ExportedEntry

MEDIA_TYPES: Mapping[str, str] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
COLUMNS = ("number", "at", "who", "what", "call_id", "detail", "hash")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV injection": spreadsheets compute what begins so


async def as_json_lines(pieces: AsyncIterator[Sequence[ExportedEntry]]) -> AsyncIterator[str]:
    """One JSON object a line, as `voiceassist audit export` prints it."""
    async for piece in pieces:
        yield "".join(f"{json.dumps(entry)}\n" for entry in piece)


async def as_csv(pieces: AsyncIterator[Sequence[ExportedEntry]]) -> AsyncIterator[str]:
    """A row of names, then one row for each entry; the detail is JSON."""
    yield _rows([COLUMNS])
    async for piece in pieces:
        yield _rows([_row(entry) for entry in piece])


def _row(entry: ExportedEntry) -> list[str]:
    told = entry | {"detail": json.dumps(entry["detail"], ensure_ascii=False)}
    return [harmless(str(told[column])) for column in COLUMNS]


def harmless(cell: str) -> str:
    """The same text, so that no spreadsheet computes it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _rows(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
