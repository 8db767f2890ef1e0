"""The lines of one call: which connection carries each leg, and how long a leg is waited for whose line broke off.

    a leg is     a connection takes it             its line breaks off   it is hung up   its time is over
    free         carried                           -                     -               -
    carried      carried anew, or `leg_taken`      lost                  gone            -
    lost         carried; by others `not_theirs`   lost                  gone            gone
    gone         carried                           -                     -               -

A lost leg belongs to whoever carried it, and is back with its first audio; until then its time runs on, but nobody
who has just connected is given up. A connection that carries a leg loses it to a newer one with the same
credentials once nothing has come from it for a second: then it is dead or dying.
Never reads a clock and never touches audio. Next: `feed.py` tells the call what has changed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from voiceassist.errors import IngestError
from voiceassist.events import Speaker

# Whoever speaks sends every 20 ms, and every 400 ms in a pause where a codec saves packets (RFC 6716, DTX).
DYING_AFTER_S = 1.0


class Carrier(Protocol):
    """A connection that carries legs."""

    @property
    def who(self) -> str:
        """Its credentials."""

    @property
    def has_begun(self) -> bool:
        """Whether it has sent audio."""

    def unheard_s(self, now_s: float) -> float:
        """For how long nothing has come from it, on purpose or not."""


C = TypeVar("C", bound=Carrier)


@dataclass(slots=True, eq=False)
class _Line(Generic[C]):
    carrier: C | None = None
    who: str = ""  # of the carrier, or of the one that is waited for
    until_s: float | None = None  # up to when it is waited for; None: it is not lost
    is_gone: bool = False

    @property
    def is_lost(self) -> bool:
        return self.until_s is not None


@dataclass(slots=True, kw_only=True)
class Lines(Generic[C]):
    """All legs of one call."""

    call_id: str
    legs: tuple[Speaker, ...]
    grace_s: float  # how long a lost line is waited for; 0: not at all
    _lines: dict[Speaker, _Line[C]] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = {leg: _Line() for leg in self.legs}

    @property
    def carriers(self) -> set[C]:
        """The connections of the call."""
        return {line.carrier for line in self._lines.values() if line.carrier is not None}

    @property
    def are_all_carried(self) -> bool:
        """Whether every leg has a connection that is well: nobody else need look at the time."""
        return all(line.carrier is not None and not line.is_lost for line in self._lines.values())

    @property
    def are_over(self) -> bool:
        """Whether no leg is carried or waited for."""
        return all(line.carrier is None and not line.is_lost for line in self._lines.values())

    def carrier_of(self, leg: Speaker) -> C | None:
        """The connection that carries a leg."""
        return self._lines[leg].carrier

    def is_lost(self, leg: Speaker) -> bool:
        """Whether the leg is waited for."""
        return self._lines[leg].is_lost

    def take(self, legs: Collection[Speaker], carrier: C, now_s: float) -> set[C]:
        """A connection takes these legs; gives those that it displaces. Raises IngestError."""
        for leg in legs:
            self._check(leg, carrier.who, now_s)
        displaced = {other for leg in legs if (other := self._lines[leg].carrier) is not None}
        for leg in legs:
            self._lines[leg].carrier, self._lines[leg].who = carrier, carrier.who
        return displaced

    def lose(self, carrier: C, now_s: float, *, stays: bool = False) -> list[Speaker]:
        """A line breaks off: the legs that are waited for from now on. `stays`: it may come back by itself."""
        lost = []
        for leg, line in self._of(carrier):
            if not stays:
                line.carrier = None
            if not line.is_lost and carrier.has_begun and self.grace_s:
                line.until_s = now_s + self.grace_s
                lost.append(leg)
        return lost

    def hear(self, carrier: C, legs: Iterable[Speaker]) -> list[Speaker]:
        """Audio comes: the legs that were lost or gone, and are back."""
        back = [leg for leg, line in self._of(carrier) if leg in legs and (line.is_lost or line.is_gone)]
        for leg in back:
            self._lines[leg].until_s, self._lines[leg].is_gone = None, False
        return back

    def drop(self, carrier: C) -> list[Speaker]:
        """A connection is done with its legs: those that are gone, and were there before."""
        gone = [leg for leg, line in self._of(carrier) if line.is_lost or carrier.has_begun]
        for _leg, line in self._of(carrier):
            line.carrier = None
        self._give_up(gone)
        return gone

    def pass_time(self, now_s: float) -> list[Speaker]:
        """The legs that have been waited for long enough, and are gone."""
        gone = [leg for leg, line in self._lines.items() if self._is_due(line, now_s)]
        self._give_up(gone)
        return gone

    def _give_up(self, legs: Iterable[Speaker]) -> None:
        for leg in legs:
            self._lines[leg] = _Line(is_gone=True)

    def _is_due(self, line: _Line[C], now_s: float) -> bool:
        is_connecting = line.carrier is not None and not line.carrier.has_begun
        return line.until_s is not None and now_s >= line.until_s and not is_connecting

    def _of(self, carrier: C) -> list[tuple[Speaker, _Line[C]]]:
        return [(leg, line) for leg, line in self._lines.items() if line.carrier is carrier]

    def _check(self, leg: Speaker, who: str, now_s: float) -> None:
        if leg not in self._lines:
            raise IngestError("bad_legs", f"call {self.call_id!r} has no leg of the {leg}")
        line = self._lines[leg]
        if line.who != who and (line.carrier is not None or line.is_lost):
            raise not_theirs(self.call_id)
        if line.carrier is not None and line.carrier.unheard_s(now_s) < DYING_AFTER_S:
            raise IngestError(
                "leg_taken",
                f"call {self.call_id!r} has a connection that carries the {leg} already; if that one is dead, try"
                " again in a second",
            )


def not_theirs(call_id: str) -> IngestError:
    """The same answer, whatever is known of the call."""
    return IngestError(
        "not_theirs", f"call id {call_id!r} cannot be used with these credentials; choose another `call_id`"
    )
