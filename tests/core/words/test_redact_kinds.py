"""Everything that callers say about themselves is masked, in partials too; ordinary numbers are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import final, partial
from voiceassist.core.words.languages import ENGLISH, SPANISH, Language
from voiceassist.core.words.redact import MASK, Redactor
from voiceassist.events import Speaker

# Words in brackets are private.
PRIVATE_EN = [
    "my card number is [four one one one and one one one one and one one one one and one one one one]",
    "[four one one one] [and then the next four are one one one one]",
    "it's [nought two oh seven nine four six nought nought]",
    "[forty one hundred eleven hundred eleven hundred eleven hundred]",
    "it is [four one one for one one one two won one]",
    '"[4111-1111]-" (#[4111,1111,1111,1111])',
    "[4111\u20131111\u20131111\u20131111] yes",
    "my iban is [DE89370400440532013000]",
    "my iban is [GB29 NWBK 6016 1331 9268 19]",
    "[4111, no, 4112 1111 1111 1111]",
    "[four one one] [one one one] [one one one]",
    "the security code is [four two one]",
    "my card it expires [oh four twenty seven]",
    "my pin is [one two three four]",
    "my date of birth is [the fourth] [of may nineteen eighty two]",
    "the last four of my social are [six seven eight nine]",
    "sort code [twelve thirty four fifty six]",
    "my passport number is [x y four five two one three]",
    "my address is [twelve long lane springfield] thanks",
    "the password is [sunshine cottage] thanks",
    "it is [jane at gmail com] okay",
    "[jane dot doe at northwind dot dev]",
    "national insurance [a b one two three four five six c]",
]
PRIVATE_ES = [
    "mi tarjeta es la [cuatro uno uno uno] y luego [uno uno uno uno uno]",
    "el código de seguridad es [cuatro dos uno]",
    "mi fecha de nacimiento es el [cuatro de mayo de mil novecientos ochenta y dos]",
    "vivo en la [calle mayor doce tercero izquierda] gracias",
    "mi pin es [uno dos tres cuatro]",
    "mi contraseña es [girasol azul] gracias",
    "mi correo es [ana arroba gmail punto com]",
    "mi dni es [doce treinta y cuatro cincuenta y seis setenta y ocho]",
]
BETWEEN = {"and", "y", "then", "the", "next", "are", "de", "no"}  # tell nothing and are shown
CASES = [(ENGLISH, text) for text in PRIVATE_EN] + [(SPANISH, text) for text in PRIVATE_ES]
ORDINARY_EN = [
    "I bought it in twenty nineteen",
    "call me at ten thirty",
    "it will arrive on the fourth of may",
    "my order number is four eight two nine one three",
    "it was nineteen ninety nine and twenty nine ninety nine",
    "one thousand two hundred and thirty four dollars",
    "I forgot my password and it is not working",
    "your card has two charges of 300 dollars",
    "send it to my sister",
    "no one told me that one was broken",
    "we had two people and three rooms for four nights",
    "my email is not working",
    "look at the red dot on it",
    "the contract expires in thirty days",
]


def private_and_plain(marked: str) -> tuple[list[str], set[int]]:
    """The words without brackets, and the indexes of those inside."""
    inside, private, plain = False, set[int](), list[str]()
    for index, word in enumerate(marked.split()):
        inside = inside or "[" in word
        if inside:
            private.add(index)
        inside = inside and "]" not in word
        plain.append(word.replace("[", "").replace("]", ""))
    return plain, private


def shown(language: Language, *lines: tuple[Speaker, str]) -> list[str]:
    """What the finals of both sides show."""
    redactor, at, seen = Redactor(language), 0, list[str]()
    for number, (speaker, line) in enumerate(lines, start=1):
        event = redactor.redact(final(speaker, line, at=at, utterance=number))
        at = event.end_ms + 500
        seen.append(event.text)
    return seen


@pytest.mark.parametrize(("language", "marked"), CASES, ids=[text for _, text in CASES])
def test_what_is_private_is_masked(language: Language, marked: str) -> None:
    plain, private = private_and_plain(marked)
    seen = shown(language, ("customer", " ".join(plain)))[0].split()
    values = {i for i in private if plain[i].strip(",") not in BETWEEN}
    assert {i for i, word in enumerate(seen) if word != MASK} & values == set(), seen


@pytest.mark.parametrize("text", ORDINARY_EN)
def test_ordinary_numbers_are_shown(text: str) -> None:
    assert shown(ENGLISH, ("customer", text)) == [text]


@pytest.mark.parametrize(("language", "marked"), CASES, ids=[text for _, text in CASES])
def test_no_partial_shows_a_word_that_the_final_masks(language: Language, marked: str) -> None:
    plain, _ = private_and_plain(marked)
    _no_partial_shows_more(language, plain)


PIECES = [
    "four",
    "one",
    "two",
    "double",
    "oh",
    "thirty",
    "ninety",
    "hundred",
    "and",
    "then",
    "the",
    "next",
    "no",
    "sorry",
    "um",
    "okay",
    "dollars",
    "days",
    "my",
    "is",
    "card",
    "number",
    "password",
    "pin",
    "date",
    "of",
    "birth",
    "may",
    "first",
    "address",
    "at",
    "gmail",
    "com",
    "dot",
    "email",
    "security",
    "code",
    "order",
    "4111",
    "12,50",
    "1.299",
    "DE89",
    "a",
    "b",
]


@given(said=st.lists(st.sampled_from(PIECES), min_size=1, max_size=14))
def test_no_partial_of_any_line_shows_a_word_that_the_final_masks(said: list[str]) -> None:
    _no_partial_shows_more(ENGLISH, said)


def _no_partial_shows_more(language: Language, said: list[str]) -> None:
    redactor = Redactor(language)
    partials = [redactor.redact(partial("customer", " ".join(said[:size]))) for size in range(1, len(said) + 1)]
    whole = redactor.redact(final("customer", " ".join(said))).text.split()
    for size, event in enumerate(partials, start=1):
        heard = event.text.split()
        shown = [i for i, word in enumerate(whole[:size]) if word == MASK and heard[i] != MASK]
        # The plain word that an address begins with is known when its "at" or "dot" is heard.
        shown = [i for i in shown if i + 1 < size or not {*said[i + 1 : i + 2]} & {"at", "dot", "arroba", "punto"}]
        assert not shown, (event.text, whole)


def test_the_agent_reads_a_number_back_and_it_stays_hidden() -> None:
    seen = shown(
        ENGLISH,
        ("agent", "what is the number of your card, please"),
        ("customer", "four two four two"),
        ("customer", "one one one one"),
        ("customer", "five five two nine three three three six"),
        ("agent", "so that is four two four two one one one one"),
        ("agent", "and it ends in three three three six"),
    )
    assert not [word for line in seen for word in line.split() if word in ENGLISH.numbers.units]


def test_an_answer_to_a_question_about_an_order_is_shown() -> None:
    lines = [("agent", "what is your order number"), ("customer", "four eight two nine")]
    assert shown(ENGLISH, *lines) == [text for _, text in lines]  # type: ignore[arg-type]


def test_a_date_of_birth_that_was_asked_for_is_masked() -> None:
    seen = shown(
        ENGLISH,
        ("agent", "can I have your date of birth"),
        ("customer", "sure, fourth of may nineteen eighty two"),
    )
    assert seen[1] == f"sure, {' '.join([MASK] * 6)}"


def test_a_kind_may_be_dropped_or_kept() -> None:
    said = final("customer", "my pin is one two three four okay")
    assert Redactor(ENGLISH, {"password": "drop"}).redact(said).text == "my pin is okay"
    assert Redactor(ENGLISH, {"password": "keep"}).redact(said) == said
