"""Hearing a call: the same transcripts and ticks in the same order, however the audio was cut and came."""

import asyncio
import threading
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from tests.audio.signals import as_pcm, late, turns
from tests.fakes.frames import FAR_AHEAD_S, RATE_HZ, Legs, apart, given, in_turn, two_legs
from voiceassist.asr.call_recognizer import TICK_MS, Heard, recognise
from voiceassist.asr.engine import Engine, Recognizer
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.moonshine.engine import load_moonshine
from voiceassist.asr.pool import DecodePool
from voiceassist.asr.scripted import ScriptedEngine, ScriptLine
from voiceassist.audio.pcm import AudioFrame, Pcm, TimePassed
from voiceassist.errors import EngineError
from voiceassist.events import SPEAKERS, CrossTalkChanged, Final, Speaker, Tick, Transcript, Word
from voiceassist.samples import load_sample
from voiceassist.store.audiofile import read_audio

SECONDS = 4.3
CALL = two_legs(SECONDS)
SIZES = st.lists(st.integers(1, 12_000), max_size=40)


def line(speaker: Speaker, *times_ms: tuple[int, int]) -> ScriptLine:
    words = tuple(Word(text=f"at{start}", start_ms=start, end_ms=end, confidence=1.0) for start, end in times_ms)
    return ScriptLine(speaker=speaker, start_ms=times_ms[0][0], end_ms=times_ms[-1][1], words=words)


def dialogue() -> ScriptedEngine:
    """Both sides talk at once much of the time, and something becomes known just before and after ticks."""
    return ScriptedEngine(
        (
            line("agent", (0, 150), (160, 390), (400, 700)),
            line("customer", (155, 400), (401, 620), (630, 1_100)),
            line("agent", (1_395, 1_500), (1_500, 1_899)),
            line("customer", (1_560, 1_690), (1_700, 2_595)),
            line("agent", (3_900, 4_000), (4_010, 4_100)),
        )
    )


async def hear(
    frames: Sequence[AudioFrame | TimePassed], engine: Engine, legs: tuple[Speaker, ...] = SPEAKERS
) -> list[Heard]:
    async with DecodePool(2) as pool:
        hearing = recognise(given(frames), legs, engine, pool, began_s=0.0)
        return [one async for heard in hearing for one in heard.inputs]


@cache
def expected() -> list[Heard]:
    """What 20 ms at a time give."""
    return asyncio.run(hear(in_turn(CALL, [160] * 500), dialogue()))


def test_the_dialogue_is_heard_whole_with_all_ticks() -> None:
    texts = [one.text for one in expected() if isinstance(one, Final)]
    assert texts == ["at0 at160 at400", "at155 at401 at630", "at1395 at1500", "at1560 at1700", "at3900 at4010"]
    ticks = [one.at_ms for one in expected() if isinstance(one, Tick)]
    assert ticks == list(range(TICK_MS, int(SECONDS * 1000) + 1, TICK_MS))


@settings(max_examples=40)
@examples(sizes=SIZES)
async def test_any_split_of_both_legs_gives_the_same_inputs_in_the_same_order(sizes: list[int]) -> None:
    assert await hear(in_turn(CALL, sizes), dialogue()) == expected()


@settings(max_examples=40)
@examples(frames=apart(SECONDS))
async def test_legs_cut_apart_and_a_little_late_give_the_same_inputs(frames: list[AudioFrame]) -> None:
    assert await hear(frames, dialogue()) == expected()


async def test_order_of_the_channels_changes_nothing() -> None:
    swapped = {leg: CALL[leg] for leg in reversed(SPEAKERS)}
    assert await hear(in_turn(swapped, [160] * 500), dialogue(), ("customer", "agent")) == expected()


