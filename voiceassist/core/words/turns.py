"""Turns partial and final transcripts into speaker turns.

Consecutive utterances of one speaker are one turn while the pauses are short and the other side's final words do
not come between. Never reads a clock and never guesses a speaker: both arrive with the event.
Next: `core/cues/tracker.py` looks at each utterance within its turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from voiceassist.events import Final, Partial, Speaker, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker said until the other side did, or until a long pause."""

    number: int  # counts from 1 within the call, both sides together
    speaker: Speaker
    words: tuple[str, ...]
    start_ms: int
    end_ms: int


@dataclass(slots=True)
class Turns:
    """The turns so far, and what is being said right now."""

    breath_ms: int
    done: list[Turn] = field(default_factory=list)
    live: dict[Speaker, Partial] = field(default_factory=dict)

    def hear(self, event: Transcript) -> Turn:
        """Takes a transcript in and gives the turn that it belongs to, as far as it is known."""
        turn = self._joined(event)
        if isinstance(event, Partial):
            self.live[event.speaker] = event
            return turn
        self.live.pop(event.speaker, None)
        self._store(turn)
        return turn

    def before(self, speaker: Speaker) -> tuple[str, ...]:
        """The words of the other side's previous turn, with what it is saying now."""
        other = other_side(speaker)
        turn = next((turn for turn in reversed(self.done) if turn.speaker == other), None)
        live = self.live.get(other)
        return (*(turn.words if turn else ()), *(words_of(live) if live else ()))

    def recent(self, speaker: Speaker, count: int) -> list[Turn]:
        """The last turns of one side, newest first."""
        return list(islice((turn for turn in reversed(self.done) if turn.speaker == speaker), count))

    def last_spoken_ms(self) -> int:
        """When the last word so far ended; 0 before the first."""
        ends = [turn.end_ms for turn in self.done[-2:]] + [live.end_ms for live in self.live.values()]
        return max(ends, default=0)

    def _joined(self, event: Transcript) -> Turn:
        last = self.done[-1] if self.done else None
        if last and last.speaker == event.speaker and event.start_ms - last.end_ms < self.breath_ms:
            return replace(last, words=last.words + words_of(event), end_ms=max(last.end_ms, event.end_ms))
        return Turn(
            number=last.number + 1 if last else 1,
            speaker=event.speaker,
            words=words_of(event),
            start_ms=event.start_ms,
            end_ms=event.end_ms,
        )

    def _store(self, turn: Turn) -> None:
        if not turn.words:
            return
        if self.done and self.done[-1].number == turn.number:
            self.done.pop()
        self.done.append(turn)


def words_of(event: Transcript) -> tuple[str, ...]:
    """The words as heard, whether or not the engine gave their times."""
    return tuple(word.text for word in event.words) or tuple(event.text.split())


def span_of(event: Transcript, first_word: int, last_word: int) -> tuple[int, int]:
    """When the words from first to last (inclusive) were spoken, in milliseconds."""
    if not event.words:
        return event.start_ms, event.end_ms
    return event.words[first_word].start_ms, event.words[last_word].end_ms


def other_side(speaker: Speaker) -> Speaker:
    """The speaker that is not this one."""
    return "customer" if speaker == "agent" else "agent"


def overlap_ms(final: Final, others: Sequence[Final]) -> int:
    """For how long the words of `final` sound together with words of the other side's finals."""
    near = (other for other in others if other.start_ms < final.end_ms and final.start_ms < other.end_ms)
    theirs = [word for other in near for word in other.words]
    return sum(
        max(0, min(mine.end_ms, word.end_ms) - max(mine.start_ms, word.start_ms))
        for mine in final.words
        for word in theirs
    )
