"""One stretch of one speaker's audio, and what is said in it as far as that is known.

Holds data only. Next: `listener.py` hears clips, `scores.py` judges what was heard.
"""

from dataclasses import dataclass
from typing import TypeAlias

from voiceassist.audio.pcm import Pcm
from voiceassist.events import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidWord:
    """A word of the reference."""

    text: str
    start_ms: int | None = None  # of the clip's audio; None: nobody knows
    end_ms: int | None = None


SaidUtterance: TypeAlias = tuple[SaidWord, ...]  # an utterance: what confidence intervals draw from


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clip:
    """Audio to recognise."""

    material: str  # clips of the same material, voice and channel are summed up together
    name: str
    speaker: Speaker
    pcm: Pcm
    rate_hz: int
    lines: tuple[SaidUtterance, ...]  # the reference; empty: there is none
    language: str = "en"  # BCP 47
    voice: str = ""  # of synthesised speech
    channel: str = ""  # likewise; or what was done to a recording (`degraded.py`)
    other: Pcm | None = None  # the call's other leg, at the same rate; None: there is none

    @property
    def audio_s(self) -> float:
        """Length of the audio."""
        return len(self.pcm) / self.rate_hz

    @property
    def is_timed(self) -> bool:
        """Whether the times of the reference's words are known."""
        words = [word for line in self.lines for word in line]
        return bool(words) and all(word.end_ms is not None for word in words)


def untimed(text: str) -> SaidUtterance:
    """A line of which only the words are known."""
    return tuple(SaidWord(text=word) for word in text.split())
