"""The sound that one libvosk recognizer gets, in pieces of which each lets it decode something.

Never knows lines, times of the leg or words. libvosk's clock counts only what it is given: `samples`.
Next: `leg.py` reads what was decoded.
"""

import json
from collections.abc import Callable
from itertools import takewhile, zip_longest
from typing import Any

import numpy as np
from vosk import KaldiRecognizer

from voiceassist.asr.voice import RATE_HZ
from voiceassist.asr.vosk.confidence import PartialWord
from voiceassist.asr.vosk.dither import dithered
from voiceassist.asr.vosk.pace import ChunkPace
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError

# libvosk composes its graph as it goes and forgets no state of it: a leg took 110 MB more after 30 s, 170 after
# 2 min, 220 after 4, 290 after 8 (a model of the vendor's small format). So its recognizer is exchanged for a new
# one between two lines. libvosk itself forgets the speaker, to whom it adapts, every ten minutes.
RENEWED_AFTER = 5 * 60 * RATE_HZ  # samples that it was given


class VoskStream:
    """Of one leg."""

    def __init__(self, opened: Callable[[], KaldiRecognizer], pace: ChunkPace, dither: float = 0.0) -> None:
        """`opened`: a new recognizer. `dither`: strength of the noise that the model wants (`dither.py`)."""
        self.samples = 0  # given to libvosk, or waiting
        self.is_over = False  # whether libvosk takes the utterance for over
        self._opened = opened
        self._native: KaldiRecognizer | None = opened()
        self._pace = pace
        self._dither = dither
        self._waiting: list[Pcm] = []
        self._given = 0  # samples of those

    def add(self, pcm: Pcm) -> bool:
        """Takes samples; whether libvosk has decoded something. Raises EngineError."""
        self.check_open()
        self._waiting.append(pcm)
        self.samples += len(pcm)
        if self._pace.chunks(self.samples) == self._pace.chunks(self._given):
            return False
        self._give()
        return True

    @property
    def look_ahead_ms(self) -> int:
        """How far the decoded words are behind what was given."""
        return self._pace.look_ahead * 1000 // RATE_HZ

    def missing(self, until: int) -> int:
        """How many samples must be added until the sound up to `until` on libvosk's clock is decoded."""
        return max(0, self._pace.enough_for(until) - self.samples)

    def partial(self) -> list[PartialWord]:
        """The words of the utterance so far. Raises EngineError."""
        texts: list[str] = self._partial(with_lattice=False).get("partial", "").split()
        covered = self._partial(with_lattice=True).get("partial_result", [])
        agreed = takewhile(lambda pair: pair[0] == pair[1]["word"], zip(texts, covered, strict=False))
        sure = [min(max(float(item["conf"]), 0.0), 1.0) for _, item in agreed]
        return [PartialWord(text=text, confidence=conf) for text, conf in zip_longest(texts, sure)]

    def _partial(self, *, with_lattice: bool) -> dict[str, Any]:
        native = self.check_open()
        native.SetPartialWords(with_lattice)
        answer: dict[str, Any] = json.loads(native.PartialResult())
        return answer

    def result(self) -> str:
        """The answer about the utterance, which ends with what has been decoded. Raises EngineError."""
        answer: str = self.check_open().Result()
        return answer

    def rest(self) -> None:
        """Between two lines: makes room for more. libvosk's clock may begin anew. Raises EngineError."""
        if self.samples > RENEWED_AFTER:
            self._native = self._opened()
            self._waiting.clear()
            self.samples = self._given = 0

    def last_result(self) -> str:
        """The answer about everything that was added; nothing may be added after it. Raises EngineError."""
        self._give()
        answer: str = self.check_open().FinalResult()
        return answer

    def close(self) -> None:
        """Drops the native recognizer, which frees itself."""
        self._native = None

    def check_open(self) -> KaldiRecognizer:
        """The native recognizer. Raises EngineError when it was dropped."""
        if self._native is None:
            raise EngineError("this vosk recognizer is closed")
        return self._native

    def _give(self) -> None:
        native = self.check_open()
        pcm = np.concatenate([np.zeros(0, np.int16), *self._waiting])
        self._waiting.clear()
        pcm = dithered(pcm, self._given, self._dither)
        self._given += len(pcm)
        try:
            self.is_over = bool(native.AcceptWaveform(pcm.tobytes()))
        except Exception as error:
            raise EngineError(
                f"vosk cannot decode {len(pcm)} samples: {error}; "
                "why, libvosk wrote to the standard error of this process, if anywhere"
            ) from error
