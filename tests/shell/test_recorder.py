"""The recording of a running call: both legs where they were in time, whatever a leg or the disk does."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from tests.fakes.frames import RATE_HZ, Legs, given, in_turn
from tests.shell.full_disk import full_disk
from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.store.audiofile import duration_of, read_audio
from voiceassist.store.disk_threads import DiskThreads
from voiceassist.store.recorder import Recorder
from voiceassist.store.recorders import Recorders
from voiceassist.store.recordings import Recording, open_recording

NEAR_MS = 50
ENOUGH_S = 30  # what hangs fails its test, however slow the machine is


def speech(seconds: float, *bursts: tuple[float, float]) -> Pcm:
    """Silence with noise from and to these seconds."""
    pcm = np.zeros(int(seconds * RATE_HZ), np.int16)
    for start, end in bursts:
        cut = slice(int(start * RATE_HZ), int(end * RATE_HZ))
        pcm[cut] = np.random.default_rng(1).normal(0, 4_000, len(pcm[cut])).astype(np.int16)
    return pcm


def heard(path: Path) -> dict[Speaker, list[tuple[float, float]]]:
    """From and to which milliseconds each side of the recording is loud."""
    audio = read_audio(path)
    return {
        speaker: _bursts(channel, audio.rate_hz) for speaker, channel in zip(SPEAKERS, audio.channels, strict=True)
    }


def _bursts(channel: Pcm, rate_hz: int) -> list[tuple[float, float]]:
    block = rate_hz // 100
    levels = np.abs(channel[: len(channel) // block * block].astype(float)).reshape(-1, block).mean(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (levels > 500).astype(int), [0]))))
    return [(start * 10.0, end * 10.0) for start, end in edges.reshape(-1, 2)]


async def record(path: Path, frames: list[AudioFrame], legs: tuple[Speaker, ...] = SPEAKERS) -> None:
    with closing(Recorders(folder=path.parent)) as recorders:
        await Recorder(path, legs, recorders).record(given(frames))


@pytest.mark.parametrize("frame_ms", [20, 30, 777, 4_000])
async def test_speech_of_both_legs_stays_where_it_was(tmp_path: Path, frame_ms: int) -> None:
    legs: Legs = {"agent": speech(4, (0.5, 1.0), (3.0, 3.8)), "customer": speech(4, (0.8, 2.0))}
    size = RATE_HZ * frame_ms // 1000
    await record(tmp_path / "x.ogg", in_turn(legs, [size] * (len(legs["agent"]) // size)))
    found = heard(tmp_path / "x.ogg")
    assert np.allclose(found["agent"], [(500, 1_000), (3_000, 3_800)], rtol=0, atol=NEAR_MS)
    assert np.allclose(found["customer"], [(800, 2_000)], rtol=0, atol=NEAR_MS)


async def test_leg_that_comes_late_stays_where_it_was(tmp_path: Path) -> None:
    agent, customer = speech(3, (0.5, 1.0)), speech(3, (2.0, 2.5))
    await record(
        tmp_path / "x.ogg", [*in_turn({"agent": agent}, []), *in_turn({"customer": customer}, [160] * 99)]
    )
    found = heard(tmp_path / "x.ogg")
    assert np.allclose(found["agent"], [(500, 1_000)], rtol=0, atol=NEAR_MS)
    assert np.allclose(found["customer"], [(2_000, 2_500)], rtol=0, atol=NEAR_MS)


async def test_shorter_leg_ends_in_silence(tmp_path: Path) -> None:
    legs: Legs = {"agent": speech(1, (0.2, 0.9)), "customer": speech(4, (3.0, 3.9))}
    await record(tmp_path / "x.ogg", in_turn(legs, [160] * 200))
    found = heard(tmp_path / "x.ogg")
    assert np.allclose(found["agent"], [(200, 900)], rtol=0, atol=NEAR_MS)
    assert np.allclose(found["customer"], [(3_000, 3_900)], rtol=0, atol=NEAR_MS)
    assert abs(duration_of(tmp_path / "x.ogg") - 4_000) <= 20


@pytest.mark.parametrize("leg", SPEAKERS)
@pytest.mark.parametrize("announced", ["one", "both"])
async def test_missing_leg_is_silent(tmp_path: Path, leg: Speaker, announced: str) -> None:
    legs = SPEAKERS if announced == "both" else (leg,)
    await record(tmp_path / "x.ogg", in_turn({leg: speech(2, (0.5, 1.5))}, [160] * 100), legs)
    found = heard(tmp_path / "x.ogg")
    assert np.allclose(found.pop(leg), [(500, 1_500)], rtol=0, atol=NEAR_MS)
    assert list(found.values()) == [[]]


async def test_call_without_audio_leaves_no_file(tmp_path: Path) -> None:
    await record(tmp_path / "x.ogg", [])
    assert not (tmp_path / "x.ogg").exists()


async def test_ten_milliseconds_are_a_recording(tmp_path: Path) -> None:
    await record(tmp_path / "x.ogg", in_turn({leg: speech(0.01) for leg in SPEAKERS}, []))
    assert len(read_audio(tmp_path / "x.ogg").channels) == 2


async def test_recording_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.ogg"
    path.write_bytes(b"an earlier call")
    with capture_logs() as lines:
        await record(path, in_turn({leg: speech(1) for leg in SPEAKERS}, [160] * 50))
    assert "already there" in lines[0]["error"]
    assert path.read_bytes() == b"an earlier call"


async def test_tiny_messages_are_written_in_blocks_all_the_same(tmp_path: Path) -> None:
    legs: Legs = {leg: speech(1, (0.2, 0.6)) for leg in SPEAKERS}
    await record(tmp_path / "x.ogg", in_turn(legs, [1] * len(legs["agent"])))
    assert np.allclose(heard(tmp_path / "x.ogg")["agent"], [(200, 600)], rtol=0, atol=NEAR_MS)


@dataclass
class Line:
    """A call's audio as a test gives it out, on its way to a recorder."""

    recorders: Recorders
    path: Path
    frames: asyncio.Queue[AudioFrame | None] = field(default_factory=asyncio.Queue)

    async def audio(self) -> AsyncIterator[AudioFrame]:
        while frame := await self.frames.get():
            yield frame

    def send(self, frames: Iterable[AudioFrame | None]) -> None:
        for frame in frames:
            self.frames.put_nowait(frame)

    def record(self) -> asyncio.Task[None]:
        return asyncio.create_task(Recorder(self.path, SPEAKERS, self.recorders).record(self.audio()))


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with closing(Recorders(folder=tmp_path, retry_s=0)) as recorders:
        yield Line(recorders, tmp_path / "x.ogg")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(ENOUGH_S):
        while not condition():  # noqa: ASYNC110 - a thread makes it true
            await asyncio.sleep(0)


