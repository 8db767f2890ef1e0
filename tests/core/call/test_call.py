"""A call's life: what may happen when, and that its time never runs backwards."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import drive, final, hangup, live_call, only, partial, play, playbook, started, tick
from voiceassist.actions import (
    ACTION_CLASSES,
    AskHelp,
    ChangeAlert,
    DismissPrompt,
    MarkFalseAlarm,
    SayFine,
    SetMute,
    UsePrompt,
)
from voiceassist.core.call.call import TABLE, Call
from voiceassist.errors import ActionError, IllegalTransition
from voiceassist.events import (
    AgentFine,
    Alert,
    AlertChanged,
    AudioGap,
    CallFailed,
    CrossTalkChanged,
    Cue,
    Input,
    LegMergeChanged,
    LineSoundChanged,
    Prompt,
    PromptClosed,
    RefusalClosed,
)

INPUTS: list[Input] = [
    started(),
    partial("agent", "hello"),
    final("agent", "hello"),
    AudioGap(at_ms=0, speaker="agent", duration_ms=20, cause="lost"),
    LineSoundChanged(at_ms=0, speaker="agent", sound="music", since_ms=0),
    CrossTalkChanged(at_ms=0, speaker="customer", level_db=-25, delay_ms=120),
    LegMergeChanged(at_ms=0, merged=True, speaker="agent"),
    hangup(9000),
    CallFailed(at_ms=9000, error="the recognizer stopped"),
    tick(1000),
    UsePrompt(at_ms=0, prompt_id="p1"),
    DismissPrompt(at_ms=0, prompt_id="p1"),
    SetMute(at_ms=0, muted=False),
    AskHelp(at_ms=0),
    SayFine(at_ms=0),
    ChangeAlert(at_ms=0, alert_id="a1", state="resolved", by="Sue"),
    MarkFalseAlarm(at_ms=0, cue_id="c1", by="Sue"),
]
WAYS: dict[str, list[Input]] = {
    "new": [],
    "live": [started()],
    "ended": [started(), hangup(0)],
    "failed": [started(), CallFailed(at_ms=0, error="broken")],
}


@pytest.mark.parametrize("phase", WAYS)
@pytest.mark.parametrize("event", INPUTS, ids=lambda event: type(event).__name__)
def test_what_the_table_lacks_is_refused_and_changes_nothing(phase: str, event: Input) -> None:
    call = Call(playbook())
    drive(call, WAYS[phase])
    assert call.phase == phase
    if (phase, type(event)) in TABLE:
        return
    with pytest.raises(ActionError if isinstance(event, ACTION_CLASSES) else IllegalTransition):
        call.handle(event)
    assert call.phase == phase


@pytest.mark.parametrize("event", INPUTS[1:7], ids=lambda event: type(event).__name__)
def test_what_was_heard_is_given_back_first(event: Input) -> None:
    assert live_call().handle(event)[0] == event


def test_the_end_of_a_call_is_its_last_event() -> None:
    events = play(final("agent", "We don't do that"), hangup(3000))
    assert events[-1] == hangup(3000)


def test_a_failed_call_takes_its_card_away() -> None:
    call = live_call()
    call.handle(final("agent", "We don't do that"))
    events = call.handle(CallFailed(at_ms=3000, error="the recognizer stopped"))
    assert [closed.outcome for closed in only(events, PromptClosed)] == ["call_ended"]
    assert isinstance(events[-1], CallFailed)


def test_nothing_is_heard_of_an_utterance_after_its_final() -> None:
    call = live_call()
    call.handle(final("agent", "hello"))
    with pytest.raises(IllegalTransition, match="agent utterance 1 after its final"):
        call.handle(partial("agent", "hello"))


@given(st.lists(st.integers(0, 60_000), max_size=20))
def test_time_never_runs_backwards(times: list[int]) -> None:
    call = live_call()
    texts = ["we don't do that", "you are an idiot", "I guarantee it"]
    inputs = [final("agent", texts[i % 3], at=at, utterance=i + 1) for i, at in enumerate(times)]
    stamps = [event.at_ms for event in drive(call, inputs)]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize("delay_ms", [0, 5_000, 30_000])
def test_alternative_in_time_recovers_a_refusal_however_late_the_machine_heard_it(delay_ms: int) -> None:
    call = live_call()
    events = []
    for n, (text, at_ms) in enumerate([("we don't do that", 10_000), ("what I can do is a credit", 17_000)], 1):
        said = final("agent", text, at=at_ms, utterance=n, delay=delay_ms)
        events += call.handle(said) + call.handle(tick(said.end_ms))
    assert [closed.outcome for closed in only(events, RefusalClosed)] == ["recovered"]


def test_cues_with_and_without_words_are_numbered_together_in_the_order_in_which_they_are_told() -> None:
    said = [final("agent", "We don't do that"), final("customer", "you are an idiot", at=4_000)]
    cues = only(play(*said, tick(60_000), hangup(90_000)), Cue)
    assert {"refusal", "insult", "silence"} <= {cue.kind for cue in cues}
    assert [cue.cue_id for cue in cues] == [f"c{n}" for n in range(1, len(cues) + 1)]


def test_help_is_critical_and_asked_for_once() -> None:
    call = live_call()
    alert = only(call.handle(AskHelp(at_ms=2000)), Alert)[0]
    assert (alert.kind, alert.level, alert.why.rule) == ("help", "critical", "help_button")
    assert call.handle(AskHelp(at_ms=3000)) == []


def test_being_fine_resolves_the_call_for_help() -> None:
    call = live_call()
    call.handle(AskHelp(at_ms=2000))
    events = call.handle(SayFine(at_ms=3000))
    assert len(only(events, AgentFine)) == 1
    assert [(changed.state, changed.by) for changed in only(events, AlertChanged)] == [("resolved", "Anna Reed")]
    assert only(call.handle(AskHelp(at_ms=4000)), Alert)[0].alert_id == "a2"


def test_a_supervisor_takes_care_of_an_alert_even_after_the_call() -> None:
    call = live_call()
    drive(call, [final("customer", "I will hurt you"), hangup(5000)])
    events = call.handle(ChangeAlert(at_ms=9000, alert_id="a1", state="resolved", by="Sue", note="called back"))
    assert events == [AlertChanged(at_ms=9000, alert_id="a1", state="resolved", by="Sue", note="called back")]


@pytest.mark.parametrize(("alert_id", "code"), [("a9", "unknown_alert"), ("a1", "alert_retracted")])
def test_an_alert_that_cannot_change_says_why(alert_id: str, code: str) -> None:
    call = live_call()
    drive(call, [partial("customer", "I will hurt you so much"), final("customer", "I will help you so much")])
    with pytest.raises(ActionError) as error:
        call.handle(ChangeAlert(at_ms=9000, alert_id=alert_id, state="resolved", by="Sue"))
    assert error.value.code == code


def test_two_calls_with_the_same_input_say_the_same() -> None:
    inputs: list[Input] = [
        final("agent", "We don't do that"),
        final("customer", "you are an idiot", at=4000),
        hangup(9000),
    ]
    assert play(*inputs) == play(*inputs)


def test_an_utterance_without_words_is_no_turn_and_no_cue() -> None:
    events = play(final("agent", ""), final("customer", "", at=1000))
    assert only(events, Cue) == []


def test_an_engine_without_word_times_still_gives_cues() -> None:
    heard = final("agent", "We don't do that", at=1000)
    bare = type(heard)(**{name: getattr(heard, name) for name in heard.__slots__} | {"words": ()})
    cue = only(play(bare), Cue)[0]
    assert (cue.words, cue.start_ms, cue.end_ms) == ("We don't do that", heard.start_ms, heard.end_ms)


def test_a_cue_is_as_sure_as_its_rule_and_its_own_words_and_is_answered_all_the_same() -> None:
    heard = final("agent", "um We don't do that here")
    unsure = replace(heard, words=tuple(replace(w, confidence=0.6) for w in heard.words[:4]) + heard.words[4:])
    (sure,), (doubtful,) = (only(play(line), Cue) for line in (heard, unsure))
    assert doubtful.words == sure.words == "We don't do that"
    assert doubtful.confidence == pytest.approx(sure.confidence * (3 * 0.6 + 1) / 4, abs=0.001)
    assert [prompt.why.confidence for prompt in only(play(unsure), Prompt)] == [doubtful.confidence]
