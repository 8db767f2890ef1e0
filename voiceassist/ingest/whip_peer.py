"""One WebRTC peer: answers its offer with aiortc, then listens to its track until it is gone.

Never recognises speech, never lets aiortc's queue grow: every frame goes straight on to the call's feed.
Next: `whip_dialect.py` makes audio of its frames, `feed.py` takes it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpCodecCapability,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from voiceassist.errors import IngestError
from voiceassist.events import EndReason
from voiceassist.ingest.feed import PeerFeed
from voiceassist.ingest.whip_dialect import WhipDialect
from voiceassist.ingest.whip_jitter import OrderedPackets
from voiceassist.ingest.whip_sdp import OPUS, for_aiortc

JITTER_ATTRIBUTE = "_RTCRtpReceiver__jitter_buffer"  # private: the version of aiortc is pinned, a test looks here


async def answer_offer(sdp: str) -> RTCPeerConnection:
    """A peer connection with its answer ready; raises IngestError when the offer cannot be answered."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))  # the default asks a public STUN server
    try:
        await _to_its_end(_negotiate(peer, sdp))
    except BaseException as error:  # also when the request is given up: nobody else would close it
        await close_peer(peer)
        if not isinstance(error, Exception):
            raise
        reason = f"{type(error).__name__}: {error}"  # aiortc raises whatever happens, as its parser does
        raise IngestError("bad_sdp", f"the offer cannot be answered ({reason})") from error
    return peer


async def close_peer(peer: RTCPeerConnection) -> None:
    """Closes the peer and its sockets, also when whoever waits for that is cancelled meanwhile."""
    await _to_its_end(peer.close())


def audio_of(peer: RTCPeerConnection) -> RTCRtpReceiver:
    """What receives the audio of a peer whose offer was answered."""
    (receiver,) = [r for r in peer.getReceivers() if r.track is not None and r.track.kind == "audio"]
    return receiver


async def _negotiate(peer: RTCPeerConnection, sdp: str) -> None:
    audio = peer.addTransceiver("audio", direction="recvonly")
    audio.setCodecPreferences(_opus())
    await peer.setRemoteDescription(RTCSessionDescription(sdp=for_aiortc(sdp), type="offer"))
    for other in peer.getTransceivers():
        if other is not audio:
            other.direction = "inactive"
    await peer.setLocalDescription(await peer.createAnswer())
    replace_jitter_buffer(audio.receiver)


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


def replace_jitter_buffer(receiver: RTCRtpReceiver) -> None:
    """Gives the receiver ours (`whip_jitter.py` says why); AttributeError when this aiortc keeps it elsewhere."""
    getattr(receiver, JITTER_ATTRIBUTE)
    setattr(receiver, JITTER_ATTRIBUTE, OrderedPackets())


async def listen(
    track: MediaStreamTrack,
    publisher: PeerFeed,
    dialect: WhipDialect,
    clock: Callable[[], float],
    is_over: Callable[[], bool],
) -> EndReason:
    """Feeds the call until the peer ends, or nothing has come from it for too long."""
    limits = publisher.feed.limits
    while not is_over():
        try:
            frame = await _next_frame(track, limits.tick_s)
        except MediaStreamError:
            break
        now_s = clock()
        for event in dialect.receive(frame) if frame else ():
            publisher.take(event, now_s)
        publisher.feed.tick(now_s)
        if publisher.quiet_s(now_s) >= (limits.dead_after_s if publisher.has_begun else limits.start_within_s):
            break
    return "vanished"


async def _next_frame(track: MediaStreamTrack, within_s: float) -> AudioFrame | None:
    try:
        async with asyncio.timeout(within_s):
            frame = await track.recv()
    except TimeoutError:
        return None
    assert isinstance(frame, AudioFrame)
    return frame
