"""What somebody tries who wants in or through: each attempt, and how it fails.

Guessing, foreign pages and hosts in general are tried in `test_sign_in.py`, `test_gate.py` and `test_peer.py`.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import websockets

from tests.shell.people import PASSWORD, add_person, browser_of, cookie_of
from tests.shell.raw_http import raw_peer
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.server.auth import COOKIE

EVIL = "https://evil.example"
SIGN_IN = {"login": "ana", "password": PASSWORD}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """With an admin, and with Ana, who has every other role."""
    async with serving(settings_for(tmp_path_factory.mktemp("data"), ingest_token="s3cret")) as running:
        await add_person(running, "root", "admin")
        await add_person(running, "ana", "agent", "supervisor", "reviewer", "author", teams=("*",))
        yield running


async def status(server: Serving, token: str, path: str = "/api/calls") -> int:
    """What the server answers to whoever has this token."""
    return (await server.http.get(path, headers={"Cookie": f"{COOKIE}={token}"})).status_code


# ---- session theft -----------------------------------------------------------------------------------------


async def test_what_is_stored_of_a_session_opens_nothing(server: Serving) -> None:
    await server.runtime.directory.open_session("ana", agent="", address="")
    for session in server.runtime.directory.sessions_of("ana"):
        for stolen in (session.id, session.token_hash, f"{session.id}.{session.token_hash}"):
            assert await status(server, stolen) == 401


async def test_no_answer_tells_a_session_and_no_address_takes_one(server: Serving) -> None:
    async with browser_of(server, "ana") as browser:
        token = browser.cookies[COOKIE]
        for path in ("/api/session", "/api/sessions", "/api/status", "/metrics"):
            assert token not in (await browser.get(path)).text, path
        assert (await server.http.get("/api/calls", params={COOKIE: token})).status_code == 401
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await server.http.get("/api/calls", headers=bearer)).status_code == 401


async def test_the_cookie_is_out_of_reach_for_scripts_and_for_other_sites(server: Serving) -> None:
    answer = await server.http.post("/api/session", json=SIGN_IN)
    server.http.cookies.clear()
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "domain=" not in cookie, "no other name of this machine gets it"


async def test_of_two_cookies_of_one_name_a_forged_one_opens_nothing(server: Serving) -> None:
    forged = {"Cookie": f"{COOKIE}=forged; {COOKIE}=forged-too"}
    assert (await server.http.get("/api/calls", headers=forged)).status_code == 401


# ---- fixation and replay -----------------------------------------------------------------------------------


async def test_a_session_that_somebody_chose_is_never_taken_over(server: Serving) -> None:
    chosen = "a" * 43
    answer = await server.http.post("/api/session", json=SIGN_IN, headers={"Cookie": f"{COOKIE}={chosen}"})
    server.http.cookies.clear()
    assert answer.cookies[COOKIE] != chosen
    assert await status(server, chosen) == 401


async def test_a_stolen_session_is_worth_nothing_after_the_next_sign_in_and_after_signing_out(
    server: Serving,
) -> None:
    async with browser_of(server, "ana") as browser:
        stolen = browser.cookies[COOKIE]
        answer = await browser.post("/api/session", json=SIGN_IN)
        assert await status(server, stolen) == 401
        fresh = {"Cookie": f"{COOKIE}={answer.cookies[COOKIE]}"}
        assert (await server.http.delete("/api/session", headers=fresh)).status_code == 204
        assert await status(server, answer.cookies[COOKIE]) == 401


async def test_a_link_cannot_be_used_twice_and_not_for_somebody_else(server: Serving) -> None:
    await add_person(server, "ben", "agent")
    token = await server.runtime.directory.new_link("ben")
    wanted = {"token": token, "password": "another long one"}
    assert (await server.http.post("/api/reset", json=wanted)).status_code == 204
    server.http.cookies.clear()
    assert (await server.http.post("/api/reset", json=wanted)).json()["code"] == "unknown_link"
    setup = {"token": await server.runtime.directory.new_link("ben"), "login": "eve", "name": "Eve"}
    answer = await server.http.post("/api/setup", json=setup | {"password": "another long one"})
    assert answer.status_code in (404, 409)
    assert "eve" not in server.runtime.directory.everybody.people


# ---- requests and sockets of other sites -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/session"),
        ("DELETE", "/api/session"),
        ("DELETE", "/api/sessions"),
        ("PATCH", "/api/me"),
        ("POST", "/api/calls/c-1/actions"),
        ("POST", "/api/wall/alerts"),
        ("POST", "/api/playbooks/retail/publish"),
        ("DELETE", "/api/calls/c-1"),
        ("POST", "/api/people"),
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},  # a sandboxed frame
        {"Origin": "http://127.0.0.1"},  # another port of this machine
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},  # a form
    ],
)
async def test_a_page_of_another_site_does_nothing_in_somebodys_name(
    server: Serving, method: str, path: str, headers: dict[str, str]
) -> None:
    async with browser_of(server, "ana") as browser:
        answer = await browser.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page")


async def test_a_form_cannot_post_what_only_our_pages_post(server: Serving) -> None:
    """A form sends text or form fields; even without the headers of a browser no route takes these for JSON."""
    async with browser_of(server, "ana") as browser:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            answer = await browser.post(
                "/api/calls/c-1/actions", content='{"type": "ask_help"}', headers={"Content-Type": kind}
            )
            assert answer.status_code in (415, 422), kind


@pytest.mark.parametrize("path", ["/api/wall/socket", "/api/calls/c-1/socket", "/ingest/stream"])
@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1", "file://"])
async def test_a_page_of_another_site_opens_no_socket(server: Serving, path: str, origin: str) -> None:
    async with browser_of(server, "ana") as browser:
        headers = cookie_of(browser) | {"Authorization": "Bearer s3cret", "Origin": origin}
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with websockets.connect(server.socket_url(path), additional_headers=headers):
                pass
        assert refused.value.response.status_code == 403


async def test_no_other_site_is_told_that_it_may_read(server: Serving) -> None:
    asked = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    for method in ("GET", "OPTIONS", "POST"):
        for path in ("/api/calls", "/whip", "/api/session"):
            answer = await server.http.request(method, path, headers=asked)
            assert not [name for name in answer.headers if name.startswith("access-control-")], path


# ---- frames, hosts, redirects ------------------------------------------------------------------------------


async def test_no_answer_may_be_framed_also_not_a_refusal_of_a_socket(server: Serving) -> None:
    for path in ("/", "/sign-in", "/agent", "/supervisor", "/account", "/api/calls", "/nowhere"):
        for headers in ({}, {"Origin": EVIL}):
            answer = await server.http.get(path, headers=headers)
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
    async with raw_peer(server) as peer:
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        await peer.ask("GET", "/api/wall/socket", upgrade | {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
        refusal = await peer.answer()
        assert refusal.status == 401
        assert "frame-ancestors 'none'" in refusal.headers["content-security-policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8710", "127.0.0.1.evil.example", "localhost.evil", "x"]
)
async def test_a_host_that_is_not_ours_gets_no_cookie_no_link_and_no_page(server: Serving, host: str) -> None:
    headers = {"Host": host}
    for method, path in (("POST", "/api/session"), ("GET", "/sign-in"), ("POST", "/api/people/ana/reset")):
        answer = await server.http.request(method, path, headers=headers, json=SIGN_IN)
        assert (answer.status_code, answer.json()["code"]) == (421, "unknown_host")
        assert "set-cookie" not in answer.headers


async def test_a_proxys_host_header_is_not_believed_in_the_link_that_sets_a_password(server: Serving) -> None:
    async with browser_of(server, "root") as admin:
        forged = {"X-Forwarded-Host": "evil.example", "X-Host": "evil.example", "Forwarded": "host=evil.example"}
        link = (await admin.post("/api/people/ana/reset", headers=forged)).json()["link"]
        assert re.match(rf"http://127\.0\.0\.1:{server.port}/reset\?token=", link)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/%2f%2fevil.example",
        "/\\evil.example",
        "/sign-in?next=https://evil.example",
        "/sign-in?next=//evil.example",
        "/reset?next=https://evil.example",
        "//evil.example/api/calls/",
        "/api/calls/?q=x",
        "/account/",
    ],
)
async def test_no_address_of_ours_leads_to_another_site(server: Serving, path: str) -> None:
    async with raw_peer(server) as peer:
        await peer.ask("GET", path, {})
        answer = await peer.answer()
        location = answer.headers.get("location", "")
        assert not location or _stays(location), location


def _stays(location: str) -> bool:
    """The test's own peer calls the server localhost, without its port."""
    return httpx.URL("http://localhost").join(location).host in ("localhost", "127.0.0.1")


