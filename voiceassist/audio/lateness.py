"""How late a call is heard: one rule, for those who hurry and for those who say when words became known.

Never reads a clock: monotonic seconds arrive as arguments. Next: `asr/call_recognizer.py`.
"""


def lateness_s(until_ms: int, arrived_s: float, *, began_s: float, now_s: float) -> float:
    """Seconds by which the audio up to `until_ms` of the call is heard later than it could be; never below zero.

    There are two ways to measure it, and the shorter one counts:
    - the time since that audio reached us, at `arrived_s`;
    - the time since it would have been spoken, had the call gone on in real time since `began_s`.

    In an ordinary call both agree. They differ in two cases, and in neither is anybody kept waiting:
    - A recording that is sent faster than it plays waits long after its arrival, but it is ahead of real time.
    - A call that paused, or whose audio began late, is behind real time, but its audio has only just arrived.
    """
    since_arrival_s = now_s - arrived_s
    behind_real_time_s = now_s - began_s - until_ms / 1000
    return max(0.0, min(since_arrival_s, behind_real_time_s))
