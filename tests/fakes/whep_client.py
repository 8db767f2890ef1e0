"""Somebody who listens in by WHEP with aiortc; of what they hear, one array per channel."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from tests.fakes.whip_client import SDP, offer_of
from voiceassist.audio.pcm import Pcm


@dataclass(kw_only=True)
class Listening:
    """One WHEP session, seen from who listens."""

    peer: RTCPeerConnection
    response: httpx.Response
    frames: list[Pcm] = field(default_factory=list)  # (samples, 2) at 48 kHz
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False  # the server said goodbye

    async def until(self, enough: "Callable[[Listening], bool]") -> None:
        """Waits until enough was heard, or the other side ended it."""
        while not enough(self):
            self.news.clear()
            await self.news.wait()

    async def for_s(self, seconds: float) -> None:
        """Waits until so much was heard."""
        await self.until(lambda heard: len(heard.audio) >= seconds * 48_000)

    @property
    def audio(self) -> Pcm:
        """All that was heard: (samples, 2), the agent first."""
        return np.concatenate([np.zeros((0, 2), np.int16), *self.frames])

    async def take(self) -> None:
        """Hears until the end."""
        track = self.peer.getReceivers()[0].track
        try:
            while True:
                frame = await track.recv()
                self.frames.append(frame.to_ndarray().reshape(-1, 2))  # type: ignore[union-attr]
                self.news.set()
        except MediaStreamError:
            self.is_over = True
            self.news.set()


async def peer_that_listens() -> RTCPeerConnection:
    """With an offer to receive one track."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("audio", direction="recvonly")
    return peer


@asynccontextmanager
async def hearing(http: httpx.AsyncClient, call_id: str, legs: str = "both") -> AsyncIterator[Listening]:
    """A listener for as long as the block runs; it leaves by closing its connection."""
    peer = await peer_that_listens()
    task: asyncio.Task[None] | None = None
    try:
        offer, query = await offer_of(peer), f"call_id={call_id}&legs={legs}"
        response = await http.post(f"/whep?{query}", content=offer, headers=SDP)
        listening = Listening(peer=peer, response=response)
        if response.status_code == 201:
            await peer.setRemoteDescription(RTCSessionDescription(sdp=response.text, type="answer"))
            task = asyncio.create_task(listening.take())
        yield listening
    finally:
        await peer.close()
        if task:
            await task
