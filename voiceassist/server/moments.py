"""Times in addresses. Pure."""

from voiceassist.errors import PeerError
from voiceassist.store.rows import microseconds


def moment_of(name: str, given: str | None) -> int | None:
    """Microseconds since 1970 UTC; None where nothing was given. Raises PeerError."""
    try:
        return microseconds(given) if given else None
    except (ValueError, OverflowError):
        told = f"`{name}` is {given!r}; it must be a time such as 2026-11-21T10:00:00Z"
        raise PeerError("bad_time", told) from None
