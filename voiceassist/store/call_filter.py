"""Which calls a list is to have, apart from what was said in them: as conditions on rows of `calls`.

Several values of one field mean any of them; several fields mean all of them. What a call can have many of (kinds
of cue, topics, tags) is asked of the facts. Reads nothing itself.
Next: `call_list.py` lists the calls, `facets.py` counts them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from sqlalchemy import ColumnElement, Table, exists, func, or_, select

from voiceassist.core.call.tags import folded
from voiceassist.events import AlertLevel
from voiceassist.store.counts import LEVELS
from voiceassist.store.schema import calls, fact_offers, fact_rules, fact_tags, fact_topics

CallOutcome = Literal["recovered", "dead_end", "taken"]
"""Of a refusal: an alternative followed it, none did; or a card's alternative was used."""

OUTCOMES: tuple[CallOutcome, ...] = ("recovered", "dead_end", "taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are wanted."""

    kind: tuple[str, ...] = ()  # of a cue that was true and went further than its colour
    outcome: tuple[CallOutcome, ...] = ()  # with topics: of a refusal of one of these
    level: tuple[AlertLevel, ...] = ()  # the worst alert's
    agent: tuple[str, ...] = ()  # ids, in any case
    team: tuple[str, ...] = ()  # empty: no team
    customer: tuple[str, ...] = ()  # ids
    tier: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()  # of a refusal: its card's headline
    tag: tuple[str, ...] = ()  # however it is written
    playbook: tuple[str, ...] = ()  # names
    version: tuple[str, ...] = ()  # of the playbook
    language: tuple[str, ...] = ()  # BCP 47
    source: tuple[str, ...] = ()
    engine: tuple[str, ...] = ()
    min_ms: int | None = None  # how long the call was
    max_ms: int | None = None  # excluded
    since_us: int | None = None  # when it began: microseconds since 1970 UTC
    until_us: int | None = None  # excluded

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """On rows of `calls`: all of them."""
        for name, values in self._columns():
            if values:
                yield calls.c[name].in_(values)
        if self.agent:
            yield func.lower(calls.c.agent_id).in_([agent.lower() for agent in self.agent])
        if self.playbook:
            yield or_(*(func.substr(calls.c.playbook, 1, len(name) + 1) == f"{name}@" for name in self.playbook))
        if self.version:
            yield or_(*(calls.c.playbook.endswith(f"@{one}", autoescape=True) for one in self.version))
        if self.kind:
            yield _has(fact_rules, fact_rules.c.kind.in_(self.kind), fact_rules.c.fired > 0)
        if self.tag:
            yield _has(fact_tags, fact_tags.c.tag.in_([folded(tag) for tag in self.tag]))
        if self.topic or self.outcome:
            yield _refused(self.topic, self.outcome)
        yield from self._within()

    @property
    def given(self) -> tuple[str, ...]:
        """The names of the fields that say something."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name) not in ((), None))

    def _columns(self) -> Iterator[tuple[str, Sequence[Any]]]:
        yield "worst", [LEVELS.index(level) for level in self.level]
        yield "agent_team", self.team
        yield "customer_id", self.customer
        yield "customer_tier", self.tier
        yield "language", self.language
        yield "source", self.source
        yield "engine", self.engine

    def _within(self) -> Iterator[ColumnElement[bool]]:
        for column, least, most in (
            (calls.c.duration_ms, self.min_ms, self.max_ms),
            (calls.c.started_us, self.since_us, self.until_us),
        ):
            if least is not None:
                yield column >= least
            if most is not None:
                yield column < most


EVERY = CallFilter()


def _has(facts: Table, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(1).select_from(facts).where(facts.c.call_id == calls.c.call_id, *which))


def _refused(topics: Sequence[str], outcomes: Sequence[CallOutcome]) -> ColumnElement[bool]:
    about = [fact_topics.c.topic.in_(topics)] if topics else []
    if not outcomes:
        return _has(fact_topics, *about)
    offered = [fact_offers.c.headline.in_(topics)] if topics else []
    came = {
        "recovered": _has(fact_topics, fact_topics.c.recovered > 0, *about),
        "dead_end": _has(fact_topics, fact_topics.c.dead_ends > 0, *about),
        "taken": _has(fact_offers, fact_offers.c.outcome == "used", *offered),
    }
    return or_(*(came[outcome] for outcome in outcomes))
