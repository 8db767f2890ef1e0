"""Keeps the legs of a call in step: frames of any leg in, pieces of the same stretch of time out.

What is said on both sides is then handled in the order of audio time, live as in replay, and also when a recording
is streamed faster than real time. A leg that falls behind is waited for only so long, and heard late: its audio is
never dropped. When all legs are behind, because a network has stalled, the call's clock goes on without them, and
steps without time give what comes late. Never reads a clock.
Next: `asr/call_recognizer.py` gives each leg's piece to its recognizer.
"""

from collections import deque
from dataclasses import dataclass

from voiceassist.audio.pcm import AudioFrame, Pcm, TimePassed
from voiceassist.audio.sample_queue import SampleQueue
from voiceassist.events import Speaker

# A leg whose audio is this far behind, and has been for this long, is not waited for until it has caught up.
# Telephone legs jitter by less than 100 ms; whoever talks on the other leg should not wait for their card.
LAG_MS = 300
# A leg that is behind gives at most so many steps of its audio in one: calls take turns in the pool.
MOST_LATE = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """The same stretch of time of every leg; shorter or empty for a leg that is behind.

    A leg that catches up gives more. Then a step may end where the one before did.
    """

    pieces: dict[Speaker, Pcm]
    rate_hz: int
    until_ms: int
    arrived_s: float  # monotonic seconds when the end of the stretch reached us
    silent: frozenset[Speaker] = frozenset()  # legs that have stopped coming since the step before

    def with_pieces(self, pieces: dict[Speaker, Pcm]) -> "Step":
        """The same stretch, heard otherwise; `dataclasses.replace` takes twice as long."""
        return Step(
            pieces=pieces,
            rate_hz=self.rate_hz,
            until_ms=self.until_ms,
            arrived_s=self.arrived_s,
            silent=self.silent,
        )


class LegSync:
    """The audio that waits to be heard; comes out in steps of always the same length."""

    def __init__(self, legs: tuple[Speaker, ...], step_ms: int) -> None:
        self._step_ms = step_ms
        self._waiting = {leg: SampleQueue() for leg in legs}
        self._received = dict.fromkeys(legs, 0)  # samples so far
        self._clock = 0  # the same of the call, as far as it was told beside the audio
        self._arrivals: deque[tuple[int, float]] = deque()  # (end in samples, monotonic seconds)
        self._heard: set[Speaker] = set()  # whose audio came after time had last passed without any
        self._silent: set[Speaker] = set()  # whose audio has stopped, which no step has told
        self._now_s = 0.0  # when the newest frame arrived
        self._rate_hz = 0
        self._taken = 0

    def holds(self, duration_ms: int) -> bool:
        """Whether steps could hold so much audio by now."""
        samples = self._samples(duration_ms)
        newest = max(self._clock, *self._received.values())
        if newest - self._taken < samples and all(len(queue) < samples for queue in self._waiting.values()):
            return not samples  # as nearly always: asked for every frame
        return max(self._target() - self._taken, self._late()) >= samples

    def add(self, frame: AudioFrame) -> None:
        """Takes the next frame of a leg. All frames of a call have one rate: the source sees to that."""
        assert self._rate_hz in (0, frame.rate_hz), "a source never changes its rate"
        self._rate_hz = frame.rate_hz
        self._waiting[frame.speaker].add(frame.pcm)
        self._heard.add(frame.speaker)
        self._silent.discard(frame.speaker)
        self._received[frame.speaker] += len(frame.pcm)
        self._now_s = max(self._now_s, frame.arrived_s)
        self._arrivals.append((self._received[frame.speaker], frame.arrived_s))

    def pass_time(self, passed: TimePassed) -> None:
        """The call's clock goes on, whether there is audio or not."""
        self._rate_hz = passed.rate_hz
        self._clock = max(self._clock, passed.until)
        self._now_s = max(self._now_s, passed.arrived_s)
        self._arrivals.append((passed.until, passed.arrived_s))
        self._silent |= self._heard & {passed.speaker}
        self._heard.discard(passed.speaker)

    def take(self) -> Step | None:
        """The next whole step; None when it is not complete."""
        if not self._rate_hz:
            return None
        samples = self._samples(self._step_ms)
        if self._taken + samples <= self._target():
            return self._step(self._taken + samples)
        return self._step(self._taken) if self._late() >= samples else None

    def rest(self) -> Step | None:
        """The next step after the last frame, the last one shorter: nobody is waited for any more."""
        until = min(max(self._received.values()), self._taken + self._samples(self._step_ms))
        waits = any(map(len, self._waiting.values()))
        return self._step(max(self._taken, until)) if waits else None

    def _target(self) -> int:
        """Up to where the legs that are waited for have come; the clock where no leg is waited for."""
        waited_for = [samples for samples in self._received.values() if not self._is_late(samples)]
        return min(waited_for, default=self._clock)

    def _late(self) -> int:
        """How much waits of the leg that has most to catch up."""
        behind = [len(queue) for leg, queue in self._waiting.items() if self._given(leg) < self._taken]
        return max(behind, default=0)

    def _given(self, leg: Speaker) -> int:
        """The samples of a leg that were in steps so far."""
        return self._received[leg] - len(self._waiting[leg])

    def _is_late(self, samples: int) -> bool:
        """By the audio and by the clock: of a long message, one leg's audio always comes before the other's."""
        if max(self._clock, *self._received.values()) - samples <= self._samples(LAG_MS):
            return False
        ahead_s = next(arrived_s for end, arrived_s in self._arrivals if end > samples)
        return samples < self._taken or self._now_s - ahead_s > LAG_MS / 1000

    def _step(self, until: int) -> Step:
        pieces = {leg: self._piece(leg, until) for leg in self._waiting}
        silent = frozenset(leg for leg in self._silent if not self._waiting[leg])
        self._silent -= silent
        self._taken = until
        until_ms = until * 1000 // self._rate_hz
        arrived_s = self._arrived_s(until)
        return Step(pieces=pieces, rate_hz=self._rate_hz, until_ms=until_ms, arrived_s=arrived_s, silent=silent)

    def _piece(self, leg: Speaker, until: int) -> Pcm:
        most = MOST_LATE * self._samples(self._step_ms)
        return self._waiting[leg].take(max(0, min(until - self._given(leg), most)))

    def _arrived_s(self, until: int) -> float:
        while len(self._arrivals) > 1 and self._arrivals[0][0] < until:
            self._arrivals.popleft()
        return self._arrivals[0][1]

    def _samples(self, duration_ms: int) -> int:
        return self._rate_hz * duration_ms // 1000
