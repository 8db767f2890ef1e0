"""What else agents say: offers, promises, gifts, pressure, vague words, orders taken too quickly."""

from dataclasses import replace

import pytest

from tests.builders import playbook
from voiceassist.core.cues.find import Context, find_cues

SAID = {
    "alternative": [
        "that one failed should i try the second of may",
        "another bus leaves at four",
        "is it fine if i go with the later one",
        "would you like the corner table instead",
        "what you could do is divert it to your mobile",
        "we don't stock it but i could order one for you",
        "what i'd suggest is the smaller plan",
        "if you'd like i can put you on the list",
        "shall i put you through to them",
        "would you like me to give you their number",
        "all i can do is note it on your file",
        "the saturday is full but sunday morning is wide open",
        "tell you what let us switch it to the monthly one",
        "i can't move it today for now i can block the card",
        "what i can do is put you on the waiting list",
        "What I could offer you is an exchange.",
        "we could try the smaller size if you like",
        "how about a table at eight instead",
        "would thursday morning work for you",
        "would you be open to a different color",
        "the next available appointment is monday at ten",
        "the earliest we can deliver is the fourth",
        "but i can send you the manual by email",
        "you could also pick it up at the store",
        "you can always change to the monthly plan",
        "alternatively there is a later train",
        "as an alternative we have a refurbished one",
        "there's another hotel nearby that has rooms",
        "i do have a seat on the evening flight",
        "the best i can do is half of it",
        "if you want i can split the payment in two",
        "let me offer you an exchange instead",
        "maybe we could move it to another day",
        "would you like me to try a different date",
        "shall i look for another restaurant",
        "what about the following weekend",
        "have you thought about the yearly plan",
        "you're welcome to use our workshop",
        "however we can repair it for you",
        "i can suggest a similar model",
        "one thing i can do is hold it for you until friday",
        "are you flexible on the date",
    ],
    "overpromise": [
        "come hell or high water it ships today",
        "there's no way the bank will refuse you",
        "it is the safest product in the world",
        "we will stop at nothing until it is done",
        "i guarantee you will love it",
        "I promise you won't have any trouble with it.",
        "we'll do whatever it takes to make it right",
        "it will definitely be there by tomorrow",
        "this will never happen again i swear",
        "you have my word on that",
        "i'm a hundred percent sure it will work",
        "no matter what happens we will fix it today",
        "your money is one hundred percent safe",
        "nothing can go wrong with this one",
        "anything you want just call me",
        "trust me it will be there",
        "it will be fixed by tonight for sure",
        "it's absolutely guaranteed to fix the problem",
        "you will never have a problem again",
        "i will do everything in the world for you",
        "delivery tomorrow without fail",
        "there is no way it will break",
    ],
    "giveaway": [
        "that one is on us",
        "we'll foot the bill for the cleaning",
        "consider that charge gone",
        "here's a code for thirty percent off your next order",
        "the installation will be free for you",
        "i'll give you the staff rate",
        "i'll send you a second one for free",
        "let me take ten percent off your order",
        "i can give you a twenty dollar credit on your next bill",
        "we'll waive the activation fee for you",
        "i'm going to remove that late charge",
        "I'd be happy to apply a 15% discount.",
        "we will upgrade you at no extra cost",
        "this one is on the house",
        "i'll throw in a case and a charger",
        "i could offer you a free month",
        "let me add a complimentary breakfast",
        "i have credited your account with thirty dollars",
        "we can knock five dollars off",
        "i won't charge you for the shipping",
        "here is a voucher for you as an apology",
        "as a gesture of goodwill i will add two free months",
        "i've reversed the fee for you",
        "we'll give you half off the second pair",
        "let me wave that fee for you",
        "i can offer you a discount code",
    ],
    "coercion": [
        "either you pay or we cancel the line",
        "if you hang up now you lose your place",
        "you can't cancel until it's paid off",
        "whose job was it to read the contract",
        "no payment no service",
        "your deposit will be forfeited if you wait",
        "you have to pay this today",
        "you must sign the form or we close the case",
        "if you don't pay by friday we will cut your line",
        "that is your own fault",
        "you should have read the contract",
        "pay now or else",
        "your account will be suspended",
        "you agreed to these terms",
        "this is your last warning",
        "it goes to collections otherwise",
        "you have no choice but to accept it",
        "otherwise we will send it to a collection agency",
        "like it or not that is the price",
        "you need to calm down",
        "nobody forced you to buy it",
        "it's on you that it broke",
        "you should have called us before you left",
        "unless you sign today your service will be cancelled",
        "you are obliged to send it back",
        "take it or leave it",
    ],
    "vague_commitment": [
        "it'll be taken care of",
        "i'll chase it up",
        "someone's going to take a look when they get a minute",
        "you should be hearing something",
        "we'll do what we can",
        "i'll flag it",
        "someone will get back to you",
        "we'll look into it",
        "our team will contact you",
        "i'll pass that along",
        "you will hear from us",
        "we are working on it",
        "i will see what i can do about that",
        "it should be fixed soon",
        "we'll be in touch",
        "a colleague is going to call you back",
        "i'll let you know as soon as i hear something",
        "leave it with me",
        "we will do our best",
        "somebody from the technical department should reach out",
        "they'll follow up with you at some point",
        "it is being looked into",
        "i'll make a note of it",
        "we will keep you posted",
    ],
}

