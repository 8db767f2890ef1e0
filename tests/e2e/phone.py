"""A phone line of ours into a running server: a sample call, as fast and as far as the test wants."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.e2e.server import Server
from tests.fakes.stream_client import START
from voiceassist.callers.placing import CallHooks
from voiceassist.callers.plan import Manner
from voiceassist.callers.run import place_call
from voiceassist.samples import load_sample
from voiceassist.samples.placed import placed
from voiceassist.store.audiofile import read_audio

MESSAGE_BYTES = 1 << 18
START_WITHIN_S = 30.0
SOUND_EVERY_S = 10.0


@dataclass(kw_only=True)
class Phone:
    """A call that has started."""

    call_id: str  # as the server calls it
    continues: str  # the call that broke off before it, if any
    line: ClientConnection
    audio: bytes
    rate_hz: int
    sent: int = field(default=0)

    @property
    def sent_ms(self) -> int:
        """How much of the recording was sent."""
        return self.sent * 1000 // self.rate_hz // 4

    def speak_until(self, at_ms: int) -> None:
        """Sends the recording up to there, as fast as the server takes it."""
        end = min(len(self.audio), at_ms * self.rate_hz // 1000 * 4)  # two channels of two bytes
        for start in range(self.sent, end, MESSAGE_BYTES):
            self.line.send(self.audio[start : min(start + MESSAGE_BYTES, end)])
        self.sent = end

    def hang_up(self) -> None:
        """Ends the call; returns when it is stored."""
        self.line.send(json.dumps({"type": "stop"}))
        assert json.loads(self.line.recv(timeout=60))["type"] == "stopped"


@contextmanager
def phone(
    server: Server, call_id: str, sample_id: str, *, breaks_off: bool = False, **changes: object
) -> Iterator[Phone]:
    """A call whose audio the test sends piece by piece. It is hung up in the end, unless its line breaks off.

    A test that wants the call's end says `hang_up`, which waits for it.
    """
    audio = read_audio(load_sample(sample_id).recording)
    interleaved = np.stack(audio.channels, axis=1).tobytes()
    headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}
    with connect(server.socket_url("/ingest/stream"), additional_headers=headers) as line:
        line.send(json.dumps(START | {"call_id": call_id, "rate_hz": audio.rate_hz} | changes))
        started = json.loads(line.recv())
        assert started["type"] == "started", started
        yield Phone(
            call_id=started["call_id"],
            continues=started.get("continues", ""),
            line=line,
            audio=interleaved,
            rate_hz=audio.rate_hz,
        )
        if not breaks_off:
            with suppress(ConnectionClosed):  # it was hung up, or the server is gone
                line.send(json.dumps({"type": "stop"}))


@contextmanager
def staying(lines: Sequence[Phone]) -> Iterator[None]:
    """These calls go on during the block: without any sound for a minute they would be over."""
    ended = Event()

    def stay() -> None:
        while not ended.wait(SOUND_EVERY_S):
            for line in lines:
                line.speak_until(line.sent_ms + 20)

    with ThreadPoolExecutor(1) as thread:
        staying = thread.submit(stay)
        try:
            yield
        finally:
            ended.set()
            staying.result()


@contextmanager
def playing(server: Server, call_id: str, sample_id: str, speed: float) -> Iterator[None]:
    """A whole sample call that goes on beside the block; the block's end waits for the call's end."""
    sample = load_sample(sample_id)
    url = server.socket_url("/ingest/stream")
    started = Event()
    whole = place_call(
        sample.recording,
        url,
        placed(sample, call_id),
        manner=Manner(speed=speed),
        hooks=CallHooks(started=lambda _: started.set()),
    )
    with ThreadPoolExecutor(1) as thread:
        ended = thread.submit(asyncio.run, whole)
        assert started.wait(START_WITHIN_S)
        yield
        ended.result()
