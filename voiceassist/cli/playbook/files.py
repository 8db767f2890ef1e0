"""What the `voiceassist playbook` commands share: which playbooks they are about.

Reads, never writes. Next: `check.py` and its neighbours.
"""

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from voiceassist.core.playbook.model import Playbook
from voiceassist.playbooks import builtin_names, find_text, read_playbook

STDIN = Path("-")

WhichPlaybooks = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[FILE|NAME]...",
        help="Files, or names of built-in playbooks; - is standard input. Without any: all built-in ones.",
    ),
]
One = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE|NAME]", help="A file, or a built-in playbook's name. Default: retail."),
]


def texts_of(which: list[Path] | None) -> list[tuple[str, str]]:
    """The playbooks' (text, name to blame). Raises PlaybookError for a file that cannot be read."""
    return [text_of(file) for file in which or [Path(name) for name in builtin_names()]]


def text_of(file: Path | None) -> tuple[str, str]:
    """One playbook's (text, name to blame). Raises PlaybookError."""
    if file != STDIN:
        return find_text(file, "en")
    if isinstance(
        sys.stdin, TextIOWrapper
    ):  # bytes that are not UTF-8 are let through: the reader blames their line
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    return sys.stdin.read(), "standard input"


def playbook_of(file: Path | None) -> Playbook:
    """One playbook, ready for calls. Raises PlaybookError with all of its problems."""
    text, name = text_of(file)
    return read_playbook(text, name)