NOT_SAID = {
    "alternative": [
        "how about the date of birth",
        "what about your second account",
        "what about the postcode",
        "the best we had was in june",
        "the line is free now",
        "that was one of the first things we did",
        "they could have tried another one",
        "does a computer club do that",
        "what can i do for you today",
        "how can i help you",
        "is there anything else i can do",
        "how about you how are you",
        "let me see what i can find",
        "when would you like to travel",
        "for how many people",
        "could you tell me the order number",
        "i wish i could offer you that",
        "there is nothing i can do",
        "what about your address is it still the same",
        "would you like anything else",
        "can i have your name please",
        "that's not something we can offer",
        "do you have the receipt",
        "which color did you order",
    ],
    "overpromise": [
        "there's no doubt he was angry",
        "whatever it is called",
        "i can't guarantee that it arrives on friday",
        "i can't promise anything",
        "i will call you back tomorrow at ten",
        "it comes with a two year guarantee",
        "there's a money back guarantee on it",
        "i promise to call you on monday at nine",
        "it should be there on tuesday",
        "they promised me the same thing",
        "that is definitely frustrating",
        "you definitely qualify for that plan",
        "i'm not a hundred percent sure let me check",
        "is the delivery date guaranteed by the carrier i don't know",
        "we do not guarantee delivery dates",
        "i will send you the link today",
    ],
    "giveaway": [
        "you have a free slot at nine",
        "there is a connection charge of sixty dollars",
        "members get ten percent off",
        "every plan comes with free calls",
        "it is twenty percent off in the sale",
        "delivery is free on all orders over fifty dollars",
        "feel free to call us any time",
        "i can offer you a store credit",
        "could i have your credit card number",
        "are you free on monday",
        "we can't waive that fee",
        "the monthly fee is ten dollars",
        "all plans come with free calls",
        "entrance is free for everyone",
        "there is a charge of five dollars",
        "there's no discount on that one",
        "the hotel has free wifi and parking",
        "i will add that to your account",
        "what is your credit limit",
        "the toll free number is on the back",
        "i'll check the charges on your bill",
        "the museum has free admission",
        "you get free delivery if you order online",
    ],
    "coercion": [
        "you have to be quick to catch the bus",
        "you've got to see the view from up there",
        "as i said the office is on the left",
        "you have to pay to get in",
        "it will cost you fifteen dollars",
        "or else we could ship it to you",
        "you'll have to go through the park",
        "you mustn't feel bad about it",
        "could you please send me the form",
        "you don't have to do anything",
        "do you have to travel on that day",
        "if you don't mind i'll check",
        "if you do not receive it let me know",
        "please restart the router",
        "you have to press the green button first",
        "what do you have to pay now",
        "it's not your fault at all",
        "you must be very tired",
        "sorry that you had to wait",
        "all you have to do is sign in",
        "would you mind sending it back",
        "you have two weeks to decide",
        "you will receive an email",
        "you should see a green light",
    ],
    "vague_commitment": [
        "your flight will arrive at noon",
        "they eventually came",
        "i'll have a look for you now",
        "i will call you on friday before noon",
        "someone will call you tomorrow at nine",
        "let me look into that one moment please",
        "i will look into it right now",
        "our technician will be there on monday at eight",
        "we will send it within two days",
        "talk to you soon",
        "the train leaves soon",
        "has someone called you already",
        "let me check that for you",
        "i'll email you the form today",
        "did they get back to you",
        "i will follow up with you by wednesday",
        "how soon do you need it",
    ],
}

