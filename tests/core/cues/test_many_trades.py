"""Cues as people of many trades put them: what reaches somebody, and ordinary talk that resembles it.

The sentences were written by the definitions, with no look at the phrases.
"""

from typing import TYPE_CHECKING

import pytest

from tests.builders import playbook
from voiceassist.core.cues.find import Context, find_cues

if TYPE_CHECKING:
    from voiceassist.events import Speaker

REFUSED = """
    the council doesn't collect garden waste in winter
    the doctor won't prescribe that over the phone
    we used to offer that but not any more
    that tariff's been withdrawn
    they've done away with that ticket
    accidental damage isn't part of your cover
    it's a set menu so you can't mix and match
    i highly doubt we can get that approved
    the underwriters have refused it
    your account's too new for a loan
    i'd get in trouble for that
    i'm only the receptionist
    that's for the pharmacist to decide
    you had fourteen days to send it back
    we're not taking on any new patients
    nobody's available to come out until monday
    there's no timescale for it yet
    unfortunately we are able to do at this time not
"""
NOT_REFUSED = """
    that's the best one we've got everyone loves it
    i couldn't find the order at first but here it is
    your table has been booked
    that's not included in the bill yet
    you haven't reached the limit yet
    your details are confidential and safe with us
    it doesn't have anything to do with your credit score
    we won't cancel anything without asking you
    it's two pounds per person
"""
SAID = {
    "coercion": """
        if you don't pay by friday we'll send it to collections
        you'll just have to live with it
        you'd be foolish to pass this up
        if you'd listened the first time we wouldn't be here
        stop shouting or i'm putting the phone down
    """,
    "giveaway": """
        dessert's on the house tonight
        i've upgraded you to a suite at no extra cost
        i'll match that price for you
        to say sorry here's ten pounds off
    """,
    "churn": """
        i'm giving you my thirty days notice
        there's no reason for me to stay with you
        please take my name off your books
        if this isn't fixed by friday i'm switching provider
        we have decided not to continue with your services
    """,
    "frustration": """
        i was promised a callback on tuesday and heard nothing
        you keep passing me from one department to another
        one person tells me one thing and the next tells me another
        still nothing not even an email
        i've been sat here an hour
    """,
    "purchase_intent": """
        could i get a quote for car insurance
        i'd like to come over to you from another bank
        can i increase my cover
    """,
    "threat": """
        want to get your head kicked in
        the next guy you send is leaving in an ambulance
        you better not let me catch you outside
    """,
    "legal_threat": """
        i'm going to tell everyone on tripadvisor
        i want compensation or i'm going legal
        i've a good mind to sue
    """,
}
NOT_SAID = {
    "coercion": "that's your problem solved\nyou agreed to the quote yesterday so the work starts monday",
    "giveaway": "it's on us to make sure the form gets there\ni'll let you off the phone now",
    "churn": "i'd like to transfer money to another bank\ni'll go elsewhere in the shop to look for it",
    "frustration": "i spent an hour on the phone with my mum\nthank you so much for your help",
    "purchase_intent": "i'll take the bus\ni want to join the call",
    "threat": "you'll be sorry to hear i've lost the card\nmy brother will pay you a visit to collect it",
    "slur": "they said they will send you the form\nthey will send you home with the parts",
    "legal_threat": "i got a letter from a lawyer about my gran's will",
}
AGENT_KINDS = ("refusal", "coercion", "giveaway")


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(kind, line.strip()) for kind, text in table.items() for line in text.splitlines() if line.strip()]


def reaching(kind: str, text: str) -> set[str]:
    """The kinds that reach people, said by the side whose kind it is."""
    speaker: Speaker = "agent" if kind in AGENT_KINDS else "customer"
    found = find_cues(playbook(), speaker, text.split(), Context())
    return {match.kind for match in found if match.reach != "colour"}


@pytest.mark.parametrize(("kind", "text"), pairs({"refusal": REFUSED, **SAID}))
def test_it_reaches_people_in_the_words_of_many_trades(kind: str, text: str) -> None:
    assert kind in reaching(kind, text)


@pytest.mark.parametrize(("kind", "text"), pairs({"refusal": NOT_REFUSED, **NOT_SAID}))
def test_ordinary_talk_that_resembles_it_reaches_nobody(kind: str, text: str) -> None:
    assert kind not in reaching(kind, text)
