"""Made-up calls with Zipf-like words, cues, refusals and alerts, as many as one likes; the same at every run.

The rows are those that the writer makes, by the writer's own functions; only they are inserted a thousand calls at
a time. Words carry no times of their own: the events are a fifth as large as real ones.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np
from sqlalchemy import Connection

from tests.shell import store_records as make
from voiceassist.events import (
    CallEnded,
    CallStarted,
    Customer,
    Event,
    Final,
    Person,
    PromptClosed,
    Record,
    Speaker,
)
from voiceassist.store import writer
from voiceassist.store.fact_feed import facts_of, insert_facts
from voiceassist.store.facts import CallHead
from voiceassist.store.rows import microseconds

NEWEST = datetime(2026, 11, 29, 18, tzinfo=UTC)
SPAN = timedelta(days=180)
STEP_CALLS = 500
VOCABULARY = 20_000
LINE_WORDS = (3, 18)
COMMON_WORDS = (  # the most frequent first
    "the i you to and it a that is of what for can we in have this my on do be not your me will with so "
    "are was if just know at but or would how about there get please yes no okay one like need see fee "
    "credit card account order late refund store waive cancel contract manager return charge month bill "
    "policy phone number address check offer thank help call wait sorry sure problem money router"
)
AGENTS, TEAMS, CUSTOMERS = 200, 12, 8_000
TIERS = ("standard", "standard", "standard", "gold", "platinum")
TOPICS = ("Late fees", "Returns after 30 days", "Cancellation", "Price match", "Upgrades", "Delivery dates")
KINDS = ("refusal", "refusal", "refusal", "frustration", "vague_commitment", "escalation", "insult", "threat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How many calls, and when."""

    calls: int
    turns: int = 4
    agents: int = AGENTS
    newest: datetime = NEWEST
    span: timedelta = SPAN


def made_calls(made: Made) -> Iterator[list[Record]]:
    """The calls, the oldest first."""
    chance, numbers = random.Random(1), np.random.default_rng(1)
    common = COMMON_WORDS.split()
    words = np.array([*common, *(_word(chance) for _ in range(VOCABULARY - len(common)))])
    shares = 1 / np.arange(2, VOCABULARY + 2)
    shares /= shares.sum()
    for number in range(made.calls):
        lengths = numbers.integers(*LINE_WORDS, size=made.turns)
        chosen = words[numbers.choice(VOCABULARY, size=int(lengths.sum()), p=shares)]
        lines = [" ".join(line) for line in np.split(chosen, np.cumsum(lengths)[:-1])]
        at = made.newest - made.span + number * made.span / made.calls
        yield _call(chance, number, at, chance.randrange(made.agents), lines)


def fill(connection: Connection, made: Made) -> None:
    """Makes them and stores them."""
    all_calls = made_calls(made)
    while step := list(islice(all_calls, STEP_CALLS)):
        _insert(connection, step)


def _insert(connection: Connection, step: Sequence[Sequence[Record]]) -> None:
    """As `writer.write` does call by call, but for claims, the audit and the sums per agent and hour."""
    writer.insert_records(connection, [record for records in step for record in records], "")
    insert_facts(connection, [facts_of(_head(records), records) for records in step])


def _word(chance: random.Random) -> str:
    return "".join(chance.choice("bcdfghklmnprstvw") + chance.choice("aeiou") for _ in range(chance.randint(2, 4)))


def _head(records: Sequence[Record]) -> CallHead:
    begun = records[0].event
    assert isinstance(begun, CallStarted)
    return CallHead(
        call_id=records[0].call_id,
        agent_id=begun.agent.id,
        agent_name=begun.agent.name,
        agent_team=begun.agent.team,
        started_us=microseconds(begun.started_at),
        duration_ms=records[-1].event.at_ms,
    )


def _call(chance: random.Random, number: int, at: datetime, agent: int, lines: Sequence[str]) -> list[Record]:
    length_ms = 6_000 * (len(lines) + 1)
    said = [_said(n, line) for n, line in enumerate(lines, start=1)]
    events = sorted([*said, *_happened(chance, length_ms)], key=lambda event: event.at_ms)
    whole: list[Event] = [_started(chance, at, agent), *events, CallEnded(at_ms=length_ms, reason="hangup")]
    return [Record(call_id=f"call-{number:07}", seq=n, event=event) for n, event in enumerate(whole, start=1)]


def _started(chance: random.Random, at: datetime, agent: int) -> CallStarted:
    customer = chance.randrange(CUSTOMERS)
    name, language = ("retail", "en") if chance.random() < 0.85 else ("tienda", "es")
    return replace(
        make.started(at.isoformat()),
        agent=Person(id=f"agent{agent}", name=f"Agent {agent}", team=f"team {agent % TEAMS}"),
        customer=Customer(id=f"c{customer}", name=f"Customer {customer}", tier=chance.choice(TIERS)),
        source=chance.choice(("stream", "whip", "twilio")),
        engine="vosk-small" if chance.random() < 0.9 else "moonshine",
        language=language,
        playbook=f"{name}@{chance.randint(1, 9)}",
    )


def _said(number: int, text: str) -> Final:
    speaker: Speaker = "agent" if number % 2 else "customer"
    said = make.said(text, at_ms=6_000 * number, speaker=speaker, utterance=(number + 1) // 2)
    return replace(said, start_ms=6_000 * number - 4_000)


def _happened(chance: random.Random, length_ms: int) -> Iterator[Event]:
    for number in range(1, chance.choice((1, 1, 1, 2, 3, 4))):
        at_ms, kind = chance.randrange(length_ms), chance.choice(KINDS)
        cue = replace(make.cue(f"c{number}", kind=kind), at_ms=at_ms)
        yield cue
        if kind == "refusal":
            yield from _refused(chance, number, at_ms, chance.choice(TOPICS))
        elif chance.random() < 0.5:
            alert = make.alert(f"a{number}", chance.choice(("info", "warning", "critical")))
            yield replace(alert, at_ms=at_ms, kind=kind)


def _refused(chance: random.Random, number: int, at_ms: int, topic: str) -> Iterator[Event]:
    why = replace(make.WHY, cue_id=f"c{number}")
    yield replace(make.prompt(f"p{number}"), at_ms=at_ms, headline=topic, why=why)
    if chance.random() < 0.3:
        yield PromptClosed(at_ms=at_ms, prompt_id=f"p{number}", outcome="used", alternative="credit")
    closed = make.refusal_closed(f"c{number}", chance.choice(("recovered", "recovered", "dead_end")))
    yield replace(closed, at_ms=at_ms)
