"""What there is to say of an incident, and its way to one channel.

Frozen; time is data: seconds since 1970 by the wall clock. Never decides and never sends anything.
Next: `rules.py` says which channels take a notice, `channel_queue.py` when it leaves.
"""

from dataclasses import dataclass, replace
from typing import Literal

from voiceassist.events import AlertLevel, AlertState
from voiceassist.notify_settings import SaidWords

About = Literal["raised", "rose", "waiting", "changed", "test"]

MOST_CHARS = 500  # of every text of a notice: channels are no place for more


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What happened to one incident, with no more words than its channel may have."""

    about: About  # waiting: nobody has acknowledged it for `waited_s`
    at: str  # wall clock, ISO 8601 with zone
    level: AlertLevel
    call_id: str = ""
    incident: str = ""  # id of its first alert
    state: AlertState = "open"
    waited_s: float = 0
    # ---- with words = "reason" and "quote"
    kind: str = ""
    reason: str = ""
    reason_code: str = ""  # as `Alert.reason_code`
    unsaid: str = ""
    agent: str = ""
    team: str = ""
    by: str = ""  # who changed it
    # ---- with words = "quote" only: people's own words, and who the customer is
    quote: str = ""
    note: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One notice on its way to one channel."""

    id: str  # the same on every try
    channel: str
    notice: Notice
    from_s: float  # when it may leave
    due_s: float  # when it is tried next
    tries: int = 0
    group: str = ""  # id of the summary that it belongs to; empty: of none
    reached: tuple[str, ...] = ()  # the receivers of a mail that have it already
    reason: str = ""  # why the last try failed
    died_s: float | None = None  # since when it is a dead letter


def worded(notice: Notice, words: SaidWords) -> Notice:
    """The notice without the words that a channel may not have, so that nothing later can let them out."""
    if words != "quote":
        notice = replace(notice, quote="", note="", customer="")
    if words == "none":
        notice = replace(notice, kind="", reason="", reason_code="", unsaid="", agent="", team="", by="")
    return notice


def short(text: str) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_CHARS else f"{line[: MOST_CHARS - 1]}…"
