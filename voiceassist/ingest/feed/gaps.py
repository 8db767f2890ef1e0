"""Missing audio, whatever the cause: silence takes its place, then one gap says how much it was and why.

The silence always comes first: how long a peer was silent is known only when that is over, and the other causes
keep to the same order. The samples of a leg before its gap therefore end with the silence that the gap is about.
Losses that lie close together share one gap: it comes when their stretch is over, and says how long that was.
Never decides what is missing: `timeline.py` (lost, silent) and `audio_queue.py` (overflow) do.
"""

from collections.abc import Iterator

from voiceassist.audio.pcm import AudioFrame, TimePassed, silence
from voiceassist.events import AudioDoubted, AudioGap, GapCause, LineChanged, Speaker

# A change of a line, a doubt, and time that passed take their place between the audio of their leg.
Piece = AudioFrame | AudioGap | LineChanged | AudioDoubted | TimePassed

FRAME_S = 1  # the longest frame of silence: an hour of it at once would be 345 MB


def silent_frames(leg: Speaker, samples: int, rate_hz: int, arrived_s: float) -> Iterator[AudioFrame]:
    """That much silence of a leg."""
    longest = FRAME_S * rate_hz
    for start in range(0, samples, longest):
        pcm = silence(min(longest, samples - start))
        yield AudioFrame(speaker=leg, pcm=pcm, rate_hz=rate_hz, arrived_s=arrived_s)


def gap_of(leg: Speaker, start: int, samples: int, rate_hz: int, cause: GapCause, *, end: int = 0) -> AudioGap:
    """The gap that says what the silence from sample `start` on was; `end`: of the stretch it is scattered in."""
    is_scattered = end > start + samples
    return AudioGap(
        at_ms=start * 1000 // rate_hz,
        speaker=leg,
        duration_ms=samples * 1000 // rate_hz,
        cause=cause,
        within_ms=(end - start) * 1000 // rate_hz if is_scattered else 0,
    )
