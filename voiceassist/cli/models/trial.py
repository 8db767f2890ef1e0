"""Loads a model and lets it hear a sentence of a sample call.

Never says whether it heard well enough: `verify.py` does.
"""

from contextlib import closing
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from voiceassist.asr.choice import Choice
from voiceassist.asr.cost import resident_bytes
from voiceassist.asr.engine import Engine, Recognizer, transcripts
from voiceassist.asr.engines import load
from voiceassist.audio.pcm import Pcm
from voiceassist.audio.resample import Resampler
from voiceassist.events import Final
from voiceassist.samples import load_sample
from voiceassist.speech_models.installed import InstalledModel
from voiceassist.store.audiofile import read_audio

SAMPLE = "abuse-ladder"
SENTENCE = "Thank you. I can see that the package left the warehouse this morning."
"""The agent's; no name, number or contraction in it, so that every model spells it alike."""
MARGIN_MS = 400  # around the sentence: recognizers want silence before and after
SILENCE_MS = 1_000
FEED_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTrial:
    """How a model did."""

    said: str  # in the recording, in English
    heard: str
    heard_in_silence: str  # nothing, if all is well
    load_ms: int
    memory_bytes: int | None  # by which the process grew, loading and hearing; None: nobody can tell
    realtime_factor: float  # time to hear / time to say, on one core


def try_out(model: InstalledModel) -> ModelTrial:
    """Raises EngineError when the model does not load, however damaged it is."""
    said, pcm, rate_hz = _sentence()
    before = resident_bytes()
    engine = load(Choice(kind=model.engine, path=model.path), language=model.language)
    with closing(engine):
        silence = _hear(engine, np.zeros(SILENCE_MS * rate_hz // 1000, np.int16), rate_hz)
        started_s = perf_counter()
        heard = _hear(engine, pcm, rate_hz)
        needed_s = perf_counter() - started_s
        grown_bytes = max(0, resident_bytes() - before)
    return ModelTrial(
        said=said,
        heard=heard,
        heard_in_silence=silence,
        load_ms=engine.load_ms,
        memory_bytes=grown_bytes,
        realtime_factor=needed_s * rate_hz / len(pcm),
    )


def _sentence() -> tuple[str, Pcm, int]:
    """What is said, the samples of that channel around it, and their rate in Hertz."""
    sample = load_sample(SAMPLE)
    line, audio = next(one for one in sample.lines if one.text == SENTENCE), read_audio(sample.recording)
    begin, end = (
        (at_ms * audio.rate_hz) // 1000 for at_ms in (line.start_ms - MARGIN_MS, line.end_ms + MARGIN_MS)
    )
    return line.text, audio.channels[line.speaker == "customer"][begin:end], audio.rate_hz


def _hear(engine: Engine, pcm: Pcm, rate_hz: int) -> str:
    recognizer = engine.open("agent")
    try:
        return _finals(recognizer, pcm, rate_hz)
    finally:
        recognizer.close()


def _finals(recognizer: Recognizer, pcm: Pcm, rate_hz: int) -> str:
    resampler = Resampler(rate_hz, recognizer.rate_hz)
    pcm = np.concatenate((resampler.feed(pcm), resampler.finish()))
    step = recognizer.rate_hz * FEED_MS // 1000
    said = [one for at in range(0, len(pcm), step) for one in transcripts(recognizer.feed(pcm[at : at + step]))]
    finals = [one.text for one in (*said, *recognizer.finish()) if isinstance(one, Final)]
    return " ".join(text for text in finals if text)
