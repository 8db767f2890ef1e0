"""Puts a connection's small messages of audio together until a step of it is whole, before anybody looks at them.

Telephone systems send 20 ms at a time, and a call hears 40: what is looked at half as often costs the event loop
half. Nothing is heard later for it, since a step waits for its end in any case (`coalescer.py`). What has a place
of its own on the peer's clock, or is made up, is not mixed with what comes before it. Never reads a clock.
Next: `peer_feed.py` takes it, as from a peer that sends so much at a time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from voiceassist.ingest.dialect import Audio, Legs

Gathered = tuple[Audio, float]  # some messages of a track in one, and when the last of them arrived


@dataclass(slots=True, kw_only=True)
class _Track:
    missing: int = 0  # samples, until the step is whole
    messages: list[Audio] = field(default_factory=list)
    samples: int = 0  # of all of them
    arrived_s: float = 0.0

    def goes_on_with(self, audio: Audio) -> bool:
        first = self.messages[0]
        is_next = first.timestamp is None or audio.timestamp == first.timestamp + self.samples
        return is_next and first.is_made_up == audio.is_made_up


class Gathering:
    """One connection."""

    def __init__(self, missing: Callable[[Legs], int]) -> None:
        """`missing`: how many samples of a track complete the step that it is in; 0: take what comes at once."""
        self._missing = missing
        self._tracks: dict[Legs, _Track] = {}

    def add(self, audio: Audio, now_s: float) -> Iterator[Gathered]:
        """What should be heard now."""
        if not len(audio.channels[0]):
            return
        track = self._tracks.get(audio.legs)
        if track is None:
            track = self._tracks[audio.legs] = _Track()
        if track.messages and not track.goes_on_with(audio):
            yield _whole(track)
        if not track.messages:
            track.missing = self._missing(audio.legs)
        track.messages.append(audio)
        track.samples += len(audio.channels[0])
        track.arrived_s = now_s
        if track.samples >= track.missing:
            yield _whole(track)

    def rest(self) -> Iterator[Gathered]:
        """What waits: nothing has come for a while, or something else has its turn after it."""
        for track in self._tracks.values():
            if track.messages:
                yield _whole(track)


def _whole(track: _Track) -> Gathered:
    messages, track.messages, track.samples = track.messages, [], 0
    first = messages[0]
    if len(messages) == 1:
        return first, track.arrived_s
    channels = [np.concatenate(leg) for leg in zip(*(one.channels for one in messages), strict=True)]
    whole = Audio(
        legs=first.legs, channels=channels, timestamp=first.timestamp, is_made_up=first.is_made_up
    )  # `replace` would take longer than all else here
    return whole, track.arrived_s
