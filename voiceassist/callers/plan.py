"""What a call sends when, and over which connections: the recording's frames, keys, holds, and the line's faults.

Pure: no clock and no socket, so a test reads the plan. Times are milliseconds of the recording; `run.py` divides
them by the speed. Next: `run.py` plays it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from voiceassist.audio.pcm import Pcm
from voiceassist.callers.caller import Frame
from voiceassist.callers.impair import jittered, lost, reordered
from voiceassist.events import Speaker

Word = Literal["pause", "resume"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of the call."""

    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPress:
    """Somebody presses a key of their telephone."""

    at_ms: int
    speaker: Speaker
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the recording is streamed."""

    speed: float = 1.0  # times real time
    loss: float = 0.0  # share of frames that never come
    jitter_ms: float = 0.0
    reorder: float = 0.0  # share of frames that change places with the next
    pauses: tuple[Stretch, ...] = ()  # on hold: nothing is sent, the connection stays
    drops: tuple[Stretch, ...] = ()  # the connection dies, and another one comes at the end
    cut_ms: int | None = None  # everything dies here, without a farewell
    keys: tuple[KeyPress, ...] = ()
    per_leg: bool = False  # a connection for each leg
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedStep:
    """One thing that a connection says, and when."""

    at_ms: float
    says: Frame | KeyPress | Word


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedConnection:
    """One connection, from its opening to its end."""

    number: int  # of its line, counted from 1
    begins_ms: int
    steps: tuple[PlannedStep, ...]
    dies_ms: int | None  # None: it says its farewell


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedLine:
    """All connections of the same legs, one after the other."""

    legs: tuple[Speaker, ...]
    connections: tuple[PlannedConnection, ...]


def planned(
    legs: Sequence[Speaker], channels: Sequence[Pcm], rate_hz: int, frame_ms: int, manner: Manner
) -> tuple[PlannedLine, ...]:
    """The lines of a call; channels and legs are in the same order."""
    groups = [[number] for number in range(len(legs))] if manner.per_leg else [list(range(len(legs)))]
    return tuple(
        _line(
            tuple(legs[number] for number in group),
            [channels[number] for number in group],
            rate_hz,
            frame_ms,
            manner,
        )
        for group in groups
    )


def frames(channels: Sequence[Pcm], rate_hz: int, frame_ms: int) -> list[Frame]:
    """The recording in pieces; a phone system has a piece, and sends it, when its last sample was spoken."""
    size = rate_hz * frame_ms // 1000
    return [
        Frame(
            number=number,
            at_ms=start * 1000 // rate_hz,
            send_ms=min(start + size, len(channels[0])) * 1000 / rate_hz,
            channels=tuple(channel[start : start + size] for channel in channels),
        )
        for number, start in enumerate(range(0, len(channels[0]), size))
    ]


def _line(
    legs: tuple[Speaker, ...], channels: Sequence[Pcm], rate_hz: int, frame_ms: int, manner: Manner
) -> PlannedLine:
    whole = frames(channels, rate_hz, frame_ms)
    steps = sorted([*_audio(whole, legs, manner), *_doings(legs, manner)], key=lambda step: step.at_ms)
    ends_ms = len(channels[0]) * 1000 // rate_hz
    return PlannedLine(legs=legs, connections=tuple(_connections(steps, ends_ms, manner)))


def _audio(whole: Sequence[Frame], legs: tuple[Speaker, ...], manner: Manner) -> Iterator[PlannedStep]:
    seed = f"{manner.seed} {' '.join(legs)}"
    left = lost(whole, manner.loss, seed) if manner.loss else whole
    left = jittered(left, manner.jitter_ms, seed) if manner.jitter_ms else left
    left = reordered(left, manner.reorder, seed) if manner.reorder else left
    for frame in left:
        if not any(pause.from_ms <= frame.at_ms < pause.to_ms for pause in manner.pauses):
            yield PlannedStep(at_ms=frame.send_ms, says=frame)


def _doings(legs: Sequence[Speaker], manner: Manner) -> Iterator[PlannedStep]:
    for pause in manner.pauses:
        yield PlannedStep(at_ms=pause.from_ms, says="pause")
        yield PlannedStep(at_ms=pause.to_ms, says="resume")
    for press in manner.keys:
        if press.speaker in legs:
            yield PlannedStep(at_ms=press.at_ms, says=press)


def _connections(steps: Sequence[PlannedStep], ends_ms: int, manner: Manner) -> Iterator[PlannedConnection]:
    cut_ms = manner.cut_ms if manner.cut_ms is not None and manner.cut_ms < ends_ms else None
    begins_ms = 0
    for number, (dies_ms, back_ms) in enumerate(_lives(manner.drops, cut_ms, ends_ms), start=1):
        until_ms = float("inf") if dies_ms is None else dies_ms
        within = tuple(step for step in steps if begins_ms <= step.at_ms < until_ms)
        yield PlannedConnection(number=number, begins_ms=begins_ms, steps=within, dies_ms=dies_ms)
        begins_ms = back_ms


def _lives(drops: Iterable[Stretch], cut_ms: int | None, ends_ms: int) -> Iterator[tuple[int | None, int]]:
    """When each connection dies (None: not), and when the next one comes."""
    for drop in sorted(drops, key=lambda drop: drop.from_ms):
        if drop.from_ms >= ends_ms or (cut_ms is not None and drop.from_ms >= cut_ms):
            break
        yield drop.from_ms, drop.to_ms
        if drop.to_ms >= ends_ms or (cut_ms is not None and drop.to_ms >= cut_ms):
            return  # nobody comes back after the end
    yield cut_ms, ends_ms
