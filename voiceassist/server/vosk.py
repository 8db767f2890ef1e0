"""Clients of vosk-server that bring no call: one channel each, told its words, shown and stored nowhere.

A message of audio is answered when it was heard, and so a client that waits for its answers goes at the
recognizer's pace. When that takes too long it is answered by what was heard so far; when too much waits, its
socket is not read. Never decodes here: `live/plain_recognition.py` does, in the pool.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from voiceassist.asr.priority import Share
from voiceassist.asr.scheduled_leg import ScheduledLeg
from voiceassist.errors import EngineError, IngestError
from voiceassist.events import Transcript
from voiceassist.ingest.admission import ANYBODY, Admit
from voiceassist.ingest.dialect import Audio, Close, Ended, Finished, News, PeerEvent, Recorded, Refused, Started
from voiceassist.ingest.pbx.vosk import VoskDialect
from voiceassist.live.plain_recognition import PlainRecognition
from voiceassist.runtime import Runtime

log = structlog.get_logger(__name__)

ANSWER_WITHIN_S = 2.0  # a decode takes 20 to 90 ms; more than that is load, and clients wait for answers
QUIET_S = 300.0  # without a message: whoever talks again connects again
MOST_CLIENTS = 200  # at once, talking or not, so that they take no place of a call; then new ones are refused


async def serve_words(ws: WebSocket, dialect: VoskDialect, runtime: Runtime, admit: Admit) -> None:
    """One client, from its first message to the last answer."""
    await ws.accept()
    client = WordsSocket(ws, dialect, runtime, admit)
    try:
        await client.serve()
    except IngestError as error:
        log.warning("words_refused", code=error.code, error=str(error))
        await client.tell_last(Refused(error=error))
    except EngineError as error:
        log.exception("words_failed", error=str(error))
        await client.tell_last(Refused(error=_failed()))
    except WebSocketDisconnect as gone:
        log.info("words_socket_closed", close_code=gone.code)


class WordsSocket:
    """A client's websocket."""

    def __init__(self, ws: WebSocket, dialect: VoskDialect, runtime: Runtime, admit: Admit) -> None:
        self._ws, self._dialect, self._runtime, self._admit = ws, dialect, runtime, admit
        self._limits = runtime.joins.limits
        self._admitted = ANYBODY  # known once it has started

    async def serve(self) -> None:
        """Until the client has its last answer. Raises IngestError, EngineError, WebSocketDisconnect."""
        async with AsyncExitStack() as held:
            held.enter_context(_place(self._runtime))
            recognition, events = await self._started(held)
            while True:
                await self._take(recognition, events)
                await self._send()
                events = self._dialect.receive(await self._receive())

    async def tell_last(self, news: News) -> None:
        """Says why it ends, and closes."""
        if self._ws.client_state is not WebSocketState.CONNECTED:
            return
        with suppress(WebSocketDisconnect):  # it left while we spoke: nobody to tell
            self._dialect.tell(news)
            await self._send()

    async def _started(self, held: AsyncExitStack) -> tuple[PlainRecognition, list[PeerEvent]]:
        """What hears it, and what came with the start."""
        while True:
            match self._dialect.receive(await self._receive()):
                case [Started() as started, *events]:
                    return await self._open(started, held), events
            await self._send()

    async def _open(self, started: Started, held: AsyncExitStack) -> PlainRecognition:
        self._admitted = self._admit(started)
        engine = held.enter_context(self._runtime.capacity.plain_leg(started.info))
        phrases = self._dialect.config.phrases
        leg = ScheduledLeg(self._dialect.leg, engine.preferring(phrases), Share(is_bulk=True))
        recognition = PlainRecognition(leg, self._runtime.pool, started.rate_hz, self._hear)
        held.push_async_callback(recognition.close)
        return recognition

    def _hear(self, transcript: Transcript) -> None:
        self._dialect.tell(Recorded(event=transcript))

    async def _take(self, recognition: PlainRecognition, events: list[PeerEvent]) -> None:
        for event in events:
            match event:
                case Audio(channels=(pcm,)):
                    await recognition.add(pcm)
                    await recognition.catch_up(ANSWER_WITHIN_S)
                case Ended():
                    await recognition.finish()
                    self._dialect.tell(Finished(call_id="", duration_ms=0))

    async def _receive(self) -> str | bytes:
        try:
            async with asyncio.timeout(QUIET_S):
                message = await self._ws.receive()
        except TimeoutError:
            raise IngestError("idle", f"nothing came for {QUIET_S:g} s; connect again to go on") from None
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        if not self._admitted.may_go_on():
            raise IngestError("rights_ended", "the key was revoked or has expired; connect again with another one")
        text: str | None = message.get("text")
        data: bytes | None = message.get("bytes")
        return text if text is not None else data or b""

    async def _send(self) -> None:
        """Sends the answers; WebSocketDisconnect when that was the last one, or the client does not read."""
        try:
            async with asyncio.timeout(self._limits.send_within_s):
                for message in self._dialect.to_send():
                    if isinstance(message, Close):
                        await self._ws.close(message.code, message.reason)
                        raise WebSocketDisconnect(message.code)
                    await self._ws.send_text(message)
        except TimeoutError:
            raise WebSocketDisconnect(1006) from None


@contextmanager
def _place(runtime: Runtime) -> Iterator[None]:
    """Counts a client. Raises IngestError when there are too many."""
    if runtime.words_clients >= MOST_CLIENTS:
        told = f"{MOST_CLIENTS} clients are told their words already; end one that is done, or try later"
        raise IngestError("too_many_waiting", told)
    runtime.words_clients += 1
    try:
        yield
    finally:
        runtime.words_clients -= 1


def _failed() -> IngestError:
    return IngestError("call_failed", "voiceassist failed to hear this audio; its log says why")
