"""The call on one stream socket: reads it to its end, into the queue that the session reads.

Never recognises speech: see `stream.py`, which documents the protocol. Next: `session.py`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from voiceassist.audio.pcm import Pcm
from voiceassist.errors import IngestError
from voiceassist.events import AudioGap, EndReason
from voiceassist.ingest.audio_queue import AudioQueue
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.rate import RateMeter
from voiceassist.ingest.source import CallInfo
from voiceassist.ingest.stream_protocol import STREAM_VERSION, StreamProtocol
from voiceassist.ingest.stream_socket import finish, receive, refuse, say
from voiceassist.ingest.timeline import Piece, Timeline

GOING_AWAY = 1012  # "service restart" in IANA's registry of close codes: what uvicorn says when it stops


class StreamSource:
    """A `Source` on a websocket; made by `accept_stream`."""

    def __init__(self, ws: WebSocket, protocol: StreamProtocol, info: CallInfo, limits: PeerLimits) -> None:
        self._ws, self._protocol, self._info, self._limits = ws, protocol, info, limits
        self._queue = AudioQueue(len(info.legs), limits.backlog_s)
        self._meter = RateMeter(protocol.rate_hz, limits.rate_window_s)
        self._warned = False
        self._timeline = Timeline(
            info.legs, protocol.rate_hz, started_s=time.monotonic(), silent_after_s=limits.silent_after_s
        )
        self._error: IngestError | None = None
        self._end_reason: EndReason | None = None
        self._log = structlog.get_logger(__name__).bind(call_id=info.call_id)

    @property
    def info(self) -> CallInfo:
        """Who is calling."""
        return self._info

    @property
    def end_reason(self) -> EndReason:
        """Why the frames ended; known after the last."""
        assert self._end_reason is not None, "the call has not ended yet"
        return self._end_reason

    def frames(self) -> AsyncIterator[Piece]:
        """Audio and gaps until the end."""
        return self._queue.pieces()

    def end(self, reason: EndReason) -> None:
        """Ends the call from our side (a shutdown): frames end after those that wait already."""
        self._end_reason = self._end_reason or reason
        self._queue.close()

    def fail(self, error: BaseException) -> None:
        """Remembers that the call ends by our own doing, for the farewell."""
        self._error = self._error or _told(error)

    def session_over(self) -> None:
        """Remembers that the session stopped before the peer did: it failed the call, and stored why."""
        if self._end_reason is None:
            self.session_failed()

    def session_failed(self) -> None:
        """Remembers that the call was not recognised and stored whole, also when the peer has said stop."""
        self._error = self._error or _failed()

    async def read(self) -> None:
        """Reads the socket to its end."""
        reason: EndReason = "interrupted"
        try:
            reason = await self._read_to_end()
            await self._put(self._timeline.end())
        finally:
            self.end(reason)

    async def farewell(self) -> None:
        """Tells the peer how its call ended, and closes."""
        if self._error is None and self._end_reason == "shutdown":
            self._error = _shutdown()
        if self._error is not None:
            await refuse(self._ws, self._error)
            return
        stopped = {"type": "stopped", "call_id": self._info.call_id, "duration_ms": self._timeline.position_ms}
        await finish(self._ws, stopped, 1000, "stopped")

    async def _read_to_end(self) -> EndReason:
        try:
            await say(self._ws, {"type": "started", "version": STREAM_VERSION, "call_id": self._info.call_id})
            while await self._read_on():
                pass
        except WebSocketDisconnect as gone:
            self._log.info("ingest_socket_closed", close_code=gone.code)
            return "shutdown" if gone.code == GOING_AWAY else "vanished"
        except IngestError as error:
            self._log.warning("ingest_refused", code=error.code, error=str(error))
            self._error = error
            return "idle" if error.code == "idle" else "peer_error"
        return "hangup"

    async def _read_on(self) -> bool:
        """One message, or one tick of silence; False after stop."""
        try:
            async with asyncio.timeout(self._limits.tick_s):
                message = await receive(self._ws)
        except TimeoutError:
            message = b""
        if isinstance(message, bytes):
            await self._audio(self._protocol.receive_bytes(message))
            return True
        self._protocol.receive_text(message)  # raises unless it is `stop`
        await self._report_leftover()
        return False

    async def _audio(self, channels: tuple[Pcm, ...]) -> None:
        now_s, samples = time.monotonic(), len(channels[0])
        if not samples:
            await self._put(self._timeline.tick(now_s))
            self._check_idle(now_s)
            return
        await self._check_rate(samples, now_s)
        await self._put(self._timeline.audio(channels, now_s))
        self._timeline.skip(time.monotonic())

    async def _put(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            await self._queue.put(piece)

    def _check_idle(self, now_s: float) -> None:
        if self._timeline.quiet_s(now_s) >= self._limits.idle_after_s:
            raise IngestError("idle", f"no audio for {self._limits.idle_after_s:g} s: the call is over")

    async def _check_rate(self, samples: int, now_s: float) -> None:
        measured_hz = None if self._warned else self._meter.add(samples, now_s)
        if measured_hz is None:
            return
        self._warned = True
        announced_hz = self._protocol.rate_hz
        at_ms = self._timeline.position_ms
        await self._put(
            AudioGap(at_ms=at_ms, speaker=leg, duration_ms=0, cause="rate_changed") for leg in self._info.legs
        )
        await self._warn(
            "rate_mismatch",
            f"announced {announced_hz} Hz, measured {measured_hz} Hz: unless this is a recording that is sent"
            f" faster or slower than it plays, `rate_hz` should be {measured_hz}",
        )

    async def _report_leftover(self) -> None:
        lost = self._protocol.leftover_bytes
        if lost:
            await self._warn("leftover_bytes", f"{lost} bytes after the last whole frame were not used")

    async def _warn(self, code: str, message: str) -> None:
        self._log.warning("ingest_warning", code=code, message=message)
        await say(self._ws, {"type": "warning", "code": code, "message": message})


def _told(error: BaseException) -> IngestError:
    """What the peer is told of it: its own mistake as it is, ours without details."""
    if isinstance(error, IngestError):
        return error
    return _shutdown() if isinstance(error, asyncio.CancelledError) else _failed()


def _failed() -> IngestError:
    return IngestError("call_failed", "voiceassist failed this call; its log says why")


def _shutdown() -> IngestError:
    return IngestError("shutdown", "voiceassist is stopping; connect again in a moment")
