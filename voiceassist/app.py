"""The composition root: builds everything from Settings, starts it, and stops it in the right order.

Never handles an event or a message itself. Next: `assistant.py` is what it builds; `server/http.py` puts routes on
that; `cli/serve.py` runs it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing, suppress

import structlog

from voiceassist.asr.models import load_engine
from voiceassist.asr.pool import DecodePool
from voiceassist.assistant import Assistant, row_of
from voiceassist.bus.mqtt import Bus, BusSettings
from voiceassist.config import Settings
from voiceassist.core.board import has_unresolved
from voiceassist.metrics import Metrics, measure_loop_lag
from voiceassist.playbooks import load_playbook
from voiceassist.store.lock import sole_use_of
from voiceassist.store.recovery import recover
from voiceassist.store.store import open_store

log = structlog.get_logger()

RESTORED_CALLS = 200  # how far back a restart looks for unresolved alerts: a busy day of a large team
STOP_WITHIN_S = 10.0  # for open calls to be finished and stored when the server stops


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Assistant]:
    """Everything that Settings ask for, started; stopped in reverse order. Raises VoiceassistError."""
    playbook = load_playbook(settings.playbook, settings.language)
    engine = await asyncio.to_thread(
        load_engine,
        settings.engine,
        language=settings.language,
        model_dir=settings.model_dir,
        decoders=settings.decode_workers,
    )
    with closing(engine), sole_use_of(settings.data_dir):
        store = await open_store(settings.data_dir / "voiceassist.db")
        async with DecodePool(settings.decode_workers) as pool:
            assistant = Assistant(
                settings=settings,
                engine=engine,
                pool=pool,
                playbook=playbook,
                store=store,
                bus=_bus(settings),
                metrics=Metrics(),
            )
            try:
                await _start(assistant)
                yield assistant
            finally:
                await _stop(assistant)
                await store.close()


async def _start(assistant: Assistant) -> None:
    for record in await recover(assistant.store):
        log.warning("call was interrupted by a crash", call_id=record.call_id)
        if assistant.bus:
            assistant.bus.offer(record)
    await _restore_wall(assistant)
    _export_depths(assistant)
    assistant.spawn(measure_loop_lag(assistant.metrics))
    if assistant.bus:
        assistant.spawn(assistant.bus.run())
    log.info("ready", engine=assistant.engine.name, playbook=assistant.playbook.name)
    if not assistant.settings.is_loopback:
        log.warning(
            "screens have no log-in: whoever reaches this server reads every call", host=assistant.settings.host
        )


async def _stop(assistant: Assistant) -> None:
    """Ends open calls in good order, then everything that runs beside them."""
    assistant.is_stopping = True
    await assistant.whip.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_WITHIN_S):
            await asyncio.gather(*(live.over.wait() for live in assistant.live.values()))
    for task in tuple(assistant.tasks):
        task.cancel()
    await asyncio.gather(*assistant.tasks, return_exceptions=True)


async def _restore_wall(assistant: Assistant) -> None:
    """Finished calls whose alerts nobody resolved come back to the wall."""
    for call_id in await assistant.store.with_alerts(RESTORED_CALLS):
        row = row_of(await assistant.store.records(call_id))
        if has_unresolved(row):
            assistant.hub.restore(row)


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


def _export_depths(assistant: Assistant) -> None:
    gauge = assistant.metrics.gauge
    live_calls = assistant.live.values
    gauge("live_calls", "Calls going on now", lambda: len(assistant.live))
    gauge("screens", "Connected screens", lambda: assistant.hub.clients)
    gauge(
        "inbox_depth",
        "Inputs waiting for the slowest call",
        lambda: _most(live.inbox.qsize() for live in live_calls()),
    )
    gauge(
        "unstored_records", "Records waiting for the disk", lambda: sum(live.unstored() for live in live_calls())
    )
    gauge("mailbox_depth", "Records waiting for the slowest screen", lambda: assistant.hub.deepest)
    gauge(
        "hurried_steps", "Steps of audio heard without partials to catch up", lambda: assistant.pool.hurried_steps
    )
    gauge("decode_seconds", "Seconds spent decoding, summed", lambda: assistant.pool.decode_seconds)
    gauge("decode_queue_depth", "Pieces of audio waiting for a decode worker", lambda: assistant.pool.depth)
    if bus := assistant.bus:
        gauge("bus_connected", "1 while the broker is connected", lambda: bus.stats.connected)
        gauge("bus_queue_depth", "Records waiting for the broker", lambda: bus.stats.queued)
        gauge("bus_lost", "Records the broker never got", lambda: sum(bus.stats.lost.values()))
