"""What a try to send comes to, whatever the channel. Every try is bounded in time and in bytes.

Next: `web.py`, `mail.py` and `broker.py` send; `channel.py` asks `sender_of` for the one of its kind.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path

import httpx

from voiceassist.config import Settings
from voiceassist.errors import ConfigError
from voiceassist.notices.channel_queue import Failure
from voiceassist.notify_settings import ChannelSettings

TRY_S = (
    15.0  # for one try, from the name's look-up to the last answer; mail servers let strangers wait some seconds
)
WORDS_CHARS = 300  # of what a receiver says when it refuses


class NotSentError(Exception):
    """The receiver has not got it, or not said so."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is needed to send by one channel."""

    channel: ChannelSettings
    settings: Settings
    tls: ssl.SSLContext


def way_of(channel: ChannelSettings, settings: Settings) -> Way:
    """Reads certificates, so it blocks. Raises ConfigError for a file of them that cannot be used."""
    tls = tls_of(channel.ca_file, f"notify.{channel.name}.ca_file")
    return Way(channel=channel, settings=settings, tls=tls)


def tls_of(ca_file: Path | None, setting: str) -> ssl.SSLContext:
    """Which certificates are believed. Blocks; raises ConfigError that names the setting."""
    tls = httpx.create_ssl_context()
    try:
        if ca_file:
            tls.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"setting `{setting}`: {ca_file} cannot be used: {error}") from None
    return tls


def said(words: bytes | str) -> str:
    """What a receiver said, as one short line without control characters."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= WORDS_CHARS else f"{line[: WORDS_CHARS - 1]}…"


def not_sent(reason: str, *, is_final: bool = False, after_s: float = 0) -> NotSentError:
    """The error for a try that went wrong."""
    return NotSentError(Failure(reason=reason, is_final=is_final, after_s=after_s))
