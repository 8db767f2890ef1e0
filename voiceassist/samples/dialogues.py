"""The six sample calls of the demo, all of our own invention.

Holds wording only: no voices, no times. Companies, people and products do not exist.
The wording is plain on purpose, so that a small recogniser hears it right.
Next: `synthesise.py` speaks them with the voices of `casting.py`.
"""

from voiceassist.events import Customer, Person, Speaker
from voiceassist.samples.script import Dialogue, Expectation, ExpectedCue, Line

ANNA = Person(id="agent-anna", name="Anna Reed")
BEN = Person(id="agent-ben", name="Ben Carter")
DAVID = Person(id="agent-david", name="David Allen")


def _agent(text: str, pause_before_ms: int = 500) -> Line:
    return Line("agent", text, pause_before_ms)


def _customer(text: str, pause_before_ms: int = 500, raised_db: float = 0.0) -> Line:
    return Line("customer", text, pause_before_ms, raised_db)


def _cues(speaker: Speaker, **words_by_kind: str) -> tuple[ExpectedCue, ...]:
    return tuple(ExpectedCue(kind, speaker, words) for kind, words in words_by_kind.items())


LATE_RETURN = Dialogue(
    id="late-return",
    title="A return after the deadline",
    summary="The agent refuses a late return by policy and then recovers with a store credit.",
    agent=ANNA,
    customer=Customer(id="customer-1001", name="Martin Webb", tier="standard"),
    lines=(
        _agent("Welcome to the Kitchen House. This call is recorded. My name is Anna."),
        _agent("How can I help you?", 300),
        _customer("Hello. I ordered a coffee machine, and now I want to return it."),
        _agent("All right. When did you order the machine?"),
        _customer("About six weeks ago. It is still in the box."),
        _agent("Thank you. I'm sorry, but our policy doesn't allow returns after thirty days."),
        # The objection is the time in which the card must reach the agent: over four seconds.
        _customer("But I was in the hospital for most of that time. I never even opened it.", 400),
        _customer("I really hoped that you could help me with this.", 600),
        _agent(
            "I understand. What I can do is offer you a store credit for the whole amount.",
            900,
        ),
        _customer("Oh, that would help.", -700),
        _customer("How long can I use it?", 300),
        _agent("You can use it for two years, in all of our stores."),
        _customer("That sounds fair.", -400),
        _agent("I will send the credit to you this afternoon.", 300),
        _customer("Great. Thank you for your help."),
        _agent("You're welcome. Thank you for calling."),
    ),
    expect=Expectation(
        cues=_cues(
            "agent",
            refusal="our policy doesn't allow",
            alternative="what I can do is",
        ),
        card=True,
        alerts=(),
        recovery="recovered",
    ),
)

DEAD_END = Dialogue(
    id="dead-end",
    title="A no with nothing after it",
    summary="The agent refuses to take a fee off the bill, and the call ends without any offer.",
    agent=BEN,
    customer=Customer(id="customer-1002", name="Laura Stone", tier="gold"),
    lines=(
        _agent("Thank you for calling River Mobile. We record this call. My name is Ben."),
        _agent("How can I help you?", 300),
        _customer("There is a fee of ninety dollars on my phone bill. I was away for two days."),
        _customer("Can you take it off the bill?", 400),
        _agent("No, I can't take the fee off your bill. We don't do that.", 700),
        _customer("But no one told me about it before I left.", -300),
        _agent("I'm sorry. There is nothing I can do.", 600),
        _customer("I used my phone for ten minutes in two days. Ninety dollars is a lot.", 600),
        _agent("I see.", -600),
        _customer("My sister went to the same place last month, and she paid nothing.", 600),
        _agent("It is the same for every customer.", 1200),
        _customer("That makes no sense to me. She has the same contract.", 1000),
        _agent("I understand.", 900),
        _customer("I have been a customer here for nine years.", 800),
        _agent("Yes, I can see that on my screen.", 700),
        _customer("And that is all that you have to say?", 900),
        _agent("Yes. Do you have another question?", 900),
        _customer("No, I do not. Goodbye.", 800),
        _agent("Goodbye.", 400),
    ),
    expect=Expectation(
        cues=(
            *_cues("agent", refusal="I can't take the fee off your bill"),
            *_cues("agent", refusal="there is nothing I can do"),
        ),
        card=True,
        alerts=(),
        recovery="dead_end",
    ),
)

ABUSE_LADDER = Dialogue(
    id="abuse-ladder",
    title="Every rung of the ladder",
    summary="The customer climbs from frustration to swearing, an insult and a threat of harm.",
    agent=ANNA,
    customer=Customer(id="customer-1003", name="Frank Doyle", tier="standard"),
    lines=(
        _agent("Welcome to Red Barn Delivery. This call is recorded. My name is Anna."),
        _agent("How can I help you?", 300),
        _customer("This is my third call this week. I am sick of waiting for my package."),
        _agent("I'm sorry to hear that. What is your order number, please?"),
        _customer("It is seven three nine five.", 600),
        _customer("Where is my damn package?", 700, 3.0),
        _agent("Thank you. I can see that the package left the warehouse this morning."),
        _customer("You people told me the same thing yesterday!", -500, 4.0),
        _customer("You are a useless idiot.", 400, 6.0),
        _agent("I want to help you find the package. Please talk to me with respect.", 800),
        _customer("Don't tell me how to talk. I know where your office is.", 400, 8.0),
        _customer("I will come down there and hurt you.", 400, 9.0),
        _agent("I hear that you are very angry. I am ending this call now.", 900),
        _customer("You better watch your back.", -600, 9.0),
        _agent("My team leader will call you tomorrow at nine o'clock. Goodbye.", 700),
    ),
    expect=Expectation(
        cues=(
            *_cues(
                "customer",
                frustration="I am sick of waiting",
                profanity="my damn package",
                insult="you are a useless idiot",
                threat="I will come down there and hurt you",
            ),
            *_cues("customer", threat="you better watch your back"),
        ),
        card=True,
        alerts=("insult", "threat"),
        recovery=None,
    ),
)

