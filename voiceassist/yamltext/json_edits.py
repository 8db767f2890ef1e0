"""One change of a document of plain JSON values: `edited(document, edit)`.

Makes a new document, never changes one in place. Knows nothing of YAML: `edits.py` makes the same change in a
text, and checks itself against this.
"""

from dataclasses import dataclass
from typing import Literal

from voiceassist.errors import PeerError
from voiceassist.yamltext.document import Json
from voiceassist.yamltext.problems import Path

Op = Literal["set", "remove", "insert", "rename", "move"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change.

    set: gives `path` a value, making the mappings that lead there. remove: takes it away. insert: puts a value
    into a list before the index that ends `path`, or into a mapping under the name that does, at position `to`
    (without it as the last). rename: a name becomes `to`. move: to position `to` within its list or mapping.
    """

    op: Op
    path: Path
    value: Json = None
    to: str | int | None = None


class EditError(PeerError):
    """An edit that does not fit the document."""

    def __init__(self, message: str) -> None:
        super().__init__("bad_edit", message)


def edited(document: Json, edit: Edit) -> Json:
    """A document after an edit. Raises EditError."""
    if not edit.path:
        raise EditError("`path` is empty; name what is to be changed")
    head, *rest = edit.path
    if rest and edit.op == "set" and isinstance(document, dict) and document.get(_name(head)) is None:
        return document | {_name(head): edited({}, _within(edit))}
    if rest:
        return _replaced(document, head, edited(child(document, head), _within(edit)))
    return _EDITS[edit.op](document, head, edit)


def child(document: Json, key: str | int) -> Json:
    """One step down. Raises EditError."""
    if isinstance(document, dict) and key in document:
        return document[key]
    if isinstance(document, list) and isinstance(key, int) and 0 <= key < len(document):
        return document[key]
    if isinstance(document, dict | list):
        raise EditError(f"there is no {key!r} in the document")
    raise EditError(f"{document!r} cannot hold {key!r}")


def _within(edit: Edit) -> Edit:
    return Edit(op=edit.op, path=edit.path[1:], value=edit.value, to=edit.to)


def _replaced(document: Json, key: str | int, value: Json) -> Json:
    if isinstance(document, dict):
        return document | {key: value}
    return [value if index == key else item for index, item in enumerate(document)]


def _name(key: str | int) -> str:
    if not isinstance(key, str) or not key:
        raise EditError(f"{key!r} cannot be a name in a mapping")
    return key


def _set(document: Json, key: str | int, edit: Edit) -> Json:
    if isinstance(document, dict):
        return document | {_name(key): edit.value}
    child(document, key)
    return _replaced(document, key, edit.value)


def _remove(document: Json, key: str | int, _edit: Edit) -> Json:
    child(document, key)
    if isinstance(document, dict):
        return {name: value for name, value in document.items() if name != key}
    return [item for index, item in enumerate(document) if index != key]


def _insert(document: Json, key: str | int, edit: Edit) -> Json:
    if isinstance(document, list):
        at = _position(key, len(document) + 1)
        return [*document[:at], edit.value, *document[at:]]
    if not isinstance(document, dict):
        raise EditError(f"{document!r} cannot hold {key!r}")
    if _name(key) in document:
        raise EditError(f"there is a {key!r} already")
    entries = list(document.items())
    at = _position(len(entries) if edit.to is None else edit.to, len(entries) + 1)
    return dict([*entries[:at], (key, edit.value), *entries[at:]])


def _rename(document: Json, key: str | int, edit: Edit) -> Json:
    child(document, key)
    if not isinstance(document, dict) or not isinstance(edit.to, str) or not edit.to:
        raise EditError("only an entry of a mapping can be renamed; `to` is its new name")
    if edit.to in document and edit.to != key:
        raise EditError(f"there is a {edit.to!r} already")
    return {edit.to if name == key else name: value for name, value in document.items()}


def _move(document: Json, key: str | int, edit: Edit) -> Json:
    child(document, key)
    order = moved(len(document), _index_of(document, key), _position(edit.to, len(document)))
    if isinstance(document, list):
        return [document[index] for index in order]
    entries = list(document.items())
    return dict(entries[index] for index in order)


def moved(count: int, index: int, to: int) -> list[int]:
    """The old indexes in their new order."""
    order = [other for other in range(count) if other != index]
    return [*order[:to], index, *order[to:]]


def _index_of(document: Json, key: str | int) -> int:
    return list(document).index(key) if isinstance(document, dict) else int(key)


def _position(to: str | int | None, count: int) -> int:
    if not isinstance(to, int) or isinstance(to, bool) or not 0 <= to < count:
        raise EditError(f"{to!r} is no position here: it must be a whole number from 0 to {count - 1}")
    return to


_EDITS = {"set": _set, "remove": _remove, "insert": _insert, "rename": _rename, "move": _move}
