"""Sends messages as mail, over SMTP with TLS, STARTTLS or neither.

Each receiver gets a message once: who has it is remembered, and the next try is for the others. The Message-ID is
that of the delivery, the same on every try. A server that offers no STARTTLS where it was asked for gets nothing.
Next: `channel.py` tries again.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

import aiosmtplib
from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from voiceassist.notices.channel_queue import Failure, Outgoing
from voiceassist.notices.notice import short
from voiceassist.notices.sending import TRY_S, NotSentError, Way, not_sent, said
from voiceassist.notices.text import Wording, text_of
from voiceassist.notify_settings import ChannelSettings

PORTS = {"starttls": 587, "tls": 465, "none": 25}
GOODBYE_S = 1.0
FOR_EVER = range(500, 600)  # RFC 5321, 4.2.1: trying the same again will not help

Refused = Mapping[str, aiosmtplib.SMTPResponse]


async def mail(way: Way, message: Outgoing, now_s: float) -> str:
    """What the mail server answered. Raises NotSentError."""
    channel = way.channel
    notices = [delivery.notice for delivery in message.deliveries]
    composed = compose(channel, message.id, text_of(notices, channel.language, way.settings.public_url), now_s)
    receivers = [address for address in channel.to if address not in message.reached]
    try:
        async with asyncio.timeout(TRY_S):
            return await _sent(way, composed, receivers, message.reached)
    except TimeoutError:
        raise not_sent(f"no answer within {TRY_S:g} s") from None
    except SMTPRecipientsRefused as error:
        refused = {one.recipient: aiosmtplib.SMTPResponse(one.code, one.message) for one in error.recipients}
        raise NotSentError(_refused(refused, message.reached)) from None
    except SMTPAuthenticationError as error:  # a password can be put right; what waits is sent then
        raise not_sent(f"the server does not let us in: {error.code} {said(error.message)}") from None
    except SMTPResponseException as error:
        raise not_sent(f"{error.code} {said(error.message)}", is_final=error.code in FOR_EVER) from None
    except (SMTPException, OSError, ValueError) as error:
        raise not_sent(said(str(error)) or type(error).__name__) from None


def compose(channel: ChannelSettings, message_id: str, text: Wording, now_s: float) -> EmailMessage:
    """The mail; plain text, so that nothing in it can be markup."""
    sender = channel.sender or ""
    composed = EmailMessage(policy=SMTP_POLICY)
    composed["From"] = sender
    composed["To"] = ", ".join(channel.to)
    composed["Subject"] = _sayable(short(text.title))
    composed["Date"] = format_datetime(datetime.fromtimestamp(now_s, UTC))
    composed["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    composed["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice answers it
    link = f"\n{text.link_text}: {text.link}\n" if text.link else ""
    composed.set_content(_sayable("\n".join([text.title, "", *text.lines]) + "\n" + link), cte="quoted-printable")
    return composed


def _sayable(text: str) -> str:
    """Without lone surrogates, which no charset has."""
    return text.encode("utf-8", "replace").decode()


async def _sent(way: Way, composed: EmailMessage, receivers: list[str], reached: tuple[str, ...]) -> str:
    channel = way.channel
    client = SMTP(
        hostname=channel.host,
        port=channel.port or PORTS[channel.security],
        use_tls=channel.security == "tls",
        start_tls=channel.security == "starttls",
        tls_context=way.tls if channel.security != "none" else None,
        local_hostname=(channel.sender or "").rpartition("@")[2],
        timeout=TRY_S,
    )
    try:
        await client.connect()
        if channel.username and channel.password is not None:
            await client.login(channel.username, channel.password)
        refused, answer = await client.sendmail(channel.sender or "", receivers, composed.as_bytes())
        if refused:
            accepted = (address for address in receivers if address not in refused)
            raise NotSentError(_refused(refused, (*reached, *accepted)))
        return said(answer)
    finally:
        await _leave(client)


async def _leave(client: SMTP) -> None:
    """Says goodbye, if anybody listens; the message is sent, or is not, either way."""
    try:
        async with asyncio.timeout(GOODBYE_S):
            if client.is_connected:
                await client.quit()
    except (SMTPException, OSError):
        pass
    finally:
        client.close()


def _refused(refused: Refused, reached: tuple[str, ...]) -> Failure:
    """The receivers who have not got it are tried again, unless all of them are refused for ever."""
    told = "; ".join(f"{address}: {answer.code} {answer.message}" for address, answer in refused.items())
    is_final = all(answer.code in FOR_EVER for answer in refused.values())
    return Failure(reason=said(told), is_final=is_final, reached=reached)
