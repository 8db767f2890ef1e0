"""Sends summaries of calls to the webhook of the settings, signed, and tells in the call whether they arrived.

A summary is tried again like a notice, until the receiver has it, says that it will never take it, or time is up.
At most MOST_WAITING wait at a time, each of at most LONGEST_BODY bytes. Overflow rule: the next one is refused to
whoever sends it. What was deleted meanwhile is not sent. A server that stops while one waits says nothing about
it: `under_way` tells such a one from those that are under way.
Next: `notices/web.py` posts; the call's journal has what became of it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from voiceassist.clock import local_now
from voiceassist.config import Settings
from voiceassist.core.screen.state import replay
from voiceassist.errors import ConflictError
from voiceassist.events import DeliveryOutcome, Record, SummarySent
from voiceassist.notices.bodies import encoded
from voiceassist.notices.channel_queue import LONGEST_ASKED_S, retry_s
from voiceassist.notices.sending import NotSentError, Way, tls_of
from voiceassist.notices.web import post_signed
from voiceassist.notify_settings import ChannelSettings
from voiceassist.store.store import Store

log = structlog.get_logger()

MOST_WAITING = 100
AT_ONCE = 4  # connections to the receiver
LONGEST_BODY = 300_000  # bytes; a summary of 200 lines has some 30,000
DELETED = "the call, or its words, were deleted before it arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingSummary:
    """One summary on its way."""

    call_id: str
    delivery: str  # the message's id, the same in every try
    by: str  # who sends it
    body: bytes  # JSON


@dataclass(slots=True, kw_only=True)
class SummaryDesk:
    """All summaries that are on their way."""

    way: Way
    give_up_after_s: float
    store: Store
    publish: Callable[[Record], None]
    spawn: Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]]
    clock: Callable[[], float]  # seconds since 1970
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep  # between two tries, seconds
    waiting: dict[str, OutgoingSummary] = field(default_factory=dict)  # by delivery
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    @property
    def place(self) -> str:
        """The host that summaries go to."""
        return self.way.channel.place

    def under_way(self) -> frozenset[str]:
        """The deliveries that this server is still trying to send.

        Ask before the call's records are read: what has ended by then has its end among them.
        """
        return frozenset(self.waiting)

    async def send(self, summary: OutgoingSummary) -> None:
        """Tells in the call that it is on its way, and begins. Raises ConflictError, ActionError."""
        if len(self.waiting) >= MOST_WAITING:
            told = f"{MOST_WAITING} summaries wait for {self.place} already; try again when it answers"
            raise ConflictError("summaries_full", told)
        if any(one.call_id == summary.call_id for one in self.waiting.values()):
            raise ConflictError("summary_under_way", "the summary of this call is on its way already")
        self.waiting[summary.delivery] = summary
        try:
            await self._tell(summary, "waiting", "")
        except BaseException:
            del self.waiting[summary.delivery]
            raise
        self.spawn(self._deliver(summary))

    def forget(self, call_ids: Iterable[str]) -> None:
        """Nothing of these calls leaves any more."""
        gone = frozenset(call_ids)
        self.waiting = {key: one for key, one in self.waiting.items() if one.call_id not in gone}

    async def _deliver(self, summary: OutgoingSummary) -> None:
        try:
            outcome, told = await self._sent(summary)
            if summary.delivery in self.waiting:
                await self._tell(summary, outcome, told)
        finally:
            self.waiting.pop(summary.delivery, None)

    async def _sent(self, summary: OutgoingSummary) -> tuple[DeliveryOutcome, str]:
        """What became of it, in the end."""
        until_s, tries = self.clock() + self.give_up_after_s, 0
        while True:
            if not await self._may_leave(summary):
                return "failed", DELETED
            try:
                async with self.slots:
                    return "arrived", await post_signed(self.way, summary.delivery, summary.body, self.clock())
            except NotSentError as error:
                failure, tries = error.failure, tries + 1
            wait_s = max(retry_s(tries, random.random()), min(failure.after_s, LONGEST_ASKED_S))  # noqa: S311
            log.info("summary not sent", call_id=summary.call_id, tries=tries, reason=failure.reason)
            if failure.is_final or self.clock() + wait_s > until_s:
                return "failed", failure.reason
            await self.pause(wait_s)

    async def _may_leave(self, summary: OutgoingSummary) -> bool:
        """Whether the call and its words are still there."""
        if summary.delivery not in self.waiting:
            return False
        state = await self.store.state(summary.call_id)
        return state is not None and all(part.part != "transcript" for part in state.deleted)

    async def _tell(self, summary: OutgoingSummary, outcome: DeliveryOutcome, told: str) -> None:
        async with self.store.journals.continued(summary.call_id, self.publish) as journal:
            records = await self.store.records(summary.call_id)
            if records:
                sent = SummarySent(
                    at_ms=replay(records).at_ms,
                    by=summary.by,
                    delivery=summary.delivery,
                    place=self.place,
                    outcome=outcome,
                    told=told,
                    done_at=local_now().isoformat(timespec="milliseconds"),
                )
                await journal.write([sent])


def summary_way(settings: Settings) -> Way | None:
    """Where summaries go; None: nowhere. Reads certificates, so it blocks. Raises ConfigError."""
    summary = settings.summary
    if summary.webhook is None:
        return None
    channel = ChannelSettings(name="summary", kind="webhook", url=summary.webhook, secret=summary.secret)
    tls = tls_of(summary.ca_file, "summary.ca_file")
    return Way(channel=replace(channel, ca_file=summary.ca_file), settings=settings, tls=tls)


def body_of(id_: str, at: str, data: dict[str, Any]) -> bytes:
    """What the receiver gets, in the form of our other messages. Raises ConflictError for one that is too long."""
    body = encoded({"type": "call.summary", "timestamp": at, "id": id_, "data": data})
    if len(body) > LONGEST_BODY:
        told = f"the summary has {len(body)} bytes, more than {LONGEST_BODY}: shorten it"
        raise ConflictError("summary_too_long", told)
    return body
