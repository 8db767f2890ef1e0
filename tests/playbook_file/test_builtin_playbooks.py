"""The built-in playbooks: complete, each policy found by what customers say, and good at saying no.

The requests are our own; they were written for this test and are no measure of how well topics are chosen.
"""

import re

import pytest

from tests.builders import Line, conversation, drive, live_call, only
from voiceassist.core.call.offers import ALTERNATIVES_MAX
from voiceassist.core.playbook.model import GENERAL, Playbook, Policy
from voiceassist.events import Prompt
from voiceassist.playbooks import FOLDER, builtin_names, problems_of, read_playbook
from voiceassist.trials.example_runs import run_examples

REFUSED = "I'm sorry, but I can't do that"  # says nothing of what it is about
WORDS_MAX = 14  # of an alternative: a glance
SAY_WORDS_MAX = 45  # one or two sentences, spoken in fifteen seconds
EXAMPLES_MIN = {"es": 6, "en": 10}
PRESSING = ("you have to", "you must", "or else", "you should have", "your own fault", "whatever it takes")
CARDS_OF_ALL = ("refusal", "escalation", "calm", "boundary", "warning", "end_of_call")
CARDS_OF_ENGLISH = ("overpromise", "giveaway", "coercion", "vague_commitment", "quick_yes")

REQUESTS = {
    "retail": {
        "return_window": "I bought these curtains in spring and only now hung them up, can you still take them",
        "worn_or_opened": "I tried the perfume and it smells awful, I'd like to send it back",
        "final_sale": "It was seventy percent off and it doesn't fit, can I exchange it",
        "no_receipt": "I can't find the receipt anywhere",
        "price_match": "I saw the same television on Amazon for eighty less",
        "discount": "Can you do anything about the price if I take three of them",
        "delivery_date": "I need the sofa before my daughter's birthday on Saturday",
        "delivery_cost": "Why do I have to pay eight dollars shipping for a pair of socks",
        "out_of_stock": "Do you have the blue one in size ten",
        "warranty_damage": "My phone fell into the sink and doesn't turn on any more",
        "order_change": "I put in the wrong house number, can you change it",
        "early_upgrade": "I want the newest phone, mine is only a year old",
        "bill_fee": "There's a charge on my phone bill that I want gone",
    },
    "telecom": {
        "early_upgrade": "My phone is two years old and so slow, I want a new one now",
        "contract_end": "I lost my job and want to cancel before the two years are over",
        "new_customer_offer": "New customers pay half of what I pay, that's unfair",
        "roaming_charges": "I was in Mexico for a week and now I owe two hundred dollars",
        "data_allowance": "I've used up all my data, can you give me a bit more",
        "unlock_device": "I want to use another carrier's SIM card in this phone",
        "coverage": "I have no signal in my kitchen, can you do something about it",
        "technician_visit": "I've waited two weeks for the installer, can't he come tomorrow",
        "late_fee": "I forgot to pay last month and you charged me ten dollars extra",
        "number_transfer": "I want to keep my old number and it has to work today",
        "credit_for_outage": "My internet was down the whole weekend, I want money back",
    },
    "banking": {
        "fee_refund": "You charged me twelve dollars for nothing, give it back",
        "overdraft_limit": "I'm short until payday, can you let me go five hundred below zero",
        "loan_declined": "Why did you turn down my application for a car loan",
        "card_limit": "Please raise the limit on my credit card",
        "identity_check": "I don't have my passport number here, just tell me my balance",
        "transfer_recall": "I sent the money to the wrong person, get it back",
        "early_withdrawal": "I need the money from my term deposit now",
        "interest_rate": "Another bank offers me four percent, can you do that",
        "disputed_charge": "There's a payment on my card that I never made",
        "third_party": "I'm calling for my father, he can't speak well",
        "cash_limit": "The cash machine only gives me four hundred dollars, I need more",
    },
    "travel": {
        "cancellation_refund": "My mother died and we can't go, I want a refund",
        "date_change": "Can I move my flight from Tuesday to Friday",
        "name_change": "My ticket says Jon instead of John, can you correct it",
        "seat_upgrade": "It's our anniversary, is there a nicer room we could have",
        "late_checkout": "Our flight is at nine in the evening, can we keep the room until then",
        "early_checkin": "We arrive at eight in the morning, can we get into the room right away",
        "sold_out": "Do you have a double room for next weekend",
        "pets": "Can I bring my dog",
        "delay_compensation": "Our flight was four hours late, I want compensation",
        "baggage": "Can I take a second suitcase without paying",
        "points": "My points have disappeared, put them back",
    },
    "software": {
        "out_of_scope": "Can you also set up our new printers while you're logged in",
        "feature_request": "We need an export to Excel",
        "priority": "This is urgent, put us first",
        "deadline": "It has to be finished by Friday",
        "discount": "Your renewal is too expensive, we want twenty percent off",
        "product_integrity": "Can you make a special version just for us",
        "unsupported_version": "We can't update, can you fix it in version six",
        "security_exception": "Turn off two-factor for our boss, he hates it",
        "data_request": "Can you tell me which other companies use this",
        "subscription_refund": "We forgot to cancel, give us the money back for this year",
        "uptime_promise": "I want it in writing that it never goes down again",
    },
}
ENGLISH = tuple(REQUESTS)
NAMES = builtin_names()


