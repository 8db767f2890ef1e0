"""Languages are data: the rest of the core knows no word of any, and one without rules gets nobody else's."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import voiceassist.core
from tests.builders import final, only, playbook, started
from voiceassist.core.call.call import Call
from voiceassist.core.words.languages import ENGLISH, KNOWN, NEUTRAL, Language, language_rules, primary_subtag
from voiceassist.core.words.redact import MASK, masked_words
from voiceassist.core.words.text import canonical, tokenise_text
from voiceassist.errors import PlaybookError
from voiceassist.events import Final
from voiceassist.playbook_file.parse import parse_playbook
from voiceassist.playbooks import load_playbook

CORE = Path(voiceassist.core.__file__).parent
LANGUAGES = [*KNOWN.values(), NEUTRAL]
NAMES = {"info", "yes"}  # an alert's level, and the end of a domain; what YAML takes for true


@pytest.mark.parametrize("tag", ["en", "EN", "en-US", "en_GB", "en-Latn-US"])
def test_a_country_does_not_change_the_language(tag: str) -> None:
    assert language_rules(tag) is ENGLISH


@pytest.mark.parametrize("tag", ["de", "zh-TW", "eng", "", "-", "x" * 35])
def test_a_language_without_rules_gets_nobody_elses(tag: str) -> None:
    rules = language_rules(tag)
    assert rules is NEUTRAL
    assert [token.text for token in tokenise_text("Er can't, um, one two", rules)] == [
        *("er", "cant", "um", "one", "two")
    ]


def test_without_rules_what_is_written_in_digits_is_still_masked() -> None:
    said = ["karte", "4111", "1111", "1111", "1111", "mail", "j@example.com", *["eins"] * 8, *["one"] * 8]
    assert masked_words(said, NEUTRAL) == ["karte", *[MASK] * 4, "mail", MASK, *said[7:]]


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("नहीं", ("नहीं",)),  # Hindi writes its vowels as signs
        ("„größer“", ("größer",)),
        ("gro\u0308ßer", ("größer",)),  # letter and dots apart
        ("l'eau", ("leau",)),
        ("你好。", ("你好",)),
        ("auf\u00adhören", ("aufhören",)),  # a soft hyphen is no character
    ],
)
def test_letters_of_every_script_are_words(written: str, tokens: tuple[str, ...]) -> None:
    assert canonical(written, NEUTRAL) == tokens


@given(text=st.text(st.characters(categories=("L", "M", "N", "P", "S", "Z", "Cf", "Cs"))))
def test_any_text_has_tokens_that_stay_what_they_are(text: str) -> None:
    for language in LANGUAGES:
        texts = [token.text for token in tokenise_text(text, language)]
        assert all(token and not set(token) & set("<>") for token in texts)
        assert len(masked_words(text.split(), language)) == len(text.split())


@pytest.mark.parametrize("language", KNOWN.values(), ids=list(KNOWN))
def test_the_words_of_a_language_are_written_as_the_tokens_they_are_compared_with(language: Language) -> None:
    for word in _vocabulary(language):
        assert canonical(word, language) == (word,), word
    for pivot in language.pivots:
        assert [token.text for token in tokenise_text(pivot, language)] == pivot.split()


def test_the_core_knows_no_word_of_any_language() -> None:
    words = {word for language in KNOWN.values() for word in _vocabulary(language)}
    words |= {key for language in KNOWN.values() for key in language.whole} | set(ENGLISH.pivots)
    found = [
        f"{path.name}:{line}: {text!r}"
        for path in CORE.glob("*.py")
        for line, text in _texts(path)
        if text in words
    ]
    assert not found


def test_numbers_are_masked_by_the_language_of_the_call_not_by_that_of_the_playbook() -> None:
    call = Call(playbook())
    call.handle(replace(started(), language="es-ES"))
    number = "cuatro uno uno uno dos dos dos dos"
    assert only(call.handle(final("customer", number)), Final)[0].text == " ".join([MASK] * 8)


@pytest.mark.parametrize("tag", ["spanish", "e", "es MX", "en_"])
def test_a_playbooks_language_must_be_a_tag(tag: str) -> None:
    with pytest.raises(
        PlaybookError, match=r"p\.yaml:1: language: must be a language tag such as `en` or `es-MX`"
    ):
        parse_playbook(
            f"language: {tag}\nname: p\nversion: 1\ncues: {{}}\npolicies: {{}}\ncards: {{}}\nalerts: {{}}",
            "p.yaml",
        )


@pytest.mark.parametrize("tag", ["es", "es-MX", "ES", "es_419"])
def test_a_country_has_the_playbook_of_its_language(tag: str) -> None:
    assert primary_subtag(load_playbook(None, tag).language) == "es"


@pytest.mark.parametrize("tag", ["de", "../en", "", "*"])
def test_a_language_without_a_playbook_is_named_with_those_that_have_one(tag: str) -> None:
    with pytest.raises(PlaybookError, match=r"no built-in playbook for language .* \(only: en, es\)"):
        load_playbook(None, tag)


def _vocabulary(language: Language) -> frozenset[str]:
    numbers, addresses = language.numbers, language.addresses
    digits = {*numbers.units, *numbers.teens, *numbers.tens, *numbers.hundreds, *numbers.sounds_like}
    spoken = digits | {*numbers.scales, *numbers.repeats} | numbers.glue | numbers.measures
    addressed = addresses.at | addresses.dot | addresses.joints | addresses.endings
    return (language.fillers | language.asides | spoken | addressed) - NAMES


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every text in a module but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
            yield node.lineno, node.value
