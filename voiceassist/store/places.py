"""A call's place in a list that is read page by page, and its text for clients. Pure."""

import base64
import json

from voiceassist.errors import PeerError

ListPlace = tuple[int, str]  # started_us, call_id: newer calls have higher ones


def cursor_of(place: ListPlace) -> str:
    """What a client passes as `before` for the page after this place."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str) -> ListPlace:
    """The place that `cursor_of` made a text of; PeerError for any other text."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        match json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)):
            case [int(started_us), str(call_id)] if abs(started_us) < 1 << 63:
                return started_us, call_id
    except (ValueError, RecursionError):
        pass
    raise PeerError("bad_cursor", f"`before` is {cursor[:80]!r}; it must be the `next` of an earlier page")
