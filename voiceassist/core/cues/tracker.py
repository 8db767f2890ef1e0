"""Follows each utterance from its first partial to its final: partials may fire cues, finals decide.

A match fires its cue early once it is stable: two partials in a row have it with the same words, two more words
follow it, or the speaker pauses and all words were heard anew. What would only colour its words waits for the
final: nothing hurries. The final confirms an early cue that reaches as far as it did, else retracts it. Never
fires one moment twice.
Next: `core/call/reactions.py` answers the cues.
"""

from dataclasses import dataclass, field

from voiceassist.core.cues.cue import CueMaker
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.match import Match, is_same_moment
from voiceassist.core.cues.reach import Hearing
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.turns import Turn, words_of
from voiceassist.events import Cue, CueConfirmed, CueRetracted, Final, Partial, ReachLimit, Speaker, Transcript

TRAILING_STABLE = 2  # further words: recognizers rewrite mostly their last one or two
SETTLED_MS = 192  # of a pause: a comma's may be as long, but hardly any word of the final is another then
CueChange = Cue | CueConfirmed | CueRetracted


@dataclass(slots=True)
class OpenUtterance:
    """The utterance of one side that is in progress, or the last one."""

    number: int = 0
    fired: list[tuple[str, Match]] = field(default_factory=list)  # cue id, match
    last_seen: frozenset[tuple[str, ...]] = frozenset()  # rule and tokens of the last partial's matches; then none
    refused_turn: int = 0  # number of the turn that refused and has offered nothing since


@dataclass(slots=True)
class CueTracker:
    """Tells which cues of a call are new, confirmed or retracted."""

    playbook: Playbook
    cues: CueMaker
    utterances: dict[Speaker, OpenUtterance] = field(
        default_factory=lambda: {"agent": OpenUtterance(), "customer": OpenUtterance()}
    )

    @property
    def legs_with_open_cue(self) -> frozenset[Speaker]:
        """Whose newest words hold a cue that the next ones will fire, confirm or retract."""
        return frozenset(speaker for speaker, utterance in self.utterances.items() if utterance.last_seen)

    def hear(
        self, event: Transcript, turn: Turn, before: tuple[str, ...], speaker_doubt: ReachLimit = ""
    ) -> list[CueChange]:
        """What the new words of an utterance change.

        `turn`: the turn that it belongs to; `before`: the words of the other side's previous turn;
        `speaker_doubt`: why cues of this side reach nobody now.
        """
        utterance = self._utterance_of(event)
        context = Context(before=before, refused=utterance.refused_turn == turn.number)
        found = find_cues(self.playbook, event.speaker, words_of(event), context, _hearing(event, speaker_doubt))
        if isinstance(event, Partial):
            return self._fire_stable(utterance, event, found)
        changes = self._settle(utterance, event, found)
        _remember_refusal(utterance, turn, found)
        return changes

    def _utterance_of(self, event: Transcript) -> OpenUtterance:
        utterance = self.utterances[event.speaker]
        if event.utterance != utterance.number:
            utterance.number, utterance.fired, utterance.last_seen = event.utterance, [], frozenset()
        return utterance

    def _fire_stable(self, utterance: OpenUtterance, event: Partial, found: list[Match]) -> list[CueChange]:
        early = [match for match in found if match.early and match.reach != "colour"]
        stable = [match for match in early if _is_stable(match, event, utterance)]
        utterance.last_seen = frozenset(_identity(match) for match in early)
        return self._fire_new(utterance, event, stable)

    def _settle(self, utterance: OpenUtterance, event: Final, found: list[Match]) -> list[CueChange]:
        """Confirms or retracts what partials fired, and fires what only the final shows."""
        confirmed = {
            cue_id for cue_id, match in utterance.fired if any(_bears_out(other, match) for other in found)
        }
        settled: list[CueChange] = [
            CueConfirmed(at_ms=event.at_ms, cue_id=cue_id)
            if cue_id in confirmed
            else CueRetracted(at_ms=event.at_ms, cue_id=cue_id)
            for cue_id, _ in utterance.fired
        ]
        utterance.fired = [(cue_id, match) for cue_id, match in utterance.fired if cue_id in confirmed]
        utterance.last_seen = frozenset()
        return settled + self._fire_new(utterance, event, found)

    def _fire_new(self, utterance: OpenUtterance, event: Transcript, found: list[Match]) -> list[CueChange]:
        """The cues of the matches that have not fired yet; one that fires here keeps the next from it."""
        return [self._fire(utterance, event, match) for match in found if not _has_fired(utterance, match)]

    def _fire(self, utterance: OpenUtterance, event: Transcript, match: Match) -> Cue:
        cue = self.cues.of_match(event, match)
        utterance.fired.append((cue.cue_id, match))
        return cue


def _is_stable(match: Match, event: Partial, utterance: OpenUtterance) -> bool:
    return event.pause_ms > 0 or match.trailing >= TRAILING_STABLE or _identity(match) in utterance.last_seen


def _identity(match: Match) -> tuple[str, ...]:
    return (match.rule, *match.tokens)


def _bears_out(match: Match, early: Match) -> bool:
    """Whether a final's match is the early one, and reaches as far: what reaches further is told anew."""
    return is_same_moment(match, early) and match.reach == early.reach


def _hearing(event: Transcript, speaker_doubt: ReachLimit) -> Hearing:
    confidences = tuple(word.confidence for word in event.words)
    is_settled = isinstance(event, Final) or event.pause_ms >= SETTLED_MS
    return Hearing(confidences=confidences, is_settled=is_settled, speaker_doubt=speaker_doubt)


def _has_fired(utterance: OpenUtterance, match: Match) -> bool:
    return any(is_same_moment(match, fired) for _, fired in utterance.fired)


def _remember_refusal(utterance: OpenUtterance, turn: Turn, found: list[Match]) -> None:
    for match in found:
        if match.kind == "refusal" and match.reach != "colour":
            utterance.refused_turn = turn.number
        if match.kind == "alternative":
            utterance.refused_turn = 0
