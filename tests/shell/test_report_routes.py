"""Reports over HTTP: whose they are, the file, and what is answered to a bad question."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.shell import store_records as make
from tests.shell.people import add_person, browser_of
from tests.shell.report_stories import card, promise
from tests.shell.serving import Serving, serving, settings_for
from tests.shell.test_kpis import AGENTS, call_of
from voiceassist.clock import local_now
from voiceassist.events import CallStarted, Event
from voiceassist.reports.definitions import REPORTS

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORY: list[Event] = [
    make.cue("c1"),
    card("p1", "c1", '=1+1"', ("credit",)),
    make.refusal_closed("c1", "dead_end"),
]
STORY += [make.cue("a1", kind="insult"), promise(1), make.ended(60_000)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """Ana of returns and Ben of sales have a call each."""
    async with serving(settings_for(tmp_path_factory.mktemp("reports"))) as running:
        for agent in AGENTS[:2]:
            head, *rest = call_of(f"{agent[0]}-call", agent, *STORY)
            assert isinstance(head.event, CallStarted)
            now = local_now().isoformat(timespec="milliseconds")
            await running.runtime.store.append([replace(head, event=replace(head.event, started_at=now)), *rest])
        await add_person(running, "ana", "agent")
        await add_person(running, "sue", "supervisor", teams=("sales",))
        await add_person(running, "rob", "reviewer", teams=("*",))
        await add_person(running, "adam", "admin")
        yield running


async def ask(browser: httpx.AsyncClient, path: str, **query: str) -> Any:
    answer = await browser.get(f"/api/reports{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(("login", "seen"), [("ana", ["Ana"]), ("sue", ["Ben"]), ("rob", ["Ana", "Ben"])])
async def test_everybody_gets_the_reports_of_the_calls_that_they_may_see(
    server: Serving, login: str, seen: list[str]
) -> None:
    async with browser_of(server, login) as browser:
        assert [row["name"] for row in (await ask(browser, "/abuse_agents"))["rows"]] == seen
        for report in REPORTS:
            first = report.figures[0].id
            total = (await ask(browser, f"/{report.id}"))["total"][first]["part"]
            each = {"rules": 2, "disclosures": 0}.get(report.id, 1)
            assert total == len(seen) * each, report.id
        promises = (await ask(browser, "/promises/list"))["promises"]
        assert sorted(one["agent"] for one in promises) == seen
        examples = (await ask(browser, "/refusals/examples", topic='=1+1"'))["examples"]
        assert [one["words"] for one in examples] == ["can't"] * len(seen)
        assert (await ask(browser, "/versions"))["changes"] == []


async def test_an_admin_who_reviews_nothing_gets_none(server: Serving) -> None:
    async with browser_of(server, "adam") as browser:
        assert (await browser.get("/api/reports/refusals")).status_code == 403


async def test_a_report_is_a_file_that_no_spreadsheet_computes(server: Serving) -> None:
    async with browser_of(server, "rob") as browser:
        answer = await browser.get("/api/reports/refusals/export.csv?period=this_week")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert 'filename="voiceassist-refusals-this_week.csv"' in answer.headers["content-disposition"]
        total, row = list(csv.DictReader(io.StringIO(answer.text)))
        assert (total["of"], total["refused"], total["recovered"], total["recovered_whole"]) == (
            "all",
            "2",
            "0.0",
            "2",
        )
        assert (row["name"], row["offered"], row["taken_part"]) == ("'=1+1\"", "2", "0")


async def test_what_there_is_not_is_told(server: Serving) -> None:
    async with browser_of(server, "rob") as browser:
        assert (await browser.get("/api/reports/nothing")).status_code == 422
        assert (await browser.get("/api/reports/rules?zone=Mars")).json()["code"] == "bad_zone"
        definitions = await ask(browser, "/definitions")
        assert [one["id"] for one in definitions] == [report.id for report in REPORTS]
