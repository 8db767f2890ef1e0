"""Audio as a source gives it: the same call cut into frames in any way, each with the time when it arrived."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from hypothesis import strategies as st

from voiceassist.audio.legs import LAG_MS
from voiceassist.audio.pcm import AudioFrame, Pcm, TimePassed
from voiceassist.events import SPEAKERS, Speaker

RATE_HZ = 8000
FAR_AHEAD_S = 1e9  # on the monotonic clock: such audio is never late, so every Partial is made
Legs = Mapping[Speaker, Pcm]
Piece = TypeVar("Piece", AudioFrame, AudioFrame | TimePassed)


def two_legs(seconds: float) -> Legs:
    """Every sample tells its place, so that nothing can be lost or heard twice unseen."""
    places = np.arange(int(seconds * RATE_HZ), dtype=np.int16)
    return {"agent": places, "customer": -places}


def frame(leg: Speaker, pcm: Pcm, arrived_s: float = 0.0, rate_hz: int = RATE_HZ) -> AudioFrame:
    """Some samples of one leg."""
    return AudioFrame(speaker=leg, pcm=pcm, rate_hz=rate_hz, arrived_s=FAR_AHEAD_S + arrived_s)


def in_turn(legs: Legs, sizes: Iterable[int], rate_hz: int = RATE_HZ) -> list[AudioFrame]:
    """As a phone system sends it: a frame of every leg in turn, each arriving when it has been spoken."""
    frames, at, rest = [], 0, max(map(len, legs.values()))
    for size in [*sizes, rest]:
        cut = slice(at, at + size)
        at = min(at + size, rest)
        frames += [frame(leg, pcm[cut], at / rate_hz, rate_hz) for leg, pcm in legs.items() if len(pcm[cut])]
    return frames


@st.composite
def apart(draw: st.DrawFn, seconds: float) -> list[AudioFrame]:
    """Two legs in frames of their own sizes, one leg less than LAG_MS behind the other, in order of arrival."""
    half_ms = LAG_MS // 2 - 1  # a leg is behind by its delay and by the length of its frames
    frames: list[AudioFrame] = []
    for leg, pcm in two_legs(seconds).items():
        skew_s = draw(st.integers(0, half_ms), label=f"{leg} comes late, ms") / 1000
        sizes = draw(st.lists(st.integers(1, RATE_HZ * half_ms // 1000), max_size=30), label=f"{leg} sizes")
        cuts = np.cumsum([0, *sizes])
        ends = [*cuts[1:][cuts[1:] < len(pcm)], *range(int(cuts[-1]) + 160, len(pcm), 160), len(pcm)]
        starts = [0, *ends[:-1]]
        frames += [
            frame(leg, pcm[start:end], end / RATE_HZ + skew_s)
            for start, end in zip(starts, ends, strict=True)
            if end > start
        ]
    return sorted(frames, key=lambda one: (one.arrived_s, SPEAKERS.index(one.speaker)))


async def given(frames: Sequence[Piece]) -> AsyncGenerator[Piece, None]:
    """All of them at once, then the end."""
    for one in frames:
        yield one
