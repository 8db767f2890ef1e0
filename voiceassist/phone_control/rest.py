"""One question to a phone system's REST interface, bounded in time and in bytes; what fails is a PhoneError.

Never follows a redirect, never asks twice, never says a secret or a customer's number: errors name the method and
the address's path only. Overflow rule: who waits behind AT_ONCE others for longer than the time is told so.
Next: `asterisk.py` and `twilio.py` know what to ask.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from voiceassist.errors import PhoneError

ANSWER_WITHIN_S = 5.0  # somebody waits before a button
ANSWER_BYTES = 256 << 10  # a list of all channels of a busy Asterisk: some 500 bytes each
AT_ONCE = 16
TOLD_CHARS = 160  # of what the phone system itself says of a failure

Json = dict[str, Any]

CODES: Mapping[int, str] = {
    401: "phone_sign_in",
    403: "phone_sign_in",
    404: "line_gone",
    409: "phone_conflict",
    422: "phone_not_ready",  # Asterisk: the channel is on its way into our application still
    429: "phone_busy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A phone system's interface; made by `asking`, which closes its connections."""

    title: str  # of the phone system
    http: httpx.AsyncClient
    within_s: float = ANSWER_WITHIN_S
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """What it answers. Raises PhoneError."""
        return await self._ask("GET", path, query, None)

    async def post(
        self, path: str, query: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Any:  # noqa: ANN401 - JSON
        """What it answers; None for nothing. Raises PhoneError."""
        return await self._ask("POST", path, query, form)

    async def delete(self, path: str) -> bool:
        """Whether there was something to delete. Raises PhoneError."""
        try:
            await self._ask("DELETE", path, None, None)
        except PhoneError as error:
            if error.code != "line_gone":
                raise
            return False
        return True

    async def _ask(
        self, method: str, path: str, query: Mapping[str, str] | None, form: Mapping[str, str] | None
    ) -> Any:  # noqa: ANN401 - JSON
        asked = f"{self.title}, {method} {path}"
        try:
            async with (
                asyncio.timeout(self.within_s),
                self.slots,
                self.http.stream(method, path, params=query, data=form) as response,
            ):
                return _answer(asked, response.status_code, await _body(response))
        except TimeoutError:
            raise PhoneError("phone_unreachable", f"{asked}: no answer within {self.within_s:g} s") from None
        except httpx.HTTPError as error:
            told = f"{asked}: {type(error).__name__} {error}".strip()
            raise PhoneError("phone_unreachable", told) from None


@asynccontextmanager
async def asking(title: str, url: str, user: str, password: str) -> AsyncIterator[Rest]:
    """An interface with Basic authentication; `url` is what every path is put behind."""
    auth = httpx.BasicAuth(user, password)
    base = f"{url.rstrip('/')}/"
    async with httpx.AsyncClient(base_url=base, auth=auth, timeout=ANSWER_WITHIN_S) as http:
        yield Rest(title=title, http=http)


async def _body(response: httpx.Response) -> bytes:
    body = b""
    async for part in response.aiter_bytes():
        body += part
        if len(body) > ANSWER_BYTES:
            raise PhoneError("phone_failed", f"the phone system's answer is larger than {ANSWER_BYTES} bytes")
    return body


def _answer(asked: str, status: int, body: bytes) -> Any:  # noqa: ANN401 - JSON
    if not httpx.codes.is_success(status):
        raise PhoneError(CODES.get(status, "phone_failed"), f"{asked}: HTTP {status} {_said(body)}".rstrip())
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise PhoneError("phone_failed", f"{asked}: the answer is no JSON") from None


def _said(body: bytes) -> str:
    """What it says itself: Asterisk and Twilio call it `message`."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    message = said.get("message") if isinstance(said, dict) else None
    return message[:TOLD_CHARS] if isinstance(message, str) else ""
