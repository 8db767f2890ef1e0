"""Serves a file that may grow meanwhile, as long as it was when the request came; also one that is encrypted.

A response that announces a length and then sends more is broken off by the server. One whose file turns out to be
damaged is broken off, too, so nobody takes it for the whole. Byte ranges, HEAD and conditions are Starlette's.
Next: `calls.py` serves the recordings of live calls with it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from anyio import AsyncFile, CancelScope, to_thread, wrap_file
from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from voiceassist.errors import RecordingError
from voiceassist.store.encrypted_recording import EncryptedRecording

log = structlog.get_logger()


class GrowingFileResponse(FileResponse):
    """A file, up to the length that the answer's head announces."""

    def __init__(self, path: Path, encrypted: EncryptedRecording | None = None, *, status_code: int = 200) -> None:
        """`encrypted`: what was found in the file, which is sent instead of the file's own bytes.

        FastAPI documents the default of `status_code`.
        """
        super().__init__(path, status_code, stat_result=encrypted.stat if encrypted else None)
        self._encrypted = encrypted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the head, and no more of the body than it announces."""
        left, is_complete = 0, False

        async def send_at_most(message: Message) -> None:
            nonlocal left, is_complete
            if message["type"] == "http.response.start":
                left = _content_length(message)
                await send(message)
            elif not is_complete:  # nothing may follow the last part of a body, not even an empty one
                body = message.get("body", b"")[:left]
                left -= len(body)
                is_complete = left == 0 or not message.get("more_body", False)
                await send({**message, "body": body, "more_body": not is_complete})

        try:
            await super().__call__(scope, receive, send_at_most)
        except RecordingError as error:  # the head is sent; without the rest the server ends the connection
            log.warning("recording is broken off", error=str(error))

    @asynccontextmanager
    async def _open_file(self) -> AsyncIterator[AsyncFile[bytes]]:
        """Starlette reads from what this gives."""
        if self._encrypted is None:
            async with super()._open_file() as file:
                yield file
        else:
            file = wrap_file(await to_thread.run_sync(self._encrypted.open))
            try:
                yield file
            finally:
                with CancelScope(shield=True):  # also when the listener went away
                    await file.aclose()


def _content_length(start: Message) -> int:
    return next(int(value) for name, value in start["headers"] if name == b"content-length")
