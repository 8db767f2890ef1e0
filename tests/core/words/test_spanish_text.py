"""Spanish words: what spelling may not change, what it may, and the numbers and addresses that are masked."""

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import final, only, partial
from tests.core.spanish import live_call, respelt, without_accents
from voiceassist.core.words.languages import SPANISH
from voiceassist.core.words.phrases import Lexicon, compile_phrase, rendered
from voiceassist.core.words.redact import MASK, masked_words
from voiceassist.core.words.text import tokenise_text
from voiceassist.events import Final, Partial

PHRASES = ["no (puedo|podemos) devolver*", "hasta mañana", "(gerente|jefe) de el banco", "año", "qué tal"]


def texts(sentence: str) -> list[str]:
    return [token.text for token in tokenise_text(sentence, SPANISH)]


def found(phrase: str, sentence: str) -> bool:
    expression = compile_phrase(phrase, Lexicon(SPANISH))
    return re2.search(expression, rendered(tokenise_text(sentence, SPANISH))) is not None


def masked(text: str, *, growing: bool = False) -> str:
    return " ".join(masked_words(text.split(), SPANISH, growing=growing))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("¿Qué?", "que"),
        ("¡Sí!", "si"),
        ("SÍ", "si"),
        ("si\u0301", "si"),  # letter and accent apart
        ("pingüino", "pinguino"),
        ("mañana", "mañana"),
        ("man\u0303ana", "mañana"),
        ("del", "de el"),
        ("al", "a el"),
        ("tal vez", "tal vez"),
        ("talvez", "tal vez"),
        ("devolvérselo", "devolverselo"),
        ("este, pues, bueno", "este pues bueno"),
    ],
)
def test_words_are_spelt_in_one_way(written: str, meant: str) -> None:
    assert texts(written) == meant.split()


def test_hesitations_and_stutters_are_skipped() -> None:
    assert texts("eh no no puedo, em, no puedo mmm devolverlo") == ["no", "puedo", "devolverlo"]


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("mañana", "manana"),
        ("mañana", "MAÑANA"),
        ("si", "sí"),
        ("qué tal", "que tal"),
        ("que tal", "¿qué tal?"),
        ("con el gerente", "con él gerente"),
        ("de el banco", "el dinero del banco"),
        ("del banco", "el dinero de el banco"),
        ("tal vez", "talvez"),
    ],
)
def test_a_phrase_finds_other_spellings(phrase: str, sentence: str) -> None:
    assert found(phrase, sentence)


@pytest.mark.parametrize(("phrase", "sentence"), [("una", "uña"), ("cono", "coño"), ("ano", "año")])
def test_who_writes_the_tilde_means_it(phrase: str, sentence: str) -> None:
    assert not found(phrase, sentence)


@given(data=st.data(), phrase=st.sampled_from(PHRASES))
def test_spelling_changes_no_match(data: st.DataObject, phrase: str) -> None:
    sentence = data.draw(
        st.sampled_from(["No puedo devolvérselo.", "Hasta mañana", "el gerente del banco", "¿Qué tal el año?"])
    )
    assert found(phrase, data.draw(respelt(sentence))) == found(phrase, sentence)


@pytest.mark.parametrize(
    "number",
    [
        "cuatro uno uno uno uno dos dos dos",
        "seis doce, treinta y cuatro, cincuenta y seis, setenta y ocho",
        "seiscientos doce treinta y cuatro cincuenta y seis setenta y ocho",
        "seis doce treinta cuatro cincuenta seis setenta ocho",
        "doble cero cinco dos uno guion tres tres cuatro",
        "triple siete eh ocho ocho nueve uno",
        "veintidós dieciséis veintitrés cero uno",
        "veintidos dieciseis veintitres cero uno",
        "cincuenta y cinco, doce, treinta y cuatro, cincuenta y seis",
        "612 345 678",
        "12.345.678",
    ],
)
def test_a_long_number_is_masked(number: str) -> None:
    words = f"es el {number} gracias".split()
    seen = set(masked_words(words, SPANISH))
    assert seen - {"y", "eh", "guion"} == {"es", "el", MASK, "gracias"}


@pytest.mark.parametrize(
    "text",
    [
        "mil doscientos treinta y cuatro pesos",
        "dos mil trescientos cuarenta y cinco con cincuenta",
        "novecientos noventa y nueve euros",
        "treinta y uno de diciembre de mil novecientos ochenta y cuatro",
        "son 1.250.000 pesos o 1,250,000 pesos",
        "cuesta 12,50 o 1.299,00 euros",
        "el 21/11/2026 a las 10:30",
        "uno de ustedes y una de nosotras",
        "entre dos y tres semanas y cuatro días",
    ],
)
def test_amounts_dates_and_short_numbers_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("es ana arroba ejemplo punto com gracias", slice(1, 6)),
        ("es ana punto pérez arroba ejemplo punto com punto mx", slice(1, 8)),
        ("es ana guion bajo pérez arroba ejemplo punto es vale", slice(1, 9)),
        ("es ana guión pérez arroba correo punto ejemplo punto com", slice(1, 10)),
        ("es a n a siete arroba ejemplo punto con", slice(4, 9)),
    ],
)
def test_a_spoken_address_is_masked(text: str, hidden: slice) -> None:
    words = text.split()
    at = range(len(words))[hidden]
    assert masked(text).split()[hidden] == [MASK] * len(at)
    assert masked(text).split()[0] == "es"


def test_other_points_are_no_address() -> None:
    text = "hasta cierto punto es mejor y punto"
    assert masked(text) == text


@given(
    data=st.data(),
    number=st.lists(st.sampled_from(sorted(SPANISH.numbers.units)), min_size=7, max_size=16).map(" ".join),
)
def test_a_number_is_masked_however_it_is_spelt(data: st.DataObject, number: str) -> None:
    spelt = data.draw(respelt(f"tarjeta {number} gracias"))
    assert not set(without_accents(masked(spelt)).lower().split()) & set(SPANISH.numbers.units)


def test_a_spanish_call_masks_finals_and_partials_with_their_times() -> None:
    heard = final("customer", "mi tarjeta es cuatro uno uno uno dos dos dos dos imbécil")
    event = only(live_call().handle(heard), Final)[0]
    assert event.text == f"mi tarjeta es {' '.join([MASK] * 8)} imbécil"
    assert [word.start_ms for word in event.words] == [word.start_ms for word in heard.words]
    early = only(live_call().handle(partial("customer", "es cuatro uno uno uno")), Partial)[0]
    assert early.text == f"es {' '.join([MASK] * 4)}"
