"""The recording that we publish by WHIP, heard by a server of ours."""

import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.ingest_server import HeardCall, Sessions, joins_of, serving, whip_app
from tests.fakes.whip_client import loudness_at
from voiceassist.callers.caller import CallerError, PlacedCall
from voiceassist.callers.plan import Manner
from voiceassist.callers.run import place_call
from voiceassist.events import Customer, Person
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.whip.sessions import WhipSessions

pytestmark = pytest.mark.realtime

CALL = PlacedCall(
    call_id="call-1", agent=Person(id="7", name="Ana", team="returns"), customer=Customer(id="42", name="Mr Brown")
)
AGENT_HZ, CUSTOMER_HZ, RECORDED_HZ = 440.0, 1_500.0, 8_000


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Most of a second: a tone for each side."""
    at = np.arange(RECORDED_HZ * 4 // 5) / RECORDED_HZ
    sides = [8_000 * np.sin(2 * np.pi * hz * at) for hz in (AGENT_HZ, CUSTOMER_HZ)]
    with wave.open(str(tmp_path / "call.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RECORDED_HZ)
        file.writeframes(np.stack(sides, axis=1).astype(np.int16).tobytes())
    return tmp_path / "call.wav"


@asynccontextmanager
async def whip_room() -> AsyncIterator[tuple[str, Sessions]]:
    sessions = Sessions()
    sessions.listening.set()
    whip = WhipSessions(joins=joins_of(sessions, PeerLimits(tick_s=0.05, line_grace_s=0.0)))
    async with serving(whip_app(whip)) as address:
        yield f"ws://{address}/whip", sessions
        await whip.close()


def hears_both_sides(call: HeardCall) -> bool:
    agent, customer = call.leg("agent"), call.leg("customer")
    return (
        loudness_at(AGENT_HZ, agent) > 5 * loudness_at(CUSTOMER_HZ, agent)
        and loudness_at(CUSTOMER_HZ, customer) > 5 * loudness_at(AGENT_HZ, customer)
    )  # fmt: skip


@pytest.mark.parametrize("per_leg", [False, True])
async def test_each_side_is_heard_on_its_leg(recording: Path, per_leg: bool) -> None:  # noqa: FBT001
    async with whip_room() as (url, sessions):
        outcome = await place_call(recording, url, CALL, protocol="whip", manner=Manner(per_leg=per_leg))
        call = await sessions.call("call-1")
        await call.over.wait()
    assert (outcome.frames, outcome.connections) == ((80, 2) if per_leg else (40, 1))
    assert hears_both_sides(call)
    assert (call.info.agent, call.end_reason) == (CALL.agent, "hangup")


async def test_packets_that_are_lost_on_the_line_are_not_sent_and_a_cut_line_says_no_goodbye(
    recording: Path,
) -> None:
    manner = Manner(loss=0.2, jitter_ms=20, cut_ms=600, seed=3)
    async with whip_room() as (url, sessions):
        outcome = await place_call(recording, url, CALL, protocol="whip", manner=manner)
        call = await sessions.call("call-1")
        assert not call.over.is_set()
    assert 15 <= outcome.frames < 29
    assert [gap.cause for gap in call.gaps].count("lost") > 0


async def test_a_refusal_is_told_with_the_servers_words(recording: Path) -> None:
    nobody = PlacedCall(call_id="?", agent=CALL.agent, customer=CALL.customer)
    async with whip_room() as (url, _sessions):
        with pytest.raises(CallerError, match="HTTP 400: query parameter `call_id`"):
            await place_call(recording, url, nobody, protocol="whip")
        with pytest.raises(CallerError, match="real time only"):
            await place_call(recording, url, CALL, protocol="whip", manner=Manner(speed=2))
    with pytest.raises(CallerError, match="is voiceassist running there"):
        await place_call(recording, "ws://127.0.0.1:1/whip", CALL, protocol="whip")
