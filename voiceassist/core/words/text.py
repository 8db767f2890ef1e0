"""Turns recognised words into tokens that no spelling habit of a recognizer can change.

Case, punctuation, contractions ("can't", "cannot", "cant"), numbers in digits ("30 days"), fillers ("um") and
stutters ("we we can't") all disappear; each token remembers the word it came from, so that a match maps back to
words and times. The language (`languages/`) says what is a contraction or a filler; this module knows no word of
any.
Never drops a word that carries meaning ("like", "well" and "so" stay).
Next: `core/cues/find.py` looks for cues in the tokens.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial

import re2

from voiceassist.core.words.languages import Language


@dataclass(frozen=True, slots=True)
class Token:
    """One normalised word, or a part of one; phrases match whole tokens."""

    text: str
    word: int  # index of the word it came from


WORDS_CACHED = 8192  # a language's everyday words; the same ones come four times a second in partials
LONGEST_STUTTER = 3  # tokens: "what I can what I can do"

# One spelling of the apostrophe; nothing of what only guides hyphenation and the joining of letters; half a
# character, which a peer's JSON may hold and RE2 cannot read, is a gap.
_MARKS = {
    **dict.fromkeys(map(ord, "\u2019\u2018\u02bc\u00b4`"), "'"),
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\ufeff"), ""),
    **dict.fromkeys(range(0xD800, 0xE000), " "),
}
# Letters and digits of any script with the signs that belong to them, as Hindi writes its vowels.
_WORD = re2.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:'[\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*")


def tokenise(words: Sequence[str], language: Language) -> tuple[Token, ...]:
    """The tokens of an utterance's words."""
    tokens: list[Token] = []
    for token in _plain(words, language):
        tokens.append(token)
        _join_split(tokens, language.split)
        _drop_stutter(tokens)
    return tuple(tokens)


def tokenise_text(text: str, language: Language) -> tuple[Token, ...]:
    """The tokens of a plain sentence."""
    return tokenise(text.split(), language)


def canonical(word: str, language: Language) -> tuple[str, ...]:
    """The token texts of one written word, fillers too: `"Can't,"` → `("can", "not")`, `"30"` → `("thirty",)`."""
    return tuple(part for text in speller(language)(word) for part in language.digits.get(text, text).split())


def stem(part: str, language: Language) -> str:
    """A part of a word as it stands in tokens; nothing is spelt out, since it is no word of its own."""
    return "".join(_pieces(part, language)).replace("'", "")


@cache  # languages are few and live as long as the program
def speller(language: Language) -> Callable[[str], tuple[str, ...]]:
    """A function that gives the token texts of one written word, digits unchanged; it caches everyday words."""
    return lru_cache(maxsize=WORDS_CACHED)(partial(_spelt_out, language=language))


@cache
def _reader(language: Language) -> Callable[[str], tuple[str, ...]]:
    """The token texts of one written word, without fillers; cached like `speller`."""

    @lru_cache(maxsize=WORDS_CACHED)
    def read(word: str) -> tuple[str, ...]:
        return tuple(text for text in canonical(word, language) if text not in language.fillers)

    return read


def _spelt_out(word: str, *, language: Language) -> tuple[str, ...]:
    return tuple(part for piece in _pieces(word, language) for part in _expanded(piece, language).split())


def written_words(text: str) -> list[str]:
    """The words of a text in lower case, without any other sign; accents stay."""
    return list(_WORD.findall(unicodedata.normalize("NFC", text).lower().translate(_MARKS)))


def _pieces(word: str, language: Language) -> list[str]:
    plain = unicodedata.normalize("NFC", word).lower().translate(_MARKS).translate(language.folds)
    return list(_WORD.findall(plain))


def _plain(words: Sequence[str], language: Language) -> Iterator[Token]:
    read = _reader(language)
    for index, word in enumerate(words):
        for text in read(word):
            yield Token(text, index)


def _expanded(piece: str, language: Language) -> str:
    if piece in language.whole:
        return language.whole[piece]
    for ending, meaning in language.endings:
        if piece.endswith(ending) and len(piece) > len(ending):
            return piece.removesuffix(ending) + meaning
    return piece.replace("'", "")


def _join_split(tokens: list[Token], split: Mapping[tuple[str, str], str]) -> None:
    """Makes one token of a word that was written as two."""
    if len(tokens) > 1 and (whole := split.get((tokens[-2].text, tokens[-1].text))):
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
