"""What a card or an alert quotes of the words behind its cue: the clause around them.

An early cue comes before its clause is over. Its final gives the whole one, which is told anew if people have seen
a part of it. Never looks for cues.
Next: `card_text.py` puts the quote on cards and alerts, and `reactions.py` tells what has changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from voiceassist.core.cues.tracker import CueChange
from voiceassist.core.words.clauses import clause_around, place_of
from voiceassist.core.words.languages import Language
from voiceassist.events import (
    Alert,
    AlertRepeated,
    Cue,
    CueRetracted,
    Event,
    Final,
    Prompt,
    QuoteChanged,
    Speaker,
    Transcript,
)


@dataclass(slots=True)
class Quotes:
    """The quotes of one call."""

    language: Language
    quotes: dict[str, str] = field(default_factory=dict)  # by cue id
    unsettled: dict[Speaker, list[Cue]] = field(default_factory=dict)  # whose utterance has no final yet
    shown: set[str] = field(default_factory=set)  # ids of cues that a card or an alert came for

    def of(self, cue: Cue) -> str:
        """What to quote for a cue."""
        return self.quotes.get(cue.cue_id, cue.words)

    def hear(self, event: Transcript, changes: Iterable[CueChange]) -> list[QuoteChanged]:
        """Takes in the cues of an utterance; gives the shown quotes that its final changes."""
        for cue in changes:
            if isinstance(cue, Cue) and cue.words:
                self.quotes[cue.cue_id] = self._clause(event, cue)
                self.unsettled.setdefault(cue.speaker, []).append(cue)
        return self._settle(event, changes) if isinstance(event, Final) else []

    def see(self, events: Iterable[Event]) -> None:
        """Remembers what people were shown."""
        shown = (event for event in events if isinstance(event, Prompt | Alert | AlertRepeated))
        self.shown.update(event.why.cue_id for event in shown)

    def _settle(self, final: Final, changes: Iterable[CueChange]) -> list[QuoteChanged]:
        untrue = {change.cue_id for change in changes if isinstance(change, CueRetracted)}
        grown = []
        for cue in self.unsettled.pop(final.speaker, ()):
            quote = self._clause(final, cue)
            if cue.utterance == final.utterance and cue.cue_id not in untrue and quote != self.quotes[cue.cue_id]:
                self.quotes[cue.cue_id] = quote
                grown.append(QuoteChanged(at_ms=final.at_ms, cue_id=cue.cue_id, words=quote))
        return [change for change in grown if change.cue_id in self.shown]

    def _clause(self, event: Transcript, cue: Cue) -> str:
        """The clause as this transcript has it; what was quoted before where it does not have the cue's words."""
        place = place_of(event.words, cue.words, cue.start_ms, self.language)
        return clause_around(event.words, *place, self.language) if place else self.of(cue)
