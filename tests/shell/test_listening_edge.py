"""What who listens in is given of a leg: even blocks, the newest audio, silence for what may not be heard."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.audio.silences import Silences
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.listening.broadcast import Broadcast
from voiceassist.listening.edge import BEGIN_MS, LOOK_BLOCKS, MOST_MS, SPARE_MS, LegEdge
from voiceassist.listening.track import WAITING, PacketTrack

RATE_HZ, BLOCK = 8_000, 160


def counted(start: int, samples: int) -> Pcm:
    """Samples that tell their place in the call: never 0."""
    return (np.arange(start, start + samples) % 30_000 + 1).astype(np.int16)


def filled(edge: LegEdge, start_ms: int, ms: int) -> None:
    edge.add(counted(start_ms * 8, ms * 8), (start_ms + ms) * 8)


def test_audio_that_comes_evenly_goes_out_whole_and_in_order() -> None:
    edge = LegEdge(RATE_HZ, 0)
    out = []
    for at_ms in range(0, 2_000, 20):
        filled(edge, at_ms, 20)
        out.append(edge.take())
    heard = np.concatenate(out)
    begun = int(np.flatnonzero(heard)[0])
    assert begun == (BEGIN_MS - 20) * 8
    assert np.array_equal(heard[begun:], counted(0, len(heard) - begun))


def test_what_is_not_there_yet_is_silent_and_heard_later() -> None:
    edge = LegEdge(RATE_HZ, 0)
    filled(edge, 0, 100)
    heard = [edge.take() for _ in range(8)]
    assert not np.concatenate(heard[5:]).any()
    filled(edge, 100, 100)
    assert np.array_equal(edge.take(), counted(800, BLOCK))


def test_a_line_that_comes_back_after_a_stall_is_heard_as_it_is_now() -> None:
    edge = LegEdge(RATE_HZ, 0)
    filled(edge, 0, 100)
    filled(edge, 100, 5_000)
    assert edge.behind_ms == BEGIN_MS
    assert edge.dropped == (5_100 - BEGIN_MS) * 8


def test_what_waits_for_nothing_is_left_out_after_a_while() -> None:
    edge = LegEdge(RATE_HZ, 0)
    filled(edge, 0, 300)
    for at_ms in range(300, 300 + LOOK_BLOCKS * 20, 20):
        edge.take()
        filled(edge, at_ms, 20)
    assert edge.behind_ms == SPARE_MS + 20


def test_with_a_delay_nothing_is_heard_sooner_and_what_was_masked_by_then_is_silent() -> None:
    edge = LegEdge(RATE_HZ, 1_000)
    filled(edge, 0, 900)
    assert not edge.take().any()
    for at_ms in range(900, 1_360, 20):
        filled(edge, at_ms, 20)
    heard = np.concatenate([edge.take([(100, 150), (5_000, 6_000)]) for _ in range(15)])
    assert np.array_equal(heard[:800], counted(0, 800))
    assert not heard[800:1_200].any()
    assert np.array_equal(heard[1_200:], counted(1_200, len(heard) - 1_200))


def test_samples_that_are_somebody_elses_too_stay_as_they_are() -> None:
    edge, pcm = LegEdge(RATE_HZ, 0), counted(0, 800)
    edge.add(pcm, 800)
    assert not edge.take([(0, 100)]).any()
    assert np.array_equal(pcm, counted(0, 800))


@given(st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 30)), max_size=80), st.sampled_from([0, 700]))
def test_whatever_a_line_does_little_waits_and_blocks_are_whole(
    came: list[tuple[int, int]], delay_ms: int
) -> None:
    edge, end, taken = LegEdge(RATE_HZ, delay_ms), 0, 0
    for samples, blocks in came:
        end += samples
        edge.add(counted(end - samples, samples), end)
        assert edge.behind_ms <= delay_ms + MOST_MS
        for _ in range(blocks):
            block = edge.take()
            assert len(block) == BLOCK
            taken += int(np.count_nonzero(block))
    assert taken + edge.dropped <= end


def frame(speaker: Speaker, level: int, ms: int = 100) -> AudioFrame:
    return AudioFrame(speaker=speaker, pcm=np.full(ms * 8, level, np.int16), rate_hz=RATE_HZ, arrived_s=0.0)


@pytest.fixture
def threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


async def test_everybody_who_hears_the_same_gets_the_same_packets_encoded_once(
    threads: ThreadPoolExecutor,
) -> None:
    broadcast = Broadcast(SPEAKERS, Silences(), threads, 0)
    tracks = [PacketTrack() for _ in range(20)]
    for track in tracks:
        broadcast.join("both", track)
    first = [asyncio.ensure_future(track.recv()) for track in tracks]
    await asyncio.sleep(0)
    for speaker in SPEAKERS:
        broadcast.hear(frame(speaker, 3_000), 800)
    await broadcast.send(1)
    packets = [await packet for packet in first]
    assert len({id(packet) for packet in packets}) == 1
    assert list(broadcast.encoders) == ["both"]


async def test_each_choice_of_legs_has_one_encoder_as_long_as_somebody_hears_it(
    threads: ThreadPoolExecutor,
) -> None:
    broadcast, both, agent = Broadcast(SPEAKERS, Silences(), threads, 0), PacketTrack(), PacketTrack()
    broadcast.hear(frame("agent", 3_000), 800)
    broadcast.join("both", both)
    broadcast.join("agent", agent)
    await broadcast.send(2)
    assert set(broadcast.encoders) == {"both", "agent"}
    broadcast.leave("both", both)
    await broadcast.send(1)
    assert set(broadcast.encoders) == {"agent"}


async def test_who_is_slow_gets_the_newest_and_who_is_not_connected_nothing_old() -> None:
    slow, late = PacketTrack(), PacketTrack()
    waits = asyncio.ensure_future(slow.recv())
    await asyncio.sleep(0)
    packets = [object() for _ in range(3 * WAITING)]
    for packet in packets:
        slow.give(packet)  # type: ignore[arg-type]
        late.give(packet)  # type: ignore[arg-type]
    got = [await waits, *[await slow.recv() for _ in range(WAITING - 1)]]
    assert got == packets[-WAITING:]
    late.stop()
    with pytest.raises(MediaStreamError):
        await late.recv()
