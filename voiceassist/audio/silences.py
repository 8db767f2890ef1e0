"""Which of a call's audio may be recorded by now, and what of it must be silent: the words that redaction masked.

A word is decided by the final of its utterance. Until then a partial says what is to be silent, and more may
follow; so audio is decided up to the first utterance that is still open, and no nearer to what was heard last than
GUARD_MS, since a word is spoken some time before the first transcript tells of it. What is masked is silent on
both channels: the other leg carries an echo of it, or all of it where both legs are the same.

The margins. On the sample calls 98 in 100 words of `moonshine` begin and end within 280 ms of where it says (of
`vosk` within 50 ms), so silence begins MARGIN_MS before a masked word and ends as much after it. Into a plain word
beside it silence reaches no further than NEIGHBOUR_MS, so that what was said around a number stays: in the worst
case a tenth of a second of the first or last digit stays too, which is no digit to anybody. Between masked words
nothing stays.

Never holds audio and never reads a clock. `live/session.py` tells it what is heard; `store/recorder.py` asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from voiceassist.events import Final, Speaker, Transcript, Word

MARGIN_MS = 300
NEIGHBOUR_MS = 120
GUARD_MS = 3_000

Span = tuple[int, int]  # milliseconds of the call: start, end


@dataclass(slots=True)
class Silences:
    """What is known of one call's audio."""

    heard_ms: int = 0  # audio that was heard, with all transcripts that it gave
    is_over: bool = False  # all of it was heard, and every utterance has its final
    decided: list[Span] = field(default_factory=list)  # by finals, in the order in which they came
    opened: dict[Speaker, tuple[int, list[Span]]] = field(default_factory=dict)  # utterances: start, masked so far

    def hear(self, heard: Transcript, shown: Transcript) -> None:
        """Takes in a transcript, as it was heard and as redaction left it."""
        spans = masked_spans(heard, shown)
        if isinstance(heard, Final):
            self.opened.pop(heard.speaker, None)
            self.decided += spans
        else:
            self.opened[heard.speaker] = (heard.start_ms, spans)

    def pass_time(self, heard_ms: int) -> None:
        """So much audio was heard."""
        self.heard_ms = heard_ms

    def decided_ms(self) -> int | None:
        """The audio before may be recorded; None: all may."""
        if self.is_over:
            return None
        starts = [start - MARGIN_MS for start, _ in self.opened.values()]
        return max(0, min([self.heard_ms - GUARD_MS, *starts]))

    def spans(self) -> list[Span]:
        """All that must be silent, as far as it is known."""
        return [*self.decided, *(span for _, spans in self.opened.values() for span in spans)]


def masked_spans(heard: Transcript, shown: Transcript) -> list[Span]:
    """What of an utterance must be silent; all of it where something is masked and no word has a time."""
    if not heard.words:
        is_masked = heard.text != shown.text
        return [(heard.start_ms - MARGIN_MS, heard.end_ms + MARGIN_MS)] if is_masked else []
    left = {(word.start_ms, word.end_ms, word.text) for word in shown.words}
    masked = [(word.start_ms, word.end_ms, word.text) not in left for word in heard.words]
    runs = groupby(range(len(masked)), key=masked.__getitem__)
    return [_span(heard.words, list(run)) for is_masked, run in runs if is_masked]


def _span(words: Sequence[Word], run: list[int]) -> Span:
    start, end = words[run[0]].start_ms - MARGIN_MS, words[run[-1]].end_ms + MARGIN_MS
    if run[0] > 0:
        start = max(start, words[run[0] - 1].end_ms - NEIGHBOUR_MS)
    if run[-1] + 1 < len(words):
        end = min(end, words[run[-1] + 1].start_ms + NEIGHBOUR_MS)
    return max(0, start), end
