"""Filters and facets of the list of calls, beside the same asked of the records themselves."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.made_calls import KINDS, TIERS, TOPICS, Made, fill, made_calls
from tests.shell import store_records as make
from voiceassist.events import (
    Alert,
    CallStarted,
    CallTag,
    Cue,
    Event,
    Final,
    Prompt,
    PromptClosed,
    RefusalClosed,
    TagsChanged,
)
from voiceassist.store.call_filter import OUTCOMES, CallFilter
from voiceassist.store.call_list import AskedCalls
from voiceassist.store.call_scope import CallScope
from voiceassist.store.counts import LEVELS
from voiceassist.store.query import read_query
from voiceassist.store.rows import microseconds
from voiceassist.store.store import Store, open_store

MADE = Made(calls=300)
CALLS = {records[0].call_id: [record.event for record in records] for records in made_calls(MADE)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path_factory.mktemp("found") / "calls.db")
    await opened._database.transaction(lambda connection: fill(connection, MADE))
    yield opened
    await opened.close()


def begun(events: list[Event]) -> CallStarted:
    first = events[0]
    assert isinstance(first, CallStarted)
    return first


def kinds(events: list[Event]) -> set[str]:
    return {event.kind for event in events if isinstance(event, Cue)}


def topics(events: list[Event]) -> dict[str, str]:
    """By the refusal that they are of."""
    return {event.why.cue_id: event.headline for event in events if isinstance(event, Prompt)}


def outcomes(events: list[Event]) -> set[tuple[str, str]]:
    """What became of a refusal, and its topic."""
    topic = topics(events)
    closed = [event for event in events if isinstance(event, RefusalClosed)]
    used = {event.prompt_id for event in events if isinstance(event, PromptClosed)}
    taken = [event for event in events if isinstance(event, Prompt) and event.prompt_id in used]
    return {(one.outcome, topic[one.cue_id]) for one in closed} | {("taken", one.headline) for one in taken}


def worst(events: list[Event]) -> str:
    return max((event.level for event in events if isinstance(event, Alert)), key=LEVELS.index, default="")


VALUES: Mapping[str, Callable[[list[Event]], Iterable[str]]] = {
    "kind": kinds,
    "level": lambda events: [worst(events)],
    "agent": lambda events: [begun(events).agent.id],
    "team": lambda events: [begun(events).agent.team],
    "customer": lambda events: [begun(events).customer.id],
    "tier": lambda events: [begun(events).customer.tier],
    "playbook": lambda events: [begun(events).playbook.partition("@")[0]],
    "version": lambda events: [begun(events).playbook.partition("@")[2]],
    "language": lambda events: [begun(events).language],
    "source": lambda events: [begun(events).source],
    "engine": lambda events: [begun(events).engine],
}


def is_wanted(wanted: CallFilter, events: list[Event]) -> bool:
    """The same as the filter's conditions, asked of a call's events."""
    for name, values_of in VALUES.items():
        values = getattr(wanted, name)
        if values and not set(values) & set(values_of(events)):
            return False
    became = outcomes(events)
    if wanted.outcome:
        about = {outcome for outcome, topic in became if not wanted.topic or topic in wanted.topic}
        if not about & set(wanted.outcome):
            return False
    elif wanted.topic and not set(topics(events).values()) & set(wanted.topic):
        return False
    length_ms, since_us = events[-1].at_ms, microseconds(begun(events).started_at)
    return (wanted.min_ms or 0) <= length_ms < (wanted.max_ms or 1 << 40) and (
        wanted.since_us or 0
    ) <= since_us < (wanted.until_us or 1 << 60)


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Mostly none of them: with filters of every kind nothing would be left."""
    chosen = st.lists(st.sampled_from(sorted(set(values))), min_size=1, max_size=3, unique=True).map(tuple)
    return st.one_of(st.just(()), st.just(()), chosen)


MOMENTS = st.sampled_from([microseconds(begun(events).started_at) for events in CALLS.values()])
FILTERS = st.builds(
    CallFilter,
    kind=some(*KINDS, "no_such_kind"),
    outcome=some(*OUTCOMES),
    level=some("info", "warning", "critical"),
    agent=some(*(f"agent{n}" for n in range(0, 200, 3))),
    team=some(*(f"team {n}" for n in range(12)), ""),
    customer=some("c1", "c17", "c9999"),
    tier=some(*TIERS),
    topic=some(*TOPICS),
    playbook=some("retail", "tienda", "ret"),
    version=some(*map(str, range(1, 11))),
    language=some("en", "es"),
    source=some("stream", "whip", "twilio"),
    engine=some("vosk-small", "moonshine"),
    min_ms=st.one_of(st.none(), st.sampled_from([0, 29_999, 30_000, 30_001])),
    max_ms=st.one_of(st.none(), st.sampled_from([30_000, 30_001])),
    since_us=st.one_of(st.none(), MOMENTS),
    until_us=st.one_of(st.none(), MOMENTS),
)


