"""The fields that peers fill in, checked alike in every protocol.

Next: `stream/start.py` and `whip/request.py`.
"""

import uuid
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from voiceassist.core.words.visible import control_in, hidden_in

STRICT = ConfigDict(extra="forbid")  # a misspelt field is told, not ignored; new fields need a new version


def _all_visible(text: str) -> str:
    hidden = hidden_in(text)
    if hidden:
        raise ValueError(f"has the character {hidden}, which nobody sees; leave it out")
    return text


def _without_controls(text: str) -> str:
    control = control_in(text)
    if control:
        raise ValueError(f"has the control character {control}; leave it out")
    return text


# As people are called: without controls; other characters that nobody sees are cleaned, not refused.
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_without_controls)]
Id = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_all_visible)]
Team = Annotated[str, Field(max_length=200), AfterValidator(_all_visible)]  # empty: none is known
# A call id becomes part of addresses and file names.
CallId = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@+-]*$")]
CallLanguage = Annotated[str, Field(min_length=2, max_length=35)]  # BCP 47; RFC 5646 section 4.4.1: at most 35

RATE_RANGE_HZ = (8_000, 48_000)  # telephone to studio; recognizers need 8 or 16 kHz

_CALL_ID: TypeAdapter[str] = TypeAdapter(CallId)

NO_CUSTOMER = "customer"  # id of every customer of whom the phone system said none


def is_call_id(text: str) -> bool:
    """Whether a peer may call a call so."""
    try:
        _CALL_ID.validate_python(text)
    except ValidationError:
        return False
    return True


def new_call_id() -> str:
    """An id for a call whose phone system gave it none."""
    return uuid.uuid4().hex


def short(value: object) -> str:
    """A peer's value as an error message shows it."""
    return "missing" if value is None else repr(value)[:80]
