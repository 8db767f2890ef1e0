"""Audio that comes late after a stall is put where it was spoken; time is an argument, nothing waits."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceassist.audio.pcm import AudioFrame, Pcm, TimePassed
from voiceassist.events import SPEAKERS, AudioGap
from voiceassist.ingest.feed.gaps import Piece
from voiceassist.ingest.feed.losses import APART_S, LONGEST_S
from voiceassist.ingest.feed.rate import RateMeter
from voiceassist.ingest.feed.timeline import SLACK_S, Timeline

RATE_HZ = 1000  # one sample is one millisecond
FRAME = 20
SILENT_AFTER_S, LATE_WITHIN_S, TICK_S = 3.0, 30.0, 0.25


@dataclass(frozen=True, kw_only=True)
class NetworkStall:
    """For `stall_s` nothing comes. A share of it is lost, the rest then comes at `speed` times real time."""

    before_s: float
    stall_s: float
    lost: float
    loses_first: bool
    speed: int


@dataclass(kw_only=True)
class Caller:
    """Speaks all the time, and counts as it does, so that every sample tells its place."""

    line: Timeline
    spoken: int = 0
    now: int = 0  # milliseconds
    came_at: int = 0
    on_its_way: deque[Pcm] = field(default_factory=deque)
    sent: list[Pcm] = field(default_factory=list)
    given: list[Piece] = field(default_factory=list)
    meter: RateMeter = field(default_factory=lambda: RateMeter(RATE_HZ, 5.0))
    doubts: list[int] = field(default_factory=list)
    ahead: int = 0  # samples by which the leg was ahead of the wall at most

    def talk(self, seconds: float, speed: int) -> None:
        for _ in range(round(seconds * RATE_HZ / FRAME)):
            self._speak()
            for _ in range(min(speed, len(self.on_its_way))):
                self._send()
            self._tick()

    def stall(self, stall: NetworkStall) -> int:
        """How much was lost."""
        for _ in range(round(stall.stall_s * RATE_HZ / FRAME)):
            self._speak()
            self._tick()
        lost = round(stall.lost * len(self.on_its_way))
        for _ in range(lost):
            self.on_its_way.popleft() if stall.loses_first else self.on_its_way.pop()
        return lost * FRAME

    def _speak(self) -> None:
        self.now += FRAME
        self.on_its_way.append((np.arange(self.spoken, self.spoken + FRAME) % 30_000 + 1).astype(np.int16))
        self.spoken += FRAME

    def _send(self) -> None:
        pcm = self.on_its_way.popleft()
        self.sent.append(pcm)
        self.came_at = self.now
        if doubt := self.meter.add(len(pcm), self.now / RATE_HZ):
            self.doubts.append(doubt)
        self._take(self.line.audio([pcm] * len(SPEAKERS), self.now / RATE_HZ))

    def _tick(self) -> None:
        if (self.now - self.came_at) / RATE_HZ >= TICK_S:
            self._take(self.line.tick(self.now / RATE_HZ))

    def _take(self, pieces: list[Piece]) -> None:
        self.given += pieces
        self.ahead = max(self.ahead, self.line.position_ms - self.now)


def caller() -> Caller:
    legs, limits = SPEAKERS, {"silent_after_s": SILENT_AFTER_S, "late_within_s": LATE_WITHIN_S}
    return Caller(line=Timeline(legs, RATE_HZ, started_s=0.0, **limits))


def leg(pieces: list[Piece], speaker: str) -> Pcm:
    return np.concatenate([p.pcm for p in pieces if isinstance(p, AudioFrame) and p.speaker == speaker])


def gaps(pieces: list[Piece], speaker: str = "agent") -> list[AudioGap]:
    return [piece for piece in pieces if isinstance(piece, AudioGap) and piece.speaker == speaker]


def missing(pieces: list[Piece]) -> int:
    return sum(gap.duration_ms for gap in gaps(pieces))


def after(stall: NetworkStall) -> tuple[Caller, int]:
    """A call with that stall, some time later."""
    talking = caller()
    talking.talk(stall.before_s, 1)
    lost = talking.stall(stall)
    talking.talk(stall.stall_s + 5, stall.speed)
    return talking, lost


STALLS = st.builds(
    NetworkStall,
    before_s=st.floats(0.1, 20),
    stall_s=st.floats(0.1, LATE_WITHIN_S - 1),
    lost=st.sampled_from([0, 0, 0.1, 0.5, 0.9, 1]),
    loses_first=st.booleans(),
    speed=st.integers(4, 2000),
)


@settings(max_examples=25)
@given(stall=STALLS)
def test_whatever_a_stall_delays_or_loses_all_that_came_is_heard_once_in_order_and_never_ahead_of_the_wall(
    stall: NetworkStall,
) -> None:
    talking, lost = after(stall)
    pieces = talking.given + talking.line.end()
    agent, customer = leg(pieces, "agent"), leg(pieces, "customer")
    assert np.array_equal(agent, customer)
    assert np.array_equal(agent[agent > 0], np.concatenate(talking.sent))
    assert np.count_nonzero(agent == 0) == missing(pieces)
    assert talking.ahead <= FRAME
    assert talking.doubts == []
    if stall.stall_s > SILENT_AFTER_S + FRAME / RATE_HZ:
        assert abs(missing(pieces) - lost) <= SLACK_S * RATE_HZ
        assert abs(len(agent) - talking.spoken) <= SLACK_S * RATE_HZ
    elif stall.stall_s < SILENT_AFTER_S - 2 * FRAME / RATE_HZ:  # which falls on whole frames
        assert missing(pieces) == 0


@pytest.mark.parametrize("stall_s", [1, 4, 30])
@pytest.mark.parametrize("speed", [10, 1000])
def test_burst_after_a_stall_takes_the_place_of_the_silence(stall_s: float, speed: int) -> None:
    talking, _ = after(NetworkStall(before_s=5, stall_s=stall_s, lost=0, loses_first=False, speed=speed))
    pieces = talking.given + talking.line.end()
    assert (gaps(pieces), talking.line.position_ms) == ([], talking.now)
    assert np.array_equal(leg(pieces, "agent"), np.concatenate(talking.sent))


def test_what_a_stall_has_lost_is_one_gap_and_what_came_late_stands_before_it() -> None:
    talking, lost = after(NetworkStall(before_s=5, stall_s=10, lost=0.5, loses_first=False, speed=10))
    (gap,) = gaps(talking.given)
    assert (gap.cause, lost) == ("silent", 5000)
    assert abs(gap.duration_ms - lost) <= FRAME
    assert gap.at_ms >= 10_000


def test_peer_that_was_silent_goes_on_at_the_right_time_a_moment_later() -> None:
    line = caller().line
    line.audio([np.ones(FRAME, np.int16)] * 2, 0.02)
    assert [piece.until for piece in line.tick(4.0) if isinstance(piece, TimePassed)] == [4000, 4000]
    back = [line.audio([np.ones(FRAME, np.int16)] * 2, 10.0 + number * 0.021) for number in range(11)]
    assert [bool(pieces) for pieces in back] == [False] * 10 + [True]
    assert [(gap.at_ms, gap.duration_ms) for gap in gaps(back[-1])] == [(20, 9_960)]
    assert line.position_ms == 10_200


def test_silence_that_is_too_old_to_be_late_is_given_while_it_lasts() -> None:
    line = caller().line
    line.audio([np.ones(FRAME, np.int16)] * 2, 0.02)
    assert sum(len(piece.pcm) for piece in line.tick(50.0) if isinstance(piece, AudioFrame)) == 2 * 19_980


def test_peer_that_sends_seconds_at_a_time_is_neither_silent_nor_late() -> None:
    line, pieces = caller().line, list[Piece]()
    for end_s in range(4, 40, 4):
        pieces += line.tick(end_s - 0.5)
        pieces += line.audio([np.ones(4 * RATE_HZ, np.int16)] * 2, float(end_s))
    assert (gaps(pieces), line.position_ms) == ([], 36_000)


def lossy(losses: Iterator[int], seconds: int) -> list[AudioGap]:
    """The gaps of a call in which those packets are lost, of fifty each second."""
    line, lost = caller().line, set(losses)
    pieces = [
        piece
        for number in range(seconds * 50)
        if number not in lost
        for piece in line.audio([np.ones(FRAME, np.int16)] * 2, (number + 1) * 0.02, number * FRAME)
    ]
    return gaps(pieces + line.end())


def test_scattered_losses_are_told_as_one_note_with_their_sum() -> None:
    (gap,) = lossy(iter(range(100, 50 * 50, 20)), 80)
    assert (gap.at_ms, gap.duration_ms, gap.within_ms) == (2000, 120 * FRAME, 47_620)


def test_losses_far_apart_are_told_apart() -> None:
    first, second = lossy(iter((100, 100 + (APART_S + 1) * 50)), 30)
    assert [gap.within_ms for gap in (first, second)] == [0, 0]
    assert [gap.duration_ms for gap in (first, second)] == [FRAME, FRAME]


def test_line_that_keeps_losing_packets_is_told_about_every_minute() -> None:
    told = lossy(iter(range(50, 50 * 170, 25)), 180)
    assert len(told) == 180 // LONGEST_S


def test_long_loss_is_told_at_once_by_itself() -> None:
    scattered, long = lossy(iter((50, *range(100, 160))), 4)
    assert (scattered.duration_ms, long.duration_ms, long.within_ms) == (FRAME, 1200, 0)
