"""What supervisors write to an agent: who wrote it, what became of it, and what is refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import drive, hangup, live_call, only, playbook, records, started, tick
from voiceassist.actions import (
    Action,
    AnswerCoaching,
    ChangeAlert,
    CoachingAnswer,
    SeeCoaching,
    SendCoaching,
    WithdrawCoaching,
)
from voiceassist.core.call.call import Call
from voiceassist.core.call.coaching import MESSAGES, coaching_in
from voiceassist.core.playbook.model import Snippet
from voiceassist.core.screen.state import apply, replay
from voiceassist.core.screen.views import CallState
from voiceassist.errors import ActionError
from voiceassist.events import Alert, CoachingAnswered, CoachingSeen, CoachingSent, CoachingWithdrawn, Event, Input

AT = "2026-11-21T10:00:0{}.000+00:00"


def send(
    text: str = "Ask for the goal.", id_: str = "m1", *, at: int = 1_000, by: str = "Sue", snippet: str = ""
) -> SendCoaching:
    return SendCoaching(at_ms=at, coaching_id=id_, by=by, text=text, snippet=snippet, done_at=AT.format(1))


def see(id_: str = "m1", *, seen: bool = True, at: int = 2_000) -> SeeCoaching:
    return SeeCoaching(at_ms=at, coaching_id=id_, seen=seen, done_at=AT.format(2))


def answer(kind: CoachingAnswer, text: str = "", id_: str = "m1", *, at: int = 3_000) -> AnswerCoaching:
    return AnswerCoaching(at_ms=at, coaching_id=id_, by="Anna", answer=kind, text=text, done_at=AT.format(3))


def withdraw(id_: str = "m1", *, at: int = 2_000, by: str = "Sue") -> WithdrawCoaching:
    return WithdrawCoaching(at_ms=at, coaching_id=id_, by=by, done_at=AT.format(2))


def refused(call: Call, action: Action) -> str:
    """The code with which the call refuses an action; nothing changes by that."""
    with pytest.raises(ActionError) as error:
        call.handle(action)
    return error.value.code


def state_after(*actions: Action) -> CallState:
    return replay(records([started(), *drive(live_call(), actions)]))


def test_a_message_goes_from_sent_to_answered_and_every_step_has_its_time() -> None:
    state = state_after(send(), see(seen=False), see(), answer("thumbs_up"))
    (view,) = state.coaching
    assert (view.sent.by, view.sent.text, view.sent.done_at) == ("Sue", "Ask for the goal.", AT.format(1))
    assert (view.delivered_at, view.seen_at) == (AT.format(2), AT.format(2))
    assert (view.answer, view.answered_at) == ("thumbs_up", AT.format(3))


def test_what_is_sent_again_after_a_broken_connection_is_there_once() -> None:
    call = live_call()
    twice: list[Input] = [send(), send(at=21_000), see(), see(at=22_000), see(seen=False, at=22_000)]
    events = drive(call, [*twice, answer("text", "ok"), answer("text", "ok", at=30_000)])
    assert [type(event) for event in events] == [CoachingSent, CoachingSeen, CoachingAnswered]


def test_an_answer_to_what_was_not_marked_seen_says_that_it_was_seen() -> None:
    assert state_after(send(), answer("thumbs_up")).coaching[0].seen_at == AT.format(3)


def test_another_answer_takes_the_place_of_the_first() -> None:
    (view,) = state_after(send(), answer("thumbs_up"), answer("text", "they said no")).coaching
    assert (view.answer, view.answer_text) == ("text", "they said no")


def test_need_you_rings_as_the_help_button_does_in_one_incident() -> None:
    call = live_call()
    twice = answer("need_you")
    events = drive(call, [send(), send(id_="m2"), twice, twice, answer("need_you", id_="m2")])
    alert, other = only(events, Alert)
    assert (alert.kind, alert.level, alert.why.rule) == ("help", "critical", "need_you")
    assert other.incident == alert.incident
    call.handle(ChangeAlert(at_ms=4_000, alert_id=alert.alert_id, state="resolved", by="Sue"))
    again = drive(call, [answer("thumbs_up", at=5_000), answer("need_you", at=6_000)])
    assert len(only(again, Alert)) == 1


def test_a_message_is_taken_back_by_its_writer_before_it_is_seen() -> None:
    call = live_call()
    events = drive(call, [send(), see(seen=False), withdraw(), withdraw(), send(at=3_000), see()])
    assert [type(event) for event in events] == [CoachingSent, CoachingSeen, CoachingWithdrawn]
    assert replay(records([started(), *events])).coaching == ()
    assert refused(call, answer("thumbs_up")) == "coaching_withdrawn"


@pytest.mark.parametrize(
    ("before", "action", "code"),
    [
        ([send(), see()], withdraw(), "coaching_seen"),
        ([send(), tick(9_000)], withdraw(at=9_000), "coaching_too_late"),
        ([send()], withdraw(by="Sam"), "coaching_not_yours"),
        ([send()], send(by="Sam"), "coaching_id_taken"),
        ([], withdraw("m7"), "unknown_coaching"),
        ([], see("m7"), "unknown_coaching"),
        ([], answer("thumbs_up", id_="m7"), "unknown_coaching"),
        ([], send("  "), "empty_coaching"),
        ([send()], answer("text", " "), "empty_coaching"),
        ([], send("one\ntwo"), "bad_coaching"),
        ([], send("call \u202eevil"), "bad_coaching"),
        ([], send("a bell \x07"), "bad_coaching"),
        ([], send("mine", snippet="ask_goal"), "bad_coaching"),
        ([], send("", snippet="no_such"), "unknown_snippet"),
        ([hangup(5_000)], send(), "not_live"),
        ([hangup(5_000)], withdraw(), "not_live"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(before: list[Input], action: Action, code: str) -> None:
    call = live_call()
    drive(call, before)
    assert refused(call, action) == code


def test_a_program_that_floods_an_agent_is_stopped() -> None:
    call = live_call()
    drive(call, [send(id_=f"m{n}") for n in range(MESSAGES)])
    assert refused(call, send(id_="one too many")) == "coaching_full"


def test_a_snippet_says_what_the_playbook_says() -> None:
    snippet = Snippet(id="ask_goal", text="Ask what they want to achieve.")
    call = live_call(with_playbook=replace(playbook(), coaching=(snippet,)))
    (sent,) = only(drive(call, [send("", snippet="ask_goal")]), CoachingSent)
    assert (sent.text, sent.snippet) == (snippet.text, "ask_goal")


def test_private_numbers_are_masked_in_messages_and_answers_and_prices_are_not() -> None:
    (view,) = state_after(
        send("Card 4111 1111 1111 1111, offer 20 percent until May 12"),
        answer("text", "their IBAN is DE89 3704 0044 0532 0130 00"),
    ).coaching
    assert "4111" not in view.sent.text
    assert view.sent.text.endswith("offer 20 percent until May 12")
    assert "3704" not in view.answer_text


def test_an_emoji_of_several_characters_is_text() -> None:
    assert state_after(send("👩‍💻 well done 👍🏽")).coaching[0].sent.text == "👩‍💻 well done 👍🏽"


def test_what_was_sent_while_the_agent_was_offline_is_seen_and_answered_after_the_call() -> None:
    call = live_call()
    events = [started(), *drive(call, [send(), hangup(5_000)])]
    later = drive(call, [see(at=5_000), answer("thumbs_up", at=5_000)])
    assert [type(event) for event in later] == [CoachingSeen, CoachingAnswered]
    stored = coaching_in(events)  # the same, when the call has left the memory
    assert [*stored.carry_out(see(at=5_000)), *stored.carry_out(answer("thumbs_up", at=5_000))] == later


IDS = st.sampled_from(["m1", "m2", "m3"])
ACTIONS = st.one_of(
    st.builds(lambda id_, by: send(id_=id_, by=by), IDS, st.sampled_from(["Sue", "Sam"])),
    st.builds(lambda id_, seen: see(id_, seen=seen), IDS, st.booleans()),
    st.builds(lambda id_, kind: answer(kind, "so", id_), IDS, st.sampled_from(["thumbs_up", "need_you", "text"])),
    st.builds(lambda id_, by: withdraw(id_, by=by), IDS, st.sampled_from(["Sue", "Sam"])),
)


@given(st.lists(ACTIONS, max_size=15), st.data())
def test_an_old_snapshot_and_the_rest_is_the_fresh_snapshot_and_nothing_is_told_twice(
    actions: list[Action], data: st.DataObject
) -> None:
    call, events = live_call(), list[Event]([started()])
    for action in actions:
        try:
            events += call.handle(action)
        except ActionError:
            continue
    every = list(records(events))
    cut = data.draw(st.integers(1, len(every)))
    state = replay(every[:cut])
    for record in every[max(0, cut - 2) :]:
        state = apply(state, record)
    assert state == replay(every)
    assert len({sent.coaching_id for sent in only(events, CoachingSent)}) == len(only(events, CoachingSent))
    steps = [(seen.coaching_id, seen.stage) for seen in only(events, CoachingSeen)]
    assert len(set(steps)) == len(steps)
    taken_back = {one.coaching_id for one in only(events, CoachingWithdrawn)}
    assert not taken_back & {id_ for id_, stage in steps if stage == "seen"}
    assert coaching_in(events).sent == {sent.coaching_id: sent for sent in only(events, CoachingSent)}
