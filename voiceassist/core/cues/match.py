"""A match: tokens of an utterance that may be a cue; and whether two matches are the same moment.

Never decides whether it counts. Next: `rules.py` and `classified.py` find matches, `reach.py` says how far they
go, `weigh.py` weighs them, `tracker.py` follows them.
"""

from dataclasses import dataclass

from voiceassist.core.playbook.model import ABUSE_KINDS
from voiceassist.events import Layer, Reach, ReachLimit


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule or the classifier found in an utterance."""

    kind: str
    rule: str
    layer: Layer
    first_word: int  # index into the utterance's words
    last_word: int  # inclusive
    tokens: tuple[str, ...]  # the tokens that matched
    first_token: int  # their place among the utterance's tokens, which no filler shifts
    trailing: int  # how many tokens follow the match
    confidence: float  # 0..1, the rule's or the classifier's
    early: bool  # whether it may fire on a partial
    nth: int = 0  # refusals: how many alternatives stand before it in the utterance
    alone: Reach = "alert"  # how far it goes without a second witness
    quiet: bool = False  # it is none without a second witness, not even a colour
    agreed: bool = False  # it has a second witness: `reach.py` says which there are
    reach: Reach = "alert"
    reach_limit: ReachLimit = ""  # why it goes no further

    @property
    def last_token(self) -> int:
        """The place of its last token."""
        return self.first_token + len(self.tokens) - 1


def is_same_moment(one: Match, other: Match) -> bool:
    """Whether two matches are one cue, perhaps heard a little differently."""
    if one.kind != other.kind:
        return False
    is_same = one.nth == other.nth if one.kind == "refusal" else one.rule == other.rule
    return is_same or share_a_token(one, other) or "classifier" in (one.layer, other.layer)


def is_same_sort(one: Match, other: Match) -> bool:
    """Whether two matches are of one kind, or both of some kind of abuse."""
    return is_same_sort_of_kind(one.kind, other.kind)


def is_same_sort_of_kind(one: str, other: str) -> bool:
    """Whether two kinds are one, or both some kind of abuse."""
    return one == other or (one in ABUSE_KINDS and other in ABUSE_KINDS)


def share_a_token(one: Match, other: Match) -> bool:
    """Whether two matches of one utterance overlap."""
    return one.first_token <= other.last_token and other.first_token <= one.last_token
