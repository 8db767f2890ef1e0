"""Calls as Twilio and its relatives send them: each phone system's caller beside the dialect that hears it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from voiceassist.audio.pcm import Pcm, decode
from voiceassist.callers import g711, twilio
from voiceassist.callers.caller import CallerLine, Frame, PlacedCall
from voiceassist.events import SPEAKERS, Customer, Person, Speaker
from voiceassist.ingest.dialect import Audio, PeerEvent, Started
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.media_streams.dialect import MediaStreamDialect
from voiceassist.ingest.media_streams.table import PLIVO, SIGNALWIRE, TELNYX, TWILIO, MediaVendor

Json = dict[str, Any]
LIMITS = PeerLimits()
URL = "wss://calls.example.com/ingest/x"


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """A phone system with one of its encodings."""

    vendor: MediaVendor
    speaks: twilio.MediaStreamSpeaker
    encoding: str
    rate_hz: int = 8000

    def __str__(self) -> str:
        return f"{self.vendor.name} {self.encoding} {self.rate_hz}"

    def caller(
        self, *legs: Speaker, call_id: str = "CA17", key: str | None = None, **options: str
    ) -> twilio.MediaStreamCaller:
        """A connection that carries these legs."""
        chosen = {"encoding": self.encoding} | options if "encoding" in self.speaks.options else options
        line = CallerLine(legs=legs or SPEAKERS, rate_hz=self.rate_hz)
        return twilio.MediaStreamCaller(self.speaks, placed(call_id=call_id, key=key, **chosen), line)

    def dialect(self, **query: str) -> MediaStreamDialect:
        """What hears it."""
        return MediaStreamDialect(self.vendor, LIMITS, Handshake(url=URL, query=query))

    def heard(self, pcm: Pcm) -> list[int]:
        """The samples that are left of these, as exact as the encoding is."""
        match self.encoding:
            case "mulaw" | "pcmu":
                return plain(decode(g711.mulaw(pcm), "mulaw"))
            case "pcma":
                return plain(decode(g711.alaw(pcm), "alaw"))
        return plain(pcm)


WIRINGS = (
    Wiring(vendor=TWILIO, speaks=twilio.TWILIO, encoding="mulaw"),
    Wiring(vendor=SIGNALWIRE, speaks=twilio.SIGNALWIRE, encoding="mulaw"),
    Wiring(vendor=SIGNALWIRE, speaks=twilio.SIGNALWIRE, encoding="l16", rate_hz=24_000),
    Wiring(vendor=TELNYX, speaks=twilio.TELNYX, encoding="pcmu"),
    Wiring(vendor=TELNYX, speaks=twilio.TELNYX, encoding="pcma"),
    Wiring(vendor=TELNYX, speaks=twilio.TELNYX, encoding="l16", rate_hz=16_000),
    Wiring(vendor=PLIVO, speaks=twilio.PLIVO, encoding="mulaw"),
    Wiring(vendor=PLIVO, speaks=twilio.PLIVO, encoding="l16"),
    Wiring(vendor=PLIVO, speaks=twilio.PLIVO, encoding="l16", rate_hz=16_000),
)


def plain(pcm: Pcm) -> list[int]:
    """Samples that can be compared."""
    samples: list[int] = pcm.tolist()
    return samples


def placed(call_id: str = "CA17", key: str | None = None, **options: str) -> PlacedCall:
    """A call of Ana with Mr Brown."""
    return PlacedCall(
        call_id=call_id,
        key=key,
        agent=Person(id="7", name="Ana", team="returns"),
        customer=Customer(id="42", name="Mr Brown", tier="gold"),
        language="en",
        options=options,
    )


def frames(*channels: Pcm, rate_hz: int = 8000) -> Iterator[Frame]:
    """A recording in pieces of 20 ms."""
    size = rate_hz // 50
    for number, start in enumerate(range(0, len(channels[0]), size)):
        pieces = tuple(channel[start : start + size] for channel in channels)
        yield Frame(number=number, at_ms=number * 20, send_ms=number * 20 + 20, channels=pieces)


def noise(samples: int, seed: int) -> Pcm:
    """Samples that differ from those of every other seed."""
    return np.random.default_rng(seed).integers(-30_000, 30_000, samples).astype(np.int16)


def hear(dialect: MediaStreamDialect, messages: Sequence[str | bytes]) -> list[PeerEvent]:
    """Everything that the messages mean."""
    return [event for message in messages for event in dialect.receive(message)]


def started(wiring: Wiring, *legs: Speaker, **options: str) -> tuple[MediaStreamDialect, twilio.MediaStreamCaller]:
    """A stream that has started, and its caller."""
    dialect, caller = wiring.dialect(), wiring.caller(*legs, **options)
    (start,) = hear(dialect, caller.begin())
    assert isinstance(start, Started)
    return dialect, caller


def leg(events: Sequence[PeerEvent], speaker: Speaker) -> list[int]:
    """All samples of one leg."""
    parts = [event.channels[0] for event in events if isinstance(event, Audio) and event.legs == (speaker,)]
    return plain(np.concatenate([np.zeros(0, np.int16), *parts]))


def changed(message: str | bytes, **changes: object) -> str:
    """The same message with other fields."""
    return json.dumps(json.loads(message) | changes)
