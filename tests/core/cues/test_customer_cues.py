"""What customers say besides abuse: escalation, churn, buying, legal threats, frustration, swearing."""

from dataclasses import replace

import pytest

from tests.builders import playbook
from voiceassist.core.cues.find import Context, find_cues

# One turn a line, as a recogniser gives it.
SAID = {
    "profanity": """
        where the hell is my parcel
        this is such bullshit
        oh crap i forgot the number
        what the fuck is this
        for fucks sake
        holy shit
        i'm pissed off
        for god's sake
        what the heck
        fuck this
        damn
        my ass
    """,
    "legal_threat": """
        i'm going to get a lawyer
        my attorney says you owe me
        i'm taking this to small claims
        i'll report you to the better business bureau
        i am going to file a complaint with the fcc
        i'm posting this on facebook
        my legal team will be in touch
        i'll have my lawyer call you
        you leave me no choice but to take you to court
        i will name and shame you online
        my lawyers will deal with this
        i've already contacted my attorney
        expect a letter from my solicitor
        i'm filing a lawsuit
        i'm prepared to go to court over this
        this will end up in court
        i'm going straight to the newspapers with this
        i have thousands of followers and they will hear about this
        i'm giving you one star
        i'll get the consumer rights people involved
        i'm going to press charges
        i'll see to it that the media finds out
    """,
    "escalation": """
        let your manager handle this
        i need someone else to help me please
        have your supervisor call me back
        stop with the bot and give me an actual person
        i insist that somebody more senior decides this
        can i speak to a manager please
        is there a supervisor i can talk to
        i'd like to escalate this
        who is your manager
        let me talk to somebody who can actually help me
        i don't want to talk to a robot
        representative
        transfer me to another agent
        can somebody else help me
        can you get your manager on the line
        connect me to a live agent
        i need to go over your head
        can this be escalated to management
        i asked for a manager ten minutes ago
        pass me on to your team leader
        hand me over to somebody senior
        manager now
        may i please have a word with your manager
        i won't deal with you any more get me somebody else
        operator please
        isn't there a human i can talk to
        speak to a person
        i wish to complain to your manager
        may i speak with your supervisor
        i want to speak with whoever is in charge
        isn't there someone else i could talk to
        let me talk to a real human
        stop the bot and give me a human
        i want this escalated
        i'm not talking to you anymore get me your boss
        is your manager available
        i'd prefer to talk with another representative
    """,
    "churn": """
        the line needs to be disconnected at the end of the month
        we've gone over to another supplier
        i have a second line and i'd like to cancel it
        we want the phone line disconnected
        i don't need my broadband any more
        i'm disputing this with my credit card company
        my contract's up in june and i won't renew it
        we're signing up with another provider
        i want to cancel my subscription
        i'm leaving you for your competitor
        you just lost a customer
        i'm done with your company
        i will never order from you again
        this is the last time i order here
        i would like to end my contract
        i'll file a chargeback
        i've had it i'm cancelling my plan
        i'm thinking of leaving
        i no longer want to be your customer
        i am contesting this charge
        i am better off with another company
        i'll shop elsewhere
        i've decided to leave
        i'd like to close all my accounts
        i don't want to be your customer any more
        please cancel my membership effective today
        i'm getting rid of this service
        i'm out of here i'm going to another company
        then i'll cancel
        i'll dispute it with my credit card company
        i won't fly with you again
        we are moving our business to another vendor
        i'll find another provider
        i am looking at other providers
    """,
    "purchase_intent": """
        i'd like to book a room for two nights
        i want to apply for a credit card
        could you put me on the faster internet
        please book it
        i'd like to buy a second one
        sign me up
        i'll take two of them
        could you upgrade me to the premium plan
        i'm looking to buy a laptop
        can i get the unlimited plan
        put me down for one
        add a case to my order please
        can you sell me a bigger plan
        i'll go with the family plan
        where can i sign up
        i want to switch to the faster plan
        can we add an extra bag to the booking
        i want one
        can i buy a gift card
        i want to add a second line
        we need five more licences
        i'd like the premium package
        add it to my cart
        i'd like to sign up for the plan
        i'd love to try the gold plan
        give me two of those
    """,
    "frustration": """
        nobody there seems to know what they are doing
        this is getting a bit silly
        they passed me on to sales and sales passed me on to repairs
        i've been on hold for forty minutes
        we've had no internet for three days
        still no reply from you
        worst customer service i have ever had
        you cut me off again
        i've been trying to get through since monday
        your agent hung up on me
        i've called you five times already
        i've been waiting for three weeks
        how many times do i have to explain this
        this is getting ridiculous
        i'm losing my patience
        this is a waste of my time
        i keep getting transferred
        i've explained this over and over
        it's been two months and nothing happened
        i'm at my wits end
        what is taking so long
        i've had enough
        this is unacceptable
        i am extremely annoyed
        still waiting for my refund
        that's the fourth technician you've sent
        i wasted my whole day
        i am beyond frustrated
        i've had it up to here
        this is my fifth call
        i spent an hour on hold
        it takes forever
        i'm tired of your excuses
        every single time it's the same story
        i'm getting really angry
        you promised someone would call and nobody did
        i'm so annoyed right now
        again and again i have to call
        i've been going round in circles for weeks
        enough is enough
        it's been weeks
        this is absolutely unacceptable
    """,
}

