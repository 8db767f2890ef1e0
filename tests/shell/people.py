"""People of a server under test, and their browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.plain_http import NO_TLS
from tests.shell.serving import Serving
from voiceassist.people.key_ring import Scope
from voiceassist.people.secrets import HASHER
from voiceassist.server.auth import COOKIE
from voiceassist.store.people import StoredPerson

PASSWORD = "a long enough one"
CHEAP = type(HASHER)(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)  # tests hash often


async def add_person(server: Serving, login: str, *roles: str, teams: tuple[str, ...] = (), **given: Any) -> None:
    """Somebody who may sign in with PASSWORD, and an admin before them."""
    directory = server.runtime.directory
    if not directory.everybody.people and "admin" not in roles:
        await add_person(server, "root", "admin")
    values: dict[str, Any] = {"password": CHEAP, "created_us": directory.now_us(), "name": login.title()}
    await directory.people.add(StoredPerson(login=login, roles=roles, teams=teams, **(values | given)))
    await directory.look()


async def make_key(server: Serving, *scopes: Scope, name: str = "pbx", expires_us: int | None = None) -> str:
    """The secret of a new key."""
    directory = server.runtime.directory
    _, secret = await directory.key_ring.make(name, scopes, expires_us, by="root", now_us=directory.now_us())
    return secret


def with_key(secret: str) -> dict[str, str]:
    """Headers of a program that has this key."""
    return {"Authorization": f"Bearer {secret}"}


@asynccontextmanager
async def browser_of(server: Serving, login: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which this person is signed in."""
    token = await server.runtime.directory.open_session(login, agent="test", address="127.0.0.1")
    async with httpx.AsyncClient(
        base_url=server.http.base_url, cookies={COOKIE: token}, timeout=60, verify=NO_TLS
    ) as browser:
        yield browser


def cookie_of(browser: httpx.AsyncClient) -> dict[str, str]:
    """Headers for a socket of that browser."""
    return {"Cookie": f"{COOKIE}={browser.cookies[COOKIE]}"}
