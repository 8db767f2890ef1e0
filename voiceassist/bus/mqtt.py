"""Tells an MQTT broker what happens in calls, and whether this node is there.

`publish` only queues, so that a dead broker never delays a card; `run` connects, sends and reconnects.
Every record leaves the outbox when the broker has acknowledged it, or is counted as lost. Records are sent in
order, a few at a time; after a broken connection those without an acknowledgement are sent again, so now and then
one arrives twice: readers that count look at `call_id` and `seq`.
Never reads from the broker and keeps nothing on disk: the store has every event.
Next: whoever subscribes; `server/asyncapi.yaml` is written for them.
"""

import asyncio
import math
import random
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import structlog

from voiceassist.bus import topics
from voiceassist.bus.connection import GOODBYE_S, TROUBLE, connect, disconnect, publish, reason_of, until_lost
from voiceassist.bus.outbox import Outbox, Parcel
from voiceassist.errors import ConfigError
from voiceassist.events import Record, is_durable
from voiceassist.wire import dumps, encode_line

log = structlog.get_logger(__name__)

# Records on their way at once: with a broker 50 ms away 400 a second, and twice is not more than these few.
WINDOW = 20
LEAVE_S = 2.0  # how long a stopping node goes on sending
KEEPALIVE_S = 15  # the broker announces a dead machine after 1.5 times this (MQTT 5, section 3.1.2.10)
FIRST_RETRY_S = 0.5
LAST_RETRY_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BusSettings:
    """Which broker, and who we are there."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: Path | None = None  # PEM; None: the system's certificate authorities
    site: str = "main"
    node_id: str  # one connection per node: a second node of the same name takes the first one's place


@dataclass(frozen=True, slots=True, kw_only=True)
class BusStats:
    """The bus at one moment, for metrics."""

    connected: bool
    queued: int  # records waiting or on their way
    published: int  # records handed to the broker since the start
    queued_bytes: int
    lost: Mapping[str, int]  # records lost since the start, by event type
    restarts: int  # connections that ended by an error of ours, which is in the log


class Bus:
    """The way out to the broker. One task runs `run`; anybody on the same event loop may `publish`."""

    def __init__(self, settings: BusSettings, outbox: Outbox | None = None) -> None:
        """Connects to nothing yet. Raises ConfigError when `ca_file` cannot be used."""
        self._settings = settings
        self._tls = _tls_context(settings)
        self._outbox = outbox if outbox is not None else Outbox()
        self._offered = asyncio.Event()
        self._connected = False
        self._published = 0
        self._restarts = 0
        self._trouble = ""  # why we are not connected, as last logged
        self._loss_logged: set[bool] = set()  # is_droppable of what this outage has already lost

    @property
    def stats(self) -> BusStats:
        """What to show in metrics."""
        return BusStats(
            connected=self._connected,
            queued=len(self._outbox),
            published=self._published,
            queued_bytes=self._outbox.bytes,
            lost=dict(self._outbox.lost),
            restarts=self._restarts,
        )

    def publish(self, record: Record) -> None:
        """Queues a record for the broker; partials are ignored. Never waits, never raises."""
        if not is_durable(record.event):
            return
        for lost in self._outbox.put(record):
            self._log_loss(droppable=topics.is_droppable(lost.event))
        self._offered.set()

    async def run(self) -> None:
        """Keeps the connection and sends what was offered, until cancelled.

        Cancelling is the clean stop: the outbox is sent for at most 2 s, then the node says it is offline.
        """
        attempt = 0
        clock = asyncio.get_running_loop().time
        try:
            while True:
                began = clock()
                await self._connect_once()
                attempt = 0 if clock() - began > LAST_RETRY_S else attempt + 1
                await asyncio.sleep(retry_s(attempt, random.random()))  # noqa: S311 - spreads load, no secret
        finally:
            self._give_up()

    async def _connect_once(self) -> None:
        """One connection from its start to its loss, which is logged, not raised; nor is an error of ours."""
        try:
            async with self._connection() as client:
                await self._serve(client)
        except TROUBLE as error:
            self._note_down(reason_of(error))
        except Exception as error:
            self._restarts += 1
            log.exception("bus_failed", **self._place(), restarts=self._restarts)
            self._note_down(f"{type(error).__name__}: {error}")

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiomqtt.Client]:
        client = self._new_client()
        client.pending_calls_threshold = WINDOW + 1  # above which aiomqtt warns
        await connect(client)
        try:
            yield client
        finally:
            await disconnect(client)

    def _new_client(self) -> aiomqtt.Client:
        """A fresh client per connection: what it had not got rid of is still in our outbox."""
        config = self._settings
        return aiomqtt.Client(
            config.host,
            config.port,
            username=config.username,
            password=config.password,
            identifier=f"voiceassist-{topics.level(config.site)}-{topics.level(config.node_id)}",
            protocol=aiomqtt.ProtocolVersion.V5,
            keepalive=KEEPALIVE_S,
            tls_context=self._tls,
            will=aiomqtt.Will(*self._presence("offline", since=None), topics.PRESENCE_QOS, retain=True),
            # aiomqtt waits with asyncio.wait_for, which in Python 3.11 may swallow a cancellation.
            timeout=math.inf,
        )

    async def _serve(self, client: aiomqtt.Client) -> None:
        try:
            await self._say(client, "online")
            self._note_up()
            await self._send_until_lost(client)
        except asyncio.CancelledError:
            await self._leave(client)
            raise

    async def _send_until_lost(self, client: aiomqtt.Client) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(until_lost(client))
                await self._send_for_ever(client, tasks)
        except* TROUBLE as group:
            first = group.exceptions[0]
            raise first from first.__cause__  # the broker's own reason, if it gave one
        finally:
            self._outbox.put_back()

    async def _send_for_ever(self, client: aiomqtt.Client, tasks: asyncio.TaskGroup) -> None:
        window = asyncio.Semaphore(WINDOW)
        while True:
            await self._send_waiting(client, tasks, window)
            self._offered.clear()
            await self._offered.wait()

    async def _send_waiting(
        self, client: aiomqtt.Client, tasks: asyncio.TaskGroup, window: asyncio.Semaphore
    ) -> None:
        """Until nothing waits. Tasks begin in the order in which they are made, so records leave in order."""
        while True:
            await window.acquire()
            parcel = self._outbox.take()
            if parcel is None:
                window.release()
                return
            tasks.create_task(self._send(client, parcel, window))

    async def _send(self, client: aiomqtt.Client, parcel: Parcel, window: asyncio.Semaphore) -> None:
        record = parcel.record
        topic = topics.topic_for(self._settings.site, record)
        try:
            # A lone surrogate has no UTF-8; as "\udc80" it is still the same JSON text.
            payload = encode_line(record).encode("utf-8", "backslashreplace")
            await publish(client, topic, payload, qos=topics.RECORD_QOS)
        except ValueError as error:
            log.exception("bus_cannot_carry", call_id=record.call_id[:100], seq=record.seq, reason=str(error))
            self._outbox.reject(parcel)
        else:
            self._outbox.settle(parcel)
            self._published += 1
        finally:
            window.release()

    async def _leave(self, client: aiomqtt.Client) -> None:
        try:
            async with asyncio.timeout(LEAVE_S), asyncio.TaskGroup() as tasks:
                await self._send_waiting(client, tasks, asyncio.Semaphore(WINDOW))
        except* TROUBLE as group:
            reason = str(group.exceptions[0]) or "out of time"
            log.warning("bus_left_early", queued=len(self._outbox), reason=reason)
        with suppress(*TROUBLE):  # unacknowledged, it still precedes our disconnect; else the will says it
            async with asyncio.timeout(GOODBYE_S):
                await self._say(client, "offline")

    async def _say(self, client: aiomqtt.Client, state: topics.NodeState) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        topic, payload = self._presence(state, since=now)
        await publish(client, topic, payload, qos=topics.PRESENCE_QOS, retain=True)

    def _presence(self, state: topics.NodeState, *, since: str | None) -> tuple[str, bytes]:
        site, node_id = self._settings.site, self._settings.node_id
        message = dumps(topics.presence(node_id, state, since=since))
        return topics.presence_topic(site, node_id), message.encode()

    def _note_up(self) -> None:
        self._connected, self._trouble = True, ""
        self._loss_logged.clear()
        log.info("bus_connected", **self._place(), queued=len(self._outbox), lost=dict(self._outbox.lost))

    def _note_down(self, reason: str) -> None:
        self._connected = False
        if reason != self._trouble:
            log.warning("bus_disconnected", **self._place(), reason=reason, queued=len(self._outbox))
        self._trouble = reason

    def _log_loss(self, *, droppable: bool) -> None:
        if droppable in self._loss_logged:
            return
        self._loss_logged.add(droppable)
        say = log.warning if droppable else log.error
        what = "finals, cues and cards" if droppable else "ALERTS AND CALL LIFECYCLE"
        say("bus_outbox_full", **self._place(), losing=what, queued=len(self._outbox), reason=self._trouble)

    def _give_up(self) -> None:
        self._connected = False
        if len(self._outbox):
            log.warning("bus_stopped_with_unsent", **self._place(), unsent=len(self._outbox))
        self._outbox.abandon()

    def _place(self) -> dict[str, str | int]:
        return {"host": self._settings.host, "port": self._settings.port}


def retry_s(attempt: int, jitter: float) -> float:
    """Seconds to wait before attempt number `attempt` (from 1): doubling, with `jitter` 0..1 off up to half."""
    longest = min(LAST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(attempt, 16))
    return longest * (1 - jitter / 2)


def _tls_context(settings: BusSettings) -> ssl.SSLContext | None:
    if not settings.tls:
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"bus ca_file = {str(settings.ca_file)!r} cannot be used: {error}") from error
