"""A call of three hours with 5,000 lines, cues, cards, alerts and gaps: for pages that draw long calls."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from tests.builders import final, hangup, partial, started
from tests.shell import store_records as make
from tests.stored_calls import SENTENCES
from voiceassist.events import AudioGap, Event, Final, PromptClosed, Record, Speaker

LINES = 5_000
LINE_MS = 2_160  # 5,000 of them are three hours
CUE_EVERY = 24  # lines: a refusal, its card and what became of both
ALERT_EVERY = 250
GAP_EVERY = 500


class LongCall:
    """A call's records one after the other; it goes on for as long as somebody asks for more."""

    def __init__(self, call_id: str, lines: int = LINES) -> None:
        self._call_id = call_id
        self.lines = lines
        self._numbers = count(1)

    def records(self) -> Iterator[Record]:
        """Its start and so many lines with what belongs to them."""
        yield self._record(started())
        for line in range(self.lines):
            yield from map(self._record, _around(line))

    def next_partial(self, words: int) -> Record:
        """The first words of the line after the last."""
        whole = _said(self.lines)
        text = " ".join(whole.text.split()[:words])
        heard = partial(whole.speaker, text, at=whole.start_ms, utterance=whole.utterance)
        return self._record(heard)

    def next_final(self) -> Record:
        """All words of the line after the last."""
        self.lines += 1
        return self._record(_said(self.lines - 1))

    def more(self, event: Event) -> Record:
        """Whatever else happens in it."""
        return self._record(event)

    def ended(self) -> Record:
        """The customer hangs up."""
        return self._record(hangup(self.lines * LINE_MS))

    def _record(self, event: Event) -> Record:
        return Record(call_id=self._call_id, seq=next(self._numbers), event=event)


def _said(line: int) -> Final:
    speaker: Speaker = "customer" if line % 2 else "agent"
    sentences = SENTENCES[speaker]
    text = sentences[line // 2 % len(sentences)]
    return final(speaker, text, at=line * LINE_MS, utterance=line // 2 + 1)


def _around(line: int) -> Iterator[Event]:
    """One line with what belongs to it."""
    said = _said(line)
    if line % GAP_EVERY == GAP_EVERY - 1:
        yield AudioGap(at_ms=said.start_ms, speaker=said.speaker, duration_ms=300, cause="lost")
    yield said
    if line % CUE_EVERY == 0:
        yield from _refusal(said, line)
    if line % ALERT_EVERY == ALERT_EVERY - 1:
        yield replace(make.alert(f"a{line}", "warning"), at_ms=said.at_ms)


def _refusal(said: Final, line: int) -> Iterator[Event]:
    words, (first, last) = said.text.split()[:3], (said.words[0], said.words[2])
    yield replace(
        make.cue(f"c{line}"), at_ms=said.at_ms, speaker=said.speaker, utterance=said.utterance,
        words=" ".join(words), start_ms=first.start_ms, end_ms=last.end_ms,
    )  # fmt: skip
    card = make.prompt(f"p{line}")
    yield replace(card, at_ms=said.at_ms, expires_ms=said.at_ms + 20_000)
    yield PromptClosed(at_ms=said.at_ms + 900, prompt_id=card.prompt_id, outcome="used")
    yield replace(make.refusal_closed(f"c{line}", "recovered"), at_ms=said.at_ms + 900, words="a store credit")
