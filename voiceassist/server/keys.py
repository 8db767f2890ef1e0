"""Keys of phone systems and other programs, for admins: made, listed, revoked.

A key's secret is in one answer only, the one to its making. A revoked key lets nobody in from then on, and what it
holds open ends; it stays in the list, because the history names it. Next: `auth.py` asks who has a secret.
"""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import Response
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints
from starlette.requests import HTTPConnection

from voiceassist.errors import PeerError
from voiceassist.people.directory import S_US, Directory, moment
from voiceassist.people.key_ring import SCOPES, Scope
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow, principal_of
from voiceassist.server.bodies import RequestBody, all_visible
from voiceassist.store.keys import StoredKey

router = APIRouter(prefix="/api/keys", tags=["keys"])

KeyName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(all_visible)
]


class NewKey(RequestBody):
    """A program that is to do something."""

    name: KeyName
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(SCOPES))]
    expires_at: AwareDatetime | None = None  # None: never


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """A key, for admins. Times are ISO 8601."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: str
    created_by: str
    expires_at: str | None  # null: never
    last_used_at: str | None  # exact to a minute or so
    revoked_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMade:
    """A key and its secret: `Authorization: Bearer va_…`. Nobody can ask for the secret again."""

    key: KeyView
    secret: str = field(repr=False)


@router.get("", dependencies=[allow("admin")])
async def list_keys(connection: HTTPConnection) -> tuple[KeyView, ...]:
    """All keys, the oldest first; also those that were revoked or have expired."""
    directory = _directory(connection)
    return tuple(_view(key, directory) for key in directory.key_ring.all())


@router.post("", status_code=201, dependencies=[allow("admin")])
async def make_key(connection: HTTPConnection, wanted: Annotated[NewKey, Body()]) -> KeyMade:
    """Makes a key; its name must be different from those of other keys that hold."""
    directory = _directory(connection)
    now_us, expires_us = directory.now_us(), _microseconds(wanted.expires_at)
    if expires_us is not None and expires_us <= now_us:
        raise PeerError("expired_already", "`expires_at` must be in the future, or null: never")
    scopes = tuple(scope for scope in SCOPES if scope in wanted.scopes)
    by = principal_of(connection).signed
    key, secret = await directory.key_ring.make(wanted.name, scopes, expires_us, by=by, now_us=now_us)
    return KeyMade(key=_view(key, directory), secret=secret)


@router.delete("/{key_id}", status_code=204, response_class=Response, dependencies=[allow("admin")])
async def revoke_key(connection: HTTPConnection, key_id: str) -> Response:
    """Revokes a key, here and now: calls and sockets that it holds open end."""
    await _directory(connection).revoke_key(key_id, by=principal_of(connection).signed)
    return Response(status_code=204)


def _view(key: StoredKey, directory: Directory) -> KeyView:
    return KeyView(
        id=key.id,
        name=key.name,
        scopes=tuple(scope for scope in SCOPES if scope in key.scopes),
        created_at=moment(key.created_us),
        created_by=key.created_by,
        expires_at=_told(key.expires_us),
        last_used_at=_told(directory.key_ring.used_us(key)),
        revoked_at=_told(key.revoked_us),
    )


def _told(at_us: int | None) -> str | None:
    return None if at_us is None else moment(at_us)


def _microseconds(at: AwareDatetime | None) -> int | None:
    return None if at is None else int(at.timestamp()) * S_US


def _directory(connection: HTTPConnection) -> Directory:
    return runtime_of(connection).directory
