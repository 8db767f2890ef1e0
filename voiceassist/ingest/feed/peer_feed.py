"""A publisher: what one connection brings to a call. Its tracks, its rate, its silence, its doubts.

Audio of another rate than the call's, which is that of the publisher that opened it, is resampled here.
Never reads a clock and never decides how long a lost line is waited for: `lines.py` does.
Next: `feed.py` has the timelines and the queue; `call_socket.py` and `whip/sessions.py` hand it what their peers
say.
"""

from collections import deque
from typing import TYPE_CHECKING

from voiceassist.audio.audio_doubts import Doubt
from voiceassist.audio.identical import KNOWN_AFTER_S, IdenticalLegs
from voiceassist.errors import IngestError
from voiceassist.events import AudioDoubted, DoubtCode, EndReason, Speaker
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
from voiceassist.ingest.feed.audio_care import AudioCare
from voiceassist.ingest.feed.call_rate import CallRate
from voiceassist.ingest.feed.gathering import Gathering

if TYPE_CHECKING:
    from voiceassist.ingest.feed.feed import Feed


class PeerFeed:
    """One connection's part of a call."""

    def __init__(self, feed: "Feed", tracks: Tracks, now_s: float, *, who: str, rate_hz: int) -> None:
        self.feed = feed
        self.tracks = tracks
        self.who = who  # its credentials
        self.is_displaced = False  # by a newer connection with the same credentials
        self._joined_s = self._heard_s = self._asked_s = now_s
        self._heard: set[Legs] = set()  # tracks with audio so far
        self._rate_hz = rate_hz
        self._call_rate = CallRate(tracks, rate_hz, feed.rate_hz)
        self.gathering = Gathering(self._missing)  # of messages that may wait for the next
        self._doubts = {track: IdenticalLegs(feed.rate_hz) for track in tracks if len(track) > 1}  # until told
        self._care = AudioCare(rate_hz, feed.limits.rate_window_s, feed.judge)
        self._warnings: deque[Warned] = deque()  # one is told with each piece of audio
        self._is_paused = self._has_ended = self._waits_for_room = False
        self._is_told_quiet = False  # it has sent nothing for so long that it will be ended soon

    @property
    def has_begun(self) -> bool:
        """Whether it has sent audio."""
        return bool(self._heard)

    @property
    def is_over(self) -> bool:
        """Whether nothing more of it is wanted."""
        return self._has_ended or self.feed.is_over or not self.feed.carries(self)

    @property
    def may_be_late(self) -> bool:
        """Whether what does not come may still come: not in a pause."""
        return not self._is_paused

    def unheard_s(self, now_s: float) -> float:
        """For how long nothing has come from it, on purpose or not."""
        return 0.0 if self._waits_for_room else now_s - self._heard_s

    @property
    def is_full(self) -> bool:
        """Whether the call takes no more for now."""
        return self.feed.is_full

    async def room(self) -> None:
        """Waits until the call takes more. Meanwhile nobody reads what the peer sends."""
        self._waits_for_room = True
        try:
            await self.feed.room()
        finally:
            self._waits_for_room = False

    def quiet_s(self, now_s: float) -> float:
        """For how long it has sent nothing, unless it said that it pauses."""
        return 0.0 if self._is_paused else now_s - self._asked_s

    def take(self, event: PeerEvent, now_s: float) -> Warned | None:
        """What the peer said; gives what it should be told. Raises IngestError."""
        return None if self.is_over else self._take(event, now_s)

    def _take(self, event: PeerEvent, now_s: float) -> Warned | None:
        match event:
            case Audio():
                return self._audio(event, now_s) if len(event.channels[0]) else None
            case Gap():
                self._lose(event, now_s)
            case Identified():
                self.feed.identify(event)
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

    def leave(self, reason: EndReason, now_s: float) -> None:
        """The connection is gone, or done."""
        self.feed.leave(self, reason, now_s)

    def tick(self, now_s: float) -> Warned | None:
        """Time passes without audio; gives what the peer should be told.

        Raises IngestError when it has sent nothing for too long.
        """
        self.feed.tick(now_s)
        limits, quiet_s = self.feed.limits, self.quiet_s(now_s)
        limit_s = limits.idle_after_s if self.has_begun else limits.audio_within_s
        if quiet_s >= limit_s:
            raise IngestError("idle", f"no audio for {limit_s:g} s: this connection is over")
        left_s = limit_s - quiet_s
        if self._is_told_quiet or not self.has_begun or left_s > limits.idle_told_s:
            return None
        self._is_told_quiet = True
        self.feed.tell((leg for track in self.tracks for leg in track), "quiet", left_s)
        return Warned(
            code="idle_soon",
            message=f"no audio for {quiet_s:.0f} s: unless some comes, this connection is over in {left_s:.0f} s",
        )

    def listens_again(self, now_s: float) -> None:
        """Time went by because we did not listen."""
        self._heard_s = self._asked_s = now_s
        self.feed.skip(now_s)

    def _hold(self, now_s: float, *, is_paused: bool) -> None:
        """A hold begins or is over; every leg with audio so far is told so."""
        self._is_paused, self._asked_s = is_paused, now_s
        legs = [leg for track in self.tracks if track in self._heard for leg in track]
        for leg in legs:
            timeline = self.feed.timeline(leg, now_s)
            self.feed.add(timeline.hold() if is_paused else timeline.go_on(now_s))
        self.feed.tell(legs, "held" if is_paused else "back")

    def _end(self, ended: Ended, now_s: float) -> None:
        self._has_ended = True
        for legs in self._heard:
            if rest := self._call_rate.rest(legs):
                self._add(Audio(legs=legs, channels=rest), now_s)
        self.leave(ended.reason, now_s)

    def _lose(self, gap: Gap, now_s: float) -> None:
        if gap.legs in self._heard:  # before its first audio the call, or this track of it, has not begun
            for leg in gap.legs:
                self.feed.add(self.feed.timeline(leg, now_s).lose(gap.duration_ms, now_s))

    def _missing(self, legs: Legs) -> int:
        """How many samples complete the step that a track is in; none where its first audio is awaited."""
        if legs not in self._heard or any(map(self.feed.is_lost, legs)):
            return 0
        return min(map(self.feed.missing, legs)) * self._rate_hz // self.feed.rate_hz

    def _audio(self, said: Audio, now_s: float) -> Warned | None:
        self._join(said.legs, max(self._joined_s, now_s - len(said.channels[0]) / self._rate_hz))
        audio = self._call_rate.audio(said)
        for doubt in self._care.hear(said, now_s):
            self._doubt(doubt)
        self._add(audio, now_s)
        self._heard_s = self._asked_s = now_s
        return self._compare(audio) or (self._warnings.popleft() if self._warnings else None)

    def _add(self, audio: Audio, now_s: float) -> None:
        for leg, pcm in zip(audio.legs, audio.channels, strict=True):
            if len(pcm):
                timeline = self.feed.timeline(leg, now_s)
                self.feed.add(timeline.audio([pcm], now_s, audio.timestamp, is_made_up=audio.is_made_up))

    def _join(self, legs: Legs, began_s: float) -> None:
        """The first audio of a track, or the first after its line was lost."""
        if legs in self._heard and not any(map(self.feed.is_lost, legs)):
            self._end_quiet()
            return
        self._heard.add(legs)
        self._call_rate.begin(legs)
        for leg in legs:
            self.feed.add(self.feed.timeline(leg, began_s).join(began_s))
        self.feed.hear(self, legs)

    def _end_quiet(self) -> None:
        if self._is_told_quiet:
            self._is_told_quiet = False
            self.feed.tell((leg for track in self.tracks for leg in track), "back")

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
