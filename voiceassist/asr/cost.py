"""What a loaded model costs: the time it took to load, and the memory it keeps.

Never more than an estimate: whatever else the process did meanwhile is counted too. Next: every engine shows it.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

STATM = Path("/proc/self/statm")  # proc(5): sizes in pages, the second is what is resident
EngineT = TypeVar("EngineT")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCost:
    """Of one engine."""

    memory_bytes: int = 0  # by which the process grew; 0 where the system does not say
    load_ms: int = 0


NOTHING = LoadCost()


def measured(load: Callable[[], EngineT]) -> tuple[EngineT, LoadCost]:
    """What `load` gives, and what that cost."""
    before, started_s = resident_bytes(), time.perf_counter()
    loaded = load()
    load_ms = round((time.perf_counter() - started_s) * 1000)
    return loaded, LoadCost(memory_bytes=max(0, resident_bytes() - before), load_ms=load_ms)


def resident_bytes() -> int:
    """How much memory this process holds now; 0 where the system does not say."""
    if not STATM.exists():
        return 0
    return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
