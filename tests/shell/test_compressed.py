"""Long answers are small for who unpacks them, and plain for everybody else."""

import gzip
from pathlib import Path

from tests.long_call import LongCall
from tests.shell.serving import serving, settings_for


async def test_the_events_of_a_long_call_are_a_fifth_of_their_size_and_the_same(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path / "data")) as server:
        call = LongCall("long", 300)
        await server.runtime.store.append([*call.records(), call.ended()])
        for path in ("/api/calls/long/events", "/api/calls/long"):
            plain = await server.http.get(path, headers={"Accept-Encoding": "identity"})
            assert "content-encoding" not in plain.headers
            async with server.http.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
                packed = b"".join([piece async for piece in answer.aiter_raw()])
            assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
            assert gzip.decompress(packed) == plain.content
            assert len(packed) < len(plain.content) / 5


async def test_a_short_answer_is_not_compressed(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path / "data")) as server:
        call = LongCall("short", 1)
        await server.runtime.store.append([*call.records(), call.ended()])
        assert "content-encoding" not in (await server.http.get("/api/calls/short/events")).headers
