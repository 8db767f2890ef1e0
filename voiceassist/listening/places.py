"""How many may listen in at once. A place is taken from the offer on: a flood of offers fills places, no more.

Never waits for a place: who finds none is told so. Next: `sessions.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from voiceassist.errors import ListeningError

OF_CALL = 25  # listeners: a team with its trainers
OF_SERVER = 100  # what one costs: tests/bench/bench_listeners.py
WAITING_OF_ONE = 5  # offers of one person that are not connected: more are a program that went wrong

FULL_CALL = "{most} people listen to this call already, which is as many as may; try again when one has left"
FULL_SERVER = "{most} people listen on this server already, which is as many as may; try again when one has left"
TOO_MANY = "{most} offers of yours wait for their connections already; close other pages, or wait some seconds"


@dataclass(slots=True, kw_only=True, eq=False)
class ListeningPlace:
    """Somebody's place among those who listen."""

    call_id: str
    who: str
    is_connected: bool = False


@dataclass(slots=True)
class Places:
    """Those that are taken."""

    taken: list[ListeningPlace] = field(default_factory=list)

    @contextmanager
    def taking(self, call_id: str, who: str) -> Iterator[ListeningPlace]:
        """A place; given back when the block fails, and by `give_back` otherwise. Raises ListeningError."""
        self._check(call_id, who)
        place = ListeningPlace(call_id=call_id, who=who)
        self.taken.append(place)
        try:
            yield place
        except BaseException:  # also when the request is given up
            self.give_back(place)
            raise

    def give_back(self, place: ListeningPlace) -> None:
        """The next one may have it."""
        self.taken.remove(place)

    def _check(self, call_id: str, who: str) -> None:
        if len(self.taken) >= OF_SERVER:
            raise ListeningError("server_full", FULL_SERVER.format(most=OF_SERVER))
        if sum(place.call_id == call_id for place in self.taken) >= OF_CALL:
            raise ListeningError("call_full", FULL_CALL.format(most=OF_CALL))
        if sum(place.who == who and not place.is_connected for place in self.taken) >= WAITING_OF_ONE:
            raise ListeningError("too_many_waiting", TOO_MANY.format(most=WAITING_OF_ONE))
