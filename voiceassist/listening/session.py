"""One listener: a WebRTC peer that gets a live call's audio, until one side has had enough.

Never encodes anything and never counts anybody. Next: `sessions.py` has all of them.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

import structlog
from aiortc import RTCPeerConnection

from voiceassist.events import HeardLegs
from voiceassist.listening.track import PacketTrack
from voiceassist.live.live_call import LiveCall
from voiceassist.webrtc.dtls import watch_handshake

log = structlog.get_logger(__name__)

ListeningEnd = Literal["left", "vanished", "never_connected", "call_over", "rights", "shutdown", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearer:
    """Who wants to listen in."""

    who: str  # the same for the same credentials, and for no others
    name: str  # as the agent and the history see it
    signed: str  # as the audit names them
    may_go_on: Callable[[], bool]  # whether they still may; asked again and again


@dataclass(slots=True, kw_only=True, eq=False)
class ListenSession:
    """One listener's session."""

    session_id: str
    etag: str  # of the ICE session: a PATCH names it
    ufrag: str  # of the peer's ICE: another one in a PATCH asks for an ICE restart
    answer: str  # SDP
    peer: RTCPeerConnection
    track: PacketTrack
    live: LiveCall
    legs: HeardLegs
    hearer: Hearer
    is_connected: bool = False
    began_s: float | None = None  # monotonic, since when the call is heard; None: not yet
    end_reason: ListeningEnd | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # its place is free again
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def call_id(self) -> str:
        """Of the call that is heard."""
        return self.live.info.call_id

    @property
    def lasted_s(self) -> float:
        """For how long it has been heard."""
        return 0.0 if self.began_s is None else monotonic() - self.began_s

    def begin(self) -> None:
        """From now on the call is heard."""
        self.began_s = monotonic()

    def end(self, reason: ListeningEnd) -> None:
        """It is over; the first reason counts."""
        self.end_reason = self.end_reason or reason
        self._news.set()

    async def news(self, within_s: float) -> None:
        """Returns when it is connected or has ended, after `within_s` at the latest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._news.wait()
        self._news.clear()

    def watch(self) -> None:
        """Notices when the peer connects, closes its connection or is gone."""
        (sender,) = self.peer.getSenders()
        watch_handshake(
            sender.transport,
            lambda reason: log.warning("whep_dtls_failed", call_id=self.call_id, reason=reason),
        )
        self.peer.on("connectionstatechange", self._changed)

    def _changed(self) -> None:
        state = self.peer.connectionState
        if state == "connected":
            self.is_connected = True
            self._news.set()
        elif state in ("failed", "closed"):
            self.end("vanished" if self.is_connected else "never_connected")
