"""Which voice speaks which part, and how its telephone line sounds.

Never touches audio. Every call has its own pair of voices, rates, pitches, levels and noise, so
that nothing downstream grows used to one sound.
Next: `synthesise.py` hands each voice to `flite.py` and `telephone.py`.
"""

from dataclasses import dataclass
from types import MappingProxyType

from voiceassist.events import Speaker


@dataclass(frozen=True, slots=True)
class Voice:
    """A flite voice and the line it is heard on."""

    name: str  # flite's voice name
    stretch: float  # Factor on every duration; above 1 is slower
    pitch_hz: float | None  # Mean fundamental frequency, Hertz; None: its own (flite cannot move rms)
    level_dbfs: float  # Level while speaking
    noise_dbfs: float  # Line noise, always present


CASTING: MappingProxyType[str, dict[Speaker, Voice]] = MappingProxyType(
    {
        "late-return": {
            "agent": Voice("slt", 1.00, 175.0, -22.0, -60.0),
            "customer": Voice("rms", 1.00, None, -24.0, -54.0),
        },
        "dead-end": {
            "agent": Voice("rms", 1.10, None, -21.0, -58.0),
            "customer": Voice("slt", 1.05, 165.0, -23.0, -56.0),
        },
        "abuse-ladder": {
            "agent": Voice("slt", 1.10, 186.0, -22.0, -59.0),
            "customer": Voice("rms", 1.00, None, -28.0, -53.0),
        },
        "over-promise": {
            "agent": Voice("rms", 1.08, None, -22.0, -57.0),
            "customer": Voice("slt", 1.06, 175.0, -25.0, -55.0),
        },
        "friendly": {
            "agent": Voice("rms", 1.05, None, -21.0, -60.0),
            "customer": Voice("awb", 1.12, 130.0, -23.0, -56.0),
        },
        "manager-please": {
            "agent": Voice("rms", 1.12, None, -22.0, -58.0),
            "customer": Voice("awb", 1.00, 122.0, -26.0, -54.0),
        },
    }
)
