"""What a deployment says of how many calls it takes. `config.py` reads it; `capacity/` goes by it."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator

from voiceassist.errors import ConfigError


def _number_or_auto(value: object) -> int | None:
    if value in (None, "auto"):
        return None
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,6}", str(value)):
        raise ValueError('it must be "auto" or a whole number')
    return int(str(value))


WhenFull = Literal["refuse", "record"]  # of a call too many
MaxCalls = Annotated[int | None, BeforeValidator(_number_or_auto)]  # None: "auto"


def check_max_calls(number: int | None) -> None:
    """Raises ConfigError for a number of calls that takes none."""
    if number is not None and number < 1:
        raise ConfigError(
            f'setting `max_calls`: {number} is less than 1; "auto" is as many as this machine carries'
        )
