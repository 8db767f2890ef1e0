"""`WS /ingest/freeswitch`: FreeSWITCH's mod_audio_fork and mod_audio_stream. FreeSWITCH dials, we listen.

Never touches a socket or a clock, and never sends audio. Neither module wants an answer. What went wrong is told
as `{"type": "error", "data": {"code": "...", "message": "..."}}`; both make an event of it that `fs_cli` shows
(`mod_audio_fork::error`, `mod_audio_stream::json`).

    state      text (JSON object)   other text   binary              empty binary   close 1000
    waiting    → live (Started)     ignored      → live (Started)    ignored        nothing
    live       ignored              ignored      Audio               → over         hung up
    over       nothing is accepted any more: the socket is being closed

# The protocol, as read in both modules' sources

    uuid_audio_fork   <uuid> start <url> <mono|mixed|stereo> <8k|16k> [metadata]
    uuid_audio_stream <uuid> start <url> <mono|mixed|stereo> <8k|16k> [metadata]

- Metadata comes first, as one text message; then L16, little-endian, in binary messages of 20 ms or a multiple.
  mod_audio_fork packs together what waited. Later texts (`send_text`, `stop <text>`) may say anything.
- Stereo is the caller, then the callee, interleaved; mono is the caller; mixed is both in one channel.
- Neither rate nor mix goes over the wire. They are said in the address, `?rate=8k&mix=stereo`, or in metadata
  that is a JSON object, which counts more. Without a rate it is 8 kHz, as in FreeSWITCH.
- `legs=customer,agent` (the default) or `legs=agent,customer` says who caller and callee are: an agent who calls
  out is the caller. `leg=` says it for mono, where it is `customer` by default, and must for mixed: its words are
  heard as that person's. The other names are in `parameters.py`. Other metadata is the dialplan's own.
- mod_audio_fork's `graceful-shutdown` sends an empty binary message. A stop, or a channel that ends, closes with
  1000; after other closes the line was lost. mod_audio_stream then connects again by itself, with its metadata.
- Mono that was announced as stereo has messages of half the size; then `mono_as_stereo` is told, once.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voiceassist.audio.pcm import FrameDecoder, Pcm
from voiceassist.errors import IngestError
from voiceassist.events import EndReason, Speaker
from voiceassist.ingest.dialect import (
    Audio,
    Close,
    Doubted,
    Ended,
    Finished,
    Legs,
    News,
    PeerEvent,
    Refused,
    Started,
    Warned,
)
from voiceassist.ingest.fields import RATE_RANGE_HZ, new_call_id, short
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.parameters import CallParameters, call_info, parse_parameters
from voiceassist.ingest.socket_close import close_of, end_by_close
from voiceassist.wire import Json, dumps

SUBPROTOCOL = "audio.drachtio.org"  # mod_audio_fork's own; MOD_AUDIO_FORK_SUBPROTOCOL_NAME may say another
MIXES = ("mono", "mixed", "stereo")
DEFAULT_HZ = 8_000
RATE = re.compile(r"(?P<digits>[0-9]{1,6})(?P<k>k?)")
CALLER_FIRST: Legs = ("customer", "agent")
ORDERS: Mapping[str, Legs] = {"customer,agent": CALLER_FIRST, "agent,customer": CALLER_FIRST[::-1]}
PACKET_MS = 20  # RTP_PACKETIZATION_PERIOD of mod_audio_fork; mod_audio_stream's buffers are multiples of it
SURE_AFTER = 50  # messages with sound: a second of it
QUIET = 100.0  # root mean square of a message that has none: 50 dB below full scale
ALIKE = 0.5  # neighbouring samples of speech at 8 kHz correlate by 0.8 and more, two people's by less than 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class L16Format:
    """How the samples come."""

    rate_hz: int
    legs: Legs  # in the order of the channels


class FreeswitchDialect:
    """One connection."""

    def __init__(self, handshake: Handshake, limits: PeerLimits) -> None:
        self._query, self._limits = handshake.query, limits
        self._legs: Legs = ()
        self._decoder: FrameDecoder | None = None  # once started
        self._doubt: MonoDoubt | None = None  # while mono may have been announced as stereo
        self._to_send: list[str | Close] = []

    def receive(self, message: str | bytes) -> list[PeerEvent]:
        """What FreeSWITCH said. Raises IngestError."""
        self._check_size(message)
        return self._text(message) if isinstance(message, str) else self._audio(message)

    def tell(self, news: News) -> None:
        """Makes an event in FreeSWITCH of what is wrong, and closes when the call is over."""
        match news:
            case Warned(code=code, message=message):
                self._say_error(code, message)
            case Refused(error=error):
                self._say_error(error.code, str(error))
                self._to_send.append(close_of(news))
            case Finished():
                self._to_send.append(close_of(news))

    def to_send(self) -> list[str | Close]:
        """Given once."""
        messages, self._to_send = self._to_send, []
        return messages

    def closed(self, code: int) -> EndReason:
        """A channel that ends closes with 1000."""
        return end_by_close(code)

    def _text(self, text: str) -> list[PeerEvent]:
        """Metadata counts as the first message only; later texts are the dialplan's own."""
        metadata = parse_metadata(text) if self._decoder is None else None
        return [] if metadata is None else [self._start(metadata)]

    def _audio(self, data: bytes) -> list[PeerEvent]:
        if not data:
            return [Ended(reason="hangup")] if self._decoder else []
        started: list[PeerEvent] = [] if self._decoder else [self._start({})]
        assert self._decoder is not None
        channels = self._decoder.feed(data)
        return [*started, Audio(legs=self._legs, channels=channels), *self._doubts(len(data), channels)]

    def _start(self, metadata: Mapping[str, object]) -> Started:
        said = parse_parameters(self._query, metadata)
        line = parse_line({**self._query, **_scalars(metadata)}, said)
        self._legs, self._decoder = line.legs, FrameDecoder("s16le", len(line.legs))
        if len(line.legs) > 1:
            self._doubt = MonoDoubt(line.rate_hz)
        info = call_info(said, "freeswitch", new_call_id())
        return Started(info=info, rate_hz=line.rate_hz, tracks=(line.legs,))

    def _doubts(self, size: int, channels: Sequence[Pcm]) -> list[PeerEvent]:
        if self._doubt is None or not self._doubt.hear(size, channels):
            return []
        is_mono, self._doubt = self._doubt.is_mono, None
        return [MONO_AS_STEREO] if is_mono else []

    def _check_size(self, message: str | bytes) -> None:
        limit = self._limits.message_bytes if isinstance(message, bytes) else self._limits.start_bytes
        if len(message) > limit:
            raise IngestError("frame_too_large", f"a message of {len(message)} is too large; send at most {limit}")

    def _say_error(self, code: str, message: str) -> None:
        self._to_send.append(dumps({"type": "error", "data": {"code": code, "message": message}}))


