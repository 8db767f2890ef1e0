"""What refuses and what does not: outright, by policy, by inability, by deflection, implied."""

import pytest

from tests.builders import playbook
from voiceassist.core.cues.find import Context, find_cues

# By rule: sentences as agents say them, in the spelling of recognizers, of typists and of people.
REFUSALS = {
    "inability": [
        "i'm sorry i can't take that charge off for you",
        "we cannot give out that information over the phone",
        "unfortunately i am not able to move your delivery to saturday",
        "we're unable to combine the two orders at this point",
        "I do apologise, but I'm not authorised to go below that price.",
        "there's not a lot i can do about the weather delay",
        "there is nothing further we can do for you on this one",
        "i don't have access to the other accounts",
        "I don't have the authority to approve that.",
        "that's beyond my control i'm afraid",
        "that is as far as i can go",
        "i wish i could but the rate is fixed",
        "I'd love to but that's not something we do",
        "i would love to help you with that but we do not have that option",
        "if it were up to me you would have it today",
        "i don't think we can do that for you",
        "we're not in a position to offer compensation",
        "um we uh we can not we cannot do that right now",
        "we can no longer add items to that order",
        "my hands are tied on this",
        "i've done everything i can here",
        "the store can't hold it for that long",
        "i won't be able to get you a seat on that one",
        "I'm not going to be able to refund the shipping.",
    ],
    "by_system": [
        "the system won't let me change the address",
        "it doesn't let me apply two codes",
        "our system does not allow a second booking on the same card",
        "the computer is not letting me go any lower",
    ],
    "by_policy": [
        "our policy doesn't allow exchanges on opened software",
        "the warranty does not cover water damage",
        "as per our policy refunds are only issued to the original card",
        "due to company policy that amount stays as it is",
        "that would be against our policy",
        "we don't price match other websites",
        "we do not usually accept returns without the receipt",
        "you don't qualify for that promotion",
        "this fare is not refundable",
        "it's a nonrefundable rate",
        "all sales are final on clearance",
        "we no longer support that version",
        "that's not something we offer",
        "that is not how the plan works",
        "a custom module is outside the scope of your agreement",
        "that feature is not on our roadmap",
        "the discount does not apply to sale items",
        "our terms state that a cancellation fee must be paid",
        "we have a strict policy on that",
        "sadly we do not ship to islands",
        "you're not eligible for the upgrade yet",
    ],
    "impossible": [
        "that's not possible at the moment",
        "an order that has shipped can't be changed anymore",
        "the ticket cannot be transferred to another person",
        "those points can't be reinstated",
        "there's no way to speed that up",
        "there is no way for me to see who called",
        "your deposit won't be refunded",
        "there's no exception to that",
        "that isn't going to happen",
        "it's simply not allowed",
        "that is out of the question",
        "cancellation within a day is not permitted",
    ],
    "restriction": [
        "you can't return swimwear",
        "customers may not combine offers",
        "you won't be able to cancel after today",
        "you are not allowed to bring pets into the room",
        "you're not entitled to a second replacement",
        "unfortunately you cannot change the name on the booking",
    ],
    "unwilling": [
        "no we will not refund that",
        "we're not going to pay for the repair",
        "i'm going to have to decline that request",
        "your claim was denied",
        "the answer is still no",
        "we're not waiving it",
        "no refund will be given",
        "that's off the table",
        "so the fee stays on the account",
        "i'm afraid not",
        "it's a no from us",
        "i'm afraid the kitchen is full that night",
        "i'm afraid that offer is no longer running",
        "absolutely not",
        "sorry not at this time",
    ],
    "deflection": [
        "you would have to speak with the billing department",
        "you'll need to contact the manufacturer for that",
        "that's handled by our claims team",
        "that is not my department",
        "the shop that sold it has to deal with it",
        "it's the landlord's decision",
        "if you ring the tax office they should be able to tell you",
        "you need to speak to the letting agency",
        "refunds have to be requested through the seller",
        "i'm not the right person for that",
        "only the account holder can make that change",
        "it is up to the airline",
        "we don't handle warranty cases here",
    ],
    "implied": [
        "those prices are only for new customers",
        "that offer is only available to students",
        "it's past the return window",
        "you're outside our thirty day return period",
        "your coupon has expired",
        "the warranty ended in march and the warranty has expired",
        "we only refund unopened items",
        "we can only exchange it within fourteen days",
        "it's too late to change the order",
        "not until your contract is up",
        "you'll have to wait until the first of the month",
        "it should have been returned before the holidays",
        "you have to be a gold member for the lounge",
        "returns must be made within 30 days",
        "that rate is reserved for members",
        "this deal is exclusive to online orders",
    ],
    "unavailable": [
        "there are no rooms left on friday",
        "we don't have any appointments available this week",
        "that model is out of stock",
        "i couldn't find anything under a hundred dollars",
        "it's sold out",
        "the evening slots are fully booked",
        "i don't see any openings on monday",
        "no luck with that date",
        "we have no technicians available before thursday",
        "that color has been discontinued",
    ],
    "limit": [
        "the most i'm allowed to take off is ten percent",
        "twenty is the maximum",
        "that's as far as it goes",
        "that's all i can tell you",
        "there is nothing more i can offer",
    ],
    "closed": [
        "the ten o'clock is gone",
        "eleven thirty's full",
        "we're closed on sundays",
        "the workshop doesn't open until nine i'm afraid it's shut now",
        "she has left for the day",
        "our drivers have gone home the office is closed until monday",
    ],
    "need_id": [
        "i can't discuss the policy without your reference",
        "without the password i'm not able to open it",
        "we can only look it up with the booking number",
        "i can't go into that with anyone but the account holder",
    ],
    "cannot": [
        "so basically can't refund it once it has gone out",
        "that isn't in stock in blue but i can put you on the list",
    ],
    "failed": [
        "the booking didn't go through",
        "your payment was declined",
        "i was unsuccessful in making that reservation",
        "there was a problem processing the reservation",
        "the reservation could not be completed",
        "i failed to get the tickets",
    ],
}

