"""How two texts differ, word by word: the counts that a word error rate is made of.

The alignment with the fewest edits (Levenshtein), by RapidFuzz. Next: `scores.py` reads the pairs and the counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from rapidfuzz.distance import Levenshtein

EditKind: TypeAlias = Literal["equal", "replace", "insert", "delete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPair:
    """A word of the reference and the word heard for it; a place in between, where one is missing."""

    kind: EditKind
    reference: int  # index; of an "insert": of the word before which something else was heard
    heard: int  # index; of a "delete": of the word before which something is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class WordErrors:
    """Words of a reference, and how many were heard wrong."""

    words: int = 0
    substitutions: int = 0
    insertions: int = 0
    deletions: int = 0

    @property
    def errors(self) -> int:
        """All three."""
        return self.substitutions + self.insertions + self.deletions

    @property
    def rate(self) -> float | None:
        """Word error rate, 0.1 is 10 %; above 1 when much was heard that nobody said. None without words."""
        return self.errors / self.words if self.words else None


def align(reference: Sequence[str], heard: Sequence[str]) -> tuple[WordPair, ...]:
    """Both texts side by side, with as few edits as possible."""
    pairs: list[WordPair] = []
    for code in Levenshtein.opcodes(reference, heard):
        reference_words, heard_words = range(code.src_start, code.src_end), range(code.dest_start, code.dest_end)
        pairs += _pairs(cast("EditKind", code.tag), reference_words, heard_words)
    return tuple(pairs)


def _pairs(kind: EditKind, reference: range, heard: range) -> Iterator[WordPair]:
    """One per word of a stretch of the same kind."""
    for step in range(max(len(reference), len(heard))):
        at = reference.start + min(step, len(reference))
        heard_at = heard.start + min(step, len(heard))
        yield WordPair(kind=kind, reference=at, heard=heard_at)


def count(pairs: Sequence[WordPair], words: int) -> WordErrors:
    """The edits among `pairs`, of a reference with so many words."""
    kinds = [pair.kind for pair in pairs]
    return WordErrors(
        words=words,
        substitutions=kinds.count("replace"),
        insertions=kinds.count("insert"),
        deletions=kinds.count("delete"),
    )


def total(counts: Sequence[WordErrors]) -> WordErrors:
    """All of them together."""
    return WordErrors(
        words=sum(one.words for one in counts),
        substitutions=sum(one.substitutions for one in counts),
        insertions=sum(one.insertions for one in counts),
        deletions=sum(one.deletions for one in counts),
    )
