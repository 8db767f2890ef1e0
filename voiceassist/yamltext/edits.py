"""Changes a YAML text by path, and nothing else in it: `edit_yaml(text, edit)`.

Comments, quotes, the order and the look of every other line stay as somebody wrote them: the parser only says
where things stand, and the change is made in the text itself. (A round trip through ruamel.yaml loses the comment
above a section when the entry before it is removed, and sets flow lists anew.) What comes out is read again and
compared with the same edit of the plain document, so a text is never damaged: what cannot be made is an EditError.
Next: `server/playbook_drafts.py` saves the new text as a draft.
"""

from collections.abc import Iterator
from dataclasses import replace

from voiceassist.yamltext.document import CHARS_MAX, DEPTH_MAX, Json, read_document
from voiceassist.yamltext.entries import (
    added,
    differences_of,
    given,
    new_entry,
    removed,
    spliced,
    start_of,
    with_items,
)
from voiceassist.yamltext.json_edits import Edit, EditError, child, edited, moved
from voiceassist.yamltext.places import Entry, Place, place_of
from voiceassist.yamltext.problems import Path, located
from voiceassist.yamltext.writing import flow_name, name_text

PLACES_MAX = 40  # in which a list or mapping is changed by parts (each is some 20 ms); beyond, it is written anew


def edit_yaml(text: str, edit: Edit) -> str:
    """The text after an edit. Raises EditError; the text then stays what it was."""
    check_depth(edit)
    document = read_document(text)
    if document.problems:
        raise EditError(f"the YAML must be put in order first: {located(document.problems[0], 'line')}")
    before, wanted = document.value, edited(document.value, edit)
    if _same(wanted, before):
        return text
    uses_crlf = text.count("\r\n") == text.count("\n")
    new = _edited(text.replace("\r\n", "\n") if uses_crlf else text, before, edit)
    new = new.replace("\n", "\r\n") if uses_crlf else new
    if len(new) > CHARS_MAX:
        raise EditError(
            f"the text would be longer than {CHARS_MAX:,} characters, the most that a playbook may have"
        )
    if not _same(read_document(new).value, wanted):
        raise EditError("this change cannot be made in the text as it is written; change the YAML itself")
    return new


def check_depth(edit: Edit) -> None:
    """Raises EditError for a value that no text may hold at that place."""
    level, depth = [edit.value], len(edit.path)
    while level := [one for value in level if isinstance(value, dict | list) for one in _inner(value)]:
        depth += 1
        if depth > DEPTH_MAX:
            raise EditError(f"`value` is nested too deeply: a playbook has at most {DEPTH_MAX} levels")


def _inner(value: Json) -> list[Json]:
    return list(value.values()) if isinstance(value, dict) else value


def _same(one: Json, other: Json) -> bool:
    """Whether two documents are equal, the order of names and the types of numbers too."""
    return repr(one) == repr(other)


def _edited(text: str, document: Json, edit: Edit) -> str:
    if edit.op == "set":
        return _set(text, document, edit.path, edit.value)
    place, parent = place_of(text, edit.path[:-1]), _at(document, edit.path[:-1])
    if edit.op == "insert":
        return _insert(text, document, edit)
    index = _index(parent, edit.path[-1])
    if edit.op == "rename":
        return _rename(text, place, place.entries[index], str(edit.to))
    if edit.op == "move":
        return _move(text, place, moved(len(parent), index, _whole(edit.to)))
    return _remove(text, document, edit.path, place, index)


def _at(document: Json, path: Path) -> Json:
    for step in path:
        document = child(document, step)
    return document


def _index(parent: Json, step: str | int) -> int:
    return list(parent).index(step) if isinstance(parent, dict) else _whole(step)


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


# ---- giving a value --------------------------------------------------------------------------------------


def _set(text: str, document: Json, path: Path, value: Json) -> str:
    """The value at a path, which may not be there yet."""
    for depth, step in enumerate(path):
        around = _at(document, path[:depth])
        if isinstance(around, dict) and step not in around:
            return _insert(
                text, document, Edit(op="insert", path=path[: depth + 1], value=_nested(path[depth + 1 :], value))
            )
        if isinstance(around, dict) and around[step] is None and depth < len(path) - 1:
            return _put(text, path[: depth + 1], _nested(path[depth + 1 :], value))
    old = _at(document, path)
    return _merged(text, document, path, old, value) or _put(text, path, value)


def _nested(path: Path, value: Json) -> Json:
    return {path[0]: _nested(path[1:], value)} if path else value