NO_REFUSALS = {
    "sympathy": [
        "i'm so sorry to hear that you can't use your phone",
        "that is unfortunate and i do apologize for the trouble",
        "unfortunately these delays happen in the winter",
        "i understand how frustrating it is when the package does not arrive",
        "i'm sorry that you were not able to reach us yesterday",
        "sorry you couldn't get through earlier",
        "i can't imagine how annoying that must be",
        "I can't apologise enough for the mix up.",
        "i cannot tell you how sorry i am",
        "i see that your order has not arrived",
        "i understand you have not received your refund yet",
        "so you can't log in to the app is that right",
        "so it doesn't turn on at all",
        "you mentioned that you could not sign in",
    ],
    "courtesy": [
        "no problem at all",
        "not a problem i can do that for you",
        "no worries",
        "no trouble at all let me check",
        "don't worry we will get this fixed",
        "i can't wait to see it sorted out",
        "we can't thank you enough for your patience",
        "don't hesitate to call again",
        "nothing to worry about",
        "you can't go wrong with that one",
        "why not let's try it",
        "i couldn't agree more",
        "we couldn't be happier to help",
        "i can't complain how are you",
        "no need to apologize",
    ],
    "listening": [
        "i can't hear you very well",
        "i'm sorry i couldn't quite hear that",
        "sorry i didn't catch your name",
        "i'm afraid i didn't catch that",
        "i'm not able to see the picture could you send it again",
        "i can't find your order could you repeat the number",
        "i'm unable to locate your account with that number what is your email",
        "i don't understand could you say that again",
        "i can't seem to pull up your file one moment",
    ],
    "reassurance": [
        "you won't be charged for it",
        "there is no fee for that",
        "there are no extra charges",
        "it won't take long",
        "i don't see any problem with that",
        "it's not that we can't it just takes a day",
        "there's no reason we can't do that today",
        "there is no limit on that plan",
        "we will not share your details",
        "i see no issues on your account",
        "you don't need to send it back",
        "you do not have to do anything",
        "there is no catch",
        "i won't keep you long",
        "nothing is due today",
        "we do not charge for delivery",
        "that is not a problem for us",
        "you are not required to return the box",
    ],
    "conditions": [
        "if you can't find it let me know",
        "if we can't fix it you get a new one",
        "if it is not available i will call you",
        "in case it does not work please call us",
        "unless you cannot make it",
        "let me know if that isn't possible for you",
        "if for some reason we can't deliver it we will call you",
        "if there is nothing else i can do for you have a nice day",
    ],
    "facts and questions": [
        "is there anything else i can do for you",
        "could you tell me why you can't use it",
        "are you not able to open the link",
        "isn't it possible that the code was used already",
        "you can return it within thirty days",
        "our policy allows returns within thirty days",
        "the plan includes unlimited calls",
        "i have booked it for you",
        "the train leaves at nine and arrives at noon",
        "all booked for you",
        "you're all booked for friday",
        "can you not see the button at the top",
        "the restaurant is in the south and it is expensive",
        "let me see what i can do for you",
        "i only need your order number",
        "one moment please while i look that up",
        "would you like the red one or the blue one",
        "your refund has been processed",
        "yes we can do that",
        "how can i help you today",
        "i don't know let me check that for you",
        "did you not get the email",
        "it is only a minute away",
        "the deadline is friday so we are well within it",
        "the hotel has free parking",
        "i will have to ask you for your name first",
        "you have to press the red button",
    ],
}

