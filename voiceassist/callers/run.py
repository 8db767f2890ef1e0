"""Places a call: a recording goes to a server as its phone system would send it.

Knows nothing of the server's insides. The callers say what is sent, `plan.py` says when; `socket_line.py` and
`whip.py` send it. Next: the demo, `voiceassist call` and `send`, benches and tests.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.resample import Resampler
from voiceassist.callers import socket_line
from voiceassist.callers.caller import CallerError, CallerLine, PlacedCall
from voiceassist.callers.placing import CallHooks, CallOutcome, Placing
from voiceassist.callers.plan import Manner, PlannedConnection, PlannedLine, planned
from voiceassist.callers.protocols import CallerProtocol, check_options, protocol_named
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.store.audiofile import AudioFile, read_audio


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
    placing = Placing(
        url=url,
        call=call,
        protocol=spoken,
        rate_hz=sent_hz,
        manner=manner,
        hooks=hooks or CallHooks(),
        outcome=CallOutcome(duration_ms=audio.duration_ms, warning=audio.warning),
    )
    await _at_once(_play(placing, line) for line in planned(legs, channels, sent_hz, spoken.frame_ms, manner))
    return placing.outcome


async def _play(placing: Placing, line: PlannedLine) -> None:
    """All connections of one line."""
    for connection in line.connections:
        await placing.wait_until(connection.begins_ms)
        carries = CallerLine(
            legs=line.legs,
            rate_hz=placing.rate_hz,
            number=connection.number,
            begins_ms=connection.begins_ms,
        )
        await _connect(placing, connection, carries)


async def _connect(placing: Placing, connection: PlannedConnection, line: CallerLine) -> None:
    if placing.protocol.make is not None:
        await socket_line.connect(placing, connection, line)
    else:
        whip = import_module("voiceassist.callers.whip")  # aiortc takes a second to load
        await whip.connect(placing, connection, line)


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
