"""`voiceassist doctor ingest`: what it says of calls of several protocols, of refusals and of wrong addresses."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import websockets
from typer.testing import CliRunner

from tests.fakes.ingest_server import serving
from voiceassist.callers.caller import CallerError, PlacedCall
from voiceassist.callers.plan import Manner
from voiceassist.callers.protocols import PROTOCOLS
from voiceassist.callers.run import place_call
from voiceassist.cli import app
from voiceassist.config import load_settings
from voiceassist.doctor.findings import findings
from voiceassist.doctor.listener import CallListener, Observation
from voiceassist.doctor.routes import listening_app
from voiceassist.samples import load_sample
from voiceassist.samples.placed import placed

AT_ONCE = Manner(speed=1e9)
SAMPLE = load_sample("friendly")


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, CallListener, list[Observation]]]:
    seen: list[Observation] = []
    listener = CallListener(tell=seen.append)
    async with serving(listening_app(listener, load_settings(environment={}))) as address:
        yield f"ws://{address}", listener, seen


async def over(listener: CallListener, calls: int = 1) -> None:
    while listener.over < calls:
        listener.changed.clear()
        await listener.changed.wait()


@pytest.mark.parametrize("protocol", ["stream", "twilio", "asterisk", "audiohook"])
async def test_a_call_of_any_protocol_is_heard_with_its_legs_the_right_way_round(protocol: str) -> None:
    async with listening() as (url, listener, seen):
        address = url + PROTOCOLS[protocol].path
        await place_call(
            SAMPLE.recording, address, placed(SAMPLE, "c", "va_key"), protocol=protocol, manner=AT_ONCE
        )
        await over(listener)
    (call,) = listener.calls
    assert (call.info.source, call.info.legs, call.duration_ms // 1000) == (protocol, ("agent", "customer"), 60)
    assert call.first_to_speak == "agent"
    assert {leg for leg, meter in call.meters.items() if meter.level_dbfs and -30 < meter.level_dbfs < -15} == {
        "agent",
        "customer",
    }
    assert [one.kind for one in seen][:1] == ["connected"]
    assert seen[-1].kind == "ended"
    assert not [one.text for one in findings(call) if not one.is_well and "faster" not in one.text]


async def test_one_connection_per_leg_is_one_call_and_a_leg_that_never_comes_is_missed() -> None:
    async with listening() as (url, listener, _):
        address = url + "/ingest/stream"
        manner = Manner(speed=1e9, per_leg=True)
        await place_call(SAMPLE.recording, address, placed(SAMPLE, "c"), manner=manner)
        await over(listener)
    (call,) = listener.calls
    assert (call.connections, call.announced_legs) == (2, ("agent", "customer"))


async def test_what_is_refused_is_told_with_its_reason_and_wrong_addresses_with_the_right_ones() -> None:
    async with listening() as (url, listener, seen):
        call = PlacedCall(call_id="not an id", agent=SAMPLE.agent, customer=SAMPLE.customer)
        with pytest.raises(CallerError, match="call_id"):
            await place_call(SAMPLE.recording, url + "/ingest/stream", call, manner=AT_ONCE)
        with pytest.raises(websockets.InvalidStatus):
            async with websockets.connect(url + "/ingest/nothing/va_secret"):
                pass
        async with httpx.AsyncClient(base_url=url.replace("ws", "http", 1)) as http:
            assert (await http.post("/twilio")).status_code == 404
            offer = {"Content-Type": "application/sdp"}
            assert (await http.post("/whip?leg=agent", content="v=0", headers=offer)).status_code == 400
    kinds = [one.kind for one in seen]
    assert kinds == ["refused", "elsewhere", "elsewhere", "refused"]
    assert "bad_field" in seen[0].text
    assert "va_…" in seen[1].text
    assert "/ingest/twilio" in seen[2].text
    assert listener.refused == 2


async def test_a_call_of_the_same_id_after_the_first_one_is_another_call() -> None:
    async with listening() as (url, listener, _):
        for number in (1, 2):
            await place_call(SAMPLE.recording, url + "/ingest/stream", placed(SAMPLE, "c"), manner=AT_ONCE)
            await over(listener, number)
    assert [call.duration_ms // 1000 for call in listener.calls] == [60, 60]


def test_the_command_ends_by_itself_with_a_verdict() -> None:
    done = CliRunner().invoke(app, ["doctor", "ingest", "--port", "0", "--seconds", "0.1", "--json"])
    assert done.exit_code == 1
    verdict = json.loads(done.stdout.splitlines()[-1])
    assert verdict == {"type": "verdict", "is_well": False, "refused": 0, "calls": []}
