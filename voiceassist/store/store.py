"""The calls in the database: append events, read them back, list and search calls.

Durable events only. What is read is decoded, replayed and encoded in the store's threads: for a long call that
takes half a second. A call's records are those that are stored and those that its journal has waiting.
Never publishes and never holds a call's state in memory: states are replayed from the events.
Next: `live/session.py` writes through `journals`; the server's pages read.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from voiceassist import wire
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.views import CallState
from voiceassist.errors import StoreError
from voiceassist.events import PastOffer, Record, RecordingPaused
from voiceassist.reports.definitions import ReportId
from voiceassist.store.activity import Activity, ActivityFilter, activity_of
from voiceassist.store.agents import SeenAgent, recent_agents
from voiceassist.store.agents_today import AgentDay, agent_days
from voiceassist.store.audit import AuditFilter, AuditPage, audit_page
from voiceassist.store.audit_queue import AuditQueue
from voiceassist.store.call_filter import EVERY, CallFilter
from voiceassist.store.call_list import AskedCalls, Page, page_of
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.clips import Clips
from voiceassist.store.database import Database, open_database, store_errors
from voiceassist.store.erasure import (
    Erasure,
    RemovedRecordings,
    calls_before,
    calls_of_customer,
    check_erasable,
    erase_rows,
    refused_live,
)
from voiceassist.store.facets import Facets, facets_of
from voiceassist.store.fact_catch_up import CatchUp
from voiceassist.store.fact_feed import Progress, rebuild
from voiceassist.store.follow_up import (
    FollowUpChoices,
    FollowUpFilter,
    FollowUpPage,
    follow_up_choices,
    follow_up_page,
)
from voiceassist.store.holds import Holds
from voiceassist.store.journals import Journals
from voiceassist.store.keys import Keys
from voiceassist.store.kpi_sums import CallsBehind
from voiceassist.store.kpis import KpiQuestion, KpiReport, kpi_report
from voiceassist.store.log_size import LogSize
from voiceassist.store.marks import MARK_TYPES, Marks, UsedTag, marks_in, used_tags
from voiceassist.store.mentions import Mentions
from voiceassist.store.notices import StoredNotices
from voiceassist.store.open_pause import open_pause
from voiceassist.store.own_day import OwnDay, own_day
from voiceassist.store.past_offers import past_offers
from voiceassist.store.people import People
from voiceassist.store.places import ListPlace, place_of
from voiceassist.store.playbooks import Playbooks
from voiceassist.store.query import read_query
from voiceassist.store.reports import (
    PromiseView,
    RefusalExample,
    ReportView,
    examples_of,
    promises_of,
    report_of,
)
from voiceassist.store.retention import Retention
from voiceassist.store.rows import CallSummary, record_of
from voiceassist.store.rule_feedback import RuleFeedback, rule_feedback
from voiceassist.store.schema import calls, events
from voiceassist.store.unresolved import WallPage, count_unresolved, unresolved_page
from voiceassist.store.version_effects import VersionChange, version_changes
from voiceassist.store.writer import Writer

__all__ = ["CallSummary", "Page", "Store", "open_store"]

T = TypeVar("T")
Remove = Callable[[Sequence[str]], Awaitable[RemovedRecordings]]  # raises OSError


LAST_RECORDS_S = 3.0  # for what is not stored yet when the server stops
LAST_COMMIT_S = 1.0  # for a commit under way after that, and once more for closing the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose call it is."""

    agent_id: str
    team: str
    is_live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """How far a call is stored; zeros for an unknown call."""

    seq: int
    at_ms: int


async def open_store(path: Path, node_id: str = "") -> "Store":
    """The database file at `path`, created or brought up to date, for a node. Raises StoreError."""
    database = await open_database(path)
    return Store(database, Writer(database, node_id), node_id)


@asynccontextmanager
async def opened_store(path: Path) -> AsyncIterator["Store"]:
    """As `open_store`, closed in the end: for whoever uses the folder alone."""
    store = await open_store(path)
    try:
        yield store
    finally:
        await store.close()


