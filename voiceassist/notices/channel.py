"""Sends one channel's messages, one after the other, and tries again what failed.

A failure is this channel's alone. An error of ours counts as one, and is logged. Never stores anything.
Next: `desk.py` gives it deliveries, and hears what became of them.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from uuid import uuid4

import structlog

from voiceassist.errors import ConflictError
from voiceassist.notices.broker import tell_broker
from voiceassist.notices.channel_queue import ChannelQueue, Failure, Outgoing
from voiceassist.notices.mail import mail
from voiceassist.notices.notice import Delivery, Notice
from voiceassist.notices.sending import NotSentError, Way
from voiceassist.notices.web import post
from voiceassist.notify_settings import ChannelKind

log = structlog.get_logger()

SENDERS: Mapping[ChannelKind, Callable[[Way, Outgoing, float], Awaitable[str]]] = {
    "email": mail,
    "webhook": post,
    "slack": post,
    "teams": post,
    "mqtt": tell_broker,
}
LONGEST_SLEEP_S = 60.0  # then the clock is asked again: it may have been set


@dataclass(slots=True, kw_only=True)
class ChannelHealth:
    """How it went lately; times are seconds since 1970."""

    sent: int = 0  # messages since the server started
    sent_s: float | None = None  # when the last one got through
    failing_since_s: float | None = None  # None: the last try went well
    failure: str = ""  # why the last try did not


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What a test message came to."""

    ok: bool
    told: str  # what the receiver said, or what went wrong
    took_ms: int


@dataclass(slots=True, kw_only=True)
class AlertChannel:
    """One way out with what waits for it."""

    way: Way
    clock: Callable[[], float]  # seconds since 1970
    sent: Callable[[Outgoing], None]
    failed: Callable[[Outgoing, list[Delivery]], None]  # with the deliveries that are given up
    queue: ChannelQueue = field(init=False)
    health: ChannelHealth = field(default_factory=ChannelHealth)
    is_testing: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.queue = ChannelQueue(self.way.channel)

    async def run(self) -> None:
        """Sends until it is cancelled."""
        while True:
            step = self.queue.next_message(self.clock())
            if isinstance(step, Outgoing):
                await self._try(step)
            else:
                await self._sleep(LONGEST_SLEEP_S if step is None else step - self.clock())

    async def test(self, at: str) -> Tested:
        """Sends a test message now, whatever waits. Raises ConflictError while another one is under way."""
        if self.is_testing:
            raise ConflictError("test_running", "a test of this channel is under way; wait for its end")
        notice = Notice(about="test", at=at, level="info")
        now_s = self.clock()
        test = Delivery(
            id=f"test_{uuid4().hex}", channel=self.way.channel.name, notice=notice, from_s=now_s, due_s=now_s
        )
        began, self.is_testing = monotonic(), True
        try:
            outcome = await self._send(Outgoing(id=test.id, deliveries=(test,)))
        finally:
            self.is_testing = False
        took_ms = round((monotonic() - began) * 1000)
        if isinstance(outcome, Failure):
            return Tested(ok=False, told=outcome.reason, took_ms=took_ms)
        return Tested(ok=True, told=outcome, took_ms=took_ms)

    async def _try(self, message: Outgoing) -> None:
        self.queue.left(self.clock())
        outcome = await self._send(message)
        if isinstance(outcome, Failure):
            given_up = self.queue.failed(message, outcome, self.clock(), random.random())  # noqa: S311 - no secret
            self.failed(message, given_up)
        else:
            self.queue.sent(message)
            self.sent(message)

    async def _send(self, message: Outgoing) -> str | Failure:
        """What the receiver said, or what went wrong."""
        try:
            told = await SENDERS[self.way.channel.kind](self.way, message, self.clock())
        except NotSentError as error:
            self._note_failure(error.failure.reason)
            return error.failure
        except Exception as error:
            log.exception("notice_failed", channel=self.way.channel.name)
            failure = Failure(reason=f"voiceassist failed; its log says why: {type(error).__name__}")
            self._note_failure(failure.reason)
            return failure
        self._note_sent()
        return told

    def _note_sent(self) -> None:
        if self.health.failing_since_s is not None:
            log.info("channel works again", channel=self.way.channel.name)
        self.health.sent += 1
        self.health.sent_s, self.health.failing_since_s, self.health.failure = self.clock(), None, ""

    def _note_failure(self, reason: str) -> None:
        if reason != self.health.failure:
            log.warning("channel fails", channel=self.way.channel.name, reason=reason)
        self.health.failing_since_s = self.health.failing_since_s or self.clock()
        self.health.failure = reason

    async def _sleep(self, seconds: float) -> None:
        """Until something new waits, but no longer."""
        try:
            async with asyncio.timeout(min(seconds, LONGEST_SLEEP_S)):
                await self.woken.wait()
        except TimeoutError:
            pass
        self.woken.clear()
