"""The delay line of a recording: blocks of both channels that wait until it is decided what must be silent.

At most HOLD_MS and HOLD_BYTES wait, whichever comes first; then the oldest goes on with the silences that are
known by then, and one that comes later is for `store/recorder.py` to write into the file. Never reads a clock.
"""

from collections import deque
from collections.abc import Iterator, Sequence

from voiceassist.audio.channels import Block
from voiceassist.audio.silences import Span

# Most utterances end within ten seconds; a number read out with pauses is several. What waits is lost when the
# server is killed, and is heard so much later by who listens to a live call's recording.
HOLD_MS = 20_000
HOLD_BYTES = 4 << 20  # of samples: 20 s of both channels at 48 kHz are 3.8 MB


class HeldAudio:
    """The audio that waits, from the sample on that was given last."""

    def __init__(self) -> None:
        self._blocks: deque[Block] = deque()
        self._bytes = 0
        self._given = 0  # samples of each channel that went on
        self._waiting = 0  # samples

    def given_ms(self, rate_hz: int) -> int:
        """How much went on."""
        return self._given * 1000 // rate_hz if rate_hz else 0

    def add(self, block: Block) -> None:
        """Takes the next block."""
        self._blocks.append(block)
        self._bytes += sum(side.nbytes for side in block)
        self._waiting += len(block[0])

    def decided(self, until_ms: int | None, spans: Sequence[Span], rate_hz: int) -> Iterator[Block]:
        """What may go on, up to `until_ms` (None: all), or does so because too much waits; silent in the spans."""
        until = self._given + self._waiting if until_ms is None else until_ms * rate_hz // 1000
        while self._blocks and (self._given + len(self._blocks[0][0]) <= until or self._is_too_much(rate_hz)):
            block = self._blocks.popleft()
            self._bytes -= sum(side.nbytes for side in block)
            self._waiting -= len(block[0])
            yield self._silenced(block, spans, rate_hz)
            self._given += len(block[0])

    def undecided(self, until_ms: int, spans: Sequence[Span], rate_hz: int) -> Iterator[Block]:
        """The rest of a call that was cut short: silent from `until_ms` on, and as long as it was."""
        end_ms = (self._given + self._waiting) * 1000 // max(1, rate_hz) + 1
        yield from self.decided(None, [*spans, (until_ms, end_ms)], rate_hz)

    def _is_too_much(self, rate_hz: int) -> bool:
        return self._bytes > HOLD_BYTES or self._waiting * 1000 > HOLD_MS * rate_hz

    def _silenced(self, block: Block, spans: Sequence[Span], rate_hz: int) -> Block:
        size = len(block[0])
        cuts = [(a * rate_hz // 1000 - self._given, b * rate_hz // 1000 - self._given) for a, b in spans]
        cuts = [(max(0, a), min(size, b)) for a, b in cuts if a < size and b > 0]
        if not cuts:
            return block
        agent, customer = (side.copy() for side in block)
        for a, b in cuts:
            agent[a:b] = customer[a:b] = 0
        return agent, customer
