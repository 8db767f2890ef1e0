"""How a websocket's close is read and written by protocols that have no other words for an end.

Never closes anything itself. Next: the dialects of phone systems.
"""

from voiceassist.events import EndReason
from voiceassist.ingest.dialect import Close, Finished, Refused
from voiceassist.ingest.stream.dialect import CLOSE_CODES

NORMAL = 1000  # RFC 6455 section 7.4.1: what the connection was for is done
WRONG = 4400  # for private use; ours for a message that cannot be taken
REASON_BYTES = 123  # section 5.5: a control frame carries 125 bytes, two of them the code


def end_by_close(code: int) -> EndReason:
    """Why a peer's audio ended that only closes: on purpose, or because its line was lost.

    1005, "no code", says neither: uvicorn tells it also of a connection that broke off.
    """
    return "hangup" if code == NORMAL else "vanished"


def close_of(news: Finished | Refused) -> Close:
    """The close that tells it, as far as there is room: phone systems show code and reason in their logs."""
    if isinstance(news, Finished):
        return Close(code=NORMAL, reason="the call is over")
    reason = f"{news.error.code}: {news.error}".encode()[:REASON_BYTES].decode(errors="ignore")
    return Close(code=CLOSE_CODES.get(news.error.code, WRONG), reason=reason)
