"""Notices audio whose bytes mean something else than was announced: another byte order, coding or file format.

Bytes that are read wrongly sound like noise: a sample says nothing about the next one. Read as what they are, they
sound like speech. Real noise sounds like noise in any reading, and is never doubted.
Changes nothing, and never reads a clock. Next: `audio_doubts.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from voiceassist.audio.pcm import ENCODINGS, TABLES, Encoding, Pcm, decode

Bytes = npt.NDArray[np.uint8]
Legs = Sequence[Pcm]

# How files begin that are no plain samples.
MAGIC: Mapping[bytes, str] = {
    b"RIFF": "a WAV file",
    b"OggS": "an Ogg file",
    b"fLaC": "a FLAC file",
    b"\x1aE\xdf\xa3": "a WebM file",
    b"caff": "a CAF file",
    b"FORM": "an AIFF file",
    b".snd": "an AU file",
    b"ID3\x02": "an MP3 file",
    b"ID3\x03": "an MP3 file",
    b"ID3\x04": "an MP3 file",
}
MOST_SAMPLES = 24_000  # of a leg: 3 s of telephone sound
SMOOTH = 0.6  # correlation of a sample with the next: speech has so much
SMOOTHER = 0.1  # by so much what the bytes really are is smoother than what they were read as...
OTHER_LAW = 0.05  # ...and of the two G.711 laws, which are alike, the right one than the wrong one
LAWS: tuple[Encoding, Encoding] = ("mulaw", "alaw")


def container_of(legs: Legs) -> str | None:
    """The kind of file whose first bytes the audio begins with."""
    first = np.stack([leg[:4] for leg in legs], axis=1).reshape(-1)
    for magic, kind in MAGIC.items():
        for encoding in ENCODINGS:
            read = decode(magic, encoding)
            if len(first) >= len(read) and np.array_equal(first[: len(read)], read):
                return kind
    return None


def mistaken_for(legs: Legs) -> str | None:
    """What the audio of these legs, as it was read, really is; None: what it was read as, or nothing known."""
    legs = [leg[:MOST_SAMPLES] for leg in legs]
    law = next((law for law in LAWS if all(_is_coded(leg, law) for leg in legs)), None)
    given = smoothness(legs)
    if law:
        codes = np.stack([_CODES[law](leg) for leg in legs], axis=1).reshape(-1)
        return _other_law(codes, law, legs, given) or _linear(codes, len(legs), given)
    raw = np.stack(legs, axis=1).astype("<i2").reshape(-1).view(np.uint8)
    readings = {kind: smoothness(read) for kind, read in _readings(raw, len(legs))}
    kind = max(readings, key=readings.__getitem__)
    return kind if _is_better(readings[kind], given) else None


def _is_better(read: float, given: float) -> bool:
    return read >= SMOOTH and read - given >= SMOOTHER


def smoothness(legs: Legs) -> float:
    """How well each sample foretells the next, -1 to 1, on the smoothest leg."""
    return max(map(_smoothness, legs))


def _smoothness(leg: Pcm) -> float:
    sound = leg.astype(np.float32)
    sound -= sound.mean()
    return float((sound[1:] * sound[:-1]).sum() / ((sound**2).sum() + 1))


def _readings(raw: Bytes, legs: int) -> Iterator[tuple[str, Legs]]:
    yield "s16be", _apart(raw.view(">i2").astype(np.int16), legs)
    for law in LAWS:
        yield law, _apart(TABLES[law][raw], legs)
    yield "unsigned 8-bit", _apart((raw.astype(np.int16) - 128) << 8, legs)


def _linear(codes: Bytes, legs: int, given: float) -> str | None:
    """16-bit samples that were read as G.711."""
    read = _apart(codes[: len(codes) // 2 * 2].view("<i2").astype(np.int16), legs)
    return "s16le" if _is_better(smoothness(read), given) else None


def _other_law(codes: Bytes, law: Encoding, legs: Legs, given: float) -> str | None:
    other = LAWS[law == "mulaw"]
    read = smoothness(_apart(TABLES[other][codes], len(legs)))
    return other if read >= SMOOTH and read - given >= OTHER_LAW else None


def _apart(samples: Pcm, legs: int) -> Legs:
    whole = samples[: len(samples) // legs * legs]
    return [whole[leg::legs] for leg in range(legs)]


def _lookup(law: Encoding) -> Callable[[Pcm], Bytes]:
    codes = np.zeros(1 << 16, np.uint8)
    codes[TABLES[law].view(np.uint16)] = np.arange(256, dtype=np.uint8)
    return lambda leg: codes[leg.view(np.uint16)]


_CODES = {law: _lookup(law) for law in LAWS}


def _is_coded(leg: Pcm, law: Encoding) -> bool:
    """Whether every sample is one that this law has."""
    leg = np.ascontiguousarray(leg)
    return bool(np.array_equal(TABLES[law][_CODES[law](leg)], leg))
