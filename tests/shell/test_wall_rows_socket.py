"""The wall's socket for screens, on a real server: they say what they show and get rows."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from tests.shell import store_records as make
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.events import Event, Person, Record
from voiceassist.server import wall as wall_routes
from voiceassist.server.sockets import CLOSE_BAD_MESSAGE

PATH = "/api/wall/socket?rows=true"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(settings_for(tmp_path)) as running:
        yield running


def happen(server: Serving, call_id: str, seq: int, event: Event) -> None:
    server.runtime.publish(Record(call_id=call_id, seq=seq, event=event))


def begin(server: Serving, call_id: str, team: str) -> None:
    happen(server, call_id, 1, replace(make.started(), agent=Person(id=team, name="Ada", team=team)))


async def say(screen: ClientConnection, **shows: Any) -> None:
    await screen.send(json.dumps({"type": "show_wall", **shows}))


async def told(screen: ClientConnection) -> dict[str, Any]:
    """The next message that tells of a call."""
    message: dict[str, Any] = json.loads(await screen.recv())
    return message if message["type"] != "wall_totals" else await told(screen)


async def test_a_screen_gets_the_rows_that_it_shows_and_then_the_difference(server: Serving) -> None:
    begin(server, "a", "returns")
    begin(server, "b", "billing")
    async with websockets.connect(server.socket_url(PATH)) as screen:
        await say(screen, filter={"teams": ["returns"]})
        snapshot = await told(screen)
        assert [row["call_id"] for row in snapshot["rows"]] == ["a"]
        happen(server, "b", 2, make.alert("a1", "critical"))
        happen(server, "a", 2, make.alert("a1", "warning"))
        assert [row["worst"] for row in (await told(screen))["rows"]] == ["warning"]
        await say(screen, filter={"levels": ["critical"]}, words_of=["b"])
        changed = await told(screen)
        assert ([row["call_id"] for row in changed["rows"]], changed["left"]) == (["b"], ["a"])
        happen(server, "b", 3, make.said("you better watch your back"))
        assert (await told(screen))["calls"][0]["last_words"] == "you better watch your back"


@pytest.mark.parametrize("said", ['{"filter": {"levels": ["loud"]}}', "hello", b"\x00"])
async def test_what_it_cannot_show_is_refused_and_closes_the_socket(server: Serving, said: str | bytes) -> None:
    async with websockets.connect(server.socket_url(PATH)) as screen:
        await screen.send(said)
        assert (await told(screen))["code"] in ("bad_field", "bad_json")
        with pytest.raises(websockets.ConnectionClosed):
            await screen.recv()
        assert screen.close_code == CLOSE_BAD_MESSAGE


async def test_nonsense_after_a_good_beginning_is_refused_too(server: Serving) -> None:
    async with websockets.connect(server.socket_url(PATH)) as screen:
        await say(screen)
        assert (await told(screen))["type"] == "wall_snapshot"
        await screen.send('{"words_of": 7}')
        assert (await told(screen))["code"] == "bad_field"


async def test_a_screen_that_never_says_what_it_shows_is_told_so(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_routes, "FIRST_SHOW_S", 0)
    async with websockets.connect(server.socket_url(PATH)) as screen:
        assert (await told(screen))["code"] == "no_show_wall"


async def test_a_screen_that_goes_before_it_has_said_anything_leaves_nothing_behind(server: Serving) -> None:
    async with websockets.connect(server.socket_url(PATH)):
        pass
    async with websockets.connect(server.socket_url(PATH)) as screen:
        await say(screen)
        await told(screen)
        assert server.runtime.hub.clients == 1
