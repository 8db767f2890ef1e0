"""The line that is being said on one leg, as a model that reads whole lines needs it: blocks of sound, what was
read of them so far, and when to read again.

Never reads itself. Next: `leg.py` has a model read it.
"""

from dataclasses import dataclass, field

import numpy as np

from voiceassist.asr.moonshine.reading import NOTHING_READ, Reading
from voiceassist.asr.voice import BLOCK_MS, RATE_HZ
from voiceassist.audio.align import DecodedLine, align, levels_dbfs
from voiceassist.audio.endpoint import PAUSE_BLOCKS
from voiceassist.audio.pcm import Pcm
from voiceassist.events import Word

# Up to so many blocks of line, a reading every so many blocks of voice: 224 ms in the first 1.6 s, then less
# often, since a reading costs about 10 ms per second of line on one core.
CADENCE_BLOCKS = ((50, 7), (110, 9), (188, 12))
SLOWEST_BLOCKS = 14  # 448 ms: a Partial at least every 500 ms


@dataclass(slots=True, kw_only=True)
class MoonshineLine:
    """Sound in whole blocks. A reading is settled when it has all words before a pause: the Final repeats it."""

    start_block: int  # of the leg
    blocks: list[Pcm]
    voiced: list[bool]  # per block
    fresh: int = 0  # blocks since the last Partial
    unread: int  # voiced blocks since the last reading
    unsettled: int  # voiced blocks since the last settled reading
    utterance: int = 0  # 0 until something of it was told
    reading: Reading = NOTHING_READ
    heard: list[DecodedLine] = field(default_factory=list)  # one per reading

    @classmethod
    def of(cls, blocks: list[Pcm], voiced: list[bool], start_block: int) -> "MoonshineLine":
        """A line of which nothing was read yet."""
        return cls(
            start_block=start_block, blocks=blocks, voiced=voiced, unread=sum(voiced), unsettled=sum(voiced)
        )

    @property
    def start_ms(self) -> int:
        """In the leg's audio."""
        return self.start_block * BLOCK_MS

    @property
    def end_ms(self) -> int:
        """Likewise: how far it has been heard."""
        return (self.start_block + len(self.blocks)) * BLOCK_MS

    @property
    def pcm(self) -> Pcm:
        """All of it."""
        return np.concatenate(self.blocks)

    @property
    def voiced_ms(self) -> int:
        """How much of it is voice."""
        return sum(self.voiced) * BLOCK_MS

    @property
    def pause_blocks(self) -> int:
        """How long nobody has spoken at its end."""
        return self.voiced[::-1].index(True) if any(self.voiced) else 0

    @property
    def spoken(self) -> Pcm:
        """From its start to where the pause at its end, if there is one, was noticed."""
        return np.concatenate(self.blocks[: len(self.blocks) - max(0, self.pause_blocks - PAUSE_BLOCKS)])

    def spoken_until(self, at_ms: int) -> Pcm:
        """Likewise, of what had been heard at that moment of the leg."""
        return self.cut(min(at_ms // BLOCK_MS - self.start_block, len(self.blocks)))[0].spoken

    def is_due(self, *, voiced: bool) -> bool:
        """Whether to read now; while nobody speaks rather not: a pause may begin, which is read anyway."""
        pace = next((pace for size, pace in CADENCE_BLOCKS if len(self.blocks) <= size), SLOWEST_BLOCKS)
        return (voiced and self.unread >= pace) or (self.unread > 0 and self.fresh >= SLOWEST_BLOCKS)

    def add(self, block: Pcm, *, voiced: bool) -> None:
        """Another block of it."""
        self.blocks.append(block)
        self.voiced.append(voiced)
        self.fresh += 1
        self.unread += voiced
        self.unsettled += voiced

    def take(self, reading: Reading, at_ms: int, *, is_settled: bool) -> None:
        """What was read of all of it at that moment."""
        self.reading, self.unread = reading, 0
        self.unsettled = 0 if is_settled else self.unsettled
        self.heard.append(DecodedLine(at_ms=at_ms, words=tuple(word.text for word in reading.words)))

    def timed(self) -> tuple[Word, ...]:
        """The words of the last reading, with times."""
        if not self.reading.words:
            return ()
        spans = align(self.heard, levels_dbfs(self.pcm, RATE_HZ), self.start_ms)
        return tuple(
            Word(text=word.text, start_ms=start_ms, end_ms=end_ms, confidence=word.confidence)
            for word, (start_ms, end_ms) in zip(self.reading.words, spans, strict=True)
        )

    def cut(self, place: int) -> "tuple[MoonshineLine, MoonshineLine]":
        """The first `place` blocks, with what was told of them, and the rest as a line of its own."""
        first = MoonshineLine.of(self.blocks[:place], self.voiced[:place], self.start_block)
        first.utterance, first.heard = self.utterance, self.heard
        return first, MoonshineLine.of(self.blocks[place:], self.voiced[place:], self.start_block + place)
