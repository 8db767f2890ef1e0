"""WHIP (RFC 9725): a browser or any WebRTC sender publishes one call, or one leg of it.

A session is one publisher. Never speaks HTTP (`whip_http.py` does) and never checks a token (the server does).
Next: `whip_peer.py` listens to the peer, `join.py` makes one call of its publishers.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiortc import RTCPeerConnection

from voiceassist.errors import IngestError
from voiceassist.events import EndReason
from voiceassist.ingest.join import JoinedCall, Legs
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.source import CallInfo, Source
from voiceassist.ingest.whip_peer import RATE_HZ, answer_offer, listen
from voiceassist.ingest.whip_request import Publication, call_info, legs_of
from voiceassist.ingest.whip_sdp import check_offer, parse_fragment, with_opus_wishes

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What the server does for WHIP."""

    claim: Callable[[str], bool]  # takes a call id at once; False when that call is live
    release: Callable[[str], None]  # the call id is free again
    check: Callable[[CallInfo], Awaitable[None]]  # raises IngestError for a call that cannot be taken
    language_of: Callable[[CallInfo], str]  # of the engine that would hear the call; raises IngestError for none
    run_call: Callable[[Source], Awaitable[object]]  # one session, to its end
    spawn: Callable[[Coroutine[Any, Any, None]], object]  # runs it beside everything else, logs its failure


@dataclass(slots=True, kw_only=True, eq=False)
class WhipSession:
    """One publisher."""

    session_id: str
    etag: str  # of the ICE session: a PATCH names it (RFC 9725 section 4.3.1)
    ufrag: str  # of the peer's ICE: another one in a PATCH asks for an ICE restart
    answer: str  # SDP
    peer: RTCPeerConnection
    call: JoinedCall
    legs: Legs
    end_reason: EndReason | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # its legs are free again

    def is_over(self) -> bool:
        """Whether there is nothing to listen to any more."""
        return self.end_reason is not None or self.call.is_over


@dataclass(slots=True, kw_only=True)
class WhipSessions:
    """All publishers, and the calls that they make up."""

    limits: PeerLimits = field(default_factory=PeerLimits)
    sessions: dict[str, WhipSession] = field(default_factory=dict)
    calls: dict[str, JoinedCall] = field(default_factory=dict)

    async def publish(self, sdp: str, publication: Publication, host: Host) -> WhipSession:
        """A new publisher's session, with the answer to its offer; raises IngestError."""
        ufrag, legs, info = check_offer(sdp), legs_of(publication), call_info(publication)
        if info.call_id not in self.calls:
            await host.check(info)
        peer = await answer_offer(sdp)
        try:
            call = self._join(info, legs, host)
        except IngestError:
            await peer.close()
            raise
        session = WhipSession(
            session_id=secrets.token_urlsafe(16),  # whoever knows it may hang up
            etag=f'"{secrets.token_hex(8)}"',
            ufrag=ufrag,
            answer=with_opus_wishes(peer.localDescription.sdp, stereo=len(legs) > 1),
            peer=peer,
            call=call,
            legs=legs,
        )
        self.sessions[session.session_id] = session
        host.spawn(self._listen(session))
        return session

    async def trickle(self, session_id: str, fragment: str) -> None:
        """Takes candidates that came after the offer; raises IngestError."""
        session, news = self.session(session_id), parse_fragment(fragment)
        if news.ufrag not in (None, session.ufrag):
            raise IngestError("ice_restart", "ICE restarts are not supported; publish again")
        for candidate in news.candidates:
            await session.peer.addIceCandidate(candidate)
        if news.is_last:
            await session.peer.addIceCandidate(None)

    async def hang_up(self, session_id: str) -> None:
        """Ends a publisher; its call goes on if the other leg has one. Raises IngestError."""
        await _end(self.session(session_id), "hangup")

    async def close(self) -> None:
        """Ends everything: the server stops."""
        sessions = tuple(self.sessions.values())
        for call in tuple(self.calls.values()):
            call.end("shutdown")
        await asyncio.gather(*(_end(session, "shutdown") for session in sessions))

    def session(self, session_id: str) -> WhipSession:
        """The publisher of that id; raises IngestError."""
        if session_id not in self.sessions:
            raise IngestError("no_session", "there is no such session (any more)")
        return self.sessions[session_id]

    def _join(self, info: CallInfo, legs: Legs, host: Host) -> JoinedCall:
        """The call that this publisher takes its legs of: a live one, or a new one that starts now."""
        call = self.calls.get(info.call_id)
        if call is None:
            if not host.claim(info.call_id):
                raise IngestError(
                    "call_live", f"call {info.call_id!r} is live on another connection; choose another `call_id`"
                )
            call = self.calls[info.call_id] = JoinedCall(info, legs, RATE_HZ, self.limits)
            host.spawn(self._run(call, host))
        else:
            _check_language(call.info, info, host)
        call.take(legs)
        return call

    async def _run(self, call: JoinedCall, host: Host) -> None:
        try:
            await host.run_call(call)
        finally:
            call.end("interrupted")  # unless it ended by itself: the session failed, publishers may go
            del self.calls[call.info.call_id]
            host.release(call.info.call_id)

    async def _listen(self, session: WhipSession) -> None:
        reason: EndReason = "interrupted"
        _watch(session)
        (track,) = [
            r.track for r in session.peer.getReceivers() if r.track is not None and r.track.kind == "audio"
        ]
        try:
            reason = await listen(track, session.call, session.legs, self.limits, session.is_over)
        finally:
            log.info("whip_left", call_id=session.call.info.call_id, legs=session.legs)
            session.call.leave(session.legs, session.end_reason or reason)
            del self.sessions[session.session_id]
            session.gone.set()
            await session.peer.close()


def _check_language(call: CallInfo, leg: CallInfo, host: Host) -> None:
    """A call has one engine: raises IngestError for a leg that asks for another one than the call's."""
    if leg.language is None:
        return
    ours = host.language_of(call)
    if host.language_of(leg) != ours:
        raise IngestError(
            "bad_language",
            f"call {call.call_id!r} is heard in {ours!r}, so this leg cannot be in {leg.language!r}; leave out"
            " `language` to join it, or use another `call_id`",
        )


async def _end(session: WhipSession, reason: EndReason) -> None:
    session.end_reason = session.end_reason or reason
    await session.peer.close()
    await session.gone.wait()


def _watch(session: WhipSession) -> None:
    """Notices at once when the peer closes its connection."""

    @session.peer.on("connectionstatechange")
    def changed() -> None:
        if session.peer.connectionState in ("failed", "closed"):
            session.end_reason = session.end_reason or "vanished"
