"""One call on one websocket, in any dialect: the socket, the clock and the session around a `Dialect` without I/O.

Never recognises speech: audio goes to the call's bounded feed, the session reads that. When the feed is full we
stop reading the socket, so TCP slows the peer down: nothing is lost and memory stays bounded.
Next: `joins.py` opens the call, `feed.py` takes its audio, `live/session.py` reads it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from voiceassist.errors import IngestError
from voiceassist.events import EndReason
from voiceassist.ingest.admission import ANYBODY, Admit, anybody
from voiceassist.ingest.dialect import Accepted, Close, Dialect, Finished, News, PeerEvent, Refused, Started
from voiceassist.ingest.feed import PeerFeed
from voiceassist.ingest.joins import Joins

log = structlog.get_logger(__name__)

ABNORMAL = 1006  # RFC 6455 section 7.4.1: the connection is gone without a close
GOING_AWAY = 1012  # "service restart" in IANA's registry of close codes: what uvicorn says when it stops
# Messages that wait already come without a switch to other tasks: a flood of tiny ones would hold up every call.
WORK_S = 0.005
REASONS: Mapping[str, EndReason] = {"idle": "idle", "rights_ended": "interrupted"}  # of other errors: peer_error


async def serve_call(
    ws: WebSocket,
    dialect: Dialect[str | bytes],
    joins: Joins,
    admit: Admit = anybody,
    subprotocol: str | None = None,
) -> None:
    """The call on a new socket, or some of its legs: from the start message to our farewell.

    It ends when the peer may no longer send. `subprotocol`: what both agree to speak.
    """
    await ws.accept(subprotocol)
    socket = CallSocket(ws, dialect, joins, admit)
    publisher = await socket.open()
    if publisher is not None:
        await socket.carry(publisher)


class CallSocket:
    """A websocket and its dialect."""

    def __init__(self, ws: WebSocket, dialect: Dialect[str | bytes], joins: Joins, admit: Admit) -> None:
        self._ws, self._dialect, self._joins, self._admit = ws, dialect, joins, admit
        self._limits, self._clock = joins.limits, joins.clock
        self._admitted = ANYBODY  # known once it has started
        self._early: list[PeerEvent] = []  # what came with the start
        self._error: IngestError | None = None
        self._yielded_s = 0.0  # when other tasks last had their turn
        self._log = log

    async def open(self) -> PeerFeed | None:
        """The call that the peer starts or joins; None when it left, or did something else and was told so."""
        try:
            with self._joins.place():
                started = await self._started()
                self._admitted = self._admit(started)
                return await self._joins.join(started, waits=True, who=self._admitted.who)
        except IngestError as error:
            self._log.warning("ingest_refused", code=error.code, error=str(error))
            await self._tell_last(Refused(error=error))
        except WebSocketDisconnect as gone:
            self._log.info("ingest_left_before_start", close_code=gone.code)
        return None

    async def carry(self, publisher: PeerFeed) -> None:
        """Reads the socket to its end; then tells the peer how its call ended, and closes."""
        feed = publisher.feed
        self._log = log.bind(call_id=feed.info.call_id)
        reader = asyncio.create_task(self._read(publisher), name=f"ingest {feed.info.call_id}")
        session = asyncio.create_task(feed.stored_whole())
        try:
            await asyncio.wait([reader, session], return_when=asyncio.FIRST_COMPLETED)
            if feed.is_over and not await session:
                self._fail(_failed())
        except asyncio.CancelledError:
            self._fail(_shutdown())
            raise
        finally:
            reader.cancel()
            session.cancel()
            await asyncio.wait([reader])
            await self._farewell(publisher)
        if not reader.cancelled():
            reader.result()  # a bug of ours in the reader must not go unseen

    def _fail(self, error: IngestError) -> None:
        """Remembers for the farewell why the call did not end well; the first error counts."""
        self._error = self._error or error

    async def _started(self) -> Started:
        within_s = self._limits.start_within_s
        try:
            async with asyncio.timeout(within_s):
                while True:
                    events = list(self._dialect.receive(await self._receive()))
                    await self._send()
                    for number, event in enumerate(events):
                        if isinstance(event, Started):
                            self._early = events[number + 1 :]
                            return event
        except TimeoutError:
            raise IngestError("start_timeout", f"no start message within {within_s:g} s of connecting") from None

    async def _read(self, publisher: PeerFeed) -> None:
        reason: EndReason = "interrupted"
        try:
            reason = await self._read_to_end(publisher)
        finally:
            publisher.feed.leave(publisher.tracks, reason)

    async def _read_to_end(self, publisher: PeerFeed) -> EndReason:
        try:
            await self._tell(Accepted(info=publisher.feed.info))
            await self._take(publisher, self._early)
            while not publisher.is_over:
                await self._read_on(publisher)
        except WebSocketDisconnect as gone:
            self._log.info("ingest_socket_closed", close_code=gone.code)
            return "shutdown" if gone.code == GOING_AWAY else self._dialect.closed(gone.code)
        except IngestError as error:
            self._log.warning("ingest_refused", code=error.code, error=str(error))
            self._fail(error)
            return REASONS.get(error.code, "peer_error")
        return "hangup"

    async def _read_on(self, publisher: PeerFeed) -> None:
        """One message, or one tick of silence."""
        if not self._admitted.may_go_on():
            raise IngestError("rights_ended", "the key was revoked or has expired; connect again with another one")
        await self._wait_for_turn(publisher)
        try:
            async with asyncio.timeout(self._limits.tick_s):
                message = await self._receive()
        except TimeoutError:
            self._tick(publisher)
            return
        await self._take(publisher, self._dialect.receive(message))
        if publisher.quiet_s(self._clock()) >= self._limits.tick_s:
            self._tick(publisher)  # messages without audio keep no call alive

    async def _wait_for_turn(self, publisher: PeerFeed) -> None:
        if await publisher.feed.room():
            publisher.listens_again(self._clock())
        if monotonic() - self._yielded_s >= WORK_S:
            await asyncio.sleep(0)
            self._yielded_s = monotonic()

    async def _take(self, publisher: PeerFeed, events: Sequence[PeerEvent]) -> None:
        for event in events:
            warned = publisher.take(event, self._clock())
            if warned:
                self._log.warning("ingest_warning", code=warned.code, message=warned.message)
                self._dialect.tell(warned)
        await self._send()

    def _tick(self, publisher: PeerFeed) -> None:
        now_s = self._clock()
        publisher.feed.tick(now_s)
        if publisher.quiet_s(now_s) >= self._limits.idle_after_s:
            raise IngestError("idle", f"no audio for {self._limits.idle_after_s:g} s: the call is over")

    async def _receive(self) -> str | bytes:
        """The next message; WebSocketDisconnect when the peer is gone."""
        message = await self._ws.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        text: str | None = message.get("text")
        data: bytes | None = message.get("bytes")
        return text if text is not None else data or b""

    async def _tell(self, news: News) -> None:
        self._dialect.tell(news)
        await self._send()

    async def _send(self) -> None:
        """Sends what the dialect has to say; WebSocketDisconnect when the peer is gone or does not read."""
        try:
            async with asyncio.timeout(self._limits.send_within_s):
                await self._send_now()
        except TimeoutError:
            self._log.warning("ingest_peer_does_not_read")
            raise WebSocketDisconnect(ABNORMAL) from None

    async def _send_now(self) -> None:
        for message in self._dialect.to_send():
            if isinstance(message, Close):
                await self._ws.close(message.code, message.reason)
                raise WebSocketDisconnect(message.code)  # the dialect is done, whoever else is not
            if isinstance(message, bytes):
                await self._ws.send_bytes(message)
            else:
                await self._ws.send_text(message)

    async def _tell_last(self, news: News) -> None:
        if self._ws.client_state is not WebSocketState.CONNECTED:
            return
        with suppress(WebSocketDisconnect):  # it left while we spoke: nobody to tell
            await self._tell(news)

    async def _farewell(self, publisher: PeerFeed) -> None:
        feed = publisher.feed
        if self._error is None and feed.is_over and feed.end_reason == "shutdown":
            self._error = _shutdown()
        if self._error is not None:
            await self._tell_last(Refused(error=self._error))
        else:
            await self._tell_last(Finished(call_id=feed.info.call_id, duration_ms=feed.duration_ms))


def _failed() -> IngestError:
    return IngestError("call_failed", "voiceassist failed this call; its log says why")


def _shutdown() -> IngestError:
    return IngestError("shutdown", "voiceassist is stopping; connect again in a moment")
