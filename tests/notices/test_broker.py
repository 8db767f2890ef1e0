"""Alerts on a real MQTT broker, and one that is dead or hangs."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shell.test_bus_broker import Broker, free_port, watching
from voiceassist.config import MqttSettings, Settings
from voiceassist.notices import broker as broker_module
from voiceassist.notices.broker import tell_broker
from voiceassist.notices.channel_queue import Outgoing
from voiceassist.notices.sending import NotSentError, Way, way_of

from .told import channel, delivery

pytestmark = [pytest.mark.broker, pytest.mark.realtime]

ONE = Outgoing(id="msg_1", deliveries=(delivery("msg_1"),))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path)
    yield running
    running.kill()


def way_to(port: int) -> Way:
    settings = Settings(site="north", node_id="n1", mqtt=MqttSettings(host="127.0.0.1", port=port))
    return way_of(channel("desk", kind="mqtt", url=None, secret=None), settings)


async def test_an_alert_is_published_on_the_topic_of_its_channel(broker: Broker) -> None:
    async with watching(broker.port) as watcher:
        assert await tell_broker(way_to(broker.port), ONE, 0) == "published on voiceassist/north/notice/desk"
        (got,) = await watcher.take(1)
    assert str(got.topic) == "voiceassist/north/notice/desk"
    assert isinstance(got.payload, bytes)
    assert json.loads(got.payload)["id"] == "msg_1"


async def test_a_dead_broker_and_one_that_hangs_cost_one_bounded_try(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotSentError) as told:
        await tell_broker(way_to(free_port()), ONE, 0)
    assert "refused" in told.value.failure.reason
    broker.hang()
    monkeypatch.setattr(broker_module, "TRY_S", 0.5)
    with pytest.raises(NotSentError) as told:
        await tell_broker(way_to(broker.port), ONE, 0)
    assert told.value.failure.reason == "no answer within 0.5 s"
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
