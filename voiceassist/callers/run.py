"""Places a call: a recording goes to a server over websockets, as its phone system would send it.

Knows nothing of the server's insides. The callers say what is sent, `plan.py` says when; here are the sockets and
the clock. Next: the demo, `voiceassist call` and `send`, benches and tests.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.typing import Subprotocol

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.resample import Resampler
from voiceassist.callers.caller import Caller, CallerError, CallerLine, Frame, Message, PlacedCall
from voiceassist.callers.plan import KeyPress, Manner, PlannedConnection, PlannedLine, PlannedStep, planned
from voiceassist.callers.protocols import CallerProtocol, check_options, protocol_named
from voiceassist.callers.request import address_of, headers_of, refusal
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.store.audiofile import AudioFile, read_audio

CONNECT_S = 10.0
TAKEN_WITHIN_S = 30.0  # from the connection to the server's leave to send
PING_EVERY_S = 20.0  # keeps routers on the way from forgetting the connection
# A server that is sent more than it can recognise reads nothing until it has caught up, and answers no ping. That
# takes under 15 minutes: its backlog of 300 s and what the buffers between hold, recognised at the pace of speech.
PONG_WITHIN_S = 900.0


@dataclass(slots=True, kw_only=True)
class CallOutcome:
    """What came of it."""

    duration_ms: int  # of the recording
    connections: int = 0
    frames: int = 0  # sent
    unsent: int = 0  # frames that fell into a time when the server did not listen
    told: list[str] = field(default_factory=list)  # by the server, for people


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHooks:
    """Who is told what while the call goes on."""

    started: Callable[[float], None] = lambda _at_s: None  # the monotonic second of the recording's time 0
    progress: Callable[[float, float], None] = lambda _at_ms, _of_ms: None  # how far the recording was sent
    told: Callable[[str], None] = lambda _what: None  # what the server said for people


async def place_call(
    recording: Path,
    url: str,
    call: PlacedCall,
    *,
    protocol: str = "stream",
    manner: Manner | None = None,
    legs: tuple[Speaker, ...] = SPEAKERS,
    rate_hz: int | None = None,
    hooks: CallHooks | None = None,
) -> CallOutcome:
    """Streams a recording from its start to its end; `legs` says whose voice each of its channels is.

    `url` is the socket's whole address, `rate_hz` what is sent (None: the recording's, where the protocol carries
    it). Raises CallerError, and RecordingError when the file cannot be read.
    """
    spoken = protocol_named(protocol)
    check_options(protocol, call.options)
    audio = await asyncio.to_thread(read_audio, recording)
    manner = _possible(spoken, manner or Manner(), legs)
    sent_hz = _rate(spoken, audio.rate_hz, rate_hz)
    channels = await asyncio.to_thread(_channels, audio, legs, sent_hz)
    placing = _Placing(
        url=url,
        call=call,
        protocol=spoken,
        rate_hz=sent_hz,
        speed=manner.speed,
        hooks=hooks or CallHooks(),
        outcome=CallOutcome(duration_ms=audio.duration_ms),
    )
    await _at_once(placing.line(line) for line in planned(legs, channels, sent_hz, spoken.frame_ms, manner))
    return placing.outcome


@dataclass(slots=True, kw_only=True)
class _Placing:
    """A call that is being placed: what its lines share."""

    url: str
    call: PlacedCall
    protocol: CallerProtocol
    rate_hz: int
    speed: float
    hooks: CallHooks
    outcome: CallOutcome
    began_s: float | None = None  # the recording's time 0, once the server takes audio

    async def line(self, line: PlannedLine) -> None:
        """All connections of one line."""
        for connection in line.connections:
            await self.wait_until(connection.begins_ms)
            carries = CallerLine(
                legs=line.legs,
                rate_hz=self.rate_hz,
                number=connection.number,
                begins_ms=connection.begins_ms,
            )
            await self._connect(connection, self.protocol.make(self.call, carries))

    def begin(self) -> None:
        """The server takes audio: the recording begins, with the first of its lines."""
        if self.began_s is None:
            self.began_s = monotonic()
            self.hooks.started(self.began_s)

    async def wait_until(self, at_ms: float) -> None:
        """Until that moment of the recording; without waiting before it has begun."""
        if self.began_s is not None:
            await asyncio.sleep(max(0.0, self.began_s + at_ms / 1000 / self.speed - monotonic()))

    async def _connect(self, planned: PlannedConnection, caller: Caller) -> None:
        opening = caller.opening(self.url)
        try:
            async with websockets.connect(
                address_of(self.url, opening),
                additional_headers=headers_of(opening, self.call.key),
                subprotocols=[Subprotocol(name) for name in opening.subprotocols] or None,
                open_timeout=CONNECT_S,
                ping_interval=PING_EVERY_S,
                ping_timeout=PONG_WITHIN_S,
            ) as socket:
                self.outcome.connections += 1
                await _Conversation(self, planned, caller, socket).hold()
        except websockets.InvalidStatus as error:
            response, has_key = error.response, self.call.key is not None
            told = refusal(response.status_code, response.body, self.protocol.path, has_key=has_key)
            raise CallerError(f"{self.url}: {told}") from error
        except OSError as error:
            raise CallerError(f"{self.url}: cannot be reached ({error}); is voiceassist running there?") from error
        except websockets.ConnectionClosed as error:
            raise CallerError(f"{self.url}: {_closed(error)}") from error
        except websockets.WebSocketException as error:
            raise CallerError(f"{self.url}: {error}") from error


class _Conversation:
    """One connection: a task says what was planned, another hears what the server says."""

    def __init__(
        self, placing: _Placing, planned: PlannedConnection, caller: Caller, socket: ClientConnection
    ) -> None:
        self._placing, self._planned, self._caller, self._socket = placing, planned, caller, socket
        self._heard = asyncio.Event()  # something since the last look

    async def hold(self) -> None:
        """From its beginning to its end. Raises CallerError, ConnectionClosed."""
        hearing = asyncio.create_task(self._hear())
        saying = asyncio.create_task(self._say())
        try:
            await asyncio.wait((hearing, saying), return_when=asyncio.FIRST_COMPLETED)
            if saying.done() and saying.exception() is None:
                return
            if saying.done() and isinstance(saying.exception(), websockets.ConnectionClosed):
                await asyncio.wait((hearing,))  # the server's last words say more than that it closed
            for task in (hearing, saying):
                if task.done():
                    task.result()
            if not self._caller.is_over:
                raise CallerError(f"{self._placing.url}: the server ended the call without a word")
        finally:
            for task in (hearing, saying):
                task.cancel()
            await asyncio.gather(hearing, saying, return_exceptions=True)

    async def _hear(self) -> None:
        async for message in self._socket:
            replies = self._caller.receive(message)
            for what in self._caller.told():
                self._placing.outcome.told.append(what)
                self._placing.hooks.told(what)
            await self._send(replies)
            self._heard.set()

    async def _say(self) -> None:
        await self._send(self._caller.begin())
        await self._until_taken()
        self._placing.begin()
        for step in self._planned.steps:
            await self._placing.wait_until(step.at_ms)
            await self._do(step)
        if self._planned.dies_ms is None:
            await self._send(self._caller.end())
            await self._until(lambda: self._caller.is_over)
        else:
            await self._placing.wait_until(self._planned.dies_ms)
            self._socket.transport.abort()

    async def _do(self, step: PlannedStep) -> None:
        match step.says:
            case Frame():
                await self._send_frame(step.says)
            case KeyPress(speaker=speaker, key=key):
                await self._send(self._caller.press(speaker, key))
            case "pause":
                await self._send(self._caller.pause())
            case "resume":
                await self._send(self._caller.resume())

    async def _send_frame(self, frame: Frame) -> None:
        outcome = self._placing.outcome
        if self._caller.may_send:
            await self._send(self._caller.audio(frame))
            outcome.frames += 1
        else:
            outcome.unsent += 1
        self._placing.hooks.progress(frame.send_ms, outcome.duration_ms)

    async def _send(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._socket.send(message)

    async def _until_taken(self) -> None:
        try:
            async with asyncio.timeout(TAKEN_WITHIN_S):
                await self._until(lambda: self._caller.may_send)
        except TimeoutError:
            told = f"the server did not take the call within {TAKEN_WITHIN_S:g} s"
            raise CallerError(f"{self._placing.url}: {told}") from None

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._heard.clear()
            await self._heard.wait()


async def _at_once(lines: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All of them; when one fails the others end, and its error is told."""
    try:
        async with asyncio.TaskGroup() as group:
            for line in lines:
                group.create_task(line)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None


