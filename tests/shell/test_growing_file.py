"""A recording that grows while it is sent: as long as it was when the request came."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from voiceassist.server.growing_file import GrowingFileResponse

BEFORE = bytes(range(256)) * 1000  # longer than what is read at a time


async def fetch(file: Path, method: str = "GET", **headers: str) -> httpx.Response:
    """The answer, while the file grows as soon as its head was sent; it must be as long as its head says."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await GrowingFileResponse(file)(scope, receive, growing(file, send))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.request(method, "/", headers=headers)
    if method == "GET":
        assert len(answer.content) == int(answer.headers["content-length"])
    return answer


def grow(file: Path) -> None:
    file.write_bytes(BEFORE + b"new" * 100_000)


def growing(file: Path, send: Send) -> Callable[[Message], Awaitable[None]]:
    async def send_and_grow(message: Message) -> None:
        await send(message)
        if message["type"] == "http.response.start":
            grow(file)

    return send_and_grow


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "x.ogg"
    file.write_bytes(BEFORE)
    return file


async def test_file_is_sent_as_long_as_it_was(file: Path) -> None:
    answer = await fetch(file)
    assert (answer.status_code, answer.content) == (200, BEFORE)


async def test_ranges_are_of_the_file_as_it_was(file: Path) -> None:
    answer = await fetch(file, Range="bytes=255000-")
    assert (answer.status_code, answer.content) == (206, BEFORE[255_000:])
    assert answer.headers["content-range"] == f"bytes 255000-{len(BEFORE) - 1}/{len(BEFORE)}"


async def test_several_ranges_come_whole(file: Path) -> None:
    answer = await fetch(file, Range="bytes=0-9,200-209")
    assert answer.status_code == 206
    assert BEFORE[:10] in answer.content
    assert BEFORE[200:210] in answer.content


async def test_range_of_an_older_length_gets_the_file_as_it_is(file: Path) -> None:
    answer = await fetch(file, Range="bytes=0-9", **{"If-Range": '"older"'})
    assert (answer.status_code, answer.content) == (200, BEFORE)


async def test_range_beyond_the_end_is_refused(file: Path) -> None:
    assert (await fetch(file, Range="bytes=999999-")).status_code == 416


async def test_head_tells_the_length(file: Path) -> None:
    answer = await fetch(file, "HEAD")
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(BEFORE)))


@pytest.mark.parametrize("grows", [True, False])
@pytest.mark.parametrize("length", [100, 65_536, 131_072, 150_000])
async def test_nothing_follows_the_last_part_of_the_body(tmp_path: Path, length: int, *, grows: bool) -> None:
    (tmp_path / "x.ogg").write_bytes(bytes(length))
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("asked for nothing")

    scope: Scope = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.4"}}
    file = GrowingFileResponse(tmp_path / "x.ogg")
    await file(scope, receive, growing(tmp_path / "x.ogg", send) if grows else send)
    _, *body = sent
    assert [part["more_body"] for part in body] == [*[True] * (len(body) - 1), False]
    assert sum(len(part["body"]) for part in body) == length


async def test_empty_file_is_an_empty_answer(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(GrowingFileResponse(tmp_path / "empty")), base_url="http://test"
    ) as client:
        assert (await client.get("/")).content == b""
