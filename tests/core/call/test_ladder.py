"""The abuse ladder: cards and alerts rise with what the customer says."""

import pytest

from tests.builders import Line, conversation, drive, final, live_call, only, partial, play
from tests.core.playbooks import tiny
from voiceassist.actions import SayFine
from voiceassist.core.playbook.model import Playbook
from voiceassist.events import Alert, Cue, Event, Input, Prompt

CALM, BOUNDARY, WARNING, END = (
    "Stay calm, name the problem",
    "Set a boundary",
    "Warn once",
    "You may end the call now",
)


def headlines(*texts: str) -> list[str]:
    lines = [final("customer", text, at=i * 30_000, utterance=i + 1) for i, text in enumerate(texts)]
    return [card.headline for card in only(play(*lines), Prompt)]


def test_each_kind_has_its_lowest_rung() -> None:
    assert headlines("this damn website") == [CALM]
    assert headlines("you are an idiot") == [BOUNDARY]
    assert headlines("I will hurt you") == [WARNING]
    assert headlines("what are you wearing") == [WARNING]


def test_abuse_that_goes_on_climbs_to_the_end_of_the_call() -> None:
    assert headlines("you are an idiot", "you are a liar", "you are a moron") == [BOUNDARY, WARNING, END]


def test_swearing_at_nobody_never_climbs() -> None:
    assert headlines("this damn website", "damn it", "this is bullshit") == [CALM]


def test_a_threat_after_an_insult_is_one_rung_up() -> None:
    assert headlines("this damn thing", "you are an idiot", "I will hurt you") == [CALM, BOUNDARY, WARNING]


def test_two_insults_in_one_outburst_take_one_rung() -> None:
    assert headlines("you are an idiot and also I think that go to hell", "you are a liar") == [BOUNDARY, WARNING]


def test_an_outburst_that_pauses_cut_into_utterances_takes_one_rung() -> None:
    insult: Line = ("customer", "you are an idiot")
    outburst = conversation(*[insult] * 4, pause=400)
    assert [card.headline for card in only(play(*outburst), Prompt)] == [BOUNDARY]
    shown = only(play(*conversation(insult, ("agent", "please calm down"), insult, pause=400)), Prompt)
    assert [card.headline for card in shown] == [BOUNDARY, WARNING]


def test_an_utterance_stays_one_outburst_when_the_agent_talks_into_it() -> None:
    book = tiny()
    call = live_call(with_playbook=book)
    said = "idiot that is what you are and always will be"
    inputs: list[Input] = [
        partial("customer", said),
        final("agent", "hold on", at=1_000),
        final("customer", f"{said} you idiot"),
    ]
    assert [card.headline for card in only(drive(call, inputs), Prompt)] == ["Boundary"]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("you are an idiot", "warning"),
        ("I will hurt you", "critical"),
        ("you filthy immigrant", "critical"),
        ("what are you wearing", "critical"),
        ("my lawyer will hear about this", "warning"),
        ("I want to speak to a manager", "warning"),
        ("I will cancel my contract", "info"),
    ],
)
def test_the_supervisor_hears_of_it_at_the_right_level(text: str, level: str) -> None:
    assert [alert.level for alert in only(play(final("customer", text)), Alert)] == [level]


@pytest.mark.parametrize("text", ["I am fed up", "this damn thing", "this is killing me", "I want to buy a phone"])
def test_the_supervisor_is_left_alone_with_what_is_no_abuse(text: str) -> None:
    assert only(play(final("customer", text)), Alert) == []


def test_swearing_that_goes_on_is_told_once() -> None:
    lines: list[Line] = [
        ("customer", text) for text in ("damn it", "this bloody thing", "oh crap", "what the hell", "damn")
    ]
    alerts = only(play(*conversation(*lines)), Alert)
    assert [(alert.kind, alert.level) for alert in alerts] == [("profanity", "info")]


def test_an_agent_who_is_fine_needs_no_abuse_card() -> None:
    call = live_call()
    drive(call, [final("customer", "you are an idiot")])
    kinds = [type(event).__name__ for event in call.handle(SayFine(at_ms=3000))]
    assert kinds == ["AgentFine", "PromptClosed"]


def test_the_agents_own_words_are_never_abuse() -> None:
    assert only(play(final("agent", "you are an idiot")), Cue) == []


# ---- levels and forgetting ----


def insults(book: Playbook, *starts: int) -> list[Event]:
    call = live_call(with_playbook=book)
    return [
        event
        for number, start in enumerate(starts, start=1)
        for event in call.handle(final("customer", "idiot", at=start, utterance=number))
    ]


def test_the_alert_of_a_climb_is_at_least_as_urgent_as_its_rung() -> None:
    book = tiny(("rungs:", "levels: {boundary: info, warning: critical}\n  rungs:"))
    assert [alert.level for alert in only(insults(book, 0, 60_000), Alert)] == ["info", "critical"]


def test_a_more_urgent_rung_breaks_the_cooldown_of_the_alert_and_the_same_one_does_not() -> None:
    levels = [alert.level for alert in only(insults(tiny(), 0, 60_000, 120_000), Alert)]
    assert levels == ["info"]
    book = tiny(("rungs:", "levels: {warning: warning}\n  rungs:"))
    assert [alert.level for alert in only(insults(book, 0, 60_000, 120_000), Alert)] == ["info", "warning"]


def test_a_rung_never_makes_an_alert_less_urgent() -> None:
    book = tiny(
        ("insult: {level: info", "insult: {level: critical"), ("rungs:", "levels: {boundary: info}\n  rungs:")
    )
    assert [alert.level for alert in only(insults(book, 0), Alert)] == ["critical"]


def test_a_long_time_without_abuse_starts_again_at_the_bottom() -> None:
    book = tiny(("rungs:", "forget_s: 300\n  rungs:"))
    shown = [card.headline for card in only(insults(book, 0, 200_000, 600_000), Prompt)]
    assert shown == ["Boundary", "Warning", "Boundary"]


def test_nothing_is_forgotten_where_the_playbook_does_not_say_so() -> None:
    shown = [card.headline for card in only(insults(tiny(), 0, 3_000_000), Prompt)]
    assert shown == ["Boundary", "Warning"]
