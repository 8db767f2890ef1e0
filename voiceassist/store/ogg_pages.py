"""Pages of an Ogg Opus stream, and how their packets are silenced without changing a length (RFC 3533, RFC 6716).

A packet gives way to a coded silence of the same size, filled up with padding, so nothing behind it moves: a file
can be changed while it grows and while it is played. Both channels of a packet are silent then, since they share
it. Never reads or writes a file. Next: `recordings.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

HEAD_BYTES = 27  # of a page, before its table of segments (RFC 3533, section 6)
SEGMENTS_AT, GRANULE, CRC = 26, slice(6, 14), slice(22, 26)
SAMPLES_PER_MS = 48  # a granule position counts samples at 48 kHz (RFC 7845, section 4)
PACKET_MS = 20  # as `recordings.py` has the coder make them
# A CELT frame of 20 ms, full band, stereo, "code 3": one frame with padding (RFC 6716, sections 3.1 and 3.2.5),
# whose two bytes decode to digital silence.
TABLE_OF_CONTENTS, ONE_FRAME_PADDED, SILENCE = 0xFF, 0x41, b"\xff\xfe"
LEAST_BYTES = 5  # of such a packet; a shorter one has no room for a voice
LONGEST_PAD = 254  # that one byte says


@dataclass(frozen=True, slots=True)
class OggPage:
    """A page, and where its audio lies in the call."""

    data: bytes
    start_ms: int
    end_ms: int


def next_page(data: bytes | bytearray, start_ms: int) -> OggPage | None:
    """The page that `data` begins with, once all of it is there; its audio begins at `start_ms`."""
    if len(data) < HEAD_BYTES or len(data) < (size := _size(data)):
        return None
    end_ms = int.from_bytes(data[GRANULE], "little") // SAMPLES_PER_MS
    return OggPage(bytes(data[:size]), start_ms, max(start_ms, end_ms))


def silenced(page: OggPage, spans: Sequence[tuple[int, int]]) -> OggPage:
    """The page with every packet silent that touches one of the spans (milliseconds of the call)."""
    if not any(start < page.end_ms + PACKET_MS and end > page.start_ms for start, end in spans):
        return page
    data = bytearray(page.data)
    for number, (first, last) in enumerate(_packets(data)):
        begins_ms = page.start_ms + number * PACKET_MS
        if page.end_ms > 0 and any(start < begins_ms + PACKET_MS and end > begins_ms for start, end in spans):
            data[first:last] = _silence(bytes(data[first:last]))
    data[CRC] = bytes(4)
    data[CRC] = _checksum(data).to_bytes(4, "little")
    return OggPage(bytes(data), page.start_ms, page.end_ms)


def _size(data: bytes | bytearray) -> int:
    table_end = HEAD_BYTES + data[SEGMENTS_AT]
    return table_end + sum(data[HEAD_BYTES:table_end]) if len(data) >= table_end else len(data) + 1


def _packets(data: bytearray) -> Iterator[tuple[int, int]]:
    """Where each packet of a page begins and ends: a segment shorter than 255 bytes ends one."""
    at = HEAD_BYTES + data[SEGMENTS_AT]
    ends = [at]
    for length in data[HEAD_BYTES:at]:
        at += length
        if length < 255:  # noqa: PLR2004 - RFC 3533, section 6, "segment table"
            ends.append(at)
    return pairwise(ends)


def _silence(packet: bytes) -> bytes:
    """A packet of the same length that is silent."""
    if len(packet) < LEAST_BYTES:
        return packet
    padding, length = len(packet) - LEAST_BYTES, b""
    while padding > LONGEST_PAD:  # a length byte of 255 stands for 254, and is one byte more
        length, padding = length + b"\xff", padding - LONGEST_PAD - 1
    head = bytes([TABLE_OF_CONTENTS, ONE_FRAME_PADDED]) + length + bytes([max(0, padding)])
    return (head + SILENCE).ljust(len(packet), b"\0")


def _checksum(data: bytearray) -> int:
    """Ogg's CRC (RFC 3533, section 6): polynomial 0x04c11db7, from the highest bit on."""
    table, value = _table(), 0
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ table[value >> 24 ^ byte]
    return value


@cache
def _table() -> tuple[int, ...]:
    found = []
    for value in (byte << 24 for byte in range(256)):
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF  # noqa: PLW2901
        found.append(value)
    return tuple(found)
