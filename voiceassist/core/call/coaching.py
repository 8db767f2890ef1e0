"""What supervisors wrote to the agent of one call, and what became of each message.

    sent ──▶ delivered ──▶ seen ──▶ answered        a later step may come without the ones before it
     ╰───────────╰──▶ withdrawn                     within WITHDRAW_MS, by whoever wrote it

What was done before changes nothing when it comes again: pages send again what may have been lost on the way.
Never decides who may write or answer: the server does. Next: `actions.py` gives the events to the call.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from voiceassist.actions import AnswerCoaching, SeeCoaching, SendCoaching, WithdrawCoaching
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.announced import Kind, Treatment
from voiceassist.core.words.languages import NEUTRAL, Language, language_rules
from voiceassist.core.words.redact import masked_text
from voiceassist.core.words.visible import hidden_in
from voiceassist.errors import ActionError
from voiceassist.events import (
    CallStarted,
    CoachingAnswered,
    CoachingSeen,
    CoachingSent,
    CoachingStage,
    CoachingWithdrawn,
    Event,
)

CoachingAction = SendCoaching | SeeCoaching | AnswerCoaching | WithdrawCoaching
CoachingEvent = CoachingSent | CoachingSeen | CoachingAnswered | CoachingWithdrawn

# In one call: an agent who talks reads one in a minute or so. Overflow: the next is refused, and its sender told.
MESSAGES = 200
WITHDRAW_MS = 6_000  # five seconds for whoever reads their own message again, one for the way to the server


@dataclass(slots=True)
class Coaching:
    """The messages of one call. Remembers what the events tell, and nothing else."""

    language: Language = NEUTRAL
    redact: Mapping[Kind, Treatment] = field(default_factory=dict)  # as the playbook has it
    snippets: Mapping[str, str] = field(default_factory=dict)  # by id: what may be chosen in this call
    sent: dict[str, CoachingSent] = field(default_factory=dict)  # by id, withdrawn ones too
    delivered: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    answers: dict[str, CoachingAnswered] = field(default_factory=dict)  # by id: the newest

    def carry_out(self, action: CoachingAction) -> list[Event]:
        """What follows from an action. Raises ActionError."""
        match action:
            case SendCoaching():
                events = self._send(action)
            case SeeCoaching():
                events = self._see(action)
            case AnswerCoaching():
                events = self._answer(action)
            case WithdrawCoaching():
                events = self._withdraw(action)
        self.hear(events)
        return [*events]

    def hear(self, events: Iterable[Event]) -> None:
        """Takes in what happened; other events than those of coaching change nothing."""
        for event in events:
            match event:
                case CoachingSent():
                    self.sent[event.coaching_id] = event
                case CoachingSeen():
                    self.delivered.add(event.coaching_id)
                    self.seen |= {event.coaching_id} if event.stage == "seen" else set()
                case CoachingAnswered():
                    self.answers[event.coaching_id] = event
                case CoachingWithdrawn():
                    self.withdrawn.add(event.coaching_id)

    def _send(self, action: SendCoaching) -> list[CoachingEvent]:
        if before := self.sent.get(action.coaching_id):
            if before.by != action.by:
                raise ActionError("coaching_id_taken", "another message of this call has that `coaching_id`")
            return []
        if len(self.sent) >= MESSAGES:
            raise ActionError("coaching_full", f"{MESSAGES} messages were sent in this call: speak to the agent")
        text = self._snippet(action) if action.snippet else self._masked(action.text)
        sent = CoachingSent(
            at_ms=action.at_ms,
            coaching_id=action.coaching_id,
            by=action.by,
            text=text,
            snippet=action.snippet,
            done_at=action.done_at,
        )
        return [sent]

    def _snippet(self, action: SendCoaching) -> str:
        if action.text:
            raise ActionError("bad_coaching", "a message has either `text` or a `snippet`, not both")
        if action.snippet not in self.snippets:
            raise ActionError("unknown_snippet", f"the playbook of this call has no snippet {action.snippet!r}")
        return self.snippets[action.snippet]

    def _see(self, action: SeeCoaching) -> list[CoachingEvent]:
        id_ = self._known(action.coaching_id)
        is_known = id_ in (self.seen if action.seen else self.delivered)
        return [] if is_known or id_ in self.withdrawn else [_seen(action, "seen" if action.seen else "delivered")]

    def _answer(self, action: AnswerCoaching) -> list[CoachingEvent]:
        id_ = self._known(action.coaching_id)
        if id_ in self.withdrawn:
            raise ActionError("coaching_withdrawn", f"message {id_!r} was taken back by whoever wrote it")
        answered = CoachingAnswered(
            at_ms=action.at_ms,
            coaching_id=id_,
            by=action.by,
            answer=action.answer,
            text=self._masked(action.text) if action.answer == "text" else "",
            done_at=action.done_at,
        )
        before = self.answers.get(id_)
        if before and (before.answer, before.text) == (answered.answer, answered.text):
            return []
        return [*([] if id_ in self.seen else [_seen(action, "seen")]), answered]

    def _withdraw(self, action: WithdrawCoaching) -> list[CoachingEvent]:
        id_ = self._known(action.coaching_id)
        if id_ in self.withdrawn:
            return []
        if self.sent[id_].by != action.by:
            raise ActionError("coaching_not_yours", f"{self.sent[id_].by} wrote message {id_!r}, not you")
        if id_ in self.seen:
            raise ActionError("coaching_seen", f"the agent has seen message {id_!r}: it cannot be taken back")
        if action.at_ms - self.sent[id_].at_ms > WITHDRAW_MS:
            raise ActionError("coaching_too_late", f"message {id_!r} was sent too long ago to be taken back")
        return [CoachingWithdrawn(at_ms=action.at_ms, coaching_id=id_, by=action.by, done_at=action.done_at)]

    def _known(self, coaching_id: str) -> str:
        if coaching_id not in self.sent:
            raise ActionError("unknown_coaching", f"this call has no message {coaching_id!r}; reload the page")
        return coaching_id

    def _masked(self, text: str) -> str:
        """What somebody typed, as one line, with what is private masked. Raises ActionError."""
        text = text.strip()
        if not text:
            raise ActionError("empty_coaching", "the message is empty: write something first")
        if hidden := hidden_in(text):
            told = f"the message has a character that nobody sees ({hidden}); write it as one line of plain text"
            raise ActionError("bad_coaching", told)
        return masked_text(text, self.language, self.redact)


def coaching_with(playbook: Playbook) -> Coaching:
    """Of a call that begins."""
    snippets = {snippet.id: snippet.text for snippet in playbook.coaching}
    return Coaching(language=playbook.spoken, redact=playbook.redact, snippets=snippets)


def coaching_in(events: Sequence[Event]) -> Coaching:
    """Of a call that is over, as its events tell it; the first is its CallStarted."""
    first = events[0]
    coaching = Coaching(language=language_rules(first.language) if isinstance(first, CallStarted) else NEUTRAL)
    coaching.hear(events)
    return coaching


def _seen(action: SeeCoaching | AnswerCoaching, stage: CoachingStage) -> CoachingSeen:
    return CoachingSeen(at_ms=action.at_ms, coaching_id=action.coaching_id, stage=stage, done_at=action.done_at)
