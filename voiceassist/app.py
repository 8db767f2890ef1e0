"""The composition root: builds everything from Settings, starts it, and stops it in the right order.

Never handles an event or a message itself. Every protocol of today comes over the HTTP server; listeners with TCP
or UDP sockets of their own would start at the end of `_start` and be closed first in `_stop`.
Next: `runtime.py` is what it builds; `server/http.py` puts routes on that; `cli/serve.py` runs it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from time import time

import structlog

from voiceassist import retention
from voiceassist.asr.choice import sample_language
from voiceassist.asr.engines import load_engines
from voiceassist.asr.pool import DecodePool
from voiceassist.bus.mqtt import Bus, BusSettings
from voiceassist.capacity.node import REASONS, Capacity
from voiceassist.capacity.watch import watch_costs
from voiceassist.config import Settings
from voiceassist.core.words.languages import NEUTRAL, language_rules
from voiceassist.cores import usable_cores
from voiceassist.errors import ConfigError, PlaybookError
from voiceassist.hub import FINISHED_ROWS
from voiceassist.live.lookup import looking_up
from voiceassist.metrics import Metrics, measure_loop_lag
from voiceassist.notices.desk import Notices
from voiceassist.notices.sending import way_of
from voiceassist.people.directory import Directory
from voiceassist.people.key_ring import KeyRing
from voiceassist.people.provider import asking_provider
from voiceassist.phone_control.systems import controlling
from voiceassist.playbook_start import ConfiguredPlaybook, load_registry
from voiceassist.playbook_worker.worker import PlaybookWorker
from voiceassist.playbooks import builtin_names, find_text, read_playbook
from voiceassist.runtime import Runtime
from voiceassist.speech_models.language import serves
from voiceassist.store.audit import SERVER, NewEntry
from voiceassist.store.database import DATABASE
from voiceassist.store.lock import sole_use_of
from voiceassist.store.recorders import RECORDINGS, Recorders
from voiceassist.store.recording_keys import recording_keys
from voiceassist.store.recovery import recover
from voiceassist.store.store import Store, open_store
from voiceassist.summary_desk import SummaryDesk, summary_way

log = structlog.get_logger()

OTHERS = 0o077  # who may read a file beside its owner
UNKNOWN_WORDS_LOGGED = 10  # one line of the log; GET /api/admin/engines has all
# When the server stops, every part has its limit. Calls hear, record and store what they have (see `live/`).
CALLS_WITHIN_S = 10.0
PART_WITHIN_S = 3.0
STORE_WITHIN_S = 6.0  # it has limits of its own, 5 s together


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Runtime]:
    """Everything that Settings ask for, started; stopped in reverse order. Raises VoiceassistError."""
    bases, keys = load_bases(settings), recording_keys(settings)
    # The folder first: a second server would load every model before it found out, and might take the first one's
    # memory.
    with sole_use_of(settings.data_dir), closing(await asyncio.to_thread(load_engines, settings)) as engines:
        store = await open_store(settings.data_dir / DATABASE, settings.node_id)
        async with (
            _closing(store),
            DecodePool(settings.decode_workers) as pool,
            _playbook_worker() as worker,
            asking_provider(settings.oidc) as provider,
            looking_up(settings.lookup) as lookup,
            controlling(settings.phone) as controls,
        ):
            recorders = Recorders(folder=settings.data_dir / RECORDINGS, keys=keys)
            runtime = Runtime(
                settings=settings,
                engines=engines,
                pool=pool,
                registry=await load_registry(store.playbooks, bases, worker),
                playbook_worker=worker,
                store=store,
                directory=await _directory(store, settings),
                recorders=recorders,
                bus=_bus(settings),
                metrics=Metrics(),
                provider=provider,
                lookup=lookup,
                controls=controls,
            )
            runtime.notices = await _notices(runtime)
            runtime.summaries = await _summaries(runtime)
            try:
                await _start(runtime)
                yield runtime
            finally:
                await _stop(runtime)


async def _directory(store: Store, settings: Settings) -> Directory:
    """Who may sign in. Raises ConfigError where other machines reach a server that nobody looks after."""
    key_ring = KeyRing(keys=store.keys)
    directory = Directory(people=store.people, key_ring=key_ring, is_loopback=settings.is_loopback)
    await directory.look()
    if settings.is_loopback or directory.has_admin:
        return directory
    if not settings.setup:
        raise ConfigError(
            f"setting `host`: {settings.host} can be reached by other machines, and nobody can sign in yet: make "
            f"an admin with `voiceassist users add LOGIN --role admin --data-dir {settings.data_dir}`, or start "
            "once with `voiceassist serve --setup`, which prints a link for the first admin"
        )
    return directory


@asynccontextmanager
async def _playbook_worker() -> AsyncIterator[PlaybookWorker]:
    with closing(PlaybookWorker()) as worker:
        yield worker


@asynccontextmanager
async def _closing(store: Store) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await _within(STORE_WITHIN_S, "store", store.close())


def load_bases(settings: Settings) -> Mapping[str, ConfiguredPlaybook]:
    """The playbook that is configured for every language of calls. Raises PlaybookError, which names the file."""
    files = {settings.language: settings.playbook, **settings.playbooks}
    languages = [*settings.engine_by_language, *([sample_language(settings)] if settings.demo else [])]
    return {language: _base(files.get(language), language) for language in dict.fromkeys(languages)}


def _base(file: Path | None, language: str) -> ConfiguredPlaybook:
    try:
        text, name = find_text(file, language)
        playbook = read_playbook(text, name)
    except PlaybookError as error:
        hint = (
            "" if file else f"; name a file for it: `playbooks.{language}`, or `playbook` of the default language"
        )
        raise PlaybookError(f"{error}{hint}") from error
    if not serves(playbook.language, language):
        raise PlaybookError(
            f"{file or playbook.name}: is for {playbook.language!r}, not for calls in {language!r}"
        )
    if playbook.teams:
        raise PlaybookError(
            f"{file or playbook.name}: is the default for calls in {language!r}, so it is for all teams: "
            "leave `teams` empty"
        )
    is_builtin = file is None or str(file) in builtin_names()
    return ConfiguredPlaybook(text=text, playbook=playbook, file=None if is_builtin else file)


async def _start(runtime: Runtime) -> None:
    for record in await recover(runtime.store, alone=True):
        log.warning("call was interrupted by a crash", call_id=record.call_id)
        if runtime.bus:
            runtime.bus.publish(record)
    await _restore_wall(runtime)
    _export_depths(runtime)
    runtime.tell_likely_phrases()
    runtime.spawn(measure_loop_lag(runtime.metrics))
    runtime.spawn(runtime.directory.watch())
    runtime.spawn(retention.watch(runtime.keeping()))
    runtime.spawn(runtime.store.catch_up.run())
    runtime.spawn(runtime.store.log.watch())
    runtime.spawn(watch_costs(runtime.capacity, tuple(runtime.engines.people.values())))
    if runtime.bus:
        runtime.spawn(runtime.bus.run())
    if runtime.notices:
        runtime.spawn(runtime.notices.run())
    _warn_of_unknown_words(runtime)
    _warn_of_unmasked_numbers(runtime)
    _warn_of_ingest_token(runtime.settings)
    runtime.store.audit.tell(NewEntry(who=SERVER, what="server.started", detail=runtime.settings.described()))
    _tell_of_keys(runtime)
    log.info("ready", **{tag: engine.name for tag, engine in runtime.engines.people.items()})


def _warn_of_unmasked_numbers(runtime: Runtime) -> None:
    for language in runtime.engines.people:
        if language_rules(language) is NEUTRAL:
            log.warning(
                "no text rules for this language: card numbers and addresses are masked only where they are "
                "written in digits and with @, not where they are spoken",
                language=language,
            )


def _tell_of_keys(runtime: Runtime) -> None:
    file = runtime.settings.recording_key_file
    if file and file.stat().st_mode & OTHERS:
        log.warning("the recording keys can be read by other users of this machine: chmod 600", file=str(file))
    if keys := runtime.recorders.keys:
        log.info("recordings are encrypted", key=keys[0].id.hex(), older_keys=len(keys) - 1)


def _warn_of_ingest_token(settings: Settings) -> None:
    if settings.ingest_token:
        log.warning(
            "setting `ingest_token` is deprecated: make a key for each phone system with "
            "`voiceassist keys add NAME --scope ingest`, then take the setting away"
        )


def _warn_of_unknown_words(runtime: Runtime) -> None:
    """A phrase with a word that the model does not know never fires; all of them are in the admin API."""
    for engine in runtime.engines.people.values():  # the sample calls are written for what hears them
        if words := runtime.unknown_words(engine):
            log.warning(
                "playbook has words that the model does not know: phrases that need them never fire",
                engine=engine.name,
                playbook=runtime.registry.default_of(engine.language).label,
                unknown=len(words),
                first=words[:UNKNOWN_WORDS_LOGGED],
            )


async def _stop(runtime: Runtime) -> None:
    """Ends open calls in good order, then all that runs beside them; nothing is waited for without limit."""
    runtime.stop_calls()
    await _within(PART_WITHIN_S, "backtests", runtime.backtests.close())
    await _within(PART_WITHIN_S, "listening", runtime.listening.close())
    await _within(PART_WITHIN_S, "whip", runtime.whip.close())
    await _within(PART_WITHIN_S, "telephones", runtime.phone_calls.visits.close())
    await _within(CALLS_WITHIN_S, "calls", *(live.gone.wait() for live in runtime.live.values()))
    for live in runtime.live.values():
        live.give_up()
    for task in tuple(runtime.tasks):
        task.cancel()
    await _within(
        PART_WITHIN_S, "background", *runtime.tasks, *(live.gone.wait() for live in runtime.live.values())
    )
    runtime.recorders.close()
    runtime.judging.shutdown(wait=False, cancel_futures=True)
    await _within(PART_WITHIN_S, "last uses", runtime.directory.save())


async def _within(limit_s: float, part: str, *work: Awaitable[object]) -> None:
    """Waits for all the work, but no longer than that; a failure of it is logged, since the rest must stop too."""
    if not work:
        return
    done, late = await asyncio.wait([asyncio.ensure_future(one) for one in work], timeout=limit_s)
    for task in late:
        task.cancel()
    if late:
        log.error("stopping without waiting any longer", part=part, unfinished=len(late), after_s=limit_s)
    for task in done:
        if not task.cancelled() and (error := task.exception()):
            log.error("stopping failed", part=part, exc_info=error)


async def _restore_wall(runtime: Runtime) -> None:
    """Finished calls whose alerts nobody resolved come back: the newest as rows, the rest as a number."""
    since_us = runtime.followed_up_since_us()
    newest = (await runtime.store.unresolved(FINISHED_ROWS, since_us=since_us)).rows
    runtime.hub.begin_with(newest[::-1], await runtime.store.count_unresolved(since_us))
    if runtime.notices:
        runtime.notices.begin_with(newest[::-1])


async def _notices(runtime: Runtime) -> Notices | None:
    """The channels of the settings, with what an earlier process left. Raises ConfigError, StoreError."""
    stored = await runtime.store.notices.all()
    if not runtime.settings.notify and not stored:
        return None
    ways = [await asyncio.to_thread(way_of, channel, runtime.settings) for channel in runtime.settings.notify]
    return Notices(
        ways,
        runtime.store.notices,
        stored,
        rows=runtime.hub.rows,
        is_sample=runtime.sample_calls.__contains__,
    )


async def _summaries(runtime: Runtime) -> SummaryDesk | None:
    """Where people send summaries, if the settings say so. Raises ConfigError."""
    way = await asyncio.to_thread(summary_way, runtime.settings)
    if way is None:
        return None
    return SummaryDesk(
        way=way,
        give_up_after_s=runtime.settings.summary.give_up_after_h * 3600,
        store=runtime.store,
        publish=runtime.publish,
        spawn=runtime.spawn,
        clock=time,
    )


def _bus(settings: Settings) -> Bus | None:
    mqtt = settings.mqtt
    if mqtt.host is None:
        return None
    return Bus(
        BusSettings(
            host=mqtt.host,
            port=mqtt.port,
            username=mqtt.username,
            password=mqtt.password,
            tls=mqtt.tls,
            ca_file=mqtt.ca_file,
            site=settings.site,
            node_id=settings.node_id,
        )
    )


def _most(numbers: Iterable[int]) -> int:
    return max(numbers, default=0)


def _export_depths(runtime: Runtime) -> None:
    gauge = runtime.metrics.gauge
    live_calls = runtime.live.values
    gauge("live_calls", "Calls going on now", lambda: len(runtime.live))
    gauge("screens", "Connected screens", lambda: runtime.hub.clients)
    gauge("listeners", "People who listen in to calls", lambda: len(runtime.listening.sessions))
    gauge(
        "inbox_depth",
        "Inputs waiting for the slowest call",
        lambda: _most(live.inbox.qsize() for live in live_calls()),
    )
    backlog = runtime.store.journals.backlog
    gauge("unstored_records", "Records waiting for the disk", lambda: backlog.records)
    gauge("unstored_bytes", "Bytes of JSON waiting for the disk", lambda: backlog.bytes)
    gauge("published_unstored", "Records published before they were stored", lambda: backlog.published_unstored)
    gauge("audit_waiting", "Audit entries waiting for the disk", lambda: len(runtime.store.audit))
    gauge("audit_lost", "Audit entries that found no room and were lost", lambda: runtime.store.audit.lost)
    gauge("database_missing", "1 while the database file is deleted or replaced", runtime.store.is_missing)
    gauge("store_wal_bytes", "Bytes of the database's write-ahead log", lambda: runtime.store.log.bytes)
    gauge("lost_records", "Records that were never stored", lambda: backlog.lost)
    _export_recordings(runtime)
    gauge("mailbox_depth", "Records waiting for the slowest screen", lambda: runtime.hub.deepest)
    _export_load(runtime)
    _export_capacity(runtime)
    _export_engines(runtime)
    if lookup := runtime.lookup:
        gauge("lookup_failures", "Calls of which the lookup did not say who is calling", lambda: lookup.failures)
    if notices := runtime.notices:
        channels = notices.channels.values()
        gauge(
            "notices_waiting", "Alerts waiting to leave", lambda: sum(len(one.queue.waiting) for one in channels)
        )
        gauge("notices_dead", "Alerts that could not leave and were given up", lambda: len(notices.dead.letters))
        failing = "Channels whose last try failed"
        gauge("channels_failing", failing, lambda: sum(one.health.failing_since_s is not None for one in channels))
    if bus := runtime.bus:
        gauge("bus_connected", "1 while the broker is connected", lambda: bus.stats.connected)
        gauge("bus_queue_depth", "Records waiting for the broker", lambda: bus.stats.queued)
        gauge("bus_queue_bytes", "Bytes waiting for the broker", lambda: bus.stats.queued_bytes)
        gauge("bus_restarts", "Times the bus began again after an error of ours", lambda: bus.stats.restarts)
        gauge("bus_lost", "Records the broker never got", lambda: sum(bus.stats.lost.values()))


def _export_load(runtime: Runtime) -> None:
    gauge, pool, live_calls = runtime.metrics.gauge, runtime.pool, runtime.live.values
    gauge("decode_seconds", "Seconds spent decoding, summed", lambda: pool.meter.busy_s)
    decode_cpu = "Processor seconds of the decode threads, summed: hearing, without everything else"
    gauge("decode_cpu_seconds", decode_cpu, lambda: pool.meter.cpu_s)
    gauge("decode_queue_depth", "Pieces of audio waiting for a decode worker", lambda: pool.depth)
    gauge("decode_behind_seconds", "How late the audio is that has waited longest", lambda: pool.load().behind_s)
    behind = "How late the call is heard that is latest now"
    gauge("call_behind_seconds", behind, lambda: _most(live.behind_ms() for live in live_calls()) / 1000)
    gauge("late_calls", "Calls whose screens say that words arrive late", lambda: len(runtime.late_calls()))
    gauge("decode_free", "Share of the decode threads' time that was unused lately", lambda: pool.load().free)
    gauge("decode_hangs", "Decodes that did not end: their calls were given up", lambda: pool.hung)
    gauge("partials_left_out", "Partials that were left out to keep up", lambda: pool.partials_left_out)


def _export_capacity(runtime: Runtime) -> None:
    gauge, capacity = runtime.metrics.gauge, runtime.capacity
    gauge(
        "calls_taken", "Calls that run or are announced; one heard for its words is half", lambda: capacity.calls
    )
    gauge("calls_max", "Calls that are taken at once", lambda: capacity.most)
    gauge("calls_carried", "Calls that this machine carries, by what one costs", capacity.by_cost)
    gauge("calls_that_fit", "So many more calls", lambda: max(0, capacity.most - capacity.calls))
    gauge("calls_without_help", "Calls that are recorded, to be heard later", lambda: len(capacity.without_help))
    gauge("usable_cores", "Cores that the server may use", usable_cores)
    cost: dict[tuple[str, ...], Callable[[], float]] = {
        (part,): partial(_cost, capacity, part) for part in ("decode", "loop", "rest")
    }
    runtime.metrics.gauges("call_cores", "Cores that a call takes, as far as is known", ("part",), cost)
    for reason in REASONS:
        runtime.metrics.refused.labels(reason)  # told from the start, as 0


def _cost(capacity: Capacity, part: str) -> float:
    return float(getattr(capacity.learned.cost, part))


def _export_recordings(runtime: Runtime) -> None:
    gauge, recorders = runtime.metrics.gauge, runtime.recorders
    gauge("recording_failures", "Times that a recording could no longer be written", lambda: recorders.failures)
    gauge("recording_gaps", "Stretches of audio that are missing in recordings", lambda: recorders.gaps)
    gauge("recording_gap_seconds", "Seconds of audio that are missing in recordings", lambda: recorders.gap_s)
    gauge("recordings_waiting", "Recordings that cannot be written now", lambda: len(recorders.troubles))
    gauge("recording_write_seconds", "How long the slowest write has taken so far", recorders.threads.longest_s)


def _export_engines(runtime: Runtime) -> None:
    engines = runtime.engines
    by_labels = {
        (engine.name, engine.language, "+".join(engines.purposes(engine))): engine for engine in engines.loaded()
    }
    labels = ("engine", "language", "purpose")
    for name, text in (
        ("memory_bytes", "Bytes by which the process grew when the engine was loaded"),
        ("open_recognizers", "Legs that the engine hears now"),
    ):
        reads: dict[tuple[str, ...], Callable[[], float]] = {
            values: partial(getattr, engine, name) for values, engine in by_labels.items()
        }
        runtime.metrics.gauges(f"engine_{name}", text, labels, reads)
