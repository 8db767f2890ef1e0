"""What a recognizer's spelling habits and a speaker's stumbling never change about the cues of a turn.

Turns are put together from phrases of the built-in rules and ordinary words.
"""

import string
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.words.phrase_texts import say
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.match import Match
from voiceassist.core.cues.matchers import matcher_for
from voiceassist.core.cues.rules import matches_of
from voiceassist.core.playbook.model import SPEAKER_OF, Playbook, Rule
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import Token, tokenise
from voiceassist.events import Speaker
from voiceassist.playbooks import load_playbook

ORDINARY = (
    "the invoice arrived on thursday with my order and a blue umbrella",
    "let me have a look at the details",
    "and then",
    "yes",
    "the number is seven four nine",
    "well it was in the garden",
    "so",
    "I see",
)  # fmt: skip
FILLERS = ("um", "uh", "Um,", "uhm")
WAYS = 20  # to say each phrase
PLAYBOOK = load_playbook(None, "en")
UNHEARD = tuple(
    Rule(
        id=f"{kind}.other",
        kind=kind,
        speaker=speaker,
        phrases=("xylophone of ... basalt", "(ochre|umber) varnish"),
    )
    for kind, speaker in SPEAKER_OF.items()
)
LARGER = replace(PLAYBOOK, rules=(*UNHEARD, *PLAYBOOK.rules, *UNHEARD))
ANYWHERE = {rule.id for rule in PLAYBOOK.rules if not any("$" in phrase for phrase in rule.phrases)}


@dataclass(frozen=True)
class Said:
    """A turn, and what the other side said before it."""

    speaker: Speaker
    text: str
    before: str


def phrase_of(rule: Rule, chance: Random) -> str:
    return say(chance.choice(rule.phrases), PLAYBOOK.words, chance)


@st.composite
def turns(draw: st.DrawFn) -> Said:
    chance = draw(st.randoms(use_true_random=False))
    rules = draw(st.lists(st.sampled_from(PLAYBOOK.rules), min_size=1, max_size=3))
    speaker = rules[0].speaker
    parts = [phrase_of(rule, chance) for rule in rules if rule.speaker == speaker]
    parts += draw(st.lists(st.sampled_from(ORDINARY), max_size=3))
    chance.shuffle(parts)
    return Said(speaker, " ".join(parts), before=phrase_of(chance.choice(PLAYBOOK.rules), chance))


def cues(said: Said, text: str | None = None, playbook: Playbook = PLAYBOOK) -> list[Match]:
    context = Context(before=tuple(said.before.split()))
    return find_cues(playbook, said.speaker, (said.text if text is None else text).split(), context)


def by_rules(matches: list[Match]) -> list[Match]:
    """Without those of the classifier, which weighs the whole turn."""
    return [match for match in matches if match.layer != "classifier"]


def essence(matches: list[Match]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(match.kind, match.rule, match.tokens) for match in matches]


def stutters(text: str) -> bool:
    """Whether up to three words stand there twice in a row, which no listener would take for more than once."""
    words = text.lower().split()
    return any(
        words[place : place + size] == words[place + size : place + 2 * size]
        for size in (1, 2, 3)
        for place in range(len(words) - 2 * size + 1)
    )


def tokens_of(text: str) -> tuple[Token, ...]:
    return tokenise(text.split(), PLAYBOOK.spoken)


@pytest.mark.parametrize("rule", PLAYBOOK.rules, ids=lambda rule: rule.id)
def test_every_phrase_of_every_rule_matches_what_it_says(rule: Rule) -> None:
    compiled = next(one for one in matcher_for(PLAYBOOK, rule.speaker).rules if one.rule is rule)
    for phrase, number in product(rule.phrases, range(WAYS)):
        said = say(phrase, PLAYBOOK.words, Random(number))
        assert stutters(said) or compiled.phrases.found(rendered(tokens_of(said))), f"{phrase}: {said}"


