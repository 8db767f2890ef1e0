"""The audit of people: who signed in or could not, who changed whom, and what was refused to whom."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from tests.shell.people import PASSWORD, add_person, browser_of, make_key, with_key
from tests.shell.serving import Serving, begin, calling, serving, settings_for
from voiceassist.cli import app
from voiceassist.config import os_user
from voiceassist.people.directory import LONGEST_US
from voiceassist.server import refusals as refusals_module
from voiceassist.server.refusals import NOBODY, PER_WINDOW, WINDOW_S, RefusalLog


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Root is the admin there."""
    async with serving(settings_for(tmp_path)) as running:
        await add_person(running, "root", "admin")
        yield running


async def told(server: Serving, what: str) -> list[dict[str, Any]]:
    """Entries of this kind, the oldest first."""
    await server.runtime.store.audit.settled()
    async with browser_of(server, "root") as root:
        found = (await root.get(f"/api/audit?what={what}&limit=500")).json()["entries"]
    return [entry for entry in reversed(found) if not (what == "session" and entry["who"] == "root")]


async def attempt(client: httpx.AsyncClient, login: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/session", json={"login": login, "password": password})


async def test_signing_in_failing_to_and_signing_out_are_told(server: Serving) -> None:
    await add_person(server, "ana", "agent")
    await attempt(server.http, "ana", "not the password")
    await attempt(server.http, "hunter2-typed-in-the-wrong-field")
    await attempt(server.http, "ana")
    await server.http.delete("/api/session")
    entries = await told(server, "session")
    assert sorted((entry["what"], entry["who"]) for entry in entries) == [
        ("session.ended", "ana"),
        ("session.failed", "ana"),
        ("session.failed", NOBODY),
        ("session.opened", "ana"),
    ]
    assert "hunter2" not in json.dumps(entries)
    by_what = {entry["what"]: entry["detail"] for entry in entries}
    assert by_what["session.failed"] == {"code": "bad_sign_in", "address": "127.0.0.1"}
    assert by_what["session.opened"]["address"] == "127.0.0.1"
    assert by_what["session.ended"]["sessions"] == [by_what["session.opened"]["session"]]
    assert by_what["session.ended"]["why"] == "signed_out"


async def test_sessions_that_end_by_themselves_are_told_too(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_person(server, "ana", "agent")
    directory = server.runtime.directory
    for _ in range(2):
        await directory.open_session("ana", agent="", address="")
    later = directory.now_us() + LONGEST_US + 1
    monkeypatch.setattr(directory, "now_us", lambda: later)
    await directory.save()
    (ended,) = await told(server, "session.ended")
    assert (ended["who"], ended["detail"]["login"], ended["detail"]["why"]) == ("voiceassist", "ana", "expired")
    assert len(ended["detail"]["sessions"]) == 2


async def test_what_admins_do_with_people_is_told_without_a_secret(server: Serving) -> None:
    async with browser_of(server, "root") as root, browser_of(server, "root") as other:
        new = {"login": "ben", "name": "Ben", "roles": ["agent"], "teams": ["sales"]}
        link = (await root.post("/api/people", json=new)).json()["link"]
        await root.patch("/api/people/ben", json={"roles": ["agent", "reviewer"]})
        await root.patch("/api/people/ben", json={"roles": ["agent", "reviewer"]})
        token = link.partition("token=")[2]
        await other.post("/api/reset", json={"token": token, "password": PASSWORD})
        await root.patch("/api/people/ben", json={"disabled": True})
    entries = await told(server, "person")
    assert [(entry["who"], entry["what"]) for entry in entries[1:]] == [
        ("root", "person.added"),
        ("root", "person.reset"),
        ("root", "person.changed"),
        ("ben", "person.changed"),
        ("root", "person.changed"),
    ]
    assert entries[3]["detail"] == {
        "login": "ben", "roles": ["agent", "reviewer"], "before": {"roles": ["agent"]},
    }  # fmt: skip
    assert entries[4]["detail"] == {"login": "ben", "before": {}, "password": "set"}
    (ended,) = [entry for entry in await told(server, "session.ended") if entry["detail"]["login"] == "ben"]
    assert (ended["who"], ended["detail"]["why"]) == ("root", "disabled")
    assert not any(secret in json.dumps(entries) for secret in (token, PASSWORD, "argon2"))


async def test_what_could_not_be_changed_leaves_no_entry(server: Serving) -> None:
    before = await told(server, "person")
    async with browser_of(server, "root") as root:
        taken = {"login": "root", "name": "Root", "roles": ["admin"]}
        assert (await root.post("/api/people", json=taken)).status_code == 409
        assert (await root.patch("/api/people/root", json={"roles": ["agent"]})).status_code == 409
    assert await told(server, "person") == before


async def test_a_refused_request_is_told_with_who_and_what(server: Serving) -> None:
    await add_person(server, "ana", "agent")
    key = with_key(await make_key(server, "ingest"))
    async with calling(server, "c-1", key, agent={"id": "ben", "name": "Ben"}) as phone:
        await begin(server, "c-1", phone)
        async with browser_of(server, "ana") as ana:
            await ana.get("/api/people?token=secret")
            await ana.delete("/api/calls/c-1")
            await ana.get("/api/calls/c-1")
            await ana.get("/api/calls/c-1/events")
            await ana.get("/api/calls/not-there")
        await server.http.get("/api/calls", headers=with_key("va_revoked"))
        await server.http.get("/api/calls", headers={"Origin": "https://evil.example"})
    entries = await told(server, "request.refused")
    shown = [(one["who"], one["call_id"], one["detail"]["code"], one["detail"]["route"]) for one in entries]
    assert shown == [
        ("ana", "", "http_403", "GET /api/people"),
        ("ana", "c-1", "http_403", "DELETE /api/calls/{call_id}"),
        ("ana", "c-1", "not_theirs", "GET /api/calls/{call_id}"),
        ("ana", "c-1", "not_theirs", "GET /api/calls/{call_id}/events"),
        (NOBODY, "", "http_401", "GET /api/calls"),
        (NOBODY, "", "foreign_page", "GET /api/calls"),
    ]
    assert all(entry["detail"]["address"] == "127.0.0.1" for entry in entries)


async def test_the_same_refusal_is_told_once_and_the_rest_as_a_number(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 0.0
    monkeypatch.setattr(refusals_module, "monotonic", lambda: now_s)
    for _ in range(20):
        await server.http.get("/api/calls")
    now_s = WINDOW_S
    await server.http.get("/api/calls")
    first, second = await told(server, "request.refused")
    assert "left_out" not in first["detail"]
    assert second["detail"]["left_out"] == 19


async def test_a_flood_of_refusals_is_bounded_and_hides_none_of_another_sort(server: Serving) -> None:
    refusals = RefusalLog(audit=server.runtime.store.audit)
    anonymous = [refusals.takes("anonymous", number, now_s=1.0) for number in range(10_000)]
    assert anonymous == [0] * PER_WINDOW + [None] * (10_000 - PER_WINDOW)
    assert refusals.takes("known", 1, now_s=1.0) == 0
    assert refusals.takes("anonymous", 1, now_s=1.0 + WINDOW_S) == 10_000 - PER_WINDOW


def test_the_command_signs_with_the_user_of_the_machine(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        return CliRunner().invoke(app, [*arguments, "--data-dir", str(tmp_path)], catch_exceptions=False).stdout

    run("users", "add", "ana", "--role", "admin", "--link")
    run("users", "roles", "ana", "--role", "admin", "--role", "author")
    run("keys", "add", "pbx", "--scope", "ingest")
    run("keys", "revoke", "pbx")
    entries = [json.loads(line) for line in run("audit", "export").splitlines()]
    assert [entry["what"] for entry in entries] == [
        "person.added", "person.reset", "person.changed", "key.made", "key.revoked",
    ]  # fmt: skip
    assert {entry["who"] for entry in entries} == {os_user()}