def book(name: str) -> Playbook:
    return read_playbook((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), name)


BOOKS = {name: book(name) for name in NAMES}
POLICIES = [(name, policy) for name, book in BOOKS.items() for policy in book.policies]


def headline_after(name: str, *lines: Line) -> str:
    """The last card that the conversation brings."""
    cards = only(drive(live_call(with_playbook=BOOKS[name]), conversation(*lines)), Prompt)
    return cards[-1].headline


def test_there_is_a_playbook_for_each_business() -> None:
    assert set(NAMES) == {*ENGLISH, "comercio"}


@pytest.mark.parametrize("name", NAMES)
def test_a_built_in_playbook_has_no_mistakes_and_bears_its_file_name(name: str) -> None:
    assert problems_of((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")) == ()
    assert (BOOKS[name].name, BOOKS[name].title != name) == (name, True)


@pytest.mark.parametrize("name", ENGLISH)
def test_a_playbook_has_the_policies_of_its_business_and_the_general_one(name: str) -> None:
    assert [policy.id for policy in BOOKS[name].policies] == [*REQUESTS[name], GENERAL]


@pytest.mark.parametrize(
    ("name", "policy", "request_"),
    [(name, policy, text) for name, of in REQUESTS.items() for policy, text in of.items()],
)
def test_a_policy_is_found_by_what_the_customer_asks(name: str, policy: str, request_: str) -> None:
    topic = next(found.topic for found in BOOKS[name].policies if found.id == policy)
    assert headline_after(name, ("customer", request_), ("agent", REFUSED)).startswith(f"{topic}: ")


@pytest.mark.parametrize("name", ENGLISH)
def test_what_no_policy_knows_gets_the_general_card(name: str) -> None:
    general = BOOKS[name].policies[-1].topic
    asked: Line = ("customer", "Would you sing a lullaby to my goldfish")
    assert headline_after(name, asked, ("agent", REFUSED)).startswith(f"{general}: ")


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_come_true_and_some_of_them_bring_no_card(name: str) -> None:
    runs = run_examples(BOOKS[name])
    assert [(run.example.call, run.differences) for run in runs if run.differences] == []
    assert len(runs) >= EXAMPLES_MIN[BOOKS[name].language]
    assert any(run.example.card == "none" for run in runs)


@pytest.mark.parametrize(("name", "policy"), POLICIES, ids=[f"{name}-{policy.id}" for name, policy in POLICIES])
def test_a_policy_says_what_is_possible_to_everybody(name: str, policy: Policy) -> None:
    for_all = [offer for offer in policy.alternatives if not offer.tiers]
    assert 2 <= len(for_all) <= ALTERNATIVES_MAX, f"{name}: what is left out would never be seen"
    assert len(policy.alternatives) <= 4
    assert any(offer.cost in {"none", "low"} for offer in for_all)
    assert all(offer.tiers for offer in policy.alternatives if offer.cost in {"medium", "high"})


@pytest.mark.parametrize(("name", "policy"), POLICIES, ids=[f"{name}-{policy.id}" for name, policy in POLICIES])
def test_a_policys_words_fit_a_card_and_press_nobody(name: str, policy: Policy) -> None:
    assert all(len(offer.text.split()) <= WORDS_MAX for offer in policy.alternatives), name
    assert len(policy.say.split()) <= SAY_WORDS_MAX
    assert not [phrase for phrase in PRESSING if phrase in policy.say.lower()]
    texts = [policy.limit, policy.benefit, policy.say, policy.avoid]
    assert all(re.search(r"[.?!]$", text) for text in texts)
    assert policy.id == GENERAL or policy.asked


@pytest.mark.parametrize("name", ENGLISH)
def test_a_card_for_gold_customers_shows_what_only_they_may_have(name: str) -> None:
    for policy in BOOKS[name].policies:
        first = policy.alternatives[:ALTERNATIVES_MAX]
        tiered = [offer for offer in policy.alternatives if offer.tiers]
        assert all(offer in first for offer in tiered), f"{policy.id}: a gold customer's card leaves it out"


@pytest.mark.parametrize("name", NAMES)
def test_every_playbook_has_the_cards_that_help_to_say_no_and_those_against_abuse(name: str) -> None:
    wanted = (*CARDS_OF_ALL, *(CARDS_OF_ENGLISH if name in ENGLISH else ()))
    assert [card for card in wanted if card not in BOOKS[name].cards] == []
    assert all(card.cap <= 4 and card.expires_s <= 60 for card in BOOKS[name].cards.values())


@pytest.mark.parametrize("name", NAMES)
def test_the_ladder_rises_in_priority_and_urgency_and_forgets(name: str) -> None:
    ladder, cards = BOOKS[name].ladder, BOOKS[name].cards
    priorities = [cards[rung].priority for rung in ladder.rungs]
    assert priorities == sorted(set(priorities))
    levels = [ladder.levels[rung] for rung in ladder.rungs if rung in ladder.levels]
    assert levels == sorted(levels, key=("info", "warning", "critical").index)
    assert ladder.forget_s > 0


@pytest.mark.parametrize("name", NAMES)
def test_the_customer_is_told_of_the_recording_in_every_business(name: str) -> None:
    assert "missing.recording_notice" in [absence.id for absence in BOOKS[name].absences]
