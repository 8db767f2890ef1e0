"""Vosk behind the recognizer's Protocol: streaming, word times and confidences of its own.

Never finds or downloads models: the directory is configured. Audio reaches libvosk in fixed chunks, so its
transcripts depend on the samples only. Next: transcripts go to `session.py`.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from vosk import KaldiRecognizer, Model, SetLogLevel

from voiceassist.asr.engine import Engine, Recognizer
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Final, Partial, Speaker, Transcript, Word

CHUNK_MS = 100  # libvosk decodes whatever it gets: smaller chunks cost more, larger ones delay partials
REPEAT_MS = 400  # an unchanged partial is said again, so that a reader can see that it is stable
MODEL_FILES = ("am/final.mdl", "conf/mfcc.conf")  # what every Vosk model has, whatever its graph
RATE_OPTION = "--sample-frequency="
USUAL_RATE_HZ = 16_000
UNKNOWN = "[unk]"
QUIET = -2  # no warnings either: SetPartialWords causes one for every other partial


def load_vosk(model_dir: Path, *, language: str) -> Engine:
    """The model in `model_dir`. Raises EngineError, naming what is missing there."""
    missing = [name for name in MODEL_FILES if not (model_dir / name).is_file()]
    if missing:
        raise EngineError(
            f"{model_dir} is not a Vosk model: {' and '.join(missing)} missing; "
            "give the directory of an unpacked model"
        )
    SetLogLevel(QUIET)
    try:
        model = Model(str(model_dir))
    except Exception as error:
        raise EngineError(f"vosk cannot load the model in {model_dir}: {error}") from error
    return VoskEngine(model, name=f"vosk:{model_dir.name}", language=language, rate_hz=_rate_hz(model_dir))


def _rate_hz(model_dir: Path) -> int:
    options = (model_dir / "conf/mfcc.conf").read_text(encoding="utf-8").split()
    rates = [option.removeprefix(RATE_OPTION) for option in options if option.startswith(RATE_OPTION)]
    return int(float(rates[-1])) if rates else USUAL_RATE_HZ


class VoskEngine:
    """One model, shared by all legs."""

    def __init__(self, model: Model, *, name: str, language: str, rate_hz: int) -> None:
        self.name = name
        self.language = language
        self._model: Model | None = model
        self._rate_hz = rate_hz

    def open(self, speaker: Speaker) -> Recognizer:
        """A recognizer for one leg. Raises EngineError when the engine is closed."""
        if self._model is None:
            raise EngineError(f"engine {self.name} is closed")
        native = KaldiRecognizer(self._model, float(self._rate_hz))
        native.SetWords(True)  # noqa: FBT003 - vosk's signature
        native.SetPartialWords(True)  # noqa: FBT003 - vosk's signature
        return VoskRecognizer(native, speaker, self._rate_hz)

    def close(self) -> None:
        """Drops the model; libvosk frees it with the last recognizer."""
        self._model = None


class VoskRecognizer:
    """One leg."""

    def __init__(self, native: KaldiRecognizer, speaker: Speaker, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._native: KaldiRecognizer | None = native
        self._speaker = speaker
        self._chunk = rate_hz * CHUNK_MS // 1000
        self._waiting: Pcm = np.zeros(0, dtype=np.int16)
        self._samples = 0
        self._utterance = 1
        self._said: Partial | None = None

    @property
    def _now_ms(self) -> int:
        return self._samples * 1000 // self.rate_hz

    def feed(self, pcm: Pcm, *, hurry: bool = False) -> Sequence[Transcript]:  # noqa: ARG002 - partials cost nothing here
        """What can be said after these samples. Raises EngineError."""
        waiting = np.concatenate((self._waiting, pcm))
        ready = len(waiting) // self._chunk * self._chunk
        self._waiting = waiting[ready:]
        chunks = waiting[:ready].reshape(-1, self._chunk)
        return [transcript for chunk in chunks for transcript in self._hear(chunk)]

    def finish(self) -> Sequence[Transcript]:
        """The Final of what is being said. Raises EngineError."""
        rest, self._waiting = self._waiting, self._waiting[:0]
        said = list(self._hear(rest)) if len(rest) else []
        return [*said, *self._final(self._open_native().FinalResult())]

    def close(self) -> None:
        """Drops the native recognizer, which frees itself."""
        self._native = None

    def _open_native(self) -> KaldiRecognizer:
        if self._native is None:
            raise EngineError("this vosk recognizer is closed")
        return self._native

    def _hear(self, chunk: Pcm) -> Iterator[Transcript]:
        native = self._open_native()
        self._samples += len(chunk)
        if native.AcceptWaveform(chunk.tobytes()):
            yield from self._final(native.Result())
        else:
            yield from self._partial(native.PartialResult())

    def _partial(self, answer: str) -> Iterator[Partial]:
        words = self._words(json.loads(answer).get("partial_result", []))
        if words and self._is_news(words):
            self._said = Partial(
                at_ms=self._now_ms,
                speaker=self._speaker,
                utterance=self._utterance,
                text=_text(words),
                words=words,
                start_ms=words[0].start_ms,
                end_ms=words[-1].end_ms,
            )
            yield self._said

    def _is_news(self, words: tuple[Word, ...]) -> bool:
        said = self._said
        return said is None or said.text != _text(words) or self._now_ms - said.at_ms >= REPEAT_MS

    def _final(self, answer: str) -> Iterator[Final]:
        """Empty when an utterance that was told as a Partial turned out to be nothing."""
        words = self._words(json.loads(answer).get("result", []))
        if not words and self._said is None:
            return
        yield Final(
            at_ms=self._now_ms,
            speaker=self._speaker,
            utterance=self._utterance,
            text=_text(words),
            words=words,
            start_ms=words[0].start_ms if words else self._now_ms,
            end_ms=words[-1].end_ms if words else self._now_ms,
            confidence=min((word.confidence for word in words), default=0.0),
        )
        self._utterance += 1
        self._said = None

    def _words(self, heard: list[dict[str, Any]]) -> tuple[Word, ...]:
        """Vosk's words in order and inside the audio; its partial times may run a frame ahead."""
        words: list[Word] = []
        earliest = 0
        for item in heard:
            if item["word"] == UNKNOWN:
                continue
            word = _word(item, earliest, self._now_ms)
            words.append(word)
            earliest = word.end_ms
        return tuple(words)


def _word(item: dict[str, Any], earliest_ms: int, latest_ms: int) -> Word:
    start_ms = min(max(round(item["start"] * 1000), earliest_ms), latest_ms)
    end_ms = min(max(round(item["end"] * 1000), start_ms), latest_ms)
    confidence = min(max(float(item.get("conf", 1.0)), 0.0), 1.0)
    return Word(text=item["word"], start_ms=start_ms, end_ms=end_ms, confidence=confidence)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
