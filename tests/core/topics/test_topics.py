"""Choosing the policy that a refusal is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import conversation, drive, live_call, only, partial
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.topics.choose import choose_topic, rank_topics
from voiceassist.core.topics.index import choices, fewest_words
from voiceassist.events import Prompt
from voiceassist.playbook_file.parse import parse_playbook

POLICY = "{{topic: {0}, limit: L, benefit: B, say: S, avoid: A, alternatives: {{}}, {1}}}"
BOOK = """\
name: topics
language: en
cues: {{refusal: {{rules: {{plain: {{phrases: [can't do]}}}}}}}}
policies:
  return: {}
  discount: {}
  price_match: {}
  general: {}
cards: {{refusal: {{headline: "{{topic}}", say: s, priority: 5}}}}
alerts: {{}}
""".format(
    POLICY.format("Returns", "asked: [return*, (send|bring) ... back], refused: [after the deadline]"),
    POLICY.format("Discounts", "asked: [discount*, lower ... price, price]"),
    POLICY.format("Price match", "asked: [match ... price, cheaper elsewhere, price]"),
    POLICY.format("Anything", ""),
)


def book() -> Playbook:
    return parse_playbook(BOOK, "topics.yaml")


def topic(refused: str, *asked: str) -> str:
    return choose_topic(book(), refused.split(), [text.split() for text in asked]).policy.id


def test_the_topic_is_what_the_customer_asked_for() -> None:
    assert topic("we can't do that", "can i return these shoes") == "return"
    assert topic("we can't do that", "is there a discount") == "discount"


def test_the_newest_request_counts_most() -> None:
    assert topic("no", "a discount then", "i want to return it") == "discount"


def test_an_older_request_counts_when_the_newest_turn_asks_for_nothing() -> None:
    assert topic("no", "please it is my birthday", "i want to return it") == "return"


def test_the_agents_refusing_words_outweigh_what_was_asked() -> None:
    assert topic("sorry that is after the deadline", "what about a discount") == "return"


def test_more_words_outweigh_fewer() -> None:
    assert topic("no", "can you match this price") == "price_match"
    assert topic("no", "can you lower the price") == "discount"


def test_words_that_several_policies_claim_count_less_than_words_of_one() -> None:
    assert topic("no", "about the price of the return") == "return"


def test_single_words_of_a_policy_help_where_no_phrase_fits() -> None:
    assert topic("no", "i saw it elsewhere") == "price_match"


@pytest.mark.parametrize("asked", ["", "hello", "can you sing a song"])
def test_what_fits_no_policy_has_the_general_one(asked: str) -> None:
    choice = choose_topic(book(), ["we", "can't", "do", "that"], [asked.split()])
    assert (choice.policy.id, choice.because) == ("general", ())


def test_the_choice_says_which_words_decided_the_weightiest_first() -> None:
    choice = choose_topic(book(), ["no"], [["a", "return"], ["send", "that", "thing", "back"]])
    assert choice.because == ("return", "send that thing back")
    assert choice.score > 1


def test_policies_that_nothing_speaks_for_come_after_the_general_one() -> None:
    ranked = rank_topics(book(), ["no"], [["a", "discount"]])
    assert [choice.policy.id for choice in ranked] == ["discount", "general", "return", "price_match"]


@given(
    st.lists(
        st.sampled_from(
            ["return", "discount", "match", "price", "lower", "the", "cheaper", "elsewhere", "we", "no"]
        )
    )
)
def test_case_punctuation_and_fillers_change_nothing(words: list[str]) -> None:
    noisy = [piece for word in words for piece in ("um", f"{word.title()},")]
    assert rank_topics(book(), words, [words]) == rank_topics(book(), noisy, [noisy])


@pytest.mark.parametrize(
    ("phrase", "fewest"),
    [
        ("return", 1),
        ("send ...6 back", 2),
        ("[please] (send back|return) ^ now $", 2),
        ("(a [b|c]|<list> d) e*", 2),
        ("<list>", 1),
    ],
)
def test_a_phrase_knows_the_fewest_words_that_it_matches(phrase: str, fewest: int) -> None:
    assert fewest_words(phrase) == fewest


def test_choices_at_the_top_of_a_phrase_are_phrases_of_their_own() -> None:
    assert choices("a (b|c)|d [e|f]|g") == ["a ( b | c )", "d [ e | f ]", "g"]


# ---- in a call ----


def headlines(*lines: tuple[str, str]) -> list[str]:
    call = live_call(with_playbook=book())
    return [card.headline for card in only(drive(call, conversation(*lines)), Prompt)]  # type: ignore[arg-type]


def test_the_card_of_a_call_is_about_what_was_asked_a_few_turns_ago() -> None:
    lines = [
        ("customer", "can i return it"),
        ("agent", "let me see"),
        ("customer", "thanks"),
        ("agent", "i can't do it"),
    ]
    assert headlines(*lines) == ["Returns"]


def test_what_the_customer_is_saying_right_now_counts() -> None:
    call = live_call(with_playbook=book())
    call.handle(partial("customer", "i want a discount"))
    refused = conversation(("agent", "i can't do it"), start=200)
    assert [card.headline for card in only(drive(call, refused), Prompt)] == ["Discounts"]
