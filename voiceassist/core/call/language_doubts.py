"""Doubts that a side speaks the call's language, while its words stay unsure line after line.

A recognizer writes words of its own language whatever it hears; in another language it guesses nearly all of them,
and says so by their confidence. Only whole lines count. Never looks at what the words say.
Next: `started_call.py` tells the doubt, and `reactions.py` answers no cue of a side in doubt.
"""

from collections import deque
from dataclasses import dataclass, field

from voiceassist.events import Final, LanguageDoubtChanged, Speaker, Transcript, Word

LINES = 5  # judged together: one garbled line is not another language
FEWEST_WORDS = 12  # in those lines: five lines of "yes" and "mhm" tell nothing
# Mean confidence of those words. Embedded model: the least sure five lines of people speaking English (a meeting)
# have .46; Russian has .16 at most, and seven languages of Europe from a synthesiser .12 to .35.
DOUBTED_BELOW = 0.40
TRUSTED_FROM = 0.65
# Whose words in another language are as sure as those of a bad line: a Korean model had .64 to .74 for English and
# Russian, and .76 for Korean. The start of `Engine.name`.
SURE_OF_GUESSES = "vosk"


@dataclass(slots=True)
class LanguageDoubts:
    """Which sides of one call may speak another language."""

    doubted: set[Speaker] = field(default_factory=set)
    lines: dict[Speaker, deque[tuple[Word, ...]]] = field(
        default_factory=lambda: {"agent": deque(maxlen=LINES), "customer": deque(maxlen=LINES)}
    )

    def hear(self, event: Transcript) -> list[LanguageDoubtChanged]:
        """The doubt that this line brings or takes away."""
        if not isinstance(event, Final) or not event.words:
            return []
        lines = self.lines[event.speaker]
        lines.append(event.words)
        sure = _mean_confidence(lines)
        if sure is None or self._is_settled(event.speaker, sure):
            return []
        self.doubted ^= {event.speaker}
        return [
            LanguageDoubtChanged(at_ms=event.at_ms, speaker=event.speaker, doubted=event.speaker in self.doubted)
        ]

    def _is_settled(self, speaker: Speaker, sure: float) -> bool:
        """Whether a side stays as it is; between the two limits it does, so that nothing flickers."""
        return sure < TRUSTED_FROM if speaker in self.doubted else sure >= DOUBTED_BELOW


def _mean_confidence(lines: deque[tuple[Word, ...]]) -> float | None:
    """Of the words of the last lines together; None while there are too few."""
    sure = [word.confidence for line in lines for word in line]
    return sum(sure) / len(sure) if len(lines) == LINES and len(sure) >= FEWEST_WORDS else None
