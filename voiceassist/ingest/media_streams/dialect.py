"""Twilio Media Streams, and the phone systems that speak it with words of their own: one dialect, read by a table.

    state      connected   start                media, dtmf   stop       mark and all other events
    waiting    ignored     → live (Started)     no_start      no_start   ignored
    live       ignored     already_started      Audio, Gap,   → over     ignored
                                                Pressed       (Ended)
    over       nothing is read any more: the socket is being closed

A stream carries one track or both, each on its own: `inbound` is what enters the phone system from the line that
is streamed, so for a call from outside it is the customer. A single track is one leg of the call, which the other
leg joins under the same call id. A new stream of a call that broke off goes on with it: its call id counts, not
the stream's.
We tell the phone system nothing but why we close: what else is sent to it would be played into the call.
Never touches a socket or a clock. Pressed keys are told to nobody but the call.
Next: `call_socket.py` runs it.
"""

import binascii
from collections.abc import Iterator, Mapping

from pydantic_core import from_json

from voiceassist.audio.pcm import Encoding, Pcm, decode
from voiceassist.config import TELEPHONE_KEYS
from voiceassist.errors import IngestError
from voiceassist.events import EndReason
from voiceassist.ingest.dialect import (
    Audio,
    Close,
    Ended,
    Finished,
    Gap,
    News,
    PeerEvent,
    Pressed,
    Refused,
    Started,
)
from voiceassist.ingest.fields import short
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.media_streams.chunks import MessageOrder, Numbered, TrackChunks
from voiceassist.ingest.media_streams.signatures import NO_PROOF, Proof
from voiceassist.ingest.media_streams.start import (
    TRACKS,
    Json,
    MediaStart,
    kind_of,
    number_of,
    part_of,
    read_start,
    tracks_of,
)
from voiceassist.ingest.media_streams.table import MediaVendor, Wire
from voiceassist.ingest.parameters import call_info
from voiceassist.ingest.socket_close import close_of, end_by_close
from voiceassist.ingest.source import PhoneLines, with_lines
from voiceassist.ingest_settings import Track


