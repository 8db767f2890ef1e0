"""What the built-in playbooks put before an agent who talks: few words, and something to offer in them."""

import re
from pathlib import Path

import pytest

from voiceassist.core.playbook.model import GENERAL, Playbook, Policy
from voiceassist.playbooks import builtin_names, load_playbook
from voiceassist.trials.trial import try_turns

SAY_WORDS = 15  # read in one go, by the measure of what can be read while talking
OFFER_WORDS = 6
HEADLINE_WORDS = 12  # with the longest topic or title in it
PLACEHOLDER = re.compile(r"\{\w*\}|\[[^\]]*\]|\.\.\.|\u2026|<\w+>")
BOOKS = {name: load_playbook(Path(name), "") for name in builtin_names()}
POLICIES = [
    pytest.param(book, policy, id=f"{name}-{policy.id}")
    for name, book in BOOKS.items()
    for policy in book.policies
]


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize("name", BOOKS)
def test_every_card_has_at_most_fifteen_words_to_say(name: str) -> None:
    book = BOOKS[name]
    said = {card.name: card.say for card in book.cards.values()} | {p.id: p.say for p in book.policies}
    assert {who: words(say) for who, say in said.items() if words(say) > SAY_WORDS} == {}


@pytest.mark.parametrize("name", BOOKS)
def test_every_headline_is_short_with_the_longest_topic_and_title_in_it(name: str) -> None:
    book = BOOKS[name]
    topic = max((policy.topic for policy in book.policies), key=words)
    title = max((absence.title for absence in book.absences), key=words)
    lines = [card.headline.replace("{topic}", topic).replace("{title}", title) for card in book.cards.values()]
    assert [line for line in lines if words(line) > HEADLINE_WORDS] == []


@pytest.mark.parametrize("policy", [pytest.param(given.values[1], id=given.id) for given in POLICIES])
def test_an_alternative_is_read_at_a_glance_and_says_more_on_demand(policy: Policy) -> None:
    assert {o.id: o.text for o in policy.alternatives if words(o.text) > OFFER_WORDS} == {}
    assert {o.id for o in policy.alternatives if o.detail and words(o.detail) <= words(o.text)} == set()


@pytest.mark.parametrize("policy", [pytest.param(given.values[1], id=given.id) for given in POLICIES])
def test_nothing_on_a_card_waits_to_be_filled_in(policy: Policy) -> None:
    shown = [policy.say, *(text for o in policy.alternatives for text in (o.text, o.detail))]
    assert [text for text in shown if PLACEHOLDER.search(text)] == []
    if policy.id == GENERAL:
        assert not {"nearest", "later"} & {offer.id for offer in policy.alternatives}


@pytest.mark.parametrize(("book", "policy"), POLICIES)
def test_whoever_says_what_the_card_says_has_offered_something(book: Playbook, policy: Policy) -> None:
    cues = try_turns(book, [("agent", policy.say)]).cues
    assert "alternative" in {cue.kind for cue in cues}, policy.say


@pytest.mark.parametrize("name", BOOKS)
def test_reasons_and_cards_are_sentences_that_do_not_shout(name: str) -> None:
    book = BOOKS[name]
    reasons = [rule.reason for rule in book.alerts.values()]
    assert [reason for reason in reasons if not re.fullmatch(r"[A-Z].*[^.!]\.", reason)] == []
    said = [*(card.say for card in book.cards.values()), *(policy.say for policy in book.policies)]
    assert [say for say in said if "!" in say or not re.search(r"[.?]$", say) or say[0].islower()] == []
