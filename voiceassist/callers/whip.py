"""The caller of WHIP (RFC 9725): a recording as a browser publishes a microphone, by aiortc, in real time.

What the line does to audio is done to the packets: every frame is one Opus packet, and one that was not planned is
dropped on its way. Knows nothing of the server's insides. Next: `run.py` plays the connections of every line.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from fractions import Fraction
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import httpx
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import is_rtcp
from av import AudioFrame

from voiceassist.callers.caller import CallerError, CallerLine, Frame, Opening, PlacedCall
from voiceassist.callers.placing import Placing
from voiceassist.callers.plan import PlannedConnection, Stretch
from voiceassist.callers.request import headers_of, refusal

Send = Callable[[bytes], Awaitable[None]]

SDP: Final = {"Content-Type": "application/sdp"}
RATE_HZ: Final = 48_000  # RFC 7587 section 4.1
PACKET: Final = 960  # samples of a frame: 20 ms
PACKET_MS: Final = 20
ANSWER_S: Final = 15.0  # for an answer, and for the media connection
# Private to aiortc, whose version is pinned; a test of loss and one of a cut line look here.
RTP_ATTRIBUTE: Final = "_send_rtp"  # of the DTLS transport
PACKET_ATTRIBUTE: Final = "_send"  # of the ICE transport


async def connect(placing: Placing, planned: PlannedConnection, line: CallerLine) -> None:
    """A publication, from its offer to its end. Raises CallerError."""
    if placing.manner.speed != 1.0:
        raise CallerError(f"--speed {placing.manner.speed:g}: WebRTC plays in real time only")
    headers = headers_of(Opening(), placing.call.key)
    track = RecordedTrack(placing, planned)
    async with httpx.AsyncClient(headers=headers, timeout=ANSWER_S) as http, _peer() as peer:
        sender = peer.addTrack(track)
        location = await _published(http, placing, line, peer)
        await _play(placing, peer, sender, track)
        if planned.dies_ms is None:
            await http.delete(location)
        else:
            await placing.wait_until(planned.dies_ms)
            setattr(sender.transport.transport, PACKET_ATTRIBUTE, _nothing)  # no farewell gets out


async def _published(http: httpx.AsyncClient, placing: Placing, line: CallerLine, peer: RTCPeerConnection) -> str:
    """Offers and takes the answer; gives the session's address."""
    url = _http(placing.url, query_of(placing.call, line))
    await peer.setLocalDescription(await peer.createOffer())
    try:
        response = await http.post(url, content=peer.localDescription.sdp, headers=SDP)
    except httpx.HTTPError as error:
        told = f"cannot be reached ({error}); is voiceassist running there?"
        raise CallerError(f"{placing.url}: {told}") from error
    if response.status_code != httpx.codes.CREATED:
        has_key = placing.call.key is not None
        told = refusal(response.status_code, response.content, placing.protocol.path, has_key=has_key)
        raise CallerError(f"{placing.url}: {told}")
    try:
        await peer.setRemoteDescription(RTCSessionDescription(sdp=response.text, type="answer"))
    except ValueError as error:
        raise CallerError(f"{placing.url}: the server's answer is no SDP: {error}") from error
    placing.outcome.connections += 1
    location: str = response.headers.get("location", "")
    return urljoin(url, location)


async def _play(placing: Placing, peer: RTCPeerConnection, sender: RTCRtpSender, track: "RecordedTrack") -> None:
    """From the media connection to the recording's end."""
    states: asyncio.Queue[str] = asyncio.Queue()
    peer.on("connectionstatechange", lambda: states.put_nowait(peer.connectionState))
    try:
        async with asyncio.timeout(ANSWER_S):
            while peer.connectionState != "connected":
                _check_state(placing, await states.get())
    except TimeoutError:
        told = f"no media connection within {ANSWER_S:g} s: does UDP reach the server?"
        raise CallerError(f"{placing.url}: {told}") from None
    setattr(sender.transport, RTP_ATTRIBUTE, track.line(getattr(sender.transport, RTP_ATTRIBUTE)))
    placing.begin()
    track.may_begin.set()
    over, gone = asyncio.create_task(track.over.wait()), asyncio.create_task(states.get())
    await asyncio.wait((over, gone), return_when=asyncio.FIRST_COMPLETED)
    for task in (over, gone):
        task.cancel()
    if gone.done() and not gone.cancelled():
        _check_state(placing, gone.result())
    await track.has_gone_out()


