"""The second step of signing in: set up, asked for, used once, taken off."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
import pytest_asyncio

from tests.shell.people import PASSWORD, add_person, browser_of
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.people.totp import BEGUN, BEGUN_US, STEP_S, BegunSetups, picture_of, step_of
from voiceassist.server.auth import COOKIE

STEP_US = STEP_S * 1_000_000
NOON_US = 1_800_000_000 * 1_000_000  # the beginning of a step


@pytest_asyncio.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serving]:
    """With an admin, and a clock that stands still."""
    async with serving(settings_for(tmp_path)) as running:
        set_clock(running, monkeypatch, NOON_US)
        await add_person(running, "ana", "admin")
        yield running


def set_clock(server: Serving, monkeypatch: pytest.MonkeyPatch, now_us: int) -> None:
    monkeypatch.setattr(server.runtime.directory, "now_us", lambda: now_us)


def code_at(secret: str, now_us: int) -> str:
    return pyotp.TOTP(secret).at(now_us // 1_000_000)


def wrong_codes(secret: str) -> list[str]:
    right = {code_at(secret, NOON_US + beside * STEP_US) for beside in (-1, 0, 1)}
    return [code for code in (f"{number:06}" for number in range(20)) if code not in right]


async def sign_in(client: httpx.AsyncClient, **given: Any) -> httpx.Response:
    return await client.post("/api/session", json={"login": "ana", "password": PASSWORD} | given)


async def with_totp(browser: httpx.AsyncClient, now_us: int = NOON_US) -> str:
    """Turns the second step on; returns its secret."""
    begun = (await browser.post("/api/me/totp")).json()
    secret: str = begun["secret"]
    answer = await browser.put("/api/me/totp", json={"code": code_at(secret, now_us)})
    assert answer.status_code == 204, answer.text
    return secret


async def test_second_step_is_on_when_a_first_code_proves_that_the_app_has_the_secret(server: Serving) -> None:
    async with browser_of(server, "ana") as ana:
        begun = (await ana.post("/api/me/totp")).json()
        parsed = pyotp.parse_uri(begun["uri"])
        assert (parsed.secret, parsed.name, parsed.issuer) == (begun["secret"], "ana", "voiceassist")
        assert begun["picture"] == {"size": 45, "path": picture_of(begun["uri"]).path}
        assert (await sign_in(server.http)).status_code == 204, "nothing has changed yet"
        wrong = await ana.put("/api/me/totp", json={"code": wrong_codes(begun["secret"])[0]})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "bad_code")
        spaced = code_at(begun["secret"], NOON_US)
        answer = await ana.put("/api/me/totp", json={"code": f"{spaced[:3]} {spaced[3:]}"})
        assert answer.status_code == 204
        assert (await ana.get("/api/session")).json()["person"]["totp"] is True
        assert (await ana.get("/api/people")).json()[0]["totp"] is True
        again = await ana.post("/api/me/totp")
        assert (again.status_code, again.json()["code"]) == (409, "totp_on")


async def test_code_is_asked_for_after_the_password_and_never_before(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browser_of(server, "ana") as ana:
        secret = await with_totp(ana)
    set_clock(server, monkeypatch, later := NOON_US + 2 * STEP_US)
    right = code_at(secret, later)
    unproved = await sign_in(server.http, password="another password", code=right)
    assert unproved.json()["code"] == "bad_sign_in"
    asked = await sign_in(server.http)
    assert (asked.status_code, asked.json()["code"], COOKIE in asked.cookies) == (401, "code_needed", False)
    wrong = await sign_in(server.http, code=wrong_codes(secret)[0])
    assert (wrong.status_code, wrong.json()["code"], COOKIE in wrong.cookies) == (401, "bad_code", False)
    assert COOKIE in (await sign_in(server.http, code=right)).cookies


async def test_a_code_works_once_even_when_it_comes_twice_at_the_same_time(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browser_of(server, "ana") as ana:
        secret = await with_totp(ana)
        first = await sign_in(server.http, code=code_at(secret, NOON_US))
        assert first.json()["code"] == "bad_code", "it turned the second step on"
        set_clock(server, monkeypatch, later := NOON_US + 2 * STEP_US)
        both = await asyncio.gather(*(sign_in(server.http, code=code_at(secret, later)) for _ in range(2)))
        assert sorted(answer.status_code for answer in both) == [204, 401]
        earlier = await sign_in(server.http, code=code_at(secret, later - STEP_US))
        assert earlier.json()["code"] == "bad_code", "an older one, seen over a shoulder, does not work either"
        off = await ana.request("DELETE", "/api/me/totp", json={"code": code_at(secret, later)})
        assert (off.status_code, off.json()["code"]) == (401, "bad_code")


async def test_clock_of_a_phone_may_be_one_step_off_and_no_more() -> None:
    secret = pyotp.random_base32()
    now = NOON_US // STEP_US
    steps = [step_of(secret, code_at(secret, NOON_US + beside * STEP_US), NOON_US) for beside in range(-2, 3)]
    assert steps == [None, now - 1, now, now + 1, None]
    assert [step_of(secret, code, NOON_US) for code in ("", "12345", "½23456", "abcdef")] == [None] * 4


async def test_guessing_codes_is_slowed_with_passwords_and_asking_is_no_guess(server: Serving) -> None:
    async with browser_of(server, "ana") as ana:
        secret = await with_totp(ana)
    asked = [(await sign_in(server.http)).json()["code"] for _ in range(6)]
    assert asked == ["code_needed"] * 6
    answers = [await sign_in(server.http, code=code) for code in wrong_codes(secret)[:6]]
    assert [answer.json()["code"] for answer in answers] == ["bad_code"] * 5 + ["too_many_attempts"]
    assert (await sign_in(server.http)).status_code == 429, "a right password forgives no wrong code"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_guessing_codes_in_a_session_is_slowed_too(server: Serving, method: str) -> None:
    async with browser_of(server, "ana") as ana:
        secret = (await ana.post("/api/me/totp")).json()["secret"] if method == "PUT" else await with_totp(ana)
        answers = [
            await ana.request(method, "/api/me/totp", json={"code": code}) for code in wrong_codes(secret)[:6]
        ]
    assert [answer.json()["code"] for answer in answers] == ["bad_code"] * 5 + ["too_many_attempts"]


async def test_second_step_is_turned_off_with_a_code(server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    async with browser_of(server, "ana") as ana:
        secret = await with_totp(ana)
        set_clock(server, monkeypatch, later := NOON_US + 2 * STEP_US)
        off = await ana.request("DELETE", "/api/me/totp", json={"code": code_at(secret, later)})
        assert off.status_code == 204
        assert (await sign_in(server.http)).status_code == 204
        again = await ana.request("DELETE", "/api/me/totp", json={"code": code_at(secret, later)})
        assert (again.status_code, again.json()["code"]) == (409, "totp_off")
        assert await with_totp(ana, later) != secret, "another time, another secret"


async def test_link_of_an_admin_takes_the_second_step_off_when_it_is_used_and_not_before(server: Serving) -> None:
    await add_person(server, "ben", "agent")
    async with browser_of(server, "ana") as ana, browser_of(server, "ben") as ben:
        await with_totp(ben)
        link = (await ana.post("/api/people/ben/reset")).json()["link"]
        assert (await sign_in(server.http, login="ben")).json()["code"] == "code_needed"
        wanted = {"token": link.partition("token=")[2], "password": "something else now"}
        assert (await server.http.post("/api/reset", json=wanted)).status_code == 204
        again = await sign_in(server.http, login="ben", password="something else now")
        assert again.status_code == 204
        assert (await ana.get("/api/people")).json()[1]["totp"] is False


async def test_what_was_begun_is_of_one_session_and_holds_ten_minutes(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browser_of(server, "ana") as ana, browser_of(server, "ana") as other:
        secret = (await ana.post("/api/me/totp")).json()["secret"]
        code = {"code": code_at(secret, NOON_US)}
        refused = await other.put("/api/me/totp", json=code)
        assert (refused.status_code, refused.json()["code"]) == (409, "totp_not_begun")
        set_clock(server, monkeypatch, NOON_US + BEGUN_US)
        late = await ana.put("/api/me/totp", json={"code": code_at(secret, NOON_US + BEGUN_US)})
        assert late.json()["code"] == "totp_not_begun"


async def test_second_step_is_for_those_who_have_a_password_here(server: Serving) -> None:
    await add_person(server, "pat", "agent", password="")
    async with browser_of(server, "pat") as pat:
        refused = await pat.post("/api/me/totp")
        assert (refused.status_code, refused.json()["code"]) == (409, "no_password")


async def test_nobody_sets_up_a_second_step_on_an_open_server(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as open_server:
        refused = await open_server.http.post("/api/me/totp")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_signed_in")


async def test_secrets_and_codes_are_in_no_log_and_no_error(
    server: Serving, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with browser_of(server, "ana") as ana:
        secret = await with_totp(ana)
        code = code_at(secret, NOON_US)
        refused = await sign_in(server.http, code=code)
        too_long = await sign_in(server.http, code=code * 9)
    await server.runtime.directory.look()
    person = server.runtime.directory.everybody.people["ana"]
    assert person.totp == secret
    logged = capsys.readouterr()
    told = [caplog.text, logged.out, logged.err, refused.text, too_long.text, repr(person)]
    assert [text for text in told if secret in text or code in text] == []


def test_setups_that_were_begun_are_bounded() -> None:
    begun = BegunSetups()
    for number in range(BEGUN + 1):
        begun.begin(str(number), NOON_US)
    assert [begun.secret_of(one, NOON_US) is None for one in ("0", "1", str(BEGUN))] == [True, False, False]
