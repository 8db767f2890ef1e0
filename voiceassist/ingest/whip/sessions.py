"""WHIP (RFC 9725): a browser or any WebRTC sender publishes one call, or one leg of it.

A session is one publisher. Never speaks HTTP (`http.py` does) and never checks a token (the server does).
Next: `listen.py` listens to the peer, `joins.py` makes one call of its publishers.
"""

import asyncio
import secrets
from dataclasses import dataclass, field

import structlog
from aiortc import RTCPeerConnection

from voiceassist.errors import IngestError
from voiceassist.events import EndReason
from voiceassist.ingest.admission import ANYBODY, Admitted
from voiceassist.ingest.dialect import Started
from voiceassist.ingest.feed.peer_feed import PeerFeed
from voiceassist.ingest.joins import Joins
from voiceassist.ingest.whip.dialect import WhipDialect
from voiceassist.ingest.whip.listen import listen, packets_of
from voiceassist.ingest.whip.request import Publication
from voiceassist.webrtc.dtls import watch_handshake
from voiceassist.webrtc.peer import add_candidates, answer_offer, audio_of, close_peer
from voiceassist.webrtc.sdp import check_offer, with_opus_wishes

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True, eq=False)
class WhipSession:
    """One publisher."""

    session_id: str
    etag: str  # of the ICE session: a PATCH names it (RFC 9725 section 4.3.1)
    ufrag: str  # of the peer's ICE: another one in a PATCH asks for an ICE restart
    answer: str  # SDP
    peer: RTCPeerConnection
    dialect: WhipDialect
    publisher: PeerFeed
    admitted: Admitted  # who publishes
    end_reason: EndReason | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # its legs are free again

    def is_over(self) -> bool:
        """Whether there is nothing to listen to any more."""
        if not self.admitted.may_go_on():
            self.end_reason = self.end_reason or "interrupted"
        return self.end_reason is not None or self.publisher.is_over


@dataclass(slots=True, kw_only=True)
class WhipSessions:
    """All publishers."""

    joins: Joins
    sessions: dict[str, WhipSession] = field(default_factory=dict)

    async def publish(self, sdp: str, publication: Publication, admitted: Admitted = ANYBODY) -> WhipSession:
        """A new publisher's session, with the answer to its offer; raises IngestError or WebRtcError."""
        dialect, ufrag = WhipDialect(), check_offer(sdp)
        (started,) = dialect.receive(publication)
        assert isinstance(started, Started)
        with self.joins.place():
            peer = await answer_offer(sdp)
            packets_of(audio_of(peer))  # before any can come: the peer has no answer yet
            try:
                publisher = await self.joins.join(started, waits=False, who=admitted.who)
            except BaseException:  # also when the request is given up: nobody else would close it
                await close_peer(peer)
                raise
        session = WhipSession(
            session_id=secrets.token_urlsafe(16),
            etag=f'"{secrets.token_hex(8)}"',
            ufrag=ufrag,
            answer=with_opus_wishes(peer.localDescription.sdp, stereo=len(started.tracks[0]) > 1),
            peer=peer,
            dialect=dialect,
            publisher=publisher,
            admitted=admitted,
        )
        self.sessions[session.session_id] = session
        self.joins.host.spawn(self._listen(session))
        return session

    async def trickle(self, session: WhipSession, fragment: str) -> None:
        """Takes candidates that came after the offer; raises WebRtcError."""
        await add_candidates(session.peer, session.ufrag, fragment)

    async def hang_up(self, session: WhipSession) -> None:
        """Ends a publisher; its call goes on if the other leg has one."""
        await _end(session, "hangup")

    async def close(self) -> None:
        """Ends everything: the server stops."""
        self.joins.stop()
        sessions = tuple(self.sessions.values())
        for session in sessions:
            session.publisher.feed.end("shutdown")
        await asyncio.gather(*(_end(session, "shutdown") for session in sessions))

    def session(self, session_id: str, who: str) -> WhipSession:
        """The publisher of that id, for whoever has its credentials; raises IngestError."""
        session = self.sessions.get(session_id)
        if session is None:
            raise IngestError("no_session", "there is no such session (any more)")
        if session.admitted.who != who:
            log.warning("whip_not_theirs", call_id=session.publisher.feed.info.call_id, who=who)
            raise IngestError("not_theirs", "somebody else publishes here; only they can change it or hang up")
        return session

    async def _listen(self, session: WhipSession) -> None:
        reason: EndReason = "interrupted"
        publisher = session.publisher
        receiver = audio_of(session.peer)
        _watch(session)
        try:
            reason = await listen(receiver, publisher, session.dialect, self.joins.clock, session.is_over)
        finally:
            states = {"ice": session.peer.iceConnectionState, "dtls": receiver.transport.state}
            log.info("whip_left", call_id=publisher.feed.info.call_id, has_begun=publisher.has_begun, **states)
            publisher.leave(session.end_reason or reason, self.joins.clock())
            del self.sessions[session.session_id]
            session.gone.set()
            await close_peer(session.peer)


async def _end(session: WhipSession, reason: EndReason) -> None:
    session.end_reason = session.end_reason or reason
    await close_peer(session.peer)
    await session.gone.wait()


def _watch(session: WhipSession) -> None:
    """Notices at once when the peer closes its connection, and says why it could not be opened."""
    call_id = session.publisher.feed.info.call_id
    watch_handshake(
        audio_of(session.peer).transport,
        lambda reason: log.warning("whip_dtls_failed", call_id=call_id, reason=reason),
    )

    @session.peer.on("connectionstatechange")
    def changed() -> None:
        if session.peer.connectionState in ("failed", "closed"):
            session.end_reason = session.end_reason or "vanished"
