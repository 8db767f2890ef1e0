"""A number that is read out in groups stays masked whatever is said, or not said, between them."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import final, partial
from voiceassist.core.words.languages import ENGLISH, SPANISH, Language
from voiceassist.core.words.redact import CARRIED_MS, MASK, Redactor

GROUP_MASKED = " ".join([MASK] * 4)
CARDS = {
    "en": (ENGLISH, ["four one one one", "one one one two", "two two two three", "three three four four"]),
    "es": (SPANISH, ["cuatro uno uno uno", "uno uno uno dos", "dos dos dos tres", "tres tres cuatro cuatro"]),
}
ASIDES = {
    "en": ["", "um", "okay", "yes, yes", "hold on", "uh and then, um"],
    "es": ["", "eh", "sí", "vale, sí", "un momento", "mmm y luego, eh"],
}
CARD_AND_ASIDE = [(tag, aside) for tag, asides in ASIDES.items() for aside in asides]


def left(language: Language, *lines: str, pause: int = 100) -> list[str]:
    """What one side's lines, with pauses of `pause` ms, leave to be seen."""
    redactor, at, seen = Redactor(language), 0, list[str]()
    for utterance, line in enumerate(lines, start=1):
        event = redactor.redact(final("customer", line, at=at, utterance=utterance))
        at = event.end_ms + pause
        seen.append(event.text)
    return seen


@pytest.mark.parametrize(("tag", "aside"), CARD_AND_ASIDE)
def test_what_is_said_between_the_groups_uncovers_none_of_them(tag: str, aside: str) -> None:
    language, groups = CARDS[tag]
    lines = [line for group in groups for line in (group, aside)]
    assert left(language, *lines)[2::2] == [GROUP_MASKED] * 3


@pytest.mark.parametrize(("tag", "aside"), CARD_AND_ASIDE)
def test_what_is_said_ahead_of_a_group_or_behind_it_uncovers_none(tag: str, aside: str) -> None:
    language, groups = CARDS[tag]
    masked = f"{aside} {GROUP_MASKED}".strip()
    assert left(language, *(f"{aside} {group}".strip() for group in groups))[1:] == [masked] * 3
    masked = f"{GROUP_MASKED} {aside}".strip()
    assert left(language, *(f"{group} {aside}".strip() for group in groups))[1:] == [masked] * 3


@pytest.mark.parametrize(("tag", "aside"), CARD_AND_ASIDE)
def test_a_partial_is_masked_though_it_begins_with_something_else(tag: str, aside: str) -> None:
    language, groups = CARDS[tag]
    redactor = Redactor(language)
    said = redactor.redact(final("customer", groups[0]))
    second = partial("customer", f"{aside} {groups[1]}", at=said.end_ms + 100, utterance=2)
    assert redactor.redact(second).text.split()[-4:] == [MASK] * 4


@pytest.mark.parametrize("aside", ["okay", "um", "okay um yes"])
def test_a_partial_with_something_said_inside_the_number_is_masked(aside: str) -> None:
    redactor = Redactor(ENGLISH)
    said = redactor.redact(partial("customer", f"it is four one one one {aside} one one one"))
    assert said.text == f"it is {GROUP_MASKED} {aside} {' '.join([MASK] * 3)}"


@pytest.mark.parametrize("aside", ["um", "okay", "um, right"])
def test_a_hesitation_does_not_uncover_what_a_partial_has_hidden(aside: str) -> None:
    said = Redactor(ENGLISH).redact(partial("customer", f"it is four one one one {aside}"))
    assert said.text == f"it is {GROUP_MASKED} {aside}"


def test_a_sentence_between_two_short_numbers_ends_the_first() -> None:
    lines = ["it was order four eight two nine", "I have another one here", "that was order two two two three"]
    assert left(ENGLISH, *lines) == lines


def test_a_sentence_around_a_short_number_ends_the_one_before() -> None:
    lines = ["it was order four eight two nine", "I bought it in twenty nineteen"]
    assert left(ENGLISH, *lines) == lines


@pytest.mark.parametrize("line", ["in thirty days we will ask again", "for 30 days it is free"])
def test_an_amount_in_a_sentence_after_an_order_number_stays(line: str) -> None:
    assert left(ENGLISH, "your order is 482913", line)[1] == line


def test_a_group_goes_on_with_the_number_though_a_question_follows() -> None:
    seen = left(ENGLISH, "four one one one", "okay, one one one two, did you get that")
    assert seen[1] == f"okay, {GROUP_MASKED} did you get that"


def test_what_the_other_side_says_between_the_groups_changes_nothing() -> None:
    redactor = Redactor(ENGLISH)
    redactor.redact(final("customer", "four one one one"))
    redactor.redact(final("agent", "thank you very much, go on", at=1300))
    second = final("customer", "one one one two", at=3000, utterance=2)
    assert redactor.redact(second).text == GROUP_MASKED


def test_a_long_pause_ends_a_number() -> None:
    lines = ["order four eight two nine", "so two two two three was wrong all along"]
    assert left(ENGLISH, *lines, pause=CARRIED_MS + 1) == lines


def test_whoever_says_um_in_a_long_pause_is_still_reading_out() -> None:
    seen = left(ENGLISH, "four one one one", "um", "", "one one one two", pause=CARRIED_MS)
    assert seen == [GROUP_MASKED, "um", "", GROUP_MASKED]


@st.composite
def _numbers(draw: st.DrawFn) -> tuple[Language, list[str], list[list[str]]]:
    """Groups of digits in some language, and the hesitations and nothings that follow each of them."""
    language = draw(st.sampled_from([ENGLISH, SPANISH]))
    digit = st.sampled_from(sorted([*language.numbers.units, *language.numbers.tens]))
    groups = draw(st.lists(st.lists(digit, min_size=1, max_size=6).map(" ".join), min_size=2, max_size=5))
    filler = st.lists(st.sampled_from(sorted(language.fillers)), max_size=3).map(" ".join)
    between = st.lists(st.one_of(st.just(""), st.just("..."), filler), max_size=3)
    return language, groups, [draw(between) for _ in groups]


@given(spoken=_numbers())
def test_finals_without_content_between_the_groups_never_change_what_is_masked(
    spoken: tuple[Language, list[str], list[list[str]]],
) -> None:
    language, groups, between = spoken
    seen = left(
        language, *(line for group, after in zip(groups, between, strict=True) for line in (group, *after))
    )
    places = accumulate((1 + len(after) for after in between[:-1]), initial=0)
    assert [seen[place] for place in places] == left(language, *groups)
