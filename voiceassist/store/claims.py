"""Which node has a call: `calls.node_id` for ever, and a claim of the call id for as long as the call is live.

A publisher takes a call id in memory, at once (`Runtime.claim`): no peer waits for a disk that hangs. The claim
comes to the database with the call's first stored record and leaves it with the last, in the same transactions. So
a claim there says that its node has this call live, and a second node's first record of the same call is refused.
Claims that a crash left are ended by `recovery.py`. Never asks whether a node is alive.
Next: `writer.py` changes claims with the records.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert

from voiceassist.clock import local_now
from voiceassist.events import CallEnded, CallFailed, CallStarted, Record
from voiceassist.store.schema import call_claims


def take_claims(connection: Connection, records: Sequence[Record], node_id: str) -> None:
    """Claims the calls that start with these records. Raises IntegrityError when another node has one."""
    since = local_now().isoformat(timespec="milliseconds")
    started = [record.call_id for record in records if isinstance(record.event, CallStarted)]
    if started:
        rows = [{"call_id": call_id, "node_id": node_id, "since": since} for call_id in started]
        connection.execute(insert(call_claims), rows)


def release_claims(connection: Connection, records: Sequence[Record]) -> None:
    """Gives up the claims of the calls that end with these records."""
    ended = [record.call_id for record in records if isinstance(record.event, CallEnded | CallFailed)]
    if ended:
        connection.execute(delete(call_claims).where(call_claims.c.call_id.in_(ended)))
