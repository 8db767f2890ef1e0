"""Streams a recording to a running server, as a phone system would.

A plain client of `/ingest/stream`: it knows nothing of the server's insides. Used by the demo, by
`voiceassist send` and by the latency benchmark.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import websockets
from websockets.asyncio.client import ClientConnection

from voiceassist.asr.choice import SAMPLE_LANGUAGE
from voiceassist.errors import VoiceassistError
from voiceassist.events import SPEAKERS, Customer, Person
from voiceassist.ingest.source import CallInfo
from voiceassist.samples.sample import Sample
from voiceassist.store.audiofile import AudioFile, read_audio

FRAME_MS = 20  # what telephone systems send
CONNECT_S = 10.0


class PlaybackError(VoiceassistError):
    """The server did not take the call; the message is the server's own."""


def call_info(sample: Sample, call_id: str) -> CallInfo:
    """What a phone system would say of this sample."""
    agent, customer = sample.agent, sample.customer
    return CallInfo(
        call_id=call_id,
        agent=Person(id=agent.id, name=agent.name),
        customer=Customer(id=customer.id, name=customer.name, tier=customer.tier),
        source="stream",
        legs=SPEAKERS,
        language=SAMPLE_LANGUAGE,
    )


async def play(
    recording: Path,
    url: str,
    info: CallInfo,
    *,
    token: str | None = None,
    speed: float = 1.0,
    on_start: Callable[[float], None] | None = None,
) -> None:
    """Streams a two-channel recording from its start to its end at `speed` times real time.

    `on_start` is told the monotonic second that stands for the recording's time 0. Raises PlaybackError, and
    RecordingError when the file cannot be read.
    """
    audio = await asyncio.to_thread(read_audio, recording)
    headers = {"Authorization": f"Bearer {token}"} if token else None
    try:
        async with websockets.connect(url, additional_headers=headers, open_timeout=CONNECT_S) as socket:
            await socket.send(json.dumps(_start(info, audio.rate_hz)))
            _expect(await socket.recv(), "started")
            await _send_in_time(socket, audio, speed, on_start)
            await socket.send(json.dumps({"type": "stop"}))
            await _until_stopped(socket)
    except websockets.InvalidStatus as error:
        told = _refusal(error.response.status_code, error.response.body, has_token=token is not None)
        raise PlaybackError(f"{url}: {told}") from error
    except OSError as error:
        raise PlaybackError(f"{url}: cannot be reached ({error}); is voiceassist running there?") from error
    except websockets.ConnectionClosed as error:
        reason = error.rcvd.reason if error.rcvd else "without a word"
        raise PlaybackError(f"{url}: the server ended the call: {reason}") from error
    except websockets.WebSocketException as error:
        raise PlaybackError(f"{url}: {error}") from error


def _refusal(status: int, body: bytes | bytearray | None, *, has_token: bool) -> str:
    """What a server's refusal means, and what to do."""
    if status == HTTPStatus.UNAUTHORIZED and not has_token:
        return (
            "the server takes audio with a key only: make one with `voiceassist keys add NAME --scope ingest` "
            "and give it with --token or VOICEASSIST_INGEST_TOKEN"
        )
    try:
        told = json.loads(body or b"")["message"]
    except (ValueError, KeyError, TypeError):
        told = "is this address a voiceassist server's /ingest/stream?"
    return f"the server refused the call with HTTP {status}: {told}"


def _start(info: CallInfo, rate_hz: int) -> dict[str, Any]:
    customer = {"id": info.customer.id, "name": info.customer.name, "tier": info.customer.tier}
    start = {
        "type": "start",
        "version": 1,
        "call_id": info.call_id,
        "agent": {"id": info.agent.id, "name": info.agent.name, "team": info.agent.team},
        "customer": customer,
        "legs": list(info.legs),
        "encoding": "s16le",
        "rate_hz": rate_hz,
    }
    return start | ({"language": info.language} if info.language else {})


async def _send_in_time(
    socket: ClientConnection, audio: AudioFile, speed: float, on_start: Callable[[float], None] | None
) -> None:
    started_s = monotonic()
    if on_start:
        on_start(started_s)
    for end_s, data in _frames(audio):
        await asyncio.sleep(max(0.0, started_s + end_s / speed - monotonic()))
        await socket.send(data)


def _frames(audio: AudioFile) -> Iterator[tuple[float, bytes]]:
    """Interleaved s16le frames, each with the second at which a phone system would have all of it."""
    samples = np.stack(audio.channels, axis=1)
    step = audio.rate_hz * FRAME_MS // 1000
    for start in range(0, len(samples), step):
        frame = samples[start : start + step]
        yield (start + len(frame)) / audio.rate_hz, frame.tobytes()


async def _until_stopped(socket: ClientConnection) -> None:
    async for message in socket:
        if json.loads(message)["type"] == "stopped":
            return
        _expect(message, "warning")


def _expect(message: str | bytes, wanted: str) -> None:
    said = json.loads(message)
    if said["type"] != wanted:
        raise PlaybackError(f"the server said {said.get('code', said['type'])}: {said.get('message', '')}")
