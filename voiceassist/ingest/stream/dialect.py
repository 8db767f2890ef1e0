"""`WS /ingest/stream`: our own audio protocol as a dialect. A phone system sends one call, both legs interleaved.

Never reads a clock and never touches the socket: `call_socket.py` does.
Everything a peer can do wrong is an IngestError, whose code has its close code in the table below.

    state      start                text "stop"   text "dtmf"   binary         anything else
    waiting    → live (Started)     no_start      no_start      no_start       error
    live       already_started      → over        Pressed       Audio          error
    over       nothing is accepted any more: the socket is being closed

# The protocol, version 1

    → {"type": "start", "version": 1, "legs": ["agent", "customer"], "encoding": "mulaw", "rate_hz": 8000,
       "call_id": "c-17", "agent": {"id": "7", "name": "Ana"},
       "customer": {"id": "42", "name": "Mr Brown", "tier": "gold"}, "language": "en"}
    ← {"type": "started", "version": 1, "call_id": "c-17"}
    → binary messages: the samples of the legs in turn, in the announced order
    → {"type": "dtmf", "leg": "agent", "key": "7"}, at any time between them
    → {"type": "stop"}
    ← {"type": "stopped", "call_id": "c-17", "duration_ms": 61500}, then close 1000

- `legs`, `encoding` and `rate_hz` are required. `legs` names the channels: both, or one of them. A connection
  with one leg opens the call of its `call_id`, or joins it with that leg; `leg_taken` when another one carries it.
- `encoding`: `s16le` (16-bit signed, little-endian), `mulaw`, `alaw` (ITU-T G.711). `rate_hz`: 8000 to 48000.
- `call_id`: 1 to 128 letters, digits and `. _ : @ + -`, the first a letter or digit; unique among all calls ever.
  Without it we choose one.
- A leg leaves with the `stop` of its connection, and is gone at once. A socket that closes without one, that
  answers no ping, or that takes nothing of what we say for 10 s, is a line that broke off: the call goes on with
  silence and waits for it, 20 s unless the server is set otherwise (`line_grace_s`). A `start` with the same
  `call_id`, the leg and the same key goes on with the call, at another rate if need be: `started` says the same
  id, and the time between is one gap (`line_lost`). With another key: `not_theirs`. Nobody need wait until we
  know that the old connection is dead: a new one takes its legs over once nothing has come from it for a second
  (then the old one is told `taken_over`); before that, `leg_taken`.
- With its last leg the call ends, and is over: a `start` of its id is answered `call_over`, with the reason.
  Only a call that the server itself broke off, because it crashed or stopped, is continued: as a new call, whose
  id `started` says ("c-17~2", the next time "c-17~3"), with `continues`, the id of the call before.
- A call begins with its first audio. A connection that never has any leaves nothing behind; 200 of them may wait,
  then new ones are refused: `too_many_waiting`.
- `language`: BCP 47, as "es" or "es-MX"; without it the server's default. The server must have it (`/api/status`
  lists its languages); a region that it does not have counts as the language itself ("es-MX" as "es").
- `consent`: what the phone system knows of the customer's consent to being recorded: "unknown" (the default),
  "announced" (they were told), "given" or "refused". A call that continues another says it again.
- A binary message has any size up to 1 MiB, the start message at most 32 KiB. Audio may even cut a sample: the
  rest may follow in the next message.
  Send about every 20 to 100 ms: what is not sent cannot be recognised.
- `dtmf`: a key of somebody's telephone, one of `0123456789*#ABCD`. The agent's keys may pause the recording and
  let it go on, as the settings `pause_keys` and `resume_keys` say; the customer's are not looked at. Keys are
  never stored.
- A recording may be sent faster than real time. Five minutes of it may wait, and no more than 10 MiB of samples;
  then we stop reading until there is room. A client that sends more at once must not time out its pings meanwhile:
  pongs wait behind the audio.
- `stopped` comes after the whole call was recognised and stored; where another connection goes on with the other
  leg, it comes at once.
- No audio for 3 s: the call goes on without it. What was spoken meanwhile may come up to 30 s late, faster than
  real time, and is heard where it belongs; silence takes the place of what does not come, visible as a gap.
- However long a hold is, the call goes on; only when nothing has come for two hours (`idle_after_s`) the
  connection is over: error `idle`. A minute before, we warn (`idle_soon`), on the call's page, too. A connection
  that never sends any audio is over after 60 s.
- Audio that does not look like what was announced is told once, `{"type": "warning", "code": "rate_mismatch",
  "message": "..."}`, shown in the call, and heard as it comes. Codes: `rate_mismatch` (by when it arrives, and by
  how speech sounds), `encoding` (another coding or byte order), `container` (a file), `channels` (one as two legs,
  or two as one), `dead_leg` (nothing on one side), `clipping`, `dc_offset`. Bytes after the last whole frame are
  told at `stop` likewise (`leftover_bytes`).
- Two legs that carry the same audio for 10 s of sound are one channel announced as two: we warn once
  (`legs_identical`) and hear their talk as one; music that is played to both is told likewise.
- A name with control characters (NUL, line breaks) is refused (`bad_field`); one with other characters that nobody
  sees, as direction overrides, is shown without them, and we warn once (`name_cleaned`). An id, a team or a tier
  with any of them is refused. An unknown field is refused, and the nearest known one named.
- Errors are `{"type": "error", "code": "...", "message": "..."}`, then a close with 4400 (wrong message), 4401
  (the key was revoked or has expired), 4403 (the call is another key's), 4408 (nothing came in time), 4409 (the
  call id is taken), 1009 (a message too large), 1011 (we failed), 1012 (the server stops) or 1013 (too many
  wait, or there is no memory for another call). The message says what to do; the codes are in `CLOSE_CODES`
  below.
"""

