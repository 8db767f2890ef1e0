"""Where lines of speech start, pause and end: a state machine over one voice flag per block.

Never sees samples and never reads a clock: time is the number of blocks. Whoever owns a voice detector asks
`step` for each block; `asr/moonshine/leg.py` and `asr/vosk/leg.py` cut their lines with it.
"""

from typing import Literal

SpeechState = Literal["quiet", "started", "talking", "paused", "ended", "full"]

START_BLOCKS = 3  # 96 ms of voice in a row: a click is shorter, the shortest "no" is longer
PAUSE_BLOCKS = 3  # 96 ms: longer than the closure of a stop consonant, so a word has just ended
END_BLOCKS = 12  # 384 ms: longer than the pause at a comma; the rest of the 500 ms budget is for decoding
SOFT_LIMIT_BLOCKS = 188  # 6 s: from here on the first pause ends the line, since long lines decode slowly
HARD_LIMIT_BLOCKS = 282  # 9 s: nobody pauses; the line is cut


class Endpointer:
    """Blocks of 32 ms in, steps out; every line is "started", then "ended" exactly once.

    A line at the hard limit is "full": whoever cuts it there says with `go_on` how much of it is the next line.
    """

    def __init__(
        self, *, soft_limit_blocks: int = SOFT_LIMIT_BLOCKS, hard_limit_blocks: int = HARD_LIMIT_BLOCKS
    ) -> None:
        self._soft_limit, self._hard_limit = soft_limit_blocks, hard_limit_blocks
        self._voiced = 0  # voiced blocks in a row
        self._unvoiced = 0  # unvoiced blocks in a row
        self._length = 0  # blocks of the current line; 0 outside a line

    def step(self, *, voiced: bool) -> SpeechState:
        """What the next block means. "paused" is said on every third block of a pause."""
        self._voiced = self._voiced + 1 if voiced else 0
        self._unvoiced = 0 if voiced else self._unvoiced + 1
        return self._inside() if self._length else self._outside()

    def go_on(self, blocks: int) -> None:
        """The last `blocks` of the line are the line from now on."""
        self._length = blocks

    def _outside(self) -> SpeechState:
        if self._voiced < START_BLOCKS:
            return "quiet"
        self._length = START_BLOCKS
        return "started"

    def _inside(self) -> SpeechState:
        self._length += 1
        if self._is_over():
            self._length = self._voiced = self._unvoiced = 0
            return "ended"
        if self._length >= self._hard_limit:
            return "full"
        in_pause = self._unvoiced > 0 and self._unvoiced % PAUSE_BLOCKS == 0
        return "paused" if in_pause else "talking"

    def _is_over(self) -> bool:
        at_soft_limit = self._length >= self._soft_limit and self._unvoiced >= PAUSE_BLOCKS
        return self._unvoiced >= END_BLOCKS or at_soft_limit
