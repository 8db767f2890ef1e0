"""Genesys AudioHook, version 2, as a dialect: one session on one websocket.

Never reads a clock and never touches the socket: `call_socket.py` does. What a message may have in it is
`messages.py`'s matter. Written after the protocol's document and Genesys's reference server, whose
rules it keeps:

- Each side numbers its messages from 1, without a hole, and says the last number that it saw of the other's. A
  wrong number, another session's id, another organization than the opening request's, a malformed message, and
  audio where there may be none are answered by `disconnect`. The client closes then, and gets its `closed`.
- `opened` is sent when the call is taken, before anything is recognised. Its `media` is one offer, unchanged.
- `ping` is answered in every state. A message that does nothing in a state is passed over, as the reference does:
  clients say `paused` twice.
- A pause is a hold: the client sends nothing, the call goes on. What it left out otherwise (`discarded`) is a gap.
- `update` is acknowledged. A call keeps the engine it began with, so another language is said in the log.
- `closed` comes when the whole call was recognised and stored, in any case before the client gives up waiting.
- When the server stops, it says `reconnect`, then `disconnect`: today's clients only note the former. A session
  that opens with the same conversation id continues that call.
- A connection probe (conversation and participant are zeros) is answered like a session, and makes no call.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from voiceassist.audio.pcm import BYTES_PER_SAMPLE, decode, deinterleave
from voiceassist.errors import IngestError
from voiceassist.events import AudioGap, EndReason, Final, Partial
from voiceassist.ingest.audiohook.auth import REFUSED_AFTER_S, RequestProof
from voiceassist.ingest.audiohook.duration import milliseconds_of
from voiceassist.ingest.audiohook.messages import (
    NULL_ID,
    ClientClose,
    ClientError,
    CloseReason,
    Discarded,
    Envelope,
    Open,
    Parameters,
    Update,
    parse_envelope,
    parse_parameters,
)
from voiceassist.ingest.audiohook.open import RATE_HZ, Media, call_info, choose_media, supported_languages
from voiceassist.ingest.audiohook.transcripts import StreamPositions, entity_of
from voiceassist.ingest.dialect import (
    Accepted,
    Audio,
    Close,
    Doubted,
    Ended,
    Finished,
    Gap,
    Linger,
    News,
    Paused,
    PeerEvent,
    Recorded,
    Refused,
    Resumed,
    Started,
    Stopping,
    ToSend,
    Wait,
)
from voiceassist.ingest.limits import PeerLimits
from voiceassist.wire import Json

State = Literal["preparing", "opening", "active", "paused", "closing", "disconnected", "closed"]

# What a message, theirs or ours, makes of a state. Theirs that a state does not have are passed over, ours are not
# sent; `ping`, `pong` and `error` change nothing anywhere.
TRANSITIONS: Mapping[State, Mapping[str, State]] = {
    "preparing": {"open": "opening", "close": "closing", "disconnect": "disconnected"},
    "opening": {"opened": "active", "close": "closing", "disconnect": "disconnected"},
    "active": {
        "audio": "active",
        "discarded": "active",
        "update": "active",
        "updated": "active",
        "paused": "paused",
        "event": "active",
        "close": "closing",
        "reconnect": "active",
        "disconnect": "disconnected",
    },
    "paused": {
        "discarded": "paused",
        "update": "paused",
        "updated": "paused",
        "resumed": "active",
        "event": "paused",
        "close": "closing",
        "reconnect": "paused",
        "disconnect": "disconnected",
    },
    "closing": {"event": "closing", "closed": "closed"},
    "disconnected": {"close": "closing"},
    "closed": {},
}
LATE = ("closing", "disconnected", "closed")  # audio that was on its way already is passed over
ENDS: Mapping[CloseReason, EndReason] = {
    "end": "hangup",
    "disconnect": "hangup",
    "error": "peer_error",
    "reconnect": "shutdown",  # it goes on in the session that they open next
}
UNAUTHORIZED = ("unauthorized", "not_allowed", "rights_ended")
CLOSE_WITHIN_S = 3.0  # for a client to answer `disconnect` by `close`: it does so at once
SIGN_WITHIN_S = 30.0  # on hold: clients ping every five seconds, whatever else they do
STOPPING = "voiceassist is stopping; connect again in a moment"
INFO_CHARS = 1000  # of `disconnect`: a sentence
NORMAL = 1000  # RFC 6455 section 7.4.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHeaders:
    """What the websocket's opening request said of the session."""

    organization_id: str = ""  # the header Audiohook-Organization-Id
    session_id: str = ""  # Audiohook-Session-Id; empty: the first message says it
    proof: RequestProof = field(default_factory=RequestProof)


