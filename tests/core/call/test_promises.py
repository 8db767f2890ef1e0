"""Promises with a day or a time in what the agent says, and nothing that only looks like one."""

import pytest

from tests.builders import final, only, partial, play
from voiceassist.core.call.promises import LATER_MS, promises_in
from voiceassist.core.words.languages import NEUTRAL, language_rules
from voiceassist.events import Event, PromiseHeard

ENGLISH = [
    ("I'll call you back by Friday.", "by Friday"),
    ("okay I will send it to you tomorrow morning then", "tomorrow morning"),
    ("You will receive an email in the next 24 hours", "in the next 24 hours"),
    ("someone from the branch hmm someone will contact you by the end of the day", "by the end of the day"),
    ("a technician will come on Tuesday afternoon by five thirty", "on Tuesday afternoon by five thirty"),
    ("my team leader will call you tomorrow", "tomorrow"),
    ("your refund will arrive no later than March 3rd", "no later than March 3rd"),
    ("we're going to repair that within five to seven business days", "within five to seven business days"),
    ("I promise you have it at 5 pm", "at 5 pm"),
    ("we will write to you on the 21st", "on the 21st"),
]
SPANISH = [
    ("le llamaré mañana por la mañana", "mañana por la mañana"),
    ("Vamos a enviarle el reembolso antes del viernes.", "antes del viernes"),
    ("recibirá el dinero en tres a cinco días hábiles", "en tres a cinco días hábiles"),
    ("mi compañera le llama a las cinco de la tarde", "a las cinco de la tarde"),
    ("un técnico le visitará el 15 de marzo", "el 15 de marzo"),
]
NO_PROMISES = [
    "I will get back to you",  # by when is not said
    "I will not be able to do that until Friday",
    "we'll be closed on Monday",
    "I'll put you on hold for two minutes",
    "I will be happy to help you today",
    "I will look at two options for you",
    "the parcel came on Tuesday",
    "you called us on Monday",
]


def promised(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Words and time of each promise in what the agent says."""
    found = promises_in(final("agent", text), language_rules(language))
    return [(promise.words, promise.when) for promise in found]


@pytest.mark.parametrize(("text", "when"), ENGLISH)
def test_a_promise_is_found_with_the_words_that_say_by_when(text: str, when: str) -> None:
    ((words, found),) = promised(text)
    assert found == when
    assert words.endswith(when)
    assert words in text


@pytest.mark.parametrize(("text", "when"), SPANISH)
def test_a_spanish_promise_is_found_too(text: str, when: str) -> None:
    ((_, found),) = promised(text, "es-MX")
    assert found == when


@pytest.mark.parametrize("text", NO_PROMISES)
def test_what_is_no_promise_or_has_no_time_is_not_told(text: str) -> None:
    assert promised(text) == []


@pytest.mark.parametrize("text", ["no le puedo llamar hasta el lunes", "el paquete llegó el martes"])
def test_what_is_no_promise_in_spanish_is_not_told(text: str) -> None:
    assert promised(text, "es") == []


def test_two_promises_of_one_utterance_are_told_apart() -> None:
    said = "I'll refund it today and we will send the label by Monday"
    assert [when for _, when in promised(said)] == ["today", "by Monday"]


def test_a_language_without_such_words_has_no_promises() -> None:
    assert promises_in(final("agent", "ich rufe Sie am Freitag an"), NEUTRAL) == []


def test_a_call_tells_the_agents_promises_once_and_when_they_were_spoken() -> None:
    text = "well I will call you by Friday"
    events = play(partial("agent", text, at=9_000), final("agent", text, at=9_000), final("customer", text))
    (told,) = only(events, PromiseHeard)
    assert (told.start_ms, told.end_ms, told.utterance) == (9_300, 11_100, 1)


def in_two(first: str, second: str, *, pause_ms: int = 1_000, between: str = "") -> list[Event]:
    """A call in which the agent says one thing after a pause, and the customer something in it."""
    began = final("agent", first)
    asked = [final("customer", between, at=began.end_ms + 200)] if between else []
    return play(began, *asked, final("agent", second, at=began.end_ms + pause_ms, utterance=2))


@pytest.mark.parametrize("second", ["By Friday.", "by Friday at the latest", "um tomorrow morning"])
def test_a_promise_whose_time_follows_after_a_pause_is_told_whole(second: str) -> None:
    (told,) = only(in_two("okay I will call you back", second), PromiseHeard)
    assert told.words.startswith("I will call you back")
    assert told.words.endswith(told.when)
    assert (told.start_ms, told.utterance) == (300, 2)


def test_a_customer_who_asks_by_when_makes_it_whole_too() -> None:
    events = in_two("we will send you the label", "by Monday", pause_ms=3_000, between="by when")
    assert [told.when for told in only(events, PromiseHeard)] == ["by Monday"]


@pytest.mark.parametrize(
    ("first", "second", "pause_ms"),
    [
        ("I will get back to you", "tomorrow is a holiday for all of us here", 1_000),
        ("I will get back to you", "you called us on Monday", 1_000),
        ("I will call you back by Friday", "by Friday", 1_000),  # said again
        ("I will get back to you", "by Friday", LATER_MS + 1),
        ("the parcel is on its way", "by Friday", 1_000),
    ],
)
def test_a_time_that_follows_makes_no_other_promise(first: str, second: str, pause_ms: int) -> None:
    alone = [told.when for told in promises_in(final("agent", first), language_rules("en"))]
    assert [told.when for told in only(in_two(first, second, pause_ms=pause_ms), PromiseHeard)] == alone
