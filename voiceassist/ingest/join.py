"""One call of one or two publishers: legs that arrive on connections of their own, kept on one clock.

The first publisher opens the call, another may join it with the other leg at any time. A leg that nobody
publishes is silent. The call ends when every publisher is gone. Never waits for a reader: UDP peers cannot be
slowed down, so the oldest audio gives way (see `audio_queue.py`).
Next: `session.py` reads it as a Source; `whip_peer.py` feeds it.
"""

from collections.abc import AsyncIterator, Iterable, Sequence

from voiceassist.audio.pcm import Pcm
from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, EndReason, Speaker
from voiceassist.ingest.audio_queue import AudioQueue
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.source import CallInfo
from voiceassist.ingest.timeline import Piece, Timeline

Legs = tuple[Speaker, ...]


class JoinedCall:
    """A `Source` that several publishers feed."""

    def __init__(self, info: CallInfo, first: Legs, rate_hz: int, limits: PeerLimits) -> None:
        """`first` are the legs of the publisher that opens the call: two legs of one peer share its clock."""
        self._info, self._rate_hz, self._limits = info, rate_hz, limits
        self._groups: tuple[Legs, ...] = (first,) if len(first) > 1 else tuple((leg,) for leg in SPEAKERS)
        self._timelines: dict[Legs, Timeline] = {}  # from the first audio on: that is when the call's clock starts
        self._publishers: dict[Legs, bool] = {}  # whether it has been heard yet
        self._queue = AudioQueue(len(info.legs), limits.queue_s)
        self._end_reason: EndReason | None = None

    @property
    def info(self) -> CallInfo:
        """Who is calling, as the first publisher said."""
        return self._info

    @property
    def is_over(self) -> bool:
        """Whether publishers may stop."""
        return self._end_reason is not None

    @property
    def end_reason(self) -> EndReason:
        """Why the frames ended; known after the last."""
        assert self._end_reason is not None, "the call has not ended yet"
        return self._end_reason

    def frames(self) -> AsyncIterator[Piece]:
        """Audio and gaps until the end."""
        return self._queue.pieces()

    def take(self, legs: Legs) -> None:
        """A publisher takes its legs. Raises IngestError when the call is over or another one has them."""
        call_id = self._info.call_id
        if self.is_over:
            raise IngestError("call_live", f"call {call_id!r} is just ending; use another `call_id`")
        taken = {leg for publisher in self._publishers for leg in publisher} & set(legs)
        if taken or legs not in self._groups:
            names = " and ".join(sorted(taken or set(legs)))
            raise IngestError("leg_taken", f"call {call_id!r} has a publisher for {names} already")
        self._publishers[legs] = False

    def audio(self, legs: Legs, channels: Sequence[Pcm], now_s: float, timestamp: int) -> None:
        """Audio of one publisher, a channel per leg; `timestamp` in samples on its own clock."""
        began_s = now_s - len(channels[0]) / self._rate_hz
        if not self._timelines:
            self._start_clock(began_s)
        timeline = self._timelines[legs]
        if not self._publishers[legs]:
            self._publishers[legs] = True
            self._push(timeline.join(began_s))
        self._push(timeline.audio(channels, now_s, timestamp))

    def tick(self, now_s: float) -> None:
        """Silence for legs from which nothing has come for a while."""
        for timeline in self._timelines.values():
            self._push(timeline.tick(now_s))

    def leave(self, legs: Legs, reason: EndReason) -> None:
        """A publisher is gone; with the last one the call ends."""
        del self._publishers[legs]
        if not self._publishers:
            self.end(reason)

    def end(self, reason: EndReason) -> None:
        """Ends the call: frames end after those that wait already."""
        if self.is_over:
            return
        for timeline in self._timelines.values():
            self._push(timeline.end())
        self._end_reason = reason
        self._queue.close()

    def _start_clock(self, started_s: float) -> None:
        self._timelines = {
            legs: Timeline(legs, self._rate_hz, started_s=started_s, silent_after_s=self._limits.silent_after_s)
            for legs in self._groups
        }

    def _push(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self._queue.push(piece)
