"""Listening in by WHEP with real WebRTC on the loopback: who may, who is told, what is heard, hostile peers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection

from tests.fakes.whep_client import Listening, hearing, peer_that_listens
from tests.fakes.whip_client import SDP, Tones, loudness_at, offer_of, publishing
from tests.shell.people import add_person, browser_of
from tests.shell.serving import RATE_HZ, Serving, begin, calling, hang_up, serving, settings_for
from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.events import ListeningChanged, ListensIn
from voiceassist.listening import places
from voiceassist.store.audit import AuditFilter

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]

AGENT_HZ, CUSTOMER_HZ = 400.0, 1000.0
LOUD, QUIET = 0.12, 0.05  # the tones have a quarter of full scale
NOTHING = 8
FRAGMENT = "application/trickle-ice-sdpfrag"


def tones(second: int) -> bytes:
    """One second of both legs."""
    at = np.arange(second * RATE_HZ, (second + 1) * RATE_HZ) / RATE_HZ
    legs = [8_000 * np.sin(2 * np.pi * hz * at) for hz in (AGENT_HZ, CUSTOMER_HZ)]
    return np.stack(legs, axis=1).astype("<i2").tobytes()


async def speak(phone: ClientConnection) -> None:
    """The tones in real time, until cancelled."""
    loop = asyncio.get_running_loop()
    began_s, piece = loop.time(), RATE_HZ // 50 * 4
    for second in range(600):
        audio = tones(second)
        for part in range(50):
            await asyncio.sleep(began_s + second + part / 50 - loop.time())
            await phone.send(audio[part * piece : (part + 1) * piece])


@asynccontextmanager
async def speaking(running: Serving, call_id: str = "c1", **changes: Any) -> AsyncIterator[ClientConnection]:
    """A call in which both sides talk all the time."""
    async with calling(running, call_id, **changes) as phone:
        await begin(running, call_id, phone)
        task = asyncio.create_task(speak(phone))
        try:
            yield phone
        finally:
            task.cancel()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(settings_for(tmp_path)) as server:
        yield server


async def until(holds: Callable[[], bool]) -> None:
    """Waits for what tells nobody; the test's own limit ends it."""
    while not holds():  # noqa: ASYNC110 - a state of the server, which has no event
        await asyncio.sleep(0.02)


async def listen(http: httpx.AsyncClient, query: str, offer: str | None = None, **headers: str) -> httpx.Response:
    """Only the POST; nobody connects."""
    peer = await peer_that_listens()
    try:
        return await http.post(f"/whep?{query}", content=offer or await offer_of(peer), headers=SDP | headers)
    finally:
        await peer.close()


async def told_to(running: Serving, call_id: str = "c1") -> list[tuple[ListensIn, ...]]:
    """Who listened in, change by change, as the call's history has it."""
    records = await running.runtime.store.records(call_id)
    return [record.event.listeners for record in records if isinstance(record.event, ListeningChanged)]


async def audit_of(running: Serving) -> list[dict[str, Any]]:
    await until(lambda: not len(running.runtime.store.audit))
    page = (await running.http.get("/api/audit?what=listening")).json()
    return list(reversed(page["entries"]))


def heard_of(listening: Listening) -> tuple[float, float, float, float]:
    """How loud both tones are on the left, and on the right, in the last half second."""
    last = listening.audio[-24_000:]
    return tuple(loudness_at(hz, last[:, side]) for side in (0, 1) for hz in (AGENT_HZ, CUSTOMER_HZ))  # type: ignore[return-value]


def are_loud(listening: Listening) -> tuple[bool | None, ...]:
    """The same: loud, or not at all. Neither where the half second has a break, as a busy machine may make one."""
    if len(listening.audio) < 24_000:
        return (None,) * 4
    return tuple(True if level > LOUD else False if level < QUIET else None for level in heard_of(listening))


def is_silent(audio: Pcm) -> bool:
    """Nothing but what Opus makes of digital silence."""
    return bool(np.abs(audio).max() < NOTHING)


