"""The legs' clock, the queue and the rate meter: time is an argument, nothing waits."""

import asyncio
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.audio.pcm import AudioFrame, TimePassed
from voiceassist.events import SPEAKERS, AudioDoubted, AudioGap, GapCause, LineChanged
from voiceassist.ingest.feed.audio_queue import AudioQueue, QueueBounds
from voiceassist.ingest.feed.coalescer import Coalescer
from voiceassist.ingest.feed.gaps import Piece
from voiceassist.ingest.feed.rate import RateMeter, other_rate
from voiceassist.ingest.feed.timeline import Timeline

RATE_HZ = 1000  # one sample is one millisecond
PACKET = np.ones(20, np.int16)


def timeline(legs: int = 2) -> Timeline:
    return Timeline(SPEAKERS[:legs], RATE_HZ, started_s=0.0, silent_after_s=3.0, late_within_s=30.0)


def gaps(pieces: list[Piece]) -> list[tuple[str, int, int, str]]:
    return [(p.speaker, p.at_ms, p.duration_ms, p.cause) for p in pieces if isinstance(p, AudioGap)]


def length(pieces: list[Piece], speaker: str = "agent") -> int:
    return sum(len(p.pcm) for p in pieces if isinstance(p, AudioFrame) and p.speaker == speaker)


def test_steady_audio_passes_unchanged() -> None:
    line = timeline()
    pieces = [piece for n in range(100) for piece in line.audio((PACKET, PACKET), (n + 1) * 0.02)]
    assert (length(pieces), length(pieces, "customer"), gaps(pieces)) == (2000, 2000, [])


def test_short_pause_is_left_to_the_peer() -> None:
    line = timeline()
    assert line.tick(2.9) == []
    assert gaps(line.audio((PACKET, PACKET), 2.95)) == []


def test_silence_takes_the_place_of_a_peer_that_will_not_send_and_is_told_once_when_it_is_over() -> None:
    line = timeline()
    line.audio((PACKET, PACKET), 0.02)
    during = [piece for second in range(1, 11) for piece in line.tick(float(second), may_come=False)]
    assert (length(during), gaps(during)) == (9_980, [])
    after = line.audio((PACKET, PACKET), 10.5) + line.tick(10.71)
    assert gaps(after) == [("agent", 20, 10_460, "silent"), ("customer", 20, 10_460, "silent")]
    assert line.position_ms == 10_500
    assert line.end() == []


def test_silence_that_nothing_ends_is_told_at_the_end() -> None:
    line = timeline(1)
    line.tick(5.0)
    assert gaps(line.end()) == [("agent", 0, 5000, "silent")]


def test_peer_that_sent_ahead_of_time_is_not_silent_until_the_clock_catches_up() -> None:
    line = timeline(1)
    line.audio((np.ones(60_000, np.int16),), 1.0)
    assert line.tick(30.0) == []
    assert length(line.tick(61.0, may_come=False)) == 1000


def test_time_in_which_we_did_not_listen_is_not_the_peers_silence() -> None:
    line = timeline(1)
    line.audio((PACKET,), 0.02)
    line.skip(20.0)
    assert line.tick(22.0) == []


def test_lost_packets_are_filled_at_once_and_told_when_their_stretch_is_over() -> None:
    line = timeline()
    line.audio((PACKET, PACKET), 0.02, 500)
    pieces = line.audio((PACKET, PACKET), 0.10, 580)
    assert (line.position_ms, length(pieces), gaps(pieces)) == (100, 80, [])
    assert gaps(line.end()) == [("agent", 20, 60, "lost"), ("customer", 20, 60, "lost")]


def test_timestamps_that_jump_further_than_time_went_are_a_new_clock() -> None:
    line = timeline(1)
    line.audio((PACKET,), 0.02, 0)
    assert gaps(line.audio((PACKET,), 0.04, 1_000_000)) == []
    assert gaps(line.audio((PACKET,), 0.06, 3)) == []
    assert gaps(line.audio((PACKET,), 0.08, 23)) == []


def test_silence_already_filled_is_not_told_again_as_lost() -> None:
    line = timeline(1)
    line.audio((PACKET,), 0.02, 0)
    line.tick(5.0, may_come=False)
    pieces = line.audio((PACKET,), 5.02, 4980) + line.tick(5.22)
    assert [gap[3] for gap in gaps(pieces)] == ["silent"]
    assert gaps(line.audio((PACKET,), 5.24, 5000) + line.end()) == []


