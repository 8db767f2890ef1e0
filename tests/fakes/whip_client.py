"""A WebRTC sender that publishes tones by WHIP, as a browser publishes a microphone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fractions import Fraction

import av
import httpx
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCCertificate,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.rtcdtlstransport import generate_certificate
from cryptography.hazmat.primitives.asymmetric import rsa

from voiceassist.audio.pcm import Pcm

RATE_HZ, PACKET = 48_000, 960
SDP = {"Content-Type": "application/sdp"}


class Tones(MediaStreamTrack):
    """A tone per channel (Hz), in real time; `pause` stops the packets as a pulled cable would."""

    kind = "audio"

    def __init__(self, left_hz: float, right_hz: float | None = None) -> None:
        super().__init__()
        self._hz = (left_hz, left_hz if right_hz is None else right_hz)
        self._position = 0
        self._began_s: float | None = None
        self.running = asyncio.Event()
        self.running.set()

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms."""
        await self.running.wait()
        loop = asyncio.get_running_loop()
        self._began_s = self._began_s or loop.time()
        await asyncio.sleep(self._began_s + self._position / RATE_HZ - loop.time())
        at = np.arange(self._position, self._position + PACKET) / RATE_HZ
        both = [8000 * np.sin(2 * np.pi * hz * at) for hz in self._hz]
        samples = np.stack(both, axis=1).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._position, Fraction(1, RATE_HZ)
        self._position += PACKET
        return frame


@dataclass(kw_only=True)
class Publisher:
    """One WHIP session, seen from the sender."""

    peer: RTCPeerConnection
    track: Tones
    response: httpx.Response


async def offer_of(peer: RTCPeerConnection) -> str:
    """The peer's complete offer, with its candidates."""
    await peer.setLocalDescription(await peer.createOffer())
    return peer.localDescription.sdp


def rsa_certificate() -> RTCCertificate:
    """A certificate such as GStreamer makes by default; aiortc makes elliptic ones only."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return RTCCertificate(key, generate_certificate(key))  # type: ignore[arg-type]


@asynccontextmanager
async def publishing(
    http: httpx.AsyncClient,
    track: Tones,
    query: str,
    *,
    certificate: RTCCertificate | None = None,
    change: Callable[[str], str] = lambda offer: offer,
) -> AsyncIterator[Publisher]:
    """A publisher for as long as the block runs; it leaves by closing its connection. `change`s its offer."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    if certificate:
        peer._RTCPeerConnection__certificates = [certificate]  # type: ignore[attr-defined]
    peer.addTrack(track)
    try:
        response = await http.post(f"/whip?{query}", content=change(await offer_of(peer)), headers=SDP)
        if response.status_code == 201:
            await peer.setRemoteDescription(RTCSessionDescription(sdp=response.text, type="answer"))
        yield Publisher(peer=peer, track=track, response=response)
    finally:
        await peer.close()


def loudness_at(hz: float, pcm: Pcm, rate_hz: int = RATE_HZ) -> float:
    """How strong that tone is in the samples: 0 to 1 of full scale."""
    at = np.arange(len(pcm)) / rate_hz
    return float(abs(np.mean(pcm / 32_768 * np.exp(-2j * np.pi * hz * at))) * 2)