async def test_both_legs_are_heard_apart_and_one_leg_alone(running: Serving) -> None:
    async with (
        speaking(running),
        hearing(running.http, "c1") as both,
        hearing(running.http, "c1", "customer") as customer,
    ):
        await both.until(lambda heard: are_loud(heard) == (True, False, False, True))
        await customer.until(lambda heard: are_loud(heard)[:2] == (False, True))


async def test_microphone_calls_are_heard_too_also_with_one_leg_published(running: Serving) -> None:
    async with (
        publishing(running.http, Tones(AGENT_HZ), "call_id=m1&leg=agent"),
        speaking(running, "other"),
    ):
        await until(lambda: "m1" in running.runtime.hub.rows)
        async with hearing(running.http, "m1") as both:
            await both.until(lambda heard: are_loud(heard)[0::3] == (True, False))


async def test_twenty_listeners_share_one_encoder(running: Serving) -> None:
    async with speaking(running), AsyncExitStack() as stack:
        everybody = [await stack.enter_async_context(hearing(running.http, "c1")) for _ in range(20)]
        for one in everybody:
            await one.for_s(0.5)
        assert set(running.runtime.listening.broadcasts["c1"].encoders) == {"both"}
        async with hearing(running.http, "c1", "agent") as agent:
            await agent.for_s(0.2)
            assert set(running.runtime.listening.broadcasts["c1"].encoders) == {"both", "agent"}
    await until(lambda: not running.runtime.listening.sessions)
    assert not running.runtime.listening.broadcasts


async def test_call_and_wall_are_told_who_listens_and_the_audit_has_start_end_and_legs(running: Serving) -> None:
    async with speaking(running) as phone:
        async with hearing(running.http, "c1", "agent") as agent:
            await until(lambda: running.runtime.hub.rows["c1"].listeners == ("Kim",))
            assert (await running.http.delete(agent.response.headers["location"])).status_code == 200
            await agent.until(lambda heard: heard.is_over)
        await until(lambda: running.runtime.hub.rows["c1"].listeners == ())
        await hang_up(phone)
    assert await told_to(running) == [(ListensIn(by="Kim", legs="agent"),), ()]
    started, ended = await audit_of(running)
    assert (started["what"], started["who"], started["call_id"]) == ("listening.started", "Kim", "c1")
    assert started["detail"] == {"legs": "agent"}
    assert ended["what"] == "listening.ended"
    assert ended["detail"].keys() == {"legs", "lasted_s", "why"}
    assert (ended["detail"]["legs"], ended["detail"]["why"]) == ("agent", "left")


async def test_where_the_policy_says_so_the_call_is_told_nothing_and_the_audit_all(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, tell_listening=False)) as running:
        async with speaking(running):
            async with hearing(running.http, "c1") as heard:
                await heard.for_s(0.3)
            await until(lambda: not running.runtime.listening.sessions)
        assert await told_to(running) == []
        assert [entry["what"] for entry in await audit_of(running)] == ["listening.started", "listening.ended"]


async def test_pause_is_silent_and_the_listener_hears_exactly_what_is_recorded(running: Serving) -> None:
    told: list[AudioFrame] = []
    async with speaking(running):
        live = running.runtime.live["c1"]
        with live.tap.telling(lambda frame, _: told.append(frame)):
            async with hearing(running.http, "c1") as heard:
                await heard.for_s(1.0)
                await running.http.post("/api/calls/c1/recording", json={"paused": True})
                paused_at = len(told)
                await heard.until(lambda one: is_silent(one.audio[-24_000:]))
                assert not any(frame.pcm.any() for frame in told[paused_at + 4 :])
                await running.http.post("/api/calls/c1/recording", json={"paused": False})
                await heard.until(lambda one: heard_of(one)[0] > LOUD)


async def test_without_the_consent_that_recording_needs_nobody_hears_anything(tmp_path: Path) -> None:
    async with (
        serving(settings_for(tmp_path, consent_need="given")) as running,
        speaking(running),
        hearing(running.http, "c1") as heard,
    ):
        await heard.for_s(1.0)
        assert is_silent(heard.audio)
        said = {"type": "set_consent", "consent": "given"}
        assert (await running.http.post("/api/calls/c1/actions", json=said)).status_code == 202
        await heard.until(lambda one: heard_of(one)[0] > LOUD)


