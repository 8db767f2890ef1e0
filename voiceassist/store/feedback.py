"""Which stored calls people said something of: false alarms, cards that they used or that were of no use.

Reads only, and looks at every stored event once: there is no index by type. Next: `cli/cues/feedback.py`.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, or_, select

from voiceassist.events import Event
from voiceassist.store.rows import record_of
from voiceassist.store.schema import calls, events

MARKS = ("false_alarm_marked", "not_useful_marked")
CLOSED, USED = "prompt_closed", '%"outcome":"used"%'  # as `wire.encode_line` writes it


def calls_with_feedback(connection: Connection, types: Sequence[str]) -> Iterator[tuple[str, list[Event]]]:
    """Each such call with its events of these types, oldest call first."""
    is_said = or_(events.c.type.in_(MARKS), (events.c.type == CLOSED) & events.c.body.like(USED))
    said_of = select(events.c.call_id).where(is_said)
    order = (
        select(calls.c.call_id).where(calls.c.call_id.in_(said_of)).order_by(calls.c.started_us, calls.c.call_id)
    )
    for call_id in list(connection.scalars(order)):
        wanted = select(events.c.body).where(events.c.call_id == call_id, events.c.type.in_(types))
        yield call_id, [record_of(body).event for body in connection.scalars(wanted.order_by(events.c.seq))]
