"""What each rule of a playbook did in one call, and what people said of it, computed from the call's events. Pure.

A rule fired when it found a cue that reached people and was not retracted. What was taken back counts as not said.
Next: `fact_feed.py` keeps the rows, `rule_feedback.py` adds them up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from voiceassist.events import Cue, CueRetracted, Event, FalseAlarmMarked, NotUsefulMarked, Prompt, PromptClosed
from voiceassist.store.rows import Row
from voiceassist.store.schema import RULE_NUMBERS, RuleNumber

RuleKey = tuple[str, str, str]  # kind, rule, playbook as name@version


def rule_rows(call_id: str, started_us: int, events: Sequence[Event]) -> list[Row]:
    """One row per rule that found something in the call."""
    counted = Counter(_happened(events))
    rules = dict.fromkeys(key for key, _ in counted)
    return [
        {
            "call_id": call_id,
            "rule": rule,
            "kind": kind,
            "playbook": playbook.rpartition("@")[0],
            "version": playbook.rpartition("@")[2],
            "started_us": started_us,
            **{number: counted[(kind, rule, playbook), number] for number in RULE_NUMBERS},
        }
        for kind, rule, playbook in rules
    ]


def _happened(events: Sequence[Event]) -> Iterator[tuple[RuleKey, RuleNumber]]:
    untrue = {event.cue_id for event in events if isinstance(event, CueRetracted)}
    closed = {event.prompt_id: event.outcome for event in events if isinstance(event, PromptClosed)}
    for event in events:
        match event:
            case Cue() if event.reach != "colour" and event.cue_id not in untrue:
                yield (event.kind, event.rule, event.playbook), "fired"
            case Prompt():
                yield from _card((event.kind, event.why.rule, event.why.playbook), closed.get(event.prompt_id))
    for false in _standing(event for event in events if isinstance(event, FalseAlarmMarked)):
        yield (false.kind, false.rule, false.playbook), "false_alarms"
    for useless in _standing(event for event in events if isinstance(event, NotUsefulMarked)):
        yield (useless.kind, useless.rule, useless.playbook), "not_useful"


def _card(key: RuleKey, outcome: str | None) -> Iterator[tuple[RuleKey, RuleNumber]]:
    yield key, "cards"
    if outcome == "used":
        yield key, "used"
    if outcome == "dismissed":
        yield key, "dismissed"


def _standing(
    marks: Iterable[FalseAlarmMarked] | Iterable[NotUsefulMarked],
) -> list[FalseAlarmMarked | NotUsefulMarked]:
    """The marks that nobody took back."""
    last = {mark.prompt_id if isinstance(mark, NotUsefulMarked) else mark.cue_id: mark for mark in marks}
    return [mark for mark in last.values() if mark.marked]