WANTS = "i would like to upgrade to the bigger plan"
TAKEN = [
    "done you're on it",
    "bigger plan it is",
    "ordering that right away",
    "sure i'll upgrade you right away",
    "great i have added it to your account",
    "done you're all set",
    "i'm placing the order now",
    "perfect i've gone ahead and switched you",
    "okay your upgrade has been processed",
    "no problem let me put that in for you",
    "consider it done",
]
ASKED_FIRST = [
    "sure what do you mostly use it for",
    "before i add that how many people use the line",
    "i can upgrade you but may i ask how much data you need",
    "let me check are you happy with the coverage",
    "happy to help do you travel a lot",
    "that plan costs forty dollars a month",
]


def kinds(text: str, before: str = "") -> set[str]:
    found = find_cues(playbook(), "agent", text.split(), Context(before=tuple(before.split())))
    return {match.kind for match in found}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SAID.items() for text in texts])
def test_it_is_heard_however_it_is_put(kind: str, text: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOT_SAID.items() for text in texts])
def test_what_only_sounds_like_it_is_left_alone(kind: str, text: str) -> None:
    assert kind not in kinds(text)


@pytest.mark.parametrize("text", TAKEN)
def test_an_order_taken_at_once_is_a_quick_yes(text: str) -> None:
    assert "quick_yes" in kinds(text, WANTS)


@pytest.mark.parametrize("text", ASKED_FIRST)
def test_a_question_about_the_need_comes_before_the_yes(text: str) -> None:
    assert "quick_yes" not in kinds(text, WANTS)


@pytest.mark.parametrize("text", TAKEN)
def test_without_a_wish_to_buy_nothing_is_taken_too_quickly(text: str) -> None:
    assert "quick_yes" not in kinds(text, "my phone does not ring")


@pytest.mark.parametrize("wish", ["please book it", "i want to book a table for four people"])
def test_an_offer_that_is_taken_was_talked_about_before(wish: str) -> None:
    assert "quick_yes" not in kinds("okay i have booked it", wish)


def test_a_free_offer_instead_is_an_alternative_and_a_giveaway() -> None:
    assert kinds("what i can do is send you a new one for free") == {"alternative", "giveaway"}


@pytest.mark.parametrize("pivot", ["but what i can do is", "however i can", "though we could", "instead i can"])
def test_a_refusal_with_an_offer_in_one_breath_is_both(pivot: str) -> None:
    found = find_cues(playbook(), "agent", f"we can't refund it {pivot} send you a new one".split(), Context())
    assert [match.kind for match in found] == ["refusal", "alternative"]


@pytest.mark.parametrize(
    "text",
    [
        "you can have as many as you like they are a dollar each",
        "i'm working on a degree",
        "you must",
        "how about the green dragon inn",
    ],
)
def test_words_that_mean_it_only_sometimes_reach_nobody_alone(text: str) -> None:
    by_rules = replace(playbook(), classifier=None)
    found = find_cues(by_rules, "agent", text.split(), Context())
    assert {match.reach for match in found} == {"colour"}
