"""Whether there is memory for another call: what the system has left, less what open calls are going to take.

Recognizers grow while they hear, so a call that begins takes next to nothing and may take hundreds of megabytes a
minute later; without this rule the system ends the whole server then, and every call with it. Never ends a call.
Next: `runtime.py` refuses calls by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path

from voiceassist.asr.cost import resident_bytes

PROC, CONTROL_GROUPS = Path("/proc"), Path("/sys/fs/cgroup")
KILOBYTE = 1024
SPARE_BYTES = 200_000_000  # left over for the database, the screens, and whatever else the machine does


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMemory:
    """The memory of calls, at one moment."""

    open_bytes: int  # what all open calls take once they have been heard for a while
    grown_bytes: int  # what they have taken so far
    available_bytes: int | None  # None: the system does not say

    def fits(self, call_bytes: int) -> bool:
        """Whether there is room for another call, which will take so much."""
        return self.available_bytes is None or call_bytes + SPARE_BYTES <= self.free_bytes

    def room_for(self, call_bytes: int) -> float:
        """How many more such calls fit; infinitely many where the system does not say."""
        if self.available_bytes is None:
            return inf
        return max(0, (self.free_bytes - SPARE_BYTES) // call_bytes)

    @property
    def free_bytes(self) -> int:
        """What is left when open calls have taken all that they will. What ended calls left is used again."""
        return (self.available_bytes or 0) - (self.open_bytes - self.grown_bytes)


def call_memory(open_bytes: int, since_bytes: int) -> CallMemory:
    """Now; `since_bytes`: what the process held when all models were loaded and no call was open."""
    grown_bytes = max(0, resident_bytes() - since_bytes)
    return CallMemory(open_bytes=open_bytes, grown_bytes=grown_bytes, available_bytes=available_bytes())


def available_bytes(proc: Path = PROC, groups: Path = CONTROL_GROUPS) -> int | None:
    """What this process may still take: of the machine, or of the control group (version 2) that it is in."""
    return min([*_of_machine(proc / "meminfo"), *_of_groups(proc / "self" / "cgroup", groups)], default=None)


def _of_machine(meminfo: Path) -> Iterator[int]:
    """The kernel's own estimate (proc_meminfo(5))."""
    for line in _lines(meminfo):
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * KILOBYTE


def _of_groups(own: Path, groups: Path) -> Iterator[int]:
    """Of the group and those around it, as far as they have limits (kernel's cgroup-v2.rst)."""
    for line in _lines(own):
        if line.startswith("0::/"):
            group = groups / line.removeprefix("0::/")
            yield from (left for place in (group, *group.parents) if (left := _left_in(place)) is not None)


def _left_in(group: Path) -> int | None:
    limit, used = _lines(group / "memory.max"), _lines(group / "memory.current")
    if not limit or not used or not limit[0].isdigit():
        return None
    files = (line.split()[1] for line in _lines(group / "memory.stat") if line.startswith("inactive_file "))
    return int(limit[0]) - int(used[0]) + sum(map(int, files))  # files that were read are dropped when need be


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
