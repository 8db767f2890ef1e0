"""The start message of Twilio Media Streams and its relatives, checked, with a clear error for every mistake.

Next: `dialect.py` makes a call of it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from voiceassist.errors import IngestError
from voiceassist.events import Speaker
from voiceassist.ingest.fields import RATE_RANGE_HZ, short
from voiceassist.ingest.media_streams.table import MediaVendor, Wire
from voiceassist.ingest.parameters import CallParameters, parse_parameters
from voiceassist.ingest_settings import Track

TRACKS: tuple[Track, ...] = get_args(Track)
NUMBER = re.compile(r"[0-9]{1,15}")  # 15 digits: 600,000 years of chunks
ENCODING_PREFIX = re.compile(r"^(audio/)?(x-)?")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStart:
    """What a stream carries."""

    stream: object  # its id
    number: int | None  # of the message
    call_id: str  # the phone system's own
    parameters: CallParameters
    wire: Wire
    rate_hz: int
    customer_track: Track
    tracks: tuple[Track, ...]

    def speaker(self, track: Track) -> Speaker:
        """Who speaks on a track."""
        return "customer" if track == self.customer_track else "agent"


def read_start(
    said: Json,
    vendor: MediaVendor,
    query: Mapping[str, str],
    *,
    customer_track: Track,
    encodings: Mapping[str, Wire],
) -> MediaStart:
    """The start message; raises IngestError that names the field. `customer_track`: unless a parameter says it."""
    start = part_of(said, "start")
    parameters = parse_parameters(query, _told(start.get(vendor.parameters) or said.get(vendor.parameters)))
    media = part_of(start, vendor.media_format)
    return MediaStart(
        stream=said.get(vendor.stream) or start.get(vendor.stream),
        number=number_of(said.get(vendor.sequence), vendor.sequence),
        call_id=str(start.get(vendor.call) or ""),
        parameters=parameters,
        wire=_wire(media, vendor, encodings),
        rate_hz=_rate(media.get(vendor.rate), vendor),
        customer_track=parameters.customer_track or customer_track,
        tracks=tuple(tracks_of(start.get("tracks")) or tracks_of([parameters.tracks]) or TRACKS),
    )


def part_of(said: Json, name: str) -> Json:
    """An object inside a message. Raises IngestError."""
    part = said.get(name)
    if not isinstance(part, dict):
        raise IngestError("bad_field", f"`{name}` must be an object, not {kind_of(part)}")
    return part


def number_of(said: object, name: str) -> int | None:
    """A number, which most phone systems write as text; None: there is none. Raises IngestError."""
    if said is None:
        return None
    if isinstance(said, str | int) and not isinstance(said, bool) and NUMBER.fullmatch(str(said)):
        return int(said)
    raise IngestError("bad_field", f"`{name}` is {short(said)}; it must be a whole number")


def tracks_of(said: object) -> list[Track]:
    """Tracks by their names: `inbound`, `inbound_track` or `both_tracks`; unknown ones are left out."""
    names = said if isinstance(said, list) else [said]
    bare = [name.removesuffix("s").removesuffix("_track") for name in names if isinstance(name, str)]
    return [track for track in TRACKS if track in bare or "both" in bare]


def kind_of(said: object) -> str:
    """What something is, without saying it: audio and keys belong into no log."""
    return "missing" if said is None else type(said).__name__


def _wire(media: Json, vendor: MediaVendor, encodings: Mapping[str, Wire]) -> Wire:
    said = media.get("encoding")
    name = ENCODING_PREFIX.sub("", said.lower()) if isinstance(said, str) else ""
    wire = encodings.get(re.split("[;@]", name)[0].strip())
    if wire is None:
        raise IngestError("unknown_encoding", f"{vendor.title} sends {short(said)}: {vendor.to_configure}")
    if media.get("channels", 1) not in (1, "1"):
        raise IngestError("bad_legs", f"`channels` is {short(media['channels'])}; each track has one of its own")
    return wire


def _rate(said: object, vendor: MediaVendor) -> int:
    low, high = RATE_RANGE_HZ
    rate_hz = number_of(said, vendor.rate)
    if rate_hz is None or not low <= rate_hz <= high:
        raise IngestError("bad_rate", f"`{vendor.rate}` is {short(said)}; it must be from {low} to {high}")
    return rate_hz


def _told(parameters: object) -> Mapping[str, object]:
    """Parameters as an object or a list of names with values; or as text: JSON, or `name=value` and , or ;."""
    if isinstance(parameters, dict):
        return parameters
    if isinstance(parameters, list):
        named = [part for part in parameters if isinstance(part, dict) and isinstance(part.get("name"), str)]
        return {part["name"]: part.get("value") for part in named}
    if not isinstance(parameters, str):
        return {}
    try:
        said = json.loads(parameters)
    except (ValueError, RecursionError):
        pairs = (re.split("[=:]", part, maxsplit=1) for part in re.split("[,;]", parameters.strip().strip("{}")))
        return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) > 1}
    return _told(said) if isinstance(said, dict | list) else {}
