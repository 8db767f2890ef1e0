"""The caller of Twilio Media Streams, and of the phone systems that speak it with words of their own.

Written from the vendors' documents, beside the server's table and not from it. They speak only, so the server
answers by closing; whoever has an auth token signs the opening request as Twilio and Plivo do.
Next: `run.py` sends it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.callers import g711
from voiceassist.callers.caller import CallerError, CallerLine, Frame, Message, Opening, PlacedCall, made_up_id
from voiceassist.events import Speaker

Json = dict[str, Any]
Track = Literal["inbound", "outbound"]
TELEPHONE_HZ: Final = 8_000  # ITU-T G.711

TRACK_OPTION: Final = {"customer_track": "inbound (default) or outbound: on which track the customer speaks"}
SIGN_OPTION: Final = {"auth_token": "signs the opening request, as the phone system does with it"}


def _little(pcm: Pcm) -> bytes:
    return pcm.astype("<i2").tobytes()


def _network(pcm: Pcm) -> bytes:
    return pcm.astype(">i2").tobytes()


def _numbers_as_text(number: int) -> object:
    return str(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStream:
    """What a start message tells."""

    call: PlacedCall
    stream: str  # its id
    tracks: Sequence[Track]
    encoding: str
    rate_hz: int
    parameters: Mapping[str, str]

    @property
    def account(self) -> str:
        """The id of an account."""
        return f"AC{made_up_id(self.call, 'account').hex()[:32]}"

    @property
    def media_format(self) -> Json:
        """Encoding, rate and channels, in Twilio's words."""
        return {"encoding": self.encoding, "sampleRate": self.rate_hz, "channels": 1}


def _twilio_start(stream: MediaStream) -> Json:
    start = {
        "streamSid": stream.stream,
        "accountSid": stream.account,
        "callSid": stream.call.call_id,
        "tracks": list(stream.tracks),
        "customParameters": dict(stream.parameters),
        "mediaFormat": stream.media_format,
    }
    return {"event": "start", "sequenceNumber": "1", "start": start, "streamSid": stream.stream}


def _telnyx_start(stream: MediaStream) -> Json:
    start = {
        "user_id": stream.account,
        "call_control_id": stream.call.call_id,
        "call_session_id": made_up_id(stream.call, "session").hex()[:32],
        "from": "+13122010094",
        "to": "+13122123456",
        "client_state": "",
        "custom_parameters": dict(stream.parameters) | _which_tracks(stream.tracks),
        "media_format": {"encoding": stream.encoding, "sample_rate": stream.rate_hz, "channels": 1},
    }
    return {"event": "start", "sequence_number": "1", "start": start, "stream_id": stream.stream}


def _plivo_start(stream: MediaStream) -> Json:
    start = {
        "callId": stream.call.call_id,
        "streamId": stream.stream,
        "accountId": stream.account,
        "tracks": list(stream.tracks),
        "mediaFormat": {"encoding": stream.encoding, "sampleRate": stream.rate_hz},
    }
    headers = ";".join(f"{_letters(name)}={value}" for name, value in stream.parameters.items())
    return {"event": "start", "sequenceNumber": 1, "start": start, "extra_headers": headers}


def _which_tracks(tracks: Sequence[Track]) -> dict[str, str]:
    """Telnyx does not say which tracks come."""
    return {} if len(tracks) > 1 else {"tracks": tracks[0]}


