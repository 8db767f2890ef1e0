"""Sentence templates: `(a|b|)` is any of the alternatives, `{slot}` any entry of that slot, both nest.

Every alternative and every entry gets its turn before one comes again. Never reads a file.
Next: `own_texts.py` makes examples of the sentences.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence

from voiceassist.errors import DatasetError

INNERMOST = re.compile(r"\(([^()]*)\)")
SLOT = re.compile(r"\{([^{}]+)\}")
FEWEST, MOST = 12, 90  # sentences of one template


class Shuffled:
    """Entries in random order, each once before any comes twice."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._left: dict[str, list[str]] = {}

    def draw(self, name: str, entries: Sequence[str]) -> str:
        """The next entry of the list called so."""
        left = self._left.setdefault(name, [])
        if not left:
            left.extend(entries)
            self._chance.shuffle(left)
        return left.pop()


def sentences(
    template: str, slots: Mapping[str, Sequence[str]], chance: random.Random, most: int = MOST
) -> Iterator[str]:
    """Different sentences of a template, the more the richer it is. Raises DatasetError for an unknown slot."""
    decks, seen = Shuffled(chance), set[str]()
    for _ in range(min(most, _richness(template, slots))):
        sentence = _one(template, slots, decks)
        if sentence not in seen:
            seen.add(sentence)
            yield sentence


def _one(template: str, slots: Mapping[str, Sequence[str]], decks: Shuffled) -> str:
    text = template
    while found := SLOT.search(text) or INNERMOST.search(text):
        entries = _entries(found[1], slots) if found.re is SLOT else found[1].split("|")
        text = text[: found.start()] + decks.draw(found[0], entries) + text[found.end() :]
    return " ".join(text.split())


def _richness(template: str, slots: Mapping[str, Sequence[str]]) -> int:
    longest = [len(_entries(name, slots)) for name in SLOT.findall(template)]
    return min(MOST, max([FEWEST + template.count("|"), *longest]))


def _entries(name: str, slots: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if name not in slots:
        raise DatasetError(f"there is no slot {{{name}}}; there are {', '.join(sorted(slots))}")
    return slots[name]
