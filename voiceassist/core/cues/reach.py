"""Says how far a cue goes: it only colours its words, may bring a card, or may bring a card and an alert.

This is the one policy of what reaches people. A cue reaches as far as the least of these lets it:

- The playbook's limit of its kind.
- Its witnesses. A rule reaches as far as the rule says (`reach`), and all the way when the classifier gives the
  same kind for the same words. The classifier alone only colours, whatever its score: on ordinary talk, four in
  five of its guesses of abuse were wrong, with scores up to .99. Its words bear it out where they hold an anchor
  of the kind; severe kinds have no anchors. A weak phrase of an offer also has a witness in the agent's refusal
  just before it.
- Its anchors: the words of the match that carry its meaning must be heard surely, in a partial more so than in a
  final, and for severe kinds more so than for others.
- Its speaker: nothing of a side that may speak another language, or whose leg is not known to be theirs.

Never looks at what was shown before, and never takes a match away. Next: `find.py` marks the matches, and
`core/call/reactions.py` gives cards and alerts only as far as a cue reaches.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from voiceassist.core.classifier.model import Scored
from voiceassist.core.cues.match import Match, is_same_sort_of_kind
from voiceassist.core.playbook.model import ABUSE_KINDS, REACHES, Playbook
from voiceassist.core.words.text import Token
from voiceassist.events import Reach, ReachLimit

SEVERE_KINDS = frozenset([*ABUSE_KINDS, "legal_threat", "profanity"])
# The least confidence of a match's least sure anchor. A word heard with .5 is right about every second time
# (`asr/moonshine/confidence.py`), but one that completes a phrase of several words is right more often: of 97
# refusals that a noisy line left readable, .5 let 85 through and .35 91, and neither any false one in half an hour
# of people speaking. Severe words are short, and other words are misheard as them.
SURE = 0.35
SURE_IF_SEVERE = 0.7
SURE_IN_PARTIAL = 0.7  # the next words may rewrite it
NEAR = 2  # tokens between what two witnesses name, at most: the classifier's spans leave out light words

Limit: TypeAlias = tuple[Reach, ReachLimit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How the words of an utterance were heard."""

    confidences: tuple[float, ...] = ()  # of the words, 0..1; empty: all are sure, as in writing
    is_settled: bool = True  # the next words will not rewrite them
    speaker_doubt: ReachLimit = ""  # why this side's cues reach nobody now: "language", "one_voice", or ""


WRITTEN = Hearing()


def agreed(match: Match, scored: Sequence[Scored]) -> Match:
    """A rule's match, marked where the classifier gives the same sort of cue for the same words."""
    return replace(match, agreed=True) if any(_agrees(one, match) for one in scored) else match


def borne_out(matches: Sequence[Match], *, refused: bool) -> list[Match]:
    """The matches, in the order of their words; an offer after a refusal of this turn counts as agreed.

    `refused`: the turn had refused before this utterance.
    """
    out: list[Match] = []
    for match in sorted(matches, key=lambda match: match.first_token):
        is_offer = refused and match.kind == "alternative" and match.layer != "classifier"
        out.append(replace(match, agreed=True) if is_offer else match)
        refused = refused or (match.kind == "refusal" and (match.agreed or match.alone != "colour"))
    return out


def reaching(playbook: Playbook, match: Match, tokens: Sequence[Token], hearing: Hearing) -> Match:
    """The match with how far it reaches, and why no further."""
    limits = _limits(playbook, match, tokens, hearing)
    reach, limit = min(limits, key=lambda one: REACHES.index(one[0]))
    return replace(match, reach=reach, reach_limit=limit if reach != "alert" else "")


def unsure_anchors(playbook: Playbook, match: Match, tokens: Sequence[Token], hearing: Hearing) -> list[Token]:
    """Those anchors of the match that were not heard surely; all of its words are, where none is an anchor."""
    if not hearing.confidences:
        return []
    matched, least = tokens[match.first_token : match.last_token + 1], _sure(match, hearing)
    anchors = [token for token in matched if token.text not in playbook.spoken.light] or matched
    return [token for token in anchors if hearing.confidences[token.word] < least]


def reaches_further(one: Reach, other: Reach) -> bool:
    """Whether the first is more than the second."""
    return REACHES.index(one) > REACHES.index(other)


def _limits(playbook: Playbook, match: Match, tokens: Sequence[Token], hearing: Hearing) -> Iterator[Limit]:
    if hearing.speaker_doubt:
        yield "colour", hearing.speaker_doubt
    if not match.agreed and match.alone != "alert":
        yield match.alone, "classifier_alone" if match.layer == "classifier" else "weak_rule"
    allowed = playbook.reach.get(match.kind, "alert")
    if allowed != "off":  # a kind that is off has no matches
        yield allowed, "playbook"
    if unsure_anchors(playbook, match, tokens, hearing):
        yield "colour", "unsure_words"


def _sure(match: Match, hearing: Hearing) -> float:
    by_kind = SURE_IF_SEVERE if match.kind in SEVERE_KINDS else SURE
    return by_kind if hearing.is_settled else max(by_kind, SURE_IN_PARTIAL)


def _agrees(scored: Scored, match: Match) -> bool:
    is_near = scored.first_token - NEAR <= match.last_token and match.first_token <= scored.last_token + NEAR
    return is_near and is_same_sort_of_kind(scored.kind, match.kind)
