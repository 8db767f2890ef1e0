"""How work on models tells how far it is. Nothing here does anything.

Next: `pull.py`, `add.py`, `download.py` and `unpack.py` call what they are given; the commands draw a bar.
"""

from collections.abc import Callable
from typing import TypeAlias

ReportBytes: TypeAlias = Callable[[int, int], None]
"""Told the bytes so far and the bytes in all; 0: unknown."""

ReportStep: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, the bytes so far and the bytes in all; 0: unknown."""
