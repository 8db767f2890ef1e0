"""Speaks a text with Debian's `flite` and tells when each word is heard.

Never guesses times from the audio: flite prints the end time of every phone. It does not print
which word a phone belongs to, so each word is also spoken alone, and the phones of the sentence
are dealt out to the words so that they differ least from those lone pronunciations (they do differ:
"a" alone is the letter's name).
Next: `telephone.py` makes a telephone line of the sound.
"""

import math
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voiceassist.samples.casting import Voice
from voiceassist.samples.sample import SpokenWord

Signal = NDArray[np.float64]
RATE_HZ = 16_000  # The rate of the rms, awb and slt voices
PAUSE = "pau"  # flite's name of silence
PUNCTUATION = ".,!?"
LENGTH_SLACK = 2  # Phones that a word may gain or lose in a sentence; one was seen, two are allowed


class FliteMissingError(RuntimeError):
    """flite is not installed."""


class AlignmentError(RuntimeError):
    """The phones of a sentence could not be dealt out to its words."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of an utterance, in seconds from its start."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class SynthesisedLine:
    """A spoken line at `RATE_HZ`; word times count from its first sample."""

    signal: Signal
    words: tuple[SpokenWord, ...]


def speak(text: str, voice: Voice) -> SynthesisedLine:
    """Speak `text` and time its words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        printed = _run(voice.name, text, str(path), *_prosody(voice), "-psdur")
        return SynthesisedLine(_read(path), align(text, _phones(printed), voice.name))


def align(text: str, phones: Sequence[Phone], voice_name: str) -> tuple[SpokenWord, ...]:
    """Deal out `phones` to the words of `text`, in order and without a rest."""
    words = text.split()
    lone = tuple(_lone_pronunciation(word.strip(PUNCTUATION), voice_name) for word in words)
    ends = _best_ends(lone, tuple(phones))
    starts = (0, *ends[:-1])
    return tuple(
        SpokenWord(word, round(phones[i].start_s * 1000), round(phones[j - 1].end_s * 1000))
        for word, i, j in zip(words, starts, ends, strict=True)
    )


def _best_ends(lone: tuple[tuple[str, ...], ...], phones: tuple[Phone, ...]) -> tuple[int, ...]:
    @cache
    def best(word: int, start: int) -> tuple[float, tuple[int, ...]]:
        if word == len(lone):
            return (0.0 if start == len(phones) else math.inf), ()
        tried: list[tuple[float, tuple[int, ...]]] = [(math.inf, ())]
        for end in _possible_ends(phones, start, len(lone[word])):
            rest_cost, rest = best(word + 1, end)
            tried.append((rest_cost + _difference(lone[word], phones[start:end]), (end, *rest)))
        return min(tried)

    cost, ends = best(0, 0)
    if math.isinf(cost):
        raise AlignmentError(f"no way to deal out {len(phones)} phones to {len(lone)} words")
    return ends


def _possible_ends(phones: Sequence[Phone], start: int, usual_length: int) -> Iterator[int]:
    shortest = max(1, usual_length - LENGTH_SLACK)
    for end in range(start + 1, min(start + usual_length + LENGTH_SLACK, len(phones)) + 1):
        if end > start + 1 and phones[end - 1].start_s > phones[end - 2].end_s:
            return  # A pause: no word reaches across it
        if end >= start + shortest:
            yield end


def _difference(lone: Sequence[str], phones: Sequence[Phone]) -> float:
    changed = sum(a != b.name for a, b in zip(lone, phones, strict=False))
    # A phone more or less is much rarer than a vowel that is spoken differently.
    return changed + 2.0 * abs(len(lone) - len(phones))


@cache
def _lone_pronunciation(word: str, voice_name: str) -> tuple[str, ...]:
    printed = _run(voice_name, word, "none", "-psdur")
    return tuple(phone.name for phone in _phones(printed))


def _phones(printed: str) -> tuple[Phone, ...]:
    phones = []
    start_s = 0.0
    for token in printed.split():
        name, _, end = token.rpartition(":")
        phones.append(Phone(name, start_s, float(end)))
        start_s = float(end)
    return tuple(phone for phone in phones if phone.name != PAUSE)


def _prosody(voice: Voice) -> tuple[str, ...]:
    rate = ("--setf", f"duration_stretch={voice.stretch}")
    if voice.pitch_hz is None:
        return rate
    return (*rate, "--setf", f"int_f0_target_mean={voice.pitch_hz}")


def _run(voice_name: str, text: str, output: str, *options: str) -> str:
    command = [_program(), "-voice", voice_name, *options, "-t", text, "-o", output]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


@cache
def _program() -> str:
    program = shutil.which("flite")
    if program is None:
        raise FliteMissingError("flite is needed to speak the samples: apt-get install flite")
    return program


def _read(path: Path) -> Signal:
    with wave.open(str(path)) as recording:
        if recording.getframerate() != RATE_HZ:
            raise ValueError(f"flite spoke at {recording.getframerate()} Hz, not {RATE_HZ} Hz")
        pcm = np.frombuffer(recording.readframes(recording.getnframes()), "<i2")
    return pcm.astype(np.float64) / 32768.0
