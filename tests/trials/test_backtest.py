"""Stored calls through two playbooks: a rerun is the call again, and a comparison tells what changed."""

from dataclasses import replace
from functools import cache
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import conversation, final, hangup, only, playbook, started
from tests.core.screen.test_state_property import LINES
from voiceassist.actions import AskHelp, DismissPrompt, SayFine, SetMute, UsePrompt
from voiceassist.core.call.call import Call
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import IllegalTransition
from voiceassist.events import (
    AgentFine,
    Alert,
    CallEnded,
    Cue,
    Event,
    Final,
    Input,
    LatenessChanged,
    LineSoundChanged,
    MuteChanged,
    Prompt,
    PromptClosed,
    RefusalClosed,
    Speaker,
    Tick,
)
from voiceassist.playbooks import load_playbook
from voiceassist.trials.backtest import Backtest, Comparison, OldAndNew
from voiceassist.trials.rerun import StoredCall, rerun, stored_call

Line = tuple[Speaker, str]


@cache
def other() -> Playbook:
    """The default playbook with a rule more, and one less."""
    rules = [rule for rule in playbook().rules if rule.kind != "churn"]
    example = next(rule for rule in rules if rule.kind == "refusal")
    new = replace(example, id="refusal.extra", phrases=("hold the line",), exclusions=(), unless=(), after=())
    return replace(playbook(), name="other", rules=(*rules, replace(new, after_kind="", unless_after=())))


def call_of(*lines: Line, pause: int = 800, call_id: str = "c-1") -> StoredCall:
    inputs = conversation(*lines, pause=pause)
    end_ms = max((item.end_ms for item in inputs if isinstance(item, Final)), default=0) + 30_000
    heard: list[Event] = [item for item in inputs if isinstance(item, Final)]
    return stored_call(call_id, [started(), *heard, hangup(end_ms)])


def compared(*calls: StoredCall, new: Playbook, old: Playbook | None = None, examples: int = 20) -> Backtest:
    comparison = Comparison(examples=examples)
    for call in calls:
        comparison.add(call, rerun(old or playbook(), call), rerun(new, call))
    return comparison.result(old="old", new="new", seconds=1.0)


# ---- running again ---------------------------------------------------------------------------------------


def test_a_rerun_is_what_a_fresh_call_gives_for_the_same_words() -> None:
    call = call_of(("customer", "can I return it after sixty days"), ("agent", "no we can't do that"))
    fresh = Call(playbook())
    assert rerun(playbook(), call) == [event for step in call.steps for event in fresh.handle(step)]  # type: ignore[arg-type]
    assert only(rerun(playbook(), call), Prompt)
    assert [closed.outcome for closed in only(rerun(playbook(), call), RefusalClosed)] == ["dead_end"]


@settings(max_examples=40)
@given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from([-1500, 300, 4000, 25_000]))
def test_a_rerun_of_everything_that_was_stored_is_the_same_again(lines: list[Line], pause: int) -> None:
    once = rerun(playbook(), call_of(*lines, pause=pause))
    assert rerun(playbook(), stored_call("c-1", once)) == once


@settings(max_examples=40)
@given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from([-1500, 300, 4000, 25_000]))
def test_a_playbook_against_itself_changes_nothing(lines: list[Line], pause: int) -> None:
    result = compared(call_of(*lines, pause=pause), new=playbook())
    assert all((tally.started, tally.stopped, tally.old) == (0, 0, tally.new) for tally in result.per_rule)
    assert result.cards_per_call.old == result.cards_per_call.new
    assert (result.examples.started, result.examples.stopped) == ((), ())


def test_what_was_masked_before_it_was_stored_stays_as_it_was_stored() -> None:
    call = call_of(("customer", "my number is *** 41"), ("customer", "11 11 11 and the rest"))
    assert [final.text for final in only(rerun(playbook(), call), Final)] == [final.text for final in call.finals]


def test_time_passes_only_while_nobody_speaks() -> None:
    call = call_of(("agent", "one two three four five six seven"), ("customer", "yes"), pause=3_500)
    ticks = [step.at_ms for step in call.steps if isinstance(step, Tick)]
    assert ticks[:4] == [3000, 4000, 5000, 6000]
    spoken = [(final.start_ms, final.end_ms) for final in call.finals]
    assert not [at for at in ticks for start, end in spoken if start <= at <= end]


