"""Hears one channel for its words alone: no call, no cues, nothing shown and nothing stored.

Decodes in the same pool as calls, as bulk work: every call comes before it. Never touches a socket.
Next: `server/vosk.py` tells the client.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from time import monotonic
from typing import Any

from voiceassist.asr.pool import DecodePool
from voiceassist.asr.scheduled_leg import DuePiece, ScheduledLeg
from voiceassist.audio.pcm import Pcm
from voiceassist.events import Transcript

# Audio that may wait, in pieces of at most a second; then `add` waits. Beside it there is the message that is
# being added, of at most 1 MiB: together 2 MB for a channel at 48 kHz.
WAITING_PIECES = 10
CALL_LEGS = 2  # it is half a call
AFTER_CALLS_S = 1.0  # how much longer its partials wait for their turn than a call's


class PlainRecognition:
    """One channel."""

    def __init__(
        self, leg: ScheduledLeg, pool: DecodePool, rate_hz: int, hear: Callable[[Transcript], None]
    ) -> None:
        """`hear` is told every transcript, in order."""
        self._leg, self._pool, self._rate_hz, self._hear = leg, pool, rate_hz, hear
        self._pieces: asyncio.Queue[Pcm] = asyncio.Queue(WAITING_PIECES)
        self._work = asyncio.create_task(self._decode(), name="plain recognition")

    @property
    def waiting(self) -> int:
        """Pieces of audio that wait to be heard."""
        return self._pieces.qsize()

    async def add(self, pcm: Pcm) -> None:
        """Takes audio; waits while too much waits already. Raises EngineError."""
        for start in range(0, len(pcm), self._rate_hz):
            await self._unless_failed(self._pieces.put(pcm[start : start + self._rate_hz]))

    async def catch_up(self, within_s: float) -> bool:
        """Waits until all audio was heard, but no longer than that; whether it was. Raises EngineError."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._unless_failed(self._pieces.join())
                return True
        return False

    async def finish(self) -> None:
        """Hears all that waits, to the end. Raises EngineError."""
        await self._unless_failed(self._pieces.join())
        for transcript in await self._leg.finish(self._pool, monotonic() + AFTER_CALLS_S):
            self._hear(transcript)

    async def close(self) -> None:
        """Frees the recognizer; what waits is not heard. Raises EngineError."""
        self._work.cancel()
        await asyncio.wait([self._work])
        await self._leg.close(self._pool)

    async def _decode(self) -> None:
        while True:
            piece = DuePiece(
                pcm=await self._pieces.get(), rate_hz=self._rate_hz, due_s=monotonic() + AFTER_CALLS_S
            )
            heard = await self._leg.hear([piece], self._pool, has_open_cue=False)
            self._pool.meter.heard(len(piece.pcm) / self._rate_hz / CALL_LEGS)
            for said in heard:
                for transcript in said:
                    self._hear(transcript)
            self._pieces.task_done()

    async def _unless_failed(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Waits for it, or for the failure that it would wait for in vain."""
        waiter = asyncio.ensure_future(waiting)
        try:
            await asyncio.wait([waiter, self._work], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
        if self._work.done():
            self._work.result()
