"""What is known of the customer's consent to being recorded, and what makes it known.

The phone system says it with the call, the agent says it during the call, and the notice of recording announces
it: that is the disclosure of the playbook whose id is `recording_notice`. It never changes what somebody said.
Never decides what follows: `live/consent_gate.py` keeps audio away, by the settings.
Next: `started_call.py` asks it after everything that happens.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from voiceassist.actions import Consent, SetConsent
from voiceassist.events import ConsentChanged, DisclosureChanged, Event

NOTICE = "recording_notice"  # id of the disclosure, as the built-in playbooks have it
OURSELVES = "voiceassist"  # who says so where it was heard


@dataclass(slots=True)
class KnownConsent:
    """Of one call."""

    now: Consent

    def change(self, action: SetConsent) -> list[Event]:
        """Somebody says what the customer said; nothing follows where that is known."""
        if action.consent == self.now:
            return []
        self.now = action.consent
        return [ConsentChanged(at_ms=action.at_ms, consent=self.now, by=action.by)]

    def hear(self, events: Iterable[Event]) -> list[ConsentChanged]:
        """What follows from the events of one moment: the notice was said."""
        said = [event for event in events if isinstance(event, DisclosureChanged) and event.disclosure == NOTICE]
        if self.now != "unknown" or not any(event.state == "said" for event in said):
            return []
        self.now = "announced"
        return [ConsentChanged(at_ms=said[-1].at_ms, consent="announced", by=OURSELVES)]
