"""Full-text search over what was said, in SQLite's FTS5: what a person typed never is a syntax error.

A call matches when each typed word or "quoted phrase" is somewhere in it; the last word may be unfinished.
Capitals and accents do not matter. This is the one module that only works with SQLite.
Next: `store.py` lists the calls that match.
"""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    column,
    func,
    literal_column,
    select,
    table,
)

from voiceassist.store.schema import calls, finals

MAX_TERMS = 16
"""Later words of a query are ignored: each costs a lookup, and nobody remembers more of a call."""

SNIPPET_WORDS = 16
HIT, HIT_END = "\u0002", "\u0003"

Terms = tuple[str, ...]  # each is a safe FTS5 expression

_INDEX = table("finals_text", column("rowid", Integer))
_QUOTED_OR_WORD = re.compile(r'"([^"]*)("?)|([^\s"]+)')


def terms_of(query: str) -> Terms:
    """What to look for; nothing when the query has no letter or digit."""
    plain = unicodedata.normalize("NFC", "".join(c if c.isprintable() else " " for c in query))
    found = [match for match in _QUOTED_OR_WORD.finditer(plain) if any(map(str.isalnum, match[0]))]
    return tuple(_term(match, is_last=match is found[-1]) for match in found[:MAX_TERMS])


def _term(match: "re.Match[str]", *, is_last: bool) -> str:
    """Quoting makes FTS5 split the words by its own rules, and take none for an operator."""
    phrase, closing, word = match.groups()
    return f'"{word or phrase}"' + ("*" if is_last and not closing else "")


def matching(terms: Terms) -> ColumnElement[bool]:
    """The condition on `calls` that all terms occur in the call."""
    return and_(*(calls.c.call_id.in_(_calls_with(term)) for term in terms))


def _calls_with(term: str) -> Select[tuple[str]]:
    hits = select(_INDEX.c.rowid).where(_matches(term))
    return select(finals.c.call_id).where(finals.c.id.in_(hits))


def _matches(expression: str) -> ColumnElement[bool]:
    return literal_column(_INDEX.name).bool_op("MATCH")(expression)


def snippets(connection: Connection, terms: Terms, call_ids: Sequence[str]) -> dict[str, str]:
    """For each call the line with the most hits, the first of them if several."""
    line = func.snippet(literal_column(_INDEX.name), 0, HIT, HIT_END, "…", SNIPPET_WORDS)
    found = connection.execute(
        select(finals.c.call_id, line)
        .join_from(_INDEX, finals, finals.c.id == _INDEX.c.rowid)
        .where(_matches(" OR ".join(terms)), finals.c.call_id.in_(call_ids))
        .order_by(finals.c.id)
    )
    best: dict[str, str] = {}
    for call_id, marked in found:
        if marked.count(HIT) > best.get(call_id, "").count(HIT):
            best[call_id] = marked
    return best
