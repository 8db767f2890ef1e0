"""Private words that only the question before, the name behind or their shape tells."""

import pytest

from voiceassist.core.words.languages import language_rules
from voiceassist.core.words.redact import Redactor
from voiceassist.events import Final, Speaker, Word


def heard(*lines: str, language: str = "en") -> list[str]:
    """What a call shows of these lines; one of the agent begins with "A:"."""
    redactor, at = Redactor(language_rules(language)), 0
    shown = list[str]()
    for number, line in enumerate(lines, start=1):
        speaker: Speaker = "agent" if line.startswith("A:") else "customer"
        words = line.removeprefix("A:").split()
        spoken = tuple(
            Word(text=word, start_ms=at + i * 300, end_ms=at + (i + 1) * 300, confidence=1.0)
            for i, word in enumerate(words)
        )
        end = at + len(words) * 300
        final = Final(
            at_ms=end, speaker=speaker, utterance=number, text=" ".join(words), words=spoken, start_ms=at,
            end_ms=end, confidence=1.0,
        )  # fmt: skip
        shown.append(redactor.redact(final).text)
        at = end + 900
    return shown


@pytest.mark.parametrize(
    ("asked", "answered", "shown"),
    [
        ("A: what's your password", "rosebud", "***"),
        ("A: could you tell me the memorable word on the account", "um yes blue cottage", "um yes *** ***"),
        ("A: and the secret answer please", "it's fluffy thanks", "it's *** thanks"),
        ("A: what is your mother's maiden name", "that was hopkins", "that was ***"),
        ("A: what is your password", "I don't know it", "I don't know it"),
        ("A: what is the password", "I forgot it", "I forgot it"),
        ("A: have you forgotten your password", "yes can you reset it", "yes can you reset it"),
        ("A: I will reset your password now", "great thank you", "great thank you"),
        ("can you tell me my password", "A: certainly one moment", "certainly one moment"),
    ],
)
def test_the_answer_to_a_question_for_a_password_is_hidden(asked: str, answered: str, shown: str) -> None:
    assert heard(asked, answered)[1] == shown


def test_a_caller_may_take_time_to_answer_and_is_masked_no_longer_after_it() -> None:
    lines = heard("A: what is the security word", "let me think", "sunshine", "and my parcel is late")
    assert lines[1:] == ["let me think", "***", "and my parcel is late"]


def test_a_long_answer_is_no_password() -> None:
    long = "I always write those things down somewhere honestly"
    assert heard("A: what is your password", long)[1] == long


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("2486 is my pin", "*** is my pin"),
        ("we use nine nine four as the security code", "we use *** *** *** as the security code"),
        ("I paid 2486 for the pin machine", "I paid 2486 for the pin machine"),
        ("it is in 48 hours that my password expires", "it is in 48 hours that my password expires"),
    ],
)
def test_a_code_is_hidden_where_its_name_comes_behind_it(said: str, shown: str) -> None:
    assert heard(said) == [shown]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("we live in 14 church street leeds", "we live in *** *** *** ***"),
        ("it is a five minute walk down the road", "it is a five minute walk down the road"),
        ("that one street is closed", "that one street is closed"),
    ],
)
def test_an_address_is_known_by_its_shape(said: str, shown: str) -> None:
    assert heard(said) == [shown]


def test_a_question_tells_what_an_answer_is() -> None:
    assert heard("A: when does it expire", "july twenty nine")[1] == "*** *** ***"
    assert heard("my warranty expires in july twenty nine") == ["my warranty expires in july twenty nine"]
    assert heard("A: where do you live", "twelve mill lane")[1] == "*** *** ***"
    assert heard("A: me dice su dirección", "calle mayor doce", language="es")[1] == "*** *** ***"
    asked = heard("A: cuándo nació", "el tres de mayo", language="es")
    assert asked[1] == "el *** *** ***"


@pytest.mark.parametrize(
    "said",
    [
        "one two three four five six seven",
        "two four six eight ten twelve",
        "six ninety nine please",
        "thirteen ninety five",
        "three point one four one five nine two six",
        "above thirty forty thousand a year",
    ],
)
def test_counting_prices_and_decimals_stay(said: str) -> None:
    assert heard(said) == [said]


def test_the_same_numbers_are_hidden_where_a_number_is_asked_for() -> None:
    assert heard("A: what is your card number", "one two three four")[1] == "*** *** *** ***"
    assert heard("A: and the pin", "six ninety nine")[1] == "*** *** ***"


def test_an_account_stays_hidden_behind_a_word_for_money() -> None:
    assert heard("you can pay it into 1234 5678") == ["you can pay it into *** ***"]
