"""Events out and in again: what takes records that leave a call, and what a screen's server subscribes to.

Two protocols, so that neither half knows how the other gets its records. Publishing is implemented by the hub,
the bus and the metrics. Subscribing is implemented by the hub for the calls of this process; where several
nodes share a broker, another implementation can read the bus and serve the calls of every node. So the
subscription to a call promises no more than a bus can keep: it is opened first, the call's state is asked for
after that, and a record that the state has already may come again, to be told by its number.
Never keeps or sends anything. Next: `hub.py` implements both; `server/sockets.py` sends what a subscription gives.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import NoReturn, Protocol

from voiceassist.core.screen.wall import WallRow
from voiceassist.errors import PeerError
from voiceassist.events import Record
from voiceassist.wire import ShowWall

Waiting = Record | str  # what is no record is a message of the contract, as text: encoded once for all screens
WallPlace = tuple[int, str]  # started (microseconds since 1970), call_id: newer calls have higher ones


class MaySee(Protocol):
    """Whether somebody may see a call of this agent in this team."""

    def __call__(self, agent_id: str, team: str, *, is_live: bool) -> bool:
        """Whether they may."""


def every_call(agent_id: str, team: str, *, is_live: bool) -> bool:  # noqa: ARG001 - a `MaySee`
    """Of somebody who may see every call."""
    return True


class TooSlowError(PeerError):
    """The client does not read what it asked for."""

    def __init__(self) -> None:
        super().__init__("too_slow", "too many messages unread; reconnect to resume")


class RecordTaker(Protocol):
    """Where records leave for: the hub (screens of this server), the bus (other programs), the metrics."""

    def publish(self, record: Record) -> None:
        """Takes one record on its way out. Never blocks."""


class Subscription(Protocol):
    """What one client asked for, as it comes. It is bounded: whoever does not take what comes is disconnected."""

    async def take(self) -> list[Waiting]:
        """All that waits, oldest first within each call; waits for the first."""

    async def until_too_slow(self) -> NoReturn:
        """Waits until something could not be kept, then raises TooSlowError: the client must connect anew."""


class RowSubscription(Subscription, Protocol):
    """What one screen of the wall shows. It is bounded by the wall: what waited is sent as it is then."""

    def begin(self, boot: str, follow_up_days: int) -> Iterator[str]:
        """The snapshot, in pieces; nothing is taken before the last of them."""

    def change(self, show: ShowWall) -> None:
        """It shows something else from now on; what it lacks comes at once."""


class Subscriptions(Protocol):
    """Where screens get their records from, whichever node has the call."""

    def older(self, may_see: MaySee = every_call) -> int:
        """How many finished calls with unresolved alerts are not among the wall's rows, of those one may see."""

    def oldest_finished(self) -> WallPlace | None:
        """The place of the oldest finished call on the wall; those that are only counted come after it."""

    def watching_call(self, call_id: str) -> AbstractContextManager[Subscription]:
        """The records of one call from now on, partials included, and what tells of the call that continues it."""

    def continuation_of(self, call_id: str) -> str | None:
        """The live call in which this one goes on after it broke off."""

    def watching_wall(
        self, agent_id: str | None = None, may_see: MaySee = every_call
    ) -> AbstractContextManager[tuple[Subscription, tuple[WallRow, ...]]]:
        """The records for the wall from now on, and its rows at this moment; `agent_id`: of that agent's calls.

        Nothing is told of a row that may not be seen, and it is not counted.
        """

    def watching_rows(self, may_see: MaySee, show: ShowWall) -> AbstractContextManager[RowSubscription]:
        """Rows for one screen of the wall: only those that it shows, and may see."""
