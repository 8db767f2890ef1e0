"""Which n-grams are learned, and turns as numbers of them.

Never holds a weight. Next: `fit.py` finds the weights.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from voiceassist.core.classifier.model import Floats
from voiceassist.core.classifier.ngrams import around, opening_ngrams, pair, token_ngrams, triple
from voiceassist.training.example import TrainingTurn

FEWEST = 3  # times that an n-gram occurs; rarer ones are chance
OPENINGS = 4  # n-grams of a turn's beginning, at most
CHARACTERS = 0.35  # what a piece of a word counts against a whole one: without the discount, spelling decides

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Encoded:
    """Turns in one row of positions; an n-gram's number is 0 where there is none."""

    starts: Ints  # [turns + 1] the position at which each turn starts
    words: Ints  # [positions] number of the token in `pieces`
    pairs: Ints  # [positions] of this and the next token
    triples: Ints  # [positions, 2] of this and the next two tokens: all three, and without the middle
    openings: Ints  # [turns, OPENINGS]
    piece_words: Ints  # [pieces] the token that a piece belongs to
    pieces: Ints  # [pieces] n-gram of the piece, or of the whole token
    piece_counts: Floats  # [pieces] how much it counts
    ngrams: int  # how many numbers there are, 0 included

    @property
    def turns(self) -> int:
        """How many."""
        return len(self.starts) - 1

    @property
    def tokens(self) -> int:
        """How many different ones."""
        return int(self.piece_words[-1]) + 1


def vocabulary(examples: Iterable[TrainingTurn]) -> dict[str, int]:
    """The n-grams of the turns that are common enough, numbered from 1 in the order of their names."""
    counts: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    for one in examples:
        counts.update(_names(one))
        tokens.update(one.tokens)
    for token, times in tokens.items():
        for name in (token, *set(token_ngrams(token))):
            counts[name] += times
    return {name: number for number, name in enumerate(sorted(n for n, c in counts.items() if c >= FEWEST), 1)}


def _names(one: TrainingTurn) -> Iterable[str]:
    yield from opening_ngrams(one.tokens, one.before)
    yield from (pair(*two) for two in pairwise(one.tokens))
    for first, second, third in _threes(one.tokens):
        yield triple(first, second, third)
        yield around(first, third)


def _threes(tokens: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    return zip(tokens, tokens[1:], tokens[2:], strict=False)


def encode(examples: Sequence[TrainingTurn], numbers: Mapping[str, int]) -> Encoded:
    """The turns, none of which may be empty, as numbers of their n-grams."""
    known: dict[str, int] = {}
    words, pairs, triples, openings = [], [], [], []
    for one in examples:
        words += [known.setdefault(token, len(known)) for token in one.tokens]
        pairs += [numbers.get(pair(*two), 0) for two in pairwise(one.tokens)] + [0]
        threes = [
            (numbers.get(triple(a, b, c), 0), numbers.get(around(a, c), 0)) for a, b, c in _threes(one.tokens)
        ]
        triples += ([*threes, (0, 0), (0, 0)])[: len(one.tokens)]
        begun = [numbers.get(name, 0) for name in opening_ngrams(one.tokens, one.before)]
        openings.append(begun + [0] * (OPENINGS - len(begun)))
    starts = np.cumsum([0, *(len(one.tokens) for one in examples)])
    piece_words, pieces, piece_counts = _pieces(known, numbers)
    return Encoded(
        starts=starts,
        words=np.array(words),
        pairs=np.array(pairs),
        triples=np.array(triples),
        openings=np.array(openings),
        piece_words=piece_words,
        pieces=pieces,
        piece_counts=piece_counts,
        ngrams=len(numbers) + 1,
    )


def _pieces(tokens: Iterable[str], numbers: Mapping[str, int]) -> tuple[Ints, Ints, Floats]:
    rows: list[tuple[int, int, float]] = []
    for place, token in enumerate(tokens):
        names = sorted(set(token_ngrams(token)))
        share = CHARACTERS / len(names) ** 0.5
        rows += [(place, numbers.get(token, 0), 1.0), *((place, numbers.get(name, 0), share) for name in names)]
    places, pieces, counts = zip(*rows, strict=True)
    return np.array(places), np.array(pieces), np.array(counts)


def subset(encoded: Encoded, turns: Ints) -> Encoded:
    """Only these turns, in this order."""
    lengths = np.diff(encoded.starts)[turns]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    positions = np.repeat(encoded.starts[turns] - starts[:-1], lengths) + np.arange(starts[-1])
    return Encoded(
        starts=starts,
        words=encoded.words[positions],
        pairs=encoded.pairs[positions],
        triples=encoded.triples[positions],
        openings=encoded.openings[turns],
        piece_words=encoded.piece_words,
        pieces=encoded.pieces,
        piece_counts=encoded.piece_counts,
        ngrams=encoded.ngrams,
    )
