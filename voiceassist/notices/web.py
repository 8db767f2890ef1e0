"""Posts messages to webhooks: our own, signed; Slack's; Teams'.

Never follows a redirect, and reads no more of an answer than it may quote. Whoever says 2xx has the message,
whatever comes after that. Next: `channel.py` tries again.
"""

import asyncio
import os
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx

from voiceassist import __version__
from voiceassist.notices.bodies import encoded, slack_body, teams_body, webhook_body
from voiceassist.notices.channel_queue import Outgoing
from voiceassist.notices.sending import TRY_S, Way, not_sent, said
from voiceassist.notices.sign import signed_headers
from voiceassist.notices.text import text_of

CONNECT_S = 5.0
ANSWER_BYTES = 1_000  # of a refusal, to quote it
ANSWER_S = 3.0  # for them


async def post(way: Way, message: Outgoing, now_s: float) -> str:
    """What the receiver answered. Raises NotSentError."""
    body = _body(way, message)
    if way.channel.kind == "webhook":
        return await post_signed(way, message.id, body, now_s)
    return await _post(way, body, {}, now_s)


async def post_signed(way: Way, message_id: str, body: bytes, now_s: float) -> str:
    """What the receiver of a signed message answered. Raises NotSentError."""
    return await _post(way, body, signed_headers(way.channel.secret or "", message_id, int(now_s), body), now_s)


async def _post(way: Way, body: bytes, signature: dict[str, str], now_s: float) -> str:
    headers = {"content-type": "application/json", "user-agent": f"voiceassist/{__version__}", **signature}
    try:
        async with asyncio.timeout(TRY_S):
            return await _posted(way, body, headers, now_s)
    except TimeoutError:
        raise not_sent(f"no answer within {TRY_S:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise not_sent(_reason(error)) from None


def _body(way: Way, message: Outgoing) -> bytes:
    channel, url = way.channel, way.settings.public_url
    notices = [delivery.notice for delivery in message.deliveries]
    text = text_of(notices, channel.language, url)
    match channel.kind:
        case "slack":
            return encoded(slack_body(text))
        case "teams":
            return encoded(teams_body(text, [notice.level for notice in notices]))
        case _:
            return encoded(webhook_body(message, channel.name, url))


async def _posted(way: Way, body: bytes, headers: dict[str, str], now_s: float) -> str:
    timeout = httpx.Timeout(TRY_S, connect=CONNECT_S)
    async with (
        httpx.AsyncClient(timeout=timeout, verify=way.tls) as http,
        http.stream("POST", way.channel.url or "", content=body, headers=headers) as response,
    ):
        answer = f"HTTP {response.status_code} {response.reason_phrase}".strip()
        if response.is_success:
            return answer
        if response.is_redirect:
            told = "voiceassist follows no redirect; set `url` to where it leads"
            raise not_sent(f"{answer}: {told}")
        words = await _words(response)
        raise not_sent(
            f"{answer}: {words}" if words else answer,
            is_final=response.status_code
            == httpx.codes.GONE,  # "the receiver wants no more", says the specification
            after_s=_asked_s(response.headers.get("retry-after", ""), now_s),
        )


async def _words(response: httpx.Response) -> str:
    """The beginning of a refusal, as far as it comes in time."""
    body = b""
    try:
        async with asyncio.timeout(ANSWER_S):
            async for part in response.aiter_raw():
                body += part
                if len(body) >= ANSWER_BYTES:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass  # what has come is what there is to quote
    return said(body[:ANSWER_BYTES])


def _asked_s(retry_after: str, now_s: float) -> float:
    """For how long the receiver wants to be left alone (RFC 9110, 10.2.3); 0: it does not say."""
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:9])
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0
    return max(0.0, at.replace(tzinfo=at.tzinfo or UTC).timestamp() - now_s)


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return f"no connection within {CONNECT_S:g} s"
    first = _first_cause(error)
    if isinstance(first, ConnectionError) and first.errno:
        return os.strerror(first.errno)
    return said(getattr(first, "strerror", None) or str(first)) or type(error).__name__


def _first_cause(error: BaseException) -> BaseException:
    """Where it began: "all connection attempts failed" says nothing that one could mend."""
    while cause := error.__cause__ or error.__context__:
        error = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause
    return error
