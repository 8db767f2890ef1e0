"""One call: `Call.handle(event) -> list[Event]`, and a table of what may happen when.

    new ──CallStarted──▶ live ──CallEnded──▶ ended
                          │ ╰───CallFailed──▶ failed
                          ╰─ Partial, Final, AudioGap, Tick, every action

Theory of operation. Whatever comes in is put on the call's own time, which never runs backwards; transcripts
are masked (`core/words/redact.py`) before anything else sees them. The tracker turns words into cues,
`reactions.py` turns cues into cards, alerts and refusal episodes, `absences.py` finds what no word shows.
Everything that is given back is to be stored and shown in this order. The input comes first, but the end of a
call comes last: cards and refusals close before it. Afterwards only alerts may still change.
Never reads a clock, a file or a socket. Next:
`session.py` numbers, stores and publishes the events.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, get_args

from voiceassist.core.call.absences import Absences
from voiceassist.core.call.offers import asker_of
from voiceassist.core.call.reactions import Reactions
from voiceassist.core.cues.tracker import CueTracker
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.languages import language_rules
from voiceassist.core.words.redact import Redactor
from voiceassist.core.words.turns import Turns
from voiceassist.errors import ActionError, IllegalTransition
from voiceassist.events import (
    Action,
    AskHelp,
    AudioGap,
    CallEnded,
    CallFailed,
    CallStarted,
    ChangeAlert,
    Cue,
    DismissPrompt,
    Event,
    Final,
    Input,
    Partial,
    SayFine,
    SetMute,
    Tick,
    Transcript,
    UsePrompt,
)

Phase = Literal["new", "live", "ended", "failed"]

_LIVE = (Partial, Final, AudioGap, Tick, UsePrompt, DismissPrompt, SetMute, AskHelp, SayFine, ChangeAlert)
TABLE: Mapping[tuple[Phase, type], Phase] = {
    ("new", CallStarted): "live",
    **{("live", cls): "live" for cls in _LIVE},
    ("live", CallEnded): "ended",
    ("live", CallFailed): "failed",
    ("ended", ChangeAlert): "ended",
    ("failed", ChangeAlert): "failed",
}
"""(phase, class of the input) → the phase after it. What is not here is not allowed."""


class Call:
    """The state of one call. Feed it every input in order; store and show what it gives back.

    Two clocks: what is shown is stamped with call time (`at_ms`, which includes the time that decoding took), but
    what somebody failed to say is judged by how far the audio was heard: a slow machine makes no dead ends.
    """

    def __init__(self, playbook: Playbook, *, is_masked: bool = False) -> None:
        """`is_masked`: the transcripts come from a call that was masked before it was stored."""
        self._is_masked = is_masked
        self.phase: Phase = "new"
        self._now_ms = 0
        self._heard_ms = 0  # milliseconds of audio
        self._finished = {"agent": 0, "customer": 0}  # newest utterance that has its final
        self._turns = Turns(playbook.limits.breath_ms)
        self._redactor = Redactor(playbook.spoken)
        self._tracker = CueTracker(playbook)
        self._absences = Absences(playbook)
        self._reactions = Reactions(playbook, self._turns)

    def handle(self, event: Input) -> list[Event]:
        """What follows from an input, in order.

        Raises ActionError when a person asks for something that does not fit (nothing changes), and
        IllegalTransition when the shell sends what the table does not allow.
        """
        phase = self._next_phase(event)
        self._now_ms = max(self._now_ms, event.at_ms)
        self._heard_ms = max(self._heard_ms, _audio_ms(event))
        if not isinstance(event, AudioGap):  # a gap is told when it is over, and says where it began
            event = replace(event, at_ms=self._now_ms)
        out = _STEPS[type(event)](self, event)
        self.phase = phase
        return out

    def card_name(self, prompt_id: str) -> str:
        """Which of the playbook's cards a prompt of this call is."""
        return self._reactions.card_slot.names[prompt_id]

    def _next_phase(self, event: Input) -> Phase:
        phase = TABLE.get((self.phase, type(event)))
        if phase is not None:
            return phase
        if isinstance(event, get_args(Action)):
            raise ActionError("not_live", f"the call is not live ({self.phase}): nothing can be done in it")
        raise IllegalTransition(f"{type(event).__name__} in a call that is {self.phase}")

    def _start(self, event: CallStarted) -> list[Event]:
        self._redactor = Redactor(language_rules(event.language))
        self._reactions.agent, self._reactions.asker = event.agent, asker_of(event)
        self._absences.start()
        return [event]

    def _hear(self, heard: Transcript) -> list[Event]:
        self._check_order(heard)
        event = heard if self._is_masked else self._redactor.redact(heard)
        stale = self._reactions.card_slot.expire(event.at_ms)
        turn, before = self._turns.hear(event), self._turns.before(event.speaker)
        changes = self._tracker.hear(event, turn, before)
        reactions = self._reactions.react(changes, event, turn)
        overlaps = self._reactions.heard(self._numbered(self._absences.hear(event, turn, changes)))
        return [event, *stale, *reactions, *overlaps, *self._due()]

    def _check_order(self, event: Transcript) -> None:
        if event.utterance <= self._finished[event.speaker]:
            raise IllegalTransition(
                f"{type(event).__name__} of {event.speaker} utterance {event.utterance} after its final"
            )
        if isinstance(event, Final):
            self._finished[event.speaker] = event.utterance

    def _due(self) -> list[Event]:
        """What the passing of time brings."""
        stale = self._reactions.card_slot.expire(self._now_ms)
        heard = self._reactions.heard(self._numbered(self._absences.pass_time(self._heard_ms, self._turns)))
        return [*stale, *heard, *self._reactions.pass_time(self._now_ms, self._heard_ms)]

    def _numbered(self, cues: list[Cue]) -> list[Cue]:
        label = self._tracker.playbook.label
        return [replace(cue, cue_id=self._tracker.next_id(), at_ms=self._now_ms, playbook=label) for cue in cues]

    def _end(self, event: CallEnded) -> list[Event]:
        due, unsaid = self._due(), self._numbered(self._absences.end(self._heard_ms))
        return [*due, *self._reactions.end(event.at_ms), *self._reactions.too_late(unsaid), event]

    def _fail(self, event: CallFailed) -> list[Event]:
        return [*self._reactions.card_slot.close(event.at_ms, "call_ended"), event]

    def _act(self, action: Action) -> list[Event]:
        reactions, at_ms = self._reactions, action.at_ms
        match action:
            case UsePrompt():
                return reactions.card_slot.use(at_ms, action.prompt_id, action.alternative)
            case DismissPrompt():
                return reactions.card_slot.dismiss(at_ms, action.prompt_id)
            case SetMute():
                return reactions.card_slot.mute(at_ms, muted=action.muted)
            case AskHelp():
                return reactions.ask_help(at_ms)
            case SayFine():
                return reactions.say_fine(at_ms)
            case ChangeAlert():
                return reactions.alerts.change(at_ms, action)


def _audio_ms(event: Input) -> int:
    """How far the audio must have been heard for this to come."""
    match event:
        case Tick():
            return event.at_ms
        case Partial() | Final():
            return event.end_ms
    return 0


_STEPS: Mapping[type, Callable[[Call, Any], list[Event]]] = {
    CallStarted: Call._start,  # noqa: SLF001 - the table of this very class
    Partial: Call._hear,  # noqa: SLF001
    Final: Call._hear,  # noqa: SLF001
    AudioGap: lambda _, event: [event],
    Tick: lambda call, _: call._due(),  # noqa: SLF001
    CallEnded: Call._end,  # noqa: SLF001
    CallFailed: Call._fail,  # noqa: SLF001
    **dict.fromkeys(get_args(Action), Call._act),  # noqa: SLF001
}
