"""Tells screens what must be said in a call: that it is due, that it was said, that it was missed.

Compares what `absences.py` knows with what was told before. Never looks at words, never raises a cue or an alert.
Next: `started_call.py` gives the events to the call; `core/screen/` draws them.
"""

from dataclasses import dataclass, field

from voiceassist.core.call.absences import Absences
from voiceassist.core.playbook.model import Absence
from voiceassist.events import DisclosureChanged, DisclosureState


@dataclass(slots=True)
class Disclosures:
    """What was told so far of one call's disclosures."""

    absences: Absences
    told: dict[str, DisclosureState] = field(default_factory=dict)  # by id

    def tell(self, at_ms: int) -> list[DisclosureChanged]:
        """What has changed since the last time."""
        changes = [(absence, self._news(absence)) for absence in self.absences.playbook.absences]
        news = [(absence, state) for absence, state in changes if state]
        self.told.update((absence.id, state) for absence, state in news)
        return [self._changed(at_ms, absence, state) for absence, state in news]

    def _news(self, absence: Absence) -> DisclosureState | None:
        """The state to tell of one; None: it is as it was told. What is due no more was due."""
        told = self.told.get(absence.id)
        state = self.absences.state_of(absence) or ("withdrawn" if told else None)
        return state if state != told else None

    def _changed(self, at_ms: int, absence: Absence, state: DisclosureState) -> DisclosureChanged:
        return DisclosureChanged(
            at_ms=at_ms,
            disclosure=absence.id,
            title=absence.title,
            speaker=absence.speaker,
            state=state,
            due_ms=self.absences.due_ms(absence),
        )
