"""What a source of live audio is: who is calling, then frames and gaps until the end.

A source answers for its peers: wrong messages, wrong rates, silence and jumps are dealt with there; a session sees
only well-formed frames whose legs run on without holes. `feed/feed.py` is the source of every protocol.
Next: `live/session.py` reads a source to its end.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from voiceassist.actions import Consent
from voiceassist.audio.pcm import AudioFrame, TimePassed
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.visible import hidden_in, visible
from voiceassist.events import (
    AudioDoubted,
    AudioGap,
    CallStarted,
    ConsentNeed,
    Customer,
    EndReason,
    LineChanged,
    PastOffer,
    Person,
    Speaker,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLines:
    """What the phone system itself calls the lines of a call, for whoever acts on them there; empty: not known."""

    agent: str = ""  # Asterisk: a channel's unique id; Twilio: a CallSid
    customer: str = ""
    conference: str = ""  # Twilio: its friendly name or its sid


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInfo:
    """What the phone system says of a call before its audio."""

    call_id: str
    agent: Person
    customer: Customer
    source: str  # the protocol: "stream", "whip", "replay"
    legs: tuple[Speaker, ...]  # the legs that have frames
    language: str | None = None  # BCP 47; None: the server's default
    consent: Consent = "unknown"  # of the customer, to being recorded
    continues: str = ""  # id of the call that broke off and goes on in this one
    cleaned: tuple[str, ...] = ()  # names from which characters were taken that nobody sees
    lines: PhoneLines = field(default_factory=PhoneLines)


def with_clean_names(info: CallInfo) -> CallInfo:
    """The same call; names without characters that nobody sees, and in `cleaned` whose had some.

    Of a name that has nothing else, the id is left.
    """
    names = (("agent", info.agent.name), ("customer", info.customer.name))
    cleaned = tuple(whose for whose, name in names if hidden_in(name))
    if not cleaned:
        return info
    agent = replace(info.agent, name=visible(info.agent.name) or info.agent.id)
    customer = replace(info.customer, name=visible(info.customer.name) or info.customer.id)
    return replace(info, agent=agent, customer=customer, cleaned=cleaned)


def with_lines(info: CallInfo, more: PhoneLines) -> CallInfo:
    """The same call, with lines that another leg's connection knows; what was known stays."""
    known = info.lines
    lines = PhoneLines(
        agent=known.agent or more.agent,
        customer=known.customer or more.customer,
        conference=known.conference or more.conference,
    )
    return replace(info, lines=lines)


def call_started(
    info: CallInfo,
    *,
    started_at: str,
    engine: str,
    language: str,
    playbook: Playbook,
    past_offers: tuple[PastOffer, ...] = (),
    consent_need: ConsentNeed = "no",
    without_help: bool = False,
) -> CallStarted:
    """The first event of a call; `started_at` is ISO 8601 with zone.

    `engine` and `language` are those that the call is heard with, `past_offers` what this customer took before.
    """
    return CallStarted(
        at_ms=0,
        started_at=started_at,
        agent=info.agent,
        customer=info.customer,
        source=info.source,
        engine=engine,
        language=language,
        playbook=playbook.label,
        playbook_hash=playbook.hash,
        past_offers=past_offers,
        continues=info.continues,
        kinds=playbook.kinds,
        consent=info.consent,
        consent_need=consent_need,
        without_help=without_help,
    )


class Source(Protocol):
    """One live call's audio."""

    @property
    def info(self) -> CallInfo:
        """Who is calling; known before the first frame."""

    def frames(self) -> AsyncIterator[AudioFrame | AudioGap | LineChanged | AudioDoubted | TimePassed]:
        """Audio of `info.legs`, gaps and changes of the lines as they come.

        A gap follows the silence that stands for it (`feed/gaps.py`).
        Time that passed is told of a leg whose audio may still come; what comes then belongs where it was spoken.
        Asked again, it goes on where the reader before stopped.
        """

    @property
    def end_reason(self) -> EndReason:
        """Why the frames ended; known after the last."""
