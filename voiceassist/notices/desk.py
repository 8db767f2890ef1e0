"""Takes every record on its way out, and has what is due of it leave by the channels.

Nothing live waits for it: `publish` only puts deliveries into queues in memory. Each channel sends in a task of
its own, and the ledger stores beside them. Who acknowledges, resolves or retracts an incident takes back what of
it has not left yet, for channels that do not follow changes.
Next: `runtime.py` publishes to it; `server/notices.py` shows it to admins.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from pydantic import TypeAdapter, ValidationError

from voiceassist.clock import local_now
from voiceassist.core.screen.wall import WallRow
from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.events import PartDeleted, Record
from voiceassist.notices.channel import AlertChannel, Tested
from voiceassist.notices.channel_queue import HOUR_S, Outgoing
from voiceassist.notices.dead_letters import DeadLetters, revived
from voiceassist.notices.incidents import IncidentKey, Incidents
from voiceassist.notices.ledger import Ledger
from voiceassist.notices.notice import Delivery, Notice
from voiceassist.notices.rules import SETTLING, deliveries
from voiceassist.notices.sending import Way
from voiceassist.store.notices import StoredNotice, StoredNotices

log = structlog.get_logger()

NO_CHANNEL = "the configuration has no channel of this name any more"
NOT_RUNNING = "voiceassist was not running while it was due"

_DELIVERY: TypeAdapter[Delivery] = TypeAdapter(Delivery)


class Notices:
    """Of one server process. `stored`: what an earlier one left."""

    def __init__(
        self,
        ways: Iterable[Way],
        store: StoredNotices,
        stored: Sequence[StoredNotice] = (),
        *,
        rows: Mapping[str, WallRow],
        is_sample: Callable[[str], bool] = lambda _: False,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        self.dead = DeadLetters()
        self.channels = {way.channel.name: self._channel(way) for way in ways}
        self._incidents = Incidents(rows)
        self._ledger = Ledger(store, {one.id for one in stored})
        self._is_sample = is_sample
        self._now = now
        for one in stored:
            self._resume(one)

    def _channel(self, way: Way) -> AlertChannel:
        return AlertChannel(way=way, clock=self._now_s, sent=self._sent, failed=self._failed)

    def _now_s(self) -> float:
        return self._now().timestamp()

    def begin_with(self, rows: Iterable[WallRow]) -> None:
        """The wall's rows of before the server started."""
        self._incidents.begin_with(rows)

    def publish(self, record: Record) -> None:
        """Has what is due of one record leave; never blocks."""
        if isinstance(record.event, PartDeleted) and record.event.part == "transcript":
            self.forget([record.call_id])
            return
        now = self._now()
        notice = self._incidents.told(record, now.isoformat(timespec="seconds"))
        if notice is None:
            return
        if notice.about != "raised":
            self._take_back(notice)
        channels = [channel.way.channel for channel in self.channels.values()]
        is_sample = self._is_sample(record.call_id)
        for delivery in deliveries(channels, notice, now, record.seq, is_sample=is_sample):
            self._put(delivery)

    async def run(self) -> None:
        """Sends and stores until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ledger.run())
            for channel in self.channels.values():
                tasks.create_task(channel.run())

    def forget(self, call_ids: Iterable[str]) -> None:
        """Nothing of these calls leaves any more, or stays here."""
        gone = frozenset(call_ids)
        self._incidents.forget(gone)
        self._drop(lambda delivery: delivery.notice.call_id in gone)

    async def test(self, name: str) -> Tested:
        """Sends a test message by this channel, now. Raises UnknownNameError, ConflictError."""
        return await self._of_name(name).test(self._now().isoformat(timespec="seconds"))

    def retry(self, ids: Iterable[str]) -> int:
        """These dead letters are due again; returns how many. Raises ConflictError where the channel is gone."""
        letters = [self.dead.letters[one] for one in ids if one in self.dead.letters]
        if gone := next((one.channel for one in letters if one.channel not in self.channels), None):
            raise ConflictError(
                "channel_gone", f"there is no channel {gone!r} any more: discard what waits for it"
            )
        for letter in self.dead.take(one.id for one in letters):
            self._put(revived(letter, self._now_s()))
        return len(letters)

    def discard(self, ids: Iterable[str]) -> int:
        """These dead letters are gone; `take_back` undoes it. Returns how many."""
        gone = self.dead.discard(ids)
        for letter in gone:
            self._ledger.drop(letter)
        return len(gone)

    def take_back(self, ids: Iterable[str]) -> int:
        """What was discarded is there again; returns how many."""
        letters = self.dead.take_back(ids)
        for letter in letters:
            self._bury(letter)
        return len(letters)

    def _of_name(self, name: str) -> AlertChannel:
        if name not in self.channels:
            raise UnknownNameError("unknown_channel", f"there is no channel {name!r}")
        return self.channels[name]

    def _resume(self, stored: StoredNotice) -> None:
        """What was under way goes on, unless its time is over."""
        try:
            delivery = _DELIVERY.validate_python(stored.body)
        except ValidationError as error:
            log.warning("a stored notice cannot be read", id=stored.id, error=error.errors()[0]["msg"])
            return
        channel = self.channels.get(delivery.channel)
        if delivery.died_s is not None:
            self._bury(delivery)
        elif channel is None:
            self._bury(replace(delivery, reason=NO_CHANNEL))
        elif self._now_s() > delivery.from_s + channel.way.channel.give_up_after_h * HOUR_S:
            self._bury(replace(delivery, reason=delivery.reason or NOT_RUNNING))
        else:
            self._put(delivery)

    def _put(self, delivery: Delivery) -> None:
        channel = self.channels[delivery.channel]
        self._ledger.keep(delivery)
        if given_up := channel.queue.put(delivery):
            self._bury(given_up)
        channel.woken.set()

    def _bury(self, delivery: Delivery) -> None:
        letter, lost = self.dead.bury(delivery, self._now_s())
        self._ledger.keep(letter)
        if lost:
            self._ledger.drop(lost)

    def _sent(self, message: Outgoing) -> None:
        for one in message.deliveries:
            self._ledger.drop(one)

    def _failed(self, message: Outgoing, given_up: list[Delivery]) -> None:
        waiting = self.channels[message.deliveries[0].channel].queue.waiting
        for one in message.deliveries:
            if one.id in waiting:
                self._ledger.keep(waiting[one.id])
        for one in given_up:
            log.warning("notice_given_up", channel=one.channel, call_id=one.notice.call_id, reason=one.reason)
            self._bury(one)

    def _take_back(self, notice: Notice) -> None:
        """What has not left yet and is over; a channel that follows changes loses only the steps."""
        if notice.about == "changed" and notice.state not in SETTLING:
            return
        key = notice.call_id, notice.incident
        for channel in self.channels.values():
            follows = channel.way.channel.changes
            for one in channel.queue.take_back(partial(_is_over, key=key, follows=follows)):
                self._ledger.drop(one)

    def _drop(self, is_meant: Callable[[Delivery], bool]) -> None:
        gone = self.dead.forget(is_meant)
        for channel in self.channels.values():
            gone += channel.queue.take_back(is_meant)
        for one in gone:
            self._ledger.drop(one)


def _is_over(delivery: Delivery, *, key: IncidentKey, follows: bool) -> bool:
    notice = delivery.notice
    return (notice.call_id, notice.incident) == key and (notice.about == "waiting" or not follows)
