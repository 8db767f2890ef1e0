"""Synthesisers and their voices: a sentence in, 8 kHz speech out, with word times where flite tells them.

Needs the programs `flite`, `festival` and `espeak-ng`; voices of those that are missing are left out. Never plays
anything. Next: `synthetic.py` sends the speech through channels.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import soxr

from voiceassist.bench.asr.clip import SaidUtterance, SaidWord, untimed
from voiceassist.errors import RecordingError
from voiceassist.samples import casting, flite
from voiceassist.samples.flite import Signal
from voiceassist.samples.telephone import RATE_HZ
from voiceassist.store.audiofile import read_audio

PEAK = 0.5  # of full scale: what a telephone's automatic gain aims at, about
SAMPLES_PER_MS = RATE_HZ // 1000

Program = Literal["flite", "festival", "espeak-ng"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthVoice:
    """One voice of a synthesiser."""

    name: str
    program: Program
    option: str  # the program's own name of it
    seen: bool = True  # whether vosk-tiny-en was trained with it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Speech:
    """A sentence, spoken."""

    signal: Signal  # at RATE_HZ
    line: SaidUtterance


VOICES = (
    *(SynthVoice(name=name, program="flite", option=name) for name in ("kal16", "awb", "rms", "slt")),
    SynthVoice(name="slt-hts", program="festival", option="voice_cmu_us_slt_arctic_hts"),
    *(SynthVoice(name=name, program="espeak-ng", option=name) for name in ("en-us", "en-us+f3", "en-us+m3")),
    SynthVoice(name="en-gb", program="espeak-ng", option="en-gb", seen=False),
    SynthVoice(name="ked", program="festival", option="voice_ked_diphone", seen=False),
)


def available() -> tuple[SynthVoice, ...]:
    """The voices that this machine can speak with."""
    return tuple(voice for voice in VOICES if _is_installed(voice))


def speak(voice: SynthVoice, sentences: Sequence[str]) -> Iterator[Speech]:
    """Every sentence. Raises RecordingError when the synthesiser fails."""
    try:
        yield from SPEAKERS[voice.program](voice, sentences)
    except subprocess.CalledProcessError as error:
        said = str(error.stderr).strip()[-200:]
        raise RecordingError(f"{voice.program} cannot speak as {voice.name}: {said}") from error


def _is_installed(voice: SynthVoice) -> bool:
    if not shutil.which(voice.program):
        return False
    if voice.program != "festival":
        return True
    return voice.option.removeprefix("voice_") in _festival_voices()


def _festival_voices() -> str:
    return _run(["festival", "--batch", "(print (voice.list))"])


def _flite(voice: SynthVoice, sentences: Sequence[str]) -> Iterator[Speech]:
    part = casting.Voice(voice.option, 1.0, None, 0.0, 0.0)
    for sentence in sentences:
        try:
            spoken = flite.speak(sentence, part)
        except flite.AlignmentError:  # it speaks all the same; only its words' times are not known
            yield next(_alone(["flite", "-voice", voice.option, "-t"], "-o", [sentence]))
        else:
            words = tuple(
                SaidWord(text=word.text, start_ms=word.start_ms, end_ms=word.end_ms) for word in spoken.words
            )
            yield Speech(signal=_telephone(spoken.signal, flite.RATE_HZ), line=words)


def _espeak(voice: SynthVoice, sentences: Sequence[str]) -> Iterator[Speech]:
    return _alone(["espeak-ng", "-v", voice.option], "-w", sentences)


def _alone(command: list[str], output: str, sentences: Sequence[str]) -> Iterator[Speech]:
    """One start of the program per sentence."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        for sentence in sentences:
            _run([*command, sentence, output, str(path)])
            yield _speech(path, sentence)


def _festival(voice: SynthVoice, sentences: Sequence[str]) -> Iterator[Speech]:
    """One start for all sentences: loading a voice takes longer than speaking."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.wav" for number in range(len(sentences))]
        script = Path(folder) / "speak.scm"
        saved = [
            f'(utt.save.wave (utt.synth (Utterance Text "{sentence}")) "{path}")'
            for sentence, path in zip(sentences, paths, strict=True)
        ]
        script.write_text("\n".join([f"({voice.option})", *saved]), encoding="ascii")
        _run(["festival", "--batch", str(script)])
        for sentence, path in zip(sentences, paths, strict=True):
            yield _speech(path, sentence)


SPEAKERS: dict[Program, Callable[[SynthVoice, Sequence[str]], Iterator[Speech]]] = {
    "flite": _flite,
    "festival": _festival,
    "espeak-ng": _espeak,
}


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


def _speech(path: Path, sentence: str) -> Speech:
    audio = read_audio(path)
    return Speech(signal=_telephone(audio.channels[0] / 32768.0, audio.rate_hz), line=untimed(sentence))


def _telephone(signal: Signal, rate_hz: int) -> Signal:
    narrow = np.asarray(soxr.resample(signal, rate_hz, RATE_HZ), np.float64)
    return narrow * (PEAK / float(np.abs(narrow).max()))