class AudiohookDialect:
    """One session."""

    def __init__(
        self,
        limits: PeerLimits,
        headers: SessionHeaders,
        *,
        languages: Sequence[str] = (),
        partials: bool = False,
        is_call_of_session: bool = False,
    ) -> None:
        """`languages`: those that calls may have, for clients that ask; `partials`: they are told these, too.

        `is_call_of_session`: a conversation's sessions are calls of their own.
        """
        self._limits, self._headers, self._languages, self._partials = limits, headers, languages, partials
        self._is_call_of_session = is_call_of_session
        self._state: State = "preparing"
        self._id = headers.session_id
        self._seq = self._clientseq = 0
        self._said: Open | None = None  # once opened
        self._media: Media | None = None  # likewise
        self._has_call = False
        self._end_without_close: EndReason = "vanished"
        self._language: str | None = None
        self._positions = StreamPositions(Fraction(0))
        self._to_send: list[ToSend] = []

    def receive(self, message: str | bytes) -> list[PeerEvent]:
        """What the peer said. Raises IngestError."""
        if isinstance(message, bytes):
            return self._audio(message)
        envelope = parse_envelope(message)
        self._check_numbers(envelope)
        return self._take(envelope, parse_parameters(envelope))

    def closed(self, code: int) -> EndReason:  # noqa: ARG002 - who is done says `close`
        """Without a `close`, the peer vanished, unless we asked it to go."""
        return self._end_without_close

    def tell(self, news: News) -> None:
        """Says it in the protocol's words."""
        match news:
            case Accepted(info=info):
                self._language = info.language
                self._say_opened()
            case Recorded(event=AudioGap() as gap):
                self._positions.missed(gap)
            case Recorded(event=Final() as final):
                self._say_heard(final)
            case Recorded(event=Partial() as partial) if self._partials:
                self._say_heard(partial)
            case Stopping():
                self._say_stop()
            case Finished() if self._state == "closing":
                self._say_closed()
            case Finished():
                self._disconnect("completed", "the call is over")
            case Refused(error=error) if self._state == "closing":
                self._say_closed(error)
            case Refused(error=error):
                self._refuse(error)

    def to_send(self) -> list[ToSend]:
        """Messages in order; given once."""
        messages, self._to_send = self._to_send, []
        return messages

    def _check_numbers(self, envelope: Envelope) -> None:
        before, self._clientseq = self._clientseq, envelope.seq
        if self._state in LATE:  # what we refused may not have been counted
            return
        if envelope.seq != before + 1:
            raise IngestError("bad_seq", f"`seq` is {envelope.seq}; after {before} comes {before + 1}")
        if envelope.serverseq > self._seq:
            raise IngestError(
                "bad_seq", f"`serverseq` is {envelope.serverseq}, but our last message was {self._seq}"
            )
        self._id = self._id or envelope.id
        if envelope.id.lower() != self._id.lower():
            raise IngestError("bad_session", "`id` is another session's than this connection was opened for")

    def _take(self, envelope: Envelope, said: Parameters) -> list[PeerEvent]:
        if envelope.type == "ping":
            self._say("pong")
        if isinstance(said, ClientError):
            return [Doubted(code="peer_error", message=f"{said.code}: {said.message}"[:INFO_CHARS])]
        if not self._moved(envelope.type):
            return []
        match said:
            case Open():
                return self._open(said, envelope.position)
            case Discarded():
                return self._left_out(said, is_resumed=envelope.type == "resumed")
            case Update():
                return self._update(said)
            case ClientClose():
                return self._close(said)
        return [Paused(sign_within_s=SIGN_WITHIN_S)] if envelope.type == "paused" else []

    def _open(self, said: Open, position: Fraction) -> list[PeerEvent]:
        if self._headers.proof.refusal:
            raise self._headers.proof.refusal
        ours, theirs = self._headers.organization_id.lower(), said.organizationId.lower()
        if ours != theirs:
            told = (
                "is another one than the header's"
                if ours
                else "has no header `Audiohook-Organization-Id` beside it"
            )
            raise IngestError("unauthorized", f"`organizationId` {told}")
        self._said, self._media = said, choose_media(said.media)
        self._positions = StreamPositions(position)
        self._has_call = not said.is_probe
        proof, legs = self._headers.proof, self._media.legs
        return [
            Started(
                info=call_info(said, (self._id if self._is_call_of_session else said.conversationId).lower()),
                rate_hz=RATE_HZ,
                tracks=(legs,),
                signed_by=proof.signed_by,
                key=proof.key,
                is_probe=said.is_probe,
            )
        ]

    def _left_out(self, said: Discarded, *, is_resumed: bool) -> list[PeerEvent]:
        self._positions.left_out(said.start + said.discarded)
        if is_resumed:
            return [Resumed()]
        duration_ms = milliseconds_of(said.discarded)
        return [Gap(legs=self._legs, duration_ms=duration_ms)] if self._has_call and duration_ms else []

    def _update(self, said: Update) -> list[PeerEvent]:
        self._say("updated")
        if self._language is None or said.language.lower() == self._language.lower():
            return []
        told = f"the client changed the language to {said.language}; the call is still heard in {self._language}"
        return [Doubted(code="language_kept", message=told)]

    def _close(self, said: ClientClose) -> list[PeerEvent]:
        if self._has_call:
            return [Ended(reason=ENDS[said.reason], is_patient=False)]
        self._say_closed()
        return []

    def _audio(self, data: bytes) -> list[PeerEvent]:
        if self._state in LATE:
            return []
        if self._media is None or not self._moved("audio"):
            raise IngestError("unexpected_audio", f"audio came while the session is {self._state}")
        frame_bytes = BYTES_PER_SAMPLE[self._media.encoding] * len(self._legs)
        if len(data) > self._limits.message_bytes:
            raise IngestError(
                "frame_too_large", f"{len(data)} bytes of audio at once; send at most {self._limits.message_bytes}"
            )
        if len(data) % frame_bytes:
            raise IngestError(
                "bad_audio", f"{len(data)} bytes of audio are not a whole number of frames of {frame_bytes} bytes"
            )
        if not self._has_call:  # a probe's
            return []
        self._positions.sent(Fraction(len(data) // frame_bytes, RATE_HZ))
        channels = deinterleave(decode(data, self._media.encoding), len(self._legs))
        return [Audio(legs=self._legs, channels=channels)]

    @property
    def _legs(self) -> tuple[Literal["agent", "customer"], ...]:
        return self._media.legs if self._media else ()

    def _moved(self, message: str) -> bool:
        """Changes the state as the table says; False for a message that does nothing now."""
        state = TRANSITIONS[self._state].get(message)
        self._state = state or self._state
        return state is not None

    def _say_opened(self) -> None:
        if self._said is None or self._media is None or not self._moved("opened"):
            return  # they have closed meanwhile
        parameters: Json = {"media": [self._media.offer], "startPaused": False}
        if self._said.supportedLanguages:
            parameters["supportedLanguages"] = supported_languages(self._languages)
        self._say("opened", parameters)

    def _say_heard(self, said: Partial | Final) -> None:
        if said.speaker not in self._legs or not said.text or not self._moved("event"):
            return
        entity = entity_of(said, self._id, self._legs, self._positions)
        self._say("event", {"entities": [entity]})  # one in each: the reference's client reads only the first

    def _say_closed(self, failed: IngestError | None = None) -> None:
        if self._moved("closed"):
            self._say("closed")
            self._to_send.append(Close(code=NORMAL, reason=failed.code if failed else "closed"))

    def _say_stop(self) -> None:
        if self._moved("reconnect"):
            self._end_without_close = "shutdown"
            self._say("reconnect", {"info": STOPPING})
            self._moved("disconnect")
            self._has_call = False
            self._say("disconnect", {"reason": "error", "info": STOPPING})

    def _refuse(self, error: IngestError) -> None:
        if error.code in UNAUTHORIZED:
            self._to_send.append(Wait(seconds=REFUSED_AFTER_S))
        self._disconnect("unauthorized" if error.code in UNAUTHORIZED else "error", str(error))

    def _disconnect(self, reason: str, info: str) -> None:
        if not self._moved("disconnect"):
            return
        self._has_call = False
        self._say("disconnect", {"reason": reason, "info": info[:INFO_CHARS]})
        self._to_send.append(Linger(within_s=CLOSE_WITHIN_S))

    def _say(self, message_type: str, parameters: Json | None = None) -> None:
        self._seq += 1
        message: Json = {"version": "2", "type": message_type, "id": self._id or NULL_ID, "seq": self._seq}
        said: Json = {"clientseq": self._clientseq, "parameters": parameters or {}}
        self._to_send.append(json.dumps(message | said, separators=(",", ":")))
