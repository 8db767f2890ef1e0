"""Moonshine's models: "tiny" comes inside the `moonshine-voice` wheel and is the embedded default engine.

Others with the same graphs are in folders of their own; "base" is the one to pull. All are decoded by ourselves
with onnxruntime (`model.py`): the wheel's own library decodes a growing line from its first word each
time, says nothing of how sure it is, and shares one voice detector's memory among all streams (0.0.73), so that
one call's audio changes another call's lines.
Next: `leg.py` hears one leg.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from moonshine_voice.utils import get_assets_path

from voiceassist.asr.cost import NOTHING, LoadCost, measured
from voiceassist.asr.engine import Engine, Recognizer
from voiceassist.asr.moonshine.leg import MoonshineRecognizer
from voiceassist.asr.moonshine.reader import load_reader
from voiceassist.asr.moonshine.reading import NOTHING_READ, ReadsLines
from voiceassist.asr.voice import RATE_HZ
from voiceassist.errors import EngineError
from voiceassist.events import Speaker

NAME = "moonshine"


def embedded_model_dir() -> Path:
    """Where the model is that came with the installation."""
    return Path(get_assets_path()) / "tiny-en"


def load_moonshine(model_dir: Path | None = None, *, language: str = "en") -> Engine:
    """The model in a folder, by default the embedded one. Raises EngineError."""
    try:
        model, cost = measured(lambda: _load(model_dir or embedded_model_dir()))
    except EngineError as error:
        if model_dir:
            raise
        raise EngineError(f"the moonshine-voice that is installed: {error}: install 0.0.73") from error
    name = f"{NAME}:{model_dir.name}" if model_dir else NAME
    return MoonshineEngine(model, name=name, language=language, cost=cost)


def _load(model_dir: Path) -> ReadsLines:
    """A model that can be loaded but not run fails here, and not in the first call."""
    reader = load_reader(model_dir)
    reader.read(np.zeros(RATE_HZ, np.int16), NOTHING_READ, voiced_ms=0)
    return reader


class MoonshineEngine:
    """A loaded model, shared by all legs."""

    rate_hz = RATE_HZ

    def __init__(self, model: ReadsLines, *, name: str = NAME, language: str, cost: LoadCost = NOTHING) -> None:
        self.name, self.language = name, language
        self.memory_bytes, self.load_ms = cost.memory_bytes, cost.load_ms
        self._model = model

    def open(self, speaker: Speaker) -> Recognizer:
        """A recognizer for one leg."""
        return MoonshineRecognizer(self._model, speaker)

    def open_preferring(self, speaker: Speaker, phrases: Iterable[str]) -> Recognizer:
        """A recognizer that prefers these phrases when it is unsure."""
        return MoonshineRecognizer(self._model.preferring(phrases), speaker)

    def close(self) -> None:
        """Frees the model; harmless when called twice."""
        self._model.close()
