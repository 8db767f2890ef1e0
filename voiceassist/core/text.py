"""Turns recognised words into tokens that no spelling habit of a recognizer can change.

Case, punctuation, contractions ("can't", "cannot", "cant"), fillers ("um") and stutters ("we we can't") all
disappear; each token remembers the word it came from, so that a match maps back to words and times.
Never drops a word that carries meaning ("like", "well" and "so" stay).
Next: `matchers.py` looks for phrases in the tokens.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Token:
    """One unit of matching."""

    text: str
    word: int  # index of the word it came from


FILLERS = frozenset(["um", "umm", "uh", "uhh", "uhm", "er", "erm", "hm", "hmm", "mm", "mmm", "ah", "eh"])
WORDS_CACHED = 8192  # a language's everyday words; the same ones come four times a second in partials
LONGEST_STUTTER = 3  # tokens: "what I can what I can do"

# Written as one word, said as two. Forms without an apostrophe that are words of their own ("well", "were",
# "ill", "id", "wed", "shed", "hell") are left alone: a phrase that wants them lists them.
_WHOLE = {
    "cannot": "can not",
    "can't": "can not",
    "cant": "can not",
    "won't": "will not",
    "wont": "will not",
    "shan't": "shall not",
    "shant": "shall not",
    "ain't": "is not",
    "aint": "is not",
    "im": "i am",
    "ive": "i have",
    "youre": "you are",
    "youve": "you have",
    "youll": "you will",
    "youd": "you would",
    "theyre": "they are",
    "theyve": "they have",
    "theyll": "they will",
    "weve": "we have",
    "its": "it is",
    "itll": "it will",
    "thats": "that is",
    "thatll": "that will",
    "theres": "there is",
    "whats": "what is",
    "wheres": "where is",
    "whos": "who is",
    "heres": "here is",
    "let's": "let us",
    "lets": "let us",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "gimme": "give me",
    "lemme": "let me",
    "okay": "ok",
    "alright": "all right",
}
_NEGATED = [
    "do",
    "does",
    "did",
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "had",
    "could",
    "would",
    "should",
    "must",
    "need",
    "might",
]
_WHOLE |= {f"{verb}nt": f"{verb} not" for verb in _NEGATED}
_ENDINGS = (
    ("n't", " not"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
    ("'d", " would"),
    ("'m", " am"),
)
# After these, 's means "is"; after any other word it is a possessive and only the apostrophe goes.
_BEFORE_IS = frozenset(
    [
        "it",
        "that",
        "there",
        "what",
        "where",
        "who",
        "here",
        "he",
        "she",
        "how",
        "when",
        "everything",
        "nothing",
        "this",
    ]
)

# Old spellings, which recognizers trained on books give: "Some one will call you to-morrow."
_SPLIT = {
    (first, second): first + second
    for first, seconds in {
        "some": ("one", "body", "thing"),
        "any": ("one", "body", "thing"),
        "every": ("one", "body", "thing"),
        "no": ("body", "thing"),
        "to": ("day", "night", "morrow"),
        "good": ("bye",),
    }.items()
    for second in seconds
}

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def tokenise(words: Sequence[str]) -> tuple[Token, ...]:
    """The tokens of an utterance's words."""
    tokens: list[Token] = []
    for token in _plain(words):
        tokens.append(token)
        _join_split(tokens)
        _drop_stutter(tokens)
    return tuple(tokens)


def tokenise_text(text: str) -> tuple[Token, ...]:
    """The tokens of a plain sentence."""
    return tokenise(text.split())


@lru_cache(maxsize=WORDS_CACHED)
def canonical(word: str) -> tuple[str, ...]:
    """The token texts of one written word: `"Can't,"` → `("can", "not")`."""
    plain = word.lower().translate(_APOSTROPHES)
    return tuple(part for piece in _WORD.findall(plain) for part in _expanded(piece).split())


def _plain(words: Sequence[str]) -> Iterator[Token]:
    for index, word in enumerate(words):
        for text in canonical(word):
            if text not in FILLERS:
                yield Token(text, index)


def _expanded(piece: str) -> str:
    if piece in _WHOLE:
        return _WHOLE[piece]
    for ending, meaning in _ENDINGS:
        if piece.endswith(ending) and len(piece) > len(ending):
            return piece.removesuffix(ending) + meaning
    if piece.endswith("'s") and piece[:-2] in _BEFORE_IS:
        return piece[:-2] + " is"
    return piece.replace("'", "")


def _join_split(tokens: list[Token]) -> None:
    """Makes one token of a word that was written as two."""
    if len(tokens) > 1 and (whole := _SPLIT.get((tokens[-2].text, tokens[-1].text))):
        tokens[-2:] = [Token(whole, tokens[-2].word)]


def _drop_stutter(tokens: list[Token]) -> None:
    """Forgets the newest tokens when they only repeat the ones before them."""
    newest = tokens[-1].text
    for size in range(min(LONGEST_STUTTER, len(tokens) // 2), 0, -1):
        if tokens[-1 - size].text == newest and _repeats(tokens, size):
            del tokens[-size:]
            return


def _repeats(tokens: list[Token], size: int) -> bool:
    return all(tokens[-i].text == tokens[-i - size].text for i in range(2, size + 1))