NOT_SAID = {
    "profanity": """
        my class starts at nine
        hello i need help
        god bless you
        he passed the assessment
        hell's kitchen
        dam
        scrap the plan
        crapaud
    """,
    "legal_threat": """
        how do i leave a review for the driver he was great
        i want to report a lost card
        i posted the parcel online
        the delivery is for the court house
        my sister is an attorney
        is it legal to use it abroad
        i need the address for complaints
        the press release is out
        i need a legal translation
        which court is near the hotel
        the news said your network is down
        i left a five star review
        i will recommend you on facebook
        i follow you on twitter
        i want to report a problem
        my daughter studies law
        i'm an attorney
        where do i file a complaint
    """,
    "escalation": """
        what is your agent number
        can i speak to someone about my bill
        please thank your manager for me
        our manager signed it
        my manager told me to call you
        your manager called me back thank you
        is this a robot
        i want to speak to my husband first
        can i talk to you about my bill
        i was talking to an agent earlier
        the human resources department sent me
        someone told me to call this number
        is the store manager the one who signs
        manager of my team
        i got a call from your manager
        i'd like to add another person to the booking
        the letting agent
        a cleaning agent
        i am an agent
        i want to talk to my wife about it
        someone else paid
        i need someone to fix my router
    """,
    "churn": """
        please take the voicemail off my line
        i want to cancel the caller display on my line
        i'd like to move my line to my new house
        i have a question about the amount on my bill
        he is ending the other line
        what time will i be leaving
        are there other options available
        please look for another hotel
        what happens if i cancel early
        please cancel the appointment
        can i change my appointment
        i don't want to leave you
        close the window
        i'm leaving for vacation tomorrow
        i will leave the key at the door
        i have never ordered before
        i moved to another city
        i want to stay with you
        if i ever want to cancel what do i do
        how can i cancel
        i want to know how to cancel a plan
        please cancel that transfer
        switch off the lights
        i leave at nine
        i will leave it with the neighbour
        it was the last time
    """,
    "purchase_intent": """
        can i have the phone number please
        could you give me a test call
        i want to add money to my account
        i would like to add that he was friendly
        can you upgrade my address in the system
        i bought a phone last week
        when did i order it
        i don't want to buy anything
        where is my order
        i want to return my order
        i tried to buy it but it failed
        why was i upgraded
        i already ordered one
        i am not interested in an upgrade
        can i add my new address
        i ordered the wrong size
        i bought it last year
        i want to return it
        i want a refund
        i don't need another one
        i do not want to upgrade
        did you add it already
        i have two of them
    """,
    "frustration": """
        i've had a sore throat for two days now
        how frustrating for her
        he gets annoyed with the kids
        they came back later
        we go back and forth across the border
        the dress is too long
        he runs around the park
        i visited her every day
        are you fed up with the rain
        thank you for waiting
        sorry for the wait
        i'll wait
        i called yesterday
        i have a sick child
        how long does it take
        that is not a waste of time
        i'm happy with it
        it takes two days right
        take your time
        i called to ask something
        wait a second
        i am upset stomach
        i have been there three times and loved it
        i tried it twice and it works
        the second time was better
        i am fine
        angry birds
    """,
}


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(kind, line.strip()) for kind, text in table.items() for line in text.splitlines() if line.strip()]


def kinds(text: str) -> set[str]:
    return {match.kind for match in find_cues(playbook(), "customer", text.split(), Context())}


@pytest.mark.parametrize(("kind", "text"), pairs(SAID))
def test_it_is_heard_however_it_is_put(kind: str, text: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(("kind", "text"), pairs(NOT_SAID))
def test_what_only_sounds_like_it_is_left_alone(kind: str, text: str) -> None:
    assert kind not in kinds(text)


@pytest.mark.parametrize(
    "text",
    ["can i talk to somebody please", "i am contesting this charge", "that is ridiculous", "it takes forever"],
)
def test_words_that_mean_it_only_in_some_calls_merely_colour(text: str) -> None:
    by_rules = replace(playbook(), classifier=None)
    found = find_cues(by_rules, "customer", text.split(), Context())
    assert [match.reach for match in found] == ["colour"]


@pytest.mark.parametrize(
    "text",
    [
        "can you put me through to that number",
        "put me through to the accounts department",
        "she was going to transfer me to sales",
        "it took hours to copy the tape",
        "it's been seven years since we moved",
    ],
)
def test_a_department_or_a_time_of_something_else_reaches_nobody(text: str) -> None:
    found = find_cues(playbook(), "customer", text.split(), Context())
    assert [match.kind for match in found if match.reach != "colour"] == []
