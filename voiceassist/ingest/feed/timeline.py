"""Keeps the legs of one peer on the call's clock: what is missing becomes silence and a gap (`gaps.py`).

Time arrives as an argument (monotonic seconds), so tests never wait. All legs of a timeline always have the
same length. A peer that falls silent may be stalled, and send later what was spoken meanwhile. So for some time no
silence takes the place of its audio: the call only learns that time has passed (`TimePassed`). What comes late is
put where it was spoken (`stall.py`), and silence stands for what does not come. The gap of a silence comes when it
is over. So the legs never run ahead of the wall by what was late.
Never drops audio: it moves the clock instead. Next: `feed.py` puts it into the call's queue.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voiceassist.audio.pcm import AudioFrame, Pcm, TimePassed
from voiceassist.events import GapCause, Speaker
from voiceassist.ingest.feed.gaps import Piece, gap_of, silent_frames
from voiceassist.ingest.feed.losses import Losses, LossyStretch
from voiceassist.ingest.feed.stall import Stall

JUMP_MS = 5  # a quarter of the shortest common packet: smaller steps are rounding
SLACK_S = 0.1  # what is missing after late audio, and less than that, is jitter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Arrived:
    channels: Sequence[Pcm]
    arrived_s: float
    timestamp: int | None
    is_made_up: bool

    def __len__(self) -> int:
        return len(self.channels[0])


class Timeline:
    """One peer's audio, without holes."""

    def __init__(
        self,
        legs: tuple[Speaker, ...],
        rate_hz: int,
        *,
        started_s: float,
        silent_after_s: float,
        late_within_s: float,
    ) -> None:
        """`late_within_s`: so late audio may come; what is older becomes silence."""
        self._legs = legs
        self._rate_hz = rate_hz
        self._started_s = started_s
        self._silent_after_s = silent_after_s
        self._late_within_s = late_within_s
        self._position = 0  # samples given so far
        self._heard_s = started_s  # when audio last arrived...
        self._heard_at = 0  # ...and the position after it
        self._stall: Stall | None = None  # from a silence on, until what was missing has come or is given up
        self._waiting: list[_Arrived] = []  # for the verdict on the stall
        self._told = 0  # the position up to which time was said to have passed
        self._silent_from: int | None = None  # position where the present silence began...
        self._silence: GapCause = "silent"  # ...and what its gap will say
        self._anchor: int | None = None  # position of timestamp 0 of the peer's own clock
        self._losses = Losses(rate_hz)

    @property
    def position_ms(self) -> int:
        """How much audio has been given."""
        return self._ms(self._position)

    def missing(self, step_ms: int) -> int:
        """Samples, until a step of so long is whole."""
        step = self._rate_hz * step_ms // 1000
        return step - self._position % step

    @property
    def clock_ms(self) -> int:
        """The same, with the time that has passed since and may bring late audio."""
        return self._ms(max(self._position, self._told))

    def audio(
        self, channels: Sequence[Pcm], now_s: float, timestamp: int | None = None, *, is_made_up: bool = False
    ) -> list[Piece]:
        """Audio that arrived; `timestamp` (in samples, the peer's clock) shows what was lost before it.

        Of audio that `is_made_up`, all was lost.
        """
        self._notice_stall(now_s, len(channels[0]))
        if self._stall is None:
            return self._append(channels, now_s, timestamp, is_made_up=is_made_up)
        message = _Arrived(channels=channels, arrived_s=now_s, timestamp=timestamp, is_made_up=is_made_up)
        self._waiting.append(message)
        self._stall.hear(len(message), now_s)
        self._heard_s = now_s
        return self._judged(self._stall, now_s)

    def tick(self, now_s: float, *, may_come: bool = True) -> list[Piece]:
        """What follows from nothing having come; `may_come`: whether it may still come late."""
        if self._silence == "line_lost":
            return self._silent_until(self._due(now_s), now_s)
        self._notice_stall(now_s)
        if self._stall is None:
            return self._scattered(self._losses.over(self._position))
        if self._waiting:
            return self._judged(self._stall, now_s)
        if now_s - self._heard_s < self._silent_after_s:
            return []
        self._stall.pause()
        due, late = self._due(now_s), round(self._late_within_s * self._rate_hz) if may_come else 0
        return self._silent_until(due - late, now_s) + self._time_passed(due, now_s)

    def cut(self, now_s: float) -> list[Piece]:
        """The line is lost: silence takes its place at once, and its gap will say so."""
        pieces = self._let_in()
        self._stall = None
        pieces += self._silent_until(self._due(now_s), now_s)
        if self._silent_from is None:
            self._silent_from = self._position
        self._silence = "line_lost"
        return pieces

    def give_up(self, now_s: float) -> list[Piece]:
        """A lost line is not waited for any more: what follows is ordinary silence."""
        return self._silence_over(self._due(now_s), now_s) if self._silence == "line_lost" else []

    def join(self, now_s: float) -> list[Piece]:
        """The peer comes (back) to a call that runs already: silence up to now, and a new peer's clock."""
        pieces = self._let_in()
        due = (
            self._due(now_s) if self._silence == "line_lost" else round((now_s - self._started_s) * self._rate_hz)
        )
        pieces += self._silent_until(due, now_s) + self._silence_over(due, now_s)
        self._anchor = self._stall = None
        self._heard_s, self._heard_at = now_s, self._position
        return pieces

    def hold(self) -> list[Piece]:
        """The peer says that it sends nothing from now on: the silence that follows is a hold."""
        pieces = self._let_in() + self._silence_over(self._position, self._heard_s)
        self._stall, self._silent_from, self._silence = None, self._position, "held"
        return pieces

    def go_on(self, now_s: float) -> list[Piece]:
        """The peer sends again: the hold is as long as the time that passed."""
        self._stall, self._anchor = None, None
        due = self._due(now_s)
        pieces = self._silent_until(due, now_s) + self._silence_over(due, now_s)
        self._heard_s, self._heard_at = now_s, self._position
        return pieces

    def lose(self, duration_ms: int, now_s: float) -> list[Piece]:
        """The peer says that it lost this much; believed as far as time has passed."""
        pieces = self._let_in()
        told = duration_ms * self._rate_hz // 1000
        missing = max(0, min(told, self._due(now_s) - self._position))
        self._anchor = None  # its own clock may count the loss, too
        return pieces + self._silence_over(self._position, now_s) + self._lost_samples(missing, now_s)

    def skip(self, now_s: float) -> list[Piece]:
        """Time went by because we did not listen: not the peer's silence."""
        pieces = self._let_in()
        self._stall = None
        self._heard_s, self._heard_at = now_s, self._position
        return pieces

    def end(self) -> list[Piece]:
        """What is left: audio that waits, silence up to the time that was told, and gaps that nothing ended."""
        pieces = self._let_in()
        if self._told > self._position:
            pieces += self._silent_until(self._told, self._heard_s)
        return pieces + self._silence_over(self._position, self._heard_s) + self._scattered(self._losses.end())

    def _notice_stall(self, now_s: float, came: int = 0) -> None:
        """Unless the peer is ahead of the clock: a recording may be sent faster than it plays."""
        is_quiet = now_s - self._heard_s >= self._silent_after_s
        if self._stall is None and is_quiet and self._due(now_s) - came > self._position:
            self._stall = Stall(self._rate_hz, since_s=self._heard_s, since=self._heard_at)

    def _judged(self, stall: Stall, now_s: float) -> list[Piece]:
        """What has come since the silence, once it is known whether it is late."""
        due = self._due_before_waiting(now_s)
        if due - self._position <= SLACK_S * self._rate_hz:
            self._stall = None  # nothing is missing, or not any more
        elif (verdict := stall.verdict(now_s)) is None:
            return []
        elif verdict == "live":
            return self._live(due, now_s)
        return self._silence_over(self._position, now_s) + self._flushed()

    def _live(self, due: int, now_s: float) -> list[Piece]:
        """Silence for what has not come by now, then what is spoken now."""
        if due > self._position:
            self._anchor = None  # the silence stands for whatever was lost meanwhile
        self._stall = None
        return self._silent_until(due, now_s) + self._silence_over(due, now_s) + self._flushed()

    def _let_in(self) -> list[Piece]:
        """What waits, whether it is late or not, after silence as if it were not."""
        if not self._waiting:
            return []
        now_s = self._waiting[-1].arrived_s
        return self._live(self._due_before_waiting(now_s), now_s)

    def _flushed(self) -> list[Piece]:
        waiting, self._waiting = self._waiting, []
        return [
            piece
            for one in waiting
            for piece in self._append(one.channels, one.arrived_s, one.timestamp, is_made_up=one.is_made_up)
        ]

    def _append(
        self, channels: Sequence[Pcm], arrived_s: float, timestamp: int | None, *, is_made_up: bool
    ) -> list[Piece]:
        pieces = self._scattered(self._losses.over(self._position)) if self._losses.are_open else []
        if timestamp is not None:
            pieces += self._lost(timestamp, arrived_s)
        samples = len(channels[0])
        lost = self._losses.add(self._position, samples) if is_made_up else None
        self._position += samples
        self._heard_s, self._heard_at = max(self._heard_s, arrived_s), self._position
        frames = [self._frame(leg, pcm, arrived_s) for leg, pcm in zip(self._legs, channels, strict=True)]
        return [*pieces, *frames, *(self._scattered(lost) if lost else ())]

    def _due(self, now_s: float) -> int:
        """Where the audio would be had it gone on; never ahead of the call's clock."""
        went_on = self._heard_at + round((now_s - self._heard_s) * self._rate_hz)
        due = self._stall.due(now_s) if self._stall else went_on
        return min(due, round((now_s - self._started_s) * self._rate_hz))

    def _due_before_waiting(self, now_s: float) -> int:
        """Where the audio that waits begins, if it is not late: its peer was live when the first of it came."""
        first = self._waiting[0]
        return min(self._due(first.arrived_s) - len(first), self._due(now_s) - sum(map(len, self._waiting)))

    def _time_passed(self, due: int, now_s: float) -> list[Piece]:
        if due <= max(self._position, self._told):
            return []
        self._told = due
        return [TimePassed(speaker=leg, until=due, rate_hz=self._rate_hz, arrived_s=now_s) for leg in self._legs]

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
        # None where the line of a recording that is sent faster than it plays broke off ahead of the clock.
        if silent := self._position - self._silent_from:
            pieces += self._gaps(self._silent_from, silent, self._silence)
        self._silent_from, self._silence = None, "silent"
        return pieces

    def _lost(self, timestamp: int, now_s: float) -> list[Piece]:
        if self._anchor is None:
            self._anchor = self._position - timestamp
        missing = self._anchor + timestamp - self._position
        # A clock cannot outrun the wall: a larger jump is a new clock, not a loss.
        possible = max(0, self._due(now_s) - self._heard_at) + self._silent_after_s * self._rate_hz
        if JUMP_MS * self._rate_hz / 1000 < missing <= possible:
            return self._lost_samples(missing, now_s)
        self._anchor -= missing
        return []

    def _lost_samples(self, samples: int, now_s: float) -> list[Piece]:
        if not samples:
            return []
        start = self._position
        return self._fill(start + samples, now_s) + self._scattered(self._losses.add(start, samples))

    def _scattered(self, stretches: Iterable[LossyStretch]) -> list[Piece]:
        return [piece for one in stretches for piece in self._gaps(one.start, one.lost, "lost", end=one.end)]

    def _fill(self, position: int, now_s: float) -> list[Piece]:
        samples = position - self._position
        if samples <= 0:
            return []
        self._position = position
        return [frame for leg in self._legs for frame in silent_frames(leg, samples, self._rate_hz, now_s)]

    def _gaps(self, start: int, samples: int, cause: GapCause, *, end: int = 0) -> list[Piece]:
        return [gap_of(leg, start, samples, self._rate_hz, cause, end=end) for leg in self._legs]

    def _frame(self, leg: Speaker, pcm: Pcm, now_s: float) -> AudioFrame:
        return AudioFrame(speaker=leg, pcm=pcm, rate_hz=self._rate_hz, arrived_s=now_s)

    def _ms(self, samples: int) -> int:
        return samples * 1000 // self._rate_hz