def test_peer_that_joins_later_is_brought_up_to_the_call_with_silence() -> None:
    line = timeline(1)
    pieces = line.join(2.0) + line.audio((PACKET,), 2.02, 77_000)
    assert gaps(pieces) == [("agent", 0, 2000, "silent")]
    assert line.position_ms == 2020


@given(steps=st.lists(st.tuples(st.sampled_from(["audio", "tick", "join", "lose"]), st.floats(0, 8)), max_size=30))
def test_whatever_happens_gaps_are_exactly_the_silence_that_was_given(steps: list[tuple[str, float]]) -> None:
    line, now_s, stamp, pieces, sent = timeline(1), 0.0, 0, list[Piece](), 0
    for what, wait_s in steps:
        now_s += wait_s
        stamp += round(wait_s * RATE_HZ) if what == "lose" else 0
        if what == "tick":
            pieces += line.tick(now_s)
        elif what == "join":
            pieces += line.join(now_s)
        else:
            pieces += line.audio((PACKET,), now_s, stamp)
            stamp, sent = stamp + 20, sent + 20
    pieces += line.end()
    assert length(pieces) == sent + sum(gap[2] for gap in gaps(pieces))
    assert length(pieces) == line.position_ms


def frame(value: int, samples: int = 100) -> AudioFrame:
    return AudioFrame(speaker="agent", pcm=np.full(samples, value, np.int16), rate_hz=RATE_HZ, arrived_s=0.0)


def queue_of(seconds: float, size: int = 1 << 20, pieces: int = 1000) -> AudioQueue:
    return AudioQueue(1, QueueBounds(seconds=seconds, bytes=size, pieces=pieces))


async def heard(queue: AudioQueue) -> list[object]:
    return told([piece async for piece in queue.pieces()])


def told(pieces: Iterable[Piece]) -> list[object]:
    return [
        (p.cause, p.at_ms, p.duration_ms) if isinstance(p, AudioGap) else (int(p.pcm[0]), len(p.pcm))
        for p in pieces
        if not isinstance(p, LineChanged | AudioDoubted | TimePassed)
    ]


async def test_overflow_drops_the_oldest_and_leaves_as_much_silence_with_its_gap() -> None:
    queue = queue_of(0.3)
    reader = queue.pieces()
    queue.push(frame(1))
    await anext(reader)
    for value in (2, 3, 4, 5, 6):
        queue.push(frame(value))
    queue.close()
    assert await heard(queue) == [(0, 200), ("overflow", 100, 200), (4, 100), (5, 100), (6, 100)]


def gap(at_ms: int, duration_ms: int, cause: GapCause = "lost") -> AudioGap:
    return AudioGap(at_ms=at_ms, speaker="agent", duration_ms=duration_ms, cause=cause)


async def test_overflow_keeps_the_gap_of_silence_that_was_given_already_and_every_marked_place() -> None:
    queue = queue_of(0.1)
    queue.push(frame(0))
    await anext(queue.pieces())
    for piece in (gap(0, 100), frame(1), gap(200, 0, "rate_changed"), frame(2)):
        queue.push(piece)
    queue.close()
    assert await heard(queue) == [
        ("lost", 0, 100),
        (0, 100),
        ("overflow", 100, 100),
        ("rate_changed", 200, 0),
        (2, 100),
    ]


async def test_overflow_takes_the_gap_along_whose_silence_it_drops() -> None:
    queue = queue_of(0.1)
    for piece in (frame(0), gap(0, 100), frame(1), frame(2)):
        queue.push(piece)
    queue.close()
    assert await heard(queue) == [(0, 200), ("overflow", 0, 200), (2, 100)]


async def test_overflow_keeps_what_was_told_of_a_line() -> None:
    queue = queue_of(0.1)
    lost = LineChanged(at_ms=100, speaker="agent", state="lost", until_ms=20_000)
    for piece in (frame(0), lost, frame(1), frame(2)):
        queue.push(piece)
    queue.close()
    pieces = [piece async for piece in queue.pieces()]
    assert pieces[0] == lost
    assert length(pieces) == 300


async def test_hole_that_grows_while_it_is_read_is_told_once_when_it_is_over() -> None:
    queue = queue_of(3)
    reader = queue.pieces()
    for value in range(5):
        queue.push(frame(value, 1000))
    given = [await anext(reader)]
    queue.push(frame(5, 1000))
    queue.close()
    given += [piece async for piece in reader]
    assert told(given) == [(0, 1000)] * 3 + [("overflow", 0, 3000)] + [(value, 1000) for value in (3, 4, 5)]


