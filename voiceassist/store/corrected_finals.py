"""Lines as they were corrected, for search: a call is found by what was really said.

The event keeps what was heard; the row of `finals` has the words, and the side, that people say it was.
Runs in the writer's transaction that stores the corrections. Next: `search.py` finds the line.
"""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from voiceassist.events import LineCorrected, Record
from voiceassist.store.schema import events, finals


def correct_finals(connection: Connection, records: Sequence[Record]) -> None:
    """What these records say of lines that are stored."""
    for record in records:
        if isinstance(record.event, LineCorrected):
            _correct(connection, record.call_id, record.event)


def _correct(connection: Connection, call_id: str, line: LineCorrected) -> None:
    seq = _seq_of(connection, call_id, line)
    here = (finals.c.call_id == call_id, finals.c.seq == seq)
    if seq is not None:
        connection.execute(update(finals).where(*here).values(text=line.text, speaker=line.said_by))


def _seq_of(connection: Connection, call_id: str, line: LineCorrected) -> int | None:
    """The number of the final. Bodies are only read where they may be of that utterance: a call has thousands."""
    likely = events.c.body.contains(f'"utterance":{line.utterance},', autoescape=True)
    wanted = select(events.c.seq, events.c.body).where(
        events.c.call_id == call_id, events.c.type == "final", likely
    )
    for seq, body in connection.execute(wanted):
        told = json.loads(body)
        if (told["speaker"], told["utterance"]) == (line.speaker, line.utterance):
            return int(seq)
    return None
