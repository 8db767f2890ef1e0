"""Says phrases of the playbook's language: from `we (can|will) not [really] ... that` to words that match it."""

import re
from collections.abc import Mapping, Sequence
from random import Random

GAP_WORDS = ("umbrella", "garden", "yellow", "seven")
STEM_ENDING = "ing"

_PIECE = re.compile(r"\.\.\.(\d*)|<(\w+)>|([()\[\]|^$])|([^\s()\[\]|^$<>]+)")


def say(phrase: str, lists: Mapping[str, Sequence[str]], chance: Random) -> str:
    """One of the ways to say a phrase."""
    pieces = list(_PIECE.finditer(phrase))
    return " ".join(_choice(pieces, lists, chance))


def _choice(pieces: list[re.Match[str]], lists: Mapping[str, Sequence[str]], chance: Random) -> list[str]:
    """Reads up to the end of the bracket, and says one of the branches."""
    branches: list[list[str]] = [[]]
    while pieces and (piece := pieces.pop(0)).group() not in {")", "]"}:
        if piece.group() == "|":
            branches.append([])
        else:
            branches[-1] += _said(piece, pieces, lists, chance)
    return chance.choice(branches)


def _said(
    piece: re.Match[str], pieces: list[re.Match[str]], lists: Mapping[str, Sequence[str]], chance: Random
) -> list[str]:
    gap, name, mark, word = piece.groups()
    if gap is not None:
        return list(GAP_WORDS[: chance.randint(0, min(3, int(gap or 3)))])
    if name:
        return say(chance.choice(lists[name]), lists, chance).split()
    if mark in {"(", "["}:
        inside = _choice(pieces, lists, chance)
        return inside if mark == "(" or chance.random() < 0.5 else []
    return [_whole_word(word)] if word else []


def _whole_word(word: str) -> str:
    before, after = (STEM_ENDING if edge == "*" else "" for edge in (word[0], word[-1]))
    return f"{before}{word.strip('*')}{after}"
