"""The cards of a call as an agent met them: when each came and went, why it went, and how many words it had.

Pure: events in, lines of text out. Next: `cli/replay.py` prints them.
"""

from collections.abc import Iterable, Iterator

from voiceassist.cli.transcript import clock
from voiceassist.events import Event, Prompt, PromptClosed, QuoteChanged

COLUMNS = ("in", "out", "left", "words", "card")
WIDTHS = (8, 8, 12, 12)  # of all columns but the last


def card_lines(events: Iterable[Event]) -> Iterator[str]:
    """The table, a line at a time. Words: of the headline, the sentence to say and what to offer."""
    kept = tuple(events)
    closed = {event.prompt_id: event for event in kept if isinstance(event, PromptClosed)}
    quotes = {event.cue_id: event.words for event in kept if isinstance(event, QuoteChanged)}
    yield _row(COLUMNS)
    for event in kept:
        if isinstance(event, Prompt):
            yield from _lines(event, closed.get(event.prompt_id), quotes.get(event.why.cue_id, event.why.words))


def _lines(card: Prompt, left: PromptClosed | None, quote: str) -> Iterator[str]:
    again = " (again)" if card.again else ""
    out, why = (clock(left.at_ms), left.outcome) if left else ("", "")
    yield _row((clock(card.at_ms), out, why.replace("_", " "), words_to_read(card), f"{card.headline}{again}"))
    indent = " " * (sum(WIDTHS) + 2 * len(WIDTHS))
    yield f"{indent}“{card.say}”" + (f"  [heard: {quote}]" if quote else "")
    if card.alternatives:
        yield indent + " · ".join(offer.text for offer in card.alternatives)


def words_to_read(card: Prompt) -> str:
    """How many words a card has: headline + sentence to say + alternatives = all."""
    parts = [_count(card.headline), _count(card.say), sum(_count(offer.text) for offer in card.alternatives)]
    return f"{'+'.join(map(str, parts))}={sum(parts)}"


def _count(text: str) -> int:
    return len(text.split())


def _row(cells: tuple[str, ...]) -> str:
    fixed = (cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=False))
    return "  ".join((*fixed, cells[-1]))
