"""Entries of a YAML text: given another value, added, taken away; everything beside them stays as it was.

A comment right above an entry belongs to it. Works on places that were found once: changes are made from the last
to the first, so that what stands before stays where it is. Next: `edits.py` makes edits of them.
"""

from difflib import SequenceMatcher

from voiceassist.yamltext.document import Json
from voiceassist.yamltext.places import Entry, Place, line_end, line_start, with_comments
from voiceassist.yamltext.writing import (
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

COMPARED_MAX = 1_000  # items; where more are different, the whole list is written anew

ItemsChange = tuple[int, int, list[Json]]  # items from, up to, and what stands in their place


def spliced(text: str, start: int, end: int, new: str) -> str:
    """A text with another piece in it."""
    return text[:start] + new + text[end:]


def start_of(text: str, place: Place, one: Entry) -> int:
    """Where an entry begins with the comments above it."""
    return one.start if place.in_flow else with_comments(text, one)


def given(text: str, place: Place, old: Entry, value: Json) -> str:
    """An entry with another value, in the manner of what was there."""
    if place.in_flow:
        return spliced(text, old.value.start_mark.index, old.value_end, flow(value))
    between = text[old.mark_end : old.value.start_mark.index]
    if "#" in between:  # a comment behind the name stays there
        new = between.rstrip() + "\n" + " " * (place.column + 2) + after_name(value, place.column).lstrip()
    else:
        new = _after(old, value, place.column)
        behind = text[old.value_end : line_end(text, old.value_end)]
        if "\n" in new and behind.strip().startswith("#"):  # it would be a part of a folded text's last line
            new = f" {behind.strip()}\n{' ' * (place.column + 2)}{new.lstrip()}"
            return spliced(text, old.mark_end, old.value_end + len(behind), new)
    return spliced(text, old.mark_end, old.value_end, new)


def _after(old: Entry, value: Json, column: int) -> str:
    """What follows a name or a dash."""
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


def added(text: str, place: Place, at: int, new: list[str]) -> str:
    """New entries, as they are to be written, before the one at that position."""
    between = ", " if place.in_flow else "\n" + " " * place.column
    if at < len(place.entries):
        start = start_of(text, place, place.entries[at])
        return spliced(text, start, start, "".join(one + between for one in new))
    end = place.entries[-1].end
    return spliced(text, end, end, "".join(between + one for one in new))


def new_entry(place: Place, name: str | None, value: Json) -> str:
    """An entry that fits beside the others; without a name an item of a list."""
    beside = [getattr(entry.value, "flow_style", False) for entry in place.entries]
    if place.in_flow:
        return flow(value) if name is None else f"{flow_name(name)}: {flow(value)}"
    one_line = ("-" if name is None else f"{name_text(name)}:") + " " + flow(value)
    if isinstance(value, dict | list) and all(beside) and place.column + len(one_line) <= LINE:
        return one_line
    return item(value, place.column) if name is None else entry(name, value, place.column)


def removed(text: str, place: Place, first: int, until: int) -> str:
    """Without those entries and the comments above them; some must be left."""
    entries, gone = place.entries, place.entries[first]
    end = entries[until - 1].end
    if not place.in_flow and not text[line_start(text, gone.start) : gone.start].strip():
        start, below = line_start(text, with_comments(text, gone)), line_end(text, end) + 1
        return spliced(text, start, below, "") if below <= len(text) else text[: max(0, start - 1)]
    if until < len(entries):
        return spliced(text, gone.start, entries[until].start, "")
    return spliced(text, entries[first - 1].end, end, "")


def with_items(text: str, place: Place, differences: list[ItemsChange]) -> str:
    """A list of plain values with all differences made."""
    for first, until, values in reversed(differences):
        paired = min(until - first, len(values))
        if values[paired:]:
            text = added(text, place, first + paired, [new_entry(place, None, one) for one in values[paired:]])
        if first + paired < until:
            text = removed(text, place, first + paired, until)
        for at in reversed(range(paired)):
            text = given(text, place, place.entries[first + at], values[at])
    return text


def differences_of(old: list[Json], new: list[Json]) -> list[ItemsChange] | None:
    """What is different between two lists, in order; None where that is too much to look for."""
    one, other = list(map(repr, old)), list(map(repr, new))
    head = _alike(one, other)
    tail = _alike(one[head:][::-1], other[head:][::-1])
    one, other = one[head : len(one) - tail], other[head : len(other) - tail]
    if max(len(one), len(other)) > COMPARED_MAX:
        return None
    codes = SequenceMatcher(None, one, other).get_opcodes()
    return [(head + i1, head + i2, new[head + j1 : head + j2]) for tag, i1, i2, j1, j2 in codes if tag != "equal"]


def _alike(one: list[str], other: list[str]) -> int:
    """How many items both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