import json
from collections.abc import Mapping

from voiceassist.audio.pcm import FrameDecoder
from voiceassist.config import TELEPHONE_KEYS
from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, EndReason
from voiceassist.ingest.dialect import (
    Accepted,
    Audio,
    Close,
    Ended,
    Finished,
    Legs,
    News,
    PeerEvent,
    Pressed,
    Refused,
    Started,
    Warned,
)
from voiceassist.ingest.fields import short
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.source import with_clean_names
from voiceassist.ingest.stream.start import STREAM_VERSION, call_info, parse_start
from voiceassist.wire import ErrorMessage, Json, dumps, to_json

# RFC 6455 section 7.4: 1009 and 1011 are the protocol's own, 1012 and 1013 IANA's, 4000-4999 are for private use.
# Ours resemble HTTP.
CLOSE_CODES: Mapping[str, int] = {
    "bad_json": 4400,
    "not_an_object": 4400,
    "unknown_type": 4400,
    "bad_field": 4400,
    "unsupported_version": 4400,
    "unknown_encoding": 4400,
    "bad_rate": 4400,
    "bad_legs": 4400,
    "bad_language": 4400,
    "no_start": 4400,
    "already_started": 4400,
    "not_allowed": 4401,
    "rights_ended": 4401,
    "start_timeout": 4408,
    "idle": 4408,
    "not_theirs": 4403,
    "call_live": 4409,
    "leg_taken": 4409,
    "call_over": 4409,
    "taken_over": 4409,
    "frame_too_large": 1009,
    "call_failed": 1011,
    "shutdown": 1012,
    "too_many_waiting": 1013,
    "no_memory": 1013,
    "busy": 1013,
}


