"""What people said of the cues of a call, as labelled turns: false alarms, cards that they used or found useless.

A turn is labelled for the one kind in question and tells nothing of the others (`not_KIND`, `right_KIND`;
`unhelpful_KIND` tells of the card alone). Of a cue that was marked and also used, the mark counts: it is the more
deliberate. Cues without words are left out.
Pure. Next: `cli/cues/feedback.py` writes the turns, `adjust.py` learns from them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from voiceassist.core.call.told_cues import ToldCue, told_in
from voiceassist.evaluation.labelled import (
    FALSE_ALARM_OF,
    NOT_USEFUL_OF,
    RIGHT_CUE_OF,
    LabelledTurn,
    as_recognised,
)
from voiceassist.events import CallStarted, Event, FalseAlarmMarked, NotUsefulMarked, Prompt, PromptClosed

SOURCE = "feedback"
FEEDBACK_TYPES = (
    *("call_started", "cue", "final", "false_alarm_marked", "not_useful_marked", "prompt", "prompt_closed"),
)
"""The types of events (in wire form) that `feedback_in` looks at."""


def feedback_in(call_id: str, events: Sequence[Event]) -> Iterator[LabelledTurn]:
    """What was said of the cues of one call, in the order of the cues."""
    told, marks = told_in(events), _marks(events)
    unhelpful, used = _unhelpful(events), _used(events)
    language = next((event.language for event in events if isinstance(event, CallStarted)), "")
    for cue_id, one in told.cues.items():
        if one.said and cue_id in marks:
            yield _turn(call_id, one, FALSE_ALARM_OF, by=marks[cue_id], language=language)
        elif one.said and cue_id in unhelpful:
            yield _turn(call_id, one, NOT_USEFUL_OF, by=unhelpful[cue_id], language=language)
        elif one.said and cue_id in used:
            yield _turn(call_id, one, RIGHT_CUE_OF, by="", language=language)


def fields_of(turn: LabelledTurn) -> dict[str, Any]:
    """The turn as a row of JSON, as `labelled.py` reads it."""
    return {
        "id": turn.id,
        "speaker": turn.speaker,
        "text": turn.text,
        "text_asr": turn.text_asr,
        "labels": list(turn.labels),
        "prev": turn.prev,
        "source": turn.source,
        "meta": dict(turn.meta),
    }


def _marks(events: Iterable[Event]) -> dict[str, str]:
    """By cue: who called it a false alarm, and did not take that back."""
    last = {event.cue_id: event for event in events if isinstance(event, FalseAlarmMarked)}
    return {cue_id: event.by for cue_id, event in last.items() if event.marked}


def _unhelpful(events: Iterable[Event]) -> dict[str, str]:
    """By cue: who called its card not useful, and did not take that back."""
    last = {event.prompt_id: event for event in events if isinstance(event, NotUsefulMarked)}
    return {event.cue_id: event.by for event in last.values() if event.marked}


def _used(events: Sequence[Event]) -> set[str]:
    """The cues whose cards were used."""
    cue_ids = {event.prompt_id: event.why.cue_id for event in events if isinstance(event, Prompt)}
    closed = (event for event in events if isinstance(event, PromptClosed) and event.outcome == "used")
    return {cue_ids[event.prompt_id] for event in closed if event.prompt_id in cue_ids}


def _turn(call_id: str, told: ToldCue, label: str, *, by: str, language: str) -> LabelledTurn:
    cue = told.cue
    return LabelledTurn(
        id=f"{call_id}/{cue.cue_id}",
        speaker=cue.speaker,
        text=told.said,
        text_asr=as_recognised(told.said),
        labels=(f"{label}{cue.kind}",),
        prev=told.before,
        source=SOURCE,
        meta={
            "call": call_id,
            "language": language,
            "kind": cue.kind,
            "words": cue.words,
            "layer": cue.layer,
            "rule": cue.rule,
            "confidence": cue.confidence,
            "reach": cue.reach,
            "agreed": cue.agreed,
            "playbook": cue.playbook,
            "by": by,
        },
    )
