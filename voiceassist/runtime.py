"""What runs in one server process, as the routes use it: calls taken in, people's actions, background work.

Never builds anything: `app.py` does. Never speaks HTTP.
Next: `live/session.py` runs each call; `server/` asks here.
"""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.actions import Action, ChangeAlert, PauseRecording, TakeBreak
from voiceassist.asr.engines import Engines
from voiceassist.asr.load import LoadState, recognition
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.playbook_words import playbook_phrases, playbook_words
from voiceassist.asr.pool import DecodePool
from voiceassist.audio.audio_doubts import speeds_of
from voiceassist.backtests.jobs import Backtests
from voiceassist.bus.mqtt import Bus
from voiceassist.capacity.node import Capacity
from voiceassist.clock import days_ago_us, local_now
from voiceassist.config import Settings
from voiceassist.core.screen.views import CallState
from voiceassist.core.screen.wall import row_of
from voiceassist.errors import ActionError, ConflictError, IngestError, StoreError
from voiceassist.events import Record
from voiceassist.finished_calls import acted_on
from voiceassist.hub import Hub
from voiceassist.identities import Identities
from voiceassist.ingest.feed.feed import Feed
from voiceassist.ingest.joins import Host, Joins
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.source import CallInfo, Source
from voiceassist.ingest.whip.sessions import WhipSessions
from voiceassist.listening.meters import Meters
from voiceassist.listening.sessions import ListenSessions
from voiceassist.live.consent_gate import ConsentGate
from voiceassist.live.heard_later import AfterCall
from voiceassist.live.live_call import LiveCall
from voiceassist.live.lookup import Lookup
from voiceassist.live.pressed_keys import PauseKeys
from voiceassist.live.session import Services, run_call
from voiceassist.metrics import Metrics
from voiceassist.notices.desk import Notices
from voiceassist.people.directory import Directory
from voiceassist.people.provider import Provider
from voiceassist.phone_calls import PhoneCalls
from voiceassist.phone_control.control import PhoneControl
from voiceassist.playbook_registry import PlaybookRegistry
from voiceassist.playbook_worker.worker import PlaybookWorker
from voiceassist.retention import Keeping
from voiceassist.store.audit import SERVER, NewEntry
from voiceassist.store.erasure import Erasure, refused_live
from voiceassist.store.journal import Journal
from voiceassist.store.marks import Marks
from voiceassist.store.playbooks import PlaybookChoice, Version
from voiceassist.store.recorders import Recorders
from voiceassist.store.store import Store, Whose
from voiceassist.subscriptions import RecordTaker, Subscriptions
from voiceassist.summary_desk import SummaryDesk

log = structlog.get_logger()

BREAK_S = 300.0  # five minutes, as the button says
KNOWN_WITHIN_S = 1.0  # a peer waits no longer to hear whether its call id was used before

# A microphone is a person's. Phone systems may be tests that speak by machine: they get what the operator named.
UNFIT = (
    "the engine {engine} understands synthesised speech only: start voiceassist with --engine auto to speak to it"
)