class StreamDialect:
    """One connection."""

    def __init__(self, limits: PeerLimits) -> None:
        self._limits = limits
        self._legs: Legs = ()  # known once started
        self._decoder: FrameDecoder | None = None
        self._to_send: list[str | Close] = []

    def receive(self, message: str | bytes) -> list[PeerEvent]:
        """What the peer said. Raises IngestError."""
        self._check_size(message)
        return self._audio(message) if isinstance(message, bytes) else self._text(message)

    def closed(self, code: int) -> EndReason:  # noqa: ARG002 - who is done says `stop`
        """Without a `stop`, the peer vanished."""
        return "vanished"

    def tell(self, news: News) -> None:
        """Says it in the protocol's words."""
        match news:
            case Accepted(info=info):
                started = {"type": "started", "version": STREAM_VERSION, "call_id": info.call_id}
                self._say(started | ({"continues": info.continues} if info.continues else {}))
                if info.cleaned:
                    told = f"the name of {' and '.join(info.cleaned)} is shown without characters that nobody sees"
                    self._say({"type": "warning", "code": "name_cleaned", "message": told})
            case Warned(code=code, message=message):
                self._say({"type": "warning", "code": code, "message": message})
            case Finished(call_id=call_id, duration_ms=duration_ms):
                self._say({"type": "stopped", "call_id": call_id, "duration_ms": duration_ms})
                self._to_send.append(Close(code=1000, reason="stopped"))
            case Refused(error=error):
                self._say(to_json(ErrorMessage(code=error.code, message=str(error))))
                self._to_send.append(Close(code=CLOSE_CODES[error.code], reason=error.code))

    def to_send(self) -> list[str | Close]:
        """Messages in order; given once."""
        messages, self._to_send = self._to_send, []
        return messages

    def _text(self, text: str) -> list[PeerEvent]:
        message = _object(text)
        match message.get("type"):
            case "start":
                return [self._start(message)]
            case "dtmf":
                return [self._pressed(message)]
            case "stop":
                return [self._stop()]
        told = "send `start`, audio, `dtmf`, `stop`"
        raise IngestError("unknown_type", f"`type` is {short(message.get('type'))}; {told}")

    def _start(self, message: Json) -> Started:
        if self._decoder is not None:
            raise IngestError("already_started", "this connection carries a call already; open another connection")
        start = parse_start(message)
        self._decoder, self._legs = FrameDecoder(start.encoding, len(start.legs)), start.legs
        return Started(info=with_clean_names(call_info(start)), rate_hz=start.rate_hz, tracks=(start.legs,))

    def _pressed(self, message: Json) -> Pressed:
        self._started("`dtmf`")
        leg, key = message.get("leg"), message.get("key")
        if leg not in SPEAKERS:
            raise IngestError("bad_field", f"`leg` is {short(leg)}; send `agent` or `customer`")
        if not isinstance(key, str) or key.upper() not in TELEPHONE_KEYS:  # the key itself is told to nobody
            raise IngestError("bad_field", "`key` must be one of 0123456789*#ABCD")
        return Pressed(speaker=leg, key=key.upper())

    def _stop(self) -> Ended:
        lost = self._started("`stop`").leftover_bytes
        if lost:
            self.tell(
                Warned(code="leftover_bytes", message=f"{lost} bytes after the last whole frame were not used")
            )
        return Ended(reason="hangup")

    def _audio(self, data: bytes) -> list[PeerEvent]:
        return [Audio(legs=self._legs, channels=self._started("audio").feed(data))]

    def _started(self, what: str) -> FrameDecoder:
        if self._decoder is None:
            raise IngestError("no_start", f"{what} came before `start`; send the start message first")
        return self._decoder

    def _check_size(self, message: str | bytes) -> None:
        started = self._decoder is not None
        limit = self._limits.message_bytes if started else self._limits.start_bytes
        if len(message) > limit:
            unit = "bytes" if isinstance(message, bytes) else "characters"
            before = "" if started else " before the call has started"
            raise IngestError(
                "frame_too_large",
                f"a message of {len(message)} {unit} is too large; send at most {limit} at once{before}",
            )

    def _say(self, message: Json) -> None:
        self._to_send.append(dumps(message))


def _object(text: str) -> Json:
    try:
        message = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise IngestError("bad_json", f"a text message must be JSON: {error}") from None
    if not isinstance(message, dict):
        raise IngestError("not_an_object", f"a text message must be a JSON object, not {short(message)}")
    return message


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
