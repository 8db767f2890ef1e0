"""What a source of live audio is: who is calling, then frames and gaps until the end.

One module beside this one per protocol. A source answers for its peer: wrong messages, wrong rates, silence
and jumps are dealt with there; a session sees only well-formed frames whose legs run on without holes.
Next: `session.py` reads a source to its end.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from voiceassist.audio.pcm import AudioFrame
from voiceassist.events import AudioGap, Customer, EndReason, Person, Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInfo:
    """What the phone system says of a call before its audio."""

    call_id: str
    agent: Person
    customer: Customer
    source: str  # the protocol: "stream", "whip", "replay"
    legs: tuple[Speaker, ...]
    language: str = "en"


class Source(Protocol):
    """One live call's audio."""

    @property
    def info(self) -> CallInfo:
        """Who is calling; known before the first frame."""

    def frames(self) -> AsyncIterator[AudioFrame | AudioGap]:
        """Audio and gaps as they come; the silence that stands for a gap follows it as frames."""

    @property
    def end_reason(self) -> EndReason:
        """Why the frames ended; known after the last."""
