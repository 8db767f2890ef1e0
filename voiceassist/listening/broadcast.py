"""One live call for all who listen in: its audio in blocks of 20 ms, encoded once for each choice of legs.

It hears the call's audio tap, so nothing of it is heard that may not be recorded: pauses are silent, and so is all
audio as long as a consent is missing that recording needs. Words that redaction has masked by the time at which
they are sent are silent too, on both legs, as in the recording. Without a delay (`listen_delay_s`) that is seldom
in time: a spoken number is known to be one some seconds after it was heard.

It runs while anybody listens. Encoding is in a thread of its own; when that is slow, audio is dropped and the call
is not delayed. Never knows who listens. Next: each listener's `PacketTrack`.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from time import monotonic

from voiceassist.audio.pcm import AudioFrame, Pcm, silence
from voiceassist.audio.silences import Silences
from voiceassist.events import SPEAKERS, HeardLegs, Speaker
from voiceassist.listening.edge import BLOCK_MS, LegEdge
from voiceassist.listening.encoder import Encoded, ListeningEncoder
from voiceassist.listening.track import PacketTrack

BLOCK_S = BLOCK_MS / 1000
MOST_BLOCKS = 10  # made at once when the machine was busy; what was due before that is left out

Block = Mapping[Speaker, Pcm]


class Broadcast:
    """One call's audio, as it is now."""

    def __init__(self, legs: tuple[Speaker, ...], silences: Silences, threads: Executor, delay_ms: int) -> None:
        self._legs = [speaker for speaker in SPEAKERS if speaker in legs]  # the agent is on the left
        self._silences = silences
        self._threads, self._delay_ms = threads, delay_ms
        self._edges: dict[Speaker, LegEdge] = {}
        self._tracks: defaultdict[HeardLegs, set[PacketTrack]] = defaultdict(set)
        self.encoders: dict[HeardLegs, ListeningEncoder] = {}  # as many as there are choices that somebody hears

    @property
    def behind_ms(self) -> int:
        """How far what is sent now is behind what is said now, as it reached us."""
        return max((edge.behind_ms for edge in self._edges.values()), default=0)

    def join(self, legs: HeardLegs, track: PacketTrack) -> None:
        """Somebody listens from now on."""
        self._tracks[legs].add(track)

    def leave(self, legs: HeardLegs, track: PacketTrack) -> None:
        """They do no longer."""
        self._tracks[legs].discard(track)

    def hear(self, frame: AudioFrame, end: int) -> None:
        """A frame of the call; see `audio_tap.Told`."""
        if frame.speaker not in self._edges:
            self._edges[frame.speaker] = LegEdge(frame.rate_hz, self._delay_ms)
        self._edges[frame.speaker].add(frame.pcm, end)

    async def run(self, over: asyncio.Event, clock: Callable[[], float] = monotonic) -> None:
        """Sends what is due, block by block, until the call is over or this is cancelled."""
        due_s = clock() + BLOCK_S
        while not over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, due_s - clock())):
                    await over.wait()
            blocks = int((clock() - due_s) / BLOCK_S) + 1
            due_s += blocks * BLOCK_S
            if self._edges and blocks > 0:
                await self.send(min(blocks, MOST_BLOCKS))

    async def send(self, blocks: int) -> None:
        """Sends the next blocks to everybody."""
        made = [self._block() for _ in range(blocks)]
        wanted = [legs for legs, tracks in self._tracks.items() if tracks]
        loop = asyncio.get_running_loop()
        packets = await loop.run_in_executor(self._threads, self._encoded, made, wanted)
        for legs, encoded in packets.items():
            _give(encoded, self._tracks[legs])
        for legs in self.encoders.keys() - {legs for legs, tracks in self._tracks.items() if tracks}:
            del self.encoders[legs]  # nobody hears it any more

    def _block(self) -> Block:
        masked = self._silences.spans()
        samples = next(iter(self._edges.values())).block
        edges = ((speaker, self._edges.get(speaker)) for speaker in self._legs)
        return {speaker: edge.take(masked) if edge else silence(samples) for speaker, edge in edges}

    def _encoded(self, blocks: Sequence[Block], wanted: Sequence[HeardLegs]) -> dict[HeardLegs, list[Encoded]]:
        return {legs: self._encode(legs, blocks) for legs in wanted}

    def _encode(self, legs: HeardLegs, blocks: Sequence[Block]) -> list[Encoded]:
        channels = [[block[one] for one in self._legs if legs in ("both", one)] for block in blocks]
        if legs not in self.encoders:
            rate_hz = len(channels[0][0]) * 1000 // BLOCK_MS
            self.encoders[legs] = ListeningEncoder(rate_hz, len(channels[0]))
        return [packet for block in channels for packet in self.encoders[legs].encode(block)]


def _give(packets: Iterable[Encoded], tracks: Iterable[PacketTrack]) -> None:
    for track in tuple(tracks):
        for packet in packets:
            track.give(packet)
