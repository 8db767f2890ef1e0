"""Key figures over HTTP: whose they are, what they open, the file, and what is answered to a bad question."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.shell import store_records as make
from tests.shell.people import add_person, browser_of, make_key, with_key
from tests.shell.serving import Serving, serving, settings_for
from tests.shell.test_kpis import AGENTS, call_of
from voiceassist.clock import local_now
from voiceassist.events import CallStarted, Event
from voiceassist.kpis.definitions import BY_ID, KPIS
from voiceassist.store.rows import iso_of, microseconds

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORY: list[Event] = [make.cue("c1"), make.cue("c2"), make.refusal_closed("c1", "recovered")]
STORY += [make.refusal_closed("c2", "dead_end"), make.cue("c3", kind="insult")]


async def store_call(server: Serving, call_id: str, agent: tuple[str, str], *, is_over: bool = True) -> None:
    """A call that began just now."""
    records = call_of(call_id, agent, *STORY, *([make.ended(360_000)] if is_over else []))
    begun = records[0].event
    assert isinstance(begun, CallStarted)
    now = local_now().isoformat(timespec="milliseconds")
    head = replace(records[0], event=replace(begun, started_at=now))
    await server.runtime.store.append([head, *records[1:]])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """Ana of returns has a call that is over, Ben of sales two, of which one goes on; people by role and team."""
    async with serving(settings_for(tmp_path_factory.mktemp("kpis"))) as running:
        await store_call(running, "ana-done", AGENTS[0])
        await store_call(running, "ben-done", AGENTS[1])
        await store_call(running, "ben-live", AGENTS[1], is_over=False)
        await add_person(running, "ana", "agent")
        await add_person(running, "ben", "agent")
        await add_person(running, "sue", "supervisor", teams=("sales",))
        await add_person(running, "rob", "reviewer", teams=("*",))
        await add_person(running, "all", "supervisor", teams=("*",))
        await add_person(running, "none", "supervisor", teams=())
        yield running


async def ask(browser: httpx.AsyncClient, path: str = "", **query: str) -> Any:
    answer = await browser.get(f"/api/kpis{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("login", "parts"),
    [("ana", (1, 2)), ("ben", (2, 4)), ("sue", (2, 4)), ("rob", (2, 4)), ("all", (3, 6)), ("none", (0, 0))],
)
async def test_everybody_gets_the_figures_of_the_calls_that_they_may_see(
    server: Serving, login: str, parts: tuple[int, int]
) -> None:
    async with browser_of(server, login) as browser:
        values = (await ask(browser, period="this_week"))["total"]["values"]
        assert (values["calls"]["part"], values["refusals"]["part"]) == parts


async def test_an_agent_gets_nobody_elses_figures_whatever_they_ask_for(server: Serving) -> None:
    async with browser_of(server, "ana") as browser:
        for query in ({"agent": "ben"}, {"team": "sales"}):
            found = await ask(browser, by="agent", **query)
            assert (found["total"]["values"]["calls"]["part"], found["groups"]) == (0, [])
        assert [group["agent_id"] for group in (await ask(browser, by="agent"))["groups"]] == ["ana"]
        day = await ask(browser, "/day", agent="Ben")
        assert day["values"]["calls"]["part"] == 0


async def test_an_agents_own_day_is_theirs_however_their_name_is_written(server: Serving) -> None:
    async with browser_of(server, "ben") as browser:
        day = await ask(browser, "/day", agent="ben")
        assert (day["values"]["calls"]["part"], day["promises"]) == (2, [])
        assert "groups" not in day


async def test_the_list_and_its_facets_take_the_same_filters_and_show_nobody_anything_new(server: Serving) -> None:
    asked: dict[str, Any] = {
        "kind": "refusal",
        "team": ["sales", "returns"],
        "min_s": 60,
        "from": "2026-01-01T00:00:00Z",
    }
    expected: dict[str, set[str]] = {
        "ana": {"ana-done"},
        "sue": {"ben-done"},
        "none": set(),
    }  # the live one is short
    for login, ids in expected.items():
        async with browser_of(server, login) as browser:
            rows = (await browser.get("/api/calls", params=asked)).json()["calls"]
            facets = (await browser.get("/api/facets", params=asked)).json()
            assert {row["call_id"] for row in rows} == ids
            assert (facets["calls"], facets["more"]) == (len(ids), False)
            assert len(facets["choices"].get("agent", [])) == min(1, len(ids))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"level": "severe"}, "bad_field"),
        ({"outcome": "won"}, "bad_field"),
        ({"min_s": "-1"}, "bad_field"),
        ({"from": "yesterday"}, "bad_time"),
        ({"from": "2026-11-21T10:00:00Z", "to": "2026-11-21T10:00:00Z"}, "bad_time"),
        ({"agent": ["x"] * 51}, "bad_field"),
    ],
)
async def test_a_filter_that_cannot_be_meant_is_told(server: Serving, query: dict[str, Any], code: str) -> None:
    async with browser_of(server, "all") as browser:
        for path in ("calls", "facets"):
            answer = await browser.get(f"/api/{path}", params=query)
            assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
            assert next(iter(query)) in answer.json()["message"]


async def test_every_figure_opens_the_calls_behind_it(server: Serving) -> None:
    async with browser_of(server, "all") as browser:
        found = (await ask(browser, period="this_week", zone="Europe/Madrid"))["total"]
        for kpi in KPIS:
            query = {"kpi": kpi.id, "since": found["since"], "until": found["until"]}
            rows = (await browser.get("/api/calls", params=query)).json()["calls"]
            assert sum(row["counted"] for row in rows) == found["values"][kpi.id]["part"]
        rows = (await browser.get("/api/calls", params={"kpi": "dead_ends", "agent": "ben"})).json()["calls"]
        assert {row["call_id"] for row in rows} == {"ben-done", "ben-live"}


async def test_the_list_of_calls_takes_a_team_and_a_time_without_any_figure(server: Serving) -> None:
    async with browser_of(server, "all") as browser:
        rows = (await browser.get("/api/calls", params={"team": "returns"})).json()["calls"]
        assert [row["call_id"] for row in rows] == ["ana-done"]
        early = iso_of(microseconds((local_now() - timedelta(days=2)).isoformat()))
        assert (await browser.get("/api/calls", params={"until": early})).json()["calls"] == []
        rows = (await browser.get("/api/calls", params={"since": early, "q": "nothing"})).json()["calls"]
        assert rows == []


async def test_without_a_figure_or_a_filter_calls_say_nothing_of_one(server: Serving) -> None:
    async with browser_of(server, "all") as browser:
        rows = (await browser.get("/api/calls")).json()["calls"]
        assert [row["counted"] for row in rows] == [None] * 3


async def test_the_file_has_the_same_numbers_for_all_for_every_agent_and_every_day(server: Serving) -> None:
    async with browser_of(server, "all") as browser:
        query = {"period": "this_week", "by": "agent"}
        found = await ask(browser, **query)
        answer = await browser.get("/api/kpis/export.csv", params=query)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [row["of"] for row in rows] == ["all", "week before", "agent", "agent", *["step"] * 7]
        assert {row["agent_id"] for row in rows if row["of"] == "agent"} == {"ana", "Ben"}
        for kpi in KPIS:
            value = found["total"]["values"][kpi.id]
            assert rows[0][f"{kpi.id}_part"] == str(value["part"])
            assert (float(rows[0][kpi.id]) if rows[0][kpi.id] else None) == value["value"]


async def test_a_name_that_a_spreadsheet_would_compute_is_text_in_the_file(server: Serving) -> None:
    await store_call(server, "evil", ("=1+1", "@team"))
    async with browser_of(server, "all") as browser:
        answer = await browser.get("/api/kpis/export.csv", params={"by": "agent"})
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert {"'=1+1"} <= {row["agent_id"] for row in rows}
        assert {"'@team"} <= {row["team"] for row in rows}


async def test_definitions_are_given_out_in_both_languages(server: Serving) -> None:
    async with browser_of(server, "ana") as browser:
        told = await ask(browser, "/definitions")
        assert {one["id"]: one["name"]["es"] for one in told} == {kpi.id: kpi.name.es for kpi in BY_ID.values()}


async def test_a_program_with_the_right_to_read_calls_may_read_figures_and_no_other(server: Serving) -> None:
    reads = with_key(await make_key(server, "read:calls", name="warehouse"))
    calls = with_key(await make_key(server, "ingest", name="telephones"))
    assert (await server.http.get("/api/kpis", headers=reads)).status_code == 200
    assert (await server.http.get("/api/kpis", headers=calls)).status_code == 403


@pytest.mark.parametrize(
    ("query", "code", "told"),
    [
        ({"zone": "Mars/Olympus"}, "bad_zone", "such as Europe/Madrid"),
        ({"period": "century"}, "bad_field", "`query.period`"),
        ({"by": "boss"}, "bad_field", "`query.by`"),
        ({"team": "x" * 201}, "bad_field", "`query.team`"),
    ],
)
async def test_a_question_that_is_none_is_told_what_is_wrong(
    server: Serving, query: dict[str, str], code: str, told: str
) -> None:
    async with browser_of(server, "all") as browser:
        for path in ("", "/export.csv"):
            answer = await browser.get(f"/api/kpis{path}", params=query)
            assert (answer.status_code, answer.json()["code"]) == (422, code)
            assert told in answer.json()["message"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"kpi": "luck"}, "unknown_kpi"),
        ({"kpi": "calls", "since": "soon"}, "bad_time"),
        ({"part": "half"}, "bad_field"),
    ],
)
async def test_a_list_behind_no_figure_is_refused(server: Serving, query: dict[str, str], code: str) -> None:
    async with browser_of(server, "all") as browser:
        answer = await browser.get("/api/calls", params=query)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
