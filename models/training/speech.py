"""Has sentences spoken by three synthesisers, which also say when each sound was spoken.

flite prints its segments, festival saves them, espeak-ng reports them through its library's callback; all end up
as sounds of `phones.py` with the second each one ends. Never changes the audio. Next: `line.py` puts it on a
bad line.
"""

import ctypes
import subprocess
import tempfile
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.phones import SILENCE, sound_of

Segments = list[tuple[str, float]]  # sound, second at which it ends


@dataclass(frozen=True, slots=True)
class Manner:
    """How one sentence is to be spoken."""

    stretch: float  # factor on durations
    pitch: float  # factor on the voice's own pitch


@dataclass(frozen=True, slots=True)
class Speech:
    """A spoken sentence."""

    samples: NDArray[np.int16]
    rate_hz: int
    segments: Segments


class SpeechError(RuntimeError):
    """A synthesiser that would not speak; the message is its own."""


# ---- flite ----

FLITE_PITCH_HZ = {"kal": 105, "kal16": 105, "awb": 125, "rms": 100, "slt": 175}


def flite(voice: str, text: str, manner: Manner) -> Speech:
    """Spoken by a voice of flite's. Raises SpeechError."""
    options = [
        "--setf", f"duration_stretch={manner.stretch:.3f}",
        "--setf", f"int_f0_target_mean={FLITE_PITCH_HZ[voice] * manner.pitch:.1f}",
    ]  # fmt: skip
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        told = _run("flite", "-voice", voice, "-psdur", *options, "-t", text, "-o", file.name)
        samples, rate_hz = read_wave(Path(file.name))
    named = (item.rsplit(":", 1) for item in told.split())
    return Speech(samples, rate_hz, [(sound_of(name), float(end)) for name, end in named])


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SpeechError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def read_wave(file: Path) -> tuple[NDArray[np.int16], int]:
    """A mono 16-bit WAV file's samples and rate."""
    with wave.open(str(file)) as opened:
        samples = np.frombuffer(opened.readframes(opened.getnframes()), np.int16)
        return samples, opened.getframerate()


# ---- festival ----


def festival(voice: str, texts: Sequence[str], manners: Sequence[Manner]) -> Iterator[Speech]:
    """Spoken by a voice of festival's, all in one run of the program. Raises SpeechError."""
    with tempfile.TemporaryDirectory() as folder:
        stems = [Path(folder) / str(number) for number in range(len(texts))]
        script = Path(folder) / "say.scm"
        lines = [_scheme(*each) for each in zip(stems, texts, manners, strict=True)]
        script.write_text("\n".join([f"(voice_{voice})", *lines]), encoding="utf-8")
        _run("festival", "--batch", str(script))
        for stem in stems:
            yield Speech(*read_wave(stem.with_suffix(".wav")), _segments(stem.with_suffix(".lab")))


def _scheme(stem: Path, text: str, manner: Manner) -> str:
    return (
        f"(Parameter.set 'Duration_Stretch {manner.stretch:.3f})"
        f'(set! spoken (utt.synth (Utterance Text "{text}")))'
        f'(utt.save.wave spoken "{stem}.wav")(utt.save.segs spoken "{stem}.lab")'
    )


def _segments(file: Path) -> Segments:
    fields = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return [(sound_of(row[2]), float(row[0])) for row in fields if len(row) == 3]


# ---- espeak-ng (speak_lib.h) ----

_SYNCHRONOUS, _PHONEME_EVENTS = 2, 1
_EVENT_END, _EVENT_PHONEME = 0, 7
_CHARS_UTF8, _PITCH, _RATE = 1, 3, 1
_WORDS_PER_MINUTE, _PITCH_MIDDLE = 155, 50

# espeak-ng's names of American English sounds; some are two of ours. Others lengthen the sound before them.
_ESPEAK = {
    "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "g": "g", "f": "f", "v": "v", "T": "th", "D": "dh", "s": "s",
    "z": "z", "S": "sh", "Z": "zh", "h": "hh", "tS": "ch", "dZ": "jh", "m": "m", "n": "n", "N": "ng", "l": "l",
    "r": "r", "r-": "r", "w": "w", "j": "y", "t#": "t", "t2": "t", "?": "t", "n-": "n", "x": "k",
    "@": "ah", "@-": "ah", "a#": "ah", "V": "ah", "I": "ih", "I2": "ih", "I#": "ih", "i": "iy", "i:": "iy",
    "E": "eh", "a": "ae", "aa": "ae", "0": "aa", "A:": "aa", "O:": "ao", "O2": "ao", "U": "uh", "u:": "uw",
    "3": "er", "3:": "er", "eI": "ey", "aI": "ay", "aU": "aw", "oU": "ow", "OI": "oy",
    "@L": "ah l", "A@": "aa r", "o@": "ao r", "O@": "ao r", "e@": "eh r", "i@": "iy ah", "i@3": "ih r",
    "U@": "uh r", "aI3": "ay er", "aI@": "ay ah", "_": SILENCE, "_:": SILENCE, "_|": SILENCE,
}  # fmt: skip


class _Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("unique", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_ms", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Name),
    )  # fmt: skip


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class _Espeak:
    """The library, once per process: it has one voice and one callback at a time."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self.rate_hz: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
        self._pieces: list[NDArray[np.int16]] = []
        self._starts: list[tuple[str, int]] = []
        self._callback = _Callback(self._heard)
        self._library.espeak_SetSynthCallback(self._callback)

    def _heard(
        self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]"
    ) -> int:
        if count > 0:
            self._pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while events[index].type != _EVENT_END:
            if events[index].type == _EVENT_PHONEME:
                self._starts.append((events[index].id.string.decode(), events[index].sample))
            index += 1
        return 0

    def say(self, voice: str, text: str, manner: Manner) -> Speech:
        self._pieces.clear()
        self._starts.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise SpeechError(f"espeak-ng has no voice {voice!r}")
        self._library.espeak_SetParameter(_RATE, round(_WORDS_PER_MINUTE / manner.stretch), 0)
        self._library.espeak_SetParameter(_PITCH, round(_PITCH_MIDDLE * manner.pitch), 0)
        said = text.encode()
        self._library.espeak_Synth(said, len(said) + 1, 0, 1, 0, _CHARS_UTF8, None, None)
        samples = np.concatenate(self._pieces)
        return Speech(samples, self.rate_hz, list(_espeak_segments(self._starts, len(samples), self.rate_hz)))


def _espeak_segments(starts: list[tuple[str, int]], total: int, rate_hz: int) -> Iterator[tuple[str, float]]:
    ends = [start for _, start in starts[1:]] + [total]
    previous = SILENCE
    for (name, start), end in zip(starts, ends, strict=True):
        sounds = _ESPEAK.get(name, previous).split()
        for number, sound in enumerate(sounds, start=1):
            yield sound, (start + (end - start) * number / len(sounds)) / rate_hz
        previous = sounds[-1]


@cache
def _espeak_library() -> _Espeak:
    return _Espeak()


def espeak(voice: str, text: str, manner: Manner) -> Speech:
    """Spoken by a voice of espeak-ng's, for example "en-us+f3". Raises SpeechError."""
    return _espeak_library().say(voice, text, manner)
