"""The notes that somebody is mentioned in, and up to when they have read them. Bounded: the newest ones.

A mention opens no call: what its reader may not see (any more) is left out. The audit does not tell who read what.
Next: `server/mentions.py` gives them out.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from voiceassist.store.call_scope import CallScope
from voiceassist.store.database import Database
from voiceassist.store.rows import iso_of
from voiceassist.store.schema import calls, fact_mentions, mentions_read

NEWEST = 100  # who is mentioned more often reads these first


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A note that names somebody."""

    call_id: str
    note_id: str
    at: str  # ISO 8601, UTC: when the note was written
    by: str  # who wrote it
    text: str
    place_ms: int | None  # None: it is about the call
    agent: str  # names
    customer: str
    unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionPage:
    """The newest mentions of one person."""

    mentions: tuple[Mention, ...]
    unread: int  # among these


def mentions_of(connection: Connection, login: str, scope: CallScope) -> MentionPage:
    """Whoever it is, of the calls that they may see."""
    read_us = connection.scalar(select(mentions_read.c.until_us).where(mentions_read.c.login == login)) or 0
    wanted = (
        select(fact_mentions, calls.c.agent_name, calls.c.customer_name)
        .join(calls, calls.c.call_id == fact_mentions.c.call_id)
        .where(fact_mentions.c.login == login, scope.condition())
        .order_by(fact_mentions.c.at_us.desc(), fact_mentions.c.call_id, fact_mentions.c.note_id)
        .limit(NEWEST)
    )
    found = tuple(
        Mention(
            call_id=row["call_id"],
            note_id=row["note_id"],
            at=iso_of(row["at_us"]),
            by=row["by"],
            text=row["text"],
            place_ms=row["place_ms"],
            agent=row["agent_name"],
            customer=row["customer_name"],
            unread=row["at_us"] > read_us,
        )
        for row in connection.execute(wanted).mappings()
    )
    return MentionPage(mentions=found, unread=sum(one.unread for one in found))


def mark_read(connection: Connection, login: str, until_us: int) -> None:
    """Everything up to that moment (microseconds since 1970 UTC) counts as read."""
    connection.execute(delete(mentions_read).where(mentions_read.c.login == login))
    connection.execute(insert(mentions_read), {"login": login, "until_us": until_us})


class Mentions:
    """Those of one open database. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, login: str, scope: CallScope) -> MentionPage:
        """The newest ones of a person, of calls that they may see."""
        return await self._database.read(lambda connection: mentions_of(connection, login, scope))

    async def read(self, login: str, until_us: int) -> None:
        """They have read everything up to then."""
        await self._database.write(lambda connection: mark_read(connection, login, until_us))
