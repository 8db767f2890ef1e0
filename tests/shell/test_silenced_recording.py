"""Masked words cannot be heard in the recording: with real speech, and whatever becomes of the call."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
import soxr
from structlog.testing import capture_logs

from tests.fakes.frames import in_turn
from tests.fakes.sources import GivenSource
from tests.shell.full_disk import full_disk
from tests.shell.test_recorder import heard as loud_in
from tests.shell.test_recorder import speech
from tests.shell.test_session import Bench, bench_in
from voiceassist.asr.engine import Engine
from voiceassist.asr.engines import load_engine
from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.audio.silences import Silences
from voiceassist.events import SPEAKERS, Final
from voiceassist.live.heard_later import AfterCall
from voiceassist.live.live_call import LiveCall
from voiceassist.live.session import run_call
from voiceassist.samples import flite
from voiceassist.samples.casting import Voice
from voiceassist.store.audiofile import duration_of, read_audio
from voiceassist.store.recorder import Recorder
from voiceassist.store.recorders import Recorders
from voiceassist.store.recordings import open_recording

RATE_HZ = 8_000
SPOKEN = (
    "I want to pay with my card.",
    "My card number is four one one one, one one one one, one one one one, one one one one, okay.",
    "Please send it to my house this week.",
)
DIGITS = {"four", "one", "two", "for", "won"}


@cache
def spoken() -> Pcm:
    """The three lines, with a pause around each, at telephone rate."""
    voice, pause = Voice("slt", 1.1, None, -20.0, -60.0), np.zeros(flite.RATE_HZ * 4 // 5)
    lines = [part for text in SPOKEN for part in (pause, flite.speak(text, voice).signal)]
    signal = np.asarray(soxr.resample(np.concatenate([*lines, pause, pause]), flite.RATE_HZ, RATE_HZ))
    return np.asarray(signal / np.abs(signal).max() * 12_000).astype(np.int16)


def frames(pcm: Pcm, ms: int = 20) -> Iterator[AudioFrame]:
    step = RATE_HZ * ms // 1000
    for at in range(0, len(pcm), step):
        for leg in SPEAKERS:
            part = pcm[at : at + step]
            echo = part if leg == "customer" else (part // 8).astype(np.int16)  # the agent's leg carries an echo
            yield AudioFrame(speaker=leg, pcm=echo, rate_hz=RATE_HZ, arrived_s=monotonic())


@pytest.fixture(autouse=True)
def logged() -> Iterator[None]:
    """Nobody draws the log: a traceback with all of a recognizer in it takes half a minute."""
    with capture_logs():
        yield


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    loaded = load_engine("vosk:vosk-tiny-en", language="en", models_dir=tmp_path_factory.mktemp("models"))
    with closing(loaded):
        yield loaded


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_in(tmp_path) as bench:
        yield bench


def words_in(path: Path, engine: Engine) -> list[str]:
    """What is understood of the customer's side of a recording."""
    audio = read_audio(path)
    pcm = np.asarray(soxr.resample(audio.channels[1], audio.rate_hz, engine.rate_hz)).astype(np.int16)
    recognizer = engine.open("customer")
    found = [*recognizer.feed(pcm), *recognizer.finish()]
    recognizer.close()
    return " ".join(one.text for one in found if isinstance(one, Final)).split()