def test_what_the_agent_did_with_a_card_happens_to_the_card_of_the_same_kind() -> None:
    live = Call(playbook())
    refused = [
        item for item in conversation(("agent", "we can't do that"), ("customer", "oh")) if isinstance(item, Final)
    ]
    stored = [event for item in (started(), refused[0]) for event in live.handle(item)]
    card = only(stored, Prompt)[0]
    chosen = card.alternatives[0].id
    stored += live.handle(UsePrompt(at_ms=refused[0].at_ms, prompt_id=card.prompt_id, alternative=chosen))
    stored += [event for item in (refused[1], hangup(60_000)) for event in live.handle(item)]
    again = rerun(playbook(), stored_call("c-1", stored))
    assert only(again, PromptClosed) == only(stored, PromptClosed)
    cardless = replace(playbook(), cards={})
    assert only(rerun(cardless, stored_call("c-1", stored)), PromptClosed) == []


def test_a_dismissed_card_a_mute_a_call_for_help_and_its_end_are_done_again() -> None:
    said = [
        item
        for item in conversation(("agent", "we can't do that"), ("agent", "we can't"))
        if isinstance(item, Final)
    ]
    live = Call(playbook())
    stored = [event for item in (started(), said[0]) for event in live.handle(item)]
    at = said[0].at_ms
    for action in (DismissPrompt(at_ms=at, prompt_id="p1"), SetMute(at_ms=at, muted=True)):
        stored += live.handle(action)
    for item in (AskHelp(at_ms=at), SayFine(at_ms=at), hangup(at + 2_000)):
        stored += live.handle(item)
    again = rerun(playbook(), stored_call("c-1", stored))
    for kind in (PromptClosed, MuteChanged, AgentFine, Alert, CallEnded):
        assert [e for e in again if isinstance(e, kind)] == [e for e in stored if isinstance(e, kind)], kind


def test_what_came_late_comes_late_again_and_what_the_agent_did_beside_it_is_done_to_the_card() -> None:
    call = Call(playbook())
    late = final("agent", "no we can't do that", at=11_000, utterance=2, delay=6_000)
    inputs: list[Input] = [
        started(),
        final("agent", "I'll give you a free month", at=9_000),
        LatenessChanged(at_ms=18_000, behind_ms=6_000),
        late,
        DismissPrompt(at_ms=late.at_ms + 500, prompt_id="p1"),
        LatenessChanged(at_ms=40_000, behind_ms=0),
        hangup(200_000),
    ]
    stored = [event for item in inputs for event in call.handle(item)]
    again = rerun(playbook(), stored_call("c-1", stored))
    assert [(card.kind, card.late) for card in only(stored, Prompt)] == [("giveaway", False), ("refusal", True)]
    assert only(again, Prompt) == only(stored, Prompt)
    assert only(again, LatenessChanged) == only(stored, LatenessChanged)
    assert [closed.outcome for closed in only(again, PromptClosed)] == ["dismissed", "stale"]


def test_what_is_no_whole_call_raises() -> None:
    with pytest.raises(IllegalTransition):
        rerun(playbook(), stored_call("c-1", list(call_of(("agent", "hello")).finals)))


# ---- comparing -------------------------------------------------------------------------------------------


def test_new_and_lost_moments_are_counted_by_kind_and_rule_with_what_was_said_around_them() -> None:
    call = call_of(
        ("customer", "I want to cancel my contract"),
        ("agent", "please hold the line for a moment"),
        ("customer", "we can't wait"),
    )
    result = compared(call, new=other())
    (started_,) = result.examples.started
    assert (started_.kind, started_.rule, started_.words) == ("refusal", "refusal.extra", "hold the line")
    assert (started_.before, started_.text) == (
        "I want to cancel my contract",
        "please hold the line for a moment",
    )
    assert (started_.call_id, started_.speaker) == ("c-1", "agent")
    (stopped,) = result.examples.stopped
    assert (stopped.kind, stopped.before, stopped.text) == ("churn", "", "I want to cancel my contract")
    kinds = {tally.kind: (tally.old, tally.new, tally.started, tally.stopped) for tally in result.per_kind}
    assert kinds["refusal"] == (0, 1, 1, 0)
    assert kinds["churn"] == (1, 0, 0, 1)
    assert (result.calls, result.turns) == (1, 3)


