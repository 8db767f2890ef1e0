"""What every JSON body of a request has in common.

Never knows a route: `playbooks.py`, `playbook_drafts.py` and `playbook_trials.py` say which fields there are.
"""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

FieldPath = tuple[str | int, ...]


class RequestBody(BaseModel):
    """What is asked for: unknown fields are refused, except `by`, and so is text that cannot be stored or sent.

    Clients used to say who they are in `by`. They may go on, but nobody believes them: the `Principal` signs.
    """

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _acceptable(cls, given: object) -> object:
        for path in _broken_texts(given):
            told = {"field": ".".join(printable(str(part)) for part in path)}
            raise PydanticCustomError(
                "surrogate", "`{field}` has half of a surrogate pair, which is no text", told
            )
        return {key: value for key, value in given.items() if key != "by"} if isinstance(given, dict) else given


def printable(text: str) -> str:
    """The text with a question mark for everything that cannot be sent."""
    return text.encode(errors="replace").decode()


def _broken_texts(body: object) -> Iterator[FieldPath]:
    """Where in a body of any depth there is text that is no text: JSON's escapes can say half a character."""
    waiting: list[tuple[FieldPath, object]] = [((), body)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*path, key), key) for key in value] + [((*path, key), one) for key, one in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, number), one) for number, one in enumerate(value)]
        elif isinstance(value, str) and printable(value) != value:
            yield path
