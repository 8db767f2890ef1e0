"""One engine's whole measurement.

An engine that fails costs only what it had not heard yet. Next: `document.py` and
`cli/models/bench_tables.py` show the reports.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.asr.listener import Memory, StartedEngine, listening
from voiceassist.bench.asr.scores import ClipScore, score
from voiceassist.bench.asr.subjects import Subject
from voiceassist.errors import EngineError, RecordingError

ClipDone = Callable[[Clip], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReport:
    """What one engine did."""

    subject: Subject
    loaded: StartedEngine | None  # None: it did not load
    memory: Memory | None  # None: it did not come to its end
    scores: tuple[ClipScore, ...]
    error: str | None  # why it did not come to its end


def measure(subject: Subject, clips: Iterable[Clip], on_clip: ClipDone, *, at_edge: bool) -> EngineReport:
    """Has the engine hear every clip; `on_clip` is told which comes next. A failure is part of the report.

    `at_edge`: behind the hearing edge, as in a live call.
    """
    loaded: StartedEngine | None = None
    memory: Memory | None = None
    scores: list[ClipScore] = []
    error: str | None = None
    try:
        with listening(subject.load, subject.name, at_edge=at_edge) as listener:
            loaded = listener.loaded
            for clip in clips:
                on_clip(clip)
                scores.append(score(clip, listener.hear(clip)))
            memory = listener.memory()
    except (EngineError, RecordingError) as failure:
        error = str(failure)
    return EngineReport(subject=subject, loaded=loaded, memory=memory, scores=tuple(scores), error=error)
