"""Missing audio, whatever the cause: silence takes its place, then one gap says how much it was and why.

The silence always comes first: how long a peer was silent is known only when that is over, and the other causes
keep to the same order. The samples of a leg before its gap therefore end with the silence that the gap is about.
Never decides what is missing: `timeline.py` (lost, silent) and `audio_queue.py` (overflow) do.
"""

from collections.abc import Iterator

from voiceassist.audio.pcm import AudioFrame, silence
from voiceassist.events import AudioGap, GapCause, LineChanged, Speaker

Piece = AudioFrame | AudioGap | LineChanged  # a change of a line takes its place between the audio of its leg

FRAME_S = 1  # the longest frame of silence: an hour of it at once would be 345 MB


def silent_frames(leg: Speaker, samples: int, rate_hz: int, arrived_s: float) -> Iterator[AudioFrame]:
    """That much silence of a leg."""
    longest = FRAME_S * rate_hz
    for start in range(0, samples, longest):
        pcm = silence(min(longest, samples - start))
        yield AudioFrame(speaker=leg, pcm=pcm, rate_hz=rate_hz, arrived_s=arrived_s)


def gap_of(leg: Speaker, start: int, samples: int, rate_hz: int, cause: GapCause) -> AudioGap:
    """The gap that says what the silence from sample `start` on was."""
    return AudioGap(at_ms=start * 1000 // rate_hz, speaker=leg, duration_ms=samples * 1000 // rate_hz, cause=cause)
