"""The recording of a running call: both legs where they were in time, whatever a leg or the disk does."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from tests.fakes.frames import RATE_HZ, Legs, frame, in_turn
from tests.shell.full_disk import full_disk
from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.store.audiofile import duration_of, read_audio
from voiceassist.store.recorder import Recorder

NEAR_MS = 50


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
    recorder = Recorder(path, legs)
    for one in frames:
        await recorder.add(one)
    await recorder.close()


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


async def test_disk_that_fills_up_costs_the_rest_of_the_recording_and_is_told_once(tmp_path: Path) -> None:
    path, legs = tmp_path / "x.ogg", {leg: speech(6, (0, 6)) for leg in SPEAKERS}
    recorder, frames = Recorder(path, SPEAKERS), in_turn(legs, [160] * 300)
    with capture_logs() as lines:
        for one in frames[:300]:
            await recorder.add(one)
        with full_disk(path):
            for one in frames[300:]:
                await recorder.add(one)
        await recorder.close()
    assert [line["event"] for line in lines] == ["recording stopped; the call goes on"]
    assert "x.ogg" in lines[0]["error"]
    assert 1_500 < read_audio(path).duration_ms < 3_300


async def test_recording_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.ogg"
    path.write_bytes(b"an earlier call")
    with capture_logs() as lines:
        await record(path, in_turn({leg: speech(1) for leg in SPEAKERS}, [160] * 50))
    assert "already there" in lines[0]["error"]
    assert path.read_bytes() == b"an earlier call"


@pytest.fixture
def busy_thread() -> Iterator[tuple[ThreadPoolExecutor, threading.Event]]:
    """The only thread for blocking work, and what lets it go on."""
    go_on = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(go_on.wait, 30)
        yield threads, go_on
        go_on.set()


async def test_cancelled_call_is_recorded_to_the_moment_in_one_piece(
    tmp_path: Path, busy_thread: tuple[ThreadPoolExecutor, threading.Event]
) -> None:
    threads, go_on = busy_thread
    asyncio.get_running_loop().set_default_executor(threads)
    recorder = Recorder(tmp_path / "x.ogg", SPEAKERS)
    agent, customer = speech(1, (0.1, 0.9)), speech(1)
    await recorder.add(frame("agent", agent))
    adding = asyncio.create_task(recorder.add(frame("customer", customer)))
    await asyncio.sleep(0)
    adding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await adding
    go_on.set()
    await recorder.close()
    assert np.allclose(heard(tmp_path / "x.ogg")["agent"], [(100, 900)], rtol=0, atol=NEAR_MS)
