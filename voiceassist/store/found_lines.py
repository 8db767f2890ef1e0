"""The lines of a call that show best what a search found in it. Reads only.

Next: `call_list.py` puts them into the list; a screen opens the call there.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, and_, select

from voiceassist.events import Final, Speaker
from voiceassist.store.query import Term
from voiceassist.store.rows import FoundLine, Row, record_of
from voiceassist.store.schema import CALL_LINES, events, finals
from voiceassist.store.search import HIT, HIT_END, MarkedLine, marked_lines

MOST_LINES = 3  # of a call
Place = tuple[str, int]  # call and number of the record
_HIT = re.compile(f"{HIT}([^{HIT_END}]*)")


def found_lines(
    connection: Connection, terms: Sequence[Term], rows: Sequence[Row]
) -> dict[str, tuple[FoundLine, ...]]:
    """By the ids of these calls, which are rows of `calls`; the first line of each shows most."""
    numbers = {row["number"]: row["call_id"] for row in rows}
    by_call: dict[str, list[MarkedLine]] = defaultdict(list)
    for line in marked_lines(connection, terms, list(numbers)):
        by_call[numbers[line.number]].append(line)
    chosen = {call_id: most_telling(lines) for call_id, lines in by_call.items()}
    said = _said(connection, [line for lines in chosen.values() for line in lines])
    return {
        call_id: tuple(_line(said[call_id, line.seq], line) for line in lines) for call_id, lines in chosen.items()
    }


def most_telling(lines: Sequence[MarkedLine]) -> list[MarkedLine]:
    """The line with the most hits, the first of them if several; then, each time, what has most that is new."""
    left, chosen = list(lines), list[MarkedLine]()
    shown: set[str] = set()
    while left and len(chosen) < MOST_LINES:
        best = max(left, key=lambda line: (len(_hits(line) - shown), line.text.count(HIT)))
        left.remove(best)
        chosen.append(best)
        shown |= _hits(best)
    return chosen


def _hits(line: MarkedLine) -> set[str]:
    return {hit.casefold() for hit in _HIT.findall(line.text)}


def _said(connection: Connection, lines: Sequence[MarkedLine]) -> dict[Place, tuple[Speaker, Final]]:
    """These lines with whose they are, as it was corrected.

    By their ids: asked for by call and number, SQLite looks through all lines that there are (40 ms for 500,000).
    """
    said = and_(events.c.call_id == finals.c.call_id, events.c.seq == finals.c.seq)
    wanted = select(finals.c.call_id, finals.c.seq, finals.c.speaker, events.c.body).join(events, said)
    ids = [line.number * CALL_LINES + line.seq for line in lines]
    found = connection.execute(wanted.where(finals.c.id.in_(ids)))
    events_of = {(call_id, seq): (speaker, record_of(body).event) for call_id, seq, speaker, body in found}
    return {place: (speaker, event) for place, (speaker, event) in events_of.items() if isinstance(event, Final)}


def _line(said: tuple[Speaker, Final], line: MarkedLine) -> FoundLine:
    speaker, final = said
    return FoundLine(speaker=speaker, at_ms=final.start_ms, text=line.text)
