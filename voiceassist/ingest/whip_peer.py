"""One WebRTC peer: answers its offer with aiortc, then listens to its track until it is gone.

Never recognises speech, never lets aiortc's queue grow: every frame goes straight on to the joined call.
Next: `join.py`.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

import numpy as np
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

from voiceassist.audio.pcm import Pcm, deinterleave
from voiceassist.errors import IngestError
from voiceassist.events import EndReason
from voiceassist.ingest.join import JoinedCall, Legs
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.whip_jitter import OrderedPackets
from voiceassist.ingest.whip_sdp import OPUS

RATE_HZ = 48_000  # what aiortc decodes Opus to, always as two channels
CHANNELS = 2

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
    track: MediaStreamTrack, call: JoinedCall, legs: Legs, limits: PeerLimits, is_over: Callable[[], bool]
) -> EndReason:
    """Feeds the call until the peer ends, or nothing has come from it for too long."""
    heard_s, patience_s = monotonic(), limits.start_within_s
    while not is_over():
        try:
            frame = await _next_frame(track, limits.tick_s)
        except MediaStreamError:
            break
        now_s = monotonic()
        if frame:
            call.audio(legs, split(frame, len(legs)), now_s, frame.pts or 0)
            heard_s, patience_s = now_s, limits.dead_after_s
        elif now_s - heard_s >= patience_s:
            break
        call.tick(now_s)
    return "vanished"


async def _next_frame(track: MediaStreamTrack, within_s: float) -> AudioFrame | None:
    try:
        async with asyncio.timeout(within_s):
            frame = await track.recv()
    except TimeoutError:
        return None
    assert isinstance(frame, AudioFrame)
    return frame


def split(frame: AudioFrame, legs: int) -> tuple[Pcm, ...]:
    """The samples of a decoded frame: a channel per leg, or both channels mixed for a single one."""
    assert (frame.sample_rate, frame.format.name, frame.layout.nb_channels) == (RATE_HZ, "s16", CHANNELS)
    # A plane may be longer than its samples, since FFmpeg pads it; `to_ndarray` counts.
    interleaved: Pcm = frame.to_ndarray()[0]
    if legs == CHANNELS:
        return deinterleave(interleaved, CHANNELS)
    return (interleaved.reshape(-1, CHANNELS).mean(axis=1).astype(np.int16),)
