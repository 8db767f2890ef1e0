"""Brings a connection's audio to the rate of its call: the legs of one call may come from several phone systems.

A call has one rate, that of the connection which opened it: its legs are compared sample by sample, and recorded
in one file. Timestamps of the peer's clock are brought along, less what the filter holds back, so that no loss is
seen where there is none. Never changes how long audio is. Next: `peer_feed.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.resample import Resampler
from voiceassist.ingest.dialect import Audio, Legs, Tracks


@dataclass(slots=True)
class _Track:
    resamplers: tuple[Resampler, ...]  # of its legs
    taken: int = 0  # samples of each leg, at the peer's rate...
    given: int = 0  # ...and at the call's


class CallRate:
    """One connection's tracks."""

    def __init__(self, tracks: Tracks, from_hz: int, to_hz: int) -> None:
        self._from_hz, self._to_hz = from_hz, to_hz
        self._tracks = {legs: self._new(legs) for legs in tracks}

    def begin(self, legs: Legs) -> None:
        """Forgets what was left of a track: its audio begins anew."""
        self._tracks[legs] = self._new(legs)

    def audio(self, said: Audio) -> Audio:
        """The same audio at the call's rate; its last milliseconds come with the next piece."""
        if self._from_hz == self._to_hz:
            return said
        track = self._tracks[said.legs]
        held_back = self._at_call_rate(track.taken) - track.given
        channels = [one.feed(pcm) for one, pcm in zip(track.resamplers, said.channels, strict=True)]
        track.taken += len(said.channels[0])
        track.given += len(channels[0])
        at = None if said.timestamp is None else self._at_call_rate(said.timestamp) - held_back
        return replace(said, channels=channels, timestamp=at)

    def rest(self, legs: Legs) -> Sequence[Pcm]:
        """What is left of a track when nothing more comes; nothing, where its rate is the call's."""
        if self._from_hz == self._to_hz:
            return ()
        return [resampler.finish() for resampler in self._tracks[legs].resamplers]

    def _new(self, legs: Legs) -> _Track:
        return _Track(tuple(Resampler(self._from_hz, self._to_hz) for _ in legs))

    def _at_call_rate(self, samples: int) -> int:
        return samples * self._to_hz // self._from_hz
