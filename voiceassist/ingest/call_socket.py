"""One call on one websocket, in any dialect: the socket, the clock and the session around a `Dialect` without I/O.

Never recognises speech: audio goes to the call's bounded feed, the session reads that. When the feed is full we
stop reading the socket, so TCP slows the peer down: nothing is lost and memory stays bounded.
Next: `joins.py` opens the call, `feed/feed.py` takes its audio, `live/session.py` reads it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from math import inf
from time import monotonic

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from voiceassist.errors import IngestError
from voiceassist.events import AudioGap, CallEnded, CallFailed, EndReason, Final, Partial, Record
from voiceassist.ingest.admission import ANYBODY, Admit, anybody
from voiceassist.ingest.dialect import (
    Accepted,
    Audio,
    Close,
    Dialect,
    Ended,
    Finished,
    Linger,
    News,
    Paused,
    PeerEvent,
    Recorded,
    Refused,
    Resumed,
    Started,
    Stopping,
    ToSend,
    Wait,
    Warned,
)
from voiceassist.ingest.feed.gathering import Gathered
from voiceassist.ingest.feed.peer_feed import PeerFeed
from voiceassist.ingest.joins import Joins
from voiceassist.ingest.patience import Patience
from voiceassist.subscriptions import Subscription

log = structlog.get_logger(__name__)

Watch = Callable[[str], AbstractContextManager[Subscription]]  # the records of a call

NORMAL = 1000  # RFC 6455 section 7.4.1, also the next
ABNORMAL = 1006  # RFC 6455 section 7.4.1: the connection is gone without a close
GOING_AWAY = 1012  # "service restart" in IANA's registry of close codes: what uvicorn says when it stops
# Messages that wait already come without a switch to other tasks: a flood of tiny ones would hold up every call.
WORK_S = 0.005
RIGHTS_EVERY_S = 1.0  # a key that was revoked is believed so much longer
REASONS: Mapping[str, EndReason] = {
    "idle": "idle",
    "rights_ended": "interrupted",
    "no_sign": "vanished",
}  # of other errors: peer_error


async def serve_call(
    ws: WebSocket,
    dialect: Dialect[str | bytes],
    joins: Joins,
    admit: Admit = anybody,
    subprotocol: str | None = None,
    *,
    watch: Watch | None = None,
) -> None:
    """The call on a new socket, or some of its legs: from the start message to our farewell.

    It ends when the peer may no longer send. `subprotocol`: what both agree to speak. `watch`: where the call's
    records come from, for a dialect whose peer wants to have them.
    """
    await ws.accept(subprotocol)
    socket = CallSocket(ws, dialect, joins, admit, watch)
    publisher = await socket.open()
    if publisher is not None:
        await socket.carry(publisher)


class CallSocket:
    """A websocket and its dialect."""

    def __init__(
        self,
        ws: WebSocket,
        dialect: Dialect[str | bytes],
        joins: Joins,
        admit: Admit,
        watch: Watch | None = None,
    ) -> None:
        self._ws, self._dialect, self._joins, self._admit, self._watch = ws, dialect, joins, admit, watch
        self._limits, self._clock = joins.limits, joins.clock
        self._admitted = ANYBODY  # known once it has started
        self._early: list[PeerEvent] = []  # what came with the start
        self._error: IngestError | None = None
        self._is_patient = True  # whether the peer waits until the call is stored
        self._sending = asyncio.Lock()  # messages go out in the order in which the dialect gave them
        self._outbox: deque[ToSend] = deque()  # of one `to_send`; the next is asked for when it is empty
        self._sign_within_s: float | None = None  # on hold
        self._signed_s = 0.0  # when the last message came
        self._yielded_s = 0.0  # when other tasks last had their turn
        self._rights_s = -inf  # when it was last asked whether the peer may go on
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
        records = asyncio.create_task(self._tell_records(feed.info.call_id))  # looks before there is any
        reader = asyncio.create_task(self._read(publisher), name=f"ingest {feed.info.call_id}")
        session, stop = asyncio.create_task(feed.stored_whole()), asyncio.create_task(self._tell_stop())
        try:
            await asyncio.wait([reader, session], return_when=asyncio.FIRST_COMPLETED)
            if not feed.is_over:
                await self._hear_last_words(session, records)
            if feed.is_over and not await self._stored(session, *([records] if feed.has_begun else [])):
                self._fail(_failed())
        except asyncio.CancelledError:
            self._fail(_shutdown())
            raise
        finally:
            for task in (reader, session, records, stop):
                task.cancel()
            await asyncio.wait([reader, records, stop])
            await self._farewell(publisher)
        if not reader.cancelled():
            reader.result()  # a bug of ours in the reader must not go unseen

    async def _hear_last_words(self, session: asyncio.Task[bool], records: asyncio.Task[None]) -> None:
        """Another connection goes on with the call: a peer that is told its words waits for the last of them."""
        is_there = self._error is None and self._ws.client_state is WebSocketState.CONNECTED
        if self._watch and self._is_patient and is_there:
            await asyncio.wait([session, records], timeout=self._limits.closed_within_s)

    async def _stored(self, session: asyncio.Task[bool], *records: asyncio.Task[None]) -> bool:
        """Waits for the session, and until its last records are told; False when not all of it was stored.

        What a peer that is not patient does not wait for is stored likewise, and a failure is in the log.
        """
        if self._is_patient:
            await asyncio.wait([session])
        await asyncio.wait([session, *records], timeout=self._limits.closed_within_s)
        return not session.done() or session.result()

    async def _tell_records(self, call_id: str) -> None:
        """Tells the dialect what is recorded of the call, in a task of its own: no audio waits for it."""
        if self._watch is None:
            return
        with suppress(WebSocketDisconnect), self._watch(call_id) as mailbox:
            is_live = True
            while is_live:
                events = [record.event for record in await mailbox.take() if isinstance(record, Record)]
                for event in events:
                    if isinstance(event, Partial | Final | AudioGap):
                        self._dialect.tell(Recorded(event=event))
                await self._send()
                is_live = not any(isinstance(event, CallEnded | CallFailed) for event in events)

    async def _tell_stop(self) -> None:
        """Tells the dialect of a stop, before the server closes the connection."""
        await self._joins.stopping.wait()
        with suppress(WebSocketDisconnect):
            await self._tell(Stopping())

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
                        if isinstance(event, Started) and event.is_probe:
                            self._admit(event)
                            await self._tell(Accepted(info=event.info))
                        elif isinstance(event, Started):
                            self._early = events[number + 1 :]
                            return event
        except TimeoutError:
            raise IngestError("start_timeout", f"no start message within {within_s:g} s of connecting") from None

    async def _read(self, publisher: PeerFeed) -> None:
        reason: EndReason = "interrupted"
        patience = Patience(self._limits.tick_s)
        try:
            reason = await self._read_to_end(publisher, patience)
        finally:
            patience.close()
            self._hear(publisher, publisher.gathering.rest())
            publisher.leave(reason, self._clock())

    async def _read_to_end(self, publisher: PeerFeed, patience: Patience) -> EndReason:
        try:
            await self._tell(Accepted(info=publisher.feed.info))
            self._signed_s = self._clock()
            await self._take(publisher, self._early)
            while not publisher.is_over:
                await self._read_on(publisher, patience)
        except WebSocketDisconnect as gone:
            self._log.info("ingest_socket_closed", close_code=gone.code)
            return "shutdown" if gone.code == GOING_AWAY else self._dialect.closed(gone.code)
        except IngestError as error:
            self._log.warning("ingest_refused", code=error.code, error=str(error))
            self._fail(error)
            return REASONS.get(error.code, "peer_error")
        if publisher.is_displaced:
            self._fail(IngestError("taken_over", "a newer connection of yours carries these legs now"))
        return "hangup"

    async def _read_on(self, publisher: PeerFeed, patience: Patience) -> None:
        """One message, or one tick of silence."""
        self._check_rights()
        await self._wait_for_turn(publisher)
        try:
            message = await patience.wait(self._receive())
        except TimeoutError:
            self._check_sign()
            await self._tick(publisher)
            return
        self._signed_s = self._clock()
        await self._take(publisher, self._dialect.receive(message))
        if publisher.quiet_s(self._clock()) >= self._limits.tick_s:
            await self._tick(publisher)  # messages without audio keep no call alive

    def _check_rights(self) -> None:
        now_s = monotonic()
        if now_s - self._rights_s < RIGHTS_EVERY_S:
            return
        self._rights_s = now_s
        if not self._admitted.may_go_on():
            raise IngestError("rights_ended", "the key was revoked or has expired; connect again with another one")

    async def _wait_for_turn(self, publisher: PeerFeed) -> None:
        if publisher.is_full:
            await publisher.room()
            publisher.listens_again(self._clock())
        if monotonic() - self._yielded_s >= WORK_S:
            await asyncio.sleep(0)
            self._yielded_s = monotonic()

    async def _take(self, publisher: PeerFeed, events: Sequence[PeerEvent]) -> None:
        for event in events:
            match event:
                case Audio():
                    self._hear(publisher, publisher.gathering.add(event, self._signed_s))
                    continue
                case Ended():
                    self._is_patient = event.is_patient
                case Paused():
                    self._sign_within_s = event.sign_within_s
                case Resumed():
                    self._sign_within_s = None
            self._hear(publisher, publisher.gathering.rest())
            self._warn(publisher.take(event, self._clock()))
        await self._send()

    def _hear(self, publisher: PeerFeed, gathered: Iterable[Gathered]) -> None:
        for audio, arrived_s in gathered:
            self._warn(publisher.take(audio, arrived_s))

    def _check_sign(self) -> None:
        """On hold, a peer that should say something from time to time and does not has vanished."""
        if self._sign_within_s is not None and self._clock() - self._signed_s >= self._sign_within_s:
            told = f"nothing has come for {self._sign_within_s:g} s, not even a ping: the line is lost"
            raise IngestError("no_sign", told)

    async def _tick(self, publisher: PeerFeed) -> None:
        self._hear(publisher, publisher.gathering.rest())
        self._warn(publisher.tick(self._clock()))
        await self._send()

    def _warn(self, warned: Warned | None) -> None:
        if warned:
            self._log.warning("ingest_warning", code=warned.code, message=warned.message)
            self._dialect.tell(warned)

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
        if not self._sending.locked():
            self._outbox += self._dialect.to_send()
            if not self._outbox:  # as after nearly every piece of audio
                return
        try:
            async with asyncio.timeout(self._limits.send_within_s), self._sending:
                await self._send_now()
        except TimeoutError:
            self._log.warning("ingest_peer_does_not_read")
            raise WebSocketDisconnect(ABNORMAL) from None

    async def _send_now(self) -> None:
        self._outbox += self._dialect.to_send()
        while self._outbox:
            await self._do(self._outbox[0])
            self._outbox.popleft()  # a task that is cancelled before has not sent it

    async def _do(self, message: ToSend) -> None:
        match message:
            case Close():
                self._outbox.clear()  # nothing follows, whoever sends next
                await self._ws.close(message.code, message.reason)
                raise WebSocketDisconnect(message.code)  # the dialect is done, whoever else is not
            case Wait(seconds=seconds):
                await asyncio.sleep(seconds if self._has_time else 0)
            case Linger(within_s=within_s):
                await self._linger(within_s if self._has_time else 0)
            case bytes():
                await self._ws.send_bytes(message)
            case str():
                await self._ws.send_text(message)

    async def _linger(self, within_s: float) -> None:
        """Reads on until the dialect closes, or for so long; then the connection is closed."""
        self._outbox.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while True:
                    with suppress(IngestError):  # it was refused already
                        self._dialect.receive(await self._receive())
                    await self._send_now()
        await self._do(Close(code=NORMAL, reason=""))

    @property
    def _has_time(self) -> bool:
        """Whether not too many others are being refused."""
        return self._joins.leaving <= self._limits.leaving

    async def _tell_last(self, news: News) -> None:
        states = (self._ws.client_state, self._ws.application_state)
        if states != (WebSocketState.CONNECTED, WebSocketState.CONNECTED):
            return  # they have closed, or we have
        self._joins.leaving += 1
        try:
            with suppress(WebSocketDisconnect):  # it left while we spoke: nobody to tell
                await self._tell(news)
        finally:
            self._joins.leaving -= 1

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
