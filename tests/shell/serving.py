"""A real server on a free loopback port, in this event loop, for tests of the shells.

The recognizer is the scripted one: it hears a sample call's script whatever the audio is, so a test sends silence
of the right length, as fast as the server takes it.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
import websockets
from websockets.asyncio.client import ClientConnection

from tests.plain_http import NO_TLS
from voiceassist.app import running
from voiceassist.config import Settings, load_settings
from voiceassist.runtime import Runtime
from voiceassist.samples import load_sample
from voiceassist.server.connections import ServerConfig
from voiceassist.server.http import create_api
from voiceassist.server.limits import EdgeLimits

RATE_HZ = 8000
SAMPLES = Path(__file__).parents[2] / "voiceassist" / "samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running server and how to reach it."""

    runtime: Runtime
    port: int
    http: httpx.AsyncClient

    def socket_url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"


def settings_for(data_dir: Path, script: str = "late-return", **given: Any) -> Settings:
    values: dict[str, Any] = {
        "data_dir": data_dir,
        "engine": f"scripted:{SAMPLES / script}.json",
        "demo": True,
        "person": "Kim",
        "max_calls": 1_000,  # how many this machine carries is asked for by tests of that
        "line_grace_s": 0,  # a call whose phone system is gone is over: nobody waits for it
    }
    return load_settings(environment={}, **(values | given))


@asynccontextmanager
async def serving(settings: Settings, limits: EdgeLimits | None = None) -> AsyncIterator[Serving]:
    async with running(settings) as runtime:
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        limits = limits or EdgeLimits()
        server = uvicorn.Server(ServerConfig(create_api(runtime, limits), limits))
        task = asyncio.create_task(server._serve([listening]))
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=NO_TLS) as http:
                while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                    await asyncio.sleep(0.01)
                yield Serving(runtime=runtime, port=port, http=http)
        finally:
            runtime.stop_calls()
            server.should_exit = True
            await task


def start_message(call_id: str, **changes: Any) -> dict[str, Any]:
    message = {
        "type": "start",
        "version": 1,
        "call_id": call_id,
        "agent": {"id": "ana", "name": "Ana"},
        "customer": {"id": "42", "name": "Mr Brown", "tier": "gold"},
        "legs": ["agent", "customer"],
        "encoding": "s16le",
        "rate_hz": RATE_HZ,
    }
    return message | changes


def silence(seconds: float, legs: int = 2) -> bytes:
    return bytes(int(seconds * RATE_HZ) * 2 * legs)


@asynccontextmanager
async def calling(
    serving: Serving, call_id: str, headers: dict[str, str] | None = None, **changes: Any
) -> AsyncIterator[ClientConnection]:
    """A phone system with a call that has started."""
    async with websockets.connect(serving.socket_url("/ingest/stream"), additional_headers=headers) as phone:
        await phone.send(json.dumps(start_message(call_id, **changes)))
        assert json.loads(await phone.recv())["type"] == "started"
        yield phone


async def begin(serving: Serving, call_id: str, phone: ClientConnection) -> None:
    """The call's first audio, until screens see the call."""
    with serving.runtime.hub.watching_call(call_id) as mailbox:
        await phone.send(silence(0.02))
        await mailbox.take()


async def hang_up(phone: ClientConnection) -> dict[str, Any]:
    await phone.send(json.dumps({"type": "stop"}))
    said: dict[str, Any] = json.loads(await phone.recv())
    return said


async def say_all(phone: ClientConnection, script: str) -> None:
    """As much audio as the script is long."""
    audio = silence(load_sample(script).duration_ms / 1000)
    for start in range(0, len(audio), 1 << 19):
        await phone.send(audio[start : start + (1 << 19)])


async def whole_call(serving: Serving, call_id: str, script: str = "late-return") -> None:
    """A scripted call from start to stop."""
    async with calling(serving, call_id) as phone:
        await say_all(phone, script)
        assert (await hang_up(phone))["type"] == "stopped"