async def test_signing_in_sends_nobody_anywhere(server: Serving) -> None:
    wanted = SIGN_IN | {"next": EVIL}
    assert (await server.http.post("/api/session", json=wanted)).status_code == 422, "an unknown field"
    answer = await server.http.post("/api/session?next=https://evil.example", json=SIGN_IN)
    server.http.cookies.clear()
    assert answer.status_code == 204
    assert "location" not in answer.headers


# ---- paths and names ---------------------------------------------------------------------------------------


async def test_no_path_leads_out_of_the_folders(server: Serving, tmp_path: Path) -> None:
    (tmp_path / "secret.ogg").write_bytes(b"secret")
    async with browser_of(server, "ana") as browser:
        for call_id in (
            "..%2f..%2fvoiceassist.db",
            "%2e%2e%2fvoiceassist.db",
            "..",
            f"{tmp_path}/secret".replace("/", "%2f"),
        ):
            answer = await browser.get(f"/api/calls/{call_id}/recording")
            assert answer.status_code in (403, 404), call_id
        answer = await browser.get("/static-offline-docs/..%2f..%2fconfig.py")
        assert answer.status_code in (400, 404)


async def test_names_that_hide_what_they_are_are_refused_with_the_character(server: Serving) -> None:
    async with browser_of(server, "root") as admin:
        for name, told in (("Ana\u202egro", "U+202E"), ("Ana\nroot signed in", "U+000A"), ("Ana\x00", "U+0000")):
            wanted = {"login": "eve", "name": name, "roles": ["agent"]}
            answer = await admin.post("/api/people", json=wanted)
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_field")
            assert told in answer.json()["message"]
        wanted = {"login": "eve", "name": "Eve", "roles": ["agent"], "teams": ["sales\u2066"]}
        assert "U+2066" in (await admin.post("/api/people", json=wanted)).json()["message"]
