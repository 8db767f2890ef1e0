"""Keeps the legs of one peer on the call's clock: what is missing becomes silence and a gap (`gaps.py`).

Time arrives as an argument (monotonic seconds), so tests never wait. All legs of a timeline always have the
same length. The silence of a peer that fell silent comes while it lasts, its gap when it is over.
Never drops audio: late audio moves the clock instead. Next: `feed.py` puts it into the call's queue.
"""

from collections.abc import Sequence

from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.events import GapCause, Speaker
from voiceassist.ingest.gaps import Piece, gap_of, silent_frames

JUMP_MS = 5  # a quarter of the shortest common packet: smaller steps are rounding


class Timeline:
    """One peer's audio, without holes."""

    def __init__(
        self, legs: tuple[Speaker, ...], rate_hz: int, *, started_s: float, silent_after_s: float
    ) -> None:
        self._legs = legs
        self._rate_hz = rate_hz
        self._started_s = started_s
        self._silent_after_s = silent_after_s
        self._position = 0  # samples given so far
        self._heard_s = started_s  # when audio last arrived...
        self._heard_at = 0  # ...and the position after it
        self._silent_from: int | None = None  # position where the present silence began
        self._anchor: int | None = None  # position of timestamp 0 of the peer's own clock

    @property
    def position_ms(self) -> int:
        """How much audio has been given."""
        return self._ms(self._position)

    def quiet_s(self, now_s: float) -> float:
        """How long nothing has arrived."""
        return now_s - self._heard_s

    def audio(self, channels: Sequence[Pcm], now_s: float, timestamp: int | None = None) -> list[Piece]:
        """Audio that arrived; `timestamp` (in samples, the peer's clock) shows what was lost before it."""
        samples = len(channels[0])
        pieces = self._silence_over(self._due(now_s) - samples, now_s)
        if pieces:
            self._anchor = None  # the silence stands for whatever was lost meanwhile
        if timestamp is not None:
            pieces += self._lost(timestamp, now_s)
        self._position += samples
        self._heard_s, self._heard_at = now_s, self._position
        return pieces + [self._frame(leg, pcm, now_s) for leg, pcm in zip(self._legs, channels, strict=True)]

    def tick(self, now_s: float) -> list[Piece]:
        """Silence in place of a peer from which nothing has come for a while."""
        if self.quiet_s(now_s) < self._silent_after_s:
            return []
        return self._silent_until(self._due(now_s), now_s)

    def mark(self, cause: GapCause) -> list[Piece]:
        """Marks this place with a gap of 0 ms."""
        return self._gaps(self._position, 0, cause)

    def join(self, now_s: float) -> list[Piece]:
        """The peer comes (back) to a call that runs already: silence up to now, and a new peer's clock."""
        self._anchor = None
        due = round((now_s - self._started_s) * self._rate_hz)
        return self._silent_until(due, now_s) + self._silence_over(due, now_s)

    def lose(self, duration_ms: int, now_s: float) -> list[Piece]:
        """The peer says that it lost this much; believed as far as time has passed."""
        told = duration_ms * self._rate_hz // 1000
        missing = max(0, min(told, self._due(now_s) - self._position))
        self._anchor = None  # its own clock may count the loss, too
        return self._silence_over(0, now_s) + self._lost_samples(missing, now_s)

    def skip(self, now_s: float) -> None:
        """Time went by because we did not listen: not the peer's silence."""
        self._heard_s = now_s

    def end(self) -> list[Piece]:
        """The gap that nothing ended."""
        return self._silence_over(0, 0.0)

    def _due(self, now_s: float) -> int:
        """Where the audio would be had it gone on; never ahead of the call's clock."""
        went_on = self._heard_at + (now_s - self._heard_s) * self._rate_hz
        return round(min(went_on, (now_s - self._started_s) * self._rate_hz))

    def _silent_until(self, position: int, now_s: float) -> list[Piece]:
        if position <= self._position:
            return []
        if self._silent_from is None:
            self._silent_from = self._position
        return self._fill(position, now_s)

    def _silence_over(self, position: int, now_s: float) -> list[Piece]:
        if self._silent_from is None:
            return []
        pieces = self._fill(position, now_s)
        pieces += self._gaps(self._silent_from, self._position - self._silent_from, "silent")
        self._silent_from = None
        return pieces

    def _lost(self, timestamp: int, now_s: float) -> list[Piece]:
        if self._anchor is None:
            self._anchor = self._position - timestamp
        missing = self._anchor + timestamp - self._position
        # A clock cannot outrun the wall: a larger jump is a new clock, not a loss.
        possible = (self.quiet_s(now_s) + self._silent_after_s) * self._rate_hz
        if JUMP_MS * self._rate_hz / 1000 < missing <= possible:
            return self._lost_samples(missing, now_s)
        self._anchor -= missing
        return []

    def _lost_samples(self, samples: int, now_s: float) -> list[Piece]:
        if not samples:
            return []
        start = self._position
        return self._fill(start + samples, now_s) + self._gaps(start, samples, "lost")

    def _fill(self, position: int, now_s: float) -> list[Piece]:
        samples = position - self._position
        if samples <= 0:
            return []
        self._position = position
        return [frame for leg in self._legs for frame in silent_frames(leg, samples, self._rate_hz, now_s)]

    def _gaps(self, start: int, samples: int, cause: GapCause) -> list[Piece]:
        return [gap_of(leg, start, samples, self._rate_hz, cause) for leg in self._legs]

    def _frame(self, leg: Speaker, pcm: Pcm, now_s: float) -> AudioFrame:
        return AudioFrame(speaker=leg, pcm=pcm, rate_hz=self._rate_hz, arrived_s=now_s)

    def _ms(self, samples: int) -> int:
        return samples * 1000 // self._rate_hz
