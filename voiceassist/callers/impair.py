"""What lines do to audio, on a list of timed frames: loss, jitter, reordering.

Pure: the same frames and seed give the same result. Next: `plan.py` makes connections of what is left.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from voiceassist.callers.caller import Frame


def lost(frames: Sequence[Frame], share: float, seed: str) -> list[Frame]:
    """Without a share of the frames (0 to 1), chosen one by one."""
    random = Random(f"loss {seed}")  # noqa: S311 - no secret
    return [frame for frame in frames if random.random() >= share]


def jittered(frames: Sequence[Frame], most_ms: float, seed: str) -> list[Frame]:
    """Each frame comes up to so much later, but none overtakes another: bursts, as TCP makes them."""
    random = Random(f"jitter {seed}")  # noqa: S311 - no secret
    late, latest_ms = [], 0.0
    for frame in frames:
        latest_ms = max(latest_ms, frame.send_ms + random.random() * most_ms)
        late.append(replace(frame, send_ms=latest_ms))
    return late


def reordered(frames: Sequence[Frame], share: float, seed: str) -> list[Frame]:
    """A share of the frames (0 to 1) comes after its successor, at that one's time."""
    random = Random(f"order {seed}")  # noqa: S311 - no secret
    changed = list(frames)
    place = 0
    while place < len(changed) - 1:
        if random.random() < share:
            first, second = changed[place : place + 2]
            changed[place : place + 2] = second, replace(first, send_ms=second.send_ms)
            place += 1
        place += 1
    return changed
