"""Vonage's WebSocket endpoint: one text that says what comes, then the samples of one track, 20 ms each.

    state      websocket:connected   binary     websocket:dtmf   other texts   the socket closes
    waiting    → live (Started)      no_start   no_start         ignored
    live       already_started       Audio      Pressed          ignored       Ended

The track is one person where the connection says so (`leg=agent`, in the address or among the endpoint's
`headers`), and another connection may carry the other one under the same `call_id`. Otherwise it is the mix of the
conversation, heard as one leg: nobody can tell afterwards who spoke.
Never touches a socket or a clock. Pressed keys are told to nobody but the call. Next: `call_socket.py` runs it.
"""

import json
import re
from typing import Any

from voiceassist.audio.pcm import FrameDecoder
from voiceassist.config import TELEPHONE_KEYS
from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, EndReason, Speaker
from voiceassist.ingest.dialect import Audio, Close, Finished, News, PeerEvent, Pressed, Refused, Started
from voiceassist.ingest.fields import RATE_RANGE_HZ, new_call_id, short
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.media_streams.signatures import NO_PROOF, Proof
from voiceassist.ingest.parameters import call_info, parse_parameters
from voiceassist.ingest.socket_close import close_of, end_by_close

CONTENT_TYPE = re.compile(r"audio/l16\s*;\s*rate=(\d{1,6})", re.IGNORECASE)

Json = dict[str, Any]


class VonageDialect:
    """One connection."""

    def __init__(
        self, limits: PeerLimits, handshake: Handshake, *, mixed_leg: Speaker = "agent", proof: Proof = NO_PROOF
    ) -> None:
        """`proof`: what was found of its token."""
        self._limits, self._handshake, self._proof = limits, handshake, proof
        self._leg = mixed_leg  # unless the connection says whose talk it is
        self._is_mixed = True
        self._decoder: FrameDecoder | None = None  # once started
        self._to_send: list[Close] = []

    def receive(self, message: str | bytes) -> list[PeerEvent]:
        """What the peer said. Raises IngestError."""
        limit = self._limits.message_bytes if self._decoder else self._limits.start_bytes
        if len(message) > limit:
            raise IngestError("frame_too_large", f"a message of {len(message)} bytes; {limit} are the most")
        if isinstance(message, bytes):
            return [Audio(legs=(self._leg,), channels=self._started("audio").feed(message))]
        said = _object(message)
        match said.get("event"):
            case "websocket:connected":
                return [self._start(said)]
            case "websocket:dtmf":
                return self._pressed(said)
        return []

    def closed(self, code: int) -> EndReason:
        """Why the audio ended, when the peer closed its connection: that is how it hangs up."""
        return end_by_close(code)

    def tell(self, news: News) -> None:
        """Closes; what else is sent to it would be played into the call."""
        match news:
            case Finished() | Refused():
                self._to_send.append(close_of(news))

    def to_send(self) -> list[Close]:
        """What is to be sent; given once."""
        closes, self._to_send = self._to_send, []
        return closes

    def _start(self, said: Json) -> Started:
        if self._decoder:
            raise IngestError("already_started", "this connection carries a call already; open another connection")
        rate_hz = _rate(said.get("content-type"))
        parameters = parse_parameters(self._handshake.query, said)
        self._is_mixed, self._leg = parameters.leg is None, parameters.leg or self._leg
        call_id = said.get("conversation_uuid")
        info = call_info(
            parameters,
            "vonage",
            call_id if isinstance(call_id, str) else new_call_id(),
            (self._leg,) if self._is_mixed else SPEAKERS,
        )
        self._decoder = FrameDecoder("s16le", 1)
        return Started(
            info=info,
            rate_hz=rate_hz,
            tracks=((self._leg,),),
            signed_by=self._proof.by,
            forged=self._proof.forged,
            key=parameters.key,
        )

    def _pressed(self, said: Json) -> list[PeerEvent]:
        """A key; in a mix anybody may have pressed it, so it counts as the customer's, who commands nothing."""
        self._started("`websocket:dtmf`")
        key = said.get("digit")
        if not isinstance(key, str) or key.upper() not in TELEPHONE_KEYS:
            return []
        return [Pressed(speaker="customer" if self._is_mixed else self._leg, key=key.upper())]

    def _started(self, what: str) -> FrameDecoder:
        if self._decoder is None:
            raise IngestError("no_start", f"{what} came before `websocket:connected`")
        return self._decoder


def _rate(content_type: object) -> int:
    low, high = RATE_RANGE_HZ
    said = CONTENT_TYPE.fullmatch(content_type.strip()) if isinstance(content_type, str) else None
    if said is None:
        told = 'set the endpoint\'s "content-type" to audio/l16;rate=16000 or audio/l16;rate=8000'
        raise IngestError("unknown_encoding", f"`content-type` is {short(content_type)}; {told}")
    if not low <= int(said[1]) <= high:
        raise IngestError("bad_rate", f"`content-type` is {short(content_type)}; the rate must be {low} to {high}")
    return int(said[1])


def _object(text: str) -> Json:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise IngestError("bad_json", "a text message that is no JSON") from None
    if not isinstance(said, dict):
        raise IngestError("not_an_object", f"a text message must be a JSON object, not {type(said).__name__}")
    return said
