"""Alerts leave a running server: a real call, a real receiver, and what admins see and do."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from standardwebhooks.webhooks import Webhook
from typer.testing import CliRunner

from tests.fakes.web_receiver import WebReceiver, receiving, says
from tests.notices.test_desk import until
from tests.notices.told import SECRET
from tests.shell.people import add_person, browser_of
from tests.shell.serving import serving, settings_for, whole_call
from voiceassist.cli import app
from voiceassist.notify_settings import ChannelSettings

ANGRY = "abuse-ladder"


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[WebReceiver]:
    async with receiving() as one:
        yield one


def channels(receiver: WebReceiver, **given: Any) -> tuple[ChannelSettings, ...]:
    values: dict[str, Any] = {"kind": "webhook", "url": receiver.url, "secret": SECRET}
    return (ChannelSettings(name="desk", **(values | given)),)


async def shown(http: httpx.AsyncClient) -> Any:
    answer = await http.get("/api/notices")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_alerts_of_a_call_arrive_signed_while_the_demo_s_stay_here(
    tmp_path: Path, receiver: WebReceiver
) -> None:
    settings = settings_for(tmp_path, ANGRY, notify=channels(receiver), public_url="https://calls.example")
    async with serving(settings) as server:
        await server.http.post(f"/api/samples/{ANGRY}/play")
        await whole_call(server, "c-1", ANGRY)
        got = await receiver.next()
        (alert, *_) = Webhook(SECRET).verify(got.body, got.headers)["data"]["alerts"]
        assert (alert["call_id"], alert["agent"]) == ("c-1", "Ana")
        assert alert["url"] == "https://calls.example/supervisor?call=c-1"
        assert "quote" not in alert
        await until(lambda: not server.runtime.notices.channels["desk"].queue.waiting)  # type: ignore[union-attr]
        assert b"c-1" in b"".join(one.body for one in receiver.received)
        assert all(Webhook(SECRET).verify(one.body, one.headers) for one in receiver.received)
        (channel,) = (await shown(server.http))["channels"]
        assert (channel["state"], channel["place"], channel["waiting"]) == ("works", "127.0.0.1", 0)


async def test_without_channels_there_is_nothing_to_show_or_to_do(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        assert await shown(server.http) == {"channels": [], "dead": [], "lost": 0}
        answer = await server.http.post("/api/notices/channels/desk/test")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_channel")


async def test_an_admin_tests_a_channel_and_hears_what_the_receiver_says(
    tmp_path: Path, receiver: WebReceiver
) -> None:
    receiver.answers += [says("200 OK"), says("403 Forbidden", "no_such_team")]
    async with serving(settings_for(tmp_path, notify=channels(receiver))) as server:
        await add_person(server, "root", "admin")
        async with browser_of(server, "root") as root:
            good = (await root.post("/api/notices/channels/desk/test")).json()
            bad = (await root.post("/api/notices/channels/desk/test")).json()
            assert (good["ok"], bad["ok"], bad["told"]) == (True, False, "HTTP 403 Forbidden: no_such_team")
            (channel,) = (await shown(root))["channels"]
            assert (channel["state"], channel["failure"]) == ("fails", "HTTP 403 Forbidden: no_such_team")
            assert SECRET not in (await root.get("/api/notices")).text
            assert receiver.url not in (await root.get("/api/notices")).text
            tests = (await root.get("/api/audit?what=channel.tested")).json()["entries"]
        assert {entry["who"] for entry in tests} == {"root"}
        assert sorted(entry["detail"]["ok"] for entry in tests) == [False, True]


async def test_dead_letters_are_listed_sent_again_discarded_and_gone_with_their_call(
    tmp_path: Path, receiver: WebReceiver
) -> None:
    receiver.otherwise = says("410 Gone", "moved")
    async with serving(settings_for(tmp_path, ANGRY, notify=channels(receiver))) as server:
        await whole_call(server, "c-1", ANGRY)
        notices = server.runtime.notices
        assert notices is not None
        await until(lambda: len(notices.dead.letters) > 0 and not notices.channels["desk"].queue.waiting)
        letters = (await shown(server.http))["dead"]
        assert {letter["reason"] for letter in letters} == {"HTTP 410 Gone: moved"}
        assert {letter["call_id"] for letter in letters} == {"c-1"}
        body = {"ids": [letter["id"] for letter in letters]}
        count = {"count": len(letters)}
        for deed in ("discard", "take-back", "retry"):
            assert (await server.http.post(f"/api/notices/dead/{deed}", json=body)).json() == count
        await until(lambda: len(notices.dead.letters) == len(letters))
        await server.runtime.erase(["c-1"], by="Kim")
        assert (await shown(server.http))["dead"] == []
    async with serving(settings_for(tmp_path, ANGRY, notify=channels(receiver))) as server:
        assert (await shown(server.http))["dead"] == []


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": [""]}, {"ids": ["x"] * 501}, {"ids": "all"}])
async def test_a_bad_list_of_dead_letters_is_refused(
    tmp_path: Path, receiver: WebReceiver, body: dict[str, Any]
) -> None:
    async with serving(settings_for(tmp_path, notify=channels(receiver))) as server:
        answer = await server.http.post("/api/notices/dead/discard", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_field")


async def test_the_command_tests_every_channel_without_a_server(tmp_path: Path, receiver: WebReceiver) -> None:
    receiver.answers += [says("200 OK")]
    file = tmp_path / "voiceassist.toml"
    table = '[[notify]]\nname = "{}"\nkind = "webhook"\nurl = "{}"\nsecret = "{}"\n'
    good, bad = table.format("desk", receiver.url, SECRET), table.format("down", "http://127.0.0.1:9", SECRET)
    file.write_text(good + bad, encoding="utf-8")
    told = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", "notices", "--config", str(file)])
    assert told.exit_code == 1
    assert "works  desk (webhook" in told.stdout
    assert "fails  down" in told.stdout
    one = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", "notices", "desk", "--config", str(file)])
    assert one.exit_code == 0
    strange = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", "notices", "fax", "--config", str(file)])
    assert strange.exit_code != 0
