"""Keeps audio away from where it may not go as long as a customer has not consented, by the settings.

Without the consent that is needed nothing is recorded: silence of the same length stands in the recording, and at
the end a call that never had it, or whose customer refused in the end, keeps no recording at all. Under "nothing"
the recognizers get silence too, so no word is known. Audio counts by when it reached us: what came before the
consent is not recorded afterwards, however long it waited. Never decides what a consent is.
Next: `session.py` passes every frame through here.
"""

from dataclasses import dataclass, replace
from time import monotonic

from voiceassist.actions import Consent
from voiceassist.audio.pcm import AudioFrame, silence
from voiceassist.config import WithoutConsent
from voiceassist.events import ConsentChanged, ConsentNeed, Event, has_consent

ALWAYS_S = 0.0  # from the first audio on


@dataclass(slots=True, kw_only=True)
class ConsentGate:
    """Of one call."""

    need: ConsentNeed = "no"
    without: WithoutConsent = "help"
    consent: Consent = "unknown"
    since_s: float = ALWAYS_S  # monotonic: when that became known

    @property
    def is_open(self) -> bool:
        """Whether the call may be recorded from now on."""
        return has_consent(self.consent, self.need)

    def see(self, event: Event) -> None:
        """Something happened in the call."""
        if isinstance(event, ConsentChanged):
            was_open, self.consent = self.is_open, event.consent
            self.since_s = self.since_s if was_open and self.is_open else monotonic()

    def recorded(self, frame: AudioFrame) -> AudioFrame:
        """The frame as it may be recorded."""
        return frame if self._passes(frame) else replace(frame, pcm=silence(len(frame.pcm)))

    def heard(self, frame: AudioFrame) -> AudioFrame:
        """The frame as the recognizers may hear it."""
        return self.recorded(frame) if self.without == "nothing" else frame

    def _passes(self, frame: AudioFrame) -> bool:
        return self.is_open and (self.need == "no" or frame.arrived_s >= self.since_s)
