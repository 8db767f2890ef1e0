"""Twilio Media Streams and the phone systems that speak it with words of their own: what differs, one row each.

Never does anything. Next: `dialect.py` reads every message by its row.

Read in: Twilio's "Media Streams - WebSocket Messages"; Telnyx's AsyncAPI document of media streaming; SignalWire's
cXML reference, `<Stream>`; Plivo's "Audio Streaming Protocol Reference" and its plivo-stream-sdk 0.1.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Wire = Literal["mulaw", "alaw", "s16le", "s16be"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaVendor:
    """How a phone system spells Media Streams."""

    name: str  # of the protocol, and the call's source
    title: str
    # Names in its messages:
    stream: str  # the stream's id, in every message and in `start`
    sequence: str  # a message's number
    call: str  # in `start`: the call's id
    media_format: str  # in `start`
    rate: str  # in the media format
    parameters: str  # what whoever configured it passes along: in `start`, or else beside it
    encodings: Mapping[str, Wire]  # by lower-case name, without "audio/" and "x-"
    to_configure: str  # so that it sends one of them
    ends_by_closing: bool = False  # it has no `stop`
    key_header: str = ""  # of the opening request, where a key may be; empty: none of its own


TWILIO = MediaVendor(
    name="twilio",
    title="Twilio",
    stream="streamSid",
    sequence="sequenceNumber",
    call="callSid",
    media_format="mediaFormat",
    rate="sampleRate",
    parameters="customParameters",
    encodings={"mulaw": "mulaw"},
    to_configure="Media Streams have audio/x-mulaw only",
)
TELNYX = MediaVendor(
    name="telnyx",
    title="Telnyx",
    stream="stream_id",
    sequence="sequence_number",
    call="call_control_id",
    media_format="media_format",
    rate="sample_rate",
    parameters="custom_parameters",
    encodings={"pcmu": "mulaw", "pcma": "alaw", "l16": "s16be"},  # RTP's payloads: RFC 3551 section 4.5.11
    to_configure="set `stream_codec` (in TeXML `codec`) to PCMU, PCMA or L16",
    key_header="x-telnyx-streaming-auth-token",
)
SIGNALWIRE = MediaVendor(
    name="signalwire",
    title="SignalWire",
    stream="streamSid",
    sequence="sequenceNumber",
    call="callSid",
    media_format="mediaFormat",
    rate="sampleRate",
    parameters="customParameters",
    encodings={"mulaw": "mulaw", "pcmu": "mulaw", "l16": "s16le"},
    to_configure="set `codec` to PCMU@8000h, L16@16000h or L16@24000h",
)
PLIVO = MediaVendor(
    name="plivo",
    title="Plivo",
    stream="streamId",
    sequence="sequenceNumber",
    call="callId",
    media_format="mediaFormat",
    rate="sampleRate",
    parameters="extra_headers",
    ends_by_closing=True,
    encodings={"mulaw": "mulaw", "l16": "s16le"},
    to_configure="set `contentType` to audio/x-mulaw;rate=8000, audio/x-l16;rate=8000 or audio/x-l16;rate=16000",
)