async def test_leg_that_stops_early_does_not_stop_the_other() -> None:
    short: Legs = {"agent": CALL["agent"][:8_000], "customer": CALL["customer"]}
    heard = await hear(in_turn(short, [160] * 500), dialogue())
    wanted = [one for one in expected() if not (isinstance(one, Final) and one.speaker == "agent")]
    assert [one for one in heard if isinstance(one, Tick)] == [one for one in wanted if isinstance(one, Tick)]
    customer = [one for one in expected() if not isinstance(one, Tick) and one.speaker == "customer"]
    assert [one for one in heard if not isinstance(one, Tick) and one.speaker == "customer"] == customer


async def test_what_was_said_before_a_stall_is_over_when_no_audio_comes_and_what_comes_late_is_heard_once() -> (
    None
):
    stalled_at = RATE_HZ * 3 // 4
    before = in_turn({leg: pcm[:stalled_at] for leg, pcm in CALL.items()}, [160] * 500)
    passed = [
        TimePassed(speaker=leg, until=RATE_HZ * at_s, rate_hz=RATE_HZ, arrived_s=FAR_AHEAD_S + at_s)
        for at_s in (2, 3, 4)
        for leg in SPEAKERS
    ]
    late = in_turn({leg: pcm[stalled_at:] for leg, pcm in CALL.items()}, [160] * 500)
    heard = await hear([*before, *passed, *late], dialogue())
    ticks = [number for number, one in enumerate(heard) if isinstance(one, Tick) and one.at_ms == 4_000]
    finals = [one for one in heard if isinstance(one, Final)]
    assert heard.index(finals[0]) < ticks[0]
    assert (finals[0].speaker, finals[0].text, finals[0].end_ms) == ("agent", "at0 at160 at400", 700)
    assert sorted(one.text for one in finals) == sorted(one.text for one in expected() if isinstance(one, Final))
    assert [one.at_ms for one in heard if isinstance(one, Tick)] == [
        one.at_ms for one in expected() if isinstance(one, Tick)
    ]


async def test_one_leg_alone_is_heard() -> None:
    heard = await hear(in_turn({"agent": CALL["agent"]}, [160] * 500), dialogue(), ("agent",))
    assert {one.speaker for one in heard if not isinstance(one, Tick)} == {"agent"}
    assert sum(isinstance(one, Final) for one in heard) == 3


@pytest.mark.parametrize("samples", [0, 1, 80])
async def test_hardly_any_audio_gives_nothing(samples: int) -> None:
    assert await hear(in_turn({leg: pcm[:samples] for leg, pcm in CALL.items()}, []), dialogue()) == []


class BreakingEngine:
    """The customer's recognizer breaks while the agent's is in the middle of hearing."""

    name, language = "breaking", "en"
    rate_hz, memory_bytes, load_ms = 16_000, 0, 0

    def __init__(self) -> None:
        self.agent_hears, self.agent_closed = threading.Event(), threading.Event()
        self.closed_while_hearing = False

    def open(self, speaker: Speaker) -> Recognizer:
        return _BreakingRecognizer(self, speaker)

    def close(self) -> None:
        """Nothing to free."""


class _BreakingRecognizer:
    rate_hz = RATE_HZ

    def __init__(self, engine: BreakingEngine, speaker: Speaker) -> None:
        self._engine, self._speaker = engine, speaker

    def feed(self, pcm: Pcm) -> Sequence[Transcript]:  # noqa: ARG002 - never listens
        engine = self._engine
        if self._speaker == "customer":
            engine.agent_hears.wait(5)
            raise EngineError("out of memory")
        engine.agent_hears.set()
        engine.closed_while_hearing = engine.agent_closed.wait(0.05)
        return []

    def finish(self) -> Sequence[Transcript]:
        return []

    def close(self) -> None:
        if self._speaker == "agent":
            self._engine.agent_closed.set()


async def test_no_ear_is_closed_while_it_hears_when_the_other_breaks() -> None:
    engine = BreakingEngine()
    with pytest.raises(EngineError, match="out of memory"):
        await hear(in_turn(CALL, [320]), engine)
    assert engine.agent_closed.is_set()
    assert not engine.closed_while_hearing


