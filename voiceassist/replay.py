"""A recording through the very same pipeline, without a server: leg recognizers → Call → records.

Deterministic: both legs pass the hearing edge and are decoded side by side, in the steps of a live call, and then
merged by audio time, so two runs give identical records. A recording has no earlier calls: what its customer took
before is not a part of it, so a card may offer an alternative that the live call left out.
Never reads a clock: time is the audio's own. Next: `cli.py` prints the records.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np

from voiceassist.asr.call_recognizer import STEP_MS, in_order
from voiceassist.asr.engine import Engine
from voiceassist.asr.leg_recognizer import LegRecognizer
from voiceassist.audio.hearing_edge import HearingEdge
from voiceassist.audio.legs import LegSync, Step
from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.audio.resample import Resampler
from voiceassist.core.call.call import Call
from voiceassist.core.playbook.model import Playbook
from voiceassist.events import CallEnded, Event, Input, LineChange, Record, Speaker, Transcript
from voiceassist.ingest.source import CallInfo, call_started


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leg:
    """All audio of one side of a recorded call."""

    speaker: Speaker
    pcm: Pcm
    rate_hz: int

    @property
    def duration_ms(self) -> int:
        """Length of the audio."""
        return len(self.pcm) * 1000 // self.rate_hz


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayStep:
    """Everything up to `at_ms` has been heard; the records that it gave."""

    at_ms: int
    records: tuple[Record, ...]


def replay(
    legs: tuple[Leg, ...], info: CallInfo, engine: Engine, playbook: Playbook, *, started_at: str
) -> Iterator[ReplayStep]:
    """The call's records, a step of audio at a time. Raises EngineError."""
    call = Call(playbook)
    numbers = iter(range(1, 1 << 62))

    def records(inputs: Sequence[Input]) -> tuple[Record, ...]:
        events = (event for heard in inputs for event in call.handle(heard))
        return tuple(_record(info, next(numbers), event) for event in events)

    started = call_started(
        info, started_at=started_at, engine=engine.name, language=engine.language, playbook=playbook
    )
    yield ReplayStep(at_ms=0, records=records([started]))
    at_ms = 0
    for at_ms, inputs in _heard(_equally_long(_at_one_rate(legs)), engine):
        yield ReplayStep(at_ms=at_ms, records=records(inputs))
    yield ReplayStep(at_ms=at_ms, records=records([CallEnded(at_ms=at_ms, reason="hangup")]))


def _at_one_rate(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """Two files may have two rates; a call has one."""
    highest_hz = max(leg.rate_hz for leg in legs)
    return tuple(leg if leg.rate_hz == highest_hz else _resampled(leg, highest_hz) for leg in legs)


def _resampled(leg: Leg, rate_hz: int) -> Leg:
    resampler = Resampler(leg.rate_hz, rate_hz)
    return replace(leg, pcm=np.concatenate((resampler.feed(leg.pcm), resampler.finish())), rate_hz=rate_hz)


def _equally_long(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """The shorter leg padded with silence, as a phone line would."""
    longest_ms = max(leg.duration_ms for leg in legs)
    missing = [max(0, longest_ms * leg.rate_hz // 1000 - len(leg.pcm)) for leg in legs]
    return tuple(replace(leg, pcm=np.pad(leg.pcm, (0, pad))) for leg, pad in zip(legs, missing, strict=True))


def _heard(legs: tuple[Leg, ...], engine: Engine) -> Iterator[tuple[int, Sequence[Input]]]:
    """What both legs give, in the order of audio time, one step after the other."""
    recognizers = [(leg.speaker, LegRecognizer(engine.open(leg.speaker), leg.rate_hz)) for leg in legs]
    try:
        with ThreadPoolExecutor(len(legs)) as threads:
            since_ms = 0
            for step, changes in steps(legs):
                heard = threads.map(partial(_hear, step=step), recognizers)
                yield step.until_ms, in_order(chain(changes, *heard), since_ms, step.until_ms)
                since_ms = step.until_ms
            last = threads.map(lambda listening: listening[1].finish(), recognizers)
            yield since_ms, in_order(chain.from_iterable(last), since_ms, since_ms)
    finally:
        for _, recognizer in recognizers:
            recognizer.close()


def steps(legs: tuple[Leg, ...]) -> Iterator[tuple[Step, list[LineChange]]]:
    """Legs of one rate in the steps of a live call, as the hearing edge gives them, and what it has to tell."""
    speakers = tuple(leg.speaker for leg in legs)
    sync, edge = LegSync(speakers, STEP_MS), HearingEdge(speakers)
    for leg in legs:
        sync.add(AudioFrame(speaker=leg.speaker, pcm=leg.pcm, rate_hz=leg.rate_hz, arrived_s=0.0))
    while step := sync.take() or sync.rest():
        yield edge.hear(step)


def _hear(listening: tuple[Speaker, LegRecognizer], step: Step) -> list[Transcript]:
    speaker, recognizer = listening
    return recognizer.hear(step.pieces[speaker])


def _record(info: CallInfo, seq: int, event: Event) -> Record:
    return Record(call_id=info.call_id, seq=seq, event=event)
