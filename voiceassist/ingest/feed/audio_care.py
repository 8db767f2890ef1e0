"""What there is to doubt about one connection's audio, as it was sent: its tracks, and how fast they arrive.

Never changes audio. Next: `feed.py` tells each doubt to the sender and to the call.
"""

from voiceassist.audio.audio_doubts import AudioDoubts, Doubt
from voiceassist.ingest.dialect import Audio, Legs
from voiceassist.ingest.feed.rate import RateMeter


class AudioCare:
    """One connection."""

    def __init__(self, rate_hz: int, window_s: float) -> None:
        self._rate_hz, self._window_s = rate_hz, window_s
        self._doubts: dict[Legs, AudioDoubts] = {}
        self._meters: dict[Legs, RateMeter] = {}

    def hear(self, audio: Audio, now_s: float) -> list[Doubt]:
        """What the next audio lets doubt."""
        has_clock = audio.timestamp is not None  # which tells its rate
        if audio.legs not in self._doubts:
            self._doubts[audio.legs] = AudioDoubts(audio.legs, self._rate_hz, knows_rate=has_clock)
            self._meters[audio.legs] = RateMeter(self._rate_hz, self._window_s)
        doubts = self._doubts[audio.legs]
        measured_hz = None if has_clock else self._meters[audio.legs].add(len(audio.channels[0]), now_s)
        arrives = doubts.arrives_at(measured_hz) if measured_hz else []
        return [*arrives, *doubts.hear(audio.channels)]