@pytest.mark.parametrize("bounds", [{"size": 400}, {"pieces": 2}])
async def test_queue_is_bounded_in_bytes_and_in_pieces_too(bounds: dict[str, int]) -> None:
    queue = queue_of(60, **bounds)
    for value in range(10):
        queue.push(frame(value))
    queue.close()
    assert await heard(queue) == [(0, 800), ("overflow", 0, 800), (8, 100), (9, 100)]


@given(
    steps=st.lists(st.sampled_from(["push", "read"]), max_size=60),
    bounds=st.sampled_from([{"seconds": 0.3}, {"seconds": 60, "size": 500}, {"seconds": 60, "pieces": 3}]),
)
async def test_whatever_is_dropped_the_leg_keeps_its_length(steps: list[str], bounds: dict[str, int]) -> None:
    queue = queue_of(**bounds)
    reader, pushed = queue.pieces(), 0
    given: list[Piece] = []
    for step in steps:
        if step == "push":
            queue.push(frame(7))
            pushed += 100
        elif pushed > length(given):
            given.append(await anext(reader))
    queue.close()
    given += [piece async for piece in reader]
    assert length(given) == pushed
    silent = sum(len(p.pcm) for p in given if isinstance(p, AudioFrame) and not p.pcm.any())
    assert silent == sum(gap[2] for gap in gaps(given))


def test_small_frames_become_frames_that_end_where_a_step_of_what_is_heard_does() -> None:
    coalescer = Coalescer()
    given = [piece for value in range(85) for piece in coalescer.add(frame(value, 1))]
    assert told(given) == [(0, 40), (40, 40)]
    assert told(list(coalescer.flush())) == [(80, 5)]
    assert list(coalescer.flush()) == []


def test_frame_in_which_a_step_ends_is_not_kept_back_and_neither_is_what_came_before_it() -> None:
    coalescer = Coalescer()
    assert told(coalescer.add(frame(1, 30))) == []
    assert told(coalescer.add(frame(2, 30))) == [(1, 60)]
    assert told(coalescer.add(frame(3, 20))) == [(3, 20)]


def test_a_gap_waits_for_the_audio_before_it_and_no_other_leg_does() -> None:
    coalescer = Coalescer()
    whole, small, lost = frame(1, 40), frame(2, 3), gap(40, 0, "rate_changed")
    assert [piece for one in (whole, small, lost) for piece in coalescer.add(one)] == [whole, small, lost]


async def test_full_queue_makes_a_patient_peer_wait_and_loses_nothing() -> None:
    queue = queue_of(0.2)

    async def produce() -> None:
        for value in range(10):
            await queue.room()
            queue.add(frame(value))
        queue.close()

    producer = asyncio.create_task(produce())
    await asyncio.sleep(0)
    assert not producer.done()
    assert await heard(queue) == [(value, 100) for value in range(10)]
    await producer


def arrival(meter: RateMeter, rate_hz: int, seconds: float) -> list[int]:
    steps = int(seconds * 50)
    found = [meter.add(rate_hz // 50, step * 0.02) for step in range(steps)]
    return [rate for rate in found if rate is not None]


def test_wrong_rate_is_found_within_the_window() -> None:
    assert arrival(RateMeter(8000, 5.0), 16_000, 6) == [16_000]


@pytest.mark.parametrize("rate_hz", [8000, 8300, 7700])
def test_right_rate_with_jitter_is_not_doubted(rate_hz: int) -> None:
    assert arrival(RateMeter(8000, 5.0), rate_hz, 20) == []


def test_recording_sent_at_an_odd_speed_is_not_taken_for_another_rate() -> None:
    assert other_rate(8000, 80_000) is None
    assert other_rate(8000, 3_000) is None


def test_wrong_rate_is_found_after_a_pause_too() -> None:
    meter = RateMeter(8000, 5.0)
    meter.add(160, 0.0)
    found = [meter.add(320, 4.0 + step * 0.02) for step in range(600)]
    assert [rate for rate in found if rate] == [16_000]


def test_sender_that_pauses_is_measured_anew() -> None:
    meter = RateMeter(16_000, 5.0)
    found = [meter.add(3200, at_s) for start in range(0, 60, 4) for at_s in (start, start + 0.2, start + 0.4)]
    assert set(found) == {None}