def test_cards_and_alerts_are_counted_per_call() -> None:
    calls = [call_of(("agent", "hold the line"), call_id=f"c-{n}") for n in range(4)] + [
        call_of(("agent", "hello"))
    ]
    result = compared(*calls, new=other())
    assert (result.cards_per_call, result.alerts_per_call) == (
        OldAndNew(old=0.0, new=0.8),
        OldAndNew(old=0.0, new=0.8),
    )


def test_another_card_and_another_level_are_changes_though_the_cues_are_the_same() -> None:
    old, call = playbook(), call_of(("agent", "we can't do that"))
    (policy,) = (one for one in old.policies if one.id == "general")
    topic = replace(policy, topic="Something new")
    new = replace(old, policies=tuple(topic if one is policy else one for one in old.policies))
    result = compared(call, new=new)
    assert result.cards_per_call.old == result.cards_per_call.new
    changed = {(card.topic.startswith("Something new"), card.started, card.stopped) for card in result.cards}
    assert changed == {(True, 1, 0), (False, 0, 1)}
    louder = replace(old, alerts={kind: replace(one, level="critical") for kind, one in old.alerts.items()})
    result = compared(call_of(("customer", "I want to cancel my contract")), new=louder)
    changed_levels = {(one.level == "critical", one.started, one.stopped) for one in result.alerts}
    assert changed_levels == {(True, 1, 0), (False, 0, 1)}
    assert result.alerts_per_call.old == result.alerts_per_call.new


def test_another_rule_on_the_same_words_is_no_new_moment() -> None:
    renamed = replace(playbook(), rules=tuple(replace(rule, id=f"{rule.id}_2") for rule in playbook().rules))
    result = compared(call_of(("agent", "we can't do that")), new=renamed)
    assert [(tally.kind, tally.old, tally.new, tally.started, tally.stopped) for tally in result.per_kind] == [
        ("refusal", 1, 1, 0, 0),
        *[(tally.kind, tally.old, tally.new, 0, 0) for tally in result.per_kind if tally.kind != "refusal"],
    ]
    assert {tally.rule for tally in result.per_rule if tally.old} != {t.rule for t in result.per_rule if t.new}


def test_silence_and_what_was_not_said_are_compared_too() -> None:
    quiet = replace(playbook(), limits=replace(playbook().limits, silence_s=0), absences=())
    result = compared(call_of(("agent", "hello"), ("customer", "hi"), pause=60_000), new=quiet)
    kinds = {tally.kind: (tally.old, tally.new, tally.stopped) for tally in result.per_kind}
    assert kinds["silence"] == (2, 0, 2)
    assert kinds["missing"] == (1, 0, 1)
    assert [moment.text for moment in result.examples.stopped] == ["", "", ""]


def test_silence_before_hold_music_is_told_as_in_the_call() -> None:
    hello, hi = conversation(("agent", "hello"), ("customer", "hi"), pause=90_000)
    assert isinstance(hi, Final)
    began_ms, ended_ms = hi.start_ms - 20_000, hi.start_ms - 2_000
    music = [
        LineSoundChanged(at_ms=began_ms, speaker="agent", sound="music", since_ms=began_ms),
        LineSoundChanged(at_ms=ended_ms, speaker="agent", sound="none", since_ms=ended_ms),
    ]
    call = stored_call("c-1", [started(), cast("Final", hello), *music, hi, hangup(hi.end_ms)])
    silence = [cue for cue in only(rerun(playbook(), call), Cue) if cue.kind == "silence"]
    assert [cue.at_ms < began_ms for cue in silence] == [True]


def test_examples_show_a_few_of_every_rule() -> None:
    lines: list[Line] = [("customer", "I want to cancel my contract"), ("agent", "hold the line")]
    result = compared(*(call_of(*lines, call_id=f"c-{n}") for n in range(9)), new=other(), examples=3)
    assert [moment.call_id for moment in result.examples.started] == ["c-0", "c-1", "c-2"]
    assert len(result.examples.stopped) == 3
    assert next(tally for tally in result.per_rule if tally.rule == "refusal.extra").started == 9


def test_spanish_calls_run_through_spanish_playbooks() -> None:
    spanish = load_playbook(None, "es")
    result = compared(call_of(("agent", "lo siento pero no podemos hacer eso")), new=spanish, old=spanish)
    assert [(tally.kind, tally.old) for tally in result.per_kind if tally.kind == "refusal"] == [("refusal", 1)]
    assert not [event for event in rerun(spanish, call_of()) if isinstance(event, Cue) and event.kind == "refusal"]
