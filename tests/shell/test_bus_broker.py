"""The bus against the real Mosquitto program, over a cable that can be pulled out."""

import asyncio
import errno
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from voiceassist.bus import connection, mqtt, topics
from voiceassist.bus.mqtt import Bus, BusSettings
from voiceassist.bus.outbox import Limit, Outbox
from voiceassist.bus.topics import RECORD_QOS, is_droppable, kind_of, presence_topic, topic_for
from voiceassist.events import Alert, CueConfirmed, Record, is_durable
from voiceassist.wire import decode, encode

pytestmark = [pytest.mark.broker, pytest.mark.realtime]

MOSQUITTO = Path("/usr/sbin/mosquitto")
GOLDEN = sorted(Path(__file__).parents[1].glob("contract/golden/*.json"))
RECORDS = [decode(record) for path in GOLDEN for record in json.loads(path.read_text("utf-8"))["records"]]
ALERT = next(record for record in RECORDS if isinstance(record.event, Alert))
PRESENCE = presence_topic("lab", "n1")

CONFIG = """
listener {port} 127.0.0.1
user root
log_type information
connection_messages false
{extra}
"""


def alert(seq: int) -> Record:
    return replace(ALERT, call_id="outage", seq=seq)


def droppable(seq: int) -> Record:
    return Record(call_id="outage", seq=seq, event=CueConfirmed(at_ms=seq, cue_id=f"c{seq}"))


class Broker:
    """A Mosquitto on loopback that can be killed and started again."""

    def __init__(self, folder: Path, extra: str = "allow_anonymous true") -> None:
        if not MOSQUITTO.exists():
            pytest.fail(f"{MOSQUITTO} is missing: install the package `mosquitto` (apt-get install mosquitto)")
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(CONFIG.format(port=self.port, extra=extra), encoding="utf-8")
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [MOSQUITTO, "-c", self._config], stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert self._process.stderr is not None
        said = []
        for line in self._process.stderr:
            said.append(line)
            if line.rstrip().endswith("running"):
                return
        pytest.fail(f"mosquitto did not start: {''.join(said)}")

    def hang(self) -> None:
        """It takes what the kernel takes for it, and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


@dataclass
class Cable:
    """A TCP forwarder in front of the broker that can be pulled out, plugged in, or carry nothing back."""

    to_port: int
    port: int
    deaf: bool = False

    def __post_init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._ends: list[asyncio.StreamWriter] = []

    async def plug_in(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def pull_out(self) -> None:
        assert self._server is not None
        self._server.close()
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.append(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        except ConnectionRefusedError:
            writer.transport.abort()
            return
        self._ends.append(far_writer)
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer, back=True))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool = False
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if not (back and self.deaf):
                    writer.write(data)
        writer.transport.abort()


class Watcher:
    """Somebody who subscribed to everything."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._messages = client.messages

    async def take(self, count: int, *, presence: bool = False) -> list[aiomqtt.Message]:
        """The next messages of calls, or of nodes."""
        taken: list[aiomqtt.Message] = []
        while len(taken) < count:
            message = await anext(self._messages)
            if message.topic.matches("voiceassist/+/node/#") == presence:
                taken.append(message)
        return taken

    async def presence(self) -> Any:
        (message,) = await self.take(1, presence=True)
        return body(message)


@asynccontextmanager
async def watching(port: int) -> AsyncIterator[Watcher]:
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("voiceassist/#", qos=2)
        yield Watcher(client)


@asynccontextmanager
async def running(bus: Bus) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(bus.run())
        yield
        task.cancel()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - conditions of several kinds, none of which sets an event
        await asyncio.sleep(0.005)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def body(message: aiomqtt.Message) -> Any:
    assert isinstance(message.payload, bytes)
    return json.loads(message.payload)


def password_file(folder: Path, username: str, password: str) -> str:
    """A line for the broker's configuration."""
    path = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", path, username, password], check=True)
    return f"password_file {path}"