async def test_listeners_are_told_that_the_call_is_over(running: Serving) -> None:
    async with speaking(running) as phone, hearing(running.http, "c1") as heard:
        await heard.for_s(0.3)
        await hang_up(phone)
        await heard.until(lambda one: one.is_over)
        assert (await listen(running.http, "call_id=c1")).json()["code"] == "not_live"
    assert [entry["detail"].get("why") for entry in await audit_of(running)] == [None, "call_over"]


async def test_who_goes_without_a_word_is_missed(running: Serving) -> None:
    async with speaking(running):
        async with hearing(running.http, "c1") as heard:
            await heard.for_s(0.3)
        await until(lambda: not running.runtime.listening.sessions)
    assert (await audit_of(running))[-1]["detail"]["why"] == "vanished"


async def test_only_supervisors_of_the_team_listen_and_lost_rights_end_it(running: Serving) -> None:
    for login, roles, teams in (
        ("sam", ("supervisor",), ("returns",)),
        ("eve", ("supervisor",), ("sales",)),
        ("ana", ("agent",), ()),
        ("rex", ("reviewer",), ("*",)),
    ):
        await add_person(running, login, *roles, teams=teams)
    key = {"Authorization": f"Bearer {running.runtime.directory.own_token}"}
    agent = {"id": "ana", "name": "Ana", "team": "returns"}
    async with calling(running, "c1", headers=key, agent=agent) as phone:
        await begin(running, "c1", phone)
        talk = asyncio.create_task(speak(phone))
        for login, status in (("eve", 404), ("ana", 403), ("rex", 403)):
            async with browser_of(running, login) as browser:
                assert (await listen(browser, "call_id=c1")).status_code == status
        async with browser_of(running, "sam") as browser, hearing(browser, "c1") as heard:
            await heard.for_s(0.3)
            async with browser_of(running, "sam") as other_session, browser_of(running, "eve") as eve:
                assert (await eve.delete(heard.response.headers["location"])).status_code == 403
                assert (await other_session.get("/api/session")).status_code == 200
            assert (await browser.delete("/api/session")).status_code < 300
            await heard.until(lambda one: one.is_over)
        talk.cancel()
    await until(lambda: not len(running.runtime.store.audit))
    newest = await running.runtime.store.audit_page(AuditFilter(limit=1, what="listening"))
    assert [(entry.who, entry.detail["why"]) for entry in newest.entries] == [("sam", "rights")]


async def test_call_of_another_team_is_heard_no_more(running: Serving) -> None:
    await add_person(running, "sam", "supervisor", teams=("returns",))
    key = {"Authorization": f"Bearer {running.runtime.directory.own_token}"}
    async with calling(running, "c1", headers=key, agent={"id": "ana", "name": "Ana", "team": "returns"}) as phone:
        await begin(running, "c1", phone)
        talk = asyncio.create_task(speak(phone))
        async with browser_of(running, "sam") as browser, hearing(browser, "c1") as heard:
            await heard.for_s(0.3)
            live = running.runtime.live["c1"]
            live.info = replace(live.info, agent=replace(live.info.agent, team="sales"))
            await heard.until(lambda one: one.is_over)
        talk.cancel()


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("call_id=nobody", 409, "not_live"),
        ("call_id=c1&legs=left", 400, "bad_field"),
    ],
)
async def test_what_cannot_be_heard_is_refused_with_a_reason(
    running: Serving, query: str, status: int, code: str
) -> None:
    async with speaking(running):
        answer = await listen(running.http, query)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["message"]


async def test_a_leg_that_the_call_does_not_have_cannot_be_heard_alone(running: Serving) -> None:
    async with speaking(running):
        live = running.runtime.live["c1"]
        live.info = replace(live.info, legs=("agent",))
        answer = await listen(running.http, "call_id=c1&legs=customer")
        assert (answer.status_code, answer.json()["code"]) == (409, "no_such_leg")


