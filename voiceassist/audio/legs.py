"""Keeps the legs of a call in step: frames of any leg in, pieces of the same stretch of time out.

What is said on both sides is then handled in the order of audio time, live as in replay, and also when a recording
is streamed faster than real time. A leg that falls behind is waited for only so long. Never reads a clock.
Next: `asr/listening.py` gives each leg's piece to its ear.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.events import Speaker

# A leg this far behind is not waited for until it has caught up. Telephone legs jitter by less than 100 ms;
# whoever talks on the other leg should not wait for their card.
LAG_MS = 300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """The same stretch of time of every leg; shorter or empty for a leg that is behind."""

    pieces: dict[Speaker, Pcm]
    rate_hz: int
    until_ms: int
    arrived_s: float  # monotonic seconds when the end of the stretch reached us


class LegSync:
    """The audio that waits to be heard."""

    def __init__(self, legs: tuple[Speaker, ...]) -> None:
        self._waiting: dict[Speaker, list[Pcm]] = {leg: [] for leg in legs}
        self._received = dict.fromkeys(legs, 0)  # samples so far
        self._arrivals: deque[tuple[int, float]] = deque()  # (end in samples, monotonic seconds)
        self._rate_hz = 0
        self._taken = 0

    @property
    def ready_ms(self) -> int:
        """How much a step could hold."""
        return (self._target() - self._taken) * 1000 // self._rate_hz if self._rate_hz else 0

    def add(self, frame: AudioFrame) -> None:
        """Takes the next frame of a leg. All frames of a call have one rate: the source sees to that."""
        assert self._rate_hz in (0, frame.rate_hz), "a source never changes its rate"
        self._rate_hz = frame.rate_hz
        self._waiting[frame.speaker].append(frame.pcm)
        self._received[frame.speaker] += len(frame.pcm)
        self._arrivals.append((self._received[frame.speaker], frame.arrived_s))

    def take(self, most_ms: int) -> Step | None:
        """The next step, of at most `most_ms`; None when nothing is ready."""
        return self._step(self._target(), most_ms)

    def rest(self, most_ms: int) -> Step | None:
        """The next step after the last frame: nobody is waited for any more."""
        return self._step(max(self._received.values()), most_ms)

    def _target(self) -> int:
        """Up to where the legs that are in time have come."""
        newest = max(self._received.values())
        lag = self._rate_hz * LAG_MS // 1000
        return min(samples for samples in self._received.values() if samples >= newest - lag)

    def _step(self, target: int, most_ms: int) -> Step | None:
        until = min(target, self._taken + self._rate_hz * most_ms // 1000)
        if until <= self._taken:
            return None
        pieces = {leg: self._piece(leg, until) for leg in self._waiting}
        self._taken = until
        until_ms = until * 1000 // self._rate_hz
        return Step(pieces=pieces, rate_hz=self._rate_hz, until_ms=until_ms, arrived_s=self._arrived_s(until))

    def _piece(self, leg: Speaker, until: int) -> Pcm:
        audio = np.concatenate([np.zeros(0, np.int16), *self._waiting[leg]])
        start = self._received[leg] - len(audio)
        cut = max(0, until - start)
        self._waiting[leg] = [audio[cut:]]
        return audio[:cut]

    def _arrived_s(self, until: int) -> float:
        while len(self._arrivals) > 1 and self._arrivals[0][0] < until:
            self._arrivals.popleft()
        return self._arrivals[0][1]
