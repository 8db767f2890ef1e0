"""What is different between two documents of plain JSON values: `changes(before, after)`.

Next: the history page shows it; it is how people see what they are about to publish.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from voiceassist.yamltext.document import Json
from voiceassist.yamltext.problems import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference; None where one of the documents has nothing."""

    path: Path
    before: Json
    after: Json


def changes(before: Json, after: Json, path: Path = ()) -> Iterator[Change]:
    """What is different, in the order of the newer document; the places of what is gone are those of the older."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _changed_entries(before, after, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _changed_items(before, after, path)
    elif before != after or type(before) is not type(after):
        yield Change(path=path, before=before, after=after)


def _changed_entries(before: Mapping[str, Json], after: Mapping[str, Json], path: Path) -> Iterator[Change]:
    for name in before:
        if name not in after:
            yield Change(path=(*path, name), before=before[name], after=None)
    for name, value in after.items():
        if name in before:
            yield from changes(before[name], value, (*path, name))
        else:
            yield Change(path=(*path, name), before=None, after=value)
    old, new = [n for n in before if n in after], [n for n in after if n in before]
    if old != new:
        yield Change(path=path, before=old, after=new)


def _changed_items(before: Sequence[Json], after: Sequence[Json], path: Path) -> Iterator[Change]:
    matcher = SequenceMatcher(
        None, [repr(item) for item in before], [repr(item) for item in after], autojunk=False
    )
    for op, i1, i2, j1, j2 in matcher.get_opcodes():
        if op == "equal":
            continue
        paired = min(i2 - i1, j2 - j1)
        for step in range(paired):
            yield from changes(before[i1 + step], after[j1 + step], (*path, j1 + step))
        for index in range(i1 + paired, i2):
            yield Change(path=(*path, index), before=before[index], after=None)
        for index in range(j1 + paired, j2):
            yield Change(path=(*path, index), before=None, after=after[index])
