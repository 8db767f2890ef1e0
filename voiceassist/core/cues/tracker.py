"""Follows each utterance from its first partial to its final: partials may fire cues, finals decide.

A cue fires early once it is stable: the same words matched in two partials in a row, or two more words follow
them. The final confirms or retracts it. Never fires one moment twice. Next: `core/call/call.py` reacts to the
cues.
"""

from dataclasses import dataclass, field

from voiceassist.core.cues.find import Context, find_cues, is_near
from voiceassist.core.cues.matchers import Match
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.turns import Turn, span_of, words_of
from voiceassist.events import Cue, CueConfirmed, CueRetracted, Final, Partial, Speaker, Transcript

TRAILING_STABLE = 2  # further words: recognizers rewrite mostly their last one or two
CueChange = Cue | CueConfirmed | CueRetracted


@dataclass(slots=True)
class OpenUtterance:
    """One side's utterance in progress."""

    utterance: int = 0
    fired: list[tuple[str, Match]] = field(default_factory=list)  # cue id, match
    seen: frozenset[tuple[str, ...]] = frozenset()  # rule and tokens of the last partial's matches
    refused_turn: int = 0  # number of the turn that refused and has offered nothing since


@dataclass(slots=True)
class CueTracker:
    """The cues of a call as they come and go."""

    playbook: Playbook
    legs: dict[Speaker, OpenUtterance] = field(
        default_factory=lambda: {"agent": OpenUtterance(), "customer": OpenUtterance()}
    )
    count: int = 0

    def hear(self, event: Transcript, turn: Turn, before: tuple[str, ...]) -> list[CueChange]:
        """What an utterance's new wording means. `turn` is the turn it belongs to."""
        leg = self._leg(event)
        context = Context(before=before, refused=leg.refused_turn == turn.number)
        found = find_cues(self.playbook, event.speaker, words_of(event), context)
        if isinstance(event, Partial):
            return self._partial(leg, event, found)
        changes = self._final(leg, event, found)
        _remember_refusal(leg, turn, found)
        return changes

    def next_id(self) -> str:
        """The id of the next cue."""
        self.count += 1
        return f"c{self.count}"

    def _leg(self, event: Transcript) -> OpenUtterance:
        leg = self.legs[event.speaker]
        if event.utterance != leg.utterance:
            leg.utterance, leg.fired, leg.seen = event.utterance, [], frozenset()
        return leg

    def _partial(self, leg: OpenUtterance, event: Partial, found: list[Match]) -> list[CueChange]:
        early = [match for match in found if match.early]
        stable = [m for m in early if m.trailing >= TRAILING_STABLE or _key(m) in leg.seen]
        leg.seen = frozenset(_key(match) for match in early)
        return [self._fire(leg, event, match) for match in stable if not _has(leg, match)]

    def _final(self, leg: OpenUtterance, event: Final, found: list[Match]) -> list[CueChange]:
        settled: list[CueChange] = [
            CueConfirmed(at_ms=event.at_ms, cue_id=cue_id)
            if any(is_near(match, other) for other in found)
            else CueRetracted(at_ms=event.at_ms, cue_id=cue_id)
            for cue_id, match in leg.fired
        ]
        return settled + [self._fire(leg, event, match) for match in found if not _has(leg, match)]

    def _fire(self, leg: OpenUtterance, event: Transcript, match: Match) -> Cue:
        cue = cue_of(self.next_id(), event, match, self.playbook.label)
        leg.fired.append((cue.cue_id, match))
        return cue


def cue_of(cue_id: str, event: Transcript, match: Match, playbook: str) -> Cue:
    """The event for a match, with the words as heard and their times."""
    start_ms, end_ms = span_of(event, match.first_word, match.last_word)
    return Cue(
        at_ms=event.at_ms,
        cue_id=cue_id,
        kind=match.kind,
        speaker=event.speaker,
        utterance=event.utterance,
        words=" ".join(words_of(event)[match.first_word : match.last_word + 1]),
        start_ms=start_ms,
        end_ms=end_ms,
        confidence=round(match.confidence * _heard(event, match), 3),
        layer=match.layer,
        rule=match.rule,
        early=isinstance(event, Partial),
        playbook=playbook,
    )


def _heard(event: Transcript, match: Match) -> float:
    """How sure the recognizer is of the matched words, 0..1."""
    words = event.words[match.first_word : match.last_word + 1]
    return sum(word.confidence for word in words) / len(words) if words else 1.0


def _key(match: Match) -> tuple[str, ...]:
    return (match.rule, *match.tokens)


def _has(leg: OpenUtterance, match: Match) -> bool:
    return any(is_near(match, fired) for _, fired in leg.fired)


def _remember_refusal(leg: OpenUtterance, turn: Turn, found: list[Match]) -> None:
    for match in found:
        if match.kind == "refusal":
            leg.refused_turn = turn.number
        if match.kind == "alternative":
            leg.refused_turn = 0
