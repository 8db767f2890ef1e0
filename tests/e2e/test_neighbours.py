"""Peers that behave badly beside a good call: each is told, and the good call notices nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import BrowserContext
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.e2e.phone import playing
from tests.e2e.screens import cards_seen, lines_of, opened, see_lines, words_of
from tests.e2e.server import Server, until
from tests.fakes.stream_client import START
from voiceassist.samples import load_sample

pytestmark = pytest.mark.e2e

SPEED = 4.0
ONE_SECOND = bytes(8000 * 2 * 2)


def bad_start(line: ClientConnection, call_id: str) -> None:
    """An encoding that nobody knows."""
    line.send(json.dumps(START | {"call_id": call_id, "encoding": "gsm"}))


def garbage(line: ClientConnection, call_id: str) -> None:
    """Not JSON, in mid-call."""
    start(line, call_id)
    line.send('{"type": "st')


def start_twice(line: ClientConnection, call_id: str) -> None:
    """The same start again."""
    start(line, call_id)
    line.send(json.dumps(START | {"call_id": call_id}))


def huge_frame(line: ClientConnection, call_id: str) -> None:
    """A megabyte and a half at once: more than a message may have, less than the socket itself cuts off."""
    start(line, call_id)
    line.send(bytes(1_500_000))


def stolen_id(line: ClientConnection, _call_id: str) -> None:
    """The id of the call that is going on."""
    line.send(json.dumps(START | {"call_id": "good"}))


MISTAKES: dict[str, Callable[[ClientConnection, str], None]] = {
    "unknown_encoding": bad_start,
    "bad_json": garbage,
    "already_started": start_twice,
    "frame_too_large": huge_frame,
    "leg_taken": stolen_id,
}


def start(line: ClientConnection, call_id: str) -> None:
    line.send(json.dumps(START | {"call_id": call_id}))
    assert json.loads(line.recv())["type"] == "started"
    line.send(ONE_SECOND)


def told(server: Server, mistake: Callable[[ClientConnection, str], None], call_id: str) -> str:
    """The code of the error that the peer gets before it is cut off."""
    with connect(server.socket_url("/ingest/stream")) as line:
        mistake(line, call_id)
        code = str(json.loads(line.recv(timeout=30))["code"])
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=30)
    return code


def vanish(server: Server, call_id: str) -> None:
    """A client that is suddenly gone."""
    with connect(server.socket_url("/ingest/stream")) as line:
        start(line, call_id)
        line.socket.close()


@contextmanager
def deaf(server: Server, path: str) -> Iterator[ClientConnection]:
    """A client that never reads what it is sent."""
    with connect(server.socket_url(path), max_queue=1, close_timeout=0.1) as line:
        yield line


def misbehave(server: Server, when: str) -> None:
    """All of it."""
    for code, mistake in MISTAKES.items():
        assert told(server, mistake, f"{code}-{when}") == code
    vanish(server, f"vanished-{when}")


def test_good_call_gets_its_card_whatever_its_neighbours_do(
    window: BrowserContext, scripted_server: Server
) -> None:
    agent = opened(window, "/agent?agent=agent-anna")
    with ExitStack() as beside:
        beside.enter_context(playing(scripted_server, "good", "late-return", SPEED))
        for path in ("/api/wall/socket", "/api/calls/good/socket"):
            beside.enter_context(deaf(scripted_server, path))
        start(beside.enter_context(deaf(scripted_server, "/ingest/stream")), "deaf")
        misbehave(scripted_server, "before")
        until(lambda: cards_seen(agent) or None, "the card")
        misbehave(scripted_server, "after")
    expected = lines_of(scripted_server.call("good"))
    assert words_of(expected) == " ".join(line.text for line in load_sample("late-return").lines)
    see_lines(agent, expected)
    assert cards_seen(agent) == ["Return after the deadline: say what is possible"]
