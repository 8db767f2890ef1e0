"""The ids of a call's parts: a call that breaks off and goes on is several calls, `c-17`, `c-17~2`, `c-17~3` …

Peers cannot use the mark in ids of theirs (`fields.CallId`). Never knows which parts there are.
Next: `joins.py` names a part, `hub.py` tells the screens of earlier parts.
"""

MARK = "~"


def part_id(call_id: str, number: int) -> str:
    """The id of a call's part; the first one has the call's own."""
    return call_id if number == 1 else f"{call_id}{MARK}{number}"


def is_later_part(call_id: str, of: str) -> bool:
    """Whether a call is a part of the same call, after the part `of`."""
    (whole, number), (other, earlier) = _parted(call_id), _parted(of)
    return whole == other and number > earlier


def _parted(call_id: str) -> tuple[str, int]:
    whole, _, number = call_id.partition(MARK)
    return (whole, int(number)) if number.isdecimal() else (call_id, 1)
