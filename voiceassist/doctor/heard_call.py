"""One call as the doctor heard it: what was announced, what each leg sounds like, what was said of it.

Next: `findings.py` judges it.
"""

from dataclasses import dataclass, field
from typing import Any

from voiceassist.audio.pcm import AudioFrame
from voiceassist.doctor.leg_meter import LegMeter
from voiceassist.events import AudioGap, Speaker
from voiceassist.ingest.source import CallInfo


@dataclass(kw_only=True)
class HeardCall:
    """One call."""

    info: CallInfo
    rate_hz: int = 0
    announced_legs: tuple[Speaker, ...] = ()  # by its connections so far
    connections: int = 0
    is_proven: bool = False  # by a key or a signature; else the server may refuse it
    meters: dict[Speaker, LegMeter] = field(default_factory=dict)
    samples: dict[Speaker, int] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)  # code → what was said
    keys: int = 0  # of telephones, pressed
    holds: int = 0
    end_reason: str = ""

    @property
    def duration_ms(self) -> int:
        """Of its longest leg."""
        return max(self.samples.values(), default=0) * 1000 // max(1, self.rate_hz)

    @property
    def first_to_speak(self) -> Speaker | None:
        """Who was heard first; None: nobody yet."""
        heard = {leg: meter.first_ms for leg, meter in self.meters.items()}
        known = {leg: at_ms for leg, at_ms in heard.items() if at_ms is not None}
        return min(known, key=lambda leg: known[leg], default=None)

    def add(self, piece: AudioFrame | AudioGap) -> None:
        """Audio, or a hole in it."""
        if isinstance(piece, AudioGap):
            if piece.speaker in self.meters and piece.cause in ("lost", "overflow"):
                self.meters[piece.speaker].lost_ms += piece.duration_ms
            return
        self.rate_hz = piece.rate_hz
        self.meters.setdefault(piece.speaker, LegMeter(piece.rate_hz)).add(piece.pcm)
        self.samples[piece.speaker] = self.samples.get(piece.speaker, 0) + len(piece.pcm)

    def as_json(self) -> dict[str, Any]:
        """Its numbers, for programs."""
        return {
            "call_id": self.info.call_id,
            "protocol": self.info.source,
            "rate_hz": self.rate_hz,
            "connections": self.connections,
            "duration_ms": self.duration_ms,
            "first_to_speak": self.first_to_speak,
            "end_reason": self.end_reason,
            "legs": {leg: _leg_json(meter) for leg, meter in self.meters.items()},
            "warnings": self.warnings,
        }


def _leg_json(meter: LegMeter) -> dict[str, Any]:
    level = meter.level_dbfs
    return {
        "level_dbfs": None if level is None else round(level, 1),
        "sounding_share": round(meter.sounding_share, 3),
        "first_ms": meter.first_ms,
        "clipped_share": round(meter.clipped_share, 5),
        "lost_ms": meter.lost_ms,
    }
