"""Everybody who listens in: takes them in by their offer, tells the call and the audit, and ends them.

Where the settings say so (`tell_listening`) the agent, and everybody who sees the call, is told who listens. The
audit has every listening in any case. Who does not connect within CONNECT_WITHIN_S is let go of.
Never speaks HTTP (`http.py` does) and never says who may listen (the server does).
Next: `broadcast.py` sends each call's audio.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog

from voiceassist.errors import ListeningError
from voiceassist.events import HeardLegs, ListensIn
from voiceassist.listening.broadcast import Broadcast
from voiceassist.listening.places import ListeningPlace, Places
from voiceassist.listening.session import Hearer, ListeningEnd, ListenSession
from voiceassist.listening.track import PacketTrack
from voiceassist.live.live_call import LiveCall
from voiceassist.store.audit import NewEntry
from voiceassist.webrtc.peer import add_candidates, answer_offer, close_peer
from voiceassist.webrtc.sdp import check_offer

log = structlog.get_logger(__name__)

CONNECT_WITHIN_S = 10.0  # a browser takes a tenth of a second; behind a bad network some seconds
LOOK_EVERY_S = 0.5  # whether they still may


@dataclass(slots=True, kw_only=True)
class ListenSessions:
    """All listeners of one server."""

    live: Mapping[str, LiveCall]
    audit: Callable[[NewEntry], None]
    spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[Any]]
    delay_ms: int = 0
    tells: bool = True  # the call, and with it the agent
    connect_within_s: float = CONNECT_WITHIN_S
    places: Places = field(default_factory=Places)
    sessions: dict[str, ListenSession] = field(default_factory=dict)
    broadcasts: dict[str, Broadcast] = field(default_factory=dict)  # by call: those that anybody hears
    _airing: dict[str, asyncio.Task[Any]] = field(default_factory=dict)
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "listening"))
    _is_stopping: bool = False

    async def listen(self, call_id: str, legs: HeardLegs, sdp: str, hearer: Hearer) -> ListenSession:
        """A new listener's session, with the answer to its offer. Raises ListeningError or WebRtcError."""
        ufrag, live, track = check_offer(sdp, "recvonly"), self._call(call_id, legs), PacketTrack()
        with self.places.taking(call_id, hearer.who) as place:
            peer = await answer_offer(sdp, track)
        session = ListenSession(
            session_id=secrets.token_urlsafe(16),
            etag=f'"{secrets.token_hex(8)}"',
            ufrag=ufrag,
            answer=peer.localDescription.sdp,
            peer=peer,
            track=track,
            live=live,
            legs=legs,
            hearer=hearer,
        )
        self.sessions[session.session_id] = session
        self.spawn(self._attend(session, place))
        return session

    async def trickle(self, session: ListenSession, fragment: str) -> None:
        """Takes candidates that came after the offer; raises WebRtcError."""
        await add_candidates(session.peer, session.ufrag, fragment)

    async def leave(self, session: ListenSession) -> None:
        """Ends a listener."""
        session.end("left")
        await session.gone.wait()

    async def close(self) -> None:
        """Ends everything: the server stops."""
        self._is_stopping = True
        sessions = tuple(self.sessions.values())
        for session in sessions:
            session.end("shutdown")
        await asyncio.gather(*(session.gone.wait() for session in sessions))
        self._threads.shutdown(wait=False, cancel_futures=True)

    def session(self, session_id: str, who: str) -> ListenSession:
        """The session of that id, for whoever opened it; raises ListeningError."""
        session = self.sessions.get(session_id)
        if session is None:
            raise ListeningError("no_session", "there is no such session (any more)")
        if session.hearer.who != who:
            log.warning("whep_not_theirs", call_id=session.call_id, who=who)
            raise ListeningError("not_theirs", "somebody else listens here; only they can change it or leave")
        return session

    def listeners(self, call_id: str) -> tuple[ListensIn, ...]:
        """Who listens in to a call now, each choice of legs of a person once."""
        heard = (one for one in self._of(call_id) if one.began_s is not None)
        return tuple(dict.fromkeys(ListensIn(by=one.hearer.name, legs=one.legs) for one in heard))

    def behind_ms(self, call_id: str) -> int:
        """How late listeners are sent what is said in a call; 0 where nobody listens."""
        broadcast = self.broadcasts.get(call_id)
        return broadcast.behind_ms if broadcast else 0

    def _of(self, call_id: str) -> list[ListenSession]:
        return [session for session in self.sessions.values() if session.call_id == call_id]

    def _call(self, call_id: str, legs: HeardLegs) -> LiveCall:
        live = self.live.get(call_id)
        if self._is_stopping:
            raise ListeningError("shutdown", "voiceassist is stopping; listen again in a moment")
        if live is None or live.over.is_set():
            raise ListeningError("not_live", f"call {call_id!r} is not live: nobody can listen in to it")
        if legs != "both" and legs not in live.info.legs:
            raise ListeningError("no_such_leg", f"the {legs} of this call has no line of their own here")
        return live

    # ---- one listener's life ------------------------------------------------------------------------------

    async def _attend(self, session: ListenSession, place: ListeningPlace) -> None:
        """From its offer to its end."""
        broadcast = self._on_air(session.live)
        try:
            session.watch()
            await session.news(self.connect_within_s)
            if not session.is_connected:
                session.end("never_connected")
            elif session.end_reason is None:
                place.is_connected = True
                broadcast.join(session.legs, session.track)
                session.begin()
                self._tell_begun(session)
            while session.end_reason is None:
                await session.news(LOOK_EVERY_S)
                if not session.hearer.may_go_on():
                    session.end("rights")
        finally:
            broadcast.leave(session.legs, session.track)
            self.places.give_back(place)
            self._forget(session)
            await close_peer(session.peer)
            session.gone.set()

    def _forget(self, session: ListenSession) -> None:
        del self.sessions[session.session_id]
        if not self._of(session.call_id):
            self._off_air(session.call_id)
        self._tell_over(session, session.end_reason or "failed")

    def _tell_begun(self, session: ListenSession) -> None:
        self._write(session, "listening.started", {"legs": session.legs})
        self._tell_call(session.live)

    def _tell_over(self, session: ListenSession, why: ListeningEnd) -> None:
        lasted_s = round(session.lasted_s, 1)
        log.info("whep_left", call_id=session.call_id, why=why, lasted_s=lasted_s)
        if session.began_s is not None:  # otherwise they heard nothing
            self._write(session, "listening.ended", {"legs": session.legs, "lasted_s": lasted_s, "why": why})
            self._tell_call(session.live)

    def _write(self, session: ListenSession, what: str, detail: dict[str, Any]) -> None:
        self.audit(NewEntry(who=session.hearer.signed, what=what, call_id=session.call_id, detail=detail))

    def _tell_call(self, live: LiveCall) -> None:
        if self.tells and not live.over.is_set():
            self.spawn(self._tell_listeners(live))

    async def _tell_listeners(self, live: LiveCall) -> None:
        await live.tell_listening(self.listeners(live.info.call_id))

    # ---- one call's audio ---------------------------------------------------------------------------------

    def _on_air(self, live: LiveCall) -> Broadcast:
        call_id = live.info.call_id
        if call_id not in self.broadcasts:
            broadcast = Broadcast(live.info.legs, live.silences, self._threads, self.delay_ms)
            self.broadcasts[call_id] = broadcast
            self._airing[call_id] = self.spawn(self._air(live, broadcast))
        return self.broadcasts[call_id]

    def _off_air(self, call_id: str) -> None:
        self.broadcasts.pop(call_id, None)
        if airing := self._airing.pop(call_id, None):
            airing.cancel()

    async def _air(self, live: LiveCall, broadcast: Broadcast) -> None:
        call_id = live.info.call_id
        try:
            with live.tap.telling(broadcast.hear):
                await broadcast.run(live.over)
        finally:
            if self.broadcasts.get(call_id) is broadcast:  # otherwise nobody listens any more
                del self.broadcasts[call_id], self._airing[call_id]
                for session in self._of(call_id):
                    session.end("call_over" if live.over.is_set() else "failed")
