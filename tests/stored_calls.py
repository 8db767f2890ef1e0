"""Stored calls of five minutes, made up of our own sentences: for what runs over many calls."""

import random
from collections.abc import Iterator

from tests.builders import conversation, hangup, started
from voiceassist import wire
from voiceassist.events import Event, Final, Record, Speaker

SENTENCES: dict[Speaker, tuple[str, ...]] = {
    "customer": (
        "yes my name is martin webb and i live in the old town",
        "i would like to ask about my order because it has not come yet",
        "okay and what happens when it does not come this week",
        "that sounds good i also want to ask about the blue one i saw last week",
        "i think the middle one would be right for my son he is twelve",
        "no i will pick it up in the shop on saturday morning if that is possible",
        "can i return the coffee machine i bought it six weeks ago",
        "um i see so that means i have to wait for the letter first",
        "thank you that is all i wanted to know",
        "mhm",
    ),
    "agent": (
        "hello thank you for calling how can i help you today",
        "let me have a look at that for you one moment please",
        "i can see it here it was sent on monday and should be with you soon",
        "then we send another one at no cost to you",
        "we have it in three sizes which one would you like",
        "great shall i put it into the same parcel as the other two",
        "i am sorry to hear that let me check what i can find out about it",
        "the shop is open from nine to six and on saturdays until four",
        "all right i have written that down for you",
        "is there anything else that i can do for you today",
    ),
}
SELDOM: dict[Speaker, tuple[str, ...]] = {
    "customer": ("i want to speak to a manager", "i want to cancel my contract", "this damn thing never works"),
    "agent": ("we can't do that", "what i can do is offer you a store credit", "someone will call you back"),
}
SELDOM_SHARE = 0.08  # of the turns
LENGTH_MS = 300_000


def events_of(seed: int) -> list[Event]:
    """A call's first event, what was said in five minutes, and its end."""
    chance = random.Random(seed)
    lines = [_line(chance, "agent" if n % 2 else "customer") for n in range(120)]
    finals = [item for item in conversation(*lines, pause=400) if isinstance(item, Final)]
    heard: list[Event] = [final for final in finals if final.end_ms < LENGTH_MS]
    return [started(), *heard, hangup(LENGTH_MS)]


def records_of(seed: int) -> Iterator[Record]:
    """The same, as the store has it."""
    for number, event in enumerate(events_of(seed), start=1):
        yield Record(call_id=f"call-{seed}", seq=number, event=event)


def lines_of(seed: int) -> str:
    """The same, as lines of JSON."""
    return "".join(f"{wire.encode_line(record)}\n" for record in records_of(seed))


def _line(chance: random.Random, speaker: Speaker) -> tuple[Speaker, str]:
    said = SELDOM if chance.random() < SELDOM_SHARE else SENTENCES
    return speaker, chance.choice(said[speaker])