def _check_state(placing: Placing, state: str) -> None:
    if state in {"failed", "closed"}:
        raise CallerError(f"{placing.url}: the server ended the call: its media connection is {state}")


class RecordedTrack(MediaStreamTrack):
    """The frames of one connection, in time; `line` does to their packets what was planned."""

    kind = "audio"

    def __init__(self, placing: Placing, planned: PlannedConnection) -> None:
        super().__init__()
        self.may_begin, self.over = asyncio.Event(), asyncio.Event()
        self._placing = placing
        self._frames = _with_lost(
            [step.says for step in planned.steps if isinstance(step.says, Frame)], placing.manner.pauses
        )
        self._fates: deque[float | None] = deque()  # of packets that were not sent yet: ms late, or lost
        self._late: set[asyncio.Task[None]] = set()

    async def recv(self) -> AudioFrame:
        """The next 20 ms."""
        await self.may_begin.wait()
        number, frame = next(self._frames, (None, None))
        if number is None:
            self.over.set()
            raise MediaStreamError
        spoken_ms = (number + 1) * PACKET_MS
        await self._placing.wait_until(spoken_ms)
        self._fates.append(None if frame is None else frame.send_ms - spoken_ms)
        self._placing.hooks.progress(spoken_ms, self._placing.outcome.duration_ms)
        return _audio(number, frame)

    async def has_gone_out(self) -> None:
        """Waits for packets that are late."""
        await asyncio.gather(*self._late)

    def line(self, send: Send) -> Send:
        """A line to the peer on which packets have the fates of their frames."""

        async def later(packet: bytes, late_ms: float) -> None:
            await asyncio.sleep(late_ms / 1000)
            with suppress(ConnectionError):  # the call is over: nobody misses it
                await send(packet)

        async def carried(packet: bytes) -> None:
            if is_rtcp(packet):
                await send(packet)
            elif (late_ms := self._fates.popleft()) is not None:
                self._placing.outcome.frames += 1
                if late_ms <= 0:
                    await send(packet)
                    return
                task = asyncio.create_task(later(packet, late_ms))
                self._late.add(task)
                task.add_done_callback(self._late.discard)

        return carried


def query_of(call: PlacedCall, line: CallerLine) -> dict[str, str]:
    """Who publishes: one leg, or both as the channels of one track."""
    legs = {"leg": line.legs[0]} if len(line.legs) == 1 else {"legs": ",".join(line.legs)}
    return {
        "call_id": call.call_id,
        **legs,
        "agent_id": call.agent.id,
        "agent_name": call.agent.name,
        "agent_team": call.agent.team,
        "customer_id": call.customer.id,
        "customer_name": call.customer.name,
        "tier": call.customer.tier,
        **({"language": call.language} if call.language else {}),
    }


def _with_lost(planned: list[Frame], pauses: tuple[Stretch, ...]) -> Iterator[tuple[int, Frame | None]]:
    """All frames between the first and the last in the order in which they were spoken; None: lost on the way.

    On hold there are none: the packets' numbers go on where they were, their timestamps jump.
    """
    there = {frame.number: frame for frame in planned}
    for number in range(min(there, default=0), max(there, default=-1) + 1):
        is_held = any(pause.from_ms <= number * PACKET_MS < pause.to_ms for pause in pauses)
        if number in there or not is_held:
            yield number, there.get(number)


def _audio(number: int, frame: Frame | None) -> AudioFrame:
    """Stereo, as Opus is sent: both legs, or one leg on both channels."""
    samples = np.zeros((PACKET, 2), np.int16)
    if frame is not None:
        left, right = frame.channels[0], frame.channels[-1]
        samples[: len(left), 0], samples[: len(right), 1] = left, right
    audio = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
    audio.sample_rate, audio.pts, audio.time_base = RATE_HZ, number * PACKET, Fraction(1, RATE_HZ)
    return audio


def _http(url: str, query: dict[str, str]) -> str:
    parts = urlsplit(url)
    scheme = "https" if parts.scheme in {"wss", "https"} else "http"
    return urlunsplit(parts._replace(scheme=scheme, query=urlencode(query)))


async def _nothing(_packet: bytes) -> None:
    """A cable that was pulled."""


@asynccontextmanager
async def _peer() -> AsyncIterator[RTCPeerConnection]:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))  # the default asks a public STUN server
    try:
        yield peer
    finally:
        await peer.close()
