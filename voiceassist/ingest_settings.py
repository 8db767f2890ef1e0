"""Settings of the phone systems' protocols, one section each, and what makes them wrong.

Never asks a phone system anything. Next: `config.py` reads them; the dialects of `ingest/` are made with them.
"""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from voiceassist.errors import ConfigError

Track = Literal["inbound", "outbound"]  # into and out of the phone system, whoever called whom


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings:
    """Twilio Media Streams."""

    auth_token: str | None = field(default=None, repr=False)  # then only what Twilio signed with it is taken
    shared_key_secret: str | None = field(default=None, repr=False)  # of a webhook rule, which signs with it
    public_url: str | None = None  # under which Twilio reaches this server; None: as the opening request says
    customer_track: Track = "inbound"  # on which the customer speaks


@dataclass(frozen=True, slots=True, kw_only=True)
class TelnyxSettings:
    """Telnyx media streaming."""

    customer_track: Track = "inbound"
    l16_byte_order: Literal["big", "little"] = "big"  # RTP's, which Telnyx does not write down


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalWireSettings:
    """SignalWire's `<Stream>`."""

    customer_track: Track = "inbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlivoSettings:
    """Plivo audio streaming."""

    auth_token: str | None = field(default=None, repr=False)  # then only what Plivo signed with it is taken
    public_url: str | None = None  # under which Plivo reaches this server; None: as the opening request says
    customer_track: Track = "inbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class VonageSettings:
    """Vonage's WebSocket endpoint."""

    signature_secret: str | None = field(default=None, repr=False)  # then only what Vonage signed with it is taken
    application_id: str | None = None  # and only for this application
    mixed_leg: Literal["agent", "customer"] = "agent"  # as whose talk a mix of both sides is heard


@dataclass(frozen=True, slots=True, kw_only=True)
class AudiohookSettings:
    """Genesys AudioHook."""

    # By API key; in base64, as Genesys has it, or empty where the integration has none. Then no other key will do.
    client_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    transcripts: bool = False  # finals are sent back as events
    partials: bool = False  # and partials
    # "session": a conversation that Genesys monitors again after a transfer is another call.
    call_per: Literal["conversation", "session"] = "conversation"


def check_public_urls(by_section: Mapping[str, str | None]) -> None:
    """Raises ConfigError for an address that nobody can have asked for."""
    for section, url in by_section.items():
        if url is not None and not _is_address(url):
            told = "must be like wss://calls.example.com, perhaps with a path"
            raise ConfigError(f"setting `{section}.public_url`: {url!r} {told}")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return port_is_fine and parts.scheme in ("wss", "https") and bool(parts.hostname) and not parts.query


def check_audiohook(settings: AudiohookSettings) -> None:
    """Raises ConfigError for what cannot work; says no secret."""
    for api_key, secret in settings.client_secrets.items():
        if not api_key:
            raise ConfigError("setting `audiohook.client_secrets`: an API key is empty")
        try:
            b64decode(secret, validate=True)
        except ValueError:
            told = "is not base64: copy the client secret from the integration's credentials as it stands there"
            raise ConfigError(f"setting `audiohook.client_secrets`: that of {api_key[:4]}… {told}") from None
    if settings.partials and not settings.transcripts:
        raise ConfigError("setting `audiohook.partials`: only with `audiohook.transcripts = true`")
