"""A recognizer in a process of its own, which hears clips as it hears a live call.

The audio goes through the hearing edge, with the call's other leg where there is one, and `asr/leg_recognizer.py`.
One process per engine, so that memory and processor time are that engine's alone; one clip at a time, so that they
are one core's. Never judges what was heard. Next: `scores.py` compares it with the reference.
"""

import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from time import perf_counter, process_time
from typing import Any, TypeVar

from voiceassist.asr.cost import resident_bytes
from voiceassist.asr.engine import Engine
from voiceassist.asr.leg_recognizer import LegRecognizer
from voiceassist.audio.pcm import Pcm
from voiceassist.bench.asr.clip import Clip
from voiceassist.errors import EngineError, VoiceassistError
from voiceassist.events import SPEAKERS, Transcript
from voiceassist.replay import Leg, steps

FRAME_MS = 20  # what telephone systems send
QUIT_WITHIN_S = 10.0
CALL_LEGS = 2
MEMORY_S = 60  # of the longest clip: libvosk's caches are full by then

Load = Callable[[], Engine]
Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedEngine:
    """How an engine came up."""

    name: str
    load_s: float  # of the wall clock
    memory_bytes: int  # by which the process grew; 0 where the system does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """How the process grew while it heard."""

    growth_bytes: int  # since the engine was loaded; 0 where the system does not say
    peak_bytes: int  # the most that the whole process ever took
    call_bytes: int  # of each further call while it is heard; 0 where the system does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedTranscript:
    """A transcript, and how much of the clip the recognizer had been fed when it came."""

    position_ms: int
    transcript: Transcript
    is_last: bool  # it came because the audio ended
    decode_ms: float = field(default=0.0, compare=False)  # processor time of the call that gave it


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipTranscript:
    """Everything said to one clip."""

    said: tuple[TimedTranscript, ...]
    cpu_s: float  # of all threads


class Listener:
    """The parent's end. Every method raises EngineError when the process has died."""

    def __init__(self, process: BaseProcess, pipe: Connection, name: str) -> None:
        self._process, self._pipe, self._name = process, pipe, name
        self.loaded = self._answer(StartedEngine, "loading")

    def hear(self, clip: Clip) -> ClipTranscript:
        """What the engine says to the clip. Raises EngineError."""
        with suppress(BrokenPipeError):  # the answer tells more
            self._pipe.send(clip)
        return self._answer(ClipTranscript, f"hearing {clip.name}")

    def memory(self) -> Memory:
        """So far. Raises EngineError."""
        with suppress(BrokenPipeError):
            self._pipe.send(None)
        return self._answer(Memory, "ending")

    def _answer(self, kind: type[Answered], doing: str) -> Answered:
        try:
            answer = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
            code = self._process.exitcode
            raise EngineError(f"{self._name}: its process ended with code {code} while {doing}") from None
        if isinstance(answer, VoiceassistError):
            raise EngineError(f"{self._name}, while {doing}: {answer}") from answer
        assert isinstance(answer, kind)
        return answer


@contextmanager
def listening(load: Load, name: str, *, at_edge: bool = True) -> Iterator[Listener]:
    """A process with the engine that `load` gives; `load` must be picklable. Raises EngineError.

    `at_edge`: it hears what the hearing edge leaves of a clip, as in a live call; else the clip as it is.
    """
    spawned = get_context("spawn")  # a forked one would have the parent's memory
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_serve, args=(load, theirs, at_edge), daemon=True, name=f"bench {name}")
    process.start()
    theirs.close()
    try:
        yield Listener(process, ours, name)
    finally:
        ours.close()
        process.join(QUIT_WITHIN_S)
        if process.is_alive():
            process.kill()
        process.join()


# ---- in the other process ----


def _serve(load: Load, pipe: Connection, at_edge: bool) -> None:  # noqa: FBT001 - a process takes no keywords
    try:
        _hear_all(load, pipe, at_edge=at_edge)
    except VoiceassistError as error:
        pipe.send(EngineError(str(error)))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)  # nobody is interested any more


def _hear_all(load: Load, pipe: Connection, *, at_edge: bool) -> None:
    began_s, before = perf_counter(), resident_bytes()
    engine = load()
    loaded_bytes = resident_bytes()
    load_s = perf_counter() - began_s
    pipe.send(StartedEngine(name=engine.name, load_s=load_s, memory_bytes=loaded_bytes - before))
    longest: Clip | None = None
    while clip := _received(pipe):
        pipe.send(hear(engine, clip, at_edge=at_edge))
        longest = max(clip, longest or clip, key=lambda one: len(one.pcm) / one.rate_hz)
    growth_bytes = resident_bytes() - loaded_bytes
    call_bytes = CALL_LEGS * _leg_bytes(engine, longest) if longest else 0
    pipe.send(Memory(growth_bytes=growth_bytes, peak_bytes=_peak_bytes(), call_bytes=call_bytes))
    engine.close()


def _received(pipe: Connection) -> Clip | None:
    clip: Any = pipe.recv()
    assert clip is None or isinstance(clip, Clip)
    return clip


def hear(engine: Engine, clip: Clip, *, at_edge: bool = True) -> ClipTranscript:
    """What a fresh recognizer says to the clip. Raises EngineError."""
    began_s = process_time()
    recognizer = LegRecognizer(engine.open(clip.speaker), clip.rate_hz)
    said: list[TimedTranscript] = []
    for piece in _behind_edge(clip) if at_edge else _frames(clip):
        said += _said(recognizer, partial(recognizer.hear, piece))
    said += _said(recognizer, recognizer.finish, is_last=True)
    recognizer.close()
    return ClipTranscript(said=tuple(said), cpu_s=process_time() - began_s)


def _behind_edge(clip: Clip) -> Iterator[Pcm]:
    return (step.pieces[clip.speaker] for step, _ in steps(_legs(clip)))


def _legs(clip: Clip) -> tuple[Leg, ...]:
    """The clip, and the call's other leg."""
    leg = Leg(speaker=clip.speaker, pcm=clip.pcm, rate_hz=clip.rate_hz)
    if clip.other is None:
        return (leg,)
    speaker = next(speaker for speaker in SPEAKERS if speaker != clip.speaker)
    return (leg, Leg(speaker=speaker, pcm=clip.other, rate_hz=clip.rate_hz))


def _frames(clip: Clip) -> Iterator[Pcm]:
    for start in range(0, len(clip.pcm) * 1000 // clip.rate_hz + 1, FRAME_MS):
        yield clip.pcm[start * clip.rate_hz // 1000 : (start + FRAME_MS) * clip.rate_hz // 1000]


def _leg_bytes(engine: Engine, clip: Clip) -> int:
    """By how much the process grows with a second leg beside a first one, which may use what earlier ones left."""
    pcm = clip.pcm[: MEMORY_S * clip.rate_hz]
    sizes: list[int] = []
    with ExitStack() as stack:
        for _ in range(2):
            leg = stack.enter_context(closing(LegRecognizer(engine.open(clip.speaker), clip.rate_hz)))
            leg.hear(pcm)
            sizes.append(resident_bytes())
    return max(0, sizes[1] - sizes[0])


def _said(
    recognizer: LegRecognizer, call: Callable[[], list[Transcript]], *, is_last: bool = False
) -> Iterator[TimedTranscript]:
    """What a call to the recognizer gives."""
    began_s = process_time()
    transcripts = call()
    decode_ms = (process_time() - began_s) * 1000
    for transcript in transcripts:
        yield TimedTranscript(
            position_ms=recognizer.position_ms, transcript=transcript, is_last=is_last, decode_ms=decode_ms
        )


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
