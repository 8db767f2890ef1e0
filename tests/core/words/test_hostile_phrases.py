"""A phrase that is meant to hang or fill a server is refused, or costs no more than any other.

Phrases become RE2 expressions, which are searched in time linear in the text, whatever they are. What is left to
limit is their size: of one phrase, of lists of lists, of brackets in brackets, of all rules together.
"""

from dataclasses import replace
from typing import Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.core.cues import patterns
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.matchers import matcher_for
from voiceassist.core.cues.patterns import compile_lists
from voiceassist.core.playbook.model import Playbook, Rule
from voiceassist.core.words.languages import ENGLISH
from voiceassist.core.words.phrases import (
    DEPTH_MAX,
    EXPRESSION_MAX_CHARS,
    GAP_MAX,
    PHRASE_MAX_CHARS,
    Lexicon,
    PhraseError,
    compile_phrase,
)
from voiceassist.errors import PlaybookError
from voiceassist.playbooks import load_playbook

NO_LISTS = Lexicon(ENGLISH)
LARGEST_PROGRAM = 40_000  # RE2 instructions; every step of a search is at most so much work
EVIL = {
    "nested repeats": "(a*|(a*|(a*|(a*|(a*|a*))))) " * 10 + "zz",
    "everything optional": "[a] " * 100 + "zz",
    "the same choice again and again": "(a|a|a|a) " * 40 + "zz",
    "the widest gaps there are": "a " + f"...{GAP_MAX} a " * 60 + "zz",
    "gaps in choices in choices": "(a ...12|a ...11|(a ...10|(a ...9|[a ...12 a]))) " * 10 + "zz",
    "optional gaps": "[a ...12] " * 50 + "zz",
    "any ending": "a* " * 150 + "zz",
}
BRACKETS = [("(", ")"), ("[", "]")]


def playbook(*rules: tuple[str, ...]) -> Playbook:
    """The built-in playbook with only these rules."""
    made = tuple(
        Rule(id=f"insult.r{number}", kind="insult", speaker="customer", phrases=phrases)
        for number, phrases in enumerate(rules)
    )
    return replace(load_playbook(None, "en"), rules=made)


def found(rules: Playbook, text: str) -> list[str]:
    return [match.rule for match in find_cues(rules, "customer", text.split(), Context())]


def expression_of(phrase: str) -> Any:
    matcher = matcher_for(playbook((phrase,)), "customer")
    return matcher.rules[0].phrases.expression


@pytest.mark.parametrize("phrase", EVIL.values(), ids=EVIL)
def test_a_phrase_that_makes_a_backtracking_matcher_hang_is_a_small_program_of_a_linear_one(phrase: str) -> None:
    assert len(phrase) <= PHRASE_MAX_CHARS
    expression = expression_of(phrase)
    assert isinstance(expression, type(re2.compile("a")))
    assert len(expression.pattern) <= EXPRESSION_MAX_CHARS
    assert 0 < expression.programsize <= LARGEST_PROGRAM


@pytest.mark.parametrize("phrase", EVIL.values(), ids=EVIL)
def test_such_a_phrase_is_looked_for_in_a_long_turn_like_any_other(phrase: str) -> None:
    """A backtracking matcher would not come back from this within a lifetime."""
    rules = playbook((phrase,), ("the end",))
    assert found(rules, "ab a " * 1_000 + "the end") == ["insult.r1"]


@pytest.mark.parametrize(("opened", "closed"), BRACKETS)
@pytest.mark.parametrize("depth", [DEPTH_MAX + 1, 250])
def test_brackets_in_brackets_are_refused_beyond_what_anybody_reads(opened: str, closed: str, depth: int) -> None:
    with pytest.raises(PhraseError, match=f"more than {DEPTH_MAX} deep"):
        compile_phrase(f"{opened * depth}a{closed * depth} b", NO_LISTS)


@pytest.mark.parametrize(("opened", "closed"), BRACKETS)
def test_brackets_one_after_the_other_may_be_as_many_as_fit(opened: str, closed: str) -> None:
    assert compile_phrase(f"{opened}a{closed} " * 100 + "b", NO_LISTS)


def test_a_gap_of_any_size_one_likes_is_refused() -> None:
    with pytest.raises(PhraseError, match="a gap of 99999999 words"):
        compile_phrase("a ...99999999 b", NO_LISTS)


def test_a_phrase_without_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(PhraseError, match="longer than"):
        compile_phrase("a " * 1_000_000, NO_LISTS)


@pytest.mark.parametrize("times", [2, 10])
def test_a_hundred_lists_of_lists_are_refused_when_they_multiply(times: int) -> None:
    """Each list holds the one before it several times: 2 to the power of 100 words."""
    words: dict[str, list[str]] = {"l0": ["one", "two"]}
    for number in range(1, 100):
        words[f"l{number}"] = [f"<l{number - 1}> x{place}" for place in range(times)]
    with pytest.raises(PhraseError, match="use smaller lists"):
        compile_lists(words, ENGLISH)


def test_a_hundred_lists_of_lists_that_do_not_multiply_are_fine() -> None:
    words: dict[str, list[str]] = {"l0": ["one", "two"]}
    for number in range(1, 100):
        words[f"l{number}"] = [f"<l{number - 1}>", f"word{number}"]
    rules = replace(playbook(("you <l99>",)), words={name: tuple(phrases) for name, phrases in words.items()})
    assert found(rules, "well you word7 and you two") == ["insult.r0"]


def test_rules_that_are_too_large_together_are_refused_by_name_of_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As with all the memory that there is and two thousand such phrases, but sooner."""
    monkeypatch.setattr(patterns, "RE2_MEMORY", 1 << 20)
    gaps = " ".join(f"...{GAP_MAX} w{number}" for number in range(45))
    with pytest.raises(PlaybookError, match=r"too large together.*more than 1 MB"):
        matcher_for(playbook(*((f"a{rule} {gaps}",) for rule in range(20))), "customer")


@given(st.text(alphabet="ab*|()[]<>.^$1 ", max_size=80))
def test_any_text_is_a_phrase_or_a_phrase_error(text: str) -> None:
    try:
        expression = compile_phrase(text, NO_LISTS)
    except PhraseError:
        return
    assert re2.compile(expression).programsize <= LARGEST_PROGRAM