async def test_disk_that_is_full_for_a_while_costs_nothing_and_is_told_once(line: Line) -> None:
    legs: Legs = {leg: speech(6, (1.0, 2.0), (4.0, 5.0)) for leg in SPEAKERS}
    frames = in_turn(legs, [160] * 300)
    with capture_logs() as lines:
        recording = line.record()
        line.send(frames[:300])
        await until(lambda: line.frames.empty() and line.path.exists())
        with full_disk(line.path):
            line.send(frames[300:500])
            await until(lambda: bool(line.recorders.troubles))
            assert "File too large" in line.recorders.state()
            assert read_audio(line.path).duration_ms > 0
        line.send([*frames[500:], None])
        await recording
    assert [entry["event"] for entry in lines] == [
        "recording waits for the disk; the call goes on",
        "recording goes on",
    ]
    assert (line.recorders.failures, line.recorders.state()) == (1, "ok")
    assert np.allclose(heard(line.path)["agent"], [(1_000, 2_000), (4_000, 5_000)], rtol=0, atol=NEAR_MS)
    assert abs(duration_of(line.path) - 6_000) <= 20


async def test_folder_that_is_not_there_yet_is_waited_for(line: Line) -> None:
    folder = line.path.parent / "mounted later"
    folder.touch()
    line.path = folder / "x.ogg"
    recording = line.record()
    line.send([*in_turn({leg: speech(2, (0.5, 1.0)) for leg in SPEAKERS}, [160] * 100), None])
    await until(lambda: bool(line.recorders.troubles))
    folder.unlink()
    await recording
    assert np.allclose(heard(line.path)["agent"], [(500, 1_000)], rtol=0, atol=NEAR_MS)


async def test_recording_that_is_given_up_while_the_disk_is_full_plays(line: Line) -> None:
    frames = in_turn({leg: speech(6, (0, 6)) for leg in SPEAKERS}, [160] * 300)
    recording = line.record()
    line.send(frames[:300])
    await until(lambda: line.frames.empty() and line.path.exists())
    with full_disk(line.path):
        line.send(frames[300:])
        await until(lambda: bool(line.recorders.troubles))
        recording.cancel()
        await asyncio.wait([recording])
    assert line.recorders.state() == "ok"
    assert 1_500 < read_audio(line.path).duration_ms < 6_000


async def test_cancelled_recording_finishes_the_write_that_runs(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, go_on = threading.Event(), threading.Event()
    write = Recording.write

    def slow(recording: Recording, agent: Pcm, customer: Pcm) -> None:
        writing.set()
        go_on.wait(ENOUGH_S)
        write(recording, agent, customer)

    monkeypatch.setattr(Recording, "write", slow)
    recording = line.record()
    line.send(in_turn({leg: speech(1, (0.1, 0.9)) for leg in SPEAKERS}, []))
    await until(writing.is_set)
    recording.cancel()
    await asyncio.sleep(0)
    assert not recording.done()
    go_on.set()
    await asyncio.wait([recording])
    assert np.allclose(heard(line.path)["agent"], [(100, 900)], rtol=0, atol=NEAR_MS)


async def test_file_that_a_hanging_disk_opens_after_its_recording_was_given_up_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, works, opened = threading.Event(), threading.Event(), list[Recording]()

    def open_late(*args: Any) -> Recording:
        opening.set()
        works.wait(ENOUGH_S)
        opened.append(open_recording(*args))
        return opened[0]

    monkeypatch.setattr("voiceassist.store.recorder.open_recording", open_late)
    with closing(Recorders(folder=tmp_path, threads=DiskThreads(1))) as recorders:
        frames = given(in_turn({"agent": speech(1)}, [160] * 50))
        recording = asyncio.create_task(Recorder(tmp_path / "x.ogg", SPEAKERS, recorders).record(frames))
        await asyncio.to_thread(opening.wait, ENOUGH_S)
        while not recording.done():
            recording.cancel()
            await asyncio.sleep(0)
        works.set()
        await recorders.threads.run(lambda: None)  # after what the only thread was doing
    assert opened[0]._file.closed
