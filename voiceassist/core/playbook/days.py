"""Calendar days as ISO 8601 texts: "2026-11-21". Never asks what day it is.

Next: `playbook_file/types.py` checks dates with it, `core/call/offers.py` compares them.
"""

import re

import numpy as np

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_day(text: str) -> bool:
    """Whether the text is a day of the calendar."""
    if not ISO_DAY.fullmatch(text):
        return False
    try:
        np.datetime64(text, "D")
    except ValueError:
        return False
    return True


def day_of(moment: str) -> str:
    """The day of an ISO 8601 moment, as it was where it was written; empty where there is none."""
    return moment[:10] if is_day(moment[:10]) else ""


def days_between(earlier: str, later: str) -> int:
    """How many days lie between; negative when `earlier` is the later one."""
    return int((np.datetime64(later, "D") - np.datetime64(earlier, "D")).astype(int))
