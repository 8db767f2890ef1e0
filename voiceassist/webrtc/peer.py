"""One WebRTC peer: answers its offer with aiortc, and closes it.

Never hears it and never makes its audio: `ingest/whip/listen.py` does the one, `listening/` the other.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpCodecCapability,
    RTCRtpReceiver,
    RTCSessionDescription,
)

from voiceassist.errors import WebRtcError
from voiceassist.webrtc.sdp import OPUS, for_aiortc, parse_fragment


async def answer_offer(sdp: str, track: MediaStreamTrack | None = None) -> RTCPeerConnection:
    """A peer connection with its answer ready: it gets `track`, or sends us its own where there is none.

    Raises WebRtcError when the offer cannot be answered.
    """
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))  # the default asks a public STUN server
    try:
        await _to_its_end(_negotiate(peer, sdp, track))
    except BaseException as error:  # also when the request is given up: nobody else would close it
        await close_peer(peer)
        if not isinstance(error, Exception):
            raise
        reason = f"{type(error).__name__}: {error}"  # aiortc raises whatever happens, as its parser does
        raise WebRtcError("bad_sdp", f"the offer cannot be answered ({reason})") from error
    return peer


async def add_candidates(peer: RTCPeerConnection, ufrag: str, fragment: str) -> None:
    """Takes candidates that came after the offer of the peer with that user name fragment; raises WebRtcError."""
    news = parse_fragment(fragment)
    if news.ufrag not in (None, ufrag):
        raise WebRtcError("ice_restart", "ICE restarts are not supported; begin a new session")
    for candidate in news.candidates:
        await peer.addIceCandidate(candidate)


async def close_peer(peer: RTCPeerConnection) -> None:
    """Closes the peer and its sockets, also when whoever waits for that is cancelled meanwhile."""
    await _to_its_end(peer.close())


def audio_of(peer: RTCPeerConnection) -> RTCRtpReceiver:
    """What receives the audio of a peer whose offer was answered."""
    (receiver,) = [r for r in peer.getReceivers() if r.track is not None and r.track.kind == "audio"]
    return receiver


async def _negotiate(peer: RTCPeerConnection, sdp: str, track: MediaStreamTrack | None) -> None:
    audio = peer.addTransceiver(track or "audio", direction="sendonly" if track else "recvonly")
    audio.setCodecPreferences(_opus())
    await peer.setRemoteDescription(RTCSessionDescription(sdp=for_aiortc(sdp), type="offer"))
    for other in peer.getTransceivers():
        if other is not audio:
            other.direction = "inactive"
    await peer.setLocalDescription(await peer.createAnswer())


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Waits for work that must not be cut short; a cancellation counts when it is done.

    Cut short, aiortc loses the sockets that it just opened, or is half closed and never closes the rest. The work
    takes milliseconds: it waits for nothing but this machine.
    """
    task, cancelled = asyncio.ensure_future(work), None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled:
        raise cancelled


def _opus() -> list[RTCRtpCodecCapability]:
    known = RTCRtpReceiver.getCapabilities("audio")
    assert known is not None, "aiortc knows audio"
    return [codec for codec in known.codecs if codec.mimeType.lower() == OPUS]
