"""A call whose disk is slow or hangs, and a server that stops: words go on coming, and every end is clean."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.builders import only
from tests.fakes.sources import GivenSource, info, quiet
from tests.shell.test_session import ENOUGH_S, Bench, bench_in, hang_up_on, scripted
from voiceassist.asr.engine import PartialDue, Recognizer
from voiceassist.asr.scripted import ScriptedEngine
from voiceassist.audio.pcm import Pcm
from voiceassist.events import Final, Speaker, Transcript
from voiceassist.live.live_call import LiveCall
from voiceassist.live.session import run_call
from voiceassist.store.audiofile import duration_of
from voiceassist.store.disk_threads import DiskThreads
from voiceassist.store.journal import SLOW
from voiceassist.store.recorders import Recorders
from voiceassist.store.recordings import Recording


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_in(tmp_path, threads=2) as bench:
        yield bench


class Disk(threading.Event):
    """Takes nothing of call-1 until it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = threading.Event()  # with something of call-1


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    works, write = Disk(), Recording.write

    def hang(recording: Recording, agent: Pcm, customer: Pcm) -> None:
        if recording._path.name == "call-1.ogg":
            works.hangs.set()
            works.wait(ENOUGH_S)
        write(recording, agent, customer)

    monkeypatch.setattr(Recording, "write", hang)
    yield works
    works.set()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a call waits for no disk."""
    monkeypatch.setattr("voiceassist.live.recording.FINISH_WITHIN_S", 0)
    monkeypatch.setattr("voiceassist.live.recording.CLOSE_WITHIN_S", 0)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(ENOUGH_S):
        while not condition():  # noqa: ASYNC110 - a thread makes it true
            await asyncio.sleep(0.005)


async def test_words_come_while_the_disk_does_not_move_and_the_recording_is_whole(
    bench: Bench, disk: Disk
) -> None:
    source = GivenSource(pieces=quiet(20), hold=asyncio.Event())
    live = LiveCall(info=source.info)
    running = asyncio.create_task(run_call(source, live, bench.services(scripted())))
    await until(lambda: live.heard_ms >= 19_000)
    assert only(bench.events(), Final)
    disk.set()
    hang_up_on(source)
    async with asyncio.timeout(ENOUGH_S):
        assert await running
    assert abs(duration_of(bench.recorders.path_of("call-1")) - 20_000) <= 20
    assert bench.recorders.gaps == 0


@pytest.mark.usefixtures("impatient")
async def test_recording_that_hangs_holds_up_neither_its_call_nor_another(
    bench: Bench, disk: Disk, logged: list[EventDict]
) -> None:
    await _run_until_it_hangs(bench, disk)
    assert (await bench.state()).status == "ended"
    assert "recording given up at the end of the call" in str(logged)
    source = GivenSource(pieces=quiet(12), info=info("call-2"), hold=asyncio.Event())
    running = asyncio.create_task(bench.run(source))
    await until(lambda: _length(bench, "call-2") > 3_000)
    hang_up_on(source)
    await running
    assert not disk.is_set()
    disk.set()
    await until(lambda: not bench.recorders.tasks)


async def _run_until_it_hangs(bench: Bench, disk: Disk) -> None:
    source = GivenSource(pieces=quiet(8), hold=asyncio.Event())
    running = asyncio.create_task(bench.run(source))
    await until(disk.hangs.is_set)
    hang_up_on(source)
    await running


def _length(bench: Bench, call_id: str) -> int:
    path = bench.recorders.path_of(call_id)
    return duration_of(path) if path.exists() and path.stat().st_size > 1_000 else 0


@pytest.mark.usefixtures("impatient")
async def test_calls_go_on_unrecorded_while_every_thread_hangs(bench: Bench, disk: Disk) -> None:
    with closing(Recorders(folder=bench.recorders.folder, threads=DiskThreads(1))) as bench.recorders:
        await _run_until_it_hangs(bench, disk)
        await bench.run(GivenSource(pieces=quiet(20), info=info("call-2")))
        assert (await bench.state("call-2")).status == "ended"
        assert only(bench.events("call-2"), Final)
        assert not bench.recorders.path_of("call-2").exists()
        disk.set()
        await until(lambda: not bench.recorders.tasks)
        await bench.run(GivenSource(pieces=quiet(4), info=info("call-3")))
        await until(lambda: not bench.recorders.tasks)
        assert bench.recorders.path_of("call-3").exists()


async def test_disk_that_hangs_is_told(bench: Bench, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.store.recorders.HANGS_AFTER_S", 0)
    source = GivenSource(pieces=quiet(12), hold=asyncio.Event())
    running = asyncio.create_task(bench.run(source))
    await until(lambda: "the disk hangs" in bench.recorders.state())
    disk.set()
    hang_up_on(source)
    await running
    await until(lambda: bench.recorders.state() == "ok")


class HeldEngine(ScriptedEngine):
    """Hears nothing until its gate opens."""

    def __init__(self) -> None:
        super().__init__(())
        self.hears, self.gate = threading.Event(), threading.Event()

    def open(self, speaker: Speaker) -> Recognizer:
        return _Held(super().open(speaker), self)


class _Held:
    def __init__(self, inner: Recognizer, engine: HeldEngine) -> None:
        self._inner, self._engine, self.rate_hz = inner, engine, inner.rate_hz

    def feed(self, pcm: Pcm) -> Iterable[Transcript | PartialDue]:
        self._engine.hears.set()
        self._engine.gate.wait(ENOUGH_S)
        return self._inner.feed(pcm)

    def finish(self) -> Sequence[Transcript]:
        return self._inner.finish()

    def close(self) -> None:
        self._inner.close()


async def test_stop_drops_what_a_vanished_phone_left_behind_and_says_how_much(
    bench: Bench, logged: list[EventDict]
) -> None:
    source, engine = GivenSource(pieces=quiet(300), end_reason="vanished"), HeldEngine()
    live = LiveCall(info=source.info)
    running = asyncio.create_task(run_call(source, live, bench.services(engine)))
    await until(engine.hears.is_set)
    live.stop(within_s=0)
    await asyncio.sleep(0)
    engine.gate.set()
    async with asyncio.timeout(ENOUGH_S):
        await running
    state = await bench.state()
    assert (state.status, state.end_reason) == ("ended", "shutdown")
    (told,) = [line for line in logged if "before all audio was heard" in line["event"]]
    assert told["unheard_ms"] + live.heard_ms == 300_000
    assert not [line for line in logged if line["log_level"] == "error" and line.get("error") != SLOW]


async def test_stop_lets_a_live_call_hear_its_last_words(bench: Bench, logged: list[EventDict]) -> None:
    source = GivenSource(pieces=quiet(12), hold=asyncio.Event())
    live = LiveCall(info=source.info)
    running = asyncio.create_task(run_call(source, live, bench.services(scripted())))
    live.stop(within_s=ENOUGH_S)
    hang_up_on(source)
    async with asyncio.timeout(ENOUGH_S):
        await running
    assert (await bench.state()).end_reason == "shutdown"
    assert live.heard_ms == 12_000
    assert not [line for line in logged if line["log_level"] in ("warning", "error")]


async def test_source_that_times_out_is_a_failure_and_no_stop(bench: Bench) -> None:
    await bench.run(GivenSource(pieces=[*quiet(1), TimeoutError("the line is dead")]))
    assert (await bench.state()).error == "TimeoutError: the line is dead"
