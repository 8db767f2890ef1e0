"""Trying a playbook on sentences, running its examples, and the nearest miss."""

import pytest

from tests.builders import playbook
from tests.core.playbooks import tiny
from voiceassist.events import PastOffer
from voiceassist.playbook_file.example import EXAMPLE
from voiceassist.playbooks import read_playbook
from voiceassist.trials.example_runs import Difference, run_examples
from voiceassist.trials.near_miss import near_miss
from voiceassist.trials.trial import try_turns


def test_a_trial_shows_the_cue_its_words_and_where_they_stand() -> None:
    cue = try_turns(tiny(), [("agent", "sorry, No way, sir")]).cues[0]
    assert (cue.kind, cue.rule, cue.layer, cue.words) == ("refusal", "refusal.plain", "phrase", "No way,")
    assert (cue.first_word, cue.last_word) == (1, 2)


def test_a_trial_shows_the_card_its_topic_and_why_alternatives_are_withheld() -> None:
    book = tiny(
        (
            "other: {text: Something else}",
            "a: {text: A}, b: {text: B, tiers: [gold]}, c: {text: C, from: 2030-01-01}",
        )
    )
    trial = try_turns(book, [("customer", "please"), ("agent", "no way")], "standard", "2026-11-21")
    assert trial.card is not None
    assert (trial.card_name, trial.card.headline) == ("refusal", "Anything")
    assert [offer.id for offer in trial.card.alternatives] == ["a"]
    assert [(o.id, o.shown, o.why_not) for o in trial.offers] == [
        ("a", True, ""),
        ("b", False, "only for gold; this customer is standard"),
        ("c", False, "only from 2030-01-01 on"),
    ]
    assert try_turns(book, [("agent", "no way")], "gold").card_name == "refusal"


def test_only_the_last_turn_is_shown_and_what_came_before_is_its_context() -> None:
    trial = try_turns(tiny(), [("customer", "idiot"), ("customer", "idiot")])
    assert [cue.kind for cue in trial.cues] == ["insult"]
    assert trial.card_name == "warning"


def test_a_customers_request_shows_the_topic_that_it_would_find() -> None:
    topic = try_turns(playbook(), [("customer", "i want to return this jacket after the deadline")]).topic
    assert topic is not None
    assert topic.because
    assert try_turns(playbook(), [("customer", "hello")]).topic is None


def test_a_turn_without_cue_brings_nothing() -> None:
    trial = try_turns(tiny(), [("agent", "good morning")])
    assert (trial.cues, trial.card, trial.card_name, trial.topic, trial.offers) == ((), None, "", None, ())


# ---- examples ----

PASSING = (
    "\nexamples: [{call: [{customer: hello}, {agent: no way}], cues: [refusal], card: refusal, topic: general}]\n"
)


def test_examples_that_hold_have_no_differences() -> None:
    assert [run.differences for run in run_examples(tiny(more=PASSING))] == [()]
    complete = read_playbook(EXAMPLE, "example")
    assert [run.differences for run in run_examples(complete, "2026-05-01")] == [()]


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("cues: [refusal]", "cues: []", Difference(what="cues", expected="none", got="refusal")),
        (
            "cues: [refusal]",
            "cues: [refusal, giveaway]",
            Difference(what="cues", expected="giveaway, refusal", got="refusal"),
        ),
        ("card: refusal", "card: none", Difference(what="card", expected="none", got="refusal")),
        ("agent: no way", "agent: fine", Difference(what="cues", expected="refusal", got="none")),
    ],
)
def test_an_example_that_does_not_hold_says_what_is_different(old: str, new: str, difference: Difference) -> None:
    run = run_examples(tiny(more=PASSING.replace(old, new)))[0]
    assert difference in run.differences


def test_what_an_example_does_not_mention_is_not_looked_at() -> None:
    book = tiny(more="\nexamples: [{call: [{agent: no way}]}]\n")
    assert run_examples(book)[0].differences == ()


def test_an_example_of_the_ladder_names_the_rung() -> None:
    book = tiny(more="\nexamples: [{call: [{customer: idiot}, {customer: idiot}], card: warning}]\n")
    assert run_examples(book)[0].differences == ()


# ---- near misses ----


def test_the_nearest_phrase_tells_what_it_lacks() -> None:
    miss = near_miss(tiny(), "agent", "there is no chance")
    assert miss is not None
    assert (miss.rule, miss.phrase, miss.lacks) == ("refusal.plain", "no way", ("way",))


def test_a_phrase_that_an_exception_kept_quiet_is_the_nearest() -> None:
    book = tiny(
        ("rules: {plain: {phrases: [no way]", "except: [no way to know], rules: {plain: {phrases: [no way]")
    )
    miss = near_miss(book, "agent", "there is no way to know")
    assert miss is not None
    assert (miss.phrase, miss.lacks) == ("no way", ())


def test_nothing_is_near_a_sentence_that_shares_no_words() -> None:
    assert near_miss(tiny(), "agent", "good morning") is None


def test_built_in_phrases_with_nested_choices_are_looked_through_too() -> None:
    assert near_miss(playbook(), "agent", "I would not be able to say") is not None


def test_an_example_may_name_its_day() -> None:
    book = tiny(more=PASSING.replace("topic: general", "topic: general, on: 2030-01-01"))
    (run,) = run_examples(book, "2026-05-01")
    assert (run.example.on, run.differences) == ("2030-01-01", ())
    dated = tiny(
        ("other: {text: Something else}", "a: {text: A, until: 2026-05-31}, b: {text: B, from: 2030-01-01}"),
        more=PASSING.replace("topic: general", "topic: general, on: 2030-01-01"),
    )
    card = run_examples(dated, "2026-05-01")[0].trial.card
    assert card is not None
    assert [offer.id for offer in card.alternatives] == ["b"]


def test_what_the_customer_had_in_earlier_calls_is_not_offered_in_a_trial() -> None:
    book = tiny(("other: {text: Something else}", "a: {text: A, per_customer: {times: 1, days: 9}}, b: {text: B}"))
    had = (PastOffer(alternative="a", on="2026-05-01"),)
    for day, shown in (("2026-05-09", ["b"]), ("2026-05-10", ["a", "b"])):
        trial = try_turns(book, [("agent", "no way")], "standard", day, had)
        assert trial.card is not None
        assert [offer.id for offer in trial.card.alternatives] == shown
        assert [offer.id for offer in trial.offers if offer.shown] == shown
