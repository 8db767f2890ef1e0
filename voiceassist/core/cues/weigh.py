"""Weighs the matches of one utterance against each other: which of them are cues.

Never finds a match and never looks at the playbook's rules. Next: `find.py` gives the rest to `tracker.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from voiceassist.core.cues.match import Match, is_same_moment, is_same_sort, share_a_token
from voiceassist.core.cues.reach import reaches_further
from voiceassist.core.playbook.model import REACHES


def without_silenced(guesses: Iterable[Match], silenced: Sequence[Match]) -> list[Match]:
    """The classifier's matches but for words that a rule knows and keeps quiet about, for the same sort of cue."""
    return [guess for guess in guesses if not any(_is_silenced_by(guess, other) for other in silenced)]


def weigh(found: Iterable[Match], *, refused: bool) -> list[Match]:
    """The cues among these matches, in the order of their words; each moment once.

    `refused`: this turn has refused already and offered nothing since.
    """
    return _once_per_alternative(_real_alternatives(_distinct(found)), refused=refused)


def _is_silenced_by(guess: Match, silenced: Match) -> bool:
    return is_same_sort(guess, silenced) and share_a_token(guess, silenced)


def _distinct(found: Iterable[Match]) -> list[Match]:
    """Each moment once, by the match that reaches furthest; of these, the earliest and longest.

    Refusals all stay: they are counted later. No match is compared with more than one match of a rule, so the time
    stays linear.
    """
    kept: list[Match] = []
    by_kind: dict[str, list[Match]] = {}
    for match in sorted(found, key=_furthest_first):
        same = by_kind.setdefault(match.kind, [])
        if match.kind != "refusal":
            if any(is_same_moment(match, other) for other in same):
                continue
            same.append(match)
        kept.append(match)
    return sorted(kept, key=_place)


def _furthest_first(match: Match) -> tuple[int, int, int]:
    return (-REACHES.index(match.reach), *_place(match))


def _place(match: Match) -> tuple[int, int]:
    return match.first_token, -match.last_token


def _real_alternatives(found: Sequence[Match]) -> list[Match]:
    """Words of a refusal offer nothing: "that's not something we can offer"."""
    refusals = [match for match in found if match.kind == "refusal"]
    return [m for m in found if m.kind != "alternative" or not any(_takes_away(no, m) for no in refusals)]


def _takes_away(refusal: Match, alternative: Match) -> bool:
    """Whether the alternative is only words of the refusal.

    A refusal that only colours takes nothing away that goes further. The classifier's matches are longer than what
    was meant: one of its refusals takes no phrase away, and one of its alternatives goes only where it lies within
    the refusal.
    """
    if reaches_further(alternative.reach, refusal.reach):
        return False
    if "classifier" not in (refusal.layer, alternative.layer):
        return share_a_token(refusal, alternative)
    lies_within = refusal.first_token <= alternative.first_token and alternative.last_token <= refusal.last_token
    return lies_within and alternative.layer == "classifier"


def _once_per_alternative(found: Iterable[Match], *, refused: bool) -> list[Match]:
    """A refusal said twice is one refusal; after an alternative it counts anew.

    What only colours is kept where no refusal of the utterance reaches anybody, and then once.
    """
    found = list(found)
    reaches_people = any(match.kind == "refusal" and match.reach != "colour" for match in found)
    kept, alternatives = [], 0
    for match in found:
        if match.kind == "refusal" and (refused or (reaches_people and match.reach == "colour")):
            continue
        refused = match.kind == "refusal" or (refused and match.kind != "alternative")
        alternatives += match.kind == "alternative"
        kept.append(replace(match, nth=alternatives))
    return kept
