"""Screens that never read, over real sockets: they are let go of, and nobody else notices."""

import asyncio
import base64
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import websockets

from tests.builders import final, started
from tests.shell.serving import Serving, calling, hang_up, serving, settings_for, silence
from voiceassist.asr.transcript import WORD_CHARS
from voiceassist.events import Event, Record
from voiceassist.server import calls, sockets

LONG_WORD = "x" * 300_000
LINES = 30  # 9 MB: no pair of socket buffers holds that


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serving]:
    monkeypatch.setattr(sockets, "SEND_S", 0.2)
    monkeypatch.setattr(sockets, "GOODBYE_S", 0.05)
    async with serving(settings_for(tmp_path)) as running:
        yield running


@contextmanager
def never_reading(server: Serving, path: str) -> Iterator[None]:
    """A client that opens a websocket and then reads nothing, as a screen whose machine is asleep."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.port))
        key = base64.b64encode(os.urandom(16)).decode()
        client.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        yield


async def say(server: Serving, first: int, *events: Event) -> None:
    """Stored and published, numbered from `first` on."""
    for seq, event in enumerate(events, start=first):
        record = Record(call_id="c-1", seq=seq, event=event)
        await server.runtime.store.append([record])
        server.runtime.publish(record)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - a count, which sets no event
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("before", [LINES, 0], ids=["in its snapshot", "in its records"])
async def test_screens_that_never_read_very_long_words_are_let_go_of(server: Serving, before: int) -> None:
    lines = [final("agent", LONG_WORD, utterance=seq) for seq in range(2, LINES + 2)]
    await say(server, 1, started(), *lines[:before])
    with never_reading(server, "/api/calls/c-1/socket"):
        await until(lambda: server.runtime.hub.clients == 1)
        await say(server, 2 + before, *lines[before:])
        await until(lambda: server.runtime.hub.clients == 0)


async def test_a_screen_that_was_let_go_of_resumes_with_all_that_it_missed(server: Serving) -> None:
    await say(server, 1, started())
    with never_reading(server, "/api/calls/c-1/socket"):
        await until(lambda: server.runtime.hub.clients == 1)
        await say(server, 2, *(final("agent", LONG_WORD, utterance=seq) for seq in range(2, LINES + 2)))
        await until(lambda: server.runtime.hub.clients == 0)
    url = server.socket_url(f"/api/calls/c-1/socket?after=1&boot={server.runtime.boot}")
    async with websockets.connect(url, max_size=None) as screen:
        said = [json.loads(await screen.recv()) for _ in range(LINES + 1)]
    assert [message["type"] for message in said] == ["resumed", *["final"] * LINES]
    assert [message["seq"] for message in said[1:]] == list(range(2, LINES + 2))


@pytest.mark.parametrize("after", [1, LINES - 3, LINES, LINES + 1])
async def test_what_was_missed_comes_in_pieces_and_whole(
    server: Serving, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(calls, "RESUMED_AT_ONCE", 4)
    await say(server, 1, started(), *(final("agent", "yes", utterance=seq) for seq in range(2, LINES + 2)))
    url = server.socket_url(f"/api/calls/c-1/socket?after={after}&boot={server.runtime.boot}")
    async with websockets.connect(url) as screen:
        missed = range(after + 1, LINES + 2)
        said = [json.loads(await screen.recv()) for _ in range(1 + len(missed))]
        assert [message.get("seq") for message in said] == [None, *missed]
        await say(server, LINES + 2, final("agent", "no", utterance=LINES + 2))
        assert json.loads(await screen.recv())["seq"] == LINES + 2


async def test_a_screen_that_never_reads_delays_no_other_screen(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "SEND_S", 30.0)  # on a busy machine the reading one is slow, too
    await say(server, 1, started())
    async with websockets.connect(server.socket_url("/api/calls/c-1/socket"), max_size=None) as reading:
        assert json.loads(await reading.recv())["type"] == "snapshot"
        with never_reading(server, "/api/calls/c-1/socket"):
            await until(lambda: server.runtime.hub.clients == 2)
            for seq in range(2, LINES + 2):
                await say(server, seq, final("agent", LONG_WORD, utterance=seq))
                assert json.loads(await reading.recv())["seq"] == seq
            await until(lambda: server.runtime.hub.clients == 1)


async def test_a_call_with_a_line_of_very_long_words_ends_while_no_screen_reads(tmp_path: Path) -> None:
    engine = f"scripted:{_script_of_long_words(tmp_path, words=150, letters=4_000)}"
    async with serving(settings_for(tmp_path / "data", engine=engine)) as server:
        async with calling(server, "c-1") as phone:
            await phone.send(silence(0.1))
            with ExitStack() as screens:
                for path in ["/api/calls/c-1/socket"] * 5 + ["/api/wall/socket"] * 5:
                    screens.enter_context(never_reading(server, path))
                await until(lambda: server.runtime.hub.clients >= 10)
                for _ in range(31):
                    await phone.send(silence(1))
                assert (await hang_up(phone))["type"] == "stopped"
        finals = [
            event for event in (await server.http.get("/api/calls/c-1/events")).json() if event["type"] == "final"
        ]
        assert [len(word["text"]) for word in finals[0]["words"]] == [WORD_CHARS] * 150


def _script_of_long_words(folder: Path, *, words: int, letters: int) -> Path:
    """One line of the agent's, five words a second."""
    said = [{"text": "x" * letters, "start_ms": 200 * n, "end_ms": 200 * n + 200} for n in range(words)]
    line = {"speaker": "agent", "text": "", "start_ms": 0, "end_ms": 200 * words, "words": said}
    file = folder / "long-words.json"
    file.write_text(json.dumps({"lines": [line]}), encoding="utf-8")
    return file