async def found(store: Store, **asked: Any) -> list[str]:
    page = await store.calls(limit=1000, **asked)
    assert page.next is None
    return [call.call_id for call in page.calls]


@pytest.mark.asyncio(loop_scope="module")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(wanted=FILTERS)
async def test_a_filter_finds_the_calls_that_it_names_the_newest_first(store: Store, wanted: CallFilter) -> None:
    expected = [call_id for call_id, events in reversed(CALLS.items()) if is_wanted(wanted, events)]
    assert await found(store, filter=wanted) == expected


@pytest.mark.asyncio(loop_scope="module")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(wanted=FILTERS.map(lambda one: replace(one, customer=(), version=(), playbook=())))
async def test_every_choice_leaves_as_many_calls_as_it_says(store: Store, wanted: CallFilter) -> None:
    facets = await store.facets(AskedCalls(filter=wanted))
    assert facets.calls == len(await found(store, filter=wanted))
    for name, choices in facets.choices.items():
        if getattr(wanted, name) or (name in ("topic", "outcome") and (wanted.topic or wanted.outcome)):
            continue  # more values of one filter mean more calls
        for choice in choices[:5]:
            values: dict[str, Any] = {name: (choice.value,)}
            left = replace(wanted, **values)
            assert len(await found(store, filter=left)) == choice.calls
            if name == "topic":
                ended = replace(left, outcome=("dead_end",))
                assert len(await found(store, filter=ended)) == choice.dead_ends


@pytest.mark.asyncio(loop_scope="module")
async def test_facets_have_every_filter_that_has_choices(store: Store) -> None:
    choices = (await store.facets(AskedCalls())).choices
    assert set(choices) == {one.name for one in fields(CallFilter)} - {"min_ms", "max_ms", "since_us", "until_us"}
    assert {choice.value for choice in choices["outcome"]} == set(OUTCOMES)
    assert [choice.name for choice in choices["agent"] if choice.value == "agent7"] == ["Agent 7"]


WORDS = sorted(
    {word for events in CALLS.values() for said in events if isinstance(said, Final) for word in said.text.split()}
)


def says(word: str, speaker: str | None, events: list[Event]) -> bool:
    lines = [event for event in events if isinstance(event, Final) and speaker in (None, event.speaker)]
    return any(word in line.text.split() for line in lines)


@pytest.mark.asyncio(loop_scope="module")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    terms=st.lists(
        st.tuples(st.sampled_from(["the", "you", "fee", *WORDS]), st.sampled_from([None, "agent", "customer"])),
        min_size=1,
        max_size=3,
    ),
    tier=some(*TIERS),
)
async def test_a_search_finds_the_calls_where_each_word_was_said_by_whom_it_names(
    store: Store, terms: list[tuple[str, str | None]], tier: tuple[str, ...]
) -> None:
    typed = " ".join(f'{speaker}: "{word}"' if speaker else f'"{word}"' for word, speaker in terms)
    expected = [
        call_id
        for call_id, events in reversed(CALLS.items())
        if all(says(word, speaker, events) for word, speaker in terms)
        and (not tier or begun(events).customer.tier in tier)
    ]
    assert await found(store, query=typed, filter=CallFilter(tier=tier)) == expected


@pytest.mark.asyncio(loop_scope="module")
async def test_facets_count_only_what_one_may_see_and_what_was_said(store: Store) -> None:
    own = CallScope(own_id="agent7")
    facets = await store.facets(AskedCalls(scope=own))
    assert [choice.value for choice in facets.choices["agent"]] == ["agent7"]
    said = await store.facets(AskedCalls(scope=own, query=read_query("the")))
    assert said.calls == len(await found(store, query="the", scope=own))
    assert await store.facets(AskedCalls(query=read_query("?!"))) == replace(said, calls=0, choices={})


async def test_tags_are_one_choice_however_they_are_written_and_are_found_so(tmp_path: Path) -> None:
    opened = await open_store(tmp_path / "calls.db")
    for number, tag in enumerate(("Training", "training", "Café", "")):
        tagged = [TagsChanged(at_ms=9_000, tags=(CallTag(text=tag, by="Rob"),), by="Rob")] if tag else []
        await opened.append(make.call(f"call-{number}", make.ended(), *tagged))
    choices = (await opened.facets(AskedCalls())).choices["tag"]
    assert [(choice.value.casefold(), choice.calls) for choice in choices] == [("training", 2), ("café", 1)]
    assert len(await found(opened, filter=CallFilter(tag=("TRAINING", "cafe")))) == 3
    await opened.close()
