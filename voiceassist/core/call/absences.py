"""Watches what must be said in a call, and tells what was not said in time.

Each absence of the playbook has a clock, which starts with the call, with a phrase or with a cue. A final that
says what must be said settles it, whether or not its clock runs yet; a partial that says it only puts the deadline
off until its final. The words of the whole turn count. Never reads a clock: time comes with the events.
Next: `started_call.py` hands the cues to `reactions.py`; `disclosures.py` tells screens what is due.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf

from voiceassist.core.call.clocks import CallTime
from voiceassist.core.cues.cue import CueMaker
from voiceassist.core.cues.patterns import Pattern, lexicon_of, pattern_of
from voiceassist.core.cues.tracker import CueChange
from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import SECOND_MS, Absence, Playbook
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import Turn, words_of
from voiceassist.events import Cue, CueRetracted, DisclosureState, Final, Speaker, Transcript

WORDS_BACK = 40  # of a turn, before the utterance: more than any phrase of a disclosure spans


@dataclass(frozen=True, slots=True)
class ClockStart:
    """When the clock of an absence started, and why."""

    at_ms: int
    cue_id: str = ""  # of the cue that started it; empty: the start of the call or a phrase did


@dataclass(slots=True)
class Absences:
    """What must be said in one call, and what of it was said."""

    playbook: Playbook
    cues: CueMaker
    unsaid: dict[str, Absence] = field(init=False)  # by id
    missed: set[str] = field(default_factory=set)  # ids of what was told; it may still be said, too late
    clocks: dict[str, ClockStart] = field(init=False)  # by id of the absence; those that run
    being_said: dict[Speaker, frozenset[str]] = field(default_factory=dict)  # ids that an open partial says

    def __post_init__(self) -> None:
        self.unsaid = {absence.id: absence for absence in self.playbook.absences}
        self.clocks = {absence.id: ClockStart(0) for absence in self.playbook.absences if not absence.waits}

    def hear(self, event: Transcript, turn: Turn, changes: Sequence[CueChange]) -> None:
        """Takes in a transcript, the turn that it belongs to, and its cues."""
        if not self.unsaid:
            return
        for change in changes:
            self._start_clocks_of(change)
        self._settle(event, turn)

    def pass_time(self, time: CallTime) -> list[Cue]:
        """What should have been said by now; each is told once."""
        late = [absence for absence in self._untold() if self._is_late(absence, time)]
        self.missed.update(absence.id for absence in late)
        return [self._cue(time, absence, int(self._due_ms(absence))) for absence in late]

    def put_off(self, by_ms: int) -> None:
        """Gives what is due so much longer: what was said meanwhile was not heard."""
        self.clocks = {id_: replace(start, at_ms=start.at_ms + by_ms) for id_, start in self.clocks.items()}

    def end(self, time: CallTime) -> list[Cue]:
        """What should have been said by the end of the call, which is now."""
        owed = [absence for absence in self._untold() if absence.by_end and absence.id in self.clocks]
        self.missed.update(absence.id for absence in owed)
        return [self._cue(time, absence, time.heard_ms) for absence in owed]

    def state_of(self, absence: Absence) -> DisclosureState | None:
        """What became of one so far; None: it need not be said, as far as is known."""
        if absence.id not in self.unsaid:
            return "said"
        if absence.id in self.missed:
            return "missed"
        return "due" if absence.id in self.clocks else None

    def due_ms(self, absence: Absence) -> int | None:
        """By when it must be said; None: by the end of the call, or nothing says so yet."""
        due_ms = self._due_ms(absence)
        return None if due_ms == inf else int(due_ms)

    def _untold(self) -> list[Absence]:
        return [absence for absence in self.unsaid.values() if absence.id not in self.missed]

    def _start_clocks_of(self, change: CueChange) -> None:
        """Starts the clocks that wait for this cue; a retracted cue stops those that it started."""
        match change:
            case Cue() if change.reach != "colour":
                for absence in self.playbook.absences:
                    if absence.after_kind == change.kind:
                        self.clocks.setdefault(absence.id, ClockStart(change.end_ms, change.cue_id))
            case CueRetracted():
                self.clocks = {id_: start for id_, start in self.clocks.items() if start.cue_id != change.cue_id}

    def _settle(self, event: Transcript, turn: Turn) -> None:
        """Strikes out what was said, and starts clocks by phrases; only finals do either."""
        text = self._latest_text(event, turn)
        patterns = [found for found in absence_patterns(self.playbook) if found[0].id in self.unsaid]
        said = {a.id for a, phrases, _ in patterns if a.speaker == event.speaker and phrases.found(text)}
        if not isinstance(event, Final):
            self.being_said[event.speaker] = frozenset(said)
            return
        self.being_said.pop(event.speaker, None)
        self.unsaid = {id_: absence for id_, absence in self.unsaid.items() if id_ not in said}
        for absence, _, after in patterns:
            if after.found(text):
                self.clocks.setdefault(absence.id, ClockStart(event.end_ms))

    def _latest_text(self, event: Transcript, turn: Turn) -> str:
        words = turn.words[-(len(words_of(event)) + WORDS_BACK) :]
        return rendered(tokenise(words, self.playbook.spoken))

    def _is_late(self, absence: Absence, time: CallTime) -> bool:
        is_being_said = absence.id in self.being_said.get(absence.speaker, ())
        return time.heard_ms >= self._due_ms(absence) and not is_being_said

    def _due_ms(self, absence: Absence) -> float:
        """When it must have been said; infinite as long as its clock does not run."""
        if absence.within_s is None or absence.id not in self.clocks:
            return inf
        return self.clocks[absence.id].at_ms + absence.within_s * SECOND_MS

    def _cue(self, time: CallTime, absence: Absence, due_ms: int) -> Cue:
        return self.cues.without_words(
            "missing", time.now_ms, (due_ms, due_ms), speaker=absence.speaker, rule=absence.id
        )


@per_playbook
def absence_patterns(playbook: Playbook) -> tuple[tuple[Absence, Pattern, Pattern], ...]:
    """For each absence: the phrases that say it, and the phrases that start its clock."""
    lexicon = lexicon_of(playbook)
    return tuple((a, pattern_of(a.phrases, lexicon), pattern_of(a.after, lexicon)) for a in playbook.absences)
