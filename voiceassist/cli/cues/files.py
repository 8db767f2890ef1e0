"""What the `voiceassist cues` commands share: their files of labelled turns, and the playbook that they ask.

Reads, never writes. Next: `eval.py`, `scan.py`.
"""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, TextIO

import typer

from voiceassist.errors import DatasetError
from voiceassist.evaluation.labelled import LabelledTurn, rows_of

STDIN = Path("-")

LabelledFiles = Annotated[
    list[Path],
    typer.Argument(
        help="Labelled turns, JSON Lines: one object per line with at least a text; - is standard input."
    ),
]


def read_rows(file: Path, labels: Collection[str] | None) -> Iterator[LabelledTurn]:
    """The rows of a file, one by one as they are read. Raises DatasetError."""
    with _opened(file) as lines:
        yield from rows_of(lines, _name(file), labels)


def _name(file: Path) -> str:
    return "standard input" if file == STDIN else str(file)


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    """Bytes that are not UTF-8 are let through as halves of characters: the reader then knows the line."""
    if file == STDIN:
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
        yield sys.stdin
        return
    try:
        with file.open(encoding="utf-8", errors="surrogateescape") as lines:
            yield lines
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read: {error.strerror or error}") from error
