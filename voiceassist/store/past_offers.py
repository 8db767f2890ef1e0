"""What a customer took in earlier calls, for alternatives that are limited per customer.

Reads only. Next: `live/call_start.py` puts it on the call's first event.
"""

from sqlalchemy import Connection, Select, select

from voiceassist.events import PastOffer, PromptClosed
from voiceassist.store.database import Database
from voiceassist.store.rows import record_of
from voiceassist.store.schema import calls, events

CALLS_READ = 50  # newest earlier calls of one customer: nobody calls more often in a window of some weeks


async def past_offers(database: Database, customer_id: str, since_us: int) -> tuple[PastOffer, ...]:
    """The alternatives that were used in this customer's calls since then, oldest first. Raises StoreError."""
    return await database.read(lambda connection: _used(connection, customer_id, since_us))


def _used(connection: Connection, customer_id: str, since_us: int) -> tuple[PastOffer, ...]:
    rows = connection.execute(_closed_cards(customer_id, since_us))
    closed = [(record_of(body).event, started_at[: len("YYYY-MM-DD")]) for started_at, body in rows]
    return tuple(
        PastOffer(alternative=event.alternative, on=day)
        for event, day in closed
        if isinstance(event, PromptClosed) and event.outcome == "used" and event.alternative
    )


def _closed_cards(customer_id: str, since_us: int) -> Select[str, str]:
    theirs = select(calls.c.call_id).where(calls.c.customer_id == customer_id, calls.c.started_us >= since_us)
    newest = theirs.order_by(calls.c.started_us.desc()).limit(CALLS_READ)
    return (
        select(calls.c.started_at, events.c.body)
        .join_from(calls, events, events.c.call_id == calls.c.call_id)
        .where(calls.c.call_id.in_(newest), events.c.type == "prompt_closed")
        .order_by(calls.c.started_us, events.c.seq)
    )