class WhereOpened(ScriptedEngine):
    """Remembers which threads opened its recognizers."""

    def __init__(self) -> None:
        super().__init__(())
        self.threads: list[str] = []

    def open(self, speaker: Speaker) -> Recognizer:
        self.threads.append(threading.current_thread().name)
        return super().open(speaker)


async def test_recognizers_are_opened_in_the_pool_and_counted_right() -> None:
    inner = WhereOpened()
    engine = LoadedEngine(inner, "people")
    async with DecodePool(4) as pool:
        listens = [recognise(given(in_turn(CALL, [])), SPEAKERS, engine, pool, began_s=0.0) for _ in range(20)]
        for one in listens:
            await anext(one)
        assert engine.open_recognizers == 40
        for one in listens:
            await one.aclose()
    assert engine.open_recognizers == 0
    assert len(inner.threads) == 40
    assert all(name.startswith("decode") for name in inner.threads)


class OneOnly(ScriptedEngine):
    """Opens the agent's leg only."""

    def open(self, speaker: Speaker) -> Recognizer:
        if speaker == "customer":
            raise EngineError("no more memory")
        return super().open(speaker)


async def test_a_leg_that_cannot_be_opened_leaves_the_other_closed() -> None:
    engine = LoadedEngine(OneOnly(()), "people")
    with pytest.raises(EngineError, match="no more memory"):
        await hear(in_turn(CALL, []), engine)
    assert engine.open_recognizers == 0


async def test_a_leg_that_cannot_be_closed_leaves_the_other_closed() -> None:
    closed: list[Speaker] = []

    class Stuck(ScriptedEngine):
        def open(self, speaker: Speaker) -> Recognizer:
            recognizer = super().open(speaker)

            def close() -> None:
                closed.append(speaker)
                raise EngineError("the model returned code 7")

            recognizer.close = close  # type: ignore[method-assign]
            return recognizer

    with pytest.raises(EngineError, match="code 7"):
        await hear(in_turn(CALL, []), Stuck(()))
    assert sorted(closed) == ["agent", "customer"]


@cache
def real_speech() -> tuple[Legs, int]:
    """The first 8 seconds of a sample call: both speak."""
    audio = read_audio(load_sample("late-return").recording)
    legs = dict(zip(SPEAKERS, audio.channels, strict=True))
    return {leg: pcm[: 8 * audio.rate_hz] for leg, pcm in legs.items()}, audio.rate_hz


@pytest.mark.audio
async def test_real_speech_gives_the_same_inputs_for_any_split() -> None:
    legs, rate_hz = real_speech()
    whole = len(legs["agent"])
    rng = np.random.default_rng(1)
    splits = [[rate_hz // 50] * 500, list(rng.integers(1, rate_hz, 30)), [whole]]
    engine = load_moonshine()
    try:
        heard = [await hear(in_turn(legs, sizes, rate_hz), engine) for sizes in splits]
    finally:
        engine.close()
    assert {one.speaker for one in heard[0] if isinstance(one, Final)} == set(SPEAKERS)
    assert all(other == heard[0] for other in heard[1:])


AGENT, CUSTOMER = turns((0.0, 2.0), seed=1, seconds=4.0), turns((2.0, 4.0), seed=2, seconds=4.0)
LEAKING: Legs = {"agent": as_pcm(AGENT), "customer": as_pcm(CUSTOMER + late(AGENT, 120, -20))}


@settings(max_examples=15)
@examples(sizes=SIZES)
async def test_what_changes_on_the_line_is_told_in_its_place_however_the_audio_is_cut(sizes: list[int]) -> None:
    heard = await hear(in_turn(LEAKING, sizes), dialogue())
    told = [one for one in heard if isinstance(one, CrossTalkChanged)]
    assert [(one.speaker, one.level_db, one.delay_ms) for one in told] == [("customer", -20, 120)]
    place = heard.index(told[0])
    assert heard[place - 1].at_ms <= told[0].at_ms <= heard[place + 1].at_ms
    assert told[0].at_ms == 1_280
