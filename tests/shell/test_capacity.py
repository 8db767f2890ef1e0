"""A node takes as many calls as fit and refuses the others in the words of each protocol; those that run go on."""

import asyncio
import json
import wave
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import websockets

from tests.fakes.whip_client import Tones, publishing
from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for, silence, start_message
from voiceassist.callers.caller import CallerError, PlacedCall
from voiceassist.callers.plan import Manner
from voiceassist.callers.protocols import PROTOCOLS
from voiceassist.callers.run import place_call
from voiceassist.capacity.cost import CallCost
from voiceassist.capacity.watch import rehearse_engines
from voiceassist.config import load_settings
from voiceassist.cores import usable_cores
from voiceassist.errors import ConfigError
from voiceassist.events import Customer, Person

WHY = "this machine is full: 1 of 1 calls run here, and the setting `max_calls` allows no more"


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """It has room for one call."""
    async with serving(settings_for(tmp_path, max_calls=1, line_grace_s=30)) as running_server:
        yield running_server


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Ten seconds, of which hardly anything is played: protocols without an answer say no while it begins."""
    with wave.open(str(tmp_path / "call.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(320_000))
    return tmp_path / "call.wav"


async def answer(server: Serving, call_id: str, **changes: Any) -> dict[str, Any]:
    """What a phone system is told that starts a call; then it hangs up."""
    async with websockets.connect(server.socket_url("/ingest/stream")) as phone:
        await phone.send(json.dumps(start_message(call_id, **changes)))
        said: dict[str, Any] = json.loads(await phone.recv())
        return said


async def refused(server: Serving, reason: str) -> float:
    metrics = (await server.http.get("/metrics")).text
    (line,) = (
        line
        for line in metrics.splitlines()
        if line.startswith(f'voiceassist_calls_refused_total{{reason="{reason}"')
    )
    return float(line.split()[-1])


@pytest.mark.parametrize("given", ["0", "-3", "many", True, "1e3", 2.5])
def test_a_number_of_calls_that_is_none_is_refused_by_name(given: object) -> None:
    with pytest.raises(ConfigError, match=r"setting `max_calls`: .*auto"):
        load_settings(environment={}, max_calls=given)


def test_the_number_of_calls_may_come_from_the_environment_or_be_found_out() -> None:
    assert load_settings(environment={"VOICEASSIST_MAX_CALLS": "12"}).max_calls == 12
    assert load_settings(environment={"VOICEASSIST_MAX_CALLS": "12"}, max_calls="auto").max_calls is None
    assert load_settings(environment={}).max_calls is None


@pytest.mark.parametrize("protocol", list(PROTOCOLS))
async def test_a_call_too_many_is_refused_with_the_reason_in_every_protocol(
    server: Serving, recording: Path, protocol: str
) -> None:
    async with calling(server, "c-1") as phone:
        await begin(server, "c-1", phone)
        call = PlacedCall(
            call_id="00000000-0000-4000-8000-000000000001",  # as AudioHook wants them
            agent=Person(id="7", name="Ana"),
            customer=Customer(id="42", name="Mr Brown"),
        )
        url = f"ws://127.0.0.1:{server.port}{PROTOCOLS[protocol].path}"
        with pytest.raises(CallerError) as told:
            await place_call(recording, url, call, protocol=protocol, manner=Manner(), rate_hz=None)
        assert list(server.runtime.live) == ["c-1"]
        assert (await hang_up(phone))["type"] == "stopped"
    assert WHY[:60] in str(told.value)  # a websocket's close has room for so much
    assert await refused(server, "full") >= 1


async def test_a_stream_is_told_the_error_before_it_is_closed(server: Serving) -> None:
    async with calling(server, "c-1"), websockets.connect(server.socket_url("/ingest/stream")) as phone:
        await phone.send(json.dumps(start_message("c-2")))
        error = json.loads(await phone.recv())
        await phone.wait_closed()
    assert (error["type"], error["code"], phone.close_code) == ("error", "busy", 1013)
    assert error["message"].startswith(WHY)
    assert "try again when one has ended" in error["message"]


@pytest.mark.realtime
async def test_a_browser_is_answered_503_and_when_to_try_again(server: Serving) -> None:
    async with (
        calling(server, "c-1"),
        publishing(server.http, Tones(400, 400), "call_id=c-2&leg=agent") as publisher,
    ):
        assert publisher.response.status_code == 503
        assert publisher.response.json()["code"] == "busy"
        assert int(publisher.response.headers["retry-after"]) > 0


async def test_a_client_of_vosk_takes_half_a_call(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, max_calls=1)) as server, AsyncExitStack() as clients:
        for _ in range(2):
            client = await clients.enter_async_context(websockets.connect(server.socket_url("/ingest/vosk")))
            await client.send(bytes(1_600))
            assert json.loads(await client.recv()) == {"partial": ""}
        assert server.runtime.capacity.calls == 1
        third = await clients.enter_async_context(websockets.connect(server.socket_url("/ingest/vosk")))
        await third.send(bytes(1_600))
        assert json.loads(await third.recv())["code"] == "busy"
        assert (await answer(server, "c-1"))["code"] == "busy"


async def test_the_demo_says_that_it_is_full(server: Serving) -> None:
    async with calling(server, "c-1"):
        told = await server.http.post("/api/samples/friendly/play")
        assert (told.status_code, told.json()["code"]) == (503, "busy")
        assert int(told.headers["retry-after"]) > 0
        assert not server.runtime.sample_calls


async def test_a_sample_call_counts(server: Serving) -> None:
    await server.http.post("/api/samples/friendly/play")
    assert (await answer(server, "c-1"))["code"] == "busy"


async def test_of_a_burst_as_many_are_taken_as_fit(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, max_calls=7)) as server, AsyncExitStack() as phones:

        async def one(number: int) -> str:
            phone = await phones.enter_async_context(websockets.connect(server.socket_url("/ingest/stream")))
            await phone.send(json.dumps(start_message(f"c-{number}")))
            said = json.loads(await phone.recv())
            return str(said.get("code", said["type"]))

        said = await asyncio.gather(*map(one, range(60)))
        assert (said.count("started"), said.count("busy")) == (7, 53)
        assert server.runtime.capacity.calls == 7
        assert await refused(server, "full") == 53


async def test_there_is_room_as_soon_as_a_call_has_ended(server: Serving) -> None:
    async with calling(server, "c-1") as phone:
        await phone.send(silence(0.1))
        assert (await answer(server, "c-2"))["code"] == "busy"
        await hang_up(phone)
    assert (await answer(server, "c-2"))["type"] == "started"


async def test_another_leg_of_a_running_call_is_taken_and_a_line_that_was_lost_comes_back(server: Serving) -> None:
    async with calling(server, "c-1", legs=["agent"]) as phone:
        await phone.send(silence(0.1, legs=1))
        async with calling(server, "c-1", legs=["customer"]) as other:
            await other.send(silence(0.1, legs=1))
        async with calling(server, "c-1", legs=["customer"]) as again:
            await again.send(silence(0.1, legs=1))
            assert server.runtime.capacity.calls == 1


async def test_while_calls_are_late_no_other_is_taken_and_then_at_once(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server, AsyncExitStack() as phones:
        for call_id in ("c-1", "c-2"):
            phone = await phones.enter_async_context(calling(server, call_id))
            await begin(server, call_id, phone)
        for live in server.runtime.live.values():
            live.lateness.told_ms = 3_000
        error = await answer(server, "c-3")
        assert error["code"] == "busy"
        assert "words arrive late in 2 of the 2 calls" in error["message"]
        ready = (await server.http.get("/readyz")).json()
        assert ready["capacity"].startswith("degraded: words are late in 2 calls, new calls are refused")
        assert await refused(server, "late") == 1
        server.runtime.live["c-1"].lateness.told_ms = 0
        assert (await answer(server, "c-3"))["type"] == "started"


async def test_operators_read_how_full_the_node_is(server: Serving) -> None:
    ready = await server.http.get("/readyz")
    assert (ready.json()["status"], ready.json()["capacity"]) == ("ok", "ok: 0 of 1 calls")
    async with calling(server, "c-1"):
        ready = await server.http.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert ready.json()["capacity"] == "degraded: full, new calls are refused (1 of 1 calls)"
        metrics = (await server.http.get("/metrics")).text
        assert "voiceassist_calls_max 1.0" in metrics
        assert "voiceassist_calls_taken 1.0" in metrics
        assert 'voiceassist_call_cores{part="decode"}' in metrics


async def test_a_rehearsal_says_what_a_call_costs_and_how_many_fit(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, max_calls="auto")) as server:
        capacity = server.runtime.capacity
        await rehearse_engines(capacity, server.runtime.engines.loaded())
        state = capacity.state()
        assert state.rehearsed
        assert state.cost.decode < 0.2  # a script costs nothing
        assert state.most == state.by_cost >= usable_cores()
        capacity.learned.cost = CallCost(decode=0.3 * usable_cores(), loop=0.02, rest=0.01)
        assert capacity.state().most == 2


async def test_no_rehearsal_while_a_call_runs(server: Serving) -> None:
    capacity = server.runtime.capacity
    capacity.learned.rehearsed = None
    async with calling(server, "c-1"):
        await rehearse_engines(capacity, server.runtime.engines.loaded())
        assert capacity.learned.rehearsed is None
