"""Writes plain JSON values as YAML, in the manner of the built-in playbooks.

Texts are plain where that is safe, else in double quotes; long ones are folded; lists and mappings are blocks.
What `document.py` reads from it is the value again. Next: `edits.py` puts it into a text.
"""

import json
import re
from collections.abc import Callable
from textwrap import wrap

from voiceassist.yamltext.document import Json, read_document

LINE = 115  # characters, as in the built-in playbooks
FOLDED_LEAST = 30  # characters in a line: deeper than that, folding helps nobody
STEP = "  "  # one level

_SAFE = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`~=](?:[^\n\t]*[^\s:])?")  # as the whole of a plain text
_FLOW_SIGNS = re.compile(r"[,\[\]{}]")
_HIDDEN = re.compile(
    "[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]"
)  # what JSON leaves as it is, YAML not


def name_text(name: str) -> str:
    """A name in a mapping."""
    return name if _is_plain(name) and ":" not in name else _quoted(name)


def flow(value: Json) -> str:
    """A value in one line, fit to stand within brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow_name(name)}: {flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return _scalar(value, lambda text: _is_plain(text) and not _FLOW_SIGNS.search(text))


def flow_name(name: str) -> str:
    """A name in a mapping within braces."""
    return name if _is_plain(name) and ":" not in name and not _FLOW_SIGNS.search(name) else _quoted(name)


def entry(name: str, value: Json, column: int) -> str:
    """`name: value` as it stands at a column; the lines after the first are indented for it."""
    return name_text(name) + ":" + after_name(value, column)


def item(value: Json, column: int) -> str:
    """`- value` as it stands at a column."""
    return "-" + after_dash(value, column)


def after_dash(value: Json, column: int) -> str:
    """What follows the dash of a list's item at a column."""
    return " " + _block(value, column + len(STEP)) if _is_block(value) else after_name(value, column)


def after_name(value: Json, column: int) -> str:
    """What follows `name:` at a column."""
    if _is_block(value):
        inner = column + len(STEP)
        return "\n" + " " * inner + _block(value, inner)
    return " " + _inline(value, column)


def restyled(text: str, style: str | None) -> str:
    """A text in the quotes that another had; empty where it had none, or where these do not fit."""
    if style == '"':
        return _quoted(text)
    return "'" + text.replace("'", "''") + "'" if style == "'" and text.isprintable() else ""


def _inline(value: Json, column: int) -> str:
    """A value that begins in the line of its name; `column` is the name's."""
    if isinstance(value, str) and (lines := _long_text(value, LINE - column - len(STEP))):
        return f"\n{' ' * column}{STEP}".join(lines)
    return _scalar(value, _is_plain) if not isinstance(value, dict | list) else flow(value)


def _is_block(value: Json) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _block(value: Json, column: int) -> str:
    """A list or mapping whose first line begins at the column."""
    if isinstance(value, dict):
        parts = [entry(name, inner, column) for name, inner in value.items()]
    else:
        parts = [item(inner, column) for inner in value]
    return ("\n" + " " * column).join(parts)


def _long_text(text: str, room: int) -> list[str]:
    """The lines of a folded text, its sign first; none where it fits or where folding would change it."""
    if (
        len(text) + len(STEP) <= room
        or room < FOLDED_LEAST
        or " ".join(text.split()) != text
        or _HIDDEN.search(text)
    ):
        return []
    lines = wrap(text, room, break_long_words=False, break_on_hyphens=False)
    return [">-", *lines] if text.isprintable() and len(lines) > 1 else []


def _scalar(value: Json, is_plain: Callable[[str], bool]) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    return value if is_plain(value) else _quoted(value)


def _is_plain(text: str) -> bool:
    """Whether a text can stand without quotes and still is that text."""
    return (
        _SAFE.fullmatch(text) is not None
        and text.isprintable()
        and ": " not in text
        and " #" not in text
        and read_document(text).value == text
    )


def _quoted(text: str) -> str:
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
