"""What people wrote about a call, and in place of its words: read without the thousands of other events.

Also the tags that were used before, to choose from. Reads only.
Next: `server/marks.py` gives it out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from voiceassist import wire
from voiceassist.core.call.tags import folded, tags_in
from voiceassist.core.screen.state import notes_after
from voiceassist.core.words.corrected import corrections_of
from voiceassist.events import CallTag, Event, LineCorrected, NoteAdded, NoteChanged, Record, TagsChanged
from voiceassist.store.call_scope import CallScope
from voiceassist.store.schema import calls, fact_tags

MARK_CLASSES = (NoteAdded, NoteChanged, TagsChanged, LineCorrected)
MARK_TYPES = tuple(wire.type_name(cls) for cls in MARK_CLASSES)
SUGGESTED = 50  # tags to choose from
NEWEST = 20_000  # tags that are looked through: a year of many teams, in some 20 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """As the call's state has them."""

    notes: tuple[NoteAdded, ...] = ()
    tags: tuple[CallTag, ...] = ()
    corrections: tuple[LineCorrected, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedTag:
    """A tag that was used before."""

    text: str  # as somebody wrote it
    calls: int  # that have it


def marks_in(records: Iterator[Record]) -> Marks:
    """What stands, of a call's records in order."""
    told = [record.event for record in records if isinstance(record.event, MARK_CLASSES)]
    notes: list[NoteAdded] = []
    for event in told:
        if isinstance(event, NoteAdded):
            notes.append(event)
        elif isinstance(event, NoteChanged):
            notes = notes_after(notes, event)
    return Marks(notes=tuple(notes), tags=tags_in(told).tags, corrections=_standing(told))


def _standing(told: Sequence[Event]) -> tuple[LineCorrected, ...]:
    return tuple(corrections_of(event for event in told if isinstance(event, LineCorrected)).values())


def used_tags(connection: Connection, scope: CallScope, starts: str) -> tuple[UsedTag, ...]:
    """Tags of the newest calls that may be seen, whichever is used most first; `starts`: how they begin."""
    newest = (
        select(fact_tags.c.tag, fact_tags.c.text)
        .join(calls, calls.c.call_id == fact_tags.c.call_id)
        .where(scope.condition(), fact_tags.c.tag.startswith(folded(starts), autoescape=True))
        .order_by(fact_tags.c.started_us.desc())
        .limit(NEWEST)
        .subquery()
    )
    counted = select(func.max(newest.c.text), func.count()).group_by(newest.c.tag)
    ordered = counted.order_by(func.count().desc(), newest.c.tag).limit(SUGGESTED)
    return tuple(UsedTag(text=text, calls=count) for text, count in connection.execute(ordered))