@pytest.mark.parametrize(
    ("change", "headers", "status", "code"),
    [
        (lambda _: "v=0", {}, 400, "no_audio"),
        (lambda _: "hello", {}, 400, "no_audio"),
        (lambda sdp: sdp.replace("a=recvonly", "a=sendonly"), {}, 400, "no_audio"),
        (lambda sdp: sdp.replace("opus/48000/2", "speex/8000"), {}, 400, "no_opus"),
        (lambda sdp: sdp.replace("a=fingerprint", "a=nothing"), {}, 400, "bad_sdp"),
        (lambda sdp: sdp, {"Content-Type": "text/plain"}, 415, "wrong_content_type"),
        (lambda sdp: sdp + "a=x:" + "x" * 70_000, {}, 413, "too_large"),
    ],
)
async def test_offers_that_cannot_be_answered_are_refused_and_take_no_place(
    running: Serving, change: Callable[[str], str], headers: dict[str, str], status: int, code: str
) -> None:
    async with speaking(running):
        peer = await peer_that_listens()
        answer = await listen(running.http, "call_id=c1", change(await offer_of(peer)), **headers)
        await peer.close()
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert not running.runtime.listening.places.taken


async def test_who_never_connects_is_let_go_of_and_heard_nothing(running: Serving) -> None:
    running.runtime.listening.connect_within_s = 0.2
    async with speaking(running):
        assert (await listen(running.http, "call_id=c1")).status_code == 201
        await until(lambda: not running.runtime.listening.places.taken)
        assert not running.runtime.listening.broadcasts
    assert await audit_of(running) == []
    assert await told_to(running) == []


async def test_flood_of_offers_fills_some_places_and_is_told_when_to_come_again(running: Serving) -> None:
    running.runtime.listening.connect_within_s = 1.0
    async with speaking(running):
        answers = [await listen(running.http, "call_id=c1") for _ in range(places.WAITING_OF_ONE + 3)]
        assert [answer.status_code for answer in answers] == [201] * places.WAITING_OF_ONE + [503] * 3
        assert answers[-1].json()["code"] == "too_many_waiting"
        assert answers[-1].headers["retry-after"] == "5"
        await until(lambda: not running.runtime.listening.places.taken)
        async with hearing(running.http, "c1") as heard:
            await heard.for_s(0.2)


async def test_full_call_and_full_server_say_so(running: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    async with speaking(running), speaking(running, "c2"), hearing(running.http, "c1") as heard:
        await heard.for_s(0.1)
        monkeypatch.setattr(places, "OF_CALL", 1)
        assert (await listen(running.http, "call_id=c1")).json()["code"] == "call_full"
        monkeypatch.setattr(places, "OF_SERVER", 1)
        assert (await listen(running.http, "call_id=c2")).json()["code"] == "server_full"


async def test_patch_takes_candidates_with_the_right_etag_only(running: Serving) -> None:
    async with speaking(running), hearing(running.http, "c1") as heard:
        place, etag = heard.response.headers["location"], heard.response.headers["etag"]
        for given, status in ((None, 428), ("*", 422), ('"other"', 412), (etag, 204)):
            headers = {"Content-Type": FRAGMENT} | ({"If-Match": given} if given else {})
            answer = await running.http.patch(place, content="a=mid:0\r\na=end-of-candidates", headers=headers)
            assert answer.status_code == status
        assert (await running.http.patch("/whep/none", headers={"If-Match": etag})).status_code == 404
        options = await running.http.options("/whep")
        assert (options.status_code, options.headers["accept-post"]) == (200, "application/sdp")


async def test_server_that_stops_says_goodbye_to_listeners(running: Serving) -> None:
    async with speaking(running), hearing(running.http, "c1") as heard:
        await heard.for_s(0.2)
        await running.runtime.listening.close()
        await heard.until(lambda one: one.is_over)
        assert (await listen(running.http, "call_id=c1")).json()["code"] == "shutdown"
