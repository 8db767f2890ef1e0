"""Finds overlaps: both sides speak at once for longer than the playbook allows. Finals alone count.

Next: `started_call.py` hands the cue to `reactions.py`.
"""

from dataclasses import dataclass, field

from voiceassist.core.cues.cue import CueMaker
from voiceassist.core.words.turns import other_side, overlap_ms
from voiceassist.events import Cue, Final, Speaker, Transcript

FINALS_KEPT = 3  # of each side: an overlap concerns the other side's last few utterances


@dataclass(slots=True)
class Overlaps:
    """The overlaps of one call."""

    limit_ms: int  # 0: overlaps are never told
    cues: CueMaker
    finals: dict[Speaker, list[Final]] = field(default_factory=lambda: {"agent": [], "customer": []})

    def hear(self, event: Transcript) -> list[Cue]:
        """The overlap of this utterance with the other side's last ones."""
        if not isinstance(event, Final):
            return []
        theirs = self.finals[other_side(event.speaker)]
        self.finals[event.speaker] = [*self.finals[event.speaker], event][-FINALS_KEPT:]
        return [self._cue(event)] if self.limit_ms and overlap_ms(event, theirs) >= self.limit_ms else []

    def _cue(self, final: Final) -> Cue:
        span_ms = (final.start_ms, final.end_ms)
        return self.cues.without_words(
            "overlap", final.at_ms, span_ms, speaker=final.speaker, utterance=final.utterance
        )
