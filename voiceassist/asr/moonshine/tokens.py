"""The pieces of text that Moonshine's models write: a SentencePiece vocabulary with byte fallback.

Never loads a model. Next: `model.py` decodes tokens, `reader.py` makes words of them.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from voiceassist.errors import EngineError

START, END = 1, 2  # "<s>" and "</s>", by config.json of the published models
SPACE = "\u2581".encode()  # SentencePiece writes a word's first piece with this mark
BYTE_TOKENS = range(3, 259)  # one per byte, for what no piece can spell
LONG_PIECE = 0x80  # a length from here on takes a second byte: the low seven bits, then the others
SPECIAL = b"<"
SPOKEN = re.compile(r"\w")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenWord:
    """A word, and which tokens spell it."""

    text: str
    first: int  # index of its first token
    end: int  # index after its last token


class Vocabulary:
    """Every piece, by its token."""

    def __init__(self, pieces: tuple[bytes, ...]) -> None:
        self._pieces = pieces

    def __len__(self) -> int:
        return len(self._pieces)

    @cached_property
    def _tokens(self) -> dict[bytes, int]:
        """The token of every piece; a sign's own rather than its byte's, as in what the model has learned."""
        return {piece: token for token, piece in enumerate(self._pieces) if piece}

    def words(self, tokens: tuple[int, ...]) -> tuple[TokenWord, ...]:
        """The words that these tokens spell, in order; marks of punctuation belong to the word before them."""
        starts = [place for place, token in enumerate(tokens) if self.starts_word(token)]
        if not starts or starts[0]:
            starts.insert(0, 0)
        spans = pairwise([*starts, len(tokens)])
        words = (TokenWord(text=self.text(tokens[first:end]), first=first, end=end) for first, end in spans)
        return tuple(word for word in words if word.text)

    def text(self, tokens: tuple[int, ...]) -> str:
        """What they spell, without spaces around it."""
        spelt = b"".join(self._pieces[token] for token in tokens if not self._is_special(token))
        return spelt.replace(SPACE, b" ").decode(errors="ignore").strip()

    def starts_word(self, token: int) -> bool:
        """Whether a new word begins with this token."""
        return self._pieces[token].startswith(SPACE)

    def is_spoken(self, token: int) -> bool:
        """Whether it has a letter or a digit: punctuation has not."""
        return bool(SPOKEN.search(self.text((token,))))

    def tokens(self, text: str) -> tuple[int, ...]:
        """How the model spells `text`: neighbours are merged, those that make the earliest piece first."""
        spelt = b"".join(SPACE + word.encode() for word in text.split()).decode()
        parts = [part for sign in spelt for part in self._sign(sign.encode())]
        while pairs := [(self._tokens[both], at) for at, both in _neighbours(parts) if both in self._tokens]:
            at = min(pairs)[1]
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return tuple(self._token(part) for part in parts)

    def _sign(self, sign: bytes) -> list[bytes]:
        return [sign] if sign in self._tokens else [bytes([byte]) for byte in sign]

    def _token(self, part: bytes) -> int:
        return self._tokens.get(part, BYTE_TOKENS.start + part[0])

    def _is_special(self, token: int) -> bool:
        piece = self._pieces[token]
        return token <= END or (len(piece) > 1 and piece.startswith(SPECIAL) and piece.endswith(b">"))


def _neighbours(parts: list[bytes]) -> list[tuple[int, bytes]]:
    return [(at, one + other) for at, (one, other) in enumerate(pairwise(parts))]


def read_vocabulary(path: Path) -> Vocabulary:
    """The vocabulary in `tokenizer.bin`: pieces one after the other, each after its length. Raises EngineError."""
    data, pieces, at = path.read_bytes(), list[bytes](), 0
    while at < len(data):
        length, at = data[at], at + 1
        if length >= LONG_PIECE and at < len(data):
            length, at = length - LONG_PIECE + data[at] * LONG_PIECE, at + 1
        pieces.append(data[at : at + length])
        at += length
    if at != len(data) or len(pieces) < BYTE_TOKENS.stop:
        raise EngineError(f"{path} is no vocabulary of Moonshine's, or only a part of one: get the model again")
    return Vocabulary(tuple(pieces))
