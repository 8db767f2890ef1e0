"""Brings a connection's audio to the rate of its call: the legs of one call may come from several phone systems.

The rate of a call is that of the connection which opened it. Never changes how long audio is. Next: `feed.py`.
"""

from collections.abc import Sequence
from dataclasses import replace

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.resample import Resampler
from voiceassist.ingest.dialect import Audio, Legs, Tracks


class CallRate:
    """One connection's tracks."""

    def __init__(self, tracks: Tracks, from_hz: int, to_hz: int) -> None:
        self._from_hz, self._to_hz = from_hz, to_hz
        self._resamplers = {track: tuple(Resampler(from_hz, to_hz) for _ in track) for track in tracks}

    def audio(self, said: Audio) -> Audio:
        """The same audio at the call's rate; its last milliseconds come with the next piece."""
        if self._from_hz == self._to_hz:
            return said
        resamplers = self._resamplers[said.legs]
        channels = [one.feed(pcm) for one, pcm in zip(resamplers, said.channels, strict=True)]
        at = said.timestamp
        return replace(said, channels=channels, timestamp=at and at * self._to_hz // self._from_hz)

    def rest(self, legs: Legs) -> Sequence[Pcm]:
        """What is left of a track when nothing more comes; nothing, where its rate is the call's."""
        if self._from_hz == self._to_hz:
            return ()
        return [resampler.finish() for resampler in self._resamplers[legs]]
