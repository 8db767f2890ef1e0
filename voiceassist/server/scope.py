"""Which calls a caller may see: an agent their own, a supervisor their teams', a reviewer the finished ones,
a key every one.

A call that may not be seen is answered like one that is not there. Never looks at a role by itself to let somebody
into a route: `auth.py` does. Next: the routes ask `check_call`, the store filters lists by the scope.
"""

from collections.abc import Container

from fastapi import HTTPException
from starlette.requests import HTTPConnection

from voiceassist.core.screen.views import CallState
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import Principal, principal_of
from voiceassist.server.refusals import tell_refused
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.people import StoredPerson


def scope_of(connection: HTTPConnection) -> CallScope:
    """Of whoever asks."""
    return scope_of_principal(principal_of(connection))


def scope_of_principal(principal: Principal) -> CallScope:
    """All calls for the local person of an open server and for keys; of a signed-in one, by role and team."""
    if principal.is_local_person or principal.key_id is not None:
        return EVERY_CALL
    return _scope(principal.login, principal.roles, principal.teams)


def scope_of_person(person: StoredPerson) -> CallScope:
    """Of somebody who need not be here."""
    return CallScope() if person.disabled else _scope(person.login, person.roles, frozenset(person.teams))


def _scope(login: str, roles: Container[str], teams: frozenset[str]) -> CallScope:
    none: frozenset[str] = frozenset()
    return CallScope(
        own_id=login if "agent" in roles else None,
        teams=teams if "supervisor" in roles else none,
        finished_of=teams if "reviewer" in roles else none,
    )


async def check_call(connection: HTTPConnection, call_id: str) -> None:
    """Raises HTTPException, as for a call that is not there, when it may not be seen."""
    if not await may_see(connection, call_id):
        raise unknown_call(call_id)


def unknown_call(call_id: str) -> HTTPException:
    """How a call is answered that is not there, or may not be seen."""
    return HTTPException(404, {"code": "unknown_call", "message": f"there is no call {call_id!r}"})


async def may_see(connection: HTTPConnection, call_id: str) -> bool:
    """Whether it may be seen; where everything may, also a call that is not there."""
    scope = scope_of(connection)
    if scope.everything:
        return True
    whose = await runtime_of(connection).whose(call_id)
    if whose is None:
        return False
    return _told(connection, call_id, is_seen=scope.has(whose.agent_id, whose.team, is_live=whose.is_live))


def sees(connection: HTTPConnection, shown: CallState) -> bool:
    """Whether a call that is known whole may be seen."""
    agent, is_live = shown.started.agent, shown.status == "live"
    is_seen = scope_of(connection).has(agent.id, agent.team, is_live=is_live)
    return _told(connection, shown.call_id, is_seen=is_seen)


def _told(connection: HTTPConnection, call_id: str, *, is_seen: bool) -> bool:
    """The same; who asked for a call that is there and not theirs stands in the audit."""
    if not is_seen:
        tell_refused(connection, principal_of(connection).signed, "not_theirs", call_id)
    return is_seen
