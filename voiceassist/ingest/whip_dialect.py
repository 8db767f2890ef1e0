"""WHIP as a dialect: the publication opens or joins a call, decoded frames of its track are audio.

A publisher is answered over HTTP (`whip_http.py`), so nothing goes back on the media connection.
Never touches WebRTC: `whip_peer.py` does.
"""

from collections.abc import Sequence

import numpy as np
from av import AudioFrame

from voiceassist.audio.pcm import Pcm, deinterleave
from voiceassist.events import EndReason
from voiceassist.ingest.dialect import Audio, Close, Legs, News, PeerEvent, Started
from voiceassist.ingest.source import with_clean_names
from voiceassist.ingest.whip_request import Publication, call_info, legs_of

RATE_HZ = 48_000  # what aiortc decodes Opus to, always as two channels
CHANNELS = 2


class WhipDialect:
    """One publisher."""

    def __init__(self) -> None:
        self._legs: Legs = ()  # known once published

    def receive(self, message: Publication | AudioFrame) -> list[PeerEvent]:
        """What the publisher said."""
        if isinstance(message, Publication):
            self._legs = legs_of(message)
            return [Started(info=with_clean_names(call_info(message)), rate_hz=RATE_HZ, tracks=(self._legs,))]
        channels = split(message, len(self._legs))
        return [Audio(legs=self._legs, channels=channels, timestamp=message.pts or 0)]

    def closed(self, code: int) -> EndReason:  # noqa: ARG002 - WebRTC has no codes
        """Who is done says DELETE."""
        return "vanished"

    def tell(self, news: News) -> None:
        """Says nothing: WHIP has no words for it."""

    def to_send(self) -> Sequence[str | bytes | Close]:
        """Nothing."""
        return ()


def split(frame: AudioFrame, legs: int) -> tuple[Pcm, ...]:
    """The samples of a decoded frame: a channel per leg, or both channels mixed for a single one."""
    assert (frame.sample_rate, frame.format.name, frame.layout.nb_channels) == (RATE_HZ, "s16", CHANNELS)
    # A plane may be longer than its samples, since FFmpeg pads it; `to_ndarray` counts.
    interleaved: Pcm = frame.to_ndarray()[0]
    if legs == CHANNELS:
        return deinterleave(interleaved, CHANNELS)
    return (interleaved.reshape(-1, CHANNELS).mean(axis=1).astype(np.int16),)
