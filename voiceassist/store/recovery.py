"""After a crash: gives the calls that were live an end, so that they can be reviewed.

Ends the calls of this node, and those of before there were nodes. A node that is `alone` ends the calls of every
node: a SQLite file belongs to one process at a time (`lock.py`), so other names in it are old names of this
machine, as containers get them.
Never reads events: one that cannot be read keeps no call from being ended, its own as little as another.
The end is numbered one above the newest stored number. Partials that were sent under that number or a higher
one are not known any more, and need not be: clients resume by number only within one run of the server
(`boot` in the wire contract), and this is another run.
Next: the review page lists them as interrupted.
"""

from voiceassist.events import CallEnded, Record
from voiceassist.store.store import Store


async def recover(store: Store, *, alone: bool = False) -> list[Record]:
    """Appends CallEnded(reason="interrupted"), at the last known time, to each unfinished call.

    Call it once, before the first new call is taken. Returns what was appended. Raises StoreError.
    """
    endings = [await _ending(store, call_id) for call_id in await store.unfinished(of_every_node=alone)]
    await store.append(endings)
    return endings


async def _ending(store: Store, call_id: str) -> Record:
    newest = await store.newest(call_id)
    event = CallEnded(at_ms=newest.at_ms, reason="interrupted")
    return Record(call_id=call_id, seq=newest.seq + 1, event=event)
