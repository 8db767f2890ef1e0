"""How urgent a run of the decode pool is, and what its call has had of the pool so far.

Data only; never decides who comes first. Next: `decode_order.py` does.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from math import inf


class Rank(IntEnum):
    """What a run is for, the most urgent first."""

    NEEDED = 0  # audio of a live call taken in, its Finals
    OPEN_CUE = 1  # a Partial that confirms a cue, or shows a card
    PARTIAL = 2
    BULK = 3  # nobody waits for it now: a call that is over, a recording, words for a program


@dataclass(slots=True, kw_only=True, eq=False)
class Share:
    """What one call, or one piece of bulk work, has had of the pool: its own clock, in seconds of decoding."""

    is_bulk: bool = False
    # An alert or a refusal is open: what is said next matters more than in other calls.
    is_pressing: bool = False
    used_s: float = 0.0  # on the clock of all (`decode_order.py`)

    def priority(self, rank: Rank, due_s: float) -> "Priority":
        """Of one of its runs."""
        return Priority(
            Rank.BULK if self.is_bulk else rank,
            due_s,
            share=self,
            is_pressing=self.is_pressing and not self.is_bulk,
        )


@dataclass(frozen=True, slots=True)
class Priority:
    """Of one run."""

    rank: Rank
    due_s: float  # monotonic seconds when it could have been done at the earliest
    share: Share = field(default_factory=Share, kw_only=True)  # whose turn it is; by default nobody has had less
    is_pressing: bool = field(default=False, kw_only=True)


AT_ONCE = Priority(Rank.NEEDED, -inf)  # frees memory
