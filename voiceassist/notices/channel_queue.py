"""One channel's deliveries, from when they are known to when they are sent or given up. Pure: no clock, no socket.

Overflow rule: above `MOST_WAITING` the least urgent of the oldest is given up, as a dead letter. What was tried
least goes first, so that news never waits behind what fails; among that, the most urgent. At most `per_minute`
messages leave in any minute, tries included: the last that a minute allows is one summary of all that wait. A
summary that was tried once stays what it is, under its id.
Next: `channel.py` sends what `next_message` says, and tells how it went.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from voiceassist.core.call.incidents import gravity
from voiceassist.notices.notice import Delivery
from voiceassist.notices.rules import group_id
from voiceassist.notify_settings import ChannelSettings

MOST_WAITING = 1_000  # some 5 MB at the texts' longest
MINUTE_S = 60.0
HOUR_S = 3600.0
FIRST_RETRY_S = 5.0
LAST_RETRY_S = 900.0
LONGEST_ASKED_S = HOUR_S  # a receiver may ask for more time, not for ever
NO_ROOM = "too many were waiting for this channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is sent in one go: one delivery, or a summary of several."""

    id: str
    deliveries: tuple[Delivery, ...]

    @property
    def reached(self) -> tuple[str, ...]:
        """The receivers of a mail that have it already: the same for all of a summary."""
        return self.deliveries[0].reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a try went wrong."""

    reason: str
    is_final: bool = False  # trying again will not help
    after_s: float = 0  # the receiver asked not to be tried before
    reached: tuple[str, ...] = ()


class ChannelQueue:
    """Bounded; every delivery in it waits to be tried or is being tried."""

    def __init__(self, settings: ChannelSettings) -> None:
        self.waiting: dict[str, Delivery] = {}  # by id
        self._settings = settings
        self._sent_s: deque[float] = deque(maxlen=settings.per_minute)  # when the last messages left
        self._paused_until_s = 0.0

    def put(self, delivery: Delivery) -> Delivery | None:
        """Takes a delivery; returns the one that was given up for it. One that is known is not taken twice."""
        self.waiting.setdefault(delivery.id, delivery)
        if len(self.waiting) <= MOST_WAITING:
            return None
        least = min(self.waiting.values(), key=lambda one: (gravity(one.notice.level), one.from_s))
        return replace(self.waiting.pop(least.id), reason=NO_ROOM)

    def take_back(self, is_meant: Callable[[Delivery], bool]) -> list[Delivery]:
        """Removes the deliveries that are meant, and returns them."""
        gone = [one for one in self.waiting.values() if is_meant(one)]
        for one in gone:
            del self.waiting[one.id]
        return gone

    def next_message(self, now_s: float) -> Outgoing | float | None:
        """What to send now; or the time when to ask again; None: nothing waits."""
        self._mend_times(now_s)
        ready = [one for one in self.waiting.values() if one.due_s <= now_s]
        if not ready:
            return min((one.due_s for one in self.waiting.values()), default=None)
        free_s = max(self._paused_until_s, self._free_s(now_s))
        if free_s > now_s:
            return free_s
        first = min(ready, key=_order)
        if first.group:
            return Outgoing(id=first.group, deliveries=self._of_group(first.group))
        fresh = [one for one in ready if not one.group and not one.tries]
        if first.tries or len(fresh) == 1 or self._left(now_s) > 1:
            return Outgoing(id=first.id, deliveries=(first,))
        return self._summary(fresh)

    def _mend_times(self, now_s: float) -> None:
        """What was put off for longer than ever happens was put off before the clock was put back."""
        latest_s = now_s + LONGEST_ASKED_S
        self._paused_until_s = self._paused_until_s if self._paused_until_s <= latest_s else now_s
        for one in [one for one in self.waiting.values() if one.tries and one.due_s > latest_s]:
            self.waiting[one.id] = replace(one, due_s=now_s)

    def left(self, now_s: float) -> None:
        """A message is on its way: it counts, however it ends."""
        self._sent_s.append(now_s)

    def sent(self, message: Outgoing) -> None:
        """The receiver has it."""
        for one in message.deliveries:
            self.waiting.pop(one.id, None)

    def failed(self, message: Outgoing, failure: Failure, now_s: float, jitter: float) -> list[Delivery]:
        """It is tried again later; returns the deliveries that are given up. `jitter`: 0..1.

        One that was taken back meanwhile stays away.
        """
        self._paused_until_s = now_s + min(failure.after_s, LONGEST_ASKED_S)
        tried = [self._after(one, failure, now_s, jitter) for one in message.deliveries if one.id in self.waiting]
        given_up = [one for one in tried if failure.is_final or self._is_too_old(one)]
        self.waiting |= {one.id: one for one in tried}
        for one in given_up:
            del self.waiting[one.id]
        return given_up

    def _after(self, one: Delivery, failure: Failure, now_s: float, jitter: float) -> Delivery:
        tries = one.tries + 1
        wait_s = max(retry_s(tries, jitter), min(failure.after_s, LONGEST_ASKED_S))
        return replace(one, tries=tries, due_s=now_s + wait_s, reason=failure.reason, reached=failure.reached)

    def _is_too_old(self, one: Delivery) -> bool:
        return one.due_s > one.from_s + self._settings.give_up_after_h * HOUR_S

    def _left(self, now_s: float) -> int:
        """How many messages the minute until now has left."""
        return self._settings.per_minute - sum(now_s - MINUTE_S < at_s <= now_s for at_s in self._sent_s)

    def _free_s(self, now_s: float) -> float:
        """When the next message may leave; a clock that was put back stops nothing."""
        return now_s if self._left(now_s) > 0 else self._sent_s[0] + MINUTE_S

    def _of_group(self, group: str) -> tuple[Delivery, ...]:
        return tuple(one for one in self.waiting.values() if one.group == group)

    def _summary(self, fresh: Sequence[Delivery]) -> Outgoing:
        group = group_id(one.id for one in fresh)
        members = tuple(replace(one, group=group) for one in sorted(fresh, key=_order))
        self.waiting |= {one.id: one for one in members}
        return Outgoing(id=group, deliveries=members)


def retry_s(tries: int, jitter: float) -> float:
    """Seconds until the next try: doubling, with `jitter` 0..1 off up to half."""
    longest = min(LAST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(tries - 1, 16))
    return longest * (1 - jitter / 2)


def _order(one: Delivery) -> tuple[int, int, float, str]:
    return one.tries, -gravity(one.notice.level), one.from_s, one.id
