"""What a summary consists of, as values: items in sections, each with the words that bear it out.

Nothing here does anything. Next: `extract.py` makes items of a call's records, `text.py` says them in words.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from voiceassist.events import Speaker

Section = Literal[
    "reason",  # why they called
    "asked",  # what else the customer wanted
    "refused",
    "offered",
    "taken",
    "promised",
    "disclosures",
    "alerts",
    "noticed",  # further moments: pressure, a giveaway, a wish to leave
    "end",
]
SECTIONS: tuple[Section, ...] = get_args(Section)

Code = Literal[
    "asked_for",
    "topic",
    "more",
    "recovered",
    "dead_end",
    "left_open",
    "said",
    "card",
    "used",
    "promise",
    "vague",
    "disclosed",
    "disclosed_late",
    "undisclosed",
    "due",
    "alert",
    "noticed",
    "live",
    "hangup",
    "vanished",
    "shutdown",
    "interrupted",
    "idle",
    "peer_error",
    "failed",
    "last_words",
    "outcomes",
    "words_deleted",
]
"""What an item says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words as they were heard, all of them in one line of the call."""

    words: str
    speaker: Speaker
    seq: int  # number of the record of that line
    start_ms: int  # when they begin


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryItem:
    """One thing that a summary tells."""

    section: Section
    code: Code
    at_ms: int  # when it happened, in the call's time
    quotes: tuple[Quote, ...] = ()  # more than one where a line breaks off within the words
    seq: int = 0  # number of the record of the line that it belongs to; 0: to none
    kind: str = ""  # of a cue; of an alert: code of its reason, "unsaid" where `name` was not said in time
    name: str = ""  # as a playbook or a person puts it: a topic, an alternative, a disclosure
    by: str = ""  # a person's name
    when: str = ""  # by when, as heard; always among the quotes' words
    level: str = ""  # of an alert
    state: str = ""  # of an alert
    reason: str = ""  # why an alert was resolved
    after_ms: int | None = None  # how long after the refusal
    counts: tuple[int, ...] = ()  # refusals: all, recovered, dead ends; alerts: how often
