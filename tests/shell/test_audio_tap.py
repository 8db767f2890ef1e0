"""The tap on a call's audio: whoever takes slowly gets silence of the right length, and delays nobody."""

import asyncio
from collections.abc import Iterable

import numpy as np
import pytest

from tests.fakes.frames import RATE_HZ, frame, in_turn, two_legs
from voiceassist.audio.pcm import AudioFrame, Pcm, silence
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.live import audio_tap
from voiceassist.live.audio_tap import FRAME_BYTES, AudioTap, Taker


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_tap, "LIMIT_S", 1.0)


async def give(tap: AudioTap, frames: Iterable[AudioFrame]) -> None:
    for one in frames:
        await tap.give(one, spare_s=0)


async def take_all(taker: Taker) -> dict[Speaker, Pcm]:
    """All that waits, per leg."""
    taker.close()
    legs: dict[Speaker, list[Pcm]] = {leg: [] for leg in SPEAKERS}
    async for one in taker.frames():
        legs[one.speaker].append(one.pcm)
    return {leg: np.concatenate([silence(0), *pieces]) for leg, pieces in legs.items()}


async def test_all_takers_get_everything() -> None:
    tap, call = AudioTap(SPEAKERS), two_legs(0.5)
    with tap.taking(lambda _: None) as one, tap.taking(lambda _: None) as other:
        await give(tap, in_turn(call, [160] * 30))
        for taker in (one, other):
            taken = await take_all(taker)
            assert all(np.array_equal(taken[leg], call[leg]) for leg in SPEAKERS)
    assert tap.position_ms == 500


async def test_what_does_not_fit_is_silence_of_the_same_length_and_one_gap() -> None:
    gaps: list[float] = []
    tap, call = AudioTap(SPEAKERS), two_legs(3)
    with tap.taking(gaps.append) as taker:
        await give(tap, in_turn(call, [160] * 150))
        taken = await take_all(taker)
    for leg in SPEAKERS:
        assert len(taken[leg]) == len(call[leg])
        assert np.array_equal(taken[leg][:RATE_HZ], call[leg][:RATE_HZ])
        assert not taken[leg][RATE_HZ + 160 :].any()
    assert np.allclose(gaps, [2.0], atol=0.03)


async def test_after_a_gap_audio_is_where_it_was() -> None:
    gaps: list[float] = []
    tap, call = AudioTap(SPEAKERS), two_legs(4)
    frames = in_turn(call, [160] * 200)
    with tap.taking(gaps.append) as taker:
        await give(tap, frames[:200])
        reading = taker.frames()
        first = [await anext(reading) for _ in range(100)]
        await give(tap, frames[200:260])
        rest = await take_all(taker)
    for leg in SPEAKERS:
        early = np.concatenate([one.pcm for one in first if one.speaker == leg])
        taken = np.concatenate([early, rest[leg]])
        assert np.array_equal(taken[:RATE_HZ], call[leg][:RATE_HZ])
        assert np.array_equal(taken[RATE_HZ * 2 :], call[leg][RATE_HZ * 2 : len(taken)])
    assert len(gaps) == 1


async def test_tiny_messages_are_bounded_by_what_they_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_tap, "LIMIT_BYTES", 10 * (FRAME_BYTES + 2))
    tap = AudioTap(("agent",))
    gaps: list[float] = []
    with tap.taking(gaps.append) as taker:
        await give(tap, (frame("agent", np.ones(1, np.int16)) for _ in range(1000)))
        taken = await take_all(taker)
    assert list(taken["agent"]) == [1] * 10 + [0] * 990
    assert gaps == [pytest.approx(990 / RATE_HZ, abs=1e-3)]


async def test_recording_sent_ahead_of_real_time_waits_for_room() -> None:
    tap, call = AudioTap(("agent",)), two_legs(3)
    gaps: list[float] = []
    with tap.taking(gaps.append) as taker:

        async def give_ahead() -> None:
            for one in in_turn({"agent": call["agent"]}, [160] * 150):
                await tap.give(one, spare_s=60)
            taker.close()

        giving = asyncio.create_task(give_ahead())
        taken = [one.pcm async for one in taker.frames()]
        await giving
    assert np.array_equal(np.concatenate(taken), call["agent"])
    assert gaps == []


async def test_taker_that_left_is_waited_for_no_more() -> None:
    tap = AudioTap(("agent",))
    with tap.taking(lambda _: None) as taker:
        taker.close()
        await give(tap, in_turn({"agent": two_legs(5)["agent"]}, []))
    assert taker.drop() == 0
