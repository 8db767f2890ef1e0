"""What a phone system can be asked for in one of its calls, whichever it is.

    ring(supervisor's phone) → whisper ⇄ barge → leave        a *visit*: one supervisor in one call
    transfer, hang_up                                          done at once

Every question is bounded in bytes and in time (`rest.py`); what is not answered, refused or wrong raises
PhoneError, whose code the screens have words for. Nothing here touches a socket. Next: `visits.py` asks in order.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

from voiceassist.errors import PhoneError
from voiceassist.ingest.source import PhoneLines

Deed = Literal["whisper", "barge", "transfer", "hang_up"]
Voice = Literal["whisper", "barge"]  # who hears the supervisor: the agent alone, or both

# Why a deed is not possible, as screens have words for it; empty: it is. A failed deed has these codes too, and
# those of `rest.py`, and `no_answer` (of the supervisor's phone).
Obstacle = Literal[
    "",
    "not_controlled",  # this server has no phone system of that kind, or the protocol has no such thing
    "no_agent_line",  # the phone system did not say which line is the agent's
    "no_customer_line",
    "line_gone",  # the phone system does not know the line (any more)
    "not_in_stasis",  # Asterisk puts through only what is in a Stasis application
    "no_transfer_context",  # `phone.asterisk.transfer_context` is not set
    "no_conference",  # Twilio: the call is in no conference
    "phone_unreachable",  # it does not answer
    "phone_sign_in",  # it does not take our credentials
    "phone_busy",  # it takes no more questions for a while
    "phone_failed",  # it says that it failed, or what nobody expected
]

# A number, an extension, or `client:` and `sip:` addresses; nothing that has a meaning in a dial string or in XML.
NUMBER = re.compile(r"[A-Za-z0-9+*#][A-Za-z0-9+*#._:@-]{0,79}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCall:
    """A call, by what its phone system calls it."""

    call_id: str
    source: str  # the protocol it came by: "asterisk", "twilio", ...
    lines: PhoneLines = field(default_factory=PhoneLines)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAbilities:
    """What can be done in a call now; of what cannot, why."""

    whisper: Obstacle = ""
    barge: Obstacle = ""
    transfer: Obstacle = ""
    hang_up: Obstacle = ""


class PhoneControl(Protocol):
    """A phone system. `visit` is a name that nothing else there has; its number belongs to one supervisor."""

    async def abilities(self, call: PhoneCall) -> PhoneAbilities:
        """What it can do in this call now. Never raises: a phone system that does not answer can do nothing."""

    async def ring(self, call: PhoneCall, visit: str, phone: str) -> None:
        """Rings the supervisor, and returns when they have picked up; nobody in the call hears them yet."""

    async def whisper(self, call: PhoneCall, visit: str) -> None:
        """From now on the supervisor hears the call, and the agent alone hears the supervisor."""

    async def barge(self, call: PhoneCall, visit: str) -> None:
        """From now on everybody hears everybody."""

    async def until_gone(self, call: PhoneCall, visit: str) -> None:
        """Waits until the supervisor has hung up, or the line that they spoke into is gone."""

    async def leave(self, call: PhoneCall, visit: str) -> None:
        """Takes everything of the visit out of the call, what is there in part, too; what is gone is fine."""

    def forget(self, visit: str) -> None:
        """Gives up on a visit that could not be taken out of the call."""

    async def transfer(self, call: PhoneCall, to: str) -> None:
        """Puts the customer through to another number; the agent is left."""

    async def hang_up(self, call: PhoneCall) -> None:
        """Ends the call for everybody."""


def obstacle_of(error: PhoneError) -> Obstacle:
    """Why nothing can be done, when a question failed so."""
    return next((known for known in get_args(Obstacle) if known == error.code), "phone_failed")


def all_alike(obstacle: Obstacle) -> PhoneAbilities:
    """Nothing can be done, for one reason."""
    return PhoneAbilities(whisper=obstacle, barge=obstacle, transfer=obstacle, hang_up=obstacle)
