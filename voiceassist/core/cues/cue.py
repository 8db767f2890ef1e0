"""Makes the cues of one call, and is the only one that numbers them.

Never decides whether a moment is a cue: the tracker does for words, `core/call/` for silence, overlaps and what
was left unsaid. Next: `core/call/reactions.py` answers the cues.
"""

from dataclasses import dataclass

from voiceassist.core.cues.match import Match
from voiceassist.core.words.turns import span_of, words_of
from voiceassist.events import Cue, Partial, Speaker, Transcript


@dataclass(slots=True)
class CueMaker:
    """Numbers the cues of one call in the order in which they are made."""

    playbook: str  # name@version
    made: int = 0

    def of_match(self, event: Transcript, match: Match) -> Cue:
        """The cue of a match, with the words as heard and their times."""
        start_ms, end_ms = span_of(event, match.first_word, match.last_word)
        return Cue(
            at_ms=event.at_ms,
            cue_id=self._next_id(),
            kind=match.kind,
            speaker=event.speaker,
            utterance=event.utterance,
            words=" ".join(words_of(event)[match.first_word : match.last_word + 1]),
            start_ms=start_ms,
            end_ms=end_ms,
            confidence=round(match.confidence * _word_confidence(event, match), 3),
            layer=match.layer,
            rule=match.rule,
            early=isinstance(event, Partial),
            playbook=self.playbook,
            reach=match.reach,
            reach_limit=match.reach_limit,
            agreed=match.agreed,
        )

    def without_words(
        self,
        kind: str,
        at_ms: int,
        span_ms: tuple[int, int],
        *,
        speaker: Speaker = "agent",
        utterance: int = 0,
        rule: str = "",
    ) -> Cue:
        """The cue of something that no words show; `span_ms`: its start and end."""
        return Cue(
            at_ms=at_ms,
            cue_id=self._next_id(),
            kind=kind,
            speaker=speaker,
            utterance=utterance,
            words="",
            start_ms=span_ms[0],
            end_ms=span_ms[1],
            confidence=1.0,
            layer="rule",
            rule=rule or kind,
            early=False,
            playbook=self.playbook,
        )

    def _next_id(self) -> str:
        self.made += 1
        return f"c{self.made}"


def _word_confidence(event: Transcript, match: Match) -> float:
    """How sure the recognizer is of the matched words, 0..1; 1 where it gave no times."""
    words = event.words[match.first_word : match.last_word + 1]
    return sum(word.confidence for word in words) / len(words) if words else 1.0
