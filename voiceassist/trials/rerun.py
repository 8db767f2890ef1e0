"""Runs a stored call through a playbook again: `rerun(playbook, call) -> events`.

What was heard and what people did goes in as it was; cues, cards and alerts come out anew. Stored calls have no
partials, so nothing fires early here. Time passes in ticks, but not while somebody speaks: what was said then was
known from partials when the call was live. What the agent did with a card happens to the card of the same kind, if
the playbook shows one. Never changes the stored call. Next: `backtest.py` compares two runs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from voiceassist.actions import (
    Action,
    AskHelp,
    ChangeAlert,
    DismissPrompt,
    PauseRecording,
    SayFine,
    SetCardVolume,
    SetMute,
    UsePrompt,
)
from voiceassist.core.call.call import Call
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import ActionError
from voiceassist.events import (
    AgentFine,
    Alert,
    AlertChanged,
    AudioDoubted,
    AudioGap,
    CallEnded,
    CallFailed,
    CallIdentified,
    CallStarted,
    CardVolumeChanged,
    Event,
    Final,
    Input,
    LatenessChanged,
    LineChanged,
    LineSoundChanged,
    MuteChanged,
    Prompt,
    PromptClosed,
    RecordingPaused,
    RecordingResumed,
    Tick,
)

TICK_MS = 1000  # nothing in a playbook is finer than a second

_LINES = (AudioGap, AudioDoubted, LineChanged, LineSoundChanged)
HEARD = (CallStarted, CallIdentified, Final, *_LINES, LatenessChanged, CallEnded, CallFailed)
BUTTONS = (MuteChanged, CardVolumeChanged, RecordingPaused, RecordingResumed, AgentFine)
DONE = (Prompt, PromptClosed, *BUTTONS, Alert, AlertChanged)
NEEDED = (*HEARD, *DONE)
"""The events of a stored call that a rerun looks at; all others follow from these."""

RerunInput = Input | PromptClosed | AlertChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCall:
    """A call as it is stored, as far as a rerun needs it."""

    call_id: str
    steps: tuple[RerunInput, ...]  # what went in, with ticks
    kinds: dict[str, str]  # card or alert id → its kind, in the call as it was

    @property
    def finals(self) -> Iterator[Final]:
        """What was said, in the order in which it became known."""
        return (step for step in self.steps if isinstance(step, Final))


def stored_call(call_id: str, events: Sequence[Event]) -> StoredCall:
    """The call of these events; they may be without those that are not `NEEDED`."""
    kinds = {event.prompt_id: event.kind for event in events if isinstance(event, Prompt)}
    kinds |= {event.alert_id: event.kind for event in events if isinstance(event, Alert)}
    steps = (step for event in events if (step := _step(event)) is not None)
    return StoredCall(call_id=call_id, steps=tuple(_with_ticks(list(steps))), kinds=kinds)


def rerun(playbook: Playbook, call: StoredCall) -> list[Event]:
    """Everything that comes out, in order. Raises IllegalTransition for what is no whole call."""
    again, people = Call(playbook, is_masked=True), _People(call.kinds)
    out: list[Event] = []
    for step in call.steps:
        if isinstance(step, PromptClosed | AlertChanged):
            action = people.again(step)
            given = _acted(again, action) if action else []
        elif isinstance(step, SetMute | SetCardVolume | PauseRecording | SayFine | AskHelp):
            given = _acted(again, step)
        else:
            given = again.handle(step)
        people.see(given)
        out += given
    return out


def _acted(call: Call, action: Action) -> list[Event]:
    """What follows from an action; nothing where it fits no card or alert of this playbook."""
    try:
        return call.handle(action)
    except ActionError:
        return []


@dataclass(slots=True)
class _People:
    """Translates what people did in the call to what there is in the rerun."""

    kinds: dict[str, str]
    card: Prompt | None = None  # on the screen, or the newest note
    alerts: dict[str, str] = field(default_factory=dict)  # kind → id of the newest

    def see(self, events: Iterable[Event]) -> None:
        """Remembers which card and which alerts the rerun shows."""
        for event in events:
            if isinstance(event, Prompt) and not (event.late and self.card):
                self.card = event
            elif isinstance(event, PromptClosed) and self.card and event.prompt_id == self.card.prompt_id:
                self.card = None
            elif isinstance(event, Alert):
                self.alerts[event.kind] = event.alert_id

    def again(self, event: PromptClosed | AlertChanged) -> Action | None:
        """The action behind this event, on the rerun's card or alert of that kind; None where there is none."""
        if isinstance(event, AlertChanged):
            return self._alert(event)
        card, at_ms = self.card, event.at_ms
        if card is None or card.kind != self.kinds.get(event.prompt_id):
            return None
        if event.outcome == "dismissed":
            return DismissPrompt(at_ms=at_ms, prompt_id=card.prompt_id)
        known = event.alternative in [offer.id for offer in card.alternatives]
        return UsePrompt(at_ms=at_ms, prompt_id=card.prompt_id, alternative=event.alternative if known else None)

    def _alert(self, event: AlertChanged) -> Action | None:
        alert_id = self.alerts.get(self.kinds.get(event.alert_id, ""))
        if alert_id is None or event.state == "retracted":
            return None
        return ChangeAlert(
            at_ms=event.at_ms,
            alert_id=alert_id,
            state=event.state,
            by=event.by,
            note=event.note,
            reason=event.reason,
            owner=event.owner,
        )


def _step(event: Event) -> RerunInput | None:
    """The input that this event tells of; None for an event that only follows from inputs."""
    match event:
        case CallStarted() | Final() | AudioGap() | AudioDoubted() | LineChanged() | LineSoundChanged():
            return event
        case CallIdentified() | LatenessChanged() | CallEnded() | CallFailed():
            return event
        case PromptClosed(outcome="used" | "dismissed") | AlertChanged():
            return event
        case MuteChanged():
            return SetMute(at_ms=event.at_ms, muted=event.muted)
        case CardVolumeChanged():
            return SetCardVolume(at_ms=event.at_ms, volume=event.volume)
        case RecordingPaused() | RecordingResumed():
            paused = isinstance(event, RecordingPaused)
            return PauseRecording(at_ms=event.at_ms, by=event.by, paused=paused)
        case AgentFine():
            return None if event.rose else SayFine(at_ms=event.at_ms, fine=event.fine)
        case Alert(kind="help"):
            return AskHelp(at_ms=event.at_ms)
    return None


def _with_ticks(steps: list[RerunInput]) -> Iterator[RerunInput]:
    """The steps, with a tick for every second of the call in which nobody speaks."""
    spoken = {second for step in steps if isinstance(step, Final) for second in _seconds(step)}
    told = 0
    for step in steps:
        if isinstance(step, Final | LineSoundChanged | PauseRecording | CallEnded):
            heard = (step.end_ms if isinstance(step, Final) else step.at_ms) // TICK_MS
            yield from (Tick(at_ms=at * TICK_MS) for at in range(told + 1, heard + 1) if at not in spoken)
            told = max(told, heard)
        yield step


def _seconds(final: Final) -> range:
    return range(-(-final.start_ms // TICK_MS), final.end_ms // TICK_MS + 1)
