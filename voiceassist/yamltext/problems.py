"""What is wrong with a text that a person wrote, and where: `Problem`, and how one is shown.

A mistake is told in English, for the command line and the log, and as a code with its particulars, for pages in
other languages. Knows nothing of YAML and playbooks.
Next: `document.py` and `playbook_file/parse.py` collect problems.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from voiceassist.core.words.phrases import PhraseCode

ProblemCode = Literal[
    "other",  # told in English alone
    "missing",
    "empty",
    "unknown_name",
    "unknown_name_near",
    "unknown_name_valid",
    "not_whole",
    "quoted_number",
    "not_a_number",
    "out_of_range",
    "number_as_text",
    "not_a_text",
    "empty_text",
    "text_too_long",
    "hidden_character",
    "not_an_id",
    "not_a_flag",
    "not_a_list",
    "not_a_mapping",
    "too_few",
    "too_many",
    "not_a_language",
    "not_a_day",
    "unknown_placeholder",
    "no_general_policy",
    "builtin_rule_name",
    "no_sensitivity",
    "no_time",
    "never_kept",
    "until_before_from",
    "rung_twice",
    "offer_twice",
    "builtin_kind_name",
    "name_fixed",
    "default_has_teams",
    "default_language",
    "no_engine",
    "team_taken",
    "not_yaml",
    "file_too_long",
    "file_empty",
    "not_utf8",
    "second_document",
    "alias",
    "tag",
    "given_twice",
    "name_not_text",
    PhraseCode,
]
Given = tuple[tuple[str, str | int], ...]  # what a message names, by the name that its texts have for it
Path = tuple[str | int, ...]  # names in mappings and places in lists, from the top of the document
NAMES_SHOWN = 20  # of the valid ones, where none is near
WHOLE_FILE = "(the file)"


@dataclass(frozen=True, slots=True)
class Message:
    """What is wrong and what would be right."""

    text: str  # in English
    code: ProblemCode = "other"
    given: Given = ()

    def __str__(self) -> str:
        """As the command line tells it."""
        return self.text


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake."""

    line: int  # counts from 1
    path: Path  # () is the whole file
    message: str  # what is wrong and what would be right, in English
    code: ProblemCode = "other"
    given: Given = ()


def told(text: str, code: ProblemCode, **given: str | int) -> Message:
    """A message with its particulars."""
    return Message(text, code, tuple(given.items()))


def problem_at(line: int, path: Path, message: Message) -> Problem:
    """The mistake of a message at its place."""
    return Problem(line, path, message.text, message.code, message.given)


def located(problem: Problem, file: str) -> str:
    """`file:line: field: what is wrong`."""
    return f"{file}:{problem.line}: {shown_path(problem.path) or WHOLE_FILE}: {problem.message}"


def shown_path(path: Path) -> str:
    """`cues.refusal.rules.plain.phrases[0]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def unknown(name: str, known: Iterable[str]) -> Message:
    """The message for a name that nothing has, with the nearest that something has."""
    names = sorted(known)
    close = nearest(name, names)
    if close:
        text = f"unknown name `{name}`; nearest valid name is `{close}`"
        return told(text, "unknown_name_near", name=name, near=close)
    if not names:
        return told(f"unknown name `{name}`", "unknown_name", name=name)
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    valid = ", ".join(names[:NAMES_SHOWN])
    text = f"unknown name `{name}`; valid: {valid}{more}"
    return told(text, "unknown_name_valid", name=name, valid=valid, more=max(0, len(names) - NAMES_SHOWN))


def unknown_name(name: str, known: Iterable[str]) -> str:
    """The same in English alone."""
    return unknown(name, known).text


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like it; empty if none looks like it."""
    return next(iter(difflib.get_close_matches(name, sorted(known), 1)), "")
