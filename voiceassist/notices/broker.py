"""Publishes messages on the MQTT broker that the bus uses, each by a connection of its own.

The bus publishes every event of every call with its words; this topic has what the channel's rules let out:
alerts of some levels, steps, summaries. QoS 1, and the id in the body is the same on every try.
Next: `channel.py` tries again.
"""

import asyncio

import aiomqtt

from voiceassist.bus import topics
from voiceassist.bus.connection import TROUBLE, connect, disconnect, publish, reason_of
from voiceassist.notices.bodies import encoded, webhook_body
from voiceassist.notices.channel_queue import Outgoing
from voiceassist.notices.sending import TRY_S, Way, not_sent


async def tell_broker(way: Way, message: Outgoing, now_s: float) -> str:  # noqa: ARG001 - a `Send`
    """What became of it. Raises NotSentError."""
    topic = topics.notice_topic(way.settings.site, way.channel.name)
    body = encoded(webhook_body(message, way.channel.name, way.settings.public_url))
    client = _client(way)
    try:
        async with asyncio.timeout(TRY_S):
            await connect(client)
            try:
                await publish(client, topic, body, qos=topics.RECORD_QOS)
            finally:
                await disconnect(client)
    except TimeoutError as error:  # ours, or that of one step, which says which
        raise not_sent(str(error) or f"no answer within {TRY_S:g} s") from None
    except TROUBLE as error:
        raise not_sent(reason_of(error)) from None
    return f"published on {topic}"


def _client(way: Way) -> aiomqtt.Client:
    mqtt, settings = way.settings.mqtt, way.settings
    name = "-".join(topics.level(part) for part in (settings.site, settings.node_id, way.channel.name))
    return aiomqtt.Client(
        mqtt.host or "",
        mqtt.port,
        username=mqtt.username,
        password=mqtt.password,
        identifier=f"voiceassist-notice-{name}",
        protocol=aiomqtt.ProtocolVersion.V5,
        tls_context=way.tls if mqtt.tls else None,
        timeout=TRY_S,
    )
