"""Bytes as people read them, and whether a disk has room for them."""

import shutil
from pathlib import Path

from voiceassist.errors import ModelError

STEP = 1000  # as vendors and disks count
UNITS = ("bytes", "kB", "MB", "GB", "TB")


def shown(size: int) -> str:
    """Such as 41.2 MB."""
    amount, unit = float(size), 0
    while amount >= STEP and unit < len(UNITS) - 1:
        amount, unit = amount / STEP, unit + 1
    return f"{size} bytes" if unit == 0 else f"{amount:.1f} {UNITS[unit]}"


def check_room(folder: Path, needed: int) -> None:
    """Raises ModelError when the disk of `folder` has less than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            f"{folder} has {shown(free)} free, and {shown(needed)} are needed (what is still to come, and what it "
            "unpacks to): make room, or choose another folder with --models-dir"
        )
