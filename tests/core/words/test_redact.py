"""Personal data is masked before anything leaves the core."""

import pytest

from tests.builders import final, live_call, only, partial, play
from voiceassist.core.words.languages import ENGLISH
from voiceassist.core.words.redact import MASK, masked_words
from voiceassist.events import Cue, Final, Partial


def masked(text: str, *, carried: int = 0, growing: bool = False) -> str:
    return " ".join(masked_words(text.split(), ENGLISH, carried=carried, growing=growing))


@pytest.mark.parametrize(
    "number",
    [
        "4111111111111111",
        "4111-1111-1111-1111",
        "4111 1111 1111 1111",
        "four one one one, one one one one, two two two two",
        "forty one eleven fifty two eighteen",
        "double four triple seven nine oh two",
        "four one one um one one one two two",
        "(555) 123-4567",
        "+15551234567",
        "0800 dash 555 dash 123",
        "four one one one okay one one one two, right, two two two three",
    ],
)
def test_a_long_number_is_masked(number: str) -> None:
    words = f"it is {number} thanks".split()
    seen = [word.strip(",") for word in masked_words(words, ENGLISH)]
    assert set(seen) - {"um", "okay", "right", "dash"} == {"it", "is", MASK, "thanks"}


@pytest.mark.parametrize(
    "text",
    [
        "my order number is four two seven nine",
        "nine dollars and ninety nine cents",
        "thirty days and two weeks",
        "it costs $1,299.00 or 1,250,000 points",
        "on 21/11/2026 at 10:30",
        "one of us and one of you",
        "order 482913",
    ],
)
def test_amounts_dates_and_short_numbers_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("write to jane.doe@example.com please", f"write to {MASK} please"),
        ("it is jane at example dot com okay", f"it is {MASK} {MASK} {MASK} {MASK} {MASK} okay"),
        ("jane dot doe at mail dot example dot org", " ".join([MASK] * 9)),
        ("mail j d 7 at example dot com", " ".join(["mail", *[MASK] * 7])),
    ],
)
def test_an_address_is_masked(text: str, left: str) -> None:
    assert masked(text) == left


def test_a_place_is_no_address() -> None:
    assert masked("meet me at the shop at noon") == "meet me at the shop at noon"


def test_a_number_still_growing_in_a_partial_is_masked_early() -> None:
    assert masked("it is four one one one", growing=True) == f"it is {' '.join([MASK] * 4)}"


def test_a_number_read_out_in_groups_is_masked_from_its_first_group_on() -> None:
    first = final("customer", "so it is four one one one")
    second = final("customer", "two two two two", at=first.end_ms + 1000, utterance=2)
    third = final("customer", "three three three three", at=second.end_ms + 1000, utterance=3)
    group = " ".join([MASK] * 4)
    assert [event.text for event in only(play(first, second, third), Final)] == [f"so it is {group}", group, group]


def test_words_and_text_leave_the_call_masked_with_their_times() -> None:
    heard = final("customer", "my card is 4111 1111 1111 1111 you idiot")
    event = only(play(heard), Final)[0]
    assert "4111" not in event.text + " ".join(word.text for word in event.words)
    assert [(w.start_ms, w.end_ms) for w in event.words] == [(w.start_ms, w.end_ms) for w in heard.words]


def test_partials_are_masked_too() -> None:
    event = only(play(partial("customer", "4111 1111 1111 1111")), Partial)[0]
    assert event.text == " ".join([MASK] * 4)


def test_a_cue_beside_a_number_quotes_no_digit() -> None:
    events = live_call().handle(final("customer", "you 4111 1111 1111 1111 idiot you are useless"))
    assert all("1" not in cue.words for cue in only(events, Cue))


@pytest.mark.parametrize("made_of", ["x", "1.", ".", "a1", "a@", "'", "é"])
def test_each_letter_of_a_word_is_read_once_however_long_it_is(made_of: str) -> None:
    word = "1" + made_of * 500_000 + "a"  # read once for each of its letters, it would take days
    assert masked(f"it is {word} okay").split()[:2] == ["it", "is"]