ANSWERS_THAT_REFUSE = [
    ("can you waive it for me", "no sorry"),
    ("is there another time", "no that is the only one"),
    ("do you have anything else", "no sorry"),
    ("could i get it for half the price", "absolutely not"),
    ("i'd like a refund", "no we don't do that"),
    ("can i bring my dog", "no you can't"),
    ("can you deliver on sunday", "we only deliver on weekdays"),
    ("do you have the blue one", "we've only got red"),
    ("do you have the blue one", "no not in that size"),
    ("have you got oat milk", "i don't see it on here"),
    ("can you insure my boat", "boats aren't something we take on"),
    ("can you open it for me", "we can't sir"),
    ("can you squeeze me in tonight", "the last sitting was at nine"),
    ("can i return these shoes", "sale items are exchange only"),
    ("could you cancel my order", "it's already left the warehouse"),
    ("i'd like the spring discount", "that offer ended on friday"),
    ("can i have a second voucher", "it's one per household"),
    ("please add the sports channels", "that's on the premium package"),
    ("could you tell me his number", "i'm afraid it's not one we give out"),
    ("can you tell me who rang", "we've no way of knowing"),
    ("do you know when he is back", "not that i know of"),
    ("can i pay by cheque", "we're card only"),
    ("please raise my limit", "your account is less than six months old"),
    ("so you can't do that", "no"),
    ("so there's nothing you can do", "not really no"),
    ("oh you can't change it", "that's right i'm afraid"),
]
ANSWERS_OF_FACT = [
    ("is there a fee for that", "no"),
    ("will i be charged twice", "no you will not be charged"),
    ("do i have to send it back", "no you don't have to"),
    ("is the battery included", "no it is not"),
    ("has my parcel left yet", "not yet"),
    ("how do i return it", "you would need to contact the seller"),
    ("when do you deliver", "we only deliver on weekdays"),
    ("would i be charged for that", "no you wouldn't"),
    ("is it still open", "it closed at nine"),
]
# What people say about their lives and their work. None of it may bring a card.
ORDINARY_TALK = [
    "i couldn't park the car so i walked",
    "we couldn't go out because of the rain",
    "they can't even agree about the colour of the hall",
    "my sister can't stand the heat",
    "i can't remember the last time i slept",
    "he turned it down because the music was too loud",
    "it's no wonder you're tired",
    "i would say no to that",
    "there was no room for the dog in the boot",
    "we didn't do it that way last time",
    "you can't do that to a child",
    "i don't have any brothers",
    "that's all there is to it",
    "only if they want to",
    "i ran out of time",
    "the film is on but nobody is watching",
    "you have to want to write to them",
    "i'm not doing a lot of sport this year",
    "we didn't have a lot of time for it",
]
# What agents tell and do without refusing anything.
NEWS = [
    "your appointment is booked for friday at two",
    "it's all booked your reference is eight four two",
    "i'll put you through to the billing department you would have to speak to them",
    "you need the lost property office shall i connect you",
    "there's no reply i'm afraid",
    "i'm afraid that number is no longer in use",
    "the line is engaged at the moment",
    "you'll have to try again later",
    "it's three hundred and fifty per month",
    "you want to go to the airport is that right",
    "the balance is forty pounds and nothing is overdue",
    "no gift wrap as you said",
    "if that can't be read we try again",
    "you'll need to call us back with the number",
]


def reaching(text: str) -> list[str]:
    found = find_cues(playbook(), "agent", text.split(), Context())
    return [match.rule for match in found if match.kind == "refusal" and match.reach != "colour"]


def refusals(text: str, before: str = "") -> list[str]:
    found = find_cues(playbook(), "agent", text.split(), Context(before=tuple(before.split())))
    return [match.rule for match in found if match.kind == "refusal"]


@pytest.mark.parametrize("text", [text for texts in REFUSALS.values() for text in texts])
def test_a_refusal_is_heard_however_it_is_put(text: str) -> None:
    assert refusals(text)


@pytest.mark.parametrize("rule", REFUSALS)
def test_every_way_of_refusing_has_its_own_rule(rule: str) -> None:
    assert f"refusal.{rule}" in {found for text in REFUSALS[rule] for found in refusals(text)}


@pytest.mark.parametrize("text", [text for texts in NO_REFUSALS.values() for text in texts])
def test_what_denies_nothing_is_no_refusal(text: str) -> None:
    assert refusals(text) == []


@pytest.mark.parametrize(("before", "text"), ANSWERS_THAT_REFUSE)
def test_an_answer_refuses_what_was_asked_for(before: str, text: str) -> None:
    assert refusals(text, before)


@pytest.mark.parametrize(("before", "text"), ANSWERS_OF_FACT)
def test_an_answer_to_a_question_of_fact_refuses_nothing(before: str, text: str) -> None:
    assert refusals(text, before) == []


@pytest.mark.parametrize("text", [*ORDINARY_TALK, *NEWS])
def test_ordinary_talk_and_news_bring_no_refusal_to_anybody(text: str) -> None:
    assert reaching(text) == []


def test_a_weak_rule_only_colours_until_the_classifier_agrees() -> None:
    assert refusals("i couldn't lift it") == ["refusal.inability_weak"]
    assert reaching("i couldn't lift it") == []
