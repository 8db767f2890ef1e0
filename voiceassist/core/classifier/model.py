"""Scores cues that no phrase finds: a linear model over n-grams of words and characters, and of how turns begin.

Every n-gram shares its weight among its tokens; a cue is the short stretch of tokens with the largest sum, and
that sum with the kind's offset is its probability. So a long turn is not diluted, and the cue's words are known.
Never reads a file and knows no word: the words are in the weights, which `voiceassist cues train` makes.
Next: `core/cues/classified.py` makes matches of the scores.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from math import copysign, exp, inf, log
from typing import Literal, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from voiceassist.core.classifier.ngrams import around, opening_ngrams, pair, token_ngrams, triple
from voiceassist.events import Speaker

ThresholdLevel = Literal["low", "normal", "high"]
SENSITIVITIES: tuple[ThresholdLevel, ...] = ("low", "normal", "high")
Floats: TypeAlias = NDArray[np.float64]
LONGEST_SPAN = 12  # tokens; a longer one only piles up crumbs of ordinary talk
TOKENS_CACHED = 8192  # a language's everyday words


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A kind that a turn probably shows."""

    kind: str
    probability: float  # 0..1
    first_token: int
    last_token: int  # inclusive


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of cue: its offset, and the threshold of each sensitivity."""

    name: str
    offset: float  # log odds of a turn whose words weigh nothing
    thresholds: Mapping[ThresholdLevel, float]  # the least probability of a cue; low sensitivity has the highest


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """The weights of one speaker's kinds."""

    kinds: tuple[Kind, ...]
    offsets: Floats  # [kinds] log odds of a turn whose words weigh nothing
    least: Floats  # [kinds] log odds from which a turn is told
    rows: Mapping[str, int]  # n-gram → row of `weights`
    weights: Floats  # [n-grams, kinds] log odds
    of_token: Callable[[str], Floats]  # [kinds] what a token weighs by itself


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Classifier:
    """Weights for every speaker that has some."""

    language: str  # BCP 47
    tables: Mapping[Speaker, Table]


def make_table(kinds: tuple[Kind, ...], names: Sequence[str], weights: Floats, characters: float) -> Table:
    """A table that remembers what everyday tokens weigh.

    `weights` is [names, kinds]; `characters` is what a piece of a word counts, before it is divided by the root of
    the word's number of them.
    """
    rows = {name: row for row, name in enumerate(names)}

    @lru_cache(maxsize=TOKENS_CACHED)
    def of_token(token: str) -> Floats:
        return _token_sums(token, rows, weights, characters)

    return Table(
        kinds=kinds,
        offsets=np.array([kind.offset for kind in kinds]),
        least=np.array([_log_odds(kind.thresholds["high"]) for kind in kinds]),
        rows=rows,
        weights=weights,
        of_token=of_token,
    )


def classify(
    classifier: Classifier, speaker: Speaker, tokens: Sequence[str], before: Sequence[str]
) -> tuple[Scored, ...]:
    """The kinds whose probability passes the threshold of the highest sensitivity, best first.

    `tokens` are the texts of `core/words/text.py`'s tokens; `before` those of the other side's previous turn.
    """
    table = classifier.tables.get(speaker)
    if not table or not tokens:
        return ()
    by_token = _weighed(table, tokens, before)
    likely = np.flatnonzero(_best_sums(by_token) + table.offsets >= table.least)
    found = [_scored(table.kinds[kind], by_token[:, kind].tolist()) for kind in likely.tolist()]
    return tuple(sorted(found, key=lambda one: -one.probability))


def threshold(classifier: Classifier, kind: str, sensitivity: ThresholdLevel) -> float | None:
    """The least probability of a cue of this kind; None for a kind that the classifier does not know."""
    kinds = (known for table in classifier.tables.values() for known in table.kinds)
    return next((known.thresholds[sensitivity] for known in kinds if known.name == kind), None)


def best_span(weights: Sequence[float]) -> tuple[float, int, int]:
    """The largest sum of at most `LONGEST_SPAN` neighbours, with their first and last place."""
    sums = list(accumulate(weights, initial=0.0))
    best, first, last = weights[0], 0, 0
    for end in range(1, len(sums)):
        begin = max(0, end - LONGEST_SPAN)
        least = min(sums[begin:end])
        if sums[end] - least > best:
            best, last = sums[end] - least, end - 1
            first = sums.index(least, begin, end)
    return best, first, last


def _best_sums(by_token: Floats) -> Floats:
    """Per kind, what `best_span` finds: all kinds at once, for most turns show none."""
    tokens, kinds = by_token.shape
    sums = np.full((LONGEST_SPAN + tokens, kinds), np.inf)  # infinity stands before the turn begins
    sums[LONGEST_SPAN - 1] = 0.0
    np.cumsum(by_token, axis=0, out=sums[LONGEST_SPAN:])
    row, column = sums.strides
    begins = as_strided(sums, (tokens, LONGEST_SPAN, kinds), (row, row, column)).min(axis=1)
    best: Floats = (sums[LONGEST_SPAN:] - begins).max(axis=0)
    return best


def _scored(kind: Kind, weights: Sequence[float]) -> Scored:
    weight, first, last = best_span(weights)
    return Scored(
        kind=kind.name, probability=_probability(weight + kind.offset), first_token=first, last_token=last
    )


def _probability(log_odds: float) -> float:
    return 1.0 / (1.0 + exp(-max(-50.0, min(50.0, log_odds))))  # beyond 50, 1.0 in double precision


def _log_odds(probability: float) -> float:
    return log(probability / (1.0 - probability)) if 0.0 < probability < 1.0 else copysign(inf, probability - 0.5)


def _weighed(table: Table, tokens: Sequence[str], before: Sequence[str]) -> Floats:
    """What each token brings to each kind, [tokens, kinds]; an n-gram shares its weight among its tokens."""
    summed = np.array([table.of_token(token) for token in tokens])
    rows, weights = table.rows, table.weights
    for name in opening_ngrams(tokens, before):
        if (row := rows.get(name)) is not None:
            summed[0] += weights[row]
    for place, (first, second) in enumerate(pairwise(tokens)):
        if (row := rows.get(pair(first, second))) is not None:
            summed[place : place + 2] += weights[row] / 2
    for place, (first, second, third) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False)):
        for name in (triple(first, second, third), around(first, third)):
            if (row := rows.get(name)) is not None:
                summed[place : place + 3] += weights[row] / 3
    return summed


def _token_sums(token: str, rows: Mapping[str, int], weights: Floats, characters: float) -> Floats:
    names = sorted(set(token_ngrams(token)))
    pieces = [rows[name] for name in names if name in rows]
    whole = weights[rows[token]] if token in rows else np.zeros(weights.shape[1])
    sums: Floats = whole + characters / len(names) ** 0.5 * weights[pieces].sum(axis=0)
    return sums
