"""What was said around each cue of a call, and its cards: kept so that a person can judge them.

A cue may be called a false alarm, a card not useful, a promise kept or not.

Takes every event of the call in its order, while it runs or from the store. Never judges a cue and never changes
what it brought: a card or an alert stays until somebody closes it. Next: `actions.py` and, for a finished call,
`runtime.py` give the events back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from voiceassist.actions import MarkFalseAlarm, MarkNotUseful, MarkPromise
from voiceassist.core.playbook.model import Limits
from voiceassist.core.words.turns import Turns
from voiceassist.errors import ActionError
from voiceassist.events import (
    Cue,
    Event,
    FalseAlarmMarked,
    Final,
    NotUsefulMarked,
    Partial,
    PromiseHeard,
    PromiseMarked,
    Prompt,
    Speaker,
    Transcript,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCue:
    """A cue with its line and the other side's turn before it."""

    cue: Cue
    said: str
    before: str


def told_in(events: Iterable[Event]) -> "ToldCues":
    """The cues of a stored call. Turns are divided as a playbook without limits of its own does."""
    told = ToldCues(turns=Turns(Limits().breath_ms))
    told.see(events)
    return told


@dataclass(slots=True, kw_only=True)
class ToldCues:
    """All cues of one call so far."""

    turns: Turns
    cues: dict[str, ToldCue] = field(default_factory=dict)  # by id
    prompts: dict[str, Prompt] = field(default_factory=dict)  # by id
    promises: set[tuple[int, int]] = field(default_factory=set)  # utterance and start
    newest: dict[Speaker, tuple[int, str]] = field(default_factory=dict)  # the last line: utterance, text
    of_newest: dict[Speaker, list[str]] = field(default_factory=dict)  # ids of cues since the last final

    def see(self, events: Iterable[Event]) -> None:
        """Takes in what happened."""
        for event in events:
            if isinstance(event, Partial | Final):
                self._hear(event)
            elif isinstance(event, Cue):
                self._keep(event)
            elif isinstance(event, Prompt):
                self.prompts[event.prompt_id] = event
            elif isinstance(event, PromiseHeard):
                self.promises.add((event.utterance, event.start_ms))

    def mark(self, action: MarkFalseAlarm) -> FalseAlarmMarked:
        """What a person said of a cue, with what was said in the call. Raises ActionError."""
        told = self.cues.get(action.cue_id)
        if told is None:
            raise ActionError("unknown_cue", f"this call has no cue {action.cue_id!r}; reload the page")
        cue = told.cue
        return FalseAlarmMarked(
            at_ms=action.at_ms,
            cue_id=cue.cue_id,
            marked=action.marked,
            by=action.by,
            kind=cue.kind,
            speaker=cue.speaker,
            words=cue.words,
            said=told.said,
            before=told.before,
            layer=cue.layer,
            rule=cue.rule,
            confidence=cue.confidence,
            reach=cue.reach,
            agreed=cue.agreed,
            playbook=cue.playbook,
            done_at=action.done_at,
        )

    def judge(self, action: MarkNotUseful) -> NotUsefulMarked:
        """What a person said of a card, with what brought it. Raises ActionError."""
        prompt = self.prompts.get(action.prompt_id)
        if prompt is None:
            raise ActionError("unknown_card", f"this call has no card {action.prompt_id!r}; reload the page")
        why = prompt.why
        return NotUsefulMarked(
            at_ms=action.at_ms,
            prompt_id=prompt.prompt_id,
            cue_id=why.cue_id,
            marked=action.marked,
            by=action.by,
            kind=prompt.kind,
            rule=why.rule,
            words=why.words,
            playbook=why.playbook,
            done_at=action.done_at,
        )

    def keep(self, action: MarkPromise) -> PromiseMarked:
        """What a person said of a promise. Raises ActionError."""
        if (action.utterance, action.start_ms) not in self.promises:
            raise ActionError("unknown_promise", "this call has no such promise; reload the page")
        return PromiseMarked(
            at_ms=action.at_ms,
            utterance=action.utterance,
            start_ms=action.start_ms,
            outcome=action.outcome,
            by=action.by,
            done_at=action.done_at,
        )

    def _hear(self, heard: Transcript) -> None:
        """A cue of a partial has what is heard of its line so far, and the line when it is final."""
        self.newest[heard.speaker] = heard.utterance, heard.text
        if isinstance(heard, Partial):
            return
        self.turns.hear(heard)
        for cue_id in self.of_newest.pop(heard.speaker, ()):
            told = self.cues[cue_id]
            if told.cue.words and told.cue.utterance == heard.utterance:
                self.cues[cue_id] = replace(told, said=heard.text)

    def _keep(self, cue: Cue) -> None:
        self.of_newest.setdefault(cue.speaker, []).append(cue.cue_id)
        utterance, text = self.newest.get(cue.speaker, (0, ""))
        self.cues[cue.cue_id] = ToldCue(
            cue=cue,
            said=text if cue.words and utterance == cue.utterance else cue.words,
            before=" ".join(self.turns.before(cue.speaker)) if cue.words else "",
        )
