"""How often somebody may try a password, by login and by address. Keeps it in memory; time is given.

An attempt counts before it is judged, so that many at once are no way around; one that was right is taken back.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network

WITHIN_S = 900.0
# Attempts within that time. Of one login from one address few; of an address more, since a whole office may share
# it; of one login from everywhere some, so that many machines do not help.
FROM_ADDRESS_FOR_LOGIN = 5
FROM_ADDRESS = 100
FOR_LOGIN = 50
COUNTED = 20_000  # overflow rule: what was tried longest ago is forgotten; some 10 MB


@dataclass(slots=True)
class Throttle:
    """Counts attempts."""

    _times: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def attempt(self, login: str, address: str, now_s: float) -> float:
        """Counts one; returns how long to wait instead of trying, 0.0: it may be tried."""
        limits = _limits(login, address)
        wait_s = max(self._wait_s(key, limit, now_s) for key, limit in limits)
        if not wait_s:
            for key, limit in limits:
                self._times.setdefault(key, deque(maxlen=limit)).append(now_s)
                self._times.move_to_end(key)
            self._forget()
        return wait_s

    def succeeded(self, login: str, address: str) -> None:
        """Takes the last attempt back, and all of this login from this address."""
        (first, _), *others = _limits(login, address)
        self._times.pop(first, None)
        self._take_back(key for key, _ in others)

    def take_back(self, login: str, address: str) -> None:
        """Takes the last attempt back: nothing was tried after all."""
        self._take_back(key for key, _ in _limits(login, address))

    def _take_back(self, keys: Iterable[str]) -> None:
        for key in keys:
            if times := self._times.get(key):
                times.pop()

    def _wait_s(self, key: str, limit: int, now_s: float) -> float:
        times = self._times.get(key)
        return max(0.0, times[0] + WITHIN_S - now_s) if times and len(times) == limit else 0.0

    def _forget(self) -> None:
        while len(self._times) > COUNTED:
            self._times.popitem(last=False)


def _limits(login: str, address: str) -> tuple[tuple[str, int], ...]:
    near = neighbourhood(address)
    return (
        (f"both {near} {login}", FROM_ADDRESS_FOR_LOGIN),
        (f"address {near}", FROM_ADDRESS),
        (f"login {login}", FOR_LOGIN),
    )


def neighbourhood(address: str) -> str:
    """What counts as one peer: of IPv6 the network, since one machine has as many addresses as it likes."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address
