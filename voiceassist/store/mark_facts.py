"""Facts of what people wrote about a call: its tags, and who is mentioned in its notes. Pure.

Next: `fact_feed.py` keeps them in tables; `call_list.py` and `mentions.py` ask them.
"""

from collections.abc import Sequence

from voiceassist.core.call.notes import notes_in
from voiceassist.core.call.tags import folded, tags_in
from voiceassist.events import Event, NoteAdded
from voiceassist.store.facts import CallHead
from voiceassist.store.rows import Row, microseconds


def tag_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per tag that the call has now."""
    head = {"call_id": call.call_id, "started_us": call.started_us}
    return [head | {"tag": folded(tag.text), "text": tag.text} for tag in tags_in(events).tags]


def mention_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per note and person whom it names now."""
    notes = notes_in(events)
    there = (note for id_, note in notes.notes.items() if id_ not in notes.deleted)
    return [_mention(call, note, login) for note in there for login in note.mentions]


def _mention(call: CallHead, note: NoteAdded, login: str) -> Row:
    at_us = microseconds(note.done_at) if note.done_at else call.started_us + note.at_ms * 1000
    return {
        "call_id": call.call_id,
        "note_id": note.note_id,
        "login": login,
        "at_us": at_us,
        "by": note.by,
        "text": note.text,
        "place_ms": note.place.at_ms if note.place else None,
    }
