"""Times of a call as documents and captions write them. Pure."""

SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000


def clock(ms: int) -> str:
    """`1:02` or `1:00:02`, for people."""
    hours, rest = divmod(max(0, ms) // SECOND_MS, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def stamp(ms: int, point: str) -> str:
    """`00:01:02.345`, with the decimal point that the format wants."""
    ms = max(0, ms)
    whole = f"{ms // HOUR_MS:02}:{ms % HOUR_MS // MINUTE_MS:02}:{ms % MINUTE_MS // SECOND_MS:02}"
    return f"{whole}{point}{ms % SECOND_MS:03}"