def _put(text: str, path: Path, value: Json) -> str:
    """Writes a value anew where another is."""
    place = place_of(text, path[:-1])
    return given(text, place, place.entries[_node_index(place, path[-1])], value)


def _merged(text: str, document: Json, path: Path, old: Json, new: Json) -> str:
    """Only what is different between two lists or two mappings; empty where they must be written anew."""
    if not (old and new and type(old) is type(new) and isinstance(old, dict | list)):
        return ""
    if (
        isinstance(old, list)
        and _are_plain(old)
        and _are_plain(new)
        and not (place := place_of(text, path)).in_flow
    ):
        found = differences_of(old, new)
        return "" if found is None else with_items(text, place, found)
    if _places(old, new) > PLACES_MAX:
        return ""
    steps = list(_entry_edits(old, new) if isinstance(old, dict) else _item_edits(old, new))
    if not _same(_all(old, steps), new):
        return ""
    for step in steps:
        edit = replace(step, path=(*path, *step.path))
        text, document = _edited(text, document, edit), edited(document, edit)
    return text


def _are_plain(items: list[Json]) -> bool:
    return not any(isinstance(item, dict | list) for item in items)


def _places(old: Json, new: Json) -> int:
    """In how many places the text of one must be changed to be the other's; many stands for any number."""
    if _same(old, new):
        return 0
    if isinstance(old, dict) and isinstance(new, dict):
        return sum(_places(old.get(name), new.get(name)) for name in {**old, **new})
    if not (isinstance(old, list) and isinstance(new, list)):
        return 1
    found = differences_of(old, new)
    return sum(_items_changed(old, *one) for one in found) if found is not None else PLACES_MAX + 1


def _items_changed(old: list[Json], first: int, until: int, values: list[Json]) -> int:
    paired = min(until - first, len(values))
    changed = sum(_places(one, other) for one, other in zip(old[first:until], values, strict=False))
    return changed + until - first + len(values) - 2 * paired


def _all(document: Json, edits: list[Edit]) -> Json:
    for edit in edits:
        document = edited(document, edit) if document else None
    return document


def _entry_edits(old: dict[str, Json], new: dict[str, Json]) -> Iterator[Edit]:
    for name, value in new.items():
        if name not in old or not _same(old[name], value):
            yield Edit(op="set", path=(name,), value=value)
    yield from (Edit(op="remove", path=(name,)) for name in old if name not in new)


def _item_edits(old: list[Json], new: list[Json]) -> Iterator[Edit]:
    """From the last to the first, so that places stay true."""
    for first, until, values in reversed(differences_of(old, new) or []):
        paired = min(until - first, len(values))
        yield from (Edit(op="insert", path=(first + paired,), value=v) for v in reversed(values[paired:]))
        yield from (Edit(op="remove", path=(at,)) for at in reversed(range(first + paired, until)))
        yield from (Edit(op="set", path=(first + at,), value=values[at]) for at in range(paired))


# ---- entries ---------------------------------------------------------------------------------------------


def _insert(text: str, document: Json, edit: Edit) -> str:
    path, parent = edit.path[:-1], _at(document, edit.path[:-1])
    if not parent:
        return _put(text, path, edited(parent, replace(edit, path=edit.path[-1:])))
    place = place_of(text, path)
    at = _whole(edit.path[-1]) if isinstance(parent, list) else len(parent) if edit.to is None else _whole(edit.to)
    name = str(edit.path[-1]) if isinstance(parent, dict) else None
    return added(text, place, at, [new_entry(place, name, edit.value)])


def _remove(text: str, document: Json, path: Path, place: Place, index: int) -> str:
    if len(place.entries) == 1 and len(path) > 1:
        return _put(text, path[:-1], type(_at(document, path[:-1]))())
    return removed(text, place, index, index + 1)


def _rename(text: str, place: Place, old: Entry, name: str) -> str:
    assert old.key is not None
    new = flow_name(name) if place.in_flow else name_text(name)
    return spliced(text, old.key.start_mark.index, old.key.end_mark.index, new)


def _move(text: str, place: Place, order: list[int]) -> str:
    """The entries change places; what stands between them stays."""
    spans = [(start_of(text, place, one), one.end) for one in place.entries]
    parts = [text[start:end] for start, end in spans]
    for (start, end), index in reversed(list(zip(spans, order, strict=True))):
        text = spliced(text, start, end, parts[index])
    return text


def _node_index(place: Place, step: str | int) -> int:
    return step if isinstance(step, int) else [e.key and e.key.value for e in place.entries].index(step)
