"""Notes, mentions, tags and corrected lines over HTTP and in the store: who may, who sees it, what is found."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import Connection, func, select

from tests.shell import store_records as make
from tests.shell.people import add_person, browser_of
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.events import Event, PartDeleted, Person
from voiceassist.store.audit import AuditFilter
from voiceassist.store.call_scope import EVERY_CALL
from voiceassist.store.marks import Marks
from voiceassist.store.schema import fact_activity, fact_mentions, fact_tags
from voiceassist.store.store import Store, open_store

LINES = [
    make.said("we cannot give you a fund", utterance=1),
    make.said("yes yes", at_ms=2_000, utterance=11),
    make.said("I want a fund", at_ms=3_000, speaker="customer", utterance=1),
]
TABLES = (fact_tags, fact_mentions, fact_activity)
CALLS = ("x", "y", "gone")


def call_of(call_id: str, agent: str, team: str, *events: Event) -> list[Any]:
    who = Person(id=agent, name=agent.title(), team=team)
    told = (replace(make.started(), agent=who), *events, make.ended())
    return [make.record(call_id, n, event) for n, event in enumerate(told, start=1)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """Three calls of Ana of returns and one of Ben of sales; people of both teams."""
    folder = tmp_path_factory.mktemp("marks")
    store = await open_store(folder / "voiceassist.db")
    for call_id in CALLS:
        await store.append(call_of(call_id, "ana", "returns", *LINES))
    await store.append(call_of("of-ben", "ben", "sales", *LINES))
    await store.close()
    async with serving(settings_for(folder)) as running:
        await add_person(running, "ana", "agent")
        await add_person(running, "ben", "agent")
        await add_person(running, "sue", "supervisor", teams=("returns",))
        await add_person(running, "rob", "reviewer", teams=("returns",))
        await add_person(running, "eve", "supervisor", teams=("sales",))
        yield running


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def mark(browser: httpx.AsyncClient, call_id: str, type_: str, **fields: Any) -> Any:
    """What the call's marks are then; or why it was refused."""
    answer = await browser.post(f"/api/calls/{call_id}/marks", json={"type": type_, **fields})
    return answer.json() if answer.status_code == 200 else (answer.status_code, answer.json()["code"])


async def count(store: Store, table: Any, call_id: str) -> int:
    wanted = select(func.count()).select_from(table).where(table.c.call_id == call_id)
    return await store._database.read(lambda connection: connection.scalar(wanted)) or 0


async def found(browser: httpx.AsyncClient, query: str) -> set[str]:
    return {one["call_id"] for one in (await browser.get("/api/calls", params={"q": query})).json()["calls"]}


async def test_whoever_sees_a_call_that_is_over_writes_about_it_and_nobody_else_does(server: Serving) -> None:
    place = {"at_ms": 1_000, "speaker": "agent", "utterance": 1}
    async with (
        browser_of(server, "rob") as rob,
        browser_of(server, "ana") as ana,
        browser_of(server, "ben") as ben,
    ):
        told = await mark(rob, "x", "add_note", text="Listen to this.", place=place, login="mallory", by="Mallory")
        (note,) = told["notes"]
        assert (note["by"], note["login"], note["place"]) == ("Rob", "rob", place)
        assert (await ana.get("/api/calls/x/marks")).json() == told
        assert await mark(ana, "x", "change_note", note_id=note["note_id"], text="No.") == (403, "note_not_yours")
        assert await mark(ben, "x", "add_note", text="Hello.") == (404, "unknown_call")
        assert (await ben.get("/api/calls/x/marks")).status_code == 404
        assert await mark(rob, "x", "pause_recording") == (422, "unknown_action")
        changed = await mark(rob, "x", "change_note", note_id=note["note_id"], text="Listen twice.")
        assert [one["text"] for one in changed["notes"]] == ["Listen twice."]


async def test_who_is_mentioned_finds_it_reads_it_once_and_is_never_shown_what_is_not_theirs(
    server: Serving,
) -> None:
    async with (
        browser_of(server, "rob") as rob,
        browser_of(server, "ana") as ana,
        browser_of(server, "sue") as sue,
    ):
        people = (await rob.get("/api/calls/y/people")).json()
        assert [one["login"] for one in people] == ["ana", "rob", "sue"]
        assert await mark(rob, "y", "add_note", text="@ana see @eve") == (422, "mention_hidden")
        told = await mark(rob, "y", "add_note", text="@Ana and @nobody: listen", place={"at_ms": 2_000})
        assert told["notes"][-1]["mentions"] == ["ana"]
        page = (await ana.get("/api/mentions")).json()
        (one,) = page["mentions"]
        assert (page["unread"], one["call_id"], one["by"], one["place_ms"]) == (1, "y", "Rob", 2_000)
        assert (await ana.post("/api/mentions/read")).status_code == 204
        assert (await ana.get("/api/mentions")).json()["unread"] == 0
        assert (await sue.get("/api/mentions")).json() == {"mentions": [], "unread": 0}
        await mark(rob, "y", "change_note", note_id=one["note_id"], text="Never mind.")
        assert (await ana.get("/api/mentions")).json()["mentions"] == []


