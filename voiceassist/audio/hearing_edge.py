"""What is done to the legs of a call before anybody recognises words: one step of audio in, one step out.

An echo of the other leg is taken out (`crosstalk.py`), legs that are the same are heard as one (`identical.py`),
a leg that is far too soft is made louder (`loudness.py`), and what is no talk is told (`line_sounds.py`).
Legs that need nothing of this pass untouched, down to the sample. The same steps give the same, live as in replay.
Never reads a clock. Next: `asr/call_recognizer.py` and `replay.py` give the legs to the recognizers and the
changes to the call.

Costs 0.6 to 0.9 % of a core per call of two legs at 8 kHz, a third to a half of it the gate.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from voiceassist.audio.crosstalk import CrossTalkGate, Echo
from voiceassist.audio.identical import IdenticalLegs
from voiceassist.audio.legs import Step
from voiceassist.audio.line_sounds import LineSounds
from voiceassist.audio.loudness import Loudness
from voiceassist.audio.pcm import Pcm, silence
from voiceassist.audio.signal import energy
from voiceassist.events import SPEAKERS, CrossTalkChanged, LegMergeChanged, LineChange, LineSoundChanged, Speaker

# An echo is told again when it has changed by so much: twice as loud to the ear, or another path.
TOLD_DB, TOLD_MS = 6, 20
LEAKING = 10 ** (15 / 10)  # times the power: what the other leg has more while it leaks in


class HearingEdge:
    """One call."""

    def __init__(self, legs: tuple[Speaker, ...]) -> None:
        self._legs = legs
        self._loudness: dict[Speaker, Loudness] = {}
        self._sounds: dict[Speaker, LineSounds] = {}  # from the first step on, which tells the rate
        self._pair: _LegPair | None = None  # likewise, unless there is one leg only

    def hear(self, step: Step) -> tuple[Step, list[LineChange]]:
        """The step as it should be heard, and what has changed on the line."""
        if not self._sounds:
            self._sounds = {leg: LineSounds(step.rate_hz) for leg in self._legs}
            self._loudness = {leg: Loudness(step.rate_hz) for leg in self._legs}
            self._pair = _LegPair(step.rate_hz) if len(self._legs) == len(SPEAKERS) else None
        pieces, changes = dict(step.pieces), list[LineChange]()
        if self._pair:
            is_talk = all(sounds.sound == "none" for sounds in self._sounds.values())
            pieces = self._pair.hear(pieces, is_talk=is_talk)
            changes += self._pair.changes(step.until_ms)
        for leg, pcm in pieces.items():
            changes += self._sound_changes(leg, pcm, step.until_ms)
        return step.with_pieces(self._at_levels(pieces)), changes

    def _sound_changes(self, leg: Speaker, pcm: Pcm, at_ms: int) -> Iterator[LineChange]:
        for change in self._sounds[leg].hear(pcm):
            yield LineSoundChanged(at_ms=at_ms, speaker=leg, sound=change.sound, since_ms=change.since_ms)

    def _at_levels(self, pieces: Mapping[Speaker, Pcm]) -> dict[Speaker, Pcm]:
        """What is far softer than the other leg may be the other leg, by a way that the gate does not know."""
        powers = {leg: energy(pcm.astype(np.float32)) for leg, pcm in pieces.items()}
        loudest = max(powers.values(), default=0.0)
        return {
            leg: self._loudness[leg].hear(
                pcm, is_talk=self._sounds[leg].sound == "none" and powers[leg] * LEAKING >= loudest
            )
            for leg, pcm in pieces.items()
        }


class _LegPair:
    """What the two legs of a call have to do with each other."""

    def __init__(self, rate_hz: int) -> None:
        self._gate = CrossTalkGate(rate_hz)
        self._identical = IdenticalLegs(rate_hz)
        self._told: dict[Speaker, Echo | None] = dict.fromkeys(SPEAKERS)
        self._are_merged = False

    def hear(self, pieces: Mapping[Speaker, Pcm], *, is_talk: bool) -> dict[Speaker, Pcm]:
        """The legs without each other's echoes. The agent's is heard for both when they are the same.

        `is_talk`: tones and music, which a switch may play to both sides, say nothing about the legs.
        """
        is_same = is_talk and self._identical.hear(pieces["agent"], pieces["customer"])
        agent, customer = self._gate.hear(pieces["agent"], pieces["customer"])
        heard = {"agent": agent, "customer": silence(len(customer)) if is_same else customer}
        return {leg: heard[leg] for leg in pieces}

    def changes(self, at_ms: int) -> Iterator[LineChange]:
        """What has to be told now."""
        if self._identical.are_identical != self._are_merged:
            self._are_merged = self._identical.are_identical
            yield LegMergeChanged(at_ms=at_ms, merged=self._are_merged, speaker="agent")
        for leg, echo in zip(SPEAKERS, self._gate.echoes, strict=True):
            if _differ(echo, told := self._told[leg]):
                self._told[leg] = echo
                level_db, delay_ms = (
                    (echo.level_db, echo.delay_ms) if echo else (None, told.delay_ms if told else 0)
                )
                yield CrossTalkChanged(at_ms=at_ms, speaker=leg, level_db=level_db, delay_ms=delay_ms)


def _differ(echo: Echo | None, told: Echo | None) -> bool:
    if echo is None or told is None:
        return echo is not told
    return abs(echo.level_db - told.level_db) >= TOLD_DB or abs(echo.delay_ms - told.delay_ms) >= TOLD_MS
