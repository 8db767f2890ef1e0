"""A call that is heard late says so while it lasts: on its screens, on the wall and to operators."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from structlog.testing import capture_logs

from tests.builders import only, words
from tests.fakes.gated_engine import FINAL, RATE_HZ, Decodes, GatedEngine
from tests.fakes.sources import GivenSource, quiet
from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for
from tests.shell.test_session import ENOUGH_S, Bench, bench_in
from voiceassist.asr.scripted import ScriptedEngine, ScriptLine
from voiceassist.audio.pcm import AudioFrame
from voiceassist.events import Final, LatenessChanged, Prompt, Record
from voiceassist.hub import Mailbox
from voiceassist.live.live_call import LiveCall
from voiceassist.live.session import run_call

FAR_AHEAD_S = 1e6  # audio that arrives then is heard in time, however slow the machine is
REFUSALS = (0, 60_000)  # when the agent refuses, in call time


@pytest.fixture(autouse=True)
def logged() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_in(tmp_path) as bench:
        yield bench


def arriving(frames: Iterator[AudioFrame], arrived_s: float) -> Iterator[AudioFrame]:
    return (replace(frame, arrived_s=arrived_s) for frame in frames)


def refusing_engine() -> ScriptedEngine:
    spoken = [words("We don't do that", at=at) for at in REFUSALS]
    return ScriptedEngine(
        tuple(
            ScriptLine(speaker="agent", start_ms=said[0].start_ms, end_ms=said[-1].end_ms, words=said)
            for said in spoken
        )
    )


async def run(bench: Bench, source: GivenSource, engine: ScriptedEngine | GatedEngine, began_s: float) -> None:
    live = LiveCall(info=source.info, began_s=began_s)
    async with asyncio.timeout(ENOUGH_S):
        await run_call(source, live, bench.services(engine))


async def test_a_call_tells_how_late_its_words_are_and_when_they_are_in_time_again(bench: Bench) -> None:
    now_s = monotonic()
    late = arriving(iter(quiet(4)), now_s - 20)
    in_time = arriving(iter(quiet(62)), now_s + FAR_AHEAD_S)
    await run(bench, GivenSource(pieces=[*late, *in_time]), refusing_engine(), began_s=now_s - 90)
    first, *_, last = only(bench.events(), LatenessChanged)
    assert first.behind_ms >= 20_000
    assert last.behind_ms == 0
    assert [prompt.late for prompt in only(bench.events(), Prompt)] == [True, False]
    state = await bench.state()
    assert state.behind_ms == 0
    assert next(view.outcome for view in state.prompts) == "stale"


async def test_a_call_in_time_tells_nothing_of_lateness(bench: Bench) -> None:
    now_s = monotonic()
    await run(bench, GivenSource(pieces=arriving(iter(quiet(62)), now_s + FAR_AHEAD_S)), refusing_engine(), now_s)
    assert only(bench.events(), LatenessChanged) == []
    assert not any(prompt.late for prompt in only(bench.events(), Prompt))


async def test_a_decode_that_does_not_end_is_told_while_it_lasts(bench: Bench) -> None:
    decodes, arrived_s, told = Decodes(), monotonic() - 20, asyncio.Event()
    frame = AudioFrame(speaker="agent", pcm=FINAL, rate_hz=RATE_HZ, arrived_s=arrived_s)
    source = GivenSource(pieces=[frame, replace(frame, speaker="customer")])

    def publish(record: Record) -> None:
        bench.published.append(record)
        if isinstance(record.event, LatenessChanged):
            told.set()

    live = LiveCall(info=source.info, began_s=arrived_s)
    services = replace(bench.services(GatedEngine(name="call-1", decodes=decodes)), publish=publish)
    async with asyncio.timeout(ENOUGH_S):
        running = asyncio.create_task(run_call(source, live, services))
        await told.wait()
        assert only(bench.events(), Final) == []
        assert live.behind_ms() >= 20_000
        decodes.gate.release(2)
        await running
    assert live.behind_ms() == 0
    assert only(bench.events(), LatenessChanged)[0].behind_ms >= 20_000


async def until_late(mailbox: Mailbox) -> None:
    async with asyncio.timeout(ENOUGH_S):
        while not [item for item in await mailbox.take() if _is_late(item)]:
            pass


def _is_late(item: object) -> bool:
    return isinstance(item, Record) and isinstance(item.event, LatenessChanged)


def hang(server: Serving, call_id: str) -> None:
    """As if the call's recognizer had been given audio twenty seconds ago, and had not come back since."""
    server.runtime.live[call_id].begins_to_hear(monotonic() - 20)


async def test_a_late_call_is_told_on_the_wall_in_its_state_and_to_operators(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server, calling(server, "c-1") as phone:
        await begin(server, "c-1", phone)
        async with calling(server, "c-2") as other:
            await begin(server, "c-2", other)
            with server.runtime.hub.watching_wall() as (mailbox, _):
                hang(server, "c-1")
                await until_late(mailbox)
            assert (await server.http.get("/api/calls/c-1")).json()["behind_ms"] >= 20_000
            rows = {row.call_id: row.behind_ms for row in server.runtime.hub.rows.values()}
            assert rows["c-1"] >= 20_000
            assert rows["c-2"] == 0
            ready = await server.http.get("/readyz")
            metrics = (await server.http.get("/metrics")).text
            assert (await hang_up(other))["type"] == "stopped"
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert re.match(r"degraded: words arrive up to \d+ s late in 1 of 2 calls", ready.json()["recognition"])
        assert "voiceassist_late_calls 1.0" in metrics
        assert "voiceassist_call_behind_seconds 2" in metrics
        assert (await hang_up(phone))["type"] == "stopped"
        ready = await server.http.get("/readyz")
        assert (ready.status_code, ready.json()["status"], ready.json()["recognition"]) == (200, "ok", "ok")


async def test_a_late_server_that_also_cannot_record_is_not_ready(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server, calling(server, "c-1") as phone:
        await begin(server, "c-1", phone)
        with server.runtime.hub.watching_wall() as (mailbox, _):
            hang(server, "c-1")
            await until_late(mailbox)
        recorders = server.runtime.recorders
        recorders.in_trouble(recorders.path_of("c-9"), OSError("No space left on device"))
        ready = await server.http.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
        assert ready.json()["recognition"].startswith("degraded")
        await hang_up(phone)
