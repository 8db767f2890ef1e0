"""Decodes one leg in the pool, step by step, and stops before each Partial until it is its turn.

A Partial whose turn does not come before its audio is `PATIENCE_S` late is left out; the leg takes in what was
said since, and its next Partial keeps the place in the queue. So under load partials tell the newest words and
come less often, by the same rule for every leg. A Final waits for the turn of no Partial, except of its own call,
and no longer than that. Words of a Final that a cue hangs on are heard a second time before it is told.
Next: `call_recognizer.py` has the legs of a call begin together, and puts what they give in order.

Known weakness: a leg is not in the queue while it takes audio in. In a simulation in which everything took exactly
as long every time, one leg missed all its turns for 16 s by that; half as much variation as decodes have ended it.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Literal

import structlog

from voiceassist.asr.engine import OpensRecognizers, PartialDue
from voiceassist.asr.heard_again import Doubtful, nothing_doubtful, surer
from voiceassist.asr.leg_recognizer import LegRecognizer
from voiceassist.asr.pool import DecodePool
from voiceassist.asr.priority import Rank, Share
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Final, Speaker, Transcript

log = structlog.get_logger()

# Three steps of audio. A decode takes 20 to 90 ms, so a Partial that waits for one or two others is still made of
# its own moment, exactly as in a replay; and what the call says next is not kept waiting for long.
PATIENCE_S = 0.12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DuePiece:
    """Some audio of a leg."""

    pcm: Pcm
    rate_hz: int
    due_s: float  # monotonic seconds when it could be heard at the earliest
    falls_silent: bool = False  # no audio comes after it for now: what was said is over


SaidByPiece = list[list[Transcript]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPartial:
    """A Partial that waits for its turn."""

    since_s: float  # monotonic seconds: the first time that this leg was due since its last one
    until_s: float  # likewise


Begun = WaitingPartial | SaidByPiece  # how far some pieces of a leg were heard: to a Partial, or to the end
Order = Literal["decode", "leave out"]
Work = Generator[WaitingPartial, Order, SaidByPiece]


class ScheduledLeg:
    """One leg of a call in the pool."""

    def __init__(
        self, speaker: Speaker, engine: OpensRecognizers, share: Share, doubtful: Doubtful = nothing_doubtful
    ) -> None:
        """`share`: what its call has of the pool."""
        self._speaker, self._engine, self._share, self._doubtful = speaker, engine, share, doubtful
        self._recognizer: LegRecognizer | None = None
        self._work: Work | None = None  # what is left of the newest pieces
        self._waits_since_s: float | None = None  # for a Partial, if one was left out since the last
        self._left_out = 0
        self._is_decoding = False

    async def hear(self, pieces: Sequence[DuePiece], pool: DecodePool, *, has_open_cue: bool) -> SaidByPiece:
        """What each piece gives. Raises EngineError."""
        begun = await pool.run(self.begin, pieces, priority=self._share.priority(Rank.NEEDED, pieces[0].due_s))
        return await self.go_on(begun, pool, pieces[0].due_s, has_open_cue=has_open_cue)

    def begin(self, pieces: Sequence[DuePiece]) -> Begun:
        """Takes the pieces in, in a thread of the pool, and decodes what is needed. Raises EngineError."""
        self._work, self._left_out = self._listen(pieces), 0
        with self._decoding():
            return _next(self._work)

    async def go_on(self, at: Begun, pool: DecodePool, due_s: float, *, has_open_cue: bool) -> SaidByPiece:
        """The rest of what has begun, each Partial in its turn; what each piece gives. Raises EngineError."""
        needed = self._share.priority(Rank.NEEDED, due_s)
        while isinstance(at, WaitingPartial):
            turn = self._share.priority(Rank.OPEN_CUE if has_open_cue else Rank.PARTIAL, at.since_s)
            within_s = max(0.0, at.until_s - monotonic())
            try:
                at = await pool.run(self._obey, "decode", priority=turn, begin_within_s=within_s)
            except TimeoutError:
                at = await pool.run(self._obey, "leave out", priority=needed)
        pool.partials_left_out += self._left_out
        return at

    async def finish(self, pool: DecodePool, due_s: float) -> list[Transcript]:
        """The last transcripts. Raises EngineError."""
        if self._recognizer is None:
            return []
        priority = self._share.priority(Rank.NEEDED, due_s)
        return await pool.run(self._finish, self._recognizer, priority=priority)

    async def close(self, pool: DecodePool) -> None:
        """Frees the recognizer, unless a decode of it hangs. Raises EngineError."""
        if self._recognizer and not self._is_decoding:
            await pool.run(self._recognizer.close)

    def _finish(self, recognizer: LegRecognizer) -> list[Transcript]:
        with self._decoding():
            return [self._heard_well(one, recognizer) for one in recognizer.finish()]

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        self._is_decoding = True
        try:
            yield
        finally:
            self._is_decoding = False

    def _heard_well(self, said: Transcript, recognizer: LegRecognizer) -> Transcript:
        """A Final after its second listen, if it is worth one; a Partial as it is."""
        span = self._doubtful(said) if isinstance(said, Final) else None
        if span is None or not isinstance(said, Final):
            return said
        try:
            return surer(said, span, recognizer.second_listen(said, *span))
        except ValueError:  # the words are signs without a sound
            return said
        except EngineError as error:  # it was heard well enough to be told
            log.warning("a second listen failed", error=str(error))
            return said

    def _obey(self, order: Order) -> Begun:
        assert self._work, "nothing has begun"
        with self._decoding():
            return _next(self._work, order)

    def _listen(self, pieces: Sequence[DuePiece]) -> Work:
        """Runs in the pool's threads; waits before a Partial to be told whether its turn has come."""
        if self._recognizer is None:  # here, not on the event loop: it takes milliseconds to open, or more
            self._recognizer = LegRecognizer(self._engine.open(self._speaker), pieces[0].rate_hz)
        heard: SaidByPiece = []
        for piece in pieces:
            said: list[Transcript] = []
            for one in _heard(piece, self._recognizer):
                if isinstance(one, PartialDue):
                    yield from self._wait(one, piece.due_s)
                    continue
                said.append(one)
                if isinstance(one, Final):  # it told what a Partial would have
                    self._waits_since_s = None
            heard.append([self._heard_well(one, self._recognizer) for one in said])
        return heard

    def _wait(self, partial: PartialDue, due_s: float) -> Generator[WaitingPartial, Order, None]:
        since_s = due_s if self._waits_since_s is None else self._waits_since_s
        until_s = due_s + PATIENCE_S
        is_late = monotonic() > until_s
        order: Order = "leave out" if is_late else (yield WaitingPartial(since_s=since_s, until_s=until_s))
        if order == "decode":
            self._waits_since_s = None
            return
        partial.leave_out()
        self._left_out += self._waits_since_s is None  # it is due again in every block, and is one Partial
        self._waits_since_s = since_s


def _heard(piece: DuePiece, recognizer: LegRecognizer) -> Iterator[Transcript | PartialDue]:
    yield from recognizer.listen(piece.pcm)
    if piece.falls_silent:
        yield from recognizer.break_off()


def _next(work: Work, order: Order | None = None) -> Begun:
    """Up to the next Partial that waits, or to the end; `order`: what to do with the one before it."""
    try:
        return work.send(order) if order else next(work)
    except StopIteration as end:
        heard: SaidByPiece = end.value
        return heard
