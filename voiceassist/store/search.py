"""Full-text search over what was said, in SQLite's FTS5: which calls have every term, and in which lines.

A line's id holds its call's number, so the index alone answers which calls have a word: 25 ms for 400,000 lines
with one. Capitals and accents do not matter. This is the one module that only works with SQLite.
Next: `call_list.py` lists the calls that match, `found_lines.py` says where.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    column,
    func,
    literal_column,
    select,
    table,
)

from voiceassist.store.query import Said, Term
from voiceassist.store.schema import CALL_LINES, calls

MANY_LINES = 20_000
"""With more than these, a term's calls are looked for among the newest first, and not the other way round: 25 ms
instead of 106 for the commonest word of a million lines, of which a page needs 30 calls (`bench_store`)."""

SNIPPET_WORDS = 24
HIT, HIT_END = "\u0002", "\u0003"

_INDEX = table("finals_text", column("rowid", BigInteger))
_ROW = _INDEX.c.rowid


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line with hits."""

    number: int  # its call's
    seq: int
    text: str  # some words of it, with HIT and HIT_END around each hit


def matching(connection: Connection, terms: Sequence[Term]) -> Iterator[ColumnElement[bool]]:
    """The conditions on `calls` that each term is in some line of the call."""
    for term in terms:
        expression = _expression(term)
        having = select(_ROW.op("/")(CALL_LINES)).where(_matches(expression))
        number = calls.c.number + 0 if _is_in_many(connection, expression) else calls.c.number
        yield number.in_(having)  # an index does not serve a sum


def marked_lines(connection: Connection, terms: Sequence[Term], numbers: Sequence[int]) -> list[MarkedLine]:
    """The lines of the calls with these numbers that have any of the terms, in order."""
    line = func.snippet(literal_column(_INDEX.name), -1, HIT, HIT_END, "…", SNIPPET_WORDS)
    ids = _ROW.between(min(numbers) * CALL_LINES, (max(numbers) + 1) * CALL_LINES - 1)
    found = connection.execute(
        select(_ROW, line)
        .where(_matches(" OR ".join(map(_expression, terms))), ids)
        .where(_ROW.op("/")(CALL_LINES).in_(numbers))
        .order_by(_ROW)
    )
    return [MarkedLine(row // CALL_LINES, row % CALL_LINES, text) for row, text in found]


def _is_in_many(connection: Connection, expression: str) -> bool:
    some = select(_ROW).where(_matches(expression)).limit(MANY_LINES + 1).subquery()
    return (connection.scalar(select(func.count()).select_from(some)) or 0) > MANY_LINES


def _matches(expression: str) -> ColumnElement[bool]:
    return literal_column(_INDEX.name).bool_op("MATCH")(expression)


def _expression(term: Term) -> str:
    said = " ".join(map(_quoted, term.said))
    near = f"NEAR({said}, {term.within})" if len(term.said) > 1 else said
    return f"{{{term.speaker}}} : {near}" if term.speaker else near


def _quoted(said: Said) -> str:
    """Quoting makes FTS5 split the words by its own rules, and take none for an operator."""
    return f'"{said.text}"' + ("*" if said.unfinished else "")