OVER_PROMISE = Dialogue(
    id="over-promise",
    title="Promises without limits",
    summary="The agent promises everything, gives away a month and names no date and no owner.",
    agent=DAVID,
    customer=Customer(id="customer-1004", name="Helen Park", tier="standard"),
    lines=(
        _agent("Thank you for calling City Home. This call is recorded. My name is David."),
        _agent("How can I help you?", 300),
        _customer("Good morning. My table did not come last week. Do you know where it is?"),
        _agent("I guarantee that you will get it."),
        _agent("It will definitely be there by tomorrow, no matter what.", 400),
        _customer("Are you sure? The driver said that it is still in the factory.", -300),
        _agent("I will do whatever it takes to get it to you.", 500),
        _agent("I will also give you a free month of our service.", 500),
        _customer("That is kind of you. But how will I know when the driver comes?", 600),
        _agent("We will get back to you.", 500),
        _customer("All right. And the table will come with all four chairs?", 700),
        _agent("Yes, the order is for one table and four chairs.", 500),
        _customer("Good. Then I will wait for the call.", -200),
        _agent("Thank you for calling. Have a nice day.", 500),
        _customer("Goodbye.", 300),
    ),
    expect=Expectation(
        cues=(
            *_cues("agent", overpromise="I guarantee"),
            *_cues("agent", overpromise="definitely be there by tomorrow, no matter what"),
            *_cues("agent", overpromise="whatever it takes"),
            *_cues("agent", giveaway="give you a free month"),
            *_cues("agent", vague_commitment="get back to you"),
        ),
        card=True,
        alerts=(),
        recovery=None,
    ),
)

FRIENDLY = Dialogue(
    id="friendly",
    title="A good call, left alone",
    summary="A friendly call full of words that only sound like trouble: no card may appear.",
    agent=BEN,
    customer=Customer(id="customer-1005", name="Peter Lane", tier="gold"),
    lines=(
        _agent("Welcome to Garden House. We record this call. My name is Ben."),
        _agent("How can I help you?", 300),
        _customer("Good morning. My cat ran into the lamp that I got from you, and the glass broke."),
        _agent("I'm so sorry to hear that. I hope that you are all fine."),
        _customer("Yes, we are all fine, thank you. He was only a little scared.", 400),
        _agent("Don't worry. Unfortunately, that happens. A new glass is nine dollars."),
        _customer("That is good to know. I also have a second lamp that is still in the box."),
        _customer("Does it cost money to return it?", 400),
        _agent("No, there is no fee. You can return it within thirty days."),
        _customer("Wonderful.", -500),
        _customer("And are you open on Sunday?", 400),
        _agent("Yes, we are open from ten to six."),
        _customer("Very good. My children can't wait to see the garden lights."),
        _agent("That is lovely. We can't wait to see you."),
        _customer("Thank you so much for your help.", 400),
        _agent("No problem. It was nice to talk to you. Goodbye."),
    ),
    expect=Expectation(cues=(), card=False, alerts=(), recovery=None),
)

MANAGER_PLEASE = Dialogue(
    id="manager-please",
    title="The customer wants a manager",
    summary="A business customer asks for a manager, names a lawyer and is offered a way out.",
    agent=BEN,
    customer=Customer(id="customer-1006", name="Robert Hill", tier="business"),
    lines=(
        _agent("Thank you for calling Bluefield Internet. We record this call. My name is Ben."),
        _agent("How can I help you?", 300),
        _customer("I want to talk to your manager. My office has had no internet for two days."),
        _agent("I'm sorry about that. When did the line go down?"),
        _customer("It went down on Tuesday. We are losing money.", 400),
        _customer("My lawyer will hear about this.", 400, 3.0),
        _agent("Thank you. I have your office on my screen now."),
        _customer("That does not help me! I will cancel my contract today.", -400, 4.0),
        _agent("What I can do is send you a mobile router this afternoon.", 800),
        _agent("Your office will be online again at four o'clock.", 400),
        _customer("When can I talk to your manager?", 500),
        _agent("Susan Bell, my manager, will call you at five.", 500),
        _customer("Thank you. I will wait for that.", -200),
        _agent("Thank you for your time. Goodbye.", 500),
    ),
    expect=Expectation(
        cues=(
            *_cues(
                "customer",
                escalation="I want to talk to your manager",
                legal_threat="my lawyer will hear about this",
                churn="I will cancel my contract",
            ),
            *_cues("agent", alternative="what I can do is"),
        ),
        card=True,
        alerts=("escalation", "legal_threat"),
        recovery=None,
    ),
)

DIALOGUES: tuple[Dialogue, ...] = (
    LATE_RETURN,
    DEAD_END,
    ABUSE_LADDER,
    OVER_PROMISE,
    FRIENDLY,
    MANAGER_PLEASE,
)
"""In the order in which the demo offers them."""
