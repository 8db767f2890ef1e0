"""What is wrong with a text that a person wrote, and where: `Problem`, and how one is shown.

Knows nothing of YAML and playbooks. Next: `document.py` and `playbook_file/parse.py` collect problems.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]  # names in mappings and places in lists, from the top of the document
NAMES_SHOWN = 20  # of the valid ones, where none is near
WHOLE_FILE = "(the file)"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake."""

    line: int  # counts from 1
    path: Path  # () is the whole file
    message: str  # what is wrong and what would be right


def located(problem: Problem, file: str) -> str:
    """`file:line: field: what is wrong`."""
    return f"{file}:{problem.line}: {shown_path(problem.path) or WHOLE_FILE}: {problem.message}"


def shown_path(path: Path) -> str:
    """`cues.refusal.rules.plain.phrases[0]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def unknown_name(name: str, known: Iterable[str]) -> str:
    """The message for a name that nothing has, with the nearest that something has."""
    names = sorted(known)
    close = nearest(name, names)
    if close:
        return f"unknown name `{name}`; nearest valid name is `{close}`"
    if not names:
        return f"unknown name `{name}`"
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f"unknown name `{name}`; valid: {', '.join(names[:NAMES_SHOWN])}{more}"


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like it; empty if none looks like it."""
    return next(iter(difflib.get_close_matches(name, sorted(known), 1)), "")
