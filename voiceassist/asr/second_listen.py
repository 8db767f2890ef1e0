"""A second listen to a few words: how much better they explain the sound than the best reading without them.

A model that writes text from sound always writes some, and a hurried or garbled word may come out as a severe one
("Sure." was read as "Shit. Sh"). The line's words are scored against the same sound once more, and so are the most
likely readings that have something else in their place, or nothing. Never changes what was said, and never judges
words. Costs about as much as six readings of the line, so it is for words that matter.
Next: `moonshine/reader.py` offers it; `heard_again.py` asks for it where a cue hangs on guesses.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voiceassist.asr.moonshine.tokens import END, Vocabulary

OTHERS_PER_PLACE = 3  # tokens that stand instead of one of the span's
BRANCHES = 6  # of all of them, the most likely ones are read to the end
SIGNS = re.compile(r"[^\w']+")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondListen:
    """What came of it."""

    gain_nats: float  # by how much the words are likelier than the best reading without them; below 0: less likely
    instead: str  # what that reading has in their place; "" when it has nothing there


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSpan:
    """The tokens of a line, and which of them are in question."""

    tokens: tuple[int, ...]
    first: int
    end: int  # after the last

    @property
    def before(self) -> tuple[int, ...]:
        """What is taken as said."""
        return self.tokens[: self.first]

    @property
    def after(self) -> tuple[int, ...]:
        """What is expected to follow, whatever stands in the place of the span."""
        return self.tokens[self.end :]


def token_span(vocabulary: Vocabulary, words: Sequence[str], first: int, end: int) -> TokenSpan:
    """The words from `first` to before `end` in the line of all of them. Raises ValueError if they say nothing."""
    before, span, after = (
        vocabulary.tokens(" ".join(some)) for some in (words[:first], words[first:end], words[end:])
    )
    if not _plain(vocabulary.text(span)):
        raise ValueError(f"words {first} to {end} of {' '.join(words)!r} say nothing that could be listened to")
    return TokenSpan(tokens=(*before, *span, *after), first=len(before), end=len(before) + len(span))


class ScoresTokens(Protocol):
    """A model that has heard a line."""

    def scores(self, tokens: Sequence[int]) -> Floats:
        """Log-probabilities of what follows the start, and each of `tokens` after those before it."""

    def completed(self, tokens: Sequence[int], draft: Sequence[int]) -> tuple[int, ...]:
        """`tokens` and the likeliest ones after them, preferably those of the draft."""


def listen_again(model: ScoresTokens, vocabulary: Vocabulary, span: TokenSpan) -> SecondListen:
    """Compares the line as it was read with every other reading worth trying. Raises EngineError."""
    scores = model.scores(span.tokens)
    readings = {(*span.before, *span.after)}
    readings |= {model.completed(start, span.after) for start in branches(scores, span)}
    as_read = times_said(vocabulary, span.tokens, span)
    others = [reading for reading in readings if times_said(vocabulary, reading, span) < as_read]
    nats, best = max((nats_of(model.scores(reading), reading), reading) for reading in others)
    return SecondListen(gain_nats=nats_of(scores, span.tokens) - nats, instead=instead(vocabulary, best, span))


def branches(scores: Floats, span: TokenSpan) -> list[tuple[int, ...]]:
    """The beginnings of other readings, the likeliest first: the line up to a token of the span, then another."""
    found = [
        (sum(scores[at, token] for at, token in enumerate(start)), start)
        for place in range(span.first, span.end)
        for start in _others(scores[place], span.tokens[: place + 1])
    ]
    return [start for _, start in sorted(found, reverse=True)[:BRANCHES]]


def _others(scores: Floats, tokens: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The tokens with each of a few likely ones instead of the last."""
    likely = np.argsort(scores)[::-1][: OTHERS_PER_PLACE + 1].tolist()
    yield from ((*tokens[:-1], other) for other in likely if other not in (tokens[-1], END))


def nats_of(scores: Floats, tokens: Sequence[int]) -> float:
    """The log-probability of all of them and the end."""
    return sum(nats_of_each(scores, tokens))


def nats_of_each(scores: Floats, tokens: Sequence[int]) -> tuple[float, ...]:
    """The log-probability of each of them and of the end."""
    return tuple(scores[np.arange(len(tokens) + 1), [*tokens, END]].tolist())


def times_said(vocabulary: Vocabulary, tokens: tuple[int, ...], span: TokenSpan) -> int:
    """How often these tokens say the words of the span, after what is before it."""
    words = _plain(vocabulary.text(tokens[span.first :])).split()
    wanted = _plain(vocabulary.text(span.tokens[span.first : span.end])).split()
    return sum(words[at : at + len(wanted)] == wanted for at in range(len(words)))


def instead(vocabulary: Vocabulary, tokens: tuple[int, ...], span: TokenSpan) -> str:
    """What these tokens have between the words before the span and those after it."""
    words = vocabulary.text(tokens[span.first :]).split()
    after = vocabulary.text(span.after).split()
    while words and after and _plain(words[-1]) == _plain(after[-1]):
        words, after = words[:-1], after[:-1]
    return " ".join(words)


def _plain(text: str) -> str:
    return SIGNS.sub(" ", text).strip().lower()
