"""Serves a file that may grow meanwhile, as long as it was when the request came.

A response that announces a length and then sends more is broken off by the server. Byte ranges, HEAD and
conditions are Starlette's. Next: `calls.py` serves the recordings of live calls with it.
"""

from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send


class GrowingFileResponse(FileResponse):
    """A file, up to the length that the answer's head announces."""

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

        await super().__call__(scope, receive, send_at_most)


def _content_length(start: Message) -> int:
    return next(int(value) for name, value in start["headers"] if name == b"content-length")
