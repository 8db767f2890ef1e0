"""One call's audio on its way from its publishers to its session: the `Source` of every protocol.

A feed has a timeline for every track, so legs of several publishers stay on one clock; a leg that nobody
publishes is silent. The clock starts with the first audio, and so does the call. All tracks end in one queue, the
only one between the peers and the recognizer. The call ends when its last publisher is gone.
A publisher is one connection's part of it: its tracks, its rate, its silence.
Never reads a clock and never waits for a reader: whoever can slow its peer down waits for `room`.
Next: `live/session.py` reads it; `joins.py` opens it; `call_socket.py` and `whip.py` feed it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace

from voiceassist.audio.audio_doubts import Doubt
from voiceassist.audio.identical import KNOWN_AFTER_S, IdenticalLegs
from voiceassist.errors import IngestError
from voiceassist.events import AudioDoubted, DoubtCode, EndReason, LineChanged, LineState, Speaker
from voiceassist.ingest.audio_care import AudioCare
from voiceassist.ingest.audio_queue import AudioQueue, QueueBounds
from voiceassist.ingest.call_rate import CallRate
from voiceassist.ingest.coalescer import Coalescer
from voiceassist.ingest.dialect import (
    Audio,
    Doubted,
    Ended,
    Gap,
    Identified,
    Legs,
    Paused,
    PeerEvent,
    Pressed,
    Resumed,
    Started,
    Tracks,
    Warned,
)
from voiceassist.ingest.gaps import Piece
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.source import CallInfo
from voiceassist.ingest.timeline import Timeline

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
    ) -> None:
        """`started` is said by the publisher that opens the call, who `waits` for `room` or cannot.

        `who`: its credentials (`admission.py`).
        """
        self.info = info
        self.who = who
        self.limits = limits
        self.rate_hz = started.rate_hz
        self.tracks = _all_tracks(info, started.tracks)
        self._waits = waits
        self._timelines: dict[Legs, Timeline] = {}  # from the first audio on
        self._publishers: dict[Tracks, PeerFeed] = {}
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
        return sum(not publisher.has_begun for publisher in self._publishers.values())

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

    async def room(self) -> bool:
        """Waits until the queue has room; whether it had to wait."""
        return await self._queue.room()

    def frames(self) -> AsyncIterator[Piece]:
        """Audio and gaps until the end."""
        return self._queue.pieces()

    def publish(self, tracks: Tracks, now_s: float, *, waits: bool, rate_hz: int | None = None) -> "PeerFeed":
        """A publisher takes its tracks. Raises IngestError when another one has them.

        Its audio comes at its own rate; None: the call's.

        One that cannot wait makes room for all: the oldest audio is dropped, whoever sent it.
        """
        call_id = self.info.call_id
        taken = {leg for publisher in self._publishers for track in publisher for leg in track}
        wanted = {leg for track in tracks for leg in track}
        if taken & wanted or not set(tracks) <= set(self.tracks):
            names = " and ".join(sorted(taken & wanted or wanted))
            raise IngestError("leg_taken", f"call {call_id!r} has a publisher for {names} already")
        self._publishers[tracks] = PeerFeed(self, tracks, now_s, rate_hz or self.rate_hz)
        self._waits = self._waits and waits
        return self._publishers[tracks]

    def timeline(self, legs: Legs, began_s: float) -> Timeline:
        """The timeline of a track; the call's clock starts with the first audio of any."""
        if not self._timelines:
            self._timelines = {track: self._new_timeline(track, began_s) for track in self.tracks}
            self._begun.set()
        return self._timelines[legs]

    def _new_timeline(self, track: Legs, began_s: float) -> Timeline:
        return Timeline(
            track,
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
        """Time passes for tracks from which nothing has come for a while."""
        expected = {track for publisher in self._publishers.values() for track in publisher.expected}
        for track, timeline in self._timelines.items():
            self.add(timeline.tick(now_s, may_come=track in expected))
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

    def leave(self, tracks: Tracks, reason: EndReason) -> None:
        """A publisher is gone; with the last one the call ends."""
        self._publishers.pop(tracks, None)
        if not self._publishers:
            self.end(reason)

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

    def _enqueue(self, pieces: Iterable[Piece]) -> None:
        enqueue = self._queue.add if self._waits else self._queue.push
        for piece in pieces:
            enqueue(piece)


class PeerFeed:
    """One connection's part of a call."""

    def __init__(self, feed: Feed, tracks: Tracks, now_s: float, rate_hz: int) -> None:
        self.feed = feed
        self._rate_hz, self._call_rate = rate_hz, CallRate(tracks, rate_hz, feed.rate_hz)
        self.tracks = tracks
        self._joined_s = self._heard_s = now_s
        self._heard: set[Legs] = set()  # tracks with audio so far
        self._doubts = {track: IdenticalLegs(feed.rate_hz) for track in tracks if len(track) > 1}  # until told
        self._care = AudioCare(rate_hz, feed.limits.rate_window_s)
        self._warnings: deque[Warned] = deque()  # one is told with each piece of audio
        self._is_paused = self._has_ended = False

    @property
    def has_begun(self) -> bool:
        """Whether it has sent audio."""
        return bool(self._heard)

    @property
    def is_over(self) -> bool:
        """Whether nothing more of it is wanted."""
        return self._has_ended or self.feed.is_over

    @property
    def expected(self) -> Tracks:
        """The tracks whose audio may come late: none in a pause."""
        return () if self._is_paused else self.tracks

    def quiet_s(self, now_s: float) -> float:
        """For how long it has sent nothing, unless it said that it pauses."""
        return 0.0 if self._is_paused else now_s - self._heard_s

    def take(self, event: PeerEvent, now_s: float) -> Warned | None:
        """What the peer said; gives what it should be told. Raises IngestError."""
        match event:
            case Audio():
                return self._audio(event, now_s) if len(event.channels[0]) else None
            case Gap():
                self._lose(event, now_s)
            case Identified():
                self._identify(event)
            case Paused() | Resumed():
                self._hold(now_s, is_paused=isinstance(event, Paused))
            case Pressed():
                self.feed.press(event)
            case Doubted(code=code, message=message):
                self.feed.add([self._doubted("channels", message)])
                return Warned(code=code, message=message)
            case Ended():
                self._end(event, now_s)
            case Started():
                raise IngestError("already_started", "this connection carries a call already; open another one")
        return None

    def listens_again(self, now_s: float) -> None:
        """Time went by because we did not listen."""
        self._heard_s = now_s
        self.feed.skip(now_s)

    def _end(self, ended: Ended, now_s: float) -> None:
        self._has_ended = True
        for legs in self._heard:
            if rest := self._call_rate.rest(legs):
                self.feed.add(self._timeline(legs, now_s).audio(rest, now_s))
        self.feed.leave(self.tracks, ended.reason)

    def _hold(self, now_s: float, *, is_paused: bool) -> None:
        """A hold begins or is over; every leg with audio so far is told so."""
        self._is_paused, self._heard_s = is_paused, now_s
        state: LineState = "held" if is_paused else "back"
        for track in self.tracks:
            if track not in self._heard:
                continue
            timeline = self._timeline(track, now_s)
            self.feed.add(timeline.hold() if is_paused else timeline.go_on(now_s))
            at_ms = timeline.position_ms
            self.feed.add(LineChanged(at_ms=at_ms, speaker=leg, state=state) for leg in track)

    def _lose(self, gap: Gap, now_s: float) -> None:
        if gap.legs in self._heard:  # before its first audio the call, or this track of it, has not begun
            self.feed.add(self._timeline(gap.legs, now_s).lose(gap.duration_ms, now_s))

    def _audio(self, said: Audio, now_s: float) -> Warned | None:
        self._heard_s = now_s
        audio = self._call_rate.audio(said)
        began_s = max(self._joined_s, now_s - len(said.channels[0]) / self._rate_hz)
        timeline = self._timeline(audio.legs, began_s)
        for doubt in self._care.hear(said, now_s):
            self._doubt(doubt)
        if len(audio.channels[0]):
            self.feed.add(timeline.audio(audio.channels, now_s, audio.timestamp, is_made_up=audio.is_made_up))
        return self._compare(audio) or (self._warnings.popleft() if self._warnings else None)

    def _timeline(self, legs: Legs, began_s: float) -> Timeline:
        timeline = self.feed.timeline(legs, began_s)
        if legs not in self._heard:
            self._heard.add(legs)
            self.feed.add(timeline.join(began_s))
        return timeline

    def _identify(self, said: Identified) -> None:
        self.feed.identify(said)

    def _doubted(self, code: DoubtCode, message: str, speaker: Speaker | None = None) -> AudioDoubted:
        return AudioDoubted(at_ms=self.feed.duration_ms, speaker=speaker, code=code, message=message)

    def _doubt(self, doubt: Doubt) -> None:
        self.feed.add([self._doubted(doubt.code, doubt.message, doubt.speaker)])
        self._warnings.append(Warned(code=doubt.code, message=doubt.message))

    def _compare(self, audio: Audio) -> Warned | None:
        """Doubts once that both legs are of their own; the call hears them as one (`audio/hearing_edge.py`)."""
        legs = self._doubts.get(audio.legs)
        if legs is None:
            return None
        legs.hear(*audio.channels)
        if not legs.are_identical:
            return None
        del self._doubts[audio.legs]
        return Warned(
            code="legs_identical",
            message=f"both legs have carried the same audio for {KNOWN_AFTER_S} s of sound: unless that was music"
            " or an announcement, send each side on its own channel, or one leg only. Talk that is the same on"
            " both is heard as the agent's",
        )


def _all_tracks(info: CallInfo, opened: Tracks) -> Tracks:
    """The tracks of the publisher that opens the call, and every other leg alone."""
    theirs = {leg for track in opened for leg in track}
    return (*opened, *((leg,) for leg in info.legs if leg not in theirs))


def _bounds(limits: PeerLimits, *, waits: bool) -> QueueBounds:
    return QueueBounds(
        seconds=limits.backlog_s if waits else limits.queue_s, bytes=limits.queue_bytes, pieces=limits.queue_pieces
    )
