"""What every position of every turn weighs, the heaviest span of each turn, and how a loss pulls at the weights.

Pure arithmetic; the twin of `core/classifier/model.py` for many turns at once. Next: `fit.py`.
"""

import numpy as np

from voiceassist.core.classifier.model import LONGEST_SPAN, Floats
from voiceassist.training.vocabulary import Encoded, Ints


def position_weights(encoded: Encoded, weights: Floats) -> Floats:
    """[positions]: an n-gram shares its weight among its tokens. `weights[0]` must be 0."""
    by_token = np.bincount(
        encoded.piece_words, weights=encoded.piece_counts * weights[encoded.pieces], minlength=encoded.tokens
    )
    summed = by_token[encoded.words]
    summed[encoded.starts[:-1]] += weights[encoded.openings].sum(axis=1)
    return summed + _spread(weights[encoded.pairs], 2) + _spread(weights[encoded.triples].sum(axis=1), 3)


def _spread(weights: Floats, size: int) -> Floats:
    """From an n-gram's first position to all of its positions."""
    shares = weights / size
    spread = shares.copy()
    for shift in range(1, size):
        spread[shift:] += shares[:-shift]
    return spread


def pull(encoded: Encoded, by_position: Floats) -> Floats:
    """[n-grams]: the transposed of `position_weights`."""
    by_token = np.bincount(encoded.words, weights=by_position, minlength=encoded.tokens)
    pulled = _count(encoded.pieces, encoded.piece_counts * by_token[encoded.piece_words], encoded.ngrams)
    pulled += _count(encoded.pairs, _gathered(by_position, 2), encoded.ngrams)
    threes = _gathered(by_position, 3)
    for column in encoded.triples.T:
        pulled += _count(column, threes, encoded.ngrams)
    first = by_position[encoded.starts[:-1]]
    for column in encoded.openings.T:
        pulled += _count(column, first, encoded.ngrams)
    pulled[0] = 0.0
    return pulled


def _count(numbers: Ints, weights: Floats, size: int) -> Floats:
    return np.bincount(numbers, weights=weights, minlength=size).astype(np.float64)


def _gathered(by_position: Floats, size: int) -> Floats:
    gathered = by_position.copy()
    for shift in range(1, size):
        gathered[:-shift] += by_position[shift:]
    return gathered / size


def best_spans(encoded: Encoded, by_position: Floats) -> tuple[Floats, Ints, Ints]:
    """Per turn its heaviest span of at most `LONGEST_SPAN` tokens: weight, start, end (exclusive) in positions."""
    sums = np.concatenate([[0.0], np.cumsum(by_position)])
    ends = np.arange(1, len(sums))
    turn_start = np.repeat(encoded.starts[:-1], np.diff(encoded.starts))
    best, begin = np.full(len(by_position), -np.inf), turn_start.copy()
    for length in range(1, LONGEST_SPAN + 1):
        start = ends - length
        weight = np.where(start >= turn_start, sums[ends] - sums[np.maximum(start, 0)], -np.inf)
        better = weight > best
        best, begin = np.where(better, weight, best), np.where(better, start, begin)
    heaviest = _first_largest(best, encoded.starts)
    return best[heaviest], begin[heaviest], heaviest + 1


def _first_largest(values: Floats, starts: Ints) -> Ints:
    largest = np.maximum.reduceat(values, starts[:-1])
    places = np.flatnonzero(values == np.repeat(largest, np.diff(starts)))
    return places[np.searchsorted(places, starts[:-1])]