class Store:
    """An open database; `close` it in the end. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database, writer: Writer, node_id: str) -> None:
        self._database = database
        self._node_id = node_id
        self._writer = writer
        self.playbooks = Playbooks(database)
        self.people = People(database)
        self.keys = Keys(database)
        self.audit = AuditQueue(database)
        self.notices = StoredNotices(database)
        self.mentions = Mentions(database)
        self.clips = Clips(database)
        self.holds = Holds(database)
        self.retention = Retention(database)
        self.catch_up = CatchUp(database=database)
        self.log = LogSize(database=database)
        self.journals = Journals(self.append, self.last_seq)

    async def append(self, records: Sequence[Record]) -> None:
        """Returns when the records are committed, together with those that other calls appended meanwhile.

        Raises StoreError, and then none of `records` is stored: the disk failed, a number is already used, or
        the call's CallStarted was never appended.
        """
        await self._writer.append(records)

    async def close(self) -> None:
        """Commits what was appended, then closes the file. Takes some seconds at most, whatever the disk does."""
        await self.journals.close(LAST_RECORDS_S)
        await self._writer.close(LAST_COMMIT_S)
        await self.audit.close(LAST_COMMIT_S)
        await self._database.close(LAST_COMMIT_S)

    async def records(self, call_id: str, after: int = 0, most: int | None = None) -> list[Record]:
        """The call's records with numbers above `after`, the first `most` of them; none for an unknown call."""
        return await self._read_call(call_id, after, lambda records: list(islice(records, most)))

    async def records_json(self, call_id: str) -> str | None:
        """The call's records as one JSON array; None for an unknown call."""
        return await self._read_call(call_id, 0, _array_of)

    async def state(self, call_id: str) -> CallState | None:
        """The call as screens draw it; None for an unknown call."""
        return await self._read_call(call_id, 0, _state_of)

    async def marks(self, call_id: str) -> Marks:
        """What people wrote about a call, and in place of its words; nothing of an unknown call."""
        return await self._read_call(call_id, 0, marks_in, MARK_TYPES)

    async def used_tags(self, scope: CallScope, starts: str = "") -> tuple[UsedTag, ...]:
        """Tags to choose from."""
        return await self._database.read(lambda connection: used_tags(connection, scope, starts))

    async def last_seq(self, call_id: str) -> int:
        """The call's newest stored number; 0 for an unknown call."""
        return (await self.newest(call_id)).seq

    async def newest(self, call_id: str) -> Newest:
        """How far a call is stored; its events are not read."""
        wanted = select(func.max(events.c.seq), func.max(events.c.at_ms)).where(events.c.call_id == call_id)
        seq, at_ms = await self._database.read(lambda connection: connection.execute(wanted).one())
        return Newest(seq=seq or 0, at_ms=at_ms or 0)

    async def whose(self, call_id: str) -> Whose | None:
        """Whose call it is; None for an unknown call."""
        wanted = select(calls.c.agent_id, calls.c.agent_team, calls.c.status).where(calls.c.call_id == call_id)
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        return Whose(agent_id=row[0], team=row[1], is_live=row[2] == "live") if row else None

    async def end_of(self, call_id: str) -> str | None:
        """How a call ended: its end reason, "failed", or "live" for none; None when there was no such call."""
        if waiting := self.journals.end_of(call_id):
            return waiting
        wanted = select(func.coalesce(calls.c.end_reason, calls.c.status)).where(calls.c.call_id == call_id)
        end: str | None = await self._database.read(lambda connection: connection.scalar(wanted))
        return end

    async def past_offers(self, customer_id: str, since_us: int) -> tuple[PastOffer, ...]:
        """The alternatives that this customer used since then (microseconds since 1970 UTC), oldest first."""
        return await past_offers(self._database, customer_id, since_us)

    async def open_pause(self, call_id: str) -> RecordingPaused | None:
        """The pause of a call's recording that nobody ended."""
        return await open_pause(self._database, call_id, self.journals.waiting(call_id))

    async def unfinished(self, *, of_every_node: bool = False) -> list[str]:
        """Ids of this node's calls (and of those that have no node) that are marked live, oldest first."""
        live = select(calls.c.call_id).where(calls.c.status == "live").order_by(calls.c.started_us)
        live = live if of_every_node else live.where(calls.c.node_id.in_(["", self._node_id]))
        return await self._database.read(lambda connection: list(connection.scalars(live)))

    async def unresolved(
        self,
        limit: int,
        before: ListPlace | None = None,
        since_us: int | None = None,
        scope: CallScope = EVERY_CALL,
    ) -> WallPage:
        """Finished calls with unresolved alerts as rows of the wall, newest first; none from before `since_us`."""
        return await self._database.read(
            lambda connection: unresolved_page(connection, limit, before, since_us, scope)
        )

    async def count_unresolved(self, since_us: int | None = None) -> Counter[tuple[str, str]]:
        """How many finished calls have unresolved alerts, by the id and the team of the agent."""
        return await self._database.read(lambda connection: count_unresolved(connection, since_us))

    async def follow_up(
        self, wanted: FollowUpFilter, limit: int, before: ListPlace | None, scope: CallScope
    ) -> FollowUpPage:
        """Unresolved incidents of finished calls, newest first."""
        return await self._database.read(
            lambda connection: follow_up_page(connection, wanted, limit, before, scope)
        )

    async def follow_up_choices(self, since_us: int | None, scope: CallScope) -> FollowUpChoices:
        """What these can be filtered by."""
        return await self._database.read(lambda connection: follow_up_choices(connection, since_us, scope))

    async def activity(self, wanted: ActivityFilter, scope: CallScope = EVERY_CALL) -> Activity:
        """What people did with alerts and cues, newest first."""
        return await self._database.read(lambda connection: activity_of(connection, wanted, scope))

    async def audit_page(self, wanted: AuditFilter) -> AuditPage:
        """Who did what, newest first."""
        return await self.audit.read(lambda connection: audit_page(connection, wanted))

    async def calls(
        self,
        query: str = "",
        limit: int = 50,
        before: str | None = None,
        *,
        filter: CallFilter = EVERY,  # noqa: A002 - what it is
        scope: CallScope = EVERY_CALL,
        behind: CallsBehind | None = None,
    ) -> Page:
        """The calls where what was said matches `query` (all for a blank one), newest first.

        `before` is the `next` of the page above; PeerError for anything else. `behind`: only those that a key
        figure is made of, each with what it adds to that.
        """
        wanted = AskedCalls(query=read_query(query), filter=filter, scope=scope, behind=behind)
        place = place_of(before) if before is not None else None
        return await self._database.read(lambda connection: page_of(connection, wanted, limit, place))

    async def facets(self, wanted: AskedCalls) -> Facets:
        """What the calls that are wanted can be filtered by, and how many each choice would leave."""
        return await self._database.read(lambda connection: facets_of(connection, wanted))

    async def kpis(self, asked: KpiQuestion, scope: CallScope = EVERY_CALL) -> KpiReport:
        """The key figures of a period."""
        report = await self._database.read(lambda connection: kpi_report(connection, asked, scope))
        return replace(report, uncounted=self.catch_up.left)

    async def report(self, of: ReportId, asked: KpiQuestion, scope: CallScope = EVERY_CALL) -> ReportView:
        """One report of a period."""
        view = await self._database.read(lambda connection: report_of(connection, of, asked, scope))
        return replace(view, uncounted=self.catch_up.left)

    async def refusal_examples(
        self, topic: str, asked: KpiQuestion, scope: CallScope
    ) -> tuple[RefusalExample, ...]:
        """The newest refusals of a topic, quoted."""
        return await self._database.read(lambda connection: examples_of(connection, topic, asked, scope))

    async def promises(self, asked: KpiQuestion, scope: CallScope = EVERY_CALL) -> tuple[PromiseView, ...]:
        """What was promised by a day or a time, the newest first."""
        return await self._database.read(lambda connection: promises_of(connection, asked, scope))

    async def version_changes(self, asked: KpiQuestion, scope: CallScope) -> tuple[VersionChange, ...]:
        """What versions of playbooks changed."""
        return await self._database.read(lambda connection: version_changes(connection, asked, scope))

    async def rule_feedback(self, playbook: str, since_us: int, scope: CallScope) -> tuple[RuleFeedback, ...]:
        """How the rules of a playbook did in calls that began since then."""
        return await self._database.read(lambda connection: rule_feedback(connection, playbook, since_us, scope))

    async def own_day(self, agent_id: str, asked: KpiQuestion, scope: CallScope = EVERY_CALL) -> OwnDay:
        """One agent's day."""
        return await self._database.read(lambda connection: own_day(connection, agent_id, asked, scope))

    async def agents(self, scope: CallScope = EVERY_CALL) -> tuple[SeenAgent, ...]:
        """The agents of the newest calls, whoever had the newest one first."""
        return await self._database.read(lambda connection: recent_agents(connection, scope))

    async def agent_days(self, since_us: int, scope: CallScope = EVERY_CALL) -> tuple[AgentDay, ...]:
        """What every agent's calls since then (microseconds since 1970) were like."""
        return await self._database.read(lambda connection: agent_days(connection, since_us, scope))

    async def rebuild_facts(self, progress: Progress = iter) -> int:
        """Makes the facts of reports again from the events, however long it takes; returns of how many calls."""
        with store_errors(self._database.path, "written"):
            return await self._database.transaction(lambda connection: rebuild(connection, progress))

    async def calls_of_customer(self, customer_id: str) -> list[str]:
        """Ids of all calls of a customer. Raises UnknownNameError when there are none."""
        return await self._database.read(lambda connection: calls_of_customer(connection, customer_id))

    async def calls_before(self, before_us: int) -> list[str]:
        """Ids of finished calls that began earlier, oldest first."""
        return await self._database.read(lambda connection: calls_before(connection, before_us))

    async def erase(self, call_ids: Sequence[str], remove: Remove, *, by: str, is_step: bool = False) -> Erasure:
        """Deletes calls for good, however long it takes; `remove` deletes their recordings.

        The audit says `by` whom. Raises UnknownNameError for one that is not there and ConflictError for one that
        is live or on hold: then none is. `is_step`: of many; the index is tidied, the log emptied after the last.
        """
        await self._database.read(lambda connection: check_erasable(connection, call_ids))
        for call_id in call_ids:
            if self.journals.of(call_id):
                raise refused_live(call_id)
        with store_errors(self._database.path, "erased"):
            files = await remove(call_ids)
            rows = await self._database.transaction(partial(erase_rows, call_ids=call_ids, by=by, is_step=is_step))
        return Erasure(
            **asdict(rows),
            recordings=files.files,
            recording_bytes=files.bytes,
            log_emptied=not is_step and await self._database.empty_log(),
        )

    async def compact(self) -> None:
        """Writes the file anew, without what is left in its free space; nobody can write meanwhile."""
        await self._database.compact()
        await self._database.empty_log()

    async def trouble(self) -> str:
        """What is wrong with the database, "degraded: ..." where it works; empty: nothing.

        A commit that is under way is not wrong.
        """
        try:
            missing = await self._database.read(lambda _connection: self._database.check())
        except StoreError as error:
            return str(error)
        return missing or self.journals.trouble() or self.log.trouble()

    def is_missing(self) -> bool:
        """Whether the file was found to be deleted or replaced."""
        return bool(self._database.problem)

    async def _read_call(
        self, call_id: str, after: int, made: Callable[[Iterator[Record]], T], types: Sequence[str] = ()
    ) -> T:
        """What is made of a call's records, or of those of some types; what waits is among them in any case.

        What waits is looked at first: it may be stored meanwhile.
        """
        waiting = [record for record in self.journals.waiting(call_id) if record.seq > after]
        wanted = select(events.c.body).where(events.c.call_id == call_id, events.c.seq > after)
        wanted = wanted.where(events.c.type.in_(types)) if types else wanted
        bodies = wanted.order_by(events.c.seq)
        return await self._database.read(lambda connection: made(_with(waiting, connection.scalars(bodies))))


def _with(waiting: Sequence[Record], bodies: Iterable[str]) -> Iterator[Record]:
    """What is stored, then what of the rest is not among it; one at a time, so that not all need be in memory."""
    newest = 0
    for body in bodies:
        record = record_of(body)
        newest = record.seq
        yield record
    yield from (record for record in waiting if record.seq > newest)


def _state_of(records: Iterator[Record]) -> CallState | None:
    first = next(records, None)
    return replay(chain([first], records)) if first else None


def _array_of(records: Iterator[Record]) -> str | None:
    lines = ",".join(map(wire.encode_line, records))
    return f"[{lines}]" if lines else None
