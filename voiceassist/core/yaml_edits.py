"""Changes a YAML text by path, and nothing else in it: `edit_yaml(text, edit)`.

Comments, quotes, the order and the look of every other line stay as somebody wrote them: the parser only says
where things stand, and the change is made in the text itself. (A round trip through ruamel.yaml loses the comment
above a section when the entry before it is removed, and sets flow lists anew.) What comes out is read again and
compared with the same edit of the plain document, so a text is never damaged: what cannot be made is an EditError.
Next: `server/playbook_drafts.py` saves the new text as a draft.
"""

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from voiceassist.core.document_edits import Edit, EditError, Json, child, edited, moved
from voiceassist.core.problems import Path, located
from voiceassist.core.yaml_document import read_document
from voiceassist.core.yaml_places import Entry, Place, line_end, line_start, place_of, with_comments
from voiceassist.core.yaml_text import (
    LINE,
    after_dash,
    after_name,
    entry,
    flow,
    flow_name,
    item,
    name_text,
    restyled,
)


def edit_yaml(text: str, edit: Edit) -> str:
    """The text after an edit. Raises EditError; the text then stays what it was."""
    document = read_document(text)
    if document.problems:
        raise EditError(f"the YAML must be put in order first: {located(document.problems[0], 'line')}")
    before, wanted = document.value, edited(document.value, edit)
    if _same(wanted, before):
        return text
    uses_crlf = text.count("\r\n") == text.count("\n")
    new = _edited(text.replace("\r\n", "\n") if uses_crlf else text, before, edit)
    new = new.replace("\n", "\r\n") if uses_crlf else new
    if not _same(read_document(new).value, wanted):
        raise EditError("this change cannot be made in the text as it is written; change the YAML itself")
    return new


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
    old = place.entries[_node_index(place, path[-1])]
    if place.in_flow:
        return _spliced(text, old.value.start_mark.index, old.value_end, flow(value))
    between = text[old.mark_end : old.value.start_mark.index]
    if "#" in between:  # a comment behind the name stays there
        new = between.rstrip() + "\n" + " " * (place.column + 2) + after_name(value, place.column).lstrip()
    else:
        new = _after(old, value, place.column)
    return _spliced(text, old.mark_end, old.value_end, new)


def _after(old: Entry, value: Json, column: int) -> str:
    """What follows a name or a dash, in the manner of what was there."""
    in_one_line = " " + flow(value)
    if (
        getattr(old.value, "flow_style", False)
        and old.value.value
        and isinstance(value, dict | list)
        and column + len(in_one_line) < LINE
    ):
        return in_one_line
    if isinstance(value, str) and (quoted := restyled(value, getattr(old.value, "style", None))):
        return " " + quoted
    return after_name(value, column) if old.key else after_dash(value, column)


def _merged(text: str, document: Json, path: Path, old: Json, new: Json) -> str:
    """Only what is different between two lists or two mappings; empty where they must be written anew."""
    if not (old and new and type(old) is type(new) and isinstance(old, dict | list)):
        return ""
    steps = list(_entry_edits(old, new) if isinstance(old, dict) else _item_edits(old, new))
    if not _same(_all(old, steps), new):
        return ""
    for step in steps:
        edit = replace(step, path=(*path, *step.path))
        text, document = _edited(text, document, edit), edited(document, edit)
    return text


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
    matcher = SequenceMatcher(None, list(map(repr, old)), list(map(repr, new)), autojunk=False)
    for _, i1, i2, j1, j2 in reversed([code for code in matcher.get_opcodes() if code[0] != "equal"]):
        paired = min(i2 - i1, j2 - j1)
        yield from (Edit(op="insert", path=(i1 + paired,), value=v) for v in reversed(new[j1 + paired : j2]))
        yield from (Edit(op="remove", path=(at,)) for at in reversed(range(i1 + paired, i2)))
        yield from (Edit(op="set", path=(i1 + at,), value=new[j1 + at]) for at in range(paired))


# ---- entries ---------------------------------------------------------------------------------------------


def _insert(text: str, document: Json, edit: Edit) -> str:
    path, parent = edit.path[:-1], _at(document, edit.path[:-1])
    if not parent:
        return _put(text, path, edited(parent, replace(edit, path=edit.path[-1:])))
    place = place_of(text, path)
    at = _whole(edit.path[-1]) if isinstance(parent, list) else len(parent) if edit.to is None else _whole(edit.to)
    new = _new_entry(place, edit.path[-1] if isinstance(parent, dict) else None, edit.value)
    between = ", " if place.in_flow else "\n" + " " * place.column
    if at < len(place.entries):
        start = _start(text, place, place.entries[at])
        return _spliced(text, start, start, new + between)
    end = place.entries[-1].end
    return _spliced(text, end, end, between + new)


def _new_entry(place: Place, name: str | int | None, value: Json) -> str:
    beside = [getattr(entry.value, "flow_style", False) for entry in place.entries]
    if place.in_flow:
        return flow(value) if name is None else f"{flow_name(str(name))}: {flow(value)}"
    one_line = ("-" if name is None else f"{name_text(str(name))}:") + " " + flow(value)
    if isinstance(value, dict | list) and all(beside) and place.column + len(one_line) <= LINE:
        return one_line
    return item(value, place.column) if name is None else entry(str(name), value, place.column)


def _remove(text: str, document: Json, path: Path, place: Place, index: int) -> str:
    entries, gone = place.entries, place.entries[index]
    if len(entries) == 1 and len(path) > 1:
        return _put(text, path[:-1], type(_at(document, path[:-1]))())
    if not place.in_flow and not text[line_start(text, gone.start) : gone.start].strip():
        end = line_end(text, gone.end) + 1
        start = line_start(text, gone.start)
        return _spliced(text, start, end, "") if end <= len(text) else text[: max(0, start - 1)]
    if index + 1 < len(entries):
        return _spliced(text, gone.start, entries[index + 1].start, "")
    return _spliced(text, entries[index - 1].end, gone.end, "")


def _rename(text: str, place: Place, old: Entry, name: str) -> str:
    assert old.key is not None
    new = flow_name(name) if place.in_flow else name_text(name)
    return _spliced(text, old.key.start_mark.index, old.key.end_mark.index, new)


def _move(text: str, place: Place, order: list[int]) -> str:
    """The entries change places; what stands between them stays."""
    spans = [(_start(text, place, one), one.end) for one in place.entries]
    parts = [text[start:end] for start, end in spans]
    for (start, end), index in reversed(list(zip(spans, order, strict=True))):
        text = _spliced(text, start, end, parts[index])
    return text


def _start(text: str, place: Place, one: Entry) -> int:
    """Where an entry begins with the comments above it; those at the top of a file are the file's own."""
    return one.start if place.in_flow or not place.column else with_comments(text, one)


def _node_index(place: Place, step: str | int) -> int:
    return step if isinstance(step, int) else [e.key and e.key.value for e in place.entries].index(step)


def _spliced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]
