"""What there is to doubt about one connection's audio, as it was sent: its tracks, and how fast they arrive.

Never changes audio, and never judges on the event loop what takes long: `judge` does, and what follows is
told with the next audio. Next: `peer_feed.py` tells each doubt to the sender and to the call.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np

from voiceassist.audio.audio_doubts import AudioDoubts, Doubt, TrackSpeech, speeds_of
from voiceassist.audio.pcm import Pcm
from voiceassist.ingest.dialect import Audio, Legs
from voiceassist.ingest.feed.rate import RateMeter

LOOK_MS = 200  # of a track at a time: a look costs for ten packets hardly more than for one

Judge = Callable[[TrackSpeech], "Future[list[float]]"]  # asked once of each track


def judge_at_once(speech: TrackSpeech) -> "Future[list[float]]":
    """Judges where it is asked."""
    judged: Future[list[float]] = Future()
    judged.set_result(speeds_of(speech))
    return judged


class AudioCare:
    """One connection."""

    def __init__(self, rate_hz: int, window_s: float, judge: Judge) -> None:
        self._rate_hz, self._window_s, self._judge = rate_hz, window_s, judge
        self._tracks: dict[Legs, _Track] = {}

    def hear(self, audio: Audio, now_s: float) -> list[Doubt]:
        """What the next audio lets doubt."""
        if audio.legs not in self._tracks:
            meter = RateMeter(self._rate_hz, self._window_s) if audio.timestamp is None else None
            self._tracks[audio.legs] = _Track(audio.legs, self._rate_hz, meter, self._judge)
        return self._tracks[audio.legs].hear(audio.channels, now_s)


class _Track:
    def __init__(self, legs: Legs, rate_hz: int, meter: RateMeter | None, judge: Judge) -> None:
        """`meter`: None where the audio's own clock tells its rate."""
        self._meter = meter
        self._doubts = AudioDoubts(legs, rate_hz, knows_rate=meter is None)
        self._judge = judge
        self._judged: Future[list[float]] | None = None  # what was asked
        self._waiting: list[Sequence[Pcm]] = []
        self._samples, self._enough = 0, 0  # that wait, and from how many on they are looked at: the first at once
        self._look = rate_hz * LOOK_MS // 1000

    def hear(self, channels: Sequence[Pcm], now_s: float) -> list[Doubt]:
        measured_hz = self._meter.add(len(channels[0]), now_s) if self._meter else None
        doubts = self._doubts.arrives_at(measured_hz) if measured_hz else []
        self._waiting.append(channels)
        self._samples += len(channels[0])
        return doubts + self._look_at_all() if self._samples >= self._enough else doubts

    def _look_at_all(self) -> list[Doubt]:
        waiting = [np.concatenate(leg) for leg in zip(*self._waiting, strict=True)]
        self._waiting.clear()
        self._samples, self._enough = 0, self._look
        doubts = self._doubts.hear(waiting)
        if speech := self._doubts.take_speech():
            self._judged = self._judge(speech)
        if self._judged and self._judged.done():
            speeds, self._judged = self._judged.result(), None
            doubts += self._doubts.sounds(speeds)
        return doubts
