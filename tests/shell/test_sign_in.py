"""Signing in over HTTP: what it tells, what it never tells, and what ends with a session."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import websockets

from tests.shell.people import CHEAP, PASSWORD, add_person, browser_of, cookie_of
from tests.shell.serving import Serving, calling, serving, settings_for
from voiceassist.people import directory as directory_module
from voiceassist.people import secrets
from voiceassist.people.directory import IDLE_US, LONGEST_US
from voiceassist.server import sign_in
from voiceassist.server.auth import COOKIE
from voiceassist.server.sockets import CLOSE_SESSION_ENDED


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(settings_for(tmp_path)) as running:
        yield running


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("voiceassist.db*"))


async def attempt(client: httpx.AsyncClient, login: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/session", json={"login": login, "password": password})


async def test_server_without_people_is_open_to_the_local_person(server: Serving) -> None:
    told = (await server.http.get("/api/session")).json()
    assert told == {"open": True, "person": None, "local": True, "oidc": None, "setup": False}
    assert (await server.http.get("/api/calls")).status_code == 200


async def test_with_the_first_person_everybody_must_sign_in(server: Serving) -> None:
    await add_person(server, "ana", "admin")
    for path in ("/api/calls", "/api/people", "/api/sessions", "/api/playbooks"):
        answer = await server.http.get(path)
        assert answer.status_code == 401, path
        assert answer.json()["message"].startswith("sign in first"), path
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with websockets.connect(server.socket_url("/api/wall/socket")):
            pass
    assert refused.value.response.status_code == 401
    with pytest.raises(websockets.InvalidStatus):
        async with calling(server, "c-1"):
            pass
    assert (await server.http.get("/")).status_code in (200, 503)


async def test_signing_in_gives_a_cookie_that_no_script_and_no_other_site_can_use(server: Serving) -> None:
    await add_person(server, "ana", "supervisor", teams=("returns",))
    answer = await attempt(server.http, " ANA ")
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/"))
    assert "secure" not in cookie
    told = (await server.http.get("/api/session")).json()
    assert told["person"] == {
        "login": "ana",
        "name": "Ana",
        "roles": ["supervisor"],
        "teams": ["returns"],
        "password": True,
        "totp": False,
    }
    assert (await server.http.get("/api/calls")).status_code == 200
    refused = await server.http.get("/api/people")
    assert (refused.status_code, refused.json()["message"]) == (403, "this needs to be done as admin")


async def test_nothing_tells_whether_a_login_exists(server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    await add_person(server, "ana", "agent")
    await add_person(server, "gone", "agent", disabled=True)
    await add_person(server, "new", "agent", password="")
    looked_at: list[str] = []

    def counted(stored: str, given: str) -> bool:
        looked_at.append(stored or secrets.NOBODYS)
        return secrets.is_password(stored, given)

    monkeypatch.setattr(sign_in, "is_password", counted)
    wrong = [("ana", "another password"), ("nobody", PASSWORD), ("gone", PASSWORD), ("new", PASSWORD)]
    answers = [await attempt(server.http, *one) for one in wrong]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert answers[0].json()["code"] == "bad_sign_in"
    assert looked_at == [CHEAP, secrets.NOBODYS, CHEAP, secrets.NOBODYS]
    assert not secrets.HASHER.check_needs_rehash(secrets.NOBODYS), "it takes as long as anybody's"
    assert not any("set-cookie" in answer.headers for answer in answers)


async def test_guessing_is_slowed_for_known_and_unknown_logins_alike(server: Serving) -> None:
    await add_person(server, "ana", "agent")
    for login in ("ana", "nobody"):
        answers = [await attempt(server.http, login, f"guess number {number}") for number in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429], login
        assert answers[-1].json()["code"] == "too_many_attempts"
        assert 0 < int(answers[-1].headers["retry-after"]) <= 900
    assert (await attempt(server.http, "ana")).status_code == 429, "the right one does not help meanwhile"


async def test_every_sign_in_has_a_new_token_and_ends_the_one_before(server: Serving) -> None:
    await add_person(server, "ana", "agent")
    server.http.cookies.set(COOKIE, "chosen-by-somebody-else")
    await attempt(server.http, "ana")
    tokens = [cookie.value for cookie in server.http.cookies.jar if cookie.name == COOKIE]
    assert "chosen-by-somebody-else" not in [
        one for one in tokens if one and server.runtime.directory.signed_in(one)
    ]
    async with browser_of(server, "ana") as browser:
        before = browser.cookies[COOKIE]
        browser.cookies.clear()
        answer = await browser.post(
            "/api/session",
            json={"login": "ana", "password": PASSWORD},
            headers={"Cookie": f"{COOKIE}={before}"},
        )
        assert answer.cookies[COOKIE] != before
        assert server.runtime.directory.signed_in(before) is None


async def test_tokens_passwords_and_links_are_stored_as_hashes_only(server: Serving, tmp_path: Path) -> None:
    await add_person(server, "ana", "admin")
    token = await server.runtime.directory.open_session("ana", agent="x", address="y")
    link = await server.runtime.directory.new_link("ana")
    stored = await asyncio.to_thread(bytes_of, tmp_path)
    assert b"ana" in stored
    assert not any(secret.encode() in stored for secret in (token, link, PASSWORD))


async def test_session_ends_when_signed_out_idle_or_too_old(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_person(server, "ana", "agent")
    directory = server.runtime.directory
    now = directory_module.now_us()
    monkeypatch.setattr(directory, "now_us", lambda: now)
    async with browser_of(server, "ana") as browser, browser_of(server, "ana") as other:
        for _ in range(LONGEST_US // IDLE_US):
            assert (await browser.get("/api/calls")).status_code == 200
            now += IDLE_US - 1
        assert (await other.get("/api/calls")).status_code == 401, "idle"
        now += LONGEST_US
        assert (await browser.get("/api/calls")).status_code == 401, "too old"
    async with browser_of(server, "ana") as browser:
        stolen = cookie_of(browser)
        assert (await browser.delete("/api/session")).status_code == 204
        assert (await server.http.get("/api/calls", headers=stolen)).status_code == 401


async def test_who_is_here_stays_signed_in_when_the_machines_clock_is_set(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_person(server, "ana", "agent")
    directory, now = server.runtime.directory, directory_module.now_us()
    async with browser_of(server, "ana") as browser:
        for at_us in (now + 2 * IDLE_US, now - 3 * IDLE_US):
            assert (await browser.get("/api/calls")).status_code == 200
            monkeypatch.setattr(directory, "now_us", partial(int, at_us))
            await directory.save()
            await directory.look()
            assert (await browser.get("/api/calls")).status_code == 200
        monkeypatch.setattr(directory, "steady_us", partial(int, directory_module.steady_us() + IDLE_US))
        monkeypatch.setattr(directory, "now_us", partial(int, now - 2 * IDLE_US))
        assert directory.sessions_of("ana") == [], "an hour has passed without a sign of them"


async def test_own_sessions_are_listed_and_ended_and_nobody_elses(server: Serving) -> None:
    await add_person(server, "ana", "agent")
    await add_person(server, "ben", "agent")
    async with (
        browser_of(server, "ana") as one,
        browser_of(server, "ana") as two,
        browser_of(server, "ben") as ben,
    ):
        listed = (await two.get("/api/sessions")).json()
        assert [session["current"] for session in listed].count(True) == 1
        assert len(listed) == 2
        another = next(session["id"] for session in listed if not session["current"])
        assert (await ben.delete(f"/api/sessions/{another}")).status_code == 404
        assert (await two.delete(f"/api/sessions/{another}")).status_code == 204
        assert (await one.get("/api/calls")).status_code == 401
        assert (await two.delete("/api/sessions")).status_code == 204
        assert (await two.get("/api/calls")).status_code == 401
        assert (await ben.get("/api/calls")).status_code == 200


async def test_sockets_end_with_their_session_and_with_a_change_of_rights(server: Serving) -> None:
    await add_person(server, "sue", "supervisor")
    async with browser_of(server, "root") as admin:
        for change in ({"roles": ["supervisor", "reviewer"]}, {"disabled": True}):
            async with browser_of(server, "sue") as browser:
                url = server.socket_url("/api/wall/socket")
                async with websockets.connect(url, additional_headers=cookie_of(browser)) as wall:
                    assert json.loads(await wall.recv())["type"] == "wall_snapshot"
                    assert (await admin.patch("/api/people/sue", json=change)).status_code == 200
                    assert json.loads(await wall.recv())["code"] == "session_ended"
                    with pytest.raises(websockets.ConnectionClosed) as closed:
                        await wall.recv()
                    assert closed.value.rcvd is not None
                    assert closed.value.rcvd.code == CLOSE_SESSION_ENDED


async def test_sockets_of_the_open_server_end_when_somebody_is_added(server: Serving) -> None:
    async with websockets.connect(server.socket_url("/api/wall/socket")) as wall:
        await wall.recv()
        added = {"login": "ana", "name": "Ana", "roles": ["admin"]}
        assert (await server.http.post("/api/people", json=added)).status_code == 201
        assert json.loads(await wall.recv())["code"] == "session_ended"


async def test_first_person_must_be_an_admin_and_the_last_admin_stays(server: Serving) -> None:
    added = {"login": "ben", "name": "Ben", "roles": ["agent"]}
    assert (await server.http.post("/api/people", json=added)).json()["code"] == "no_admin"
    await add_person(server, "ana", "admin")
    async with browser_of(server, "ana") as ana:
        for change in ({"roles": ["agent"]}, {"disabled": True}):
            answer = await ana.patch("/api/people/ana", json=change)
            assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")


async def test_link_sets_a_password_once_and_ends_all_sessions(server: Serving) -> None:
    await add_person(server, "ana", "admin")
    await add_person(server, "ben", "agent")
    async with browser_of(server, "ana") as ana, browser_of(server, "ben") as ben:
        link = (await ana.post("/api/people/ben/reset")).json()["link"]
        wanted = {"token": link.partition("token=")[2], "password": "something else now"}
        answer = await server.http.post("/api/reset", json=wanted)
        assert answer.status_code == 204
        assert COOKIE in answer.cookies
        assert (await ben.get("/api/calls")).status_code == 401
        again = await ben.post("/api/reset", json=wanted)
        assert (again.status_code, again.json()["code"]) == (404, "unknown_link")
        assert (await attempt(ben, "ben", "something else now")).status_code == 204
        unknown = await ana.post("/api/people/nobody/reset")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_person")


async def test_own_password_is_changed_with_the_old_one(server: Serving) -> None:
    await add_person(server, "ana", "agent")
    async with browser_of(server, "ana") as ana, browser_of(server, "ana") as other:
        wrong = {"password": {"old": "not the old one", "new": "a new password"}}
        assert (await ana.patch("/api/me", json=wrong)).json()["code"] == "bad_sign_in"
        short = {"password": {"old": PASSWORD, "new": "short"}}
        assert (await ana.patch("/api/me", json=short)).status_code == 422
        right = {"password": {"old": PASSWORD, "new": "a new password"}}
        assert (await ana.patch("/api/me", json=right)).status_code == 204
        assert (await other.get("/api/calls")).status_code == 401
        assert (await attempt(other, "ana", "a new password")).status_code == 204


async def test_page_of_another_site_can_neither_sign_in_nor_out(server: Serving) -> None:
    await add_person(server, "ana", "agent")
    async with browser_of(server, "ana") as ana:
        for method, path in (("POST", "/api/session"), ("DELETE", "/api/session"), ("DELETE", "/api/sessions")):
            answer = await ana.request(method, path, headers={"Origin": "https://evil.example"})
            assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page"), path
        headers = cookie_of(ana) | {"Origin": "https://evil.example"}
        with pytest.raises(websockets.InvalidStatus):
            async with websockets.connect(server.socket_url("/api/wall/socket"), additional_headers=headers):
                pass
        assert (await ana.get("/api/calls")).status_code == 200


async def test_sample_calls_play_though_phone_systems_must_prove_themselves(server: Serving) -> None:
    await add_person(server, "sue", "supervisor")
    async with browser_of(server, "sue") as sue:
        assert (await sue.post("/api/samples/late-return/play")).status_code == 202
