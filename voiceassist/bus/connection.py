"""What a connection to the broker does, each step within its time.

Never decides when to connect or what to send: `mqtt.py` does, and hands over the client.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiomqtt
import structlog

log = structlog.get_logger(__name__)

CONNECT_S = 10.0  # paho gives up on TCP after 5 s; the rest is TLS and the broker's answer
ACK_S = 10.0  # a broker this slow is taken for dead
GOODBYE_S = 1.0  # for each of the last two packets: offline, disconnect
UNSPECIFIED, BAD_LOGIN, NOT_AUTHORIZED = 0x80, 0x86, 0x87  # MQTT 5, section 2.4
TROUBLE = (aiomqtt.MqttError, OSError)  # what a broken connection raises; TimeoutError is an OSError


async def connect(client: aiomqtt.Client) -> None:
    """Opens the connection. Raises one of TROUBLE."""
    entering = asyncio.ensure_future(client.__aenter__())
    try:
        async with _within(CONNECT_S, f"no answer within {CONNECT_S:.0f} s; is this an MQTT broker?"):
            await asyncio.shield(entering)
    except (TimeoutError, asyncio.CancelledError):
        await disconnect(client)  # before `entering` is cancelled: aiomqtt would leave the socket open
        entering.cancel()
        raise


async def publish(client: aiomqtt.Client, topic: str, payload: bytes, *, qos: int, retain: bool = False) -> None:
    """Returns when the broker has acknowledged the message. Raises one of TROUBLE."""
    async with _within(ACK_S, f"the broker took nothing for {ACK_S:.0f} s"):
        await client.publish(topic, payload, qos=qos, retain=retain)


@asynccontextmanager
async def _within(seconds: float, otherwise: str) -> AsyncIterator[None]:
    """A time limit that says what did not happen in time."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise TimeoutError(otherwise) from None


async def until_lost(client: aiomqtt.Client) -> None:
    """Raises MqttError when the connection breaks; `publish` alone would not notice."""
    async for message in client.messages:
        log.warning("bus_unasked_message", topic=str(message.topic))


async def disconnect(client: aiomqtt.Client) -> None:
    """Closes the connection, whatever state it is in."""
    with suppress(*TROUBLE):  # it is over either way; the reason is logged already
        async with asyncio.timeout(GOODBYE_S):
            await client.__aexit__(None, None, None)


def reason_of(error: Exception) -> str:
    """The cause in our words where an operator can act on it, else in those of the broker or the system."""
    cause = error.__cause__ or error
    if isinstance(cause, aiomqtt.MqttCodeError) and cause.rc == UNSPECIFIED:
        return "the connection broke without a reason; if it keeps breaking, is another node's node_id the same?"
    if isinstance(cause, aiomqtt.MqttCodeError) and cause.rc in (BAD_LOGIN, NOT_AUTHORIZED):
        return "the broker does not accept `mqtt.username` with `mqtt.password`"
    return str(cause) or type(cause).__name__
