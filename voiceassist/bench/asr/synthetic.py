"""Clips of synthesised speech: the sentences of the test sets, in every voice, through every channel.

A set is a text file with one sentence per line, in lower case, numbers as words. Same arguments, same clips, but
for what the synthesisers themselves do. Next: `listener.py` hears them.
"""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.bench.asr.channels import CHANNELS
from voiceassist.bench.asr.clip import Clip, SaidUtterance, SaidWord
from voiceassist.bench.asr.voices import SAMPLES_PER_MS, Speech, SynthVoice, speak
from voiceassist.errors import ConfigError
from voiceassist.samples.telephone import RATE_HZ

SENTENCE = re.compile(r"[a-z]+[a-z' ]*")
LEAD_MS, TAIL_MS = 300, 1_000  # silence around each sentence; the tail lets a recognizer find its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What shall be spoken, and how."""

    voices: tuple[SynthVoice, ...]
    sets: Mapping[str, tuple[str, ...]]  # sentences by the set's name
    channels: tuple[str, ...]

    @property
    def clips(self) -> int:
        """How many there will be."""
        sentences = sum(len(sentences) for sentences in self.sets.values())
        return len(self.voices) * sentences * len(self.channels)


def read_sets(folder: Path, names: Sequence[str], most: int) -> Mapping[str, tuple[str, ...]]:
    """The sets called so, or all in the folder; of each at most so many sentences, evenly taken (0: all).

    Raises ConfigError, which names the file and the line.
    """
    paths = [folder / f"{name}.txt" for name in names] or sorted(folder.glob("*.txt"))
    if not paths:
        raise ConfigError(
            f"{folder} holds no test set (NAME.txt, one sentence per line); name a folder with --sets"
        )
    return {path.stem: _some(_read(path), most) for path in paths}


def _read(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the test set {path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not SENTENCE.fullmatch(line):
            raise ConfigError(f"{path}, line {number}: only a-z, apostrophes and spaces are read (got {line!r})")
    return lines


def _some(sentences: list[str], most: int) -> tuple[str, ...]:
    if not 0 < most < len(sentences):
        return tuple(sentences)
    return tuple(sentences[number * len(sentences) // most] for number in range(most))


def synthetic_clips(plan: Plan) -> Iterator[Clip]:
    """One after the other, since all would not fit into memory. Raises RecordingError when a synthesiser fails."""
    for voice in plan.voices:
        for name, sentences in plan.sets.items():
            for sentence, speech in zip(sentences, speak(voice, sentences), strict=True):
                for channel in plan.channels:
                    yield _clip(voice, name, sentence, speech, channel)


def _clip(voice: SynthVoice, set_name: str, sentence: str, speech: Speech, channel: str) -> Clip:
    padded = np.pad(speech.signal, (LEAD_MS * SAMPLES_PER_MS, TAIL_MS * SAMPLES_PER_MS))
    random = np.random.default_rng(zlib.crc32(f"{voice.name}/{sentence}/{channel}".encode()))
    return Clip(
        material=set_name,
        name=f"{voice.name}/{set_name}/{channel}: {sentence}",
        speaker="customer",
        pcm=_pcm(CHANNELS[channel].effect(padded, random)),
        rate_hz=RATE_HZ,
        lines=(_moved(speech.line, CHANNELS[channel].speed),),
        voice=voice.name,
        channel=channel,
    )


def _moved(line: SaidUtterance, speed: float) -> SaidUtterance:
    def moved(at_ms: int | None) -> int | None:
        return None if at_ms is None else round((at_ms + LEAD_MS) / speed)

    return tuple(
        SaidWord(text=word.text, start_ms=moved(word.start_ms), end_ms=moved(word.end_ms)) for word in line
    )


def _pcm(signal: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Pcm:
    return np.clip(np.rint(signal * 32767.0), -32768, 32767).astype(np.int16)
