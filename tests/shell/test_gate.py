"""The gate before every route, file and socket: who may come in, with how large a body, and what answers carry."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import websockets

from tests.shell.people import make_key, with_key
from tests.shell.raw_http import raw_peer
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.server.headers import CSP, MICROPHONE_PAGES
from voiceassist.server.limits import EdgeLimits

SMALL = EdgeLimits(body_bytes=100, body_bytes_by_path={r"/api/playbooks/[^/]+/draft": 200})
PATHS = (
    "/", "/api/status", "/api/docs", "/api/openapi.json", "/static-offline-docs/swagger-ui.css",
    "/assets/x.js", "/api/samples/late-return/recording", "/metrics", "/nothing",
)  # fmt: skip
SOCKETS = ("/api/wall/socket", "/api/calls/c-1/socket", "/ingest/stream", "/nothing")
FOREIGN = {"Origin": "https://evil.example"}
REBOUND = {"Host": "rebound.example"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """One for all: nothing here changes it."""
    async with serving(settings_for(tmp_path_factory.mktemp("data")), SMALL) as running:
        yield running


async def socket_refusal(server: Serving, path: str, headers: dict[str, str]) -> tuple[int, Any]:
    async with raw_peer(server) as peer:
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        await peer.ask("GET", path, upgrade | {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} | headers)
        answer = await peer.answer()
        return answer.status, answer.json


async def test_every_path_refuses_a_host_that_is_not_ours_and_a_page_that_is_not_ours(server: Serving) -> None:
    for path in PATHS:
        answer = await server.http.get(path, headers=REBOUND)
        assert (answer.status_code, answer.json()["code"]) == (421, "unknown_host"), path
        assert "allowed_hosts" in answer.json()["message"]
        answer = await server.http.get(path, headers=FOREIGN)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page"), path
        assert "'https://evil.example'" in answer.json()["message"]


@pytest.mark.parametrize("host", ["192.0.2.7", "[2001:db8::7]:8710", "0.0.0.0"])
async def test_an_address_that_nobody_configured_is_no_name_of_ours(server: Serving, host: str) -> None:
    answer = await server.http.get("/api/calls", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "unknown_host")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2:8710", "[::1]:8710", "localhost"])
async def test_this_machine_is_always_a_name_of_ours(server: Serving, host: str) -> None:
    assert (await server.http.get("/api/calls", headers={"Host": host})).status_code == 200


async def test_health_is_told_to_checkers_by_any_name_and_to_no_foreign_page(server: Serving) -> None:
    assert (await server.http.get("/healthz", headers=REBOUND)).json() == {"status": "ok"}
    assert (await server.http.get("/healthz", headers=FOREIGN)).status_code == 403


@pytest.mark.parametrize("path", SOCKETS)
async def test_every_socket_refuses_a_host_that_is_not_ours_and_a_page_that_is_not_ours(
    server: Serving, path: str
) -> None:
    status, told = await socket_refusal(server, path, REBOUND)
    assert (status, told["code"]) == (421, "unknown_host")
    status, told = await socket_refusal(server, path, FOREIGN)
    assert (status, told["code"]) == (403, "foreign_page")
    with pytest.raises(websockets.InvalidStatus):
        async with websockets.connect(server.socket_url(path), additional_headers=FOREIGN):
            pass


@pytest.mark.parametrize(
    ("headers", "status"), [({"Host": "[::1"}, 421), ({"Host": ""}, 421), ({"Origin": "http://["}, 403)]
)
async def test_header_that_cannot_be_parsed_is_not_ours(
    server: Serving, headers: dict[str, str], status: int
) -> None:
    answer = await server.http.get("/api/calls", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, "error")


async def test_body_of_a_foreign_page_is_not_read(server: Serving) -> None:
    async with raw_peer(server) as peer:
        await peer.ask("POST", "/api/calls/c-1/actions", FOREIGN | {"Content-Length": "50"})
        answer = await peer.answer()  # though no byte of the body was sent
        assert (answer.status, answer.json["code"]) == (403, "foreign_page")
        assert await peer.until_closed() == b""


@pytest.mark.parametrize(
    ("path", "limit"), [("/api/calls/c-1/actions", 100), ("/api/playbooks/retail/draft", 200), ("/nothing", 100)]
)
async def test_body_that_announces_too_much_is_refused_before_it_is_sent(
    server: Serving, path: str, limit: int
) -> None:
    async with raw_peer(server) as peer:
        await peer.ask("POST", path, {"Content-Length": str(limit + 1), "Expect": "100-continue"})
        answer = await peer.answer()
        assert (answer.status, answer.json["code"]) == (413, "too_large")
        assert f"larger than {limit} bytes" in answer.json["message"]
        assert await peer.until_closed() == b""


@pytest.mark.parametrize("path", ["/api/calls/c-1/actions", "/whip?legs=agent,customer"])
async def test_body_in_chunks_is_cut_at_the_limit(server: Serving, path: str) -> None:
    async with raw_peer(server) as peer:
        await peer.ask("POST", path, {"Transfer-Encoding": "chunked", "Content-Type": "application/sdp"})
        for _ in range(11):
            await peer.send_chunk(b"v=0 345678")
        answer = await peer.answer()  # though the last chunk never came
        assert (answer.status, answer.json["code"]) == (413, "too_large")
        assert await peer.until_closed() == b""


async def test_body_at_the_limit_is_read(server: Serving) -> None:
    body = json.dumps({"type": "ask_help"}).ljust(100)
    answer = await server.http.post(
        "/api/calls/c-1/actions", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_call")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_can_link_to_pages_but_neither_fetch_nor_play_anything(
    server: Serving, site: str
) -> None:
    embedded = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "audio"}
    link = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for path in ("/api/samples/late-return/recording", "/api/calls", "/api/status", "/assets/x.js"):
        assert (await server.http.get(path, headers=embedded)).json()["code"] == "foreign_page"
    for path in ("/api/samples/late-return/recording", "/api/calls"):
        assert (await server.http.get(path, headers=link)).json()["code"] == "foreign_page"
    for path in ("/review/c-1", "/api/docs"):
        assert (await server.http.get(path, headers=link)).status_code != 403
    posted = await server.http.post("/whip", headers=link)
    assert posted.json()["code"] == "foreign_page", "a link is followed by GET"
    framed = link | {"Sec-Fetch-Dest": "iframe"}
    assert (await server.http.get("/", headers=framed)).json()["code"] == "foreign_page"


async def test_a_host_header_does_not_turn_an_address_of_the_api_into_a_page(server: Serving) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Host": "127.0.0.1/review?"}
    assert (await server.http.get("/api/calls", headers=link)).json()["code"] == "foreign_page"


async def test_our_own_page_and_programs_are_let_in(server: Serving) -> None:
    origin = {"Origin": f"http://127.0.0.1:{server.port}", "Sec-Fetch-Site": "same-origin"}
    for headers in (origin, {"Sec-Fetch-Site": "none"}, {}):
        assert (await server.http.get("/api/samples/late-return/recording", headers=headers)).status_code == 200


async def test_a_token_or_a_key_does_not_make_a_foreign_page_one_of_ours(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, ingest_token="s3cret")) as server:
        for proof in (with_key("s3cret"), with_key(await make_key(server, "ingest"))):
            for foreign in (FOREIGN, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
                status, told = await socket_refusal(server, "/ingest/stream", proof | foreign)
                assert (status, told["code"]) == (403, "foreign_page"), foreign
                answer = await server.http.post("/whip?leg=agent", headers=proof | foreign)
                assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page"), foreign
            async with websockets.connect(server.socket_url("/ingest/stream"), additional_headers=proof):
                pass
            answer = await server.http.post("/whip?leg=agent", headers=proof)
            assert answer.status_code not in (401, 403)


async def test_every_answer_carries_the_headers_that_bind_a_page(server: Serving) -> None:
    for path in PATHS:
        for headers in ({}, REBOUND):
            answer = await server.http.get(path, headers=headers)
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert ("unsafe-inline" in answer.headers["content-security-policy"]) == (path == "/api/docs")
            may_hear = "microphone=(self)" if path in MICROPHONE_PAGES else "microphone=()"
            assert may_hear in answer.headers["permissions-policy"], path
    assert "connect-src 'self';" in CSP
    assert "frame-ancestors 'none'" in CSP


async def test_a_mistake_of_ours_is_told_in_json_with_the_same_headers(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceassist.store.store.Store.calls", None)
    answer = await server.http.get("/api/calls")
    assert (answer.status_code, answer.json()["code"]) == (500, "our_mistake")
    assert answer.headers["content-security-policy"] == CSP


async def test_nobody_keeps_a_copy_of_what_was_said(server: Serving) -> None:
    for path in ("/api/calls", "/api/samples/late-return/recording", "/api/status", "/metrics", "/nothing"):
        assert (await server.http.get(path)).headers["cache-control"] == "no-store"
    assert "no-store" not in (await server.http.get("/static-offline-docs/swagger-ui.css")).headers.get(
        "cache-control", ""
    )


async def test_address_that_leads_nowhere_is_a_page_for_a_person_and_json_for_a_program(server: Serving) -> None:
    answer = await server.http.get("/nowhere", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code in (404, 503), answer.headers["content-type"].partition(";")[0]) == (
        True,
        "text/html" if answer.status_code == 404 else "text/plain",  # where the pages are not built
    )
    for path, accept in (("/nowhere", "*/*"), ("/api/nowhere", "text/html")):
        assert (await server.http.get(path, headers={"Accept": accept})).json()["code"] == "http_404"
