"""One WebRTC peer: answers its offer with aiortc, then listens to its track until it is gone.

Never recognises speech, never lets aiortc's queue grow: every frame goes straight on to the call's feed.
Next: `whip_dialect.py` makes audio of its frames, `feed.py` takes it.
"""

import asyncio
from collections.abc import Callable

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpCodecCapability,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InternalError, InvalidAccessError, InvalidStateError, OperationError
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from voiceassist.errors import IngestError
from voiceassist.events import EndReason
from voiceassist.ingest.feed import PeerFeed
from voiceassist.ingest.whip_dialect import WhipDialect
from voiceassist.ingest.whip_jitter import OrderedPackets
from voiceassist.ingest.whip_sdp import OPUS

JITTER_ATTRIBUTE = "_RTCRtpReceiver__jitter_buffer"  # private: the version of aiortc is pinned, a test looks here


async def answer_offer(sdp: str) -> RTCPeerConnection:
    """A peer connection with its answer ready; raises IngestError when the offer cannot be answered."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))  # the default asks a public STUN server
    audio = peer.addTransceiver("audio", direction="recvonly")
    audio.setCodecPreferences(_opus())
    try:
        await peer.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
        for other in peer.getTransceivers():
            if other is not audio:
                other.direction = "inactive"
        await peer.setLocalDescription(await peer.createAnswer())
    except (InternalError, InvalidAccessError, InvalidStateError, OperationError, ValueError) as error:
        await peer.close()
        raise IngestError("bad_sdp", f"the offer cannot be answered: {error}") from error
    replace_jitter_buffer(audio.receiver)
    return peer


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
