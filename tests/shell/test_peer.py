"""Who is at the other end: proxies that are believed and others, and peers that ask too often."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
import websockets

from tests.shell.people import PASSWORD, add_person, browser_of
from tests.shell.serving import Serving, begin, hang_up, serving, settings_for, start_message
from voiceassist.config import load_settings
from voiceassist.errors import ConfigError
from voiceassist.server.limits import EdgeLimits, Kind
from voiceassist.server.peer_rates import PeerRate

PROXIED = {"X-Forwarded-For": "203.0.113.7"}
ONE_EACH = EdgeLimits(rates=dict.fromkeys(get_args(Kind), PeerRate(burst=1, per_s=0.001)))
TRUSTS_US: dict[str, Any] = {"trusted_proxies": ("127.0.0.1",)}


async def address_at_sign_in(server: Serving, headers: dict[str, str]) -> tuple[str, bool]:
    """Which address the server notes, and whether it takes the line for a safe one."""
    wanted = {"login": "ana", "password": PASSWORD}
    answer = await server.http.post("/api/session", json=wanted, headers=headers)
    server.http.cookies.clear()
    session = server.runtime.directory.sessions_of("ana")[0]
    return session.address, "secure" in answer.headers["set-cookie"].lower()


async def test_a_proxy_that_nobody_configured_is_not_believed(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        await add_person(server, "ana", "agent")
        told = PROXIED | {"X-Forwarded-Proto": "https"}
        assert await address_at_sign_in(server, told) == ("127.0.0.1", False)


async def test_a_configured_proxy_says_who_asks_and_whether_the_line_is_safe(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, **TRUSTS_US)) as server:
        await add_person(server, "ana", "agent")
        told = {"X-Forwarded-For": "127.0.0.9, 203.0.113.7", "X-Forwarded-Proto": "https"}
        assert await address_at_sign_in(server, told) == ("203.0.113.7", True)


async def test_guessing_through_a_proxy_is_counted_for_who_stands_behind_it(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, **TRUSTS_US)) as server:
        await add_person(server, "ana", "agent")
        wrong = {"login": "ana", "password": "not the right one"}
        for status in [401] * 5 + [429]:
            assert (await server.http.post("/api/session", json=wrong, headers=PROXIED)).status_code == status
        other = {"X-Forwarded-For": "203.0.113.8"}
        assert (await server.http.post("/api/session", json=wrong, headers=other)).status_code == 401


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
@pytest.mark.parametrize("proxies", [(), ("127.0.0.1",)])
async def test_an_open_server_is_open_to_nobody_behind_a_proxy(
    tmp_path: Path, header: str, proxies: tuple[str, ...]
) -> None:
    async with serving(settings_for(tmp_path, trusted_proxies=proxies)) as server:
        told = {header: "127.0.0.1" if header != "Forwarded" else "for=127.0.0.1"}
        answer = await server.http.get("/api/calls", headers=told)
        assert answer.status_code == 401
        assert "only this machine is let in" in answer.json()["message"]
        assert (await server.http.get("/api/session", headers=told)).json()["open"] is False
        with pytest.raises(websockets.InvalidStatus):
            async with websockets.connect(server.socket_url("/ingest/stream"), additional_headers=told):
                pass
        assert (await server.http.get("/api/calls")).status_code == 200


@pytest.mark.parametrize("proxy", ["localhost", "0.0.0.0/0", "::/0", "10.0.0.1/8", "*"])
def test_proxies_are_addresses_and_small_networks(proxy: str) -> None:
    with pytest.raises(ConfigError, match="`trusted_proxies`"):
        load_settings(environment={"VOICEASSIST_TRUSTED_PROXIES": proxy})


def test_proxies_may_come_from_the_environment() -> None:
    settings = load_settings(environment={"VOICEASSIST_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,::1"})
    assert settings.trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "::1")


async def test_peer_that_asks_too_often_is_told_when_to_come_back_and_others_are_let_in(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, **TRUSTS_US), ONE_EACH) as server:
        await add_person(server, "ana", "agent")
        wanted = {"login": "ana", "password": PASSWORD}
        async with browser_of(server, "ana") as browser:
            assert (await browser.get("/api/calls", headers=PROXIED)).status_code == 200
            refused = await browser.get("/api/calls", headers=PROXIED)
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
            assert 0 < int(refused.headers["retry-after"]) <= 1_000
            assert "'203.0.113.7'" in refused.json()["message"]
            other = {"X-Forwarded-For": "203.0.113.8"}
            assert (await browser.get("/api/calls", headers=other)).status_code == 200
            assert (await browser.post("/api/session", json=wanted, headers=PROXIED)).status_code == 204
            assert (await browser.post("/api/session", json=wanted, headers=PROXIED)).status_code == 429


async def test_one_machine_with_many_addresses_is_one_peer(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, **TRUSTS_US), ONE_EACH) as server:
        for address, status in (("2001:db8::1", 200), ("2001:db8::2", 429), ("2001:db8:0:1::1", 200)):
            answer = await server.http.get("/api/status", headers={"X-Forwarded-For": address})
            assert answer.status_code == status, address


async def test_a_rate_refuses_further_calls_and_cuts_none_that_runs(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, ingest_token="s3cret", **TRUSTS_US), ONE_EACH) as server:
        headers = PROXIED | {"Authorization": "Bearer s3cret"}
        url = server.socket_url("/ingest/stream")
        async with websockets.connect(url, additional_headers=headers) as phone:
            await phone.send(json.dumps(start_message("c-1")))
            assert json.loads(await phone.recv())["type"] == "started"
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with websockets.connect(url, additional_headers=headers):
                    pass
            assert refused.value.response.status_code == 429
            assert int(refused.value.response.headers["Retry-After"]) > 0
            await begin(server, "c-1", phone)
            assert (await hang_up(phone))["type"] == "stopped"


async def test_programs_of_this_machine_are_not_counted(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path), ONE_EACH) as server:
        for _ in range(3):
            assert (await server.http.get("/api/calls")).status_code == 200
