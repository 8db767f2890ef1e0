"""Times in Genesys AudioHook: ISO 8601 durations in seconds ("PT1.2S"), exact.

Never rounds what it reads; what it writes are whole milliseconds. Next: `messages.py`.
"""

import re
from fractions import Fraction

# The reference's own pattern, with a bound: 15 digits are thirty million years.
DURATION = re.compile(r"PT([0-9]{0,15}\.)?[0-9]{1,15}S", re.ASCII)


def seconds_of(text: str) -> Fraction:
    """How long it is; ValueError for anything but `PT<number>S`."""
    if not DURATION.fullmatch(text):
        raise ValueError("should be a duration such as PT1.2S")
    number = text[2:-1]
    return Fraction(f"0{number}" if number.startswith(".") else number)


def milliseconds_of(seconds: Fraction) -> int:
    """The nearest whole number of milliseconds."""
    return round(seconds * 1000)


def duration_of(milliseconds: int) -> str:
    """How AudioHook says it."""
    whole, rest = divmod(milliseconds, 1000)
    return f"PT{whole}.{rest:03d}".rstrip("0").rstrip(".") + "S"
