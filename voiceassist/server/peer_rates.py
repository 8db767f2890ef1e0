"""How often one peer may begin something: a token bucket for each. Time is given, and nothing is ever cut.

Only what begins is counted: a request, a socket's handshake. Next: `gate.py` answers 429.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

PEERS = 10_000  # overflow rule: who was quiet longest is forgotten; some 2 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRate:
    """So many at once, then so many a second."""

    burst: int
    per_s: float

    @property
    def fills_in_s(self) -> float:
        """How long an empty bucket takes to be full."""
        return self.burst / self.per_s


@dataclass(slots=True)
class Buckets:
    """One bucket for every peer, each kept as the time at which it is full again."""

    rate: PeerRate
    _full_at_s: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def take(self, peer: str, now_s: float) -> float:
        """Takes one out of a peer's bucket; returns how long to wait instead, 0.0: go on."""
        full_at_s = max(self._full_at_s.get(peer, now_s), now_s) + 1 / self.rate.per_s
        wait_s = full_at_s - now_s - self.rate.fills_in_s
        if wait_s > 1e-6:  # noqa: PLR2004 - what adding many fractions leaves
            return wait_s
        self._full_at_s[peer] = full_at_s
        self._full_at_s.move_to_end(peer)
        if len(self._full_at_s) > PEERS:
            self._full_at_s.popitem(last=False)
        return 0.0
