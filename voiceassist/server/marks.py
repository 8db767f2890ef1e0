"""What people write about calls, over HTTP: who may be mentioned, what mentions somebody has, tags to choose from.

A mention shows nobody a call that they may not see: it is refused. Never carries an action out: `calls.py` hands
it to the call.
"""

from collections.abc import Iterable
from time import time_ns

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.actions import AddNote, ChangeNote, CorrectLine, Id, SetTag
from voiceassist.core.words.mentions import mentioned_in
from voiceassist.errors import ActionError
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import SCREENS, allow, principal_of
from voiceassist.server.scope import check_call, scope_of, scope_of_person
from voiceassist.store.marks import UsedTag
from voiceassist.store.mentions import MentionPage
from voiceassist.store.people import StoredPerson
from voiceassist.wire import type_name

router = APIRouter(prefix="/api", tags=["marks"])

NOTING = frozenset(map(type_name, (AddNote, ChangeNote)))
MARKING = NOTING | frozenset(map(type_name, (SetTag, CorrectLine)))
COMPLETED = 200  # people to choose from: more are found by typing


class PersonRef(BaseModel):
    """Somebody who can be mentioned."""

    login: str
    name: str


@router.get("/calls/{call_id}/people", dependencies=[allow(*SCREENS)])
async def list_mentionable(connection: HTTPConnection, call_id: str) -> list[PersonRef]:
    """Who can be mentioned in a note about this call: whoever may see it when it is over."""
    await check_call(connection, call_id)
    people = runtime_of(connection).directory.everybody.people.values()
    found = sorted(await _who_may_see(connection, call_id, people), key=lambda one: (one.name, one.login))[
        :COMPLETED
    ]
    return [PersonRef(login=one.login, name=one.name) for one in found]


@router.get("/tags", dependencies=[allow(*SCREENS)])
async def list_tags(connection: HTTPConnection, starts: Id = "") -> tuple[UsedTag, ...]:
    """Tags that calls have which one may see, the most used first."""
    return await runtime_of(connection).store.used_tags(scope_of(connection), starts)


@router.get("/mentions", dependencies=[allow(*SCREENS)])
async def list_mentions(connection: HTTPConnection) -> MentionPage:
    """The newest notes that name whoever asks, about calls that they may see."""
    store = runtime_of(connection).store
    return await store.mentions.of(principal_of(connection).login, scope_of(connection))


@router.post("/mentions/read", status_code=204, dependencies=[allow(*SCREENS)])
async def read_mentions(connection: HTTPConnection) -> None:
    """Everything that names whoever asks was read, up to now."""
    await runtime_of(connection).store.mentions.read(principal_of(connection).login, time_ns() // 1_000)


async def with_mentions(connection: HTTPConnection, call_id: str, action: wire.Json) -> wire.Json:
    """The action with those whom its text names. Raises ActionError for one who may not see the call."""
    text = action.get("text")
    if action.get("type") not in NOTING or not isinstance(text, str):
        return action
    known = runtime_of(connection).directory.everybody.people
    named = [person for login in mentioned_in(text) if (person := known.get(login)) and not person.disabled]
    may = await _who_may_see(connection, call_id, named)
    for person in named:
        if person not in may:
            told = f"{person.name} (@{person.login}) may not see this call: leave the name out, or ask an admin"
            raise ActionError("mention_hidden", told)
    return {**action, "mentions": [person.login for person in named]}


async def _who_may_see(
    connection: HTTPConnection, call_id: str, people: Iterable[StoredPerson]
) -> list[StoredPerson]:
    """Those who may see the call when it is over."""
    whose = await runtime_of(connection).whose(call_id)
    if whose is None:
        return []
    return [one for one in people if scope_of_person(one).has(whose.agent_id, whose.team, is_live=False)]
