"""The few things that an ingest websocket does: receive, say, refuse.

Next: `stream.py` and `stream_source.py`.
"""

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from voiceassist.errors import IngestError
from voiceassist.ingest.stream_protocol import CLOSE_CODES
from voiceassist.wire import ErrorMessage, Json, dumps, to_json


async def receive(ws: WebSocket) -> str | bytes:
    """The next message; WebSocketDisconnect when the peer is gone."""
    message = await ws.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    text: str | None = message.get("text")
    data: bytes | None = message.get("bytes")
    return text if text is not None else data or b""


async def say(ws: WebSocket, message: Json) -> None:
    """Sends a message; WebSocketDisconnect when the peer is gone."""
    await ws.send_text(dumps(message))


async def refuse(ws: WebSocket, error: IngestError) -> None:
    """Tells the peer what it did wrong, and closes."""
    await finish(
        ws, to_json(ErrorMessage(code=error.code, message=str(error))), CLOSE_CODES[error.code], error.code
    )


async def finish(ws: WebSocket, message: Json, close_code: int, reason: str) -> None:
    """The last message and the close frame, unless the peer is gone."""
    if ws.client_state is not WebSocketState.CONNECTED:
        return
    try:
        await say(ws, message)
        await ws.close(close_code, reason)
    except WebSocketDisconnect:
        return  # it left while we spoke: nobody to tell
