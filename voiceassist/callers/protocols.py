"""Every protocol that a call can be placed with: its address, its rates, its legs, its options.

The one place where a caller is added. Next: `run.py` makes callers by it, `voiceassist call` lists it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from voiceassist.callers import asterisk, audiohook, freeswitch, stream, twilio, vonage, vosk
from voiceassist.callers.asterisk import AsteriskCaller
from voiceassist.callers.audiohook import AudiohookCaller
from voiceassist.callers.caller import Caller, CallerError, CallerLine, PlacedCall
from voiceassist.callers.freeswitch import FreeswitchCaller
from voiceassist.callers.stream import StreamCaller
from voiceassist.callers.twilio import MediaStreamCaller
from voiceassist.callers.vonage import VonageCaller
from voiceassist.callers.vosk import VoskCaller

TELEPHONE = (8_000,)  # ITU-T G.711
WIDE = (8_000, 16_000)  # with 16 bits a sample


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerProtocol:
    """One phone system's way to stream a call."""

    path: str  # where a server of ours takes it
    make: Callable[[PlacedCall, CallerLine], Caller] | None  # None: no websocket, `whip.py` places it
    what: str  # one line for people
    rates_hz: tuple[int, ...] = ()  # that it can carry; none: any from 8 to 48 kHz
    legs: Literal["both or one", "both", "one"] = "both or one"  # that one connection can carry
    frame_ms: int = 20
    options: Mapping[str, str] = field(default_factory=dict)  # name → what it does


PROTOCOLS: Mapping[str, CallerProtocol] = {
    "stream": CallerProtocol(
        path="/ingest/stream",
        make=StreamCaller,
        what="voiceassist's own: JSON start message, then samples of both legs",
        options=stream.OPTIONS,
    ),
    "whip": CallerProtocol(
        path="/whip",
        make=None,
        what="WebRTC (RFC 9725) with Opus, in real time",
        rates_hz=(48_000,),  # RFC 7587 section 4.1
    ),
    "twilio": CallerProtocol(
        path="/ingest/twilio",
        make=partial(MediaStreamCaller, twilio.TWILIO),
        what="Twilio Media Streams: JSON, both tracks, G.711",
        rates_hz=TELEPHONE,
        options=twilio.TWILIO.options,
    ),
    "telnyx": CallerProtocol(
        path="/ingest/telnyx",
        make=partial(MediaStreamCaller, twilio.TELNYX),
        what="Telnyx media streaming: JSON, both tracks, G.711 or L16",
        rates_hz=WIDE,
        options=twilio.TELNYX.options,
    ),
    "signalwire": CallerProtocol(
        path="/ingest/signalwire",
        make=partial(MediaStreamCaller, twilio.SIGNALWIRE),
        what="SignalWire's <Stream>: JSON, both tracks, G.711 or L16",
        rates_hz=(*WIDE, 24_000),
        options=twilio.SIGNALWIRE.options,
    ),
    "plivo": CallerProtocol(
        path="/ingest/plivo",
        make=partial(MediaStreamCaller, twilio.PLIVO),
        what="Plivo audio streaming: JSON, both tracks, G.711 or L16",
        rates_hz=WIDE,
        options=twilio.PLIVO.options,
    ),
    "vonage": CallerProtocol(
        path="/ingest/vonage",
        make=VonageCaller,
        what="Vonage's WebSocket endpoint: L16, a connection for each person",
        rates_hz=WIDE,
        legs="one",
        options=vonage.OPTIONS,
    ),
    "audiohook": CallerProtocol(
        path="/ingest/audiohook",
        make=AudiohookCaller,
        what="Genesys Cloud AudioHook, version 2",
        rates_hz=TELEPHONE,
        frame_ms=200,
        options=audiohook.OPTIONS,
    ),
    "asterisk": CallerProtocol(
        path="/ingest/asterisk",
        make=AsteriskCaller,
        what="Asterisk's chan_websocket: a connection for each leg",
        rates_hz=asterisk.RATES_HZ,
        legs="one",
        options=asterisk.OPTIONS,
    ),
    "freeswitch": CallerProtocol(
        path="/ingest/freeswitch",
        make=FreeswitchCaller,
        what="FreeSWITCH's mod_audio_fork and mod_audio_stream: L16, both legs or one",
        rates_hz=freeswitch.RATES_HZ,
        options=freeswitch.OPTIONS,
    ),
    "vosk": CallerProtocol(
        path="/ingest/vosk",
        make=VoskCaller,
        what="a client of vosk-server: one channel, an answer for every message",
        legs="one",
        frame_ms=200,  # as `test.py` sends
        options=vosk.OPTIONS,
    ),
}


def protocol_named(name: str) -> CallerProtocol:
    """Raises CallerError with the names that there are."""
    if name not in PROTOCOLS:
        raise CallerError(f"--protocol {name}: the protocols are {', '.join(PROTOCOLS)}")
    return PROTOCOLS[name]


def check_options(name: str, options: Mapping[str, str]) -> None:
    """Raises CallerError for an option that the protocol does not have."""
    known = protocol_named(name).options
    for option in options:
        if option not in known:
            have = f"its options are {', '.join(known)}" if known else "it has no options"
            raise CallerError(f"--set {option}=…: {name} does not know it; {have}")
