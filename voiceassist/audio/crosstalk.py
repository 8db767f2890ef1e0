"""Takes out of each leg of a call what is only the other leg heard again: softer, later, perhaps filtered.

Looks at samples, never at words. A block that the path from the other leg (`echo_path.py`) explains becomes
silence; a block that holds anything of its own stays as it is, down to the sample: both may speak at once.
While the legs are not in step, because one has fallen behind, both are left alone. Never reads a clock.
Next: `hearing_edge.py` gives the legs to the recognizers.

Known weakness: the first 120 to 200 ms of an echo pass, until its path is known. A room's reverberation beyond the
3 ms of the path's filter is taken for a voice where it is louder than what the filter explains.
"""

from dataclasses import dataclass

import numpy as np

from voiceassist.audio.echo_path import LEAST_POWER, LOUDER, EchoPath
from voiceassist.audio.pcm import Pcm, silence
from voiceassist.audio.signal import Decimator, Signal, energy

BLOCK_MS = 40
HOP_BLOCKS = 4  # learnt from at a time: one or two hops of a voice are enough to find its echo
HOLD_BLOCKS = 2  # that pass after a voice: its end is soft
FADE_MS = 5  # no click where silence begins and ends
LEAST_DB = -45.0  # softer is below the noise of any line
TOLD_BLOCKS = 25  # a second of echo, before it is told
GONE_BLOCKS = 375  # 15 s in which the other leg talks, and no echo of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """How the other leg is heard in a leg."""

    level_db: int  # against the other leg: -12
    delay_ms: int


class CrossTalkGate:
    """Both legs of a call: blocks of BLOCK_MS of either, in step, and sometimes others."""

    def __init__(self, rate_hz: int) -> None:
        self._block = rate_hz * BLOCK_MS // 1000
        self._legs = (_GatedLeg(rate_hz), _GatedLeg(rate_hz))
        self._blocks = 0  # with both legs in step
        self._hop = 0  # samples that wait to be learnt from

    @property
    def echoes(self) -> tuple[Echo | None, Echo | None]:
        """How the other leg is heard in each; None before a second of it, and when there is none any more."""
        one, other = self._legs
        return one.told, other.told

    def hear(self, one: Pcm, other: Pcm) -> tuple[Pcm, Pcm]:
        """The next samples of both legs, without echoes."""
        first, second = self._legs
        samples = first.take(one)
        if second.take(other) != samples or first.taken != second.taken or len(one) != self._block:
            return one, other
        self._learn(samples)
        return first.gated(one, second.past, samples), second.gated(other, first.past, samples)

    def _learn(self, samples: int) -> None:
        first, second = self._legs
        self._blocks += 1
        self._hop += samples
        if self._blocks % HOP_BLOCKS == 0:
            first.learn(second.past, self._hop)
            second.learn(first.past, self._hop)
            self._hop = 0


class _GatedLeg:
    """One leg, and the way in which the other comes into it."""

    def __init__(self, rate_hz: int) -> None:
        self._decimator = Decimator(rate_hz)
        self._path = EchoPath(self._decimator.rate_hz)
        self._fade: Signal = np.linspace(0.0, 1.0, rate_hz * FADE_MS // 1000, dtype=np.float32)
        self._open = HOLD_BLOCKS  # blocks that pass, this one included; 0: what is heard is only an echo
        self._echoes = 0  # blocks
        self._misses = 0  # blocks since the last echo, in which the other leg talked
        hop = self._decimator.rate_hz * BLOCK_MS * HOP_BLOCKS // 1000 + HOP_BLOCKS
        self.past: Signal = np.zeros(self._path.history + hop, np.float32)
        self.taken = 0  # samples
        self.told: Echo | None = None

    def take(self, pcm: Pcm) -> int:
        """Remembers the next samples; how many there are to look at."""
        signal = self._decimator.feed(pcm)
        self.past = np.concatenate((self.past, signal))[-len(self.past) :]
        self.taken += len(pcm)
        return len(signal)

    def learn(self, talked: Signal, samples: int) -> None:
        self._path.learn(self.past[-samples:], talked[-samples - self._path.history :])

    def gated(self, pcm: Pcm, talked: Signal, samples: int) -> Pcm:
        """The samples, or silence when they are only an echo; faded where one follows the other."""
        was_open = self._open > 0
        is_echo = self._path.explains(self.past[-samples:], talked[-samples - self._path.history :])
        self._open = max(0, self._open - 1) if is_echo else HOLD_BLOCKS
        if is_echo:
            self._found()
        elif self.told:
            self._miss(energy(talked[-samples:]), energy(self.past[-samples:]), samples)
        if self._open:
            return pcm if was_open else _faded_in(pcm, self._fade)
        return _faded_out(pcm, self._fade) if was_open else silence(len(pcm))

    def _found(self) -> None:
        self._misses = 0
        self._echoes += 1
        if self._echoes % TOLD_BLOCKS == 0 and self._path.level_db >= LEAST_DB:
            self.told = Echo(level_db=round(self._path.level_db), delay_ms=self._path.delay_ms)

    def _miss(self, talked: float, heard: float, samples: int) -> None:
        """Counts blocks in which the other leg talks alone; its echo should be heard then."""
        self._misses += talked > max(LEAST_POWER * samples, LOUDER * heard)
        if self._misses >= GONE_BLOCKS:
            self.told = None


def _faded_in(pcm: Pcm, fade: Signal) -> Pcm:
    faded = pcm.copy()
    faded[: len(fade)] = (pcm[: len(fade)] * fade).astype(np.int16)
    return faded


def _faded_out(pcm: Pcm, fade: Signal) -> Pcm:
    """Silence from the end of the fade on."""
    faded = silence(len(pcm))
    faded[: len(fade)] = (pcm[: len(fade)] * fade[::-1]).astype(np.int16)
    return faded