@given(turns())
def test_finding_cues_twice_finds_the_same(said: Said) -> None:
    assert cues(said) == cues(said)


@given(turns(), st.randoms(use_true_random=False))
def test_case_and_punctuation_change_nothing(said: Said, chance: Random) -> None:
    def written(word: str) -> str:
        cased = chance.choice((str.upper, str.lower, str.title))(word) if word.isascii() else word
        marks = chance.choice(("", ",", ".", "?", "!", " -", "...", '"'))
        return cased.rstrip(string.punctuation) + marks if cased.strip(string.punctuation) else cased

    noisy = " ".join(written(word) for word in said.text.split())
    assert essence(cues(said, noisy)) == essence(cues(said))


@given(turns(), st.randoms(use_true_random=False))
def test_fillers_change_nothing(said: Said, chance: Random) -> None:
    noisy = " ".join(
        f"{chance.choice(FILLERS)} {word}" if chance.random() < 0.3 else word for word in said.text.split()
    )
    assert essence(cues(said, noisy)) == essence(cues(said))


@given(turns(), st.randoms(use_true_random=False))
def test_a_stutter_changes_nothing(said: Said, chance: Random) -> None:
    """A word said twice, or two words begun again."""
    words = said.text.split()
    place, size = chance.randrange(len(words)), chance.choice((1, 2))
    noisy = " ".join(words[: place + size] + words[place:])
    assert essence(cues(said, noisy)) == essence(cues(said))


@given(turns())
def test_rules_about_something_else_change_nothing(said: Said) -> None:
    assert cues(said, playbook=LARGER) == cues(said)


@given(turns())
def test_a_match_names_its_own_tokens_and_words(said: Said) -> None:
    words, tokens = said.text.split(), tokens_of(said.text)
    for match in cues(said):
        matched = tokens[match.first_token : match.last_token + 1]
        assert tuple(token.text for token in matched) == match.tokens
        assert 0 <= match.first_word == matched[0].word <= match.last_word == matched[-1].word < len(words)
        assert match.trailing == len(tokens) - match.last_token - 1


@given(turns())
def test_what_context_leaves_of_a_rule_is_what_the_rule_matches(said: Said) -> None:
    """Or the beginning of that, where a refusal ends before "but"."""
    tokens = tokens_of(said.text)
    text = rendered(tokens)
    compiled = {one.rule.id: one for one in matcher_for(PLAYBOOK, said.speaker).rules}
    for match in by_rules(cues(said)):
        alone = replace(match, nth=0, agreed=False, reach="alert", reach_limit="")
        whole = matches_of(compiled[match.rule], tokens, text)
        assert alone in [*whole, *(first_half(match, tokens) for match in whole)]


def first_half(match: Match, tokens: Sequence[Token]) -> Match:
    """What of the match stands before a "but"."""
    turn = next((i for i, text in enumerate(match.tokens) if i and text in PLAYBOOK.spoken.contrasts), None)
    if turn is None:
        return match
    return replace(
        match,
        tokens=match.tokens[:turn],
        last_word=tokens[match.first_token + turn - 1].word,
        trailing=match.trailing + len(match.tokens) - turn,
    )


@given(turns(), st.sampled_from(ORDINARY))
def test_matches_stand_where_they_stood_when_ordinary_words_follow(said: Said, more: str) -> None:
    """Words after the turn may add a cue or take one back, but a phrase that does not look for the end stays."""
    tokens, longer = tokens_of(said.text), tokens_of(f"{said.text} {more}")
    if longer[: len(tokens)] == tokens:
        before = {(match.rule, match.first_token) for match in by_rules(cues(said))}
        after = {(match.rule, match.first_token) for match in by_rules(cues(said, f"{said.text} {more}"))}
        rules_kept = {rule for rule, _ in before} & {rule for rule, _ in after} & ANYWHERE
        assert {one for one in before if one[0] in rules_kept} <= after
