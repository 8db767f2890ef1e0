"""One call's audio on its way from its publishers to its session: the `Source` of every protocol.

A feed has a timeline for every leg, so legs of several publishers (`peer_feed.py`) stay on one clock; a leg that
nobody publishes is silent. The clock starts with the first audio, and so does the call. All legs end in one queue,
the only one between the peers and the recognizer. A leg whose line broke off is waited for (`lines.py`); the call
ends when no leg has a publisher or is waited for.
Never reads a clock and never waits for a reader: whoever can slow its peer down waits for `room`.
Next: `live/session.py` reads it; `joins.py` opens it; `call_socket.py` and `whip/sessions.py` feed it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from math import inf

from voiceassist.events import EndReason, LineChanged, LineState, Speaker
from voiceassist.ingest.dialect import Identified, Legs, Pressed, Started, Tracks
from voiceassist.ingest.feed.audio_care import Judge, judge_at_once
from voiceassist.ingest.feed.audio_queue import AudioQueue, QueueBounds
from voiceassist.ingest.feed.coalescer import STEP_MS, Coalescer
from voiceassist.ingest.feed.gaps import Piece
from voiceassist.ingest.feed.lines import Lines
from voiceassist.ingest.feed.peer_feed import PeerFeed
from voiceassist.ingest.feed.timeline import Timeline
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.source import CallInfo

KeyTaker = Callable[[CallInfo, str], None]  # told of every key that the agent presses; never blocks
IdentityTaker = Callable[[CallInfo, Identified], None]  # told of who speaks, once the call has begun; never blocks


class Feed:
    """A `Source` that publishers feed."""

    def __init__(
        self,
        started: Started,
        info: CallInfo,
        limits: PeerLimits,
        *,
        waits: bool,
        who: str = "",
        take_key: KeyTaker = lambda _info, _key: None,
        tell_identity: IdentityTaker = lambda _info, _said: None,
        judge: Judge = judge_at_once,
    ) -> None:
        """`started` is said by the publisher that opens the call, who `waits` for `room` or cannot.

        `who`: its credentials (`admission.py`).
        """
        self.info = info
        self.who = who
        self.limits = limits
        self.rate_hz = started.rate_hz
        self.judge = judge
        self._waits = waits
        self._timelines: dict[Speaker, Timeline] = {}  # from the first audio on
        self._lines: Lines[PeerFeed] = Lines(call_id=info.call_id, legs=info.legs, grace_s=limits.line_grace_s)
        self._needs_time = asyncio.Event()  # a leg has no publisher who looks at the time; also set by the end
        self._take_key, self._tell_identity = take_key, tell_identity
        self._coalescer = Coalescer()
        self._queue = AudioQueue(len(info.legs), _bounds(limits, waits=waits))
        self._begun = asyncio.Event()  # also set by an end without audio
        self._session_over, self._is_whole = asyncio.Event(), False
        self._end_reason: EndReason | None = None

    @property
    def is_over(self) -> bool:
        """Whether publishers may stop."""
        return self._end_reason is not None

    @property
    def has_begun(self) -> bool:
        """Whether there was audio: a call without any is none."""
        return bool(self._timelines)

    @property
    def waiting(self) -> int:
        """Publishers without audio."""
        return sum(not publisher.has_begun for publisher in self._lines.carriers)

    @property
    def end_reason(self) -> EndReason:
        """Why the frames ended; known after the last."""
        assert self._end_reason is not None, "the call has not ended yet"
        return self._end_reason

    @property
    def duration_ms(self) -> int:
        """How much audio and silence has come."""
        return max((timeline.position_ms for timeline in self._timelines.values()), default=0)

    async def begins(self) -> bool:
        """Waits for the first audio; False when the call ended without any."""
        await self._begun.wait()
        return self.has_begun

    async def stored_whole(self) -> bool:
        """Waits until the session is over; whether all of the call was recognised and stored."""
        await self._session_over.wait()
        return self._is_whole

    def has_ended(self, *, whole: bool) -> None:
        """The session is over."""
        self._is_whole = whole
        self._session_over.set()

    @property
    def is_full(self) -> bool:
        """Whether the queue has no room."""
        return self._queue.is_full

    async def room(self) -> None:
        """Waits until the queue has room."""
        await self._queue.room()

    def frames(self) -> AsyncIterator[Piece]:
        """Audio and gaps until the end."""
        return self._queue.pieces()

    def publish(
        self, tracks: Tracks, now_s: float, *, waits: bool, who: str = "", rate_hz: int | None = None
    ) -> PeerFeed:
        """A publisher takes its tracks. Raises IngestError.

        Its audio comes at its own rate; None: the call's.

        One that cannot wait makes room for all: the oldest audio is dropped, whoever sent it.
        """
        publisher = PeerFeed(self, tracks, now_s, who=who, rate_hz=rate_hz or self.rate_hz)
        displaced = self._lines.take([leg for track in tracks for leg in track], publisher, now_s)
        for other in displaced:
            other.is_displaced = True
            self._lose(other, now_s)
        self._waits = self._waits and waits
        self._look()
        return publisher

    def timeline(self, leg: Speaker, began_s: float) -> Timeline:
        """The timeline of a leg; the call's clock starts with the first audio of any."""
        if not self._timelines:
            self._timelines = {leg: self._new_timeline(leg, began_s) for leg in self.info.legs}
            self._begun.set()
        return self._timelines[leg]

    def missing(self, leg: Speaker) -> int:
        """How many samples of a leg complete the step that it is in."""
        return self._timelines[leg].missing(STEP_MS)

    def carries(self, publisher: PeerFeed) -> bool:
        """Whether any leg is that publisher's."""
        return publisher in self._lines.carriers

    def is_lost(self, leg: Speaker) -> bool:
        """Whether the line of a leg broke off, and is waited for."""
        return self._lines.is_lost(leg)

    def hear(self, publisher: PeerFeed, legs: Legs) -> None:
        """Audio has come: whose line was lost or gone is told to be back."""
        self.tell(self._lines.hear(publisher, legs), "back")
        self._look()

    def _new_timeline(self, leg: Speaker, began_s: float) -> Timeline:
        return Timeline(
            (leg,),
            self.rate_hz,
            started_s=began_s,
            silent_after_s=self.limits.silent_after_s,
            late_within_s=self.limits.late_within_s,
        )

    def add(self, pieces: Iterable[Piece]) -> None:
        """Pieces of a timeline, into the queue."""
        for piece in pieces:
            self._enqueue(self._coalescer.add(piece))

    def skip(self, now_s: float) -> None:
        """Time went by because we did not listen: not the peers' silence."""
        for timeline in self._timelines.values():
            self.add(timeline.skip(now_s))

    def tick(self, now_s: float) -> None:
        """Time passes for legs from which nothing has come for a while."""
        for leg, timeline in self._timelines.items():
            carrier = self._lines.carrier_of(leg)
            self.add(timeline.tick(now_s, may_come=carrier is not None and carrier.may_be_late))
        self._enqueue(self._coalescer.flush())

    def identify(self, said: Identified) -> None:
        """Who speaks is known better than at the start."""
        if self.has_begun:  # the session has told everybody: it has to tell them again
            self._tell_identity(self.info, said)
        else:
            self.info = replace(
                self.info, agent=said.agent or self.info.agent, customer=said.customer or self.info.customer
            )

    def press(self, pressed: Pressed) -> None:
        """Somebody pressed a key; the customer's may be a card number, and are forgotten."""
        if pressed.speaker == "agent":
            self._take_key(self.info, pressed.key)

    def lose(self, publisher: PeerFeed, now_s: float) -> None:
        """Nothing comes from a publisher who should send all the time: its line is lost until something does."""
        self._lose(publisher, now_s, stays=True)

    def leave(self, publisher: PeerFeed, reason: EndReason, now_s: float) -> None:
        """A publisher is gone. A line that broke off is waited for; without any other the call ends."""
        if self.is_over:
            return
        if reason == "vanished":
            self._lose(publisher, now_s)
        else:
            self._gone(self._lines.drop(publisher), now_s)
        self._end_if_empty(reason)

    def pass_time(self, now_s: float) -> None:
        """Silence for legs that nobody publishes; those that were waited for long enough are gone."""
        self.tick(now_s)
        self._gone(self._lines.pass_time(now_s), now_s)
        self._end_if_empty("vanished")

    def wait_no_more(self, now_s: float) -> None:
        """Lines that broke off are not waited for any more, nor those that will: the server stops."""
        self._lines.grace_s = 0
        self._gone(self._lines.pass_time(inf), now_s)
        self._end_if_empty("shutdown")

    async def needs_time(self) -> None:
        """Waits until somebody must call `pass_time` regularly, or the call is over."""
        await self._needs_time.wait()

    def tell(self, legs: Iterable[Speaker], state: LineState, after_s: float | None = None) -> None:
        """Tells the call of its lines; `after_s`: how long these are waited for."""
        if not self._timelines:
            return
        for leg in legs:
            at_ms = self._timelines[leg].clock_ms
            until_ms = None if after_s is None else at_ms + round(after_s * 1000)
            self.add([LineChanged(at_ms=at_ms, speaker=leg, state=state, until_ms=until_ms)])

    def end(self, reason: EndReason) -> None:
        """Ends the call: frames end after those that wait already."""
        if self.is_over:
            return
        for timeline in self._timelines.values():
            self.add(timeline.end())
        self._enqueue(self._coalescer.flush())
        self._end_reason = reason
        self._queue.close()
        self._begun.set()
        self._needs_time.set()

    def _lose(self, publisher: PeerFeed, now_s: float, *, stays: bool = False) -> None:
        if not self._lines.grace_s:
            self._gone(self._lines.drop(publisher), now_s)
            self._end_if_empty("vanished")
            return
        lost = self._lines.lose(publisher, now_s, stays=stays)
        for leg in lost if self.has_begun else ():
            self.add(self._timelines[leg].cut(now_s))
        self.tell(lost, "lost", self._lines.grace_s)
        self._look()

    def _gone(self, legs: Iterable[Speaker], now_s: float) -> None:
        if self._lines.are_over:
            return  # the call does not go on without them
        for leg in legs if self.has_begun else ():
            self.add(self._timelines[leg].give_up(now_s))
        self.tell(legs, "gone")
        self._look()

    def _end_if_empty(self, reason: EndReason) -> None:
        if self._lines.are_over:
            self.end(reason)

    def _look(self) -> None:
        """Notes whether somebody must look at the time."""
        if self._lines.are_all_carried and not self.is_over:
            self._needs_time.clear()
        else:
            self._needs_time.set()

    def _enqueue(self, pieces: Iterable[Piece]) -> None:
        enqueue = self._queue.add if self._waits else self._queue.push
        for piece in pieces:
            enqueue(piece)


def _bounds(limits: PeerLimits, *, waits: bool) -> QueueBounds:
    return QueueBounds(
        seconds=limits.backlog_s if waits else limits.queue_s, bytes=limits.queue_bytes, pieces=limits.queue_pieces
    )
