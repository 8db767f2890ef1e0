"""What is a cue and what is none: ordinary phrasing, by kind."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import playbook
from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.match import Match
from voiceassist.core.playbook.model import SPEAKER_OF

NO_OFFER = [
    "That's not something we can offer.",
    "I can't make an exception.",
    "There is nothing we can offer you.",
    "I wish I could offer you that.",
]

SAID = {
    "refusal": [
        "No, we don't do that.",
        "Our policy doesn't allow returns after thirty days.",
        "I'm not able to change the date.",
        "There's nothing I can do.",
        "You'd have to talk to another department.",
        "Those are only for new customers.",
        "It's past the thirty days.",
        "I can't give you a refund for this.",
        "Unfortunately we won't be able to waive the fee.",
        "That is not possible.",
        "I'm afraid not.",
        "That is against our policy.",
        "We no longer offer that plan.",
        "I'm sorry, there are no rooms available.",
        "You are not eligible for that offer.",
    ],
    "alternative": [
        "What I can do is offer you a store credit.",
        "Would a store credit work?",
        "The earliest I can get you is Tuesday.",
        "But I can send you a loan phone.",
        "How about Friday?",
        "Alternatively you could visit our shop.",
        "I could offer you the smaller plan.",
        "You can pick it up at the shop instead.",
    ],
    "overpromise": [
        "I guarantee it will work.",
        "We will do whatever it takes.",
        "It will definitely be there by tomorrow, no matter what.",
        "I promise you it will never happen again.",
    ],
    "giveaway": [
        "I'll give you a free month.",
        "I can give you twenty percent off your bill.",
        "Let me waive the fee for you.",
        "I'll put a fifty dollar credit on your account.",
        "We can throw in a case.",
    ],
    "coercion": [
        "You have to pay first.",
        "Pay today or else.",
        "If you don't pay we will close your account.",
        "It's your own fault.",
        "You should have read the terms.",
    ],
    "vague_commitment": [
        "Someone will get back to you.",
        "We'll look into it.",
        "I will let you know as soon as possible.",
    ],
    "profanity": ["This damn thing!", "What the hell is going on?", "That is bullshit."],
    "insult": [
        "You people are useless.",
        "You are a useless idiot.",
        "Are you stupid?",
        "Go to hell.",
        "Learn to speak English.",
    ],
    "threat": [
        "I will come down there and hurt you.",
        "I'm going to kill you.",
        "You better watch your back.",
        "I know where you live.",
        "I will burn your office down.",
    ],
    "slur": ["you filthy immigrant", "You retard."],
    "sexual": ["What are you wearing?", "You sound so sexy.", "I want to sleep with you."],
    "legal_threat": [
        "My lawyer will hear about this.",
        "I will sue you.",
        "I'm going to report you to the ombudsman.",
        "I will leave a bad review.",
        "You will hear from my lawyer.",
    ],
    "escalation": [
        "I want to speak to a manager.",
        "Let me talk to your supervisor.",
        "Can I speak to a human?",
        "Put me through to somebody else.",
        "Get me your manager.",
    ],
    "churn": [
        "I will cancel my contract.",
        "I'm switching to another provider.",
        "I want to close my account.",
        "I'm going to dispute the charge.",
        "I am leaving you for your competitor.",
    ],
    "purchase_intent": [
        "I want to upgrade to the big plan.",
        "Can I order two of them?",
        "I'd like to buy a new phone.",
    ],
    "frustration": [
        "I am fed up.",
        "I have called three times this week.",
        "I've been waiting for two hours.",
        "This is ridiculous.",
        "I am sick of waiting.",
    ],
}

NOT_SAID = {
    "refusal": [
        "I'm so sorry to hear that.",
        "That is unfortunate.",
        "Unfortunately, that happens.",
        "No problem.",
        "We can't wait to help you.",
        "Don't worry.",
        "I can't hear you.",
        "No, there is no fee.",
        "I understand that you can't log in.",
        "If you can't find it, let me know.",
        "You can return it within thirty days.",
        "So you are not able to connect, is that right?",
    ],
    "alternative": ["Can you tell me your number?", "When did you buy it?", "Would you like anything else?"],
    "overpromise": [
        "I can't promise that.",
        "I will call you on Friday before noon.",
        "It has a two year guarantee.",
    ],
    "giveaway": [
        "The delivery is free for all orders.",
        "I can offer you a store credit.",
        "Do you have your credit card?",
        "Feel free to call again.",
        "We can't give you a discount.",
    ],
    "coercion": [
        "Could you please press the red button?",
        "You don't have to pay anything.",
        "If you don't mind, I will check.",
        "Please tell me what you have to send.",
    ],
    "vague_commitment": [
        "I will call you on Friday before noon.",
        "Someone will call you tomorrow at nine.",
        "I will look into it right now.",
    ],
    "profanity": ["Hello there.", "He'll be here soon.", "I passed the class."],
    "insult": [
        "This phone is useless.",
        "Your website is stupid.",
        "I feel like an idiot.",
        "I was so stupid to drop it.",
        "You must think I am stupid.",
    ],
    "threat": [
        "I'm dying here.",
        "This is killing me.",
        "My back hurts me.",
        "This wait is killing my battery.",
        "I could kill for a coffee.",
    ],
    "slur": ["My neighbour is from Mexico.", "I am an immigrant.", "We like Indian food."],
    "sexual": ["It is hot in here.", "What a nice voice."],
    "legal_threat": ["Where can I send a complaint?", "I am a lawyer.", "I work for the press."],
    "escalation": [
        "My manager told me to call.",
        "I am the manager of the shop.",
        "And when does the manager call me?",
    ],
    "churn": [
        "How do I cancel in general?",
        "What happens if I cancel?",
        "I want to cancel my order.",
        "I'm not going to cancel.",
    ],
    "purchase_intent": ["I bought a phone.", "When did I order it?"],
    "frustration": ["I am tired today.", "I am not angry.", "Thank you for waiting."],
}

# Spellings that `_shouted` and friends may not change the meaning of: said with and without apostrophes.
EVERYTHING = [(kind, text) for kind, sentences in SAID.items() for text in sentences]


def cues_of(kind: str, text: str, before: str = "") -> list[Match]:
    return find_cues(playbook(), SPEAKER_OF[kind], text.split(), Context(before=tuple(before.split())))


def kinds(kind: str, text: str, before: str = "") -> set[str]:
    return {match.kind for match in cues_of(kind, text, before)}


@pytest.mark.parametrize(("kind", "text"), EVERYTHING)
def test_a_cue_fires_on_ordinary_phrasing(kind: str, text: str) -> None:
    assert kind in kinds(kind, text)


@pytest.mark.parametrize(("kind", "text"), [(k, text) for k, texts in NOT_SAID.items() for text in texts])
def test_a_cue_stays_silent_on_what_only_sounds_like_it(kind: str, text: str) -> None:
    assert kind not in kinds(kind, text)


@given(st.sampled_from(EVERYTHING), st.randoms(use_true_random=False))
def test_case_punctuation_fillers_and_stutters_change_nothing(said: tuple[str, str], random: object) -> None:
    kind, text = said
    plain = [(match.kind, match.rule, match.tokens) for match in cues_of(kind, text)]
    noisy = _noisy(text, random)
    assert [(match.kind, match.rule, match.tokens) for match in cues_of(kind, noisy)] == plain


def _noisy(text: str, random: object) -> str:
    choose = random.choice  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    words = []
    for word in text.split():
        bare = word.strip(string.punctuation)
        words.append(choose([bare.upper(), bare.lower(), bare.title(), f"{bare},", f"{bare}.", f"...{bare}!"]))
        words += choose([[], [], ["um"], ["uh,"], [bare]])
    return " ".join(words)


def test_a_match_names_the_words_as_they_stand_in_the_utterance() -> None:
    match = cues_of("refusal", "Well, um, our policy doesn't allow that")[0]
    assert (match.first_word, match.last_word) == (2, 5)


def test_a_bare_no_refuses_what_was_asked_for() -> None:
    assert "refusal" in kinds("refusal", "No, sorry.", before="Can you waive it for me?")


def test_a_bare_no_to_a_question_of_fact_refuses_nothing() -> None:
    assert "refusal" not in kinds("refusal", "No.", before="Is there a fee for that?")


def test_an_order_taken_without_a_question_is_a_quick_yes() -> None:
    assert "quick_yes" in kinds(
        "quick_yes", "Sure, I'll add that right away.", before="I want to buy the big plan"
    )


def test_an_order_taken_with_a_question_is_no_quick_yes() -> None:
    asked = "Gladly. What do you use it for? Then I'll add that."
    assert "quick_yes" not in kinds("quick_yes", asked, before="I want to buy the big plan")


def test_an_order_taken_later_is_no_quick_yes() -> None:
    assert "quick_yes" not in kinds("quick_yes", "Sure, I'll add that.", before="I play games on it")


def test_one_refusal_said_twice_is_one_cue() -> None:
    said = cues_of("refusal", "No I can't unlock it, we don't do that before the end of the contract")
    assert [match.kind for match in said] == ["refusal"]


def test_a_refusal_after_an_alternative_is_another_one() -> None:
    said = cues_of("refusal", "We can't refund it but what I can do is repair it, we can't exchange it though")
    assert [match.kind for match in said] == ["refusal", "alternative", "refusal"]


@pytest.mark.parametrize("text", NO_OFFER)
def test_words_that_refuse_are_no_alternative(text: str) -> None:
    found = find_cues(playbook(), "agent", text.split(), Context())
    assert not [match.rule for match in found if match.kind == "alternative"]
