"""What of a call nobody may hear: the audio that comes while its recording is paused (PCI DSS: card numbers).

Such audio becomes silence of the same length before anything takes it: the recording, people who listen in, and
the recognizers too. So no word of it is recognised, and none can be stored, sent or logged; the alternative, to
recognise it and mask the words, would show what masking misses. Cards and alerts rest meanwhile.

Audio belongs to a pause by when it reached us, since it may wait for the recognizers longer than the pause lasts.
A frame that touches a pause is silent as a whole. Never decides who may pause.
Next: `session.py` passes every frame through here; `core/call/pause.py` tells of the pause.
"""

from dataclasses import dataclass, field, replace
from time import monotonic

from voiceassist.audio.pcm import AudioFrame, silence

# Frames come in the order in which they arrived, but for those of another leg; so old a pause concerns none.
KEPT_S = 60.0


@dataclass(slots=True)
class Pauses:
    """The pauses of one call, by the clock of arrivals (monotonic seconds)."""

    spans: list[tuple[float, float]] = field(default_factory=list)  # that are over: start, end
    since_s: float | None = None  # of the one that goes on

    def change(self, *, paused: bool) -> None:
        """The pause begins or ends at this moment; nothing where it is so already."""
        now_s = monotonic()
        if paused and self.since_s is None:
            self.since_s = now_s
        elif not paused and self.since_s is not None:
            self.spans.append((self.since_s, now_s))
            self.since_s = None

    def heard(self, frame: AudioFrame) -> AudioFrame:
        """The frame as anybody may hear it."""
        begins_s = frame.arrived_s - len(frame.pcm) / frame.rate_hz
        self.spans = [span for span in self.spans if span[1] > begins_s - KEPT_S]
        is_paused = self.since_s is not None and frame.arrived_s > self.since_s
        if is_paused or any(start < frame.arrived_s and begins_s < end for start, end in self.spans):
            return replace(frame, pcm=silence(len(frame.pcm)))
        return frame
