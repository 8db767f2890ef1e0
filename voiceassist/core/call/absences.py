"""Cues that no phrase shows: long silence, both speaking, something left unsaid.

Follows from transcripts and ticks alone; loudness is not known here. What had to be said is ticked off by finals,
over all of a turn, whether or not its clock runs yet; a partial that holds it only stays the deadline until its
final. Never reads a clock: time is data.
Next: `call.py` reacts to the cues.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from voiceassist.core.cues.matchers import Pattern, compile_lists, pattern_of
from voiceassist.core.cues.tracker import CueChange
from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import SECOND_MS, Absence, Playbook
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import Turn, Turns, other_side, overlap_ms, words_of
from voiceassist.events import Cue, CueRetracted, Final, Speaker, Transcript

FINALS_KEPT = 3  # of the other side: an overlap concerns its last few utterances
WORDS_BACK = 40  # of a turn, before the utterance: more than any phrase of a disclosure spans


@dataclass(slots=True)
class Absences:
    """What is being waited for."""

    playbook: Playbook
    silent_since: int = -1  # last word's end for which silence was already told
    unsaid: dict[str, Absence] = field(default_factory=dict)
    clocks: dict[str, tuple[int, str]] = field(default_factory=dict)  # absence → since when, by which cue
    heard: dict[Speaker, frozenset[str]] = field(default_factory=dict)  # absences that an open partial says
    finals: dict[Speaker, list[Final]] = field(default_factory=lambda: {"agent": [], "customer": []})

    def start(self) -> None:
        """The call begins: everything that must be said is still unsaid."""
        self.unsaid = {absence.id: absence for absence in self.playbook.absences}
        self.clocks = {absence.id: (0, "") for absence in self.playbook.absences if not absence.waits}

    def hear(self, event: Transcript, turn: Turn, changes: Sequence[CueChange]) -> list[Cue]:
        """Takes a transcript, the turn it belongs to and its cues in; tells when both sides spoke at once."""
        if self.unsaid:
            self._start_after_cues(changes)
            self._match(event, turn)
        if not isinstance(event, Final):
            return []
        theirs = self.finals[other_side(event.speaker)]
        self.finals[event.speaker] = [*self.finals[event.speaker], event][-FINALS_KEPT:]
        limit = self.playbook.limits.overlap_ms
        return [_overlap(event)] if limit and overlap_ms(event, theirs) >= limit else []

    def pass_time(self, at_ms: int, turns: Turns) -> list[Cue]:
        """What is due by now."""
        late = [a for a in self.unsaid.values() if at_ms >= self._due(a) and not self._is_being_said(a)]
        told = [_missing(at_ms, absence, self._due(absence)) for absence in late]
        for absence in late:
            del self.unsaid[absence.id]
        return [*told, *self._silence(at_ms, turns)]

    def end(self, at_ms: int) -> list[Cue]:
        """What should have been said by the end of the call, which is now."""
        owed = [a for a in self.unsaid.values() if a.by_end and a.id in self.clocks]
        return [_missing(at_ms, absence, at_ms) for absence in owed]

    def _due(self, absence: Absence) -> float:
        """Milliseconds of the call; never, as long as its clock stands."""
        if absence.within_s is None or absence.id not in self.clocks:
            return inf
        return self.clocks[absence.id][0] + absence.within_s * SECOND_MS

    def _start_after_cues(self, changes: Sequence[CueChange]) -> None:
        for change in changes:
            match change:
                case Cue():
                    for absence in self.playbook.absences:
                        if absence.after_kind == change.kind:
                            self.clocks.setdefault(absence.id, (change.end_ms, change.cue_id))
                case CueRetracted():
                    self.clocks = {id_: clock for id_, clock in self.clocks.items() if clock[1] != change.cue_id}

    def _is_being_said(self, absence: Absence) -> bool:
        return absence.id in self.heard.get(absence.speaker, ())

    def _match(self, event: Transcript, turn: Turn) -> None:
        """Ticks off what was said, and starts clocks by it; finals decide."""
        lately = turn.words[-(len(words_of(event)) + WORDS_BACK) :]
        text = rendered(tokenise(lately, self.playbook.spoken))
        patterns = [found for found in absence_patterns(self.playbook) if found[0].id in self.unsaid]
        said = {a.id for a, phrases, _ in patterns if a.speaker == event.speaker and phrases.found(text)}
        if not isinstance(event, Final):
            self.heard[event.speaker] = frozenset(said)
            return
        self.heard.pop(event.speaker, None)
        self.unsaid = {id_: absence for id_, absence in self.unsaid.items() if id_ not in said}
        for absence, _, after in patterns:
            if after.found(text):
                self.clocks.setdefault(absence.id, (event.end_ms, ""))

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


@per_playbook
def absence_patterns(playbook: Playbook) -> tuple[tuple[Absence, Pattern, Pattern], ...]:
    """What must be said, how it is said, and what starts its clock."""
    lexicon = compile_lists(playbook.words, playbook.spoken)
    return tuple((a, pattern_of(a.phrases, lexicon), pattern_of(a.after, lexicon)) for a in playbook.absences)


def _missing(at_ms: int, absence: Absence, due: float) -> Cue:
    return _heard("missing", at_ms, int(due), int(due), absence.speaker, rule=absence.id)


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
