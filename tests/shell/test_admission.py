"""Which ways there are for a phone system to say which key it has."""

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
import websockets

from tests.shell.people import add_person, make_key, with_key
from tests.shell.serving import Serving, serving, settings_for

START = '{"type": "start", "legs": ["agent"], "encoding": "mulaw", "rate_hz": 8000}'


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Somebody signs in there, so that it is not open."""
    async with serving(settings_for(tmp_path)) as running_server:
        await add_person(running_server, "root", "admin")
        yield running_server


def basic(secret: str, user: str = "asterisk") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode()}


async def answer(server: Serving, path: str, headers: dict[str, str] | None = None) -> int:
    """101 when the socket is opened and takes a start message."""
    try:
        async with websockets.connect(server.socket_url(path), additional_headers=headers) as socket:
            await socket.send(START)
            return 101 if "started" in str(await socket.recv()) else 0
    except websockets.InvalidStatus as refused:
        return refused.response.status_code


async def test_a_key_may_be_a_bearer_token_a_password_or_the_end_of_the_address(server: Serving) -> None:
    secret = await make_key(server, "ingest")
    assert await answer(server, "/ingest/stream", with_key(secret)) == 101
    assert await answer(server, "/ingest/stream", basic(secret)) == 101
    assert await answer(server, f"/ingest/stream/{secret}") == 101


async def test_a_wrong_key_is_refused_wherever_it_stands(server: Serving) -> None:
    other = await make_key(server, "events")
    for headers in (with_key("va_wrong"), basic("va_wrong"), {"Authorization": "Basic ###"}, None):
        assert await answer(server, "/ingest/stream", headers) == 401
    for key, status in (("va_wrong", 401), ("wrong", 401), (other, 403)):
        assert await answer(server, f"/ingest/stream/{key}") == status


async def test_a_key_in_the_address_counts_at_the_doors_of_phone_systems_only(server: Serving) -> None:
    secret = await make_key(server, "read:calls", "ingest")
    assert (await server.http.get(f"/api/calls/{secret}")).status_code == 401
