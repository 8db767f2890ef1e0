"""How late a call is heard: one rule, for the order of decoding and for those who say when words became known.

Never reads a clock: monotonic seconds arrive as arguments. Next: `asr/call_recognizer.py`.
"""


def due_s(until_ms: int, arrived_s: float, *, began_s: float) -> float:
    """When the audio up to `until_ms` of a call can be heard at the earliest.

    There are two ways to measure it, and the later one counts:
    - when that audio reached us, at `arrived_s`;
    - when it would have been spoken, had the call gone on in real time since `began_s`.

    In an ordinary call both agree. They differ in two cases, and in neither is anybody kept waiting:
    - A recording that is sent faster than it plays waits long after its arrival, but it is ahead of real time.
    - A call that paused, or whose audio began late, is behind real time, but its audio has only just arrived.
    """
    return max(arrived_s, began_s + until_ms / 1000)


def lateness_s(until_ms: int, arrived_s: float, *, began_s: float, now_s: float) -> float:
    """Seconds by which that audio is heard later than it could be; never below zero."""
    return max(0.0, now_s - due_s(until_ms, arrived_s, began_s=began_s))
