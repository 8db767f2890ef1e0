"""How many cores this process may use: of the machine, less what its affinity and its control groups leave it.

A container that may use two cores of a machine with 64 sees all 64 and is stopped for most of each tenth of a
second when it uses more than two. Never caches: limits may be changed while we run.
Next: `asr/pool.py` has as many threads, and `asr/capacity.py` takes in as many calls.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

OWN_GROUPS = Path("/proc/self/cgroup")  # cgroups(7): a line "number:controllers:path" for each hierarchy
GROUPS = Path("/sys/fs/cgroup")
UNIFIED = ("", "unified")  # where version 2 is mounted: alone, or beside version 1
LEAST = 0.1  # of a core; less than that is no limit that anybody means


def usable_cores(own: Path = OWN_GROUPS, groups: Path = GROUPS) -> float:
    """Cores whose whole time this process may take; a fraction where a control group gives only that."""
    return max(LEAST, min([float(_allowed()), *_quotas(own, groups)]))


def _allowed() -> int:
    """By affinity (`taskset`, cpusets), where the system has that."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _quotas(own: Path, groups: Path) -> Iterator[float]:
    """The limits of all groups that the process is in."""
    for line in _lines(own):
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            for mount in UNIFIED:
                yield from _each(groups / mount, path, _of_version_2)
        elif "cpu" in controllers.split(","):
            for mount in dict.fromkeys((controllers, "cpu")):
                yield from _each(groups / mount, path, _of_version_1)


def _each(mount: Path, path: str, quota_of: Callable[[Path], float | None]) -> Iterator[float]:
    """Of a group and those around it. A container may see its own group as the outermost one."""
    group = mount / path.lstrip("/")
    around = [place for place in (group, *group.parents) if place.is_relative_to(mount)]
    yield from (quota for place in around if (quota := quota_of(place)) is not None)


def _of_version_2(group: Path) -> float | None:
    """`cpu.max` is "quota period", in microseconds, or "max period" (kernel's cgroup-v2.rst)."""
    match " ".join(_lines(group / "cpu.max")).split():
        case [quota, period]:
            return _cores(quota, period)
    return None


def _of_version_1(group: Path) -> float | None:
    """-1 is no limit (kernel's scheduler/sched-bwc.rst)."""
    quota, period = _lines(group / "cpu.cfs_quota_us"), _lines(group / "cpu.cfs_period_us")
    return _cores(quota[0], period[0]) if quota and period else None


def _cores(quota: str, period: str) -> float | None:
    if not quota.isdigit() or not period.isdigit() or not int(period):
        return None
    return int(quota) / int(period) or None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []
