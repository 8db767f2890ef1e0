"""What was refused, on its way into the audit: requests without the right, and sign-ins that failed.

A flood of them must not fill the disk: within WINDOW_S, the same refusal of a request is told once, and at most
PER_WINDOW of each sort are told. Overflow rule: the rest is counted, and the next one that is told says how many
were left out. Never has a query, a body or a secret. Next: `store/audit_queue.py` writes them.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from time import monotonic

from starlette.requests import HTTPConnection

from voiceassist.logs import without_keys
from voiceassist.runtime import runtime_of
from voiceassist.server.peer import address_of
from voiceassist.store.audit import NewEntry
from voiceassist.store.audit_queue import AuditQueue

WINDOW_S = 600.0
PER_WINDOW = 50  # of each of four sorts: 28,800 entries a day at most, some 10 MB
NOBODY = "nobody known"  # with a space, as no login has
PATH_CHARS = 100


@dataclass(slots=True)
class RefusalWindow:
    """Some minutes of one sort."""

    began_s: float
    told: int = 0
    left_out: int = 0
    seen: set[Hashable] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class RefusalLog:
    """Decides which are told, and tells them."""

    audit: AuditQueue
    _windows: dict[Hashable, RefusalWindow] = field(default_factory=dict)  # by sort, of which there are four

    def refused(self, connection: HTTPConnection, who: str, code: str, call_id: str = "") -> None:
        """A request was refused to somebody; empty: nobody known."""
        route = f"{connection.scope.get('method', 'SOCKET')} {_path(connection)}"
        detail = {"code": code, "route": route, "address": address_of(connection)}
        entry = NewEntry(who=who, what="request.refused", call_id=call_id, detail=detail)
        self._tell(entry, (who, call_id, *detail.values()))

    def failed(self, connection: HTTPConnection, who: str, code: str) -> None:
        """Somebody could not sign in; empty: nobody known."""
        detail = {"code": code, "address": address_of(connection)}
        self._tell(NewEntry(who=who, what="session.failed", detail=detail), None)

    def _tell(self, entry: NewEntry, about: Hashable | None) -> None:
        left_out = self.takes((entry.what, bool(entry.who)), about, monotonic())
        if left_out is not None:
            more = {"left_out": left_out} if left_out else {}
            self.audit.tell(replace(entry, who=entry.who or NOBODY, detail={**entry.detail, **more}))

    def takes(self, sort: Hashable, about: Hashable | None, now_s: float) -> int | None:
        """How many were left out before this one, which is to be told; None: it is left out, too.

        Those that are `about` the same are told once; None is like no other.
        """
        window = self._windows.setdefault(sort, RefusalWindow(now_s))
        if now_s >= window.began_s + WINDOW_S:
            window = self._windows[sort] = RefusalWindow(now_s, left_out=window.left_out)
        if window.told >= PER_WINDOW or about in window.seen:
            window.left_out += 1
            return None
        if about is not None:
            window.seen.add(about)
        window.told += 1
        left_out, window.left_out = window.left_out, 0
        return left_out


def tell_refused(connection: HTTPConnection, who: str, code: str, call_id: str = "") -> None:
    """Has it written that a request was refused to somebody; empty: nobody known. Never waits."""
    _refusals(connection).refused(connection, who, code, call_id)


def tell_failed(connection: HTTPConnection, login: str, code: str) -> None:
    """Has it written that somebody could not sign in. A login that nobody has may be a password: never told."""
    is_known = login in runtime_of(connection).directory.everybody.people
    _refusals(connection).failed(connection, login if is_known else "", code)


def _refusals(connection: HTTPConnection) -> RefusalLog:
    refusals = connection.app.state.refusals
    assert isinstance(refusals, RefusalLog)
    return refusals


def _path(connection: HTTPConnection) -> str:
    """The route's own path where there is one; else what was asked for, which may be anything."""
    route = connection.scope.get("route")
    return getattr(route, "path", "") or without_keys(connection.scope["path"][:PATH_CHARS])
