"""What every agent's day was like, for the wall's view of agents."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.shell import store_records as make
from tests.shell.serving import serving, settings_for
from voiceassist.events import CallStarted, Event, Person, Record
from voiceassist.store.agents_today import AgentDay
from voiceassist.store.call_scope import CallScope
from voiceassist.store.rows import microseconds
from voiceassist.store.store import Store, open_store

TODAY = "2026-11-29T00:00:00+01:00"
SINCE_US = microseconds(TODAY)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "voiceassist.db")
    yield opened
    await opened.close()


def call_of(agent: str, hour: str, *events: Event, team: str = "returns", day: str = "29") -> list[Record]:
    first, *others = make.call(f"{agent}-{day}-{hour}", *events, started_at=f"2026-11-{day}T{hour}:00:00+01:00")
    assert isinstance(first.event, CallStarted)
    whose = replace(first.event, agent=Person(id=agent, name=agent.title(), team=team))
    return [replace(first, event=whose), *others]


def abuse(alert_id: str) -> Event:
    return replace(make.alert(alert_id, "critical"), kind="insult")


async def test_a_day_sums_up_the_calls_of_each_agent_since_then(store: Store) -> None:
    await store.append(call_of("ana", "23", make.cue("c1"), make.alert("a1", "info"), day="28"))
    await store.append(
        call_of("ana", "09", make.cue("c1"), make.refusal_closed("c1", "dead_end"), abuse("a1"), make.ended())
    )
    await store.append(call_of("ana", "11", make.cue("c1"), make.alert("a1", "info")))
    await store.append(call_of("bo", "10", team="billing"))
    ana, bo = await store.agent_days(SINCE_US)
    assert ana == AgentDay(
        id="ana",
        name="Ana",
        team="returns",
        last_call_at="2026-11-29T11:00:00+01:00",
        calls=2,
        refusals=2,
        dead_ends=1,
        alerts=2,
        abuse=1,
    )
    assert (bo.id, bo.team, bo.calls, bo.refusals, bo.alerts) == ("bo", "billing", 1, 0, 0)


async def test_a_supervisor_sees_the_days_of_their_teams_only(store: Store) -> None:
    await store.append(call_of("ana", "09", abuse("a1")))
    await store.append(call_of("bo", "10", team="billing"))
    days = await store.agent_days(SINCE_US, CallScope(teams=frozenset({"billing"})))
    assert [day.id for day in days] == ["bo"]


async def test_a_moment_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        assert (await server.http.get("/api/wall/agents", params={"since": TODAY})).json() == []
        answer = await server.http.get("/api/wall/agents", params={"since": "yesterday"})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_time")
        assert (await server.http.get("/api/wall/agents")).status_code == 422