@dataclass(slots=True, kw_only=True)
class Runtime:
    """Everything that runs in one server process."""

    settings: Settings
    engines: Engines
    pool: DecodePool
    registry: PlaybookRegistry
    playbook_worker: PlaybookWorker
    store: Store
    directory: Directory
    recorders: Recorders
    bus: Bus | None
    metrics: Metrics
    provider: Provider | None = None  # of sign-ins
    lookup: Lookup | None = None  # of who is calling
    controls: Mapping[str, PhoneControl] = field(default_factory=dict)  # by protocol: what supervisors act in
    hub: Hub = field(default_factory=Hub)
    notices: Notices | None = None  # where the settings name channels
    summaries: SummaryDesk | None = None  # where the settings name a webhook for them
    live: dict[str, LiveCall] = field(default_factory=dict)
    boot: str = field(default_factory=lambda: uuid4().hex[:12])
    feeds: dict[str, Feed] = field(default_factory=dict)  # calls that were announced, live ones too
    joins: Joins = field(init=False)
    capacity: Capacity = field(init=False)  # for calls
    whip: WhipSessions = field(init=False)
    listening: ListenSessions = field(init=False)
    meters: Meters = field(init=False)
    identities: Identities = field(init=False)
    phone_calls: PhoneCalls = field(init=False)
    backtests: Backtests = field(default_factory=Backtests)
    claimed: set[str] = field(default_factory=set)  # call ids taken by a publisher, live or about to be
    words_clients: int = 0  # connections for such channels, also those that have none yet
    sample_calls: set[str] = field(default_factory=set)  # ids of the demo's own calls; no peer can name itself one
    deciding: set[str] = field(default_factory=set)  # calls that are being deleted, or put on hold, just now
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    judging: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "doubts"))  # about audio
    is_stopping: bool = False

    @property
    def publishers(self) -> tuple[RecordTaker, ...]:
        """Screens come first: what is slow to tell a broker or a counter must not delay a card."""
        takers: tuple[RecordTaker | None, ...] = (self.hub, self.metrics, self.bus, self.notices)
        return tuple(taker for taker in takers if taker)

    @property
    def subscriptions(self) -> Subscriptions:
        """Where screens get their records from: all calls are this server's."""
        return self.hub

    def __post_init__(self) -> None:
        self.identities = Identities(
            live=self.live,
            feeds=self.feeds,
            store=self.store,
            hub=self.hub,
            publish=self.publish,
            spawn=self.spawn,
            lookup=self.lookup,
            sample_calls=self.sample_calls,
        )
        self.phone_calls = PhoneCalls(
            live=self.live,
            feeds=self.feeds,
            store=self.store,
            publish=self.publish,
            spawn=self.spawn,
            controls=self.controls,
        )
        settings = self.settings
        self.capacity = self._capacity()
        self.joins = Joins(
            limits=PeerLimits(line_grace_s=settings.line_grace_s, idle_after_s=settings.idle_after_s),
            feeds=self.feeds,
            host=Host(
                check=self.check,
                stored_end=self._stored_end,
                claim=self.claim,
                release=self.release,
                language_of=lambda info: self.engine_for(info).language,
                run_call=self.run_call,
                take_key=self._take_key,
                tell_identity=self.identities.take,
                announced=self.identities.look_up,
                judge=lambda speech: self.judging.submit(speeds_of, speech),
                spawn=self.spawn,
            ),
        )
        self.whip = WhipSessions(joins=self.joins)
        self.listening = self._listening()
        self.meters = Meters(spawn=self.spawn, behind_ms=self.listening.behind_ms)

    def _capacity(self) -> Capacity:
        return Capacity(
            max_calls=self.settings.max_calls,
            pool=self.pool,
            when_full=self.settings.when_full,
            default_engine=lambda: self.engines.default,
            engine_for=self.engine_for,
            tell_refused=lambda reason: self.metrics.refused.labels(reason).inc(),
            feeds=self.feeds,
            live=self.live,
        )

    def _listening(self) -> ListenSessions:
        return ListenSessions(
            live=self.live,
            audit=self.store.audit.tell,
            spawn=self.spawn,
            delay_ms=round(self.settings.listen_delay_s * 1000),
            tells=self.settings.tell_listening,
        )

    @property
    def load(self) -> LoadState:
        """How busy the recognizers are, and how many more calls fit."""
        return self.pool.load()

    def late_calls(self) -> list[LiveCall]:
        """The calls whose screens say that words arrive late."""
        return self.capacity.late_calls()

    def recording_path(self, call_id: str) -> Path:
        """Where the call's recording is, or would be."""
        return self.recorders.path_of(call_id)

    def stop_calls(self) -> None:
        """Takes no more calls; those that go on have some seconds to hear what has come."""
        self.is_stopping = True
        self.joins.stop()
        for live in self.live.values():
            live.stop()

    def claim(self, call_id: str) -> bool:
        """Takes a call id for a publisher; False when it is taken. `release` gives it back. Raises IngestError."""
        if self.is_stopping:
            raise IngestError("shutdown", "voiceassist is stopping; connect again in a moment")
        if call_id in self.claimed or self.store.journals.of(call_id):
            return False
        self.claimed.add(call_id)
        return True

    def release(self, call_id: str) -> None:
        """The call id may be used again."""
        self.claimed.discard(call_id)

    def publish(self, record: Record) -> None:
        """To everybody whom a record leaves for; never blocks."""
        for publisher in self.publishers:
            publisher.publish(record)

    async def check(self, info: CallInfo) -> None:
        """Raises IngestError for a call that nothing here can hear; asked before the peer is told it was taken."""
        engine = self.engine_for(info)
        if info.source == "whip" and engine.fit_for != "people":
            raise IngestError("engine_unfit", UNFIT.format(engine=engine.name))
        self.capacity.check(info)

    async def _stored_end(self, call_id: str) -> str | None:
        """How a call of earlier ended; a store that does not say so in time keeps no call from being taken."""
        try:
            async with asyncio.timeout(KNOWN_WITHIN_S):
                return await self.store.end_of(call_id)
        except (TimeoutError, StoreError) as error:
            log.warning("call is taken unseen", call_id=call_id, error=str(error) or "the disk does not answer")
            return None

    def engine_for(self, info: CallInfo) -> LoadedEngine:
        """What hears this call. Raises IngestError when nothing here understands its language."""
        is_sample = info.call_id in self.sample_calls
        return self.engines.for_call(info.language, purpose="sample" if is_sample else "people")

    def unknown_words(self, engine: LoadedEngine) -> tuple[str, ...] | None:
        """Words of its playbooks that this engine can never hear; None when it cannot be asked."""
        playbooks = self.registry.of_language(engine.language)
        return engine.unknown(sorted({word for playbook in playbooks for word in playbook_words(playbook)}))

    def tell_likely_phrases(self) -> None:
        """Tells the engines what new calls will be about, where the settings want that."""
        if not self.settings.likely_phrases:
            return
        for engine in self.engines.people.values():
            playbooks = self.registry.of_language(engine.language)
            engine.likely_phrases = tuple(sorted({text for one in playbooks for text in playbook_phrases(one)}))

    async def publish_playbook(
        self, name: str, revision: int, *, note: str, by: str, over: int | None = None
    ) -> Version:
        """The draft is what new calls get from now on; see `PlaybookRegistry.publish`."""
        version = await self.registry.publish(name, revision, note=note, by=by, over=over)
        self.tell_likely_phrases()
        return version

    async def roll_back_playbook(self, name: str, number: int, *, note: str, by: str) -> Version:
        """An earlier version is what new calls get from now on; see `PlaybookRegistry.roll_back`."""
        version = await self.registry.roll_back(name, number, note=note, by=by)
        self.tell_likely_phrases()
        return version

    async def withdraw_playbook(self, name: str, *, note: str, by: str) -> PlaybookChoice:
        """No new call gets the playbook any more; see `PlaybookRegistry.withdraw`."""
        choice = await self.registry.withdraw(name, note=note, by=by)
        self.tell_likely_phrases()
        return choice

    async def offer_playbook(self, name: str, *, note: str, by: str) -> PlaybookChoice:
        """New calls may get a withdrawn playbook again; see `PlaybookRegistry.offer_again`."""
        choice = await self.registry.offer_again(name, note=note, by=by)
        self.tell_likely_phrases()
        return choice

    async def make_default_playbook(
        self, name: str, language: str | None, *, note: str, by: str
    ) -> tuple[PlaybookChoice, ...]:
        """What new calls of teams without a playbook get; see `PlaybookRegistry.make_default`."""
        choices = await self.registry.make_default(name, language, note=note, by=by)
        self.tell_likely_phrases()
        return choices

    async def run_call(self, source: Source) -> bool:
        """One live call to its end; whether it was recognised and stored whole.

        Of one without help only to the end of its audio: it is heard later, and its peer need not wait.
        """
        after = self.capacity.without_help.get(source.info.call_id)
        if after is None:
            return await self._run_call(source, None)
        session = self.spawn(self._run_call(source, after))
        came = asyncio.ensure_future(after.all_came.wait())
        await asyncio.wait([session, came], return_when=asyncio.FIRST_COMPLETED)
        came.cancel()
        return session.result() if session.done() else True

    async def _run_call(self, source: Source, after: AfterCall | None) -> bool:
        services = replace(self._services(source.info), after=after)
        live = LiveCall(
            info=source.info,
            task=asyncio.current_task(),
            consent=self._consent_gate(source.info),
            playbook=services.playbook,
        )
        self.live[source.info.call_id] = live
        if self.is_stopping:  # it was taken just before
            live.stop()
        try:
            return await run_call(source, live, services)
        finally:
            del self.live[source.info.call_id]
            self.capacity.without_help.pop(source.info.call_id, None)
            self.phone_calls.visits.call_over(source.info.call_id)
            live.gone.set()

    def _consent_gate(self, info: CallInfo) -> ConsentGate:
        settings = self.settings
        return ConsentGate(need=settings.consent_need, without=settings.without_consent, consent=info.consent)

    def _services(self, info: CallInfo) -> Services:
        engine = self.engine_for(info)
        return Services(
            engine=engine,
            pool=self.pool,
            playbook=self.registry.for_call(engine.language, info.agent.team),
            store=self.store,
            publish=self.publish,
            recorders=self.recorders,
        )

    async def call_state(self, call_id: str) -> CallState | None:
        """A live call from memory, a finished one from the store."""
        return self.hub.state(call_id) or await self.store.state(call_id)

    async def marks(self, call_id: str) -> Marks:
        """What people wrote about a live call, from memory; about a finished one, from the store."""
        if state := self.hub.state(call_id):
            return Marks(notes=state.notes, tags=state.tags, corrections=state.corrections)
        return await self.store.marks(call_id)

    async def whose(self, call_id: str) -> Whose | None:
        """Whose call it is: of one on the wall from memory, of the others from the store."""
        if row := self.hub.rows.get(call_id):
            return Whose(agent_id=row.agent.id, team=row.agent.team, is_live=row.status == "live")
        return await self.store.whose(call_id)

    def can_resume(self, call_id: str, boot: str | None) -> bool:
        """Whether the store has every record that a client of that boot may have missed."""
        return boot == self.boot and not self.store.journals.waiting(call_id)

    async def act(self, call_id: str, body: wire.Json, *, by: str, login: str = "") -> None:
        """What a person did; `login` is theirs where they signed in. Raises ActionError."""
        live = self.live.get(call_id)
        done_at = local_now().isoformat(timespec="milliseconds")
        at_ms = live.now_ms() if live else 0
        action = wire.decode_action(body, at_ms=at_ms, by=by, done_at=done_at, login=login)
        if live is None or not await live.act(action):
            await self._act_on_finished(call_id, action)

    def _take_key(self, info: CallInfo, key: str) -> None:
        """The agent of a call pressed a key: some in a row pause the recording, or let it go on."""
        keys = PauseKeys(pause=self.settings.pause_keys, resume=self.settings.resume_keys)
        live = self.live.get(info.call_id)
        if live and (paused := live.keys.press(key, keys)) is not None:
            self.spawn(self._pause_by_keys(live, paused=paused))

    async def _pause_by_keys(self, live: LiveCall, *, paused: bool) -> None:
        agent = live.info.agent
        self.tell_pause(live.info.call_id, who=agent.id or agent.name, paused=paused, by_keys=True)
        await live.act(PauseRecording(at_ms=live.now_ms(), by=agent.name, paused=paused))

    def tell_pause(self, call_id: str, *, who: str, paused: bool, by_keys: bool = False) -> None:
        """Has the audit tell who paused a call's recording, or let it go on."""
        what = "recording.paused" if paused else "recording.resumed"
        detail = {"keys": True} if by_keys else {}
        self.store.audit.tell(NewEntry(who=who, what=what, call_id=call_id, detail=detail))

    async def _act_on_finished(self, call_id: str, action: Action) -> None:
        async with self.store.journals.continued(call_id, self.publish) as journal:
            await self._act_on_stored(call_id, action, journal)

    async def _act_on_stored(self, call_id: str, action: Action, journal: Journal) -> None:
        records = await self.store.records(call_id)
        if not records:
            raise ActionError("unknown_call", f"there is no call {call_id!r}")
        row = row_of(records)
        events = acted_on(row, records, action)
        if isinstance(action, ChangeAlert | TakeBreak):
            self.hub.restore(row)
        if isinstance(action, TakeBreak):
            self._end_break_in_time(call_id, action)
        await journal.write(events)

    def _end_break_in_time(self, call_id: str, action: TakeBreak) -> None:
        """A break that nobody ends is over by itself; after a restart, when somebody ends it."""
        if action.taken:
            self.spawn(self._end_break(call_id))

    async def _end_break(self, call_id: str) -> None:
        await asyncio.sleep(BREAK_S)
        try:
            await self.act(call_id, {"type": wire.type_name(TakeBreak), "taken": False}, by=SERVER)
        except ActionError as error:  # the call was deleted meanwhile
            log.info("a break is not ended", call_id=call_id, error=str(error))

    async def erase(self, call_ids: Sequence[str], *, by: str, is_step: bool = False) -> Erasure:
        """Deletes calls for good, in somebody's name; `is_step` as `Store.erase` has it.

        Raises ConflictError for one that is live or on hold, UnknownNameError for no call.
        """
        with self.taking(call_ids):
            erasure = await self.store.erase(call_ids, self.recorders.remove, by=by, is_step=is_step)
        if self.notices:
            self.notices.forget(call_ids)
        if self.summaries:
            self.summaries.forget(call_ids)
        unresolved = await self.store.count_unresolved(self.followed_up_since_us())
        self.hub.forget(call_ids, unresolved)
        return erasure

    @contextmanager
    def taking(self, call_ids: Sequence[str]) -> Iterator[None]:
        """Nobody else changes these finished calls meanwhile. Raises ConflictError for one that somebody does."""
        taken: list[str] = []
        with self.alone_with(call_ids):
            try:
                for call_id in call_ids:
                    if not self.claim(call_id):
                        raise refused_live(call_id)
                    taken.append(call_id)
                yield
            finally:
                for call_id in taken:
                    self.release(call_id)

    @contextmanager
    def alone_with(self, call_ids: Sequence[str]) -> Iterator[None]:
        """Whoever deletes and whoever sets a hold exclude each other: what is on hold is never half deleted."""
        for call_id in call_ids:
            if call_id in self.deciding:
                told = f"call {call_id!r} is being deleted or put on hold just now; try again in a moment"
                raise ConflictError("call_busy", told)
        self.deciding.update(call_ids)
        try:
            yield
        finally:
            self.deciding.difference_update(call_ids)

    def keeping(self) -> Keeping:
        """What retention works with here."""
        return Keeping(
            store=self.store,
            remove=self.recorders.remove,
            path_of=self.recorders.path_of,
            erase=lambda call_id: self.erase([call_id], by=SERVER, is_step=True),
            taking=lambda call_id: self.taking([call_id]),
            publish=self.publish,
        )

    def followed_up_since_us(self) -> int | None:
        """Calls that began before are not followed up on the wall; microseconds since 1970, None: all are."""
        days = self.settings.follow_up_days
        return days_ago_us(days) if days else None

    async def readiness(self) -> dict[str, str]:
        """A line per part that calls need: "ok" or "ok: ...", what is "degraded: ...", or what is wrong."""
        return {
            "store": await self.store.trouble() or "ok",
            "recordings": self.recorders.state(),
            "recognition": recognition(
                [live.lateness.told_ms for live in self.late_calls()], len(self.live), self.load
            ),
            "capacity": self.capacity.state().line,
            "server": "stopping" if self.is_stopping else "ok",
        }

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs beside everything else; a failure is logged, and nothing else stops."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._task_done)
        return task

    def _task_done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error and not self.is_stopping:  # what is cut short by our own stop is no failure
            log.error("background task failed", task=task.get_name(), exc_info=error)


def runtime_of(connection: HTTPConnection) -> Runtime:
    """The assistant behind a route."""
    runtime = connection.app.state.runtime
    assert isinstance(runtime, Runtime)
    return runtime
