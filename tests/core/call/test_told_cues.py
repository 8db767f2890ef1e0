"""What people say of a cue, with what was said around it, and of its card."""

from typing import Any

import pytest

from tests.builders import drive, final, hangup, live_call, only, partial, tick
from voiceassist.actions import MarkFalseAlarm, MarkNotUseful, UsePrompt
from voiceassist.core.call.told_cues import told_in
from voiceassist.errors import ActionError
from voiceassist.events import Alert, Cue, Event, FalseAlarmMarked, NotUsefulMarked, Prompt, PromptClosed

ASKED, REFUSED = "Can I bring it back?", "I'm sorry but our policy doesn't allow returns"


def mark(cue_id: str, **more: Any) -> MarkFalseAlarm:
    return MarkFalseAlarm(**{"at_ms": 60_000, "by": "Sue", **more}, cue_id=cue_id)


def marked(events: list[Event]) -> FalseAlarmMarked:
    (event,) = events
    assert isinstance(event, FalseAlarmMarked)
    return event


def test_a_false_alarm_keeps_what_was_said_and_what_found_it() -> None:
    call = live_call()
    events = drive(call, [final("customer", ASKED), final("agent", REFUSED, at=4_000)])
    (cue,), (card,) = only(events, Cue), only(events, Prompt)
    false = marked(call.handle(mark(card.why.cue_id)))
    assert (false.at_ms, false.by, false.marked) == (60_000, "Sue", True)
    assert (false.said, false.before) == (REFUSED, ASKED)
    kept = ("cue_id", "kind", "speaker", "words", "layer", "rule", "confidence", "reach", "agreed", "playbook")
    assert [getattr(false, name) for name in kept] == [getattr(cue, name) for name in kept]


def test_the_cue_of_an_alert_can_be_marked_after_the_call_and_taken_back() -> None:
    call = live_call()
    (alert, *_) = only(drive(call, [final("customer", "I will hurt you"), hangup(5_000)]), Alert)
    assert marked(call.handle(mark(alert.why.cue_id))).kind == "threat"
    assert not marked(call.handle(mark(alert.why.cue_id, marked=False))).marked


def test_an_early_cue_has_its_line_as_far_as_it_was_heard() -> None:
    call = live_call()
    (cue, *_) = only(drive(call, [partial("customer", "I will hurt you so much")]), Cue)
    assert marked(call.handle(mark(cue.cue_id))).said == "I will hurt you so much"
    call.handle(final("customer", "I will hurt you so much, you wait"))
    assert marked(call.handle(mark(cue.cue_id))).said == "I will hurt you so much, you wait"


def test_what_is_said_later_does_not_belong_to_the_cue() -> None:
    call = live_call()
    events = drive(call, [final("customer", ASKED), final("agent", REFUSED, at=4_000)])
    drive(
        call,
        [final("customer", "Oh dear.", at=9_000, utterance=2), final("agent", "Yes.", at=12_000, utterance=2)],
    )
    false = marked(call.handle(mark(only(events, Cue)[0].cue_id)))
    assert (false.said, false.before) == (REFUSED, ASKED)


def test_a_cue_without_words_can_be_marked() -> None:
    call = live_call()
    events = drive(call, [final("agent", "Hello."), tick(60_000)])
    silence = next(cue for cue in only(events, Cue) if cue.kind == "silence")
    false = marked(call.handle(mark(silence.cue_id)))
    assert (false.kind, false.said, false.before) == ("silence", "", "")


def test_marking_changes_neither_card_nor_alert() -> None:
    call = live_call()
    (alert, *_) = only(drive(call, [final("customer", "I will hurt you")]), Alert)
    assert len(call.handle(mark(alert.why.cue_id))) == 1


@pytest.mark.parametrize("cue_id", ["c9", ""])
def test_a_cue_that_there_is_not_is_named(cue_id: str) -> None:
    with pytest.raises(ActionError) as error:
        live_call().handle(mark(cue_id))
    assert error.value.code == "unknown_cue"


def test_a_stored_call_tells_the_same_as_the_live_one() -> None:
    call = live_call()
    events = drive(call, [final("customer", ASKED), final("agent", REFUSED, at=4_000), hangup(9_000)])
    (cue,) = only(events, Cue)
    assert [told_in(events).mark(mark(cue.cue_id))] == call.handle(mark(cue.cue_id))


def useless(prompt_id: str = "p1", *, marked: bool = True) -> MarkNotUseful:
    return MarkNotUseful(at_ms=9_000, prompt_id=prompt_id, by="Anna Reed", marked=marked)


def test_a_card_of_no_use_leaves_and_is_kept_with_its_rule_words_and_version() -> None:
    call = live_call()
    (prompt,) = only(drive(call, [final("agent", "I'm sorry but our policy doesn't allow returns")]), Prompt)
    closed, mark = call.handle(useless())
    assert isinstance(closed, PromptClosed)
    assert (closed.prompt_id, closed.outcome) == ("p1", "dismissed")
    assert isinstance(mark, NotUsefulMarked)
    assert (mark.prompt_id, mark.marked, mark.by) == ("p1", True, "Anna Reed")
    assert (mark.rule, mark.words, mark.playbook) == (prompt.why.rule, prompt.why.words, prompt.why.playbook)


def test_a_card_that_has_left_can_still_be_marked_and_the_mark_taken_back() -> None:
    call = live_call()
    drive(call, [final("agent", "I'm sorry but our policy doesn't allow returns")])
    call.handle(UsePrompt(at_ms=8_000, prompt_id="p1"))
    for marked in (True, False):
        (mark,) = call.handle(useless(marked=marked))
        assert isinstance(mark, NotUsefulMarked)
        assert mark.marked is marked


def test_a_card_that_there_was_not_cannot_be_marked() -> None:
    with pytest.raises(ActionError, match="no card 'p9'"):
        live_call().handle(useless("p9"))