def _possible(protocol: CallerProtocol, manner: Manner, legs: Sequence[Speaker]) -> Manner:
    """With a connection per leg, where the protocol wants that. Raises CallerError where it cannot."""
    if manner.per_leg and protocol.legs == "both":
        raise CallerError("--per-leg: this protocol carries both legs on one connection")
    if len(legs) == 1 and protocol.legs == "both":
        raise CallerError("this protocol carries both legs, and the recording has one channel")
    return replace(manner, per_leg=True) if protocol.legs == "one" else manner


def _rate(protocol: CallerProtocol, recorded_hz: int, wanted_hz: int | None) -> int:
    """What is sent: as wanted, or as recorded, or the highest rate that loses least."""
    rates = protocol.rates_hz
    if wanted_hz is not None and rates and wanted_hz not in rates:
        raise CallerError(f"--rate {wanted_hz}: this protocol carries {', '.join(map(str, rates))} Hz")
    if wanted_hz is not None or not rates or recorded_hz in rates:
        return wanted_hz or recorded_hz
    return max((rate for rate in rates if rate < recorded_hz), default=min(rates))


def _channels(audio: AudioFile, legs: Sequence[Speaker], rate_hz: int) -> list[Pcm]:
    if len(audio.channels) != len(legs):
        there, named = len(audio.channels), ", ".join(legs)
        raise CallerError(
            f"the recording has {there} channel{'s' * (there != 1)}, and {len(legs)} were named ({named}): "
            "say with --legs whose voice each one is, in order, as in --legs customer,agent"
        )
    return [_at_rate(channel, audio.rate_hz, rate_hz) for channel in audio.channels]


def _at_rate(pcm: Pcm, from_hz: int, to_hz: int) -> Pcm:
    resampler = Resampler(from_hz, to_hz)
    return np.concatenate([resampler.feed(pcm), resampler.finish()])


def _closed(error: websockets.ConnectionClosed) -> str:
    reason = f": {error.rcvd.reason or error.rcvd.code}" if error.rcvd else " without a word"
    return f"the server ended the call{reason}"
