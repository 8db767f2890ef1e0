"""What Asterisk tells our Stasis application, over a websocket that is opened again whenever it breaks.

As read in `rest-api/api-docs/events.json`: every event is a JSON object with a `type`. Two matter here: that a
channel has come into the application (StasisStart: a telephone was picked up), and that it has left or ended
(StasisEnd, ChannelDestroyed). Only channels that somebody watches are remembered. What was missed while the
connection was down is asked afterwards. Never changes a channel. Next: `asterisk.py` waits for its channels.
"""

import asyncio
import base64
import json
from asyncio import Future
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

from voiceassist.phone_control.control import Obstacle
from voiceassist.phone_settings import AsteriskPhone

log = structlog.get_logger()

CONNECT_WITHIN_S = 5.0
PING_EVERY_S = 20.0  # a connection that nobody answers on is found dead after twice that
MESSAGE_BYTES = 256 << 10
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0  # between two attempts; it doubles
REPLACED_PAUSE_S = 60.0  # another server took our application: taking it back at once would go on for ever


def _future() -> Future[bool]:
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True, kw_only=True)
class AriChannel:
    """A channel that is waited for."""

    id: str
    is_made: bool = False  # Asterisk has said that it exists
    started: Future[bool] = field(default_factory=_future)  # True: it is in our application; False: it never came
    gone: Future[bool] = field(default_factory=_future)
    cause: str = ""  # why it is gone, in Asterisk's words

    def start(self) -> None:
        """It is in our application."""
        if not self.started.done():
            self.started.set_result(True)

    def go(self, cause: str = "") -> None:
        """It is gone."""
        self.cause = self.cause or cause
        for future, result in ((self.started, False), (self.gone, True)):
            if not future.done():
                future.set_result(result)


@dataclass(slots=True, kw_only=True)
class AriEvents:
    """The connection, and the channels that are watched."""

    settings: AsteriskPhone
    catch_up: Callable[[], Awaitable[None]]  # asks for what was missed, whenever the connection is there again
    take_stray: Callable[[str], Awaitable[None]]  # a channel of our making came that nobody waits for
    watched: dict[str, AriChannel] = field(default_factory=dict)
    obstacle: Obstacle = "phone_unreachable"  # empty while connected

    def watch(self, channel_id: str) -> AriChannel:
        """A channel that is about to be made."""
        channel = self.watched[channel_id] = AriChannel(id=channel_id)
        return channel

    def forget(self, channel_id: str) -> None:
        """Nobody waits for it any more."""
        self.watched.pop(channel_id, None)

    async def run(self) -> None:
        """Connected for ever; raises nothing."""
        pause_s = FIRST_PAUSE_S
        while True:
            was_connected, was_replaced = await self._connection()
            pause_s = FIRST_PAUSE_S if was_connected else min(pause_s * 2, LONGEST_PAUSE_S)
            await asyncio.sleep(REPLACED_PAUSE_S if was_replaced else pause_s)

    async def _connection(self) -> tuple[bool, bool]:
        """One connection to its end: whether there was one, and whether another server took our application."""
        was_connected = was_replaced = False
        try:
            async with connect(
                _address(self.settings),
                additional_headers={"Authorization": _basic(self.settings)},
                open_timeout=CONNECT_WITHIN_S,
                ping_interval=PING_EVERY_S,
                ping_timeout=PING_EVERY_S,
                close_timeout=1.0,
                max_size=MESSAGE_BYTES,
            ) as socket:
                was_connected = True
                self._connected()
                await self.catch_up()
                async for message in socket:
                    if self.hear(message) == "replaced":
                        was_replaced = True
                    elif stray := self.stray(message):
                        await self.take_stray(stray)
        except (OSError, TimeoutError, WebSocketException) as error:
            self._failed(error)
        else:
            self._lost("the connection was closed")
        return was_connected, was_replaced

    def hear(self, message: str | bytes) -> str:
        """Takes an event; "replaced" when another connection has taken our application."""
        event = _event(message)
        channel = self.watched.get(_channel_id(event))
        match event.get("type"):
            case "StasisStart" if channel:
                channel.start()
            case "StasisEnd" | "ChannelDestroyed" if channel:
                channel.go(str(event.get("cause_txt") or ""))
            case "ApplicationReplaced":
                log.error("another server has taken our Stasis application: set `phone.asterisk.app`")
                return "replaced"
        return ""

    def stray(self, message: str | bytes) -> str:
        """The id of a channel of ours that has come and that nobody waits for; empty: it is none."""
        event = _event(message)
        channel_id = _channel_id(event)
        is_ours = channel_id.startswith(f"{self.settings.app}.")
        is_stray = event.get("type") == "StasisStart" and is_ours and channel_id not in self.watched
        return channel_id if is_stray else ""

    def _connected(self) -> None:
        self.obstacle = ""
        log.info("asterisk is connected", app=self.settings.app)

    def _failed(self, error: Exception) -> None:
        status = error.response.status_code if isinstance(error, InvalidStatus) else 0
        obstacle: Obstacle = "phone_sign_in" if status in (401, 403) else "phone_unreachable"
        self._lost(str(error) or type(error).__name__, obstacle)

    def _lost(self, why: str, obstacle: Obstacle = "phone_unreachable") -> None:
        if self.obstacle != obstacle or not self.obstacle:  # said once, not at every attempt
            log.warning("asterisk is not connected", app=self.settings.app, error=why)
        self.obstacle = obstacle


def _address(settings: AsteriskPhone) -> str:
    url = (settings.url or "").rstrip("/")
    query = urlencode({"app": settings.app, "subscribeAll": "false"})
    return f"ws{url.removeprefix('http')}/events?{query}"


def _basic(settings: AsteriskPhone) -> str:
    return f"Basic {base64.b64encode(f'{settings.user}:{settings.password}'.encode()).decode()}"


def _event(message: str | bytes) -> dict[str, Any]:
    """An event; what is no JSON object is none, and the connection goes on."""
    try:
        event = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _channel_id(event: dict[str, Any]) -> str:
    channel = event.get("channel")
    found = channel.get("id") if isinstance(channel, dict) else None
    return found if isinstance(found, str) else ""
