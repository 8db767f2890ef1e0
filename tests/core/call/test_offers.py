"""Which alternatives a customer may have: tiers, caps in a call and over calls, and dates."""

from dataclasses import replace

import pytest

from tests.builders import conversation, drive, only, started
from tests.core.playbooks import offering
from voiceassist.actions import UsePrompt
from voiceassist.core.call.call import Call
from voiceassist.core.call.offers import Asker, OfferShown, asker_of, offers_explained, offers_for
from voiceassist.core.playbook.model import Policy
from voiceassist.events import CallIdentified, CallStarted, PastOffer, Prompt

TODAY = "2026-11-21"


def policy(*offers: str) -> Policy:
    return offering(*offers).policy("general")


def why_not(offer: str, asker: Asker) -> str:
    return offers_explained(policy(f"credit: {offer}"), asker)[0].why_not


@pytest.mark.parametrize(
    ("offer", "asker", "reason"),
    [
        ("{text: x}", Asker(), ""),
        ("{text: x, tiers: [gold]}", Asker(tier="gold"), ""),
        ("{text: x, tiers: [gold, vip]}", Asker(tier="basic"), "only for gold, vip; this customer is basic"),
        ("{text: x}", Asker(used={"credit": 1}), "used 1 time in this call"),
        ("{text: x, per_call: 2}", Asker(used={"credit": 1}), ""),
        ("{text: x, per_call: 2}", Asker(used={"credit": 2}), "used 2 times in this call"),
        ("{text: x, from: 2026-11-21}", Asker(today=TODAY), ""),
        ("{text: x, from: 2026-11-22}", Asker(today=TODAY), "only from 2026-11-22 on"),
        ("{text: x, from: 2026-11-22}", Asker(), ""),
        ("{text: x, until: 2026-11-21}", Asker(today=TODAY), ""),
        ("{text: x, until: 2026-11-20}", Asker(today=TODAY), "only until 2026-11-20"),
    ],
)
def test_an_alternative_that_is_not_shown_says_why(offer: str, asker: Asker, reason: str) -> None:
    assert why_not(offer, asker) == reason


@pytest.mark.parametrize(
    ("past", "reason"),
    [
        ([], ""),
        ([("credit", "2026-11-01")], "this customer had it 1 time within 30 days"),
        ([("other", "2026-11-01")], ""),
        ([("credit", "2026-10-23")], "this customer had it 1 time within 30 days"),
        ([("credit", "2026-10-22")], ""),
        ([("credit", "")], "this customer had it 1 time within 30 days"),
    ],
)
def test_what_a_customer_had_in_earlier_calls_counts_for_so_many_days(
    past: list[tuple[str, str]], reason: str
) -> None:
    asker = Asker(today=TODAY, past=tuple(PastOffer(alternative=id_, on=on) for id_, on in past))
    assert why_not("{text: x, per_customer: {times: 1, days: 30}}", asker) == reason


def test_this_call_and_earlier_ones_count_together() -> None:
    asker = Asker(today=TODAY, past=(PastOffer(alternative="credit", on="2026-11-20"),), used={"credit": 1})
    often = "{text: x, per_call: 9, per_customer: {times: %d, days: 30}}"
    assert why_not(often % 3, asker) == ""
    assert why_not(often % 2, asker) == "this customer had it 2 times within 30 days"


def test_a_card_shows_the_first_three_that_the_customer_may_have() -> None:
    five = policy(*(f"o{n}: {{text: t{n}{', tiers: [gold]' if n == 1 else ''}}}" for n in range(5)))
    assert [offer.id for offer in offers_for(five, Asker())] == ["o0", "o2", "o3"]
    assert offers_explained(five, Asker())[4] == OfferShown(
        id="o4", text="t4", shown=False, why_not="a card shows 3 at most"
    )


def test_the_call_says_who_asks_and_on_which_day() -> None:
    assert asker_of(started(tier="gold")) == Asker(tier="gold", today="2026-11-21")


def test_an_alternative_that_the_customer_had_last_week_is_not_on_the_card() -> None:
    book = offering("credit: {text: Credit, per_customer: {times: 1, days: 30}}", "swap: {text: Swap}")
    begin = started()
    past = (PastOffer(alternative="credit", on="2026-11-14"),)
    again = CallStarted(**{name: getattr(begin, name) for name in begin.__slots__} | {"past_offers": past})
    for event, expected in ((begin, ["credit", "swap"]), (again, ["swap"])):
        call = Call(book)
        call.handle(event)
        card = only(drive(call, conversation(("agent", "no way"))), Prompt)[0]
        assert [offer.id for offer in card.alternatives] == expected


def test_a_customer_who_becomes_known_is_offered_what_they_may_have_from_then_on() -> None:
    begin = started()
    book = offering(
        "credit: {text: Credit, tiers: [gold]}", "swap: {text: Swap, per_customer: {times: 1, days: 30}}"
    )
    call = Call(book)
    call.handle(begin)
    card = only(drive(call, conversation(("agent", "no way"))), Prompt)[0]
    assert [offer.id for offer in card.alternatives] == ["swap"]
    gold = replace(begin.customer, id="42", tier="gold")
    had = (PastOffer(alternative="swap", on="2026-11-14"),)
    told = CallIdentified(at_ms=150_000, agent=begin.agent, customer=gold, by="lookup", past_offers=had)
    assert call.handle(told) == [told]
    later = conversation(("customer", "and now"), ("agent", "no way"), start=200_000, first=2)
    assert [offer.id for offer in only(drive(call, later), Prompt)[0].alternatives] == ["credit"]


def test_an_alternative_that_was_used_is_not_offered_again_in_the_call() -> None:
    call = Call(offering("credit: {text: Credit}", "swap: {text: Swap}"))
    call.handle(started())
    card = only(drive(call, conversation(("agent", "no way"))), Prompt)[0]
    call.handle(UsePrompt(at_ms=2_000, prompt_id=card.prompt_id, alternative="credit"))
    later = conversation(("customer", "and now"), ("agent", "no way"), start=200_000, first=2)
    assert [offer.id for offer in only(drive(call, later), Prompt)[0].alternatives] == ["swap"]
