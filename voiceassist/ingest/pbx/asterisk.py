"""`WS /ingest/asterisk`: Asterisk's chan_websocket, one connection for each leg. Asterisk dials, we listen.

Never touches a socket or a clock, and never sends media or a command: Asterisk wants no answer to anything.
It logs neither a close code nor its reason, so what was wrong stands in our log.

    state      MEDIA_START          DTMF_END   binary     close 1000   any other text
    waiting    → live (Started)     ignored    no_start   nothing      ignored
    live       already_started      Pressed    Audio      hung up      ignored
    over       nothing is accepted any more: the socket is being closed

# The protocol, as read in channels/chan_websocket.c

Asterisk 20.16, 21.11, 22.6, 23.0 and later connect by `websocket_client.conf`, with the subprotocol that is named
there (`media`). Text messages are events, in one of two forms; binary messages are media, 20 ms each:

    MEDIA_START connection_id:va channel:WebSocket/va/0x5140 channel_id:1761245643.1 format:ulaw
        optimal_frame_size:160 ptime:20                                                     (all in one line)
    DTMF_END digit:5 channel_id:1761245643.1

    {"event": "MEDIA_START", "connection_id": "va", "channel": "WebSocket/va/0x5140", "channel_id": "1761245643.1",
     "format": "ulaw", "optimal_frame_size": 160, "ptime": 20, "channel_variables": {"VOICEASSIST_LEG": "agent"}}
    {"event": "DTMF_END", "channel_id": "1761245643.1", "digit": "5"}

The JSON form came with 20.18, 22.8 and 23.2, and only it has the channel's variables. Which call and whose leg it
is says the address (`call_id`, `leg` and the others of `parameters.py`), or a variable, which counts more:
VOICEASSIST_CALL_ID, VOICEASSIST_LEG, VOICEASSIST_AGENT_ID and so on. A leg without a call id is a call of its own,
which gets its channel's id. `agent_channel` and `customer_channel` say which channels are listened to: this one
is none of them, and only they can be whispered into or hung up (`phone_control/`). A channel that ends closes with
1000; after other closes its line was lost.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from voiceassist.audio.pcm import Encoding, FrameDecoder
from voiceassist.config import TELEPHONE_KEYS
from voiceassist.errors import IngestError
from voiceassist.events import EndReason, Speaker
from voiceassist.ingest.dialect import Audio, Close, Finished, News, PeerEvent, Pressed, Refused, Started
from voiceassist.ingest.fields import is_call_id, new_call_id, short
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.parameters import call_info, parse_parameters
from voiceassist.ingest.socket_close import close_of, end_by_close
from voiceassist.wire import Json

SUBPROTOCOL = "media"
VARIABLE = "VOICEASSIST_"  # what names of our channel variables begin with

# `ast_format_get_name` of what can be decoded here (main/codec_builtin.c). slin has the byte order of the machine
# that Asterisk runs on, which is little-endian wherever it is in use.
FORMATS: Mapping[str, tuple[Encoding, int]] = {
    "ulaw": ("mulaw", 8_000),
    "alaw": ("alaw", 8_000),
    "slin": ("s16le", 8_000),
    "slin8": ("s16le", 8_000),
    "slin12": ("s16le", 12_000),
    "slin16": ("s16le", 16_000),
    "slin24": ("s16le", 24_000),
    "slin32": ("s16le", 32_000),
    "slin44": ("s16le", 44_100),
    "slin48": ("s16le", 48_000),
}
NO_LEG = (
    "it is not said whose voice this is: add `leg=agent` or `leg=customer` to the address, as in "
    "Dial(WebSocket/va/c(ulaw)v(call_id=17,leg=agent)), or set the channel's variable VOICEASSIST_LEG"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlEvent:
    """A text message of either form."""

    name: str
    fields: Mapping[str, object]


class AsteriskDialect:
    """One connection."""

    def __init__(self, handshake: Handshake, limits: PeerLimits) -> None:
        self._query, self._limits = handshake.query, limits
        self._decoder: FrameDecoder | None = None  # once started
        self._leg: Speaker = "agent"
        self._to_send: list[Close] = []

    def receive(self, message: str | bytes) -> list[PeerEvent]:
        """What Asterisk said. Raises IngestError."""
        self._check_size(message)
        return self._audio(message) if isinstance(message, bytes) else self._control(message)

    def tell(self, news: News) -> None:
        """Closes when the call is over; there are no words for anything else."""
        if isinstance(news, Finished | Refused):
            self._to_send.append(close_of(news))

    def to_send(self) -> list[Close]:
        """Given once."""
        messages, self._to_send = self._to_send, []
        return messages

    def closed(self, code: int) -> EndReason:
        """A channel that ends closes with 1000."""
        return end_by_close(code)

    def _audio(self, data: bytes) -> list[PeerEvent]:
        if self._decoder is None:
            raise IngestError("no_start", "media came before MEDIA_START: is this Asterisk's chan_websocket?")
        return [Audio(legs=(self._leg,), channels=self._decoder.feed(data))]

    def _control(self, text: str) -> list[PeerEvent]:
        event = parse_control(text)
        match event.name:
            case "MEDIA_START":
                return [self._start(event.fields)]
            case "DTMF_END" if self._decoder:
                return self._pressed(event.fields.get("digit"))
        return []  # MEDIA_XOFF and so on are of media that we would send; newer Asterisks may say more

    def _start(self, fields: Mapping[str, object]) -> Started:
        if self._decoder is not None:
            raise IngestError("already_started", "a second MEDIA_START; open another connection for another leg")
        encoding, rate_hz = _format(fields.get("format"))
        said = parse_parameters(self._query, _variables(fields.get("channel_variables")))
        if said.leg is None:
            raise IngestError("bad_legs", NO_LEG)
        self._decoder, self._leg = FrameDecoder(encoding, channels=1), said.leg
        channel_id = _text(fields.get("channel_id"))
        info = call_info(said, "asterisk", channel_id if is_call_id(channel_id) else new_call_id())
        return Started(info=info, rate_hz=rate_hz, tracks=((said.leg,),))

    def _pressed(self, digit: object) -> list[PeerEvent]:
        if not isinstance(digit, str) or digit.upper() not in TELEPHONE_KEYS or len(digit) != 1:
            return []
        return [Pressed(speaker=self._leg, key=digit.upper())]

    def _check_size(self, message: str | bytes) -> None:
        limit = self._limits.message_bytes if isinstance(message, bytes) else self._limits.start_bytes
        if len(message) > limit:
            raise IngestError(
                "frame_too_large", f"a message of {len(message)} is too large; Asterisk sends at most {limit}"
            )


def parse_control(text: str) -> ControlEvent:
    """A text message; one that is neither form has an unknown name. Raises IngestError for broken JSON."""
    return _json_event(text) if text.lstrip().startswith("{") else _plain_event(text)


def _json_event(text: str) -> ControlEvent:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise IngestError("bad_json", f"a control message is not JSON: {error}") from None
    assert isinstance(message, dict)  # it begins with a brace
    return ControlEvent(name=_text(message.get("event")), fields=message)


def _plain_event(text: str) -> ControlEvent:
    """`NAME key:value key:value`; a value may have colons, as a channel's name in IPv6 has."""
    name, *pairs = text.split(" ")
    parted = (pair.partition(":") for pair in pairs)
    return ControlEvent(name=name, fields={key: value for key, colon, value in parted if colon})


def _variables(given: object) -> Json:
    """Our variables without their prefix; others are the dialplan's own."""
    variables = given if isinstance(given, dict) else {}
    return {name.removeprefix(VARIABLE): value for name, value in variables.items() if name.startswith(VARIABLE)}


def _format(name: object) -> tuple[Encoding, int]:
    found = FORMATS.get(_text(name).lower())
    if found is None:
        told = f"MEDIA_START: `format` is {short(_text(name))}; dial with c(ulaw), or one of {', '.join(FORMATS)}"
        raise IngestError("unknown_encoding", told)
    return found


def _text(value: object) -> str:
    """A text, or none."""
    return value if isinstance(value, str) else ""
