"""`WS /ingest/stream`: a phone system sends us one call, both legs over one websocket.

Never recognises speech here: audio goes to a bounded queue, the session reads that. When the queue is full we stop
reading the socket, so TCP slows the peer down: nothing is lost and memory stays bounded.
Next: `session.py` reads the source.

# The protocol, version 1

    → {"type": "start", "version": 1, "legs": ["agent", "customer"], "encoding": "mulaw", "rate_hz": 8000,
       "call_id": "c-17", "agent": {"id": "7", "name": "Ana"},
       "customer": {"id": "42", "name": "Mr Brown", "tier": "gold"}, "language": "en"}
    ← {"type": "started", "version": 1, "call_id": "c-17"}
    → binary messages: the samples of the legs in turn, in the announced order
    → {"type": "stop"}
    ← {"type": "stopped", "call_id": "c-17", "duration_ms": 61500}, then close 1000

- `legs`, `encoding` and `rate_hz` are required. `legs` names the channels: both, or one of them.
- `encoding`: `s16le` (16-bit signed, little-endian), `mulaw`, `alaw` (ITU-T G.711). `rate_hz`: 8000 to 48000.
- `call_id`: 1 to 128 letters, digits and `. _ : @ + -`, the first a letter or digit; unique among all calls ever.
  Without it we choose one.
- `language`: BCP 47, as "es" or "es-MX"; without it the server's default. The server must have it (`/api/status`
  lists its languages); a region that it does not have counts as the language itself ("es-MX" as "es").
- A binary message has any size up to 1 MiB; it may even cut a sample: the rest may follow in the next one.
  Send about every 20 to 100 ms: what is not sent cannot be recognised.
- A recording may be sent faster than real time. Five minutes of it may wait; then we stop reading until there is
  room. A client that sends more at once must not time out its pings meanwhile: pongs wait behind the audio.
- `stopped` comes after the whole call was recognised and stored.
- No audio for 3 s: silence takes its place, visible as a gap. No audio for 60 s: error `idle`, the call ends.
- A socket that closes without `stop` ends the call as *vanished*.
- When audio arrives at another common rate than announced, we send once
  `{"type": "warning", "code": "rate_mismatch", "message": "..."}`, mark the place in the call with a gap of 0 ms
  (`rate_changed`) and carry on. Bytes after the last whole frame are told at `stop` likewise (`leftover_bytes`).
- Errors are `{"type": "error", "code": "...", "message": "..."}`, then a close with 4400 (wrong message),
  4408 (nothing came in time), 4409 (the call id is taken), 1009 (message too large), 1011 (we failed) or
  1012 (the server stops). The message says what to do; the codes are in `stream_protocol.CLOSE_CODES`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from voiceassist.errors import IngestError
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.source import CallInfo
from voiceassist.ingest.stream_protocol import StreamProtocol
from voiceassist.ingest.stream_socket import receive, refuse
from voiceassist.ingest.stream_source import StreamSource

log = structlog.get_logger(__name__)

Check = Callable[[CallInfo], Awaitable[None]]


@asynccontextmanager
async def accept_stream(
    ws: WebSocket, *, claim: Callable[[str], bool], check: Check, limits: PeerLimits
) -> AsyncIterator[StreamSource | None]:
    """The call on a new socket, for as long as the block runs; None when the peer started none properly.

    `claim(call_id)` takes the id at once, or returns False when it is taken; whoever gave it frees it after the
    block. `check(info)` raises IngestError for a call that cannot be taken. When the block ends, the peer is told
    how it went and the socket is closed.
    """
    await ws.accept()
    protocol = StreamProtocol(claim, limits.message_bytes)
    info = await _first_message(ws, protocol, check, limits)
    if info is None:
        yield None
        return
    source = StreamSource(ws, protocol, info, limits)
    async with _reading(source):
        yield source


async def _first_message(
    ws: WebSocket, protocol: StreamProtocol, check: Check, limits: PeerLimits
) -> CallInfo | None:
    """The call that the peer starts; None when it left, or did something else and was told so."""
    try:
        info = await _start(ws, protocol, limits.start_within_s)
        if info:
            await check(info)
    except IngestError as error:
        log.warning("ingest_refused", code=error.code, error=str(error))
        await refuse(ws, error)
    except WebSocketDisconnect as gone:
        log.info("ingest_left_before_start", close_code=gone.code)
    else:
        return info
    return None


async def _start(ws: WebSocket, protocol: StreamProtocol, within_s: float) -> CallInfo | None:
    try:
        async with asyncio.timeout(within_s):
            message = await receive(ws)
    except TimeoutError:
        raise IngestError("start_timeout", f"no start message within {within_s:g} s of connecting") from None
    if isinstance(message, str):
        return protocol.receive_text(message)
    protocol.receive_bytes(message)
    return None


@asynccontextmanager
async def _reading(source: StreamSource) -> AsyncIterator[None]:
    reader = asyncio.create_task(source.read(), name=f"ingest {source.info.call_id}")
    try:
        yield
        source.session_over()
    except BaseException as error:
        source.fail(error)
        raise
    finally:
        reader.cancel()
        await asyncio.wait([reader])
        await source.farewell()
    if not reader.cancelled():
        reader.result()  # a bug of ours in the reader must not go unseen