class MediaStreamDialect:
    """One connection."""

    def __init__(
        self,
        vendor: MediaVendor,
        limits: PeerLimits,
        handshake: Handshake,
        *,
        customer_track: Track = "inbound",
        encodings: Mapping[str, Wire] | None = None,
        proof: Proof = NO_PROOF,
    ) -> None:
        """`encodings`: other ones than the vendor's; `proof`: what was found of its signature."""
        self._vendor, self._limits, self._handshake, self._proof = vendor, limits, handshake, proof
        self._customer_track: Track = customer_track
        self._encodings = encodings or vendor.encodings
        self._start: MediaStart | None = None
        self._order = MessageOrder(last=None)
        self._chunks = {track: TrackChunks() for track in TRACKS}
        self._to_send: list[Close] = []

    def receive(self, message: str | bytes) -> list[PeerEvent]:
        """What the peer said. Raises IngestError."""
        said = self._object(message)
        if said.get("event") == "start":
            return [self._started(said)]
        if self._start is None:
            _check_early(said)
            return []
        return [event for one in self._in_order(said, len(message), self._start) for event in self._events(one)]

    def closed(self, code: int) -> EndReason:
        """Why the audio ended, when the peer closed its connection without a `stop`."""
        return end_by_close(code) if self._vendor.ends_by_closing else "vanished"

    def tell(self, news: News) -> None:
        """Closes; there are no words for anything else."""
        match news:
            case Finished() | Refused():
                self._to_send.append(close_of(news))

    def to_send(self) -> list[Close]:
        """What is to be sent; given once."""
        closes, self._to_send = self._to_send, []
        return closes

    def _started(self, said: Json) -> Started:
        if self._start:
            raise IngestError("already_started", "this connection carries a stream already; open another one")
        vendor, customer_track = self._vendor, self._customer_track
        start = read_start(
            said, vendor, self._handshake.query, customer_track=customer_track, encodings=self._encodings
        )
        streamed = PhoneLines(**{start.speaker("inbound"): start.call_id})  # the line whose sound it is
        info = with_lines(call_info(start.parameters, vendor.name, start.call_id), streamed)
        self._start, self._order.last = start, start.number
        return Started(
            info=info,
            rate_hz=start.rate_hz,
            tracks=tuple((start.speaker(track),) for track in start.tracks),
            signed_by=self._proof.by,
            forged=self._proof.forged,
            key=start.parameters.key or self._handshake.headers.get(vendor.key_header, ""),
        )

    def _in_order(self, said: Json, chars: int, start: MediaStart) -> list[Json]:
        """Messages whose turn it is; a stop has its turn after all that still waits."""
        stream, sequence = self._vendor.stream, self._vendor.sequence
        if said.get(stream, start.stream) != start.stream:
            raise IngestError("bad_field", f"`{stream}` is another one than in `start`")
        number = number_of(said.get(sequence), sequence)
        messages = [*self._order.add(Numbered(number=number, message=said, chars=chars))]
        if said.get("event") != "stop":
            return messages
        return [one for one in (*messages, *self._order.rest()) if one is not said] + [said]

    def _events(self, said: Json) -> Iterator[PeerEvent]:
        assert self._start is not None, "only messages of a stream that has started are put in order"
        match said.get("event"):
            case "media":
                yield from self._media(part_of(said, "media"), self._start)
            case "dtmf":
                yield from _pressed(part_of(said, "dtmf"), self._start)
            case "stop":
                yield Ended(reason="hangup")

    def _media(self, media: Json, start: MediaStart) -> Iterator[PeerEvent]:
        track = _track(media.get("track"), start)
        legs = (start.speaker(track),)
        pcm = _decoded(media.get("payload"), start.wire)
        lost = self._chunks[track].lost(number_of(media.get("chunk"), "chunk"), self._order)
        if lost is None:
            return  # late: silence stands in its place
        if lost:
            yield Gap(legs=legs, duration_ms=lost * len(pcm) * 1000 // start.rate_hz)
        yield Audio(legs=legs, channels=(pcm,))

    def _object(self, message: str | bytes) -> Json:
        limit = self._limits.message_bytes if self._start else self._limits.start_bytes
        if len(message) > limit:
            raise IngestError("frame_too_large", f"a message of {len(message)} characters; {limit} are the most")
        if isinstance(message, bytes):
            raise IngestError("bad_json", f"a binary message; {self._vendor.title} sends its audio as text")
        try:
            said = from_json(message)
        except ValueError:
            raise IngestError("bad_json", "a message that is no JSON") from None
        if not isinstance(said, dict):
            raise IngestError("not_an_object", f"a message must be a JSON object, not {kind_of(said)}")
        return said


def _check_early(said: Json) -> None:
    event = said.get("event")
    if event in ("media", "dtmf", "stop"):
        raise IngestError("no_start", f"`{event}` came before `start`")


def _track(said: object, start: MediaStart) -> Track:
    if said is None and len(start.tracks) == 1:
        return start.tracks[0]
    for track in start.tracks:  # named as they are, nearly always
        if said == track:
            return track
    for track in tracks_of([said]):
        if track in start.tracks:
            return track
    announced = " and ".join(start.tracks)
    raise IngestError("bad_track", f"media of the track {short(said)}; the stream was started with {announced}")


def _decoded(payload: object, wire: Wire) -> Pcm:
    try:
        return _samples(binascii.a2b_base64(payload, strict_mode=True), wire)  # type: ignore[arg-type]  # else TypeError
    except (ValueError, TypeError):
        raise IngestError("bad_payload", "media: `payload` must be base64 of whole samples") from None


def _samples(data: bytes, wire: Wire) -> Pcm:
    """Raises ValueError for a cut sample."""
    if wire == "s16be":
        swapped: Pcm = decode(data, "s16le").byteswap()
        return swapped
    encoding: Encoding = wire
    return decode(data, encoding)


def _pressed(dtmf: Json, start: MediaStart) -> Iterator[PeerEvent]:
    """A key; without a track it is of whom the line belongs to, and a key that no telephone has is none."""
    track = next(iter(tracks_of([dtmf.get("track")])), TRACKS[0])
    key = dtmf.get("digit")
    if isinstance(key, str) and key.upper() in TELEPHONE_KEYS:
        yield Pressed(speaker=start.speaker(track), key=key.upper())
