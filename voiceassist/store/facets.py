"""What a list of calls can be filtered by, and how many calls each choice would leave.

Reads only, and only the newest of the list: `COUNTED` calls take some 60 ms. A choice that only older ones have
is not there. Next: `server/call_list.py` gives it out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select, true

from voiceassist.core.call.tags import folded
from voiceassist.store.call_filter import CallOutcome
from voiceassist.store.call_list import AskedCalls, newest_first
from voiceassist.store.counts import LEVELS
from voiceassist.store.schema import calls, fact_offers, fact_rules, fact_tags, fact_topics

FacetName = Literal[
    "outcome", "topic", "kind", "level", "agent", "team", "customer", "tier", "tag", "playbook", "version",
    "language", "source", "engine",
]  # fmt: skip

COUNTED = 10_000  # calls
MOST_CHOICES = 100  # of one facet: those that most calls have
_APART = "\u001f"  # between the values of one call

Column = Sequence[Any]  # of every call that is counted, in the same order


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetChoice:
    """One value of a facet."""

    value: str
    calls: int  # that have it, among those that were counted
    name: str = ""  # of an agent or a customer, as the newest call has it
    dead_ends: int = 0  # of a topic: calls with a refusal about it that ended so


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """The choices of every facet, those first that most calls have."""

    calls: int  # that were counted
    more: bool  # there are older ones, which were not
    choices: Mapping[FacetName, tuple[FacetChoice, ...]]


def facets_of(connection: Connection, wanted: AskedCalls) -> Facets:
    """Of the calls that are wanted."""
    found: Sequence[Any] = ()
    if not wanted.is_nothing:
        query = newest_first(connection, wanted, *(column.label(name) for name, column in _COLUMNS.items()))
        found = connection.execute(query.limit(COUNTED + 1)).all()
    columns = dict(zip(_COLUMNS, zip(*found[:COUNTED], strict=True), strict=True)) if found else {}
    choices = {name: tuple(_choices(name, columns)) for name in FACETS} if columns else {}
    return Facets(calls=min(len(found), COUNTED), more=len(found) > COUNTED, choices=choices)


def _choices(facet: FacetName, columns: Mapping[str, Column]) -> Iterator[FacetChoice]:
    names = dict(zip(columns[facet][::-1], columns[_NAMES[facet]][::-1], strict=True)) if facet in _NAMES else {}
    ends = _counted(columns["dead_topic"]) if facet == "topic" else Counter[str]()
    for value, count in _counted(_values(facet, columns)).most_common(MOST_CHOICES):
        if value or facet == "team":  # calls of no team are a team, too
            yield FacetChoice(value=value, calls=count, name=names.get(value, ""), dead_ends=ends[value])


def _counted(values: Column) -> Counter[str]:
    """How many calls have each value; a call's values are in one text."""
    counter: Counter[str] = Counter()
    for text, count in Counter(values).items():
        for value in set((text or "").split(_APART)):
            counter[value] += count
    return counter


def _values(facet: FacetName, columns: Mapping[str, Column]) -> Column:
    match facet:
        case "level":
            return [LEVELS[worst] or "" for worst in columns["level"]]
        case "playbook" | "version":
            part = 0 if facet == "playbook" else 2
            return [playbook.rpartition("@")[part] for playbook in columns["playbook"]]
        case "outcome":
            flags = zip(columns["recovered"], columns["dead_end"], columns["taken"], strict=True)
            return [_APART.join(_outcomes(*some)) for some in flags]
        case "tag":
            spelled: dict[str, str] = {}  # as in the newest call that has it
            split = ((text or "").split(_APART) for text in columns["tag"])
            return [_APART.join(spelled.setdefault(folded(tag), tag) for tag in tags) for tags in split]
    return columns[facet]


def _outcomes(recovered: int, dead_ends: int, taken: int) -> Iterator[CallOutcome]:
    if recovered:
        yield "recovered"
    if dead_ends:
        yield "dead_end"
    if taken:
        yield "taken"


def _many(column: ColumnElement[str], facts: Table, is_meant: ColumnElement[bool]) -> ColumnElement[str]:
    """All values that a call has, in one text."""
    of_call = and_(facts.c.call_id == calls.c.call_id, is_meant)
    return select(func.aggregate_strings(column, _APART)).where(of_call).scalar_subquery()


_NAMES: Mapping[FacetName, str] = {"agent": "agent_name", "customer": "customer_name"}
_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "agent": calls.c.agent_id,
    "agent_name": calls.c.agent_name,
    "team": calls.c.agent_team,
    "customer": calls.c.customer_id,
    "customer_name": calls.c.customer_name,
    "tier": calls.c.customer_tier,
    "level": calls.c.worst,
    "playbook": calls.c.playbook,
    "language": calls.c.language,
    "source": calls.c.source,
    "engine": calls.c.engine,
    "recovered": calls.c.recovered,
    "dead_end": calls.c.dead_ends,
    "taken": _many(fact_offers.c.outcome, fact_offers, fact_offers.c.outcome == "used"),
    "kind": _many(fact_rules.c.kind, fact_rules, fact_rules.c.fired > 0),
    "topic": _many(fact_topics.c.topic, fact_topics, fact_topics.c.topic != ""),
    "tag": _many(fact_tags.c.text, fact_tags, true()),
    "dead_topic": _many(fact_topics.c.topic, fact_topics, fact_topics.c.dead_ends > 0),
}
FACETS: tuple[FacetName, ...] = (
    *("outcome", "topic", "kind", "level", "agent", "team", "customer", "tier", "tag"),
    *("playbook", "version", "language", "source", "engine"),
)
