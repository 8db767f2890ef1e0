"""Cues that no phrase shows: long silence, both speaking, something left unsaid.

Follows from transcripts and ticks alone; loudness is not known here. Never reads a clock: time is data.
Next: `call.py` reacts to the cues.
"""

from dataclasses import dataclass, field

from voiceassist.core.matchers import absences_of
from voiceassist.core.phrases import rendered
from voiceassist.core.playbook_model import SECOND_MS, Absence, Playbook
from voiceassist.core.text import tokenise
from voiceassist.core.transcript import Turns, other_side, overlap_ms, words_of
from voiceassist.events import Cue, Final, Speaker, Transcript

FINALS_KEPT = 3  # of the other side: an overlap concerns its last few utterances


@dataclass(slots=True)
class Watch:
    """What is being waited for."""

    playbook: Playbook
    silent_since: int = -1  # last word's end for which silence was already told
    unsaid: dict[str, Absence] = field(default_factory=dict)
    finals: dict[Speaker, list[Final]] = field(default_factory=lambda: {"agent": [], "customer": []})

    def start(self) -> None:
        """The call begins: everything that must be said is still unsaid."""
        self.unsaid = {absence.id: absence for absence in self.playbook.absences}

    def hear(self, event: Transcript) -> list[Cue]:
        """Takes a transcript in; tells when both sides spoke at once."""
        self._tick_off(event)
        if not isinstance(event, Final):
            return []
        theirs = self.finals[other_side(event.speaker)]
        self.finals[event.speaker] = [*self.finals[event.speaker], event][-FINALS_KEPT:]
        limit = self.playbook.limits.overlap_ms
        return [_overlap(event)] if limit and overlap_ms(event, theirs) >= limit else []

    def pass_time(self, at_ms: int, turns: Turns) -> list[Cue]:
        """What is due by now."""
        late = [a for a in self.unsaid.values() if at_ms >= a.within_s * SECOND_MS]
        for absence in late:
            del self.unsaid[absence.id]
        return [_missing(at_ms, absence) for absence in late] + self._silence(at_ms, turns)

    def _tick_off(self, event: Transcript) -> None:
        if not self.unsaid:
            return
        text = rendered(tokenise(words_of(event), self.playbook.spoken))
        for id_, pattern in absences_of(self.playbook):
            absence = self.unsaid.get(id_)
            if absence and absence.speaker == event.speaker and pattern.found(text):
                del self.unsaid[id_]

    def _silence(self, at_ms: int, turns: Turns) -> list[Cue]:
        due, since = self._silence_due(turns), turns.last_spoken_ms()
        if due is None or at_ms < due:
            return []
        self.silent_since = since
        return [_heard("silence", at_ms, start_ms=since, end_ms=due)]

    def _silence_due(self, turns: Turns) -> int | None:
        limit, since = self.playbook.limits.silence_s, turns.last_spoken_ms()
        return None if not limit or since == self.silent_since else since + limit * SECOND_MS


def _overlap(final: Final) -> Cue:
    return _heard("overlap", final.at_ms, final.start_ms, final.end_ms, final.speaker, final.utterance)


def _missing(at_ms: int, absence: Absence) -> Cue:
    due = absence.within_s * SECOND_MS
    return _heard("missing", at_ms, due, due, absence.speaker, rule=absence.id)


def _heard(  # noqa: PLR0917 - the fields of one event
    kind: str,
    at_ms: int,
    start_ms: int,
    end_ms: int,
    speaker: Speaker = "agent",
    utterance: int = 0,
    rule: str = "",
) -> Cue:
    """A cue without words; `call.py` numbers it."""
    return Cue(
        at_ms=at_ms,
        cue_id="",
        kind=kind,
        speaker=speaker,
        utterance=utterance,
        words="",
        start_ms=start_ms,
        end_ms=end_ms,
        confidence=1.0,
        layer="rule",
        rule=rule or kind,
        early=False,
    )
