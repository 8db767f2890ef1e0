"""Where the entries of a YAML text stand: which characters are one entry of a list or mapping.

An entry of a block runs from its name (or dash) to the end of its last line, so that a comment behind its value is
part of it; one within brackets runs to the end of its value. Never changes anything. Next: `edits.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from voiceassist.yamltext.document import PARSER
from voiceassist.yamltext.problems import Path

Collection = yaml.MappingNode | yaml.SequenceNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry, as indexes into the text."""

    key: yaml.Node | None  # None: an item of a list
    value: yaml.Node
    start: int  # its name, its dash, or within brackets its value
    mark_end: int  # behind its name and colon, or its dash
    value_end: int  # behind the last character of its value
    end: int  # behind the entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A list or mapping with its entries."""

    node: Collection
    in_flow: bool  # within brackets, its own or those of something around it
    column: int  # of every entry of a block
    entries: tuple[Entry, ...]


def place_of(text: str, path: Path) -> Place:
    """The list or mapping at a path that is there."""
    node = yaml.compose(text, Loader=PARSER)
    assert node is not None, "an empty text has no places"
    in_flow = _is_flow(node)
    for step in path:
        node = _child(node, step)
        in_flow = in_flow or _is_flow(node)
    assert isinstance(node, Collection)
    if in_flow:
        return Place(node=node, in_flow=True, column=0, entries=tuple(_flow_entries(text, node)))
    column = node.start_mark.column
    return Place(node=node, in_flow=False, column=column, entries=tuple(_block_entries(text, node, column)))


def _is_flow(node: yaml.Node) -> bool:
    return isinstance(node, Collection) and bool(node.flow_style)


def _child(node: yaml.Node, step: str | int) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        found: yaml.Node = next(value for key, value in node.value if key.value == step)
        return found
    item: yaml.Node = node.value[step]
    return item


def _flow_entries(text: str, node: Collection) -> Iterator[Entry]:
    for key, value in _pairs(node):
        first = key or value
        start, end = first.start_mark.index, max(first.end_mark.index, _content_end(text, value))
        mark_end = text.index(":", key.end_mark.index) + 1 if key else start
        yield Entry(key=key, value=value, start=start, mark_end=mark_end, value_end=end, end=end)


def _block_entries(text: str, node: Collection, column: int) -> Iterator[Entry]:
    for key, value in _pairs(node):
        start = key.start_mark.index if key else _dash(text, value, column)
        mark_end = (text.index(":", key.end_mark.index) if key else start) + 1
        value_end = max(mark_end, _content_end(text, value))
        yield Entry(
            key=key,
            value=value,
            start=start,
            mark_end=mark_end,
            value_end=value_end,
            end=line_end(text, value_end),
        )


def _pairs(node: Collection) -> Iterator[tuple[yaml.Node | None, yaml.Node]]:
    yield from node.value if isinstance(node, yaml.MappingNode) else ((None, value) for value in node.value)


def _dash(text: str, value: yaml.Node, column: int) -> int:
    """Where an item's dash is: in the line in which its value begins, or above it."""
    start = line_start(text, value.start_mark.index)
    while text[start + column : start + column + 1] != "-":
        start = line_start(text, start - 1)
    return start + column


def _content_end(text: str, node: yaml.Node) -> int:
    """Behind the last character that belongs to a value: the parser counts comments below it as a part."""
    if isinstance(node, Collection) and not node.flow_style:
        last = node.value[-1]
        return _content_end(text, last) if isinstance(node, yaml.SequenceNode) else _pair_end(text, *last)
    end: int = node.end_mark.index
    return len(text[:end].rstrip()) if getattr(node, "style", None) in ("|", ">") else end


def _pair_end(text: str, key: yaml.Node, value: yaml.Node) -> int:
    return max(text.index(":", key.end_mark.index) + 1, _content_end(text, value))


def line_start(text: str, at: int) -> int:
    """The first character of the line."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Behind the last character of the line, before its newline."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def with_comments(text: str, entry: Entry) -> int:
    """Where an entry of a block begins when the comments right above it are counted as a part of it."""
    start, first = line_start(text, entry.start), entry.start
    column = first - start
    if text[start:first].strip():
        return first  # it begins in the line of a dash
    while start:
        above = line_start(text, start - 1)
        line = text[above : start - 1]
        if not line.strip().startswith("#") or line.index("#") != column:
            break
        start, first = above, above + column
    return first