def seqs(messages: Sequence[aiomqtt.Message]) -> list[int]:
    return [body(message)["seq"] for message in messages]


def settings(port: int) -> BusSettings:
    return BusSettings(host="127.0.0.1", port=port, site="lab", node_id="n1")


def troubles(logs: list[EventDict]) -> list[EventDict]:
    return [entry for entry in logs if entry["event"] == "bus_disconnected"]


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Reconnecting without the wait; holds the number of every attempt."""
    attempts: list[int] = []

    def now(attempt: int, _jitter: float) -> float:
        attempts.append(attempt)
        return 0.01

    monkeypatch.setattr(mqtt, "retry_s", now)
    return attempts


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running_broker = Broker(tmp_path)
    yield running_broker
    running_broker.kill()


@pytest.fixture
async def cable(broker: Broker) -> AsyncIterator[Cable]:
    between = Cable(to_port=broker.port, port=free_port())
    await between.plug_in()
    yield between
    await between.pull_out()


async def test_every_durable_event_arrives_on_its_topic_in_wire_format(broker: Broker) -> None:
    durable = [record for record in RECORDS if is_durable(record.event)]
    bus = Bus(settings(broker.port))
    async with watching(broker.port) as watcher, running(bus):
        for record in RECORDS:
            bus.publish(record)
        messages = await watcher.take(len(durable))
    for message, record in zip(messages, durable, strict=True):
        assert str(message.topic) == topic_for("lab", record)
        assert body(message) == encode(record)
        assert message.qos == RECORD_QOS
        assert not message.retain
    assert bus.stats.published == len(durable)
    assert not bus.stats.lost


async def test_a_call_id_that_would_break_a_topic_arrives_unharmed(broker: Broker) -> None:
    bus = Bus(settings(broker.port))
    odd = replace(ALERT, call_id="+44 20/7946#\0\udc80é")
    async with watching(broker.port) as watcher, running(bus):
        bus.publish(odd)
        (message,) = await watcher.take(1)
    assert decode(body(message)) == odd


async def test_an_event_that_mqtt_cannot_carry_is_counted_and_the_next_one_arrives(broker: Broker) -> None:
    bus = Bus(settings(broker.port))
    with capture_logs() as logs:
        async with watching(broker.port) as watcher, running(bus):
            bus.publish(replace(ALERT, call_id="x" * 70_000))
            bus.publish(alert(2))
            assert seqs(await watcher.take(1)) == [2]
    assert bus.stats.lost == {"alert": 1}
    assert "bus_cannot_carry" in [entry["event"] for entry in logs]


async def test_presence_is_retained_and_a_clean_stop_says_offline_after_the_last_event(broker: Broker) -> None:
    bus = Bus(settings(broker.port))
    async with running(bus):
        await until(lambda: bus.stats.connected)
        async with watching(broker.port) as late:
            (online,) = await late.take(1, presence=True)
    assert str(online.topic) == PRESENCE
    assert online.retain
    assert body(online)["state"] == "online"
    async with watching(broker.port) as later:
        offline = await later.presence()
    assert offline["node"] == "n1"
    assert offline["state"] == "offline"
    assert offline["since"] > body(online)["since"]


async def test_a_clean_stop_sends_what_is_queued_and_goes_offline_last(broker: Broker) -> None:
    bus = Bus(settings(broker.port))
    async with watching(broker.port) as watcher:
        async with running(bus):
            await until(lambda: bus.stats.connected)
            assert (await watcher.presence())["state"] == "online"
            for seq in range(200):
                bus.publish(alert(seq))
        arrived = seqs(await watcher.take(200))
        while arrived[-1] != 199:  # the one that was on its way when we stopped came twice
            arrived += seqs(await watcher.take(1))
        assert list(dict.fromkeys(arrived)) == list(range(200))
        assert (await watcher.presence())["state"] == "offline"
    assert bus.stats.queued == 0
    assert not bus.stats.lost


async def test_a_killed_node_is_announced_offline_by_the_broker(broker: Broker) -> None:
    program = (
        "import asyncio, sys; from voiceassist.bus.mqtt import Bus, BusSettings;"
        "asyncio.run(Bus(BusSettings(host='127.0.0.1', port=int(sys.argv[1]), site='lab', node_id='n1')).run())"
    )
    async with watching(broker.port) as watcher:
        node = await asyncio.create_subprocess_exec(sys.executable, "-c", program, str(broker.port))
        try:
            assert (await watcher.presence())["state"] == "online"
        finally:
            node.kill()
        await node.wait()
        assert await watcher.presence() == {"node": "n1", "state": "offline", "since": None}


async def test_alerts_of_an_outage_arrive_afterwards_in_order_and_lost_finals_are_counted(
    broker: Broker, cable: Cable
) -> None:
    bus = Bus(
        settings(cable.port),
        Outbox(limit=Limit(records=50, bytes=1 << 20), hard_limit=Limit(records=1000, bytes=1 << 20)),
    )
    async with running(bus):
        await until(lambda: bus.stats.connected)
        broker.kill()
        await until(lambda: not bus.stats.connected)
        await cable.pull_out()
        for seq in range(300):
            bus.publish(alert(seq) if seq % 3 == 0 else droppable(seq))
        assert bus.stats.lost == {"cue_confirmed": 200}
        broker.start()
        async with watching(broker.port) as watcher:
            await cable.plug_in()
            messages = await watcher.take(100)
        assert seqs(messages) == list(range(0, 300, 3))
        await until(lambda: bus.stats.queued == 0)
    assert bus.stats.lost == {"cue_confirmed": 200}


async def test_events_go_on_after_a_broker_was_killed_in_mid_stream(broker: Broker) -> None:
    bus = Bus(settings(broker.port))
    async with running(bus):
        for seq in range(500):
            bus.publish(alert(seq))
        await until(lambda: bus.stats.published > 100)
        broker.kill()
        await until(lambda: not bus.stats.connected)
        broker.start()
        await until(lambda: bus.stats.queued == 0)
    assert bus.stats.published == 500
    assert not bus.stats.lost


async def test_an_alert_whose_acknowledgement_is_lost_is_sent_again(broker: Broker, cable: Cable) -> None:
    bus = Bus(settings(cable.port))
    async with watching(broker.port) as watcher, running(bus):
        await until(lambda: bus.stats.connected)
        cable.deaf = True
        bus.publish(alert(1))
        assert seqs(await watcher.take(1)) == [1]
        bus.publish(alert(2))
        assert bus.stats.published == 0
        await cable.pull_out()
        cable.deaf = False
        await cable.plug_in()
        assert seqs(await watcher.take(2)) == [1, 2]


async def test_a_broker_that_hangs_before_it_dies_costs_no_final_cue_or_card(
    broker: Broker, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ACK_S", 0.2)
    monkeypatch.setattr(connection, "CONNECT_S", 0.2)
    for module in (mqtt, connection):
        monkeypatch.setattr(module, "GOODBYE_S", 0.05)
    durable = [record for record in RECORDS if is_durable(record.event)]
    bus = Bus(settings(cable.port))
    async with running(bus):
        await until(lambda: bus.stats.connected)
        broker.hang()
        for record in durable:
            bus.publish(record)
        await until(lambda: not bus.stats.connected)
        assert bus.stats.queued == len(durable)
        broker.kill()
        await cable.pull_out()  # so that nothing is sent before somebody watches
        broker.start()
        async with watching(broker.port) as watcher:
            await cable.plug_in()
            arrived: dict[tuple[str, int], str] = {}
            while len(arrived) < len({(record.call_id, record.seq) for record in durable}):
                (message,) = await watcher.take(1)
                arrived[body(message)["call_id"], body(message)["seq"]] = body(message)["type"]
        await until(lambda: bus.stats.queued == 0)
    assert {"final", "cue", "prompt", "alert", "call_started", "call_ended"} <= set(arrived.values())
    assert bus.stats.published == len(durable)
    assert not bus.stats.lost


async def test_what_a_hanging_broker_never_took_is_counted_when_the_node_stops(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "LEAVE_S", 0.05)
    for module in (mqtt, connection):
        monkeypatch.setattr(module, "GOODBYE_S", 0.05)
    bus = Bus(settings(broker.port))
    async with running(bus):
        await until(lambda: bus.stats.connected)
        broker.hang()
        for seq in range(100):
            bus.publish(droppable(seq))
    assert bus.stats.published == 0
    assert bus.stats.lost == {"cue_confirmed": 100}


async def test_the_bus_goes_on_after_an_error_of_ours_which_is_counted_and_logged(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = iter([RuntimeError("a mistake"), KeyError("another")])

    def failing(site: str, record: Record) -> str:
        if error := next(errors, None):
            raise error
        return topic_for(site, record)

    monkeypatch.setattr(topics, "topic_for", failing)
    bus = Bus(settings(broker.port))
    with capture_logs() as logs:
        async with watching(broker.port) as watcher, running(bus):
            bus.publish(alert(1))
            assert seqs(await watcher.take(1)) == [1]
    assert bus.stats.restarts == 2
    assert [entry["event"] for entry in logs].count("bus_failed") == 2
    assert not bus.stats.lost


async def test_a_refused_connection_is_logged_once_and_again_only_after_a_change(
    broker: Broker, quick_retries: list[int]
) -> None:
    broker.kill()
    bus = Bus(settings(broker.port))
    with capture_logs() as logs:
        async with running(bus):
            await until(lambda: len(quick_retries) > 5)
            assert len(troubles(logs)) == 1
            broker.start()
            await until(lambda: bus.stats.connected)
            broker.kill()
            await until(lambda: len(quick_retries) > 15)
    (first, *later) = troubles(logs)
    assert first["host"] == "127.0.0.1"
    assert first["port"] == broker.port
    assert os.strerror(errno.ECONNREFUSED) in first["reason"]
    assert os.strerror(errno.ECONNREFUSED) in later[-1]["reason"]
    assert len(later) <= 2  # the connection broke; then there was none to be had


async def test_a_wrong_password_is_logged_once_with_the_settings_to_look_at(
    tmp_path: Path, quick_retries: list[int]
) -> None:
    broker = Broker(tmp_path, password_file(tmp_path, "node", "right"))
    known = replace(settings(broker.port), username="node", password="right")
    wrong = Bus(replace(known, password="wrong"))
    with capture_logs() as logs:
        async with running(wrong):
            await until(lambda: len(quick_retries) > 3)
        right = Bus(known)
        async with running(right):
            await until(lambda: right.stats.connected)
    broker.kill()
    (trouble,) = troubles(logs)
    assert "mqtt.password" in trouble["reason"]
    assert "right" not in str(logs)


async def test_a_server_that_says_nothing_is_given_up_and_named(
    monkeypatch: pytest.MonkeyPatch, quick_retries: list[int]
) -> None:
    monkeypatch.setattr(connection, "CONNECT_S", 0.05)
    for module in (mqtt, connection):
        monkeypatch.setattr(module, "GOODBYE_S", 0.05)

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    with capture_logs() as logs:
        async with server, running(Bus(settings(server.sockets[0].getsockname()[1]))):
            await until(lambda: len(quick_retries) > 3)
    (trouble,) = troubles(logs)
    assert "is this an MQTT broker?" in trouble["reason"]


async def test_a_node_pushed_out_by_another_of_its_name_is_told_what_to_look_at(broker: Broker) -> None:
    with capture_logs() as logs:
        async with running(Bus(settings(broker.port))):
            await until(lambda: len(logs) == 1)
            async with running(Bus(settings(broker.port))):
                await until(lambda: bool(troubles(logs)))
    assert "node_id" in troubles(logs)[0]["reason"]


def test_the_golden_records_hold_both_fates() -> None:
    assert {is_droppable(record.event) for record in RECORDS} == {True, False}
    assert {kind_of(record.event) for record in RECORDS} > {"alert", "final", "partial"}