def _letters(name: str) -> str:
    """`agent_id` as `agentId`: Plivo takes letters and digits only."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _twilio_signature(url: str, auth_token: str) -> dict[str, str]:
    digest = hmac.digest(auth_token.encode(), _secure(url).encode(), "sha1")
    return {"X-Twilio-Signature": base64.b64encode(digest).decode()}


def _plivo_signature(url: str, auth_token: str) -> dict[str, str]:
    nonce = hashlib.sha256(url.encode()).hexdigest()[:20]
    digest = hmac.digest(auth_token.encode(), f"{_secure(url)}.{nonce}".encode(), "sha256")
    return {"X-Plivo-Signature-V3": base64.b64encode(digest).decode(), "X-Plivo-Signature-V3-Nonce": nonce}


def _secure(url: str) -> str:
    """The address as a phone system knows it: behind TLS, whatever the last mile is."""
    return url.replace("ws://", "wss://", 1) if url.startswith("ws://") else url


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStreamSpeaker:
    """How one phone system speaks."""

    title: str
    stream: str  # name of the stream's id in a message
    sequence: str  # name of the message's number
    start: Callable[[MediaStream], Json]
    encodings: Mapping[str, tuple[str, Callable[[Pcm], bytes]]]  # by option: its name in `start`, what makes bytes
    number: Callable[[int], object] = _numbers_as_text
    greets: Json | None = None  # what it says before `start`
    says_stop: bool = True
    sign: Callable[[str, str], dict[str, str]] | None = None
    key_in: Literal["parameters", "bearer", "header"] = "parameters"
    options: Mapping[str, str] = field(default_factory=dict)


def _encoding_option(names: Sequence[str]) -> dict[str, str]:
    return {"encoding": f"one of {', '.join(names)}; default: {names[0]}"}


TWILIO: Final = MediaStreamSpeaker(
    title="Twilio",
    stream="streamSid",
    sequence="sequenceNumber",
    start=_twilio_start,
    encodings={"mulaw": ("audio/x-mulaw", g711.mulaw)},
    greets={"event": "connected", "protocol": "Call", "version": "1.0.0"},
    sign=_twilio_signature,
    options=TRACK_OPTION | SIGN_OPTION,
)
SIGNALWIRE: Final = MediaStreamSpeaker(
    title="SignalWire",
    stream="streamSid",
    sequence="sequenceNumber",
    start=_twilio_start,
    encodings={"mulaw": ("audio/x-mulaw", g711.mulaw), "l16": ("audio/x-L16", _little)},
    greets={"event": "connected", "protocol": "Call", "version": "0.2.0"},
    key_in="bearer",
    options=TRACK_OPTION | _encoding_option(("mulaw", "l16")),
)
TELNYX: Final = MediaStreamSpeaker(
    title="Telnyx",
    stream="stream_id",
    sequence="sequence_number",
    start=_telnyx_start,
    encodings={"pcmu": ("PCMU", g711.mulaw), "pcma": ("PCMA", g711.alaw), "l16": ("L16", _network)},
    greets={"event": "connected", "version": "1.0.0"},
    key_in="header",
    options=TRACK_OPTION | _encoding_option(("pcmu", "pcma", "l16")),
)
PLIVO: Final = MediaStreamSpeaker(
    title="Plivo",
    stream="streamId",
    sequence="sequenceNumber",
    start=_plivo_start,
    encodings={"mulaw": ("audio/x-mulaw", g711.mulaw), "l16": ("audio/x-l16", _little)},
    number=int,
    says_stop=False,
    sign=_plivo_signature,
    options=TRACK_OPTION | SIGN_OPTION | _encoding_option(("mulaw", "l16")),
)


class MediaStreamCaller:
    """One connection."""

    def __init__(self, speaks: MediaStreamSpeaker, call: PlacedCall, line: CallerLine) -> None:
        options = call.options
        encoding = options.get("encoding", next(iter(speaks.encodings)))
        if encoding not in speaks.encodings:
            raise CallerError(f"encoding={encoding}: {speaks.title} knows {', '.join(speaks.encodings)}")
        self._encoding, self._encode = speaks.encodings[encoding]
        if self._encode not in (_little, _network) and line.rate_hz != TELEPHONE_HZ:
            raise CallerError(
                f"encoding={encoding} is G.711, which has {TELEPHONE_HZ} Hz; use --rate {TELEPHONE_HZ}"
            )
        self._speaks, self._call, self._line = speaks, call, line
        self._customer_track = options.get("customer_track", "inbound")
        made_up = made_up_id(call, f"stream {line.number} of {' '.join(line.legs)}")
        self._stream = f"MZ{made_up.hex()[:32]}"
        self._first: int | None = None  # number of this connection's first frame
        self._latest = -1  # frame that went out, counted from that one
        self._presses: list[int] = []  # the latest frame when each key was pressed
        self._is_over = False

    @property
    def may_send(self) -> bool:
        """At once: nobody answers."""
        return True

    @property
    def is_over(self) -> bool:
        """Once it has hung up."""
        return self._is_over

    def opening(self, url: str) -> Opening:
        """The request, signed if there is a token to sign with."""
        token, key = self._call.options.get("auth_token"), self._call.key
        headers = self._speaks.sign(url, token) if self._speaks.sign and token else {}
        if key and self._speaks.key_in == "header":
            headers["x-telnyx-streaming-auth-token"] = key
        return Opening(headers=headers, sends_key=self._speaks.key_in == "bearer")

    def begin(self) -> Sequence[Message]:
        """What comes and what it is."""
        stream = MediaStream(
            call=self._call,
            stream=self._stream,
            tracks=[self._track(leg) for leg in self._line.legs],
            encoding=self._encoding,
            rate_hz=self._line.rate_hz,
            parameters=self._parameters(),
        )
        greeting = [self._speaks.greets] if self._speaks.greets else []
        return [json.dumps(message) for message in (*greeting, self._speaks.start(stream))]

    def audio(self, frame: Frame) -> Sequence[Message]:
        """A message for each track; the numbers leave a hole where a frame is lost."""
        if self._first is None:
            self._first = frame.number
        place = frame.number - self._first
        self._latest = max(self._latest, place)
        before = 2 + place * len(self._line.legs) + sum(press < place for press in self._presses)
        return [
            self._say("media", before + number, self._media(frame, leg, pcm, place))
            for number, (leg, pcm) in enumerate(zip(self._line.legs, frame.channels, strict=True))
        ]

    def press(self, speaker: Speaker, key: str) -> Sequence[Message]:
        """A key."""
        number = 2 + (self._latest + 1) * len(self._line.legs) + len(self._presses)
        self._presses.append(self._latest)
        return [self._say("dtmf", number, {"track": f"{self._track(speaker)}_track", "digit": key})]

    def pause(self) -> Sequence[Message]:
        """Has no words."""
        return ()

    def resume(self) -> Sequence[Message]:
        """Has no words."""
        return ()

    def end(self) -> Sequence[Message]:
        """It hangs up: some say so first."""
        self._is_over = True
        if not self._speaks.says_stop:
            return ()
        number = 2 + (self._latest + 1) * len(self._line.legs) + len(self._presses)
        return [self._say("stop", number, {"callSid": self._call.call_id})]

    def receive(self, message: Message) -> Sequence[Message]:
        """Raises CallerError: what a server says would be played into the call."""
        raise CallerError(f"the server said {message[:80]!r} to a caller that only speaks")

    def told(self) -> Sequence[str]:
        """Nothing."""
        return ()

    def _track(self, leg: Speaker) -> Track:
        return "inbound" if (leg == "customer") == (self._customer_track == "inbound") else "outbound"

    def _media(self, frame: Frame, leg: Speaker, pcm: Pcm, place: int) -> Json:
        return {
            "track": self._track(leg),
            "chunk": self._speaks.number(place + 1),
            "timestamp": str(frame.at_ms - self._line.begins_ms),
            "payload": base64.b64encode(self._encode(np.asarray(pcm))).decode(),
        }

    def _say(self, event: str, number: int, content: Json) -> str:
        speaks = self._speaks
        named = {speaks.sequence: speaks.number(number), speaks.stream: self._stream}
        return json.dumps({"event": event, **named, event: content})

    def _parameters(self) -> dict[str, str]:
        call = self._call
        said = {
            "agent_id": call.agent.id,
            "agent_name": call.agent.name,
            "agent_team": call.agent.team,
            "customer_id": call.customer.id,
            "customer_name": call.customer.name,
            "tier": call.customer.tier,
            "language": call.language or "",
            "customer_track": self._customer_track,
            "key": (call.key or "") if self._speaks.key_in == "parameters" else "",
        }
        return {name: value for name, value in said.items() if value}
