"""The lines of a call with the numbers of their records, and quotes out of them.

A quote is always found in the line that it names: words that are not there are not quoted. Masked words were
masked before anything was stored, and stay so. Next: `requests.py`, `refusals.py` and `extract.py` quote.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voiceassist.core.words.clauses import clause_around, place_of
from voiceassist.core.words.languages import Language
from voiceassist.core.words.turns import words_of
from voiceassist.events import Cue, Final, Record, Speaker
from voiceassist.summary.items import Quote


@dataclass(frozen=True, slots=True)
class CallLine:
    """One utterance."""

    seq: int
    final: Final

    @property
    def text(self) -> str:
        """Its words as heard."""
        return " ".join(words_of(self.final))


class CallLines:
    """All lines of one call, in the order in which they began."""

    def __init__(self, records: Iterable[Record], language: Language) -> None:
        finals = ((r.seq, r.event) for r in records if isinstance(r.event, Final))
        lines = [CallLine(seq, final) for seq, final in finals if final.text.strip()]
        self.language = language
        self.all: Sequence[CallLine] = sorted(lines, key=lambda line: (line.final.start_ms, line.seq))
        self._starts = [line.final.start_ms for line in self.all]
        self._by_utterance = {(line.final.speaker, line.final.utterance): line for line in self.all}

    def of(self, speaker: Speaker, utterance: int) -> CallLine | None:
        """The line of an utterance; None where nothing of it is kept."""
        return self._by_utterance.get((speaker, utterance))

    def begun_by(self, at_ms: int) -> CallLine | None:
        """The last line that began no later."""
        at = bisect_right(self._starts, at_ms)
        return self.all[at - 1] if at else None

    def before(self, line: CallLine) -> Sequence[CallLine]:
        """The lines that began before this one."""
        return self.all[: self.all.index(line)]

    def quote_of(self, cue: Cue) -> tuple[Quote, ...]:
        """The clause around a cue's words; nothing where its line is not kept."""
        line = self.of(cue.speaker, cue.utterance)
        if line is None or not cue.words:
            return ()
        place = place_of(line.final.words, cue.words, cue.start_ms, self.language)
        clause = clause_around(line.final.words, *place, self.language) if place else cue.words
        return (quoted(line, clause),)

    def rest_of(self, cue: Cue) -> tuple[Quote, ...]:
        """A cue's words and all that follows in its line: what was offered stands behind "what I can do is"."""
        line = self.of(cue.speaker, cue.utterance)
        if line is None or not cue.words:
            return ()
        place = place_of(line.final.words, cue.words, cue.start_ms, self.language)
        return (quoted(line, " ".join(words_of(line.final)[place[0] if place else 0 :])),)

    def across(self, line: CallLine, words: str) -> tuple[Quote, ...]:
        """Words that end in this line and may begin in the same speaker's line before it."""
        if words in line.text:
            return (quoted(line, words),)
        earlier = next(
            (one for one in reversed(self.before(line)) if one.final.speaker == line.final.speaker), None
        )
        parts = words.split()
        for cut in range(1, len(parts)):
            begin, end = " ".join(parts[:cut]), " ".join(parts[cut:])
            if earlier and earlier.text.endswith(begin) and line.text.startswith(end):
                return quoted(earlier, begin), quoted(line, end)
        return (quoted(line, line.text),)


def quoted(line: CallLine, words: str) -> Quote:
    """These words of a line; the whole line where they are not in it as they stand."""
    said = words if words in line.text else line.text
    return Quote(words=said, speaker=line.final.speaker, seq=line.seq, start_ms=_start_of(line, said))


def whole(line: CallLine) -> Quote:
    """All of a line."""
    return quoted(line, line.text)


def _start_of(line: CallLine, words: str) -> int:
    """When they were said, as far as the engine gave times of words."""
    number = len(line.text[: line.text.index(words)].split())
    return line.final.words[number].start_ms if number < len(line.final.words) else line.final.start_ms