MONO_AS_STEREO = Doubted(
    code="mono_as_stereo",
    message="the address or the metadata says stereo, but each message is as long as 20 ms of one channel: say"
    " `mix=mono` there, or `stereo` in the command that starts the stream",
)


class MonoDoubt:
    """Tells mono that was announced as stereo, by two witnesses.

    Its messages are half as long: FreeSWITCH sends whole packets of 20 ms (those of 10 or 30 ms look the same in
    true stereo). And both "channels" are the same voice, a sample apart: they rise and fall together.
    """

    def __init__(self, rate_hz: int) -> None:
        self._mono_bytes = rate_hz * PACKET_MS // 1000 * 2  # bytes of a sample
        self._messages = self._halves = 0
        self._products = self._squares = 0.0

    def hear(self, size: int, channels: Sequence[Pcm]) -> bool:
        """Whether enough has been heard to judge."""
        first, second = (channel.astype(np.float64) for channel in channels)
        squares = float(first @ first + second @ second) / 2
        if squares <= QUIET**2 * len(first):
            return False
        packets, rest = divmod(size, self._mono_bytes)
        self._messages += 1
        self._halves += rest == 0 and packets % 2 == 1  # whole packets of mono, but no whole one of stereo
        self._products += float(first @ second)
        self._squares += squares
        return self._messages >= SURE_AFTER

    @property
    def is_mono(self) -> bool:
        """Whether both witnesses say so."""
        return self._halves * 2 > self._messages and self._products > ALIKE * self._squares


def parse_metadata(text: str) -> Json | None:
    """Metadata that is a JSON object; any other text says nothing to us."""
    try:
        metadata = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return metadata if isinstance(metadata, dict) else None


def _scalars(metadata: Mapping[str, object]) -> Json:
    """What may be a rate or a mix; other metadata is the dialplan's own."""
    return {name: value for name, value in metadata.items() if isinstance(value, str | int)}


def parse_line(said: Mapping[str, object], parameters: CallParameters) -> L16Format:
    """How the samples come, by `rate`, `mix`, `legs` and `leg`. Raises IngestError."""
    return L16Format(
        rate_hz=_rate_hz(said.get("rate")), legs=_legs(said.get("mix"), said.get("legs"), parameters.leg)
    )


def _rate_hz(said: object) -> int:
    """`8k`, `16k` or `16000`, as FreeSWITCH's command says it."""
    if said in (None, ""):
        return DEFAULT_HZ
    number = RATE.fullmatch(str(said).lower())
    rate_hz = int(number["digits"]) * (1000 if number["k"] else 1) if number else 0
    low, high = RATE_RANGE_HZ
    if not low <= rate_hz <= high:
        raise IngestError("bad_rate", f"`rate` is {short(said)}; say 8k, 16k or a number from {low} to {high}")
    return rate_hz


def _legs(mix: object, order: object, leg: Speaker | None) -> Legs:
    if mix not in MIXES:
        raise IngestError(
            "bad_legs",
            f"`mix` is {short(mix)}; add `mix=stereo`, `mix=mono` or `mix=mixed` to the address or the metadata:"
            " the same as in the command that starts the stream",
        )
    if mix == "stereo":
        legs = ORDERS.get(str(order or "customer,agent").replace(" ", ""))
        if legs is None:
            raise IngestError("bad_legs", f"`legs` is {short(order)}; say `customer,agent` or `agent,customer`")
        return legs
    if mix == "mixed" and leg is None:
        raise IngestError(
            "bad_legs",
            "`mix=mixed` has both voices in one channel: use stereo, or say by `leg` whose words they count as",
        )
    return (leg or "customer",)