async def test_no_digit_of_a_card_number_is_understood_in_the_recording_and_all_around_it_is(
    bench: Bench, engine: Engine
) -> None:
    await bench.run(GivenSource(pieces=frames(spoken())), engine)
    path = bench.recorders.path_of("call-1")
    assert any("***" in event.text for event in bench.events() if isinstance(event, Final))
    understood = words_in(path, engine)
    assert not DIGITS & set(understood), understood
    text = " ".join(understood)
    assert "i want to pay with my card" in text
    assert "my card number" in text
    assert "please send it to my house this week" in text
    assert abs(duration_of(path) - len(spoken()) * 1000 // RATE_HZ) <= 20


async def test_a_call_that_is_heard_when_it_is_over_keeps_no_digit_that_was_written_meanwhile(
    bench: Bench, engine: Engine
) -> None:
    pcm = np.concatenate([spoken(), np.zeros(25 * RATE_HZ, np.int16)])  # more than waits in the delay line
    source, is_there_room = GivenSource(pieces=frames(pcm)), asyncio.Event()
    live, path = LiveCall(info=source.info), bench.recorders.path_of("call-1")

    @asynccontextmanager
    async def turn() -> AsyncIterator[None]:
        await is_there_room.wait()
        yield

    services = replace(bench.services(engine), after=AfterCall(turn=turn))
    call = asyncio.create_task(run_call(source, live, services))
    async with asyncio.timeout(60):
        while not path.exists():  # noqa: ASYNC110 - a recording has no event for it
            await asyncio.sleep(0.01)
        is_there_room.set()
        assert await call
    assert any("***" in event.text for event in bench.events() if isinstance(event, Final))
    understood = words_in(path, engine)
    assert not DIGITS & set(understood), understood
    assert "please send it to my house this week" in " ".join(understood)


async def test_a_call_that_breaks_in_the_number_records_none_of_it(bench: Bench, engine: Engine) -> None:
    cut = spoken()[: 8 * RATE_HZ]  # in its second group
    pieces: Iterable[AudioFrame | Exception] = [*frames(cut), ConnectionError("the line went up in smoke")]
    await bench.run(GivenSource(pieces=pieces), engine)
    path = bench.recorders.path_of("call-1")
    understood = words_in(path, engine)
    assert not DIGITS & set(understood), understood
    assert "i want to pay with my card" in " ".join(understood)
    assert abs(duration_of(path) - 8_000) <= 20


async def test_a_call_that_is_hung_up_in_the_number_records_none_of_it(bench: Bench, engine: Engine) -> None:
    await bench.run(GivenSource(pieces=frames(spoken()[: 8 * RATE_HZ])), engine)
    understood = words_in(bench.recorders.path_of("call-1"), engine)
    assert not DIGITS & set(understood), understood
    assert "my card number" in " ".join(understood)


async def test_a_server_that_is_killed_leaves_nothing_undecided_on_the_disk(bench: Bench, engine: Engine) -> None:
    source = GivenSource(pieces=frames(spoken()[: 9 * RATE_HZ]), hold=asyncio.Event())
    live = LiveCall(info=source.info)
    task = asyncio.create_task(run_call(source, live, bench.services(engine)))
    while live.heard_ms < 8_500:  # noqa: ASYNC110 - a call has no event for it
        await asyncio.sleep(0)
    path = bench.recorders.path_of("call-1")
    copied = path.read_bytes() if path.exists() else b""  # what a killed server leaves
    assert source.hold
    source.hold.set()
    async with asyncio.timeout(60):
        await task
    left = path.with_name("left.ogg")
    left.write_bytes(copied)
    assert copied == b"" or not DIGITS & set(words_in(left, engine))


# ---- silenced after it was written ----


def written(path: Path, seconds: float) -> None:
    recording = open_recording(path, RATE_HZ)
    pcm = speech(seconds, (0.0, seconds))
    for at in range(0, len(pcm), 1_600):
        recording.write(pcm[at : at + 1_600], pcm[at : at + 1_600])
        if at == 1_600 * 15:  # after 3.2 s, of which the end is on its way
            size = path.stat().st_size
            recording.silence(1_000, 2_000)
            recording.silence(2_900, 3_600)
            assert path.stat().st_size >= size
    recording.close()


def test_span_is_silenced_in_the_file_and_in_what_comes_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "x.ogg"
    written(path, 5.0)
    for spans in loud_in(path).values():
        starts, ends = zip(*((a, b) for a, b in spans if b - a > 50), strict=True)
        assert np.allclose(starts, (0, 2_000, 3_600), atol=60)
        assert np.allclose(ends, (1_000, 2_900, 5_000), atol=60)
    assert abs(duration_of(path) - 5_000) <= 20


async def test_what_is_masked_after_it_was_written_is_silenced_in_the_file(tmp_path: Path) -> None:
    silences = Silences(is_over=True)  # as if nobody knew of a word
    with closing(Recorders(folder=tmp_path, retry_s=0)) as recorders:
        path = tmp_path / "x.ogg"
        pcm = speech(6, (0.0, 6.0))

        async def audio() -> AsyncIterator[AudioFrame]:
            for number, frame in enumerate(in_turn(dict.fromkeys(SPEAKERS, pcm), [160] * 400)):
                if number == 400:
                    silences.decided.append((1_000, 2_000))
                yield frame

        await Recorder(path, SPEAKERS, recorders, silences).record(audio())
    for spans in loud_in(path).values():
        assert any(abs(end - 1_000) <= 60 for _, end in spans)
        assert any(abs(start - 2_000) <= 60 for start, _ in spans)


def test_a_full_disk_keeps_nothing_that_was_silenced_meanwhile(tmp_path: Path) -> None:
    path, pcm = tmp_path / "x.ogg", speech(4, (0.0, 4.0))
    recording = open_recording(path, RATE_HZ)
    recording.write(pcm[:8_000], pcm[:8_000])
    with full_disk(path), pytest.raises(OSError, match="too large"):
        recording.write(pcm[8_000:], pcm[8_000:])
    recording.silence(0, 4_000)
    recording.close()
    assert [span for spans in loud_in(path).values() for span in spans if span[1] - span[0] > 50] == []
