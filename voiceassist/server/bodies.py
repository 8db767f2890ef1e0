"""What every JSON body of a request has in common.

A body is refused at its first mistakes: two megabytes can hold 400,000, and no call goes on while all are told.
Never knows a route: `playbooks.py`, `playbook_drafts.py` and `playbook_trials.py` say which fields there are.
"""

from collections.abc import Iterator
from itertools import chain

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from voiceassist.core.words.visible import hidden_in

FIELDS_MAX = 32  # of one object; the largest of ours has six
FieldPath = tuple[str | int, ...]


class StrictFields(BaseModel):
    """An object of which every field is known; the base of whatever is in a body."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _few(cls, given: object) -> object:
        if isinstance(given, dict) and len(given) > FIELDS_MAX:
            told = {"count": len(given), "known": ", ".join(cls.model_fields)}
            raise PydanticCustomError("too_many_fields", "{count} fields; there are only {known}", told)
        return given


class RequestBody(StrictFields):
    """What is asked for: unknown fields are refused, except `by`, and so is text that cannot be stored or sent.

    Clients used to say who they are in `by`. They may go on, but nobody believes them: the `Principal` signs.
    """

    @model_validator(mode="before")
    @classmethod
    def _acceptable(cls, given: object) -> object:
        path = _broken_text(given)
        if path is not None:
            told = {"field": ".".join(printable(str(part)) for part in path)}
            raise PydanticCustomError(
                "surrogate", "`{field}` has half of a surrogate pair, which is no text", told
            )
        return {key: value for key, value in given.items() if key != "by"} if isinstance(given, dict) else given


def all_visible(text: str) -> str:
    """The name, if one sees all of it. Raises ValueError, for pydantic."""
    hidden = hidden_in(text)
    if hidden:
        raise ValueError(f"has the character {hidden}, which nobody sees; leave it out")
    return text


def printable(text: str) -> str:
    """The text with a question mark for everything that cannot be sent."""
    return text.encode(errors="replace").decode()


def _broken_text(body: object) -> FieldPath | None:
    """Where in a body of any depth there is text that is no text: JSON's escapes can say half a character.

    Keeps one path, that of the value it looks at: two megabytes can be a million values, each a thousand deep.
    """
    path: list[str | int] = []
    levels = [_parts(body)]
    while levels:
        for name, value in levels[-1]:
            if value and isinstance(value, (dict, list)):
                path.append(name)
                levels.append(_parts(value))
                break
            if isinstance(value, str) and not value.isascii() and printable(value) != value:
                return (*path, name)
        else:
            levels.pop()
            del path[-1:]  # the whole body has no name
    return None


def _parts(value: object) -> Iterator[tuple[str | int, object]]:
    """What an object or a list has in it, by name; the names of an object are text, too."""
    if isinstance(value, dict):
        return chain(zip(value, value, strict=True), value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())
