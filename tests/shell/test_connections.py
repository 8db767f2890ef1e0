"""Peers that are slow, silent, dead or greedy, over real sockets: each loses its own connection, nothing else."""

import asyncio
import json
import logging
import socket
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
import websockets
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from tests.shell.raw_http import raw_peer
from tests.shell.serving import Serving, calling, hang_up, serving, settings_for, silence
from voiceassist.server.connections import SMALL_WAITING, HttpConnection, ServerConfig, SocketConnection
from voiceassist.server.http import create_api
from voiceassist.server.limits import EdgeLimits

# Whatever is not there when the event loop looks next is too late: what is whole is never late, on any machine.
AT_ONCE = EdgeLimits(head_within_s=0.0, body_within_s=0.0)
PINGING = EdgeLimits(ping_every_s=0.05, pong_within_s=0.05, goodbye_s=0.05)
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
SCREENS = ("/api/wall/socket", "/api/calls/c-1/socket")
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """With the limits that people get."""
    async with serving(settings_for(tmp_path_factory.mktemp("data"))) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pinging(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """It takes a screen that answers no ping at once for dead."""
    async with serving(settings_for(tmp_path_factory.mktemp("data")), PINGING) as running:
        yield running


@pytest.fixture
def uvicorn_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What uvicorn complains about."""
    caplog.set_level(logging.WARNING, logger="uvicorn.error")
    return caplog


# ---- compressed and large messages -------------------------------------------------------------------


@pytest.mark.parametrize("path", [*SCREENS, "/ingest/stream"])
async def test_compression_that_a_client_offers_is_declined(server: Serving, path: str) -> None:
    offer = [ClientPerMessageDeflateFactory()]
    async with websockets.connect(server.socket_url(path), extensions=offer, compression=None) as client:
        assert client.protocol.extensions == []


@pytest.mark.parametrize("path", ["/api/wall/socket", "/ingest/stream"])
async def test_compressed_frame_is_refused_without_being_unpacked(server: Serving, path: str) -> None:
    packer = zlib.compressobj(wbits=-15)
    bomb = packer.compress(bytes(80_000)) + packer.flush(zlib.Z_SYNC_FLUSH)
    frame = bytes((0xC2, 0x80 | len(bomb))) + bytes(4) + bomb  # final, compressed, binary, masked by 0
    async with raw_peer(server) as peer:
        await peer.ask("GET", path, UPGRADE | {"Sec-WebSocket-Extensions": "permessage-deflate"})
        answer = await peer.answer()
        assert (answer.status, "sec-websocket-extensions" in answer.headers) == (101, False)
        await peer.send(frame)
        assert (1002).to_bytes(2, "big") in await peer.until_closed()  # RFC 6455, 7.4.1: protocol error


async def test_screen_that_sends_more_than_a_few_bytes_is_closed(server: Serving) -> None:
    async with websockets.connect(server.socket_url("/api/wall/socket")) as wall:
        await wall.recv()
        await wall.send("x" * (EdgeLimits().screen_message_bytes + 1))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await wall.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_stream_may_send_whole_minutes_and_gets_our_own_answer_where_it_is_too_much(server: Serving) -> None:
    async with calling(server, "large") as phone:
        await phone.send(silence(30))
        await phone.send(bytes((1 << 20) + 1))
        assert json.loads(await phone.recv())["code"] == "frame_too_large"
    async with calling(server, "larger") as phone:
        await phone.send(bytes(EdgeLimits().stream_message_bytes + 1))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await phone.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


# ---- slow peers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: "])
async def test_head_that_never_ends_is_cut_off(server: Serving, head: str) -> None:
    async with connected(server) as line:
        if head:
            line.send(head)
        await line.closed.wait()
    assert line.written.startswith(b"HTTP/1.1 408 ") == bool(head)
    assert (b'"too_slow"' in line.written) == bool(head)


async def test_second_head_on_a_connection_that_never_ends_is_cut_off(server: Serving) -> None:
    async with connected(server) as line:
        line.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await line.says(b"HTTP/1.1 200 ")
        assert not line.closed.is_set()
        line.send("GET /healthz")
        await line.closed.wait()
    assert b"HTTP/1.1 408 " in line.written


@pytest.mark.parametrize("path", ["/api/calls/c-1/actions", "/whip?legs=agent,customer"])
async def test_body_that_never_ends_is_cut_off(
    server: Serving, path: str, uvicorn_log: pytest.LogCaptureFixture
) -> None:
    async with connected(server) as line:
        headers = "Host: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 50\r\n"
        line.send(f"POST {path} HTTP/1.1\r\n{headers}\r\n{{")
        await line.closed.wait()
    assert line.written.startswith(b"HTTP/1.1 408 ")
    assert b"the body of the request did not arrive within 0 s" in line.written
    assert uvicorn_log.messages == []


async def test_body_that_nobody_waits_for_is_cut_off_too(server: Serving) -> None:
    async with connected(server, EdgeLimits()) as line:
        line.send("POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n")
        await line.says(b"HTTP/1.1 404 ")
        before = bytes(line.written)
        peer = line.get_protocol()
        assert isinstance(peer, HttpConnection)
        assert peer._awaited == "body"
        peer._too_slow("body")
        assert line.closed.is_set()
    assert line.written == before


async def test_sockets_and_requests_that_are_whole_have_all_the_time_they_need(server: Serving) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "localhost", **UPGRADE}.items())
    async with connected(server) as line:
        line.send(f"GET /api/wall/socket HTTP/1.1\r\n{head}\r\n")
        await line.says(b"wall_snapshot")
        async with connected(server) as slow:
            slow.send("G")
            await slow.closed.wait()  # longer than any head may take
        async with calling(server, "whole") as phone:
            await phone.send(silence(1))
            assert (await hang_up(phone))["type"] == "stopped"
        await line.says(b"call_started")
        assert not line.closed.is_set()


# ---- dead peers --------------------------------------------------------------------------------------


async def test_screen_that_answers_no_ping_is_closed_and_its_mailbox_is_gone(pinging: Serving) -> None:
    async with raw_peer(pinging) as peer:
        await peer.ask("GET", "/api/wall/socket", UPGRADE)
        assert (await peer.answer()).status == 101
        assert b"keepalive ping timeout" in await peer.until_closed()
        async with asyncio.timeout(30):
            while pinging.runtime.hub.clients:  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0)


async def test_phone_system_that_sends_may_leave_pings_unanswered(pinging: Serving) -> None:
    async with raw_peer(pinging) as peer:
        await peer.ask("GET", "/ingest/stream", UPGRADE)
        assert (await peer.answer()).status == 101
        async with raw_peer(pinging) as screen:
            await screen.ask("GET", "/api/wall/socket", UPGRADE)
            closing = asyncio.create_task(screen.until_closed())
            while not closing.done():
                await peer.send(b"\x89\x80\0\0\0\0")  # a ping of its own
                await asyncio.sleep(0)
        await peer.send(b"\x81\x82\0\0\0\0{}")
        assert b'"unknown_type"' in await peer.until_closed()


async def test_phone_system_from_which_nothing_comes_not_even_a_pong_is_dead(pinging: Serving) -> None:
    async with raw_peer(pinging) as peer:
        await peer.ask("GET", "/ingest/stream", UPGRADE)
        assert (await peer.answer()).status == 101
        assert b"keepalive ping timeout" in await peer.until_closed()


async def test_peer_that_pings_and_never_reads_is_owed_the_newest_answers_only() -> None:
    accepted = asyncio.Event()

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        accepted.set()
        await receive()

    transport, peer = upgraded(app)
    await accepted.wait()
    transport.written.clear()
    peer.pause_writing()  # as the transport says it when the peer does not read
    for number in range(200):
        peer.data_received(bytes((0x89, 0x81, 0, 0, 0, 0, number)))  # final, a ping, masked by 0
    assert transport.written == b""
    peer.resume_writing()
    assert transport.written == bytes((0x8A, 1, 199))
    peer.data_received(bytes((0x89, 0x81, 0, 0, 0, 0, 200)))
    assert transport.written == bytes((0x8A, 1, 199, 0x8A, 1, 200))
    peer.connection_lost(None)
    await asyncio.gather(*peer.tasks)


@pytest.mark.parametrize(("messages", "size"), [(SMALL_WAITING, 100), (1, 5_000)])
async def test_some_small_messages_may_wait_while_more_are_read_and_no_large_one(messages: int, size: int) -> None:
    accepted, go_on = asyncio.Event(), asyncio.Event()

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        accepted.set()
        await go_on.wait()
        for _ in range(messages + 1):
            await receive()

    transport, peer = upgraded(app)
    await accepted.wait()
    message = bytes((0x82, 0xFE)) + size.to_bytes(2) + bytes(4 + size)  # final, binary, masked by 0
    for _ in range(messages):
        assert transport.is_read
        peer.data_received(message)
    peer.data_received(message)
    assert not transport.is_read
    go_on.set()
    await asyncio.gather(*peer.tasks)
    assert transport.is_read
    peer.connection_lost(None)


def upgraded(app: ASGIApp) -> tuple["Written", SocketConnection]:
    """A peer whose request for a websocket has come."""
    config = ServerConfig(app, EdgeLimits())
    config.load()
    transport, peer = Written(), SocketConnection(config, ServerState(), {})
    transport.set_protocol(peer)
    peer.connection_made(transport)
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "localhost", **UPGRADE}.items())
    peer.data_received(f"GET / HTTP/1.1\r\n{head}\r\n".encode())
    return transport, peer


class Written(asyncio.Transport):
    """A line that remembers what was sent."""

    is_read = True

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.written = bytearray()
        self.closed, self._news = asyncio.Event(), asyncio.Event()
        self._protocol: asyncio.BaseProtocol | None = None

    async def says(self, part: bytes) -> None:
        """Waits until that was sent."""
        while part not in self.written:
            self._news.clear()
            await self._news.wait()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data
        self._news.set()

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        assert self._protocol is not None
        return self._protocol

    def send(self, text: str) -> None:
        """What the peer at the other end says."""
        protocol = self.get_protocol()
        assert isinstance(protocol, asyncio.Protocol)
        protocol.data_received(text.encode())

    def is_closing(self) -> bool:
        return self.closed.is_set()

    def close(self) -> None:
        self.closed.set()

    def abort(self) -> None:
        self.closed.set()


@asynccontextmanager
async def connected(server: Serving, limits: EdgeLimits = AT_ONCE) -> AsyncIterator["Written"]:
    """A connection to the server without a socket: what is sent on it has come at once."""
    config, state = ServerConfig(create_api(server.runtime, limits), limits), ServerState()
    config.load()
    transport, peer = Written(), HttpConnection(config, state, {})
    transport.set_protocol(peer)
    peer.connection_made(transport)
    yield transport
    transport.get_protocol().connection_lost(None)
    await asyncio.gather(*state.tasks)


# ---- refused peers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/wall/socket", {"Origin": "http://evil.example"}, 403),
        ("/api/wall/socket", {"Host": "evil.example"}, 421),
        ("/api/calls/c-1/socket?after=x", {}, 422),
        ("/ingest/stream", {"Authorization": "Bearer wrong", "Origin": "http://evil.example"}, 403),
        ("/api/wall/socket", {"X": "a" * 9000}, 431),
        ("/api/wall/socket", {f"X-{number}": "a" for number in range(200)}, 431),
        ("/api/wall/socket?agent=" + "a" * 9000, {}, 414),
    ],
)
async def test_refused_socket_is_answered_and_logs_nothing(
    server: Serving, path: str, headers: dict[str, str], status: int, uvicorn_log: pytest.LogCaptureFixture
) -> None:
    async with raw_peer(server) as peer:
        await peer.ask("GET", path, UPGRADE | headers)
        assert (await peer.answer()).status == status
        assert await peer.until_closed() == b""
    assert (await server.http.get("/healthz")).status_code == 200
    assert uvicorn_log.messages == []


async def test_socket_without_the_token_is_answered_and_logs_nothing(
    tmp_path_factory: pytest.TempPathFactory, uvicorn_log: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(tmp_path_factory.mktemp("data"), ingest_token="s3cret")
    async with serving(settings) as server, raw_peer(server) as peer:
        await peer.ask("GET", "/ingest/stream", UPGRADE)
        assert (await peer.answer()).status == 401
        assert await peer.until_closed() == b""
    assert uvicorn_log.messages == []


async def test_peer_that_leaves_at_once_logs_nothing(
    server: Serving, uvicorn_log: pytest.LogCaptureFixture
) -> None:
    for path in (*SCREENS, "/ingest/stream"):
        with socket.create_connection(("127.0.0.1", server.port)) as peer:
            lines = "".join(f"{name}: {value}\r\n" for name, value in UPGRADE.items())
            peer.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode())
    async with asyncio.timeout(30):
        while server.runtime.hub.clients:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0)
    assert (await server.http.get("/healthz")).status_code == 200
    assert uvicorn_log.messages == []
