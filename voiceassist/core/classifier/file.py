"""The weights file of the classifier: a line of JSON, the n-grams, a byte per weight, packed with zlib.

Never opens a file: bytes in, bytes out, and the same weights give the same bytes. Damaged bytes raise ModelError.
Next: `model.py` uses what was read; `speech_models/cues_weights.py` finds the file.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voiceassist.core.classifier.model import Classifier, Kind, Table, make_table
from voiceassist.errors import ModelError
from voiceassist.events import Speaker

MAGIC = b"VACUES1\n"  # the format's name and number
PACKED = b"\x78\xda"  # how zlib begins at its highest level (RFC 1950, 2.2); it unpacks after other beginnings too
STEPS = 127  # of a signed byte on either side of zero


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Learned:
    """One speaker's part of a weights file, before it is written."""

    kinds: tuple[Kind, ...]
    names: tuple[str, ...]
    weights: NDArray[np.float64]  # [names, kinds]
    characters: float


def encode_classifier(language: str, learned: Mapping[Speaker, Learned]) -> bytes:
    """The bytes of a weights file."""
    parts = {speaker: _quantised(part) for speaker, part in learned.items()}
    head = {
        "language": language,
        "tables": {speaker: _head(learned[speaker], parts[speaker][1]) for speaker in parts},
    }
    names = "".join(f"{name}\n" for part in learned.values() for name in part.names)
    text = json.dumps(head, sort_keys=True) + "\n" + names
    return MAGIC + zlib.compress(text.encode() + b"".join(steps.tobytes() for steps, _ in parts.values()), level=9)


def decode_classifier(data: bytes) -> Classifier:
    """The classifier in a weights file's bytes. Raises ModelError, which says what is wrong with them."""
    if not data.startswith(MAGIC):
        raise ModelError(f"not a cue classifier: it begins with {data[:8]!r} instead of {MAGIC!r}")
    try:
        return _read(_unpacked(data[len(MAGIC) :]))
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the cue classifier is damaged, make or fetch it again: {error}") from error


def _unpacked(packed: bytes) -> bytes:
    if not packed.startswith(PACKED):
        raise ValueError(f"its weights begin with {packed[:2]!r} instead of {PACKED!r}")
    return zlib.decompress(packed)


def _quantised(part: Learned) -> tuple[NDArray[np.int8], list[float]]:
    scales = np.abs(part.weights).max(axis=0, initial=1e-9) / STEPS
    return np.rint(part.weights / scales).astype(np.int8), [float(f"{scale:.6g}") for scale in scales]


def _head(part: Learned, scales: list[float]) -> dict[str, Any]:
    kinds = [
        {"name": kind.name, "offset": round(kind.offset, 4), "thresholds": dict(kind.thresholds), "scale": scale}
        for kind, scale in zip(part.kinds, scales, strict=True)
    ]
    return {"kinds": kinds, "ngrams": len(part.names), "characters": part.characters}


def _read(raw: bytes) -> Classifier:
    head_end = raw.index(b"\n")
    head = json.loads(raw[:head_end])
    counts = [table["ngrams"] * len(table["kinds"]) for table in head["tables"].values()]
    names_end = len(raw) - sum(counts)
    names = raw[head_end + 1 : names_end].decode().splitlines()
    steps = np.frombuffer(raw, np.int8, offset=names_end)
    tables: dict[Speaker, Table] = {}
    for speaker, table in head["tables"].items():
        count, kinds = table["ngrams"], table["kinds"]
        ours, names = names[:count], names[count:]
        numbers, steps = steps[: count * len(kinds)], steps[count * len(kinds) :]
        tables[speaker] = _table(table, ours, numbers.reshape(count, len(kinds)))
    if names:
        raise ValueError(f"{len(names)} n-grams are left over")
    return Classifier(language=head["language"], tables=tables)


def _table(head: Mapping[str, Any], names: list[str], steps: NDArray[np.int8]) -> Table:
    weights = steps * np.array([kind["scale"] for kind in head["kinds"]])
    kinds = tuple(
        Kind(name=kind["name"], offset=kind["offset"], thresholds=kind["thresholds"]) for kind in head["kinds"]
    )
    if len(names) != len(steps):
        raise ValueError(f"{len(steps)} n-grams have weights, {len(names)} have names")
    return make_table(kinds, names, weights, head["characters"])
