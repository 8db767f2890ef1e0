"""Whether the recording of a stored call was paused when its records ended. Reads only.

Next: `live/call_start.py` begins the call that goes on from it with the same pause.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from voiceassist.events import Record, RecordingPaused, RecordingResumed
from voiceassist.store.database import Database
from voiceassist.store.rows import record_of
from voiceassist.store.schema import events
from voiceassist.wire import type_name

CHANGES = (RecordingPaused, RecordingResumed)


async def open_pause(database: Database, call_id: str, waiting: Sequence[Record]) -> RecordingPaused | None:
    """The pause that nobody ended; `waiting`: the call's records that are not stored yet. Raises StoreError."""
    changes = [record.event for record in waiting if isinstance(record.event, CHANGES)]
    last = changes[-1] if changes else await database.read(lambda connection: _newest(connection, call_id))
    return last if isinstance(last, RecordingPaused) else None


def _newest(connection: Connection, call_id: str) -> object:
    names = [type_name(cls) for cls in CHANGES]
    theirs = select(events.c.body).where(events.c.call_id == call_id, events.c.type.in_(names))
    body = connection.scalar(theirs.order_by(events.c.seq.desc()).limit(1))
    return None if body is None else record_of(body).event
