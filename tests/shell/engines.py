"""The engines that the parity suite runs, and some speech for them: two lines of a sample call."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import numpy as np
import soxr

from voiceassist.asr.engine import Engine, PartialDue, Recognizer, transcripts
from voiceassist.asr.moonshine.engine import load_moonshine
from voiceassist.asr.scripted import Script, ScriptedEngine, ScriptLine
from voiceassist.asr.vosk.engine import load_vosk
from voiceassist.audio.pcm import Pcm
from voiceassist.events import Transcript, Word
from voiceassist.samples import load_sample
from voiceassist.samples.sample import SpokenLine
from voiceassist.speech_models.bundled import bundled_dir

RATE_HZ = 16_000
VOSK_MODEL = bundled_dir() / "vosk-tiny-en"
SAMPLE, CHANNEL = "friendly", 1
START_MS, END_MS = 38_300, 42_400  # "Wonderful. And are you open on Sunday?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Speech, and what is said in it."""

    pcm: Pcm  # at RATE_HZ
    script: Script


@cache
def clip() -> Clip:
    """The speech of every test here."""
    sample = load_sample(SAMPLE)
    lines = [
        _cut(line) for line in sample.lines if line.speaker == "customer" and START_MS < line.start_ms < END_MS
    ]
    pcm = _decode(sample.recording)[CHANNEL, START_MS * 16 : END_MS * 16]
    return Clip(pcm=np.ascontiguousarray(pcm), script=tuple(lines))


def _cut(line: SpokenLine) -> ScriptLine:
    return ScriptLine(
        speaker=line.speaker,
        start_ms=line.start_ms - START_MS,
        end_ms=line.end_ms - START_MS,
        words=tuple(
            Word(text=word.text, start_ms=word.start_ms - START_MS, end_ms=word.end_ms - START_MS, confidence=1.0)
            for word in line.words
        ),
    )


def _decode(recording: Path) -> Pcm:
    with av.open(str(recording)) as container:
        rate_hz = container.streams.audio[0].rate
        resampler = av.AudioResampler(format="s16", layout="stereo", rate=rate_hz)
        frames = [part.to_ndarray() for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    channels = np.concatenate(frames, axis=1).reshape(-1, 2).astype(np.float32)
    resampled = soxr.resample(channels, rate_hz, RATE_HZ)
    return np.asarray(np.clip(np.rint(resampled.T), -32768, 32767), np.int16)


def load(name: str) -> Engine:
    """An engine by its name in the parity suite."""
    if name == "scripted":
        return ScriptedEngine(clip().script)
    return load_moonshine() if name == "moonshine" else load_vosk(VOSK_MODEL, language="en")


def at_rate(pcm: Pcm, rate_hz: int) -> Pcm:
    """The same sound at the rate that a recognizer wants."""
    if rate_hz == RATE_HZ:
        return pcm
    resampled = soxr.resample(pcm.astype(np.float32), RATE_HZ, rate_hz)
    return np.asarray(np.clip(np.rint(resampled), -32768, 32767), np.int16)


def feed(recognizer: Recognizer, pcm: Pcm, chunk: int = 320) -> list[Transcript]:
    """What the recognizer says while it is fed `chunk` samples at a time."""
    pcm = at_rate(pcm, recognizer.rate_hz)
    return [one for at in range(0, len(pcm), chunk) for one in transcripts(recognizer.feed(pcm[at : at + chunk]))]


def without_partials(heard: Iterable[Transcript | PartialDue]) -> list[Transcript]:
    """What is said when every Partial that can be left out is."""
    said: list[Transcript] = []
    for one in heard:
        if isinstance(one, PartialDue):
            one.leave_out()
        else:
            said.append(one)
    return said


def transcribe(engine: Engine, pcm: Pcm, chunk: int = 320) -> list[Transcript]:
    """Everything that a fresh recognizer says to `pcm`."""
    recognizer = engine.open("customer")
    said = [*feed(recognizer, pcm, chunk), *recognizer.finish()]
    recognizer.close()
    return said
