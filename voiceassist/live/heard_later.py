"""Keeps the audio of a call that is taken without help, and gives it to the recognizers when the call is over.

In memory, as raw samples: what the pause and the consent of its moment left of it, and nothing else. The recording
is written meanwhile, as of any call. Never decides when there is room. Next: `session.py` hears what comes.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import numpy as np
import structlog

from voiceassist.audio.pcm import AudioFrame, Pcm, TimePassed, silence
from voiceassist.events import Speaker

log = structlog.get_logger()

# Of one call: an hour of two legs at 8 kHz. What comes after is silent to the recognizers, not in the recording.
MOST_BYTES = 120_000_000
SAMPLE_BYTES = 2


@dataclass(slots=True, kw_only=True)
class AfterCall:
    """When a call is heard that was taken without help."""

    turn: Callable[[], AbstractAsyncContextManager[None]]  # entered when there is room; one call at a time
    all_came: asyncio.Event = field(default_factory=asyncio.Event)  # its audio: the peer may go


@dataclass(slots=True, kw_only=True)
class _Leg:
    rate_hz: int
    samples: bytearray = field(default_factory=bytearray)
    left_out: int = 0  # samples


async def heard_later(
    frames: AsyncIterator[AudioFrame | TimePassed], after: AfterCall
) -> AsyncGenerator[AudioFrame | TimePassed, None]:
    """All frames, in pieces of a second, once the last has come and it is their turn."""
    legs: dict[Speaker, _Leg] = {}
    async for frame in frames:
        if isinstance(frame, AudioFrame):
            _keep(legs.setdefault(frame.speaker, _Leg(rate_hz=frame.rate_hz)), frame, _bytes(legs))
    after.all_came.set()
    if any(leg.left_out for leg in legs.values()):
        log.warning("a call without help was too long to be kept whole", kept_bytes=_bytes(legs))
    async with after.turn():
        for piece in _pieces(legs):
            yield piece


def _bytes(legs: dict[Speaker, _Leg]) -> int:
    return sum(len(leg.samples) for leg in legs.values())


def _keep(leg: _Leg, frame: AudioFrame, kept_bytes: int) -> None:
    if leg.left_out or kept_bytes + frame.pcm.nbytes > MOST_BYTES:
        leg.left_out += len(frame.pcm)
    else:
        leg.samples += frame.pcm.tobytes()


def _pieces(legs: dict[Speaker, _Leg]) -> Iterator[AudioFrame]:
    """A second of each leg in turn, however long each is; memory is freed by the end of the call only."""
    longest_s = max((_seconds(leg) for leg in legs.values()), default=0)
    for second in range(longest_s):
        for speaker, leg in legs.items():
            if len(pcm := _second(leg, second)):
                yield AudioFrame(speaker=speaker, pcm=pcm, rate_hz=leg.rate_hz, arrived_s=0.0)


def _seconds(leg: _Leg) -> int:
    """Begun ones, with what was left out."""
    return -(-(len(leg.samples) // SAMPLE_BYTES + leg.left_out) // leg.rate_hz)


def _second(leg: _Leg, number: int) -> Pcm:
    kept, start = len(leg.samples) // SAMPLE_BYTES, number * leg.rate_hz
    end = min(start + leg.rate_hz, kept + leg.left_out)
    data = leg.samples[start * SAMPLE_BYTES : end * SAMPLE_BYTES]
    heard = np.frombuffer(bytes(data), np.int16)
    missing = max(0, end - max(start, kept))
    return np.concatenate([heard, silence(missing)]) if missing else heard
