"""A call whose audio a test gives out itself: as fast as it likes, and broken where it likes."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from time import monotonic

import numpy as np

from voiceassist.audio.pcm import AudioFrame
from voiceassist.events import SPEAKERS, AudioGap, Customer, EndReason, LineChanged, Person, Speaker
from voiceassist.ingest.source import CallInfo

RATE_HZ = 8000
FRAME_MS = 20

Piece = AudioFrame | AudioGap | LineChanged | Exception


def info(call_id: str = "call-1", legs: tuple[Speaker, ...] = SPEAKERS) -> CallInfo:
    """Who is calling."""
    return CallInfo(
        call_id=call_id,
        agent=Person(id="ana", name="Ana"),
        customer=Customer(id="42", name="Mr Brown"),
        source="stream",
        legs=legs,
    )


def quiet(seconds: float, *legs: Speaker) -> Iterable[AudioFrame]:
    """Silence of those legs (or of both), in frames of 20 ms that arrive as they are taken."""
    samples = int(seconds * RATE_HZ)
    step = RATE_HZ * FRAME_MS // 1000
    for at in range(0, samples, step):
        for leg in legs or SPEAKERS:
            pcm = np.zeros(min(step, samples - at), np.int16)
            yield AudioFrame(speaker=leg, pcm=pcm, rate_hz=RATE_HZ, arrived_s=monotonic())


@dataclass(kw_only=True)
class GivenSource:
    """A `Source` of given pieces; an exception among them is raised in its place."""

    pieces: Iterable[Piece]
    info: CallInfo = field(default_factory=info)
    end_reason: EndReason = "hangup"
    hold: asyncio.Event | None = None  # after the pieces the line stays open until it is set

    def __post_init__(self) -> None:
        self.pieces = iter(self.pieces)

    async def frames(self) -> AsyncIterator[AudioFrame | AudioGap | LineChanged]:
        """The pieces, one after the other; asked again, those that nobody has taken."""
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece
        if self.hold:
            await self.hold.wait()
