"""An Asterisk beside a running server: its interface for supervisors, and calls whose two legs it streams."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar
from urllib.parse import urlencode

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.e2e.server import Server, until
from tests.fakes.asterisk_ari import PASSWORD, USER, Asterisk, Channel, asterisk_ari

AGENT, CUSTOMER = "1761245643.2", "1761245643.1"
SILENCE = b"\xff" * 160  # 20 ms of ulaw
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Pbx:
    """The Asterisk, in a thread of its own."""

    asterisk: Asterisk
    loop: asyncio.AbstractEventLoop

    @property
    def config(self) -> str:
        """Settings for a server that acts in it."""
        lines = (f'url = "{self.asterisk.url}"', f'user = "{USER}"', f'password = "{PASSWORD}"')
        return "\n".join(("[phone.asterisk]", *lines, 'transfer_context = "internal"', ""))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Something in the Asterisk's own thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def until(self, met: Callable[[], bool], what: str) -> None:
        """Waits for a state of it."""
        until(lambda: met() or None, what)

    def pick_up(self) -> Channel:
        """The supervisor's telephone, which rings, is answered."""
        phone = until(self._ringing, "a telephone that rings")
        self.do(self.asterisk.answer(phone))
        return phone

    def _ringing(self) -> Channel | None:
        return next((one for one in tuple(self.asterisk.channels.values()) if one.state == "Ring"), None)


@contextmanager
def pbx() -> Iterator[Pbx]:
    """Runs as long as the block."""
    started, ended = Event(), Event()
    running: list[Pbx] = []

    async def run() -> None:
        async with asterisk_ari() as asterisk:
            running.append(Pbx(asterisk=asterisk, loop=asyncio.get_running_loop()))
            started.set()
            while not ended.is_set():  # noqa: ASYNC110 - it is another thread that ends it
                await asyncio.sleep(0.05)

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(asyncio.run, run())
        assert started.wait(30)
        try:
            yield running[0]
        finally:
            ended.set()
            done.result()


@dataclass(kw_only=True)
class AsteriskCall:
    """A call that is streamed leg by leg."""

    legs: list[ClientConnection]

    def speak(self, seconds: float) -> None:
        """So much of both legs, as fast as the server takes it: the scripted engine hears its script."""
        for line in self.legs:
            for _ in range(int(seconds * 50)):
                line.send(SILENCE)


@contextmanager
def asterisk_call(server: Server, call_id: str) -> Iterator[AsteriskCall]:
    """A call whose legs say which channels they listen to; hung up at the end."""
    with ExitStack() as stack:
        lines = []
        for leg, channel in (("customer", CUSTOMER), ("agent", AGENT)):
            said = {"call_id": call_id, "leg": leg, f"{leg}_channel": channel, "agent_name": "Anna Reed"}
            address = server.socket_url(f"/ingest/asterisk?{urlencode(said)}")
            line = stack.enter_context(connect(address, subprotocols=[Subprotocol("media")]))
            start = {"connection_id": "va", "channel": "WebSocket/va/0x1", "channel_id": f"9.{leg}"}
            line.send(json.dumps({"event": "MEDIA_START", **start, "format": "ulaw"}))
            line.send(SILENCE)
            lines.append(line)
        server.wait_for(call_id, lambda state: state["status"] == "live")
        yield AsteriskCall(legs=lines)
