"""Clips as worse lines give them: a quiet leg, and a leg into which the call's other leg leaks.

Plain arithmetic on samples: word times stay true, and the same clips give the same samples. A clip without another
leg (a recording with one channel) gets the next recording as its other leg. Never judges anything.
Next: `listener.py` hears them, beside the clips as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import soxr
from numpy.typing import NDArray

from voiceassist.audio.pcm import Pcm
from voiceassist.bench.asr.clip import Clip
from voiceassist.samples.telephone import from_db

LEVELS_DB = (-20.0, -40.0)  # of the leg as recorded; telephone legs 40 dB too quiet were met in real recordings
CROSS_TALK_DB = (-12.0, -25.0, -35.0)  # of the other leg: an earpiece near the microphone, to a bad headset cable
DELAY_MS = 40  # between leg and copy; ITU-T G.131 expects an echo canceller from 25 ms on


CONDITIONS = (
    *(f"level {level_db:.0f} dB" for level_db in LEVELS_DB),
    *(f"cross-talk {level_db:.0f} dB" for level_db in CROSS_TALK_DB),
)


def degraded_clips(clips: Sequence[Clip]) -> Iterator[Clip]:
    """Every clip whose words are known, in every condition. The clips as they are do not come again."""
    for number, clip in enumerate(clips):
        if clip.lines:
            yield from degraded(_paired(clip, clips[(number + 1) % len(clips)]))


def degraded(clip: Clip) -> Iterator[Clip]:
    """One clip in every condition; `channel` names it. Without another leg only its level changes."""
    for condition, pcm in _conditions(clip).items():
        yield replace(clip, pcm=pcm, channel=condition, name=f"{clip.name}, {condition}")


def at_level(pcm: Pcm, gain_db: float) -> Pcm:
    """Louder or quieter, by so much."""
    return _rounded(pcm * from_db(gain_db))


def with_cross_talk(pcm: Pcm, other: Pcm, level_db: float, delay_samples: int) -> Pcm:
    """A leg with a copy of the other leg in it: so much quieter than the other leg, and so much later."""
    copy = np.zeros(len(pcm))
    late = other[: max(0, len(pcm) - delay_samples)]
    copy[delay_samples : delay_samples + len(late)] = late * from_db(level_db)
    return _rounded(pcm + copy)


def _conditions(clip: Clip) -> Mapping[str, Pcm]:
    delay, other = clip.rate_hz * DELAY_MS // 1000, clip.other
    quiet = [at_level(clip.pcm, level_db) for level_db in LEVELS_DB]
    leaking = (
        [] if other is None else [with_cross_talk(clip.pcm, other, level_db, delay) for level_db in CROSS_TALK_DB]
    )
    return dict(zip(CONDITIONS, [*quiet, *leaking], strict=False))


def _paired(clip: Clip, following: Clip) -> Clip:
    """With another leg: its own, else the following recording, repeated to the clip's length."""
    if clip.other is not None or following is clip:
        return clip
    # As floats: soxr dithers int16 with noise.
    at_rate = soxr.resample(following.pcm.astype(np.float64), following.rate_hz, clip.rate_hz)
    return replace(clip, other=_rounded(np.resize(at_rate, len(clip.pcm))))


def _rounded(signal: NDArray[np.floating]) -> Pcm:
    return np.asarray(np.clip(np.rint(signal), -32768, 32767), np.int16)
