"""What one listener is sent: packets that were encoded for all, in a small queue of their own.

aiortc takes packets as they are when a track gives packets. One whose network or connection takes nothing for a
while loses the oldest, and nobody else notices. Next: `webrtc/peer.py` sends it.
"""

import asyncio
from collections import deque

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from voiceassist.listening.encoder import Encoded

WAITING = 15  # packets, 300 ms. Full: the oldest goes, since who listens in wants what is said now


class PacketTrack(MediaStreamTrack):
    """The packets of one listener."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._packets: deque[Encoded] = deque(maxlen=WAITING)
        self._news = asyncio.Event()
        self._is_taken = False  # nothing is kept for who is not connected yet: it would be late from the beginning

    def give(self, packet: Encoded) -> None:
        """The next packet. Never blocks."""
        if self._is_taken:
            self._packets.append(packet)
            self._news.set()

    async def recv(self) -> Encoded:
        """The oldest packet that waits; raises MediaStreamError when there will be none."""
        self._is_taken = True
        while not self._packets:
            if self.readyState != "live":
                raise MediaStreamError
            self._news.clear()
            await self._news.wait()
        return self._packets.popleft()

    def stop(self) -> None:
        """Nothing more will come."""
        super().stop()
        self._news.set()