async def test_mentions_of_calls_that_one_may_not_see_any_more_are_left_out(server: Serving) -> None:
    async with browser_of(server, "sue") as sue:
        await mark(sue, "x", "add_note", text="@rob have a look")
        directory = server.runtime.directory
        async with browser_of(server, "rob") as rob:
            assert (await rob.get("/api/mentions")).json()["unread"] == 1
            for teams, seen in ((("sales",), 0), (("returns",), 1)):
                await directory.people.change("rob", teams=teams)
                await directory.look()
                assert len((await rob.get("/api/mentions")).json()["mentions"]) == seen


async def test_tags_are_suggested_to_whoever_may_see_a_call_that_has_them(server: Serving) -> None:
    async with browser_of(server, "sue") as sue, browser_of(server, "eve") as eve:
        await mark(sue, "x", "set_tag", tag="Late fees")
        await mark(sue, "y", "set_tag", tag="late FEES")
        await mark(sue, "y", "set_tag", tag="100%")
        told = (await sue.get("/api/tags")).json()
        assert [(one["text"].lower(), one["calls"]) for one in told] == [("late fees", 2), ("100%", 1)]
        assert [one["text"] for one in (await sue.get("/api/tags", params={"starts": "100%"})).json()] == ["100%"]
        assert (await sue.get("/api/tags", params={"starts": "%"})).json() == []
        assert (await eve.get("/api/tags")).json() == []
        await mark(sue, "y", "set_tag", tag="LATE fees", on=False)
        assert await count(server.runtime.store, fact_tags, "y") == 1


async def test_a_call_is_found_by_the_corrected_words_and_no_longer_by_what_was_misheard(server: Serving) -> None:
    async with browser_of(server, "sue") as sue:
        assert await found(sue, "refund") == set()
        told = await mark(
            sue, "x", "correct_line", speaker="agent", utterance=1, text="we cannot give you a refund"
        )
        assert [line["text"] for line in told["corrections"]] == ["we cannot give you a refund"]
        assert await found(sue, "refund") == {"x"}
        assert await found(sue, '"you a fund"') == {"y", "gone"}
        heard = (await sue.get("/api/calls/x")).json()["finals"]
        assert heard[0]["text"] == "we cannot give you a fund"
        await mark(sue, "x", "correct_line", speaker="agent", utterance=1)
        assert await found(sue, "refund") == set()


async def test_the_audit_tells_who_corrected_a_line_or_deleted_a_note_and_no_word_of_it(server: Serving) -> None:
    async with browser_of(server, "sue") as sue:
        told = await mark(sue, "gone", "add_note", text="secret")
        await mark(sue, "gone", "change_note", note_id=told["notes"][0]["note_id"], deleted=True)
        await mark(sue, "gone", "correct_line", speaker="customer", utterance=1, text="I want a secret")
    page = await server.runtime.store.audit_page(AuditFilter(limit=10, call_id="gone"))
    assert {"note.deleted", "line.corrected"} <= {entry.what for entry in page.entries}
    assert "secret" not in str(page)
    assert await count(server.runtime.store, fact_activity, "gone") == 0


async def test_deleting_the_transcript_deletes_what_people_wrote_and_corrected_too(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as alone:
        store = alone.runtime.store
        await store.append(call_of("z", "ana", "returns", *LINES))
        await mark(alone.http, "z", "add_note", text="note")
        await mark(alone.http, "z", "set_tag", tag="tag")
        await mark(alone.http, "z", "correct_line", speaker="agent", utterance=1, text="corrected")
        night = "2026-12-24T03:00:00+00:00"
        deleted = PartDeleted(at_ms=9_000, part="transcript", by="voiceassist", done_at=night)
        await store.append([make.record("z", await store.last_seq("z") + 1, deleted)])
        assert await store.marks("z") == Marks()
        assert [await count(store, table, "z") for table in TABLES] == [0, 0, 0]
        assert (await store.calls("corrected")).calls == ()
        assert await store.used_tags(EVERY_CALL) == ()


async def test_facts_of_marks_that_are_made_again_are_those_that_were_fed(server: Serving) -> None:
    store = server.runtime.store

    def read(connection: Connection) -> list[Any]:
        return [sorted(map(tuple, connection.execute(select(table)))) for table in TABLES]

    async def facts() -> list[Any]:
        return await store._database.read(read)

    fed = await facts()
    assert all(fed)
    await store.rebuild_facts()
    assert await facts() == fed
