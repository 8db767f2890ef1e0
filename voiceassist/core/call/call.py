"""One call: `Call.handle(event) -> list[Event]`, and the table of what may happen when.

    new ──CallStarted──▶ live ──CallEnded──▶ ended
                          │ ╰───CallFailed──▶ failed
                          ╰─ Partial, Final, AudioGap, every change of a line, LatenessChanged,
                             CallIdentified, PhoneActed, Tick, every action

Theory of operation. A new call has a phase and a playbook, nothing else. CallStarted builds all that a call
remembers, at once (`started_call.py`); every later input goes there. What comes back is to be stored and shown in
this order. The input comes first, but the end of a call comes last: cards and refusals close before it. After the
end only alerts may still change, cues be called false alarms, people be named, and coaching be seen and answered.
Never reads a clock, a file or a socket. Next: `live/session.py` numbers, stores and publishes the events.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from voiceassist.actions import (
    Action,
    AddNote,
    AnswerCoaching,
    AskHelp,
    ChangeAlert,
    ChangeNote,
    CorrectLine,
    DismissPrompt,
    MarkFalseAlarm,
    MarkNotUseful,
    MarkPromise,
    PauseRecording,
    SayFine,
    SeeCoaching,
    SendCoaching,
    SetCardVolume,
    SetConsent,
    SetMute,
    SetTag,
    TakeBreak,
    UsePrompt,
    WithdrawCoaching,
)
from voiceassist.core.call.started_call import StartedCall
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import ActionError, IllegalTransition
from voiceassist.events import (
    AudioDoubted,
    AudioGap,
    CallEnded,
    CallFailed,
    CallIdentified,
    CallStarted,
    CrossTalkChanged,
    Event,
    Final,
    Input,
    LatenessChanged,
    LegMergeChanged,
    LineChanged,
    LineSoundChanged,
    ListeningChanged,
    Partial,
    PhoneActed,
    Speaker,
    Tick,
)

Phase = Literal["new", "live", "ended", "failed"]

_LINES = (AudioGap, AudioDoubted, LineChanged, LineSoundChanged, CrossTalkChanged, LegMergeChanged)
_TOLD = (CallIdentified, ListeningChanged, PhoneActed)
_HEARD = (Partial, Final, *_LINES, LatenessChanged, *_TOLD, Tick)
_AGENT = (UsePrompt, DismissPrompt, SetMute, SetCardVolume, AskHelp, SayFine, TakeBreak)
_COACHING = (SendCoaching, SeeCoaching, AnswerCoaching, WithdrawCoaching)
_JUDGING = (ChangeAlert, MarkFalseAlarm, MarkNotUseful, MarkPromise, AddNote, ChangeNote, SetTag, CorrectLine)
_LIVE = (*_HEARD, *_AGENT, *_COACHING, *_JUDGING, PauseRecording, SetConsent)
# What can still be done in a call that is over.
_OVER = (*_JUDGING, CallIdentified, SeeCoaching, AnswerCoaching)
TABLE: Mapping[tuple[Phase, type], Phase] = {
    ("new", CallStarted): "live",
    **{("live", cls): "live" for cls in _LIVE},
    ("live", CallEnded): "ended",
    ("live", CallFailed): "failed",
    **{("ended", cls): "ended" for cls in _OVER},
    **{("failed", cls): "failed" for cls in _OVER},
}
"""(phase, class of the input) → the phase after it. What is not here is not allowed."""


class Call:
    """The phase of one call, and what it remembers. Feed it every input in order; store and show what it gives."""

    def __init__(self, playbook: Playbook, *, is_masked: bool = False) -> None:
        """`is_masked`: the transcripts come from a call that was masked before it was stored."""
        self.phase: Phase = "new"
        self._playbook = playbook
        self._is_masked = is_masked
        self._started: StartedCall | None = None

    def handle(self, event: Input) -> list[Event]:
        """What follows from an input, in order.

        Raises ActionError when a person asks for something that does not fit (nothing changes), and
        IllegalTransition when the shell sends what the table does not allow.
        """
        phase = self._next_phase(event)
        if isinstance(event, CallStarted):
            self._started = StartedCall(self._playbook, event, is_masked=self._is_masked)
        out = self._since_start().take(event)
        self.phase = phase
        return out

    @property
    def legs_with_open_cue(self) -> frozenset[Speaker]:
        """Whose next words decide about a cue: they should be heard soon."""
        return self._started.legs_with_open_cue if self._started else frozenset()

    @property
    def is_pressing(self) -> bool:
        """Whether an alert or a refusal is open: the call should be heard before others."""
        return self._started is not None and self._started.is_pressing

    def card_name(self, prompt_id: str) -> str:
        """Which of the playbook's cards a prompt of this call is."""
        return self._since_start().card_name(prompt_id)

    def _next_phase(self, event: Input) -> Phase:
        phase = TABLE.get((self.phase, type(event)))
        if phase is not None:
            return phase
        if isinstance(event, get_args(Action)):
            raise ActionError("not_live", f"the call is not live ({self.phase}): nothing can be done in it")
        raise IllegalTransition(f"{type(event).__name__} in a call that is {self.phase}")

    def _since_start(self) -> StartedCall:
        assert self._started, "the table lets nothing come before CallStarted"
        return self._started
