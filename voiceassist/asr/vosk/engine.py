"""Vosk: one loaded model, shared by every leg, and its vocabulary.

Works with every Vosk model: 8 or 16 kHz, one graph or a split one, with or without speaker adaptation. Never
finds or downloads models: the folder is given. Next: `leg.py` hears one leg with it.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from vosk import KaldiRecognizer, Model, SetLogLevel

from voiceassist.asr.cost import NOTHING, LoadCost, measured
from voiceassist.asr.engine import Recognizer
from voiceassist.asr.voice import RATE_HZ
from voiceassist.asr.vosk import again
from voiceassist.asr.vosk.causes import made
from voiceassist.asr.vosk.dither import dither_of, undithered
from voiceassist.asr.vosk.leg import VoskRecognizer
from voiceassist.asr.vosk.pace import UNKNOWN, ChunkPace, pace_of
from voiceassist.asr.vosk.phrases import HEARINGS
from voiceassist.asr.vosk.stream import VoskStream
from voiceassist.asr.vosk.trial import ERRORS_ONLY, try_out
from voiceassist.errors import EngineError
from voiceassist.events import Speaker
from voiceassist.speech_models.layout import layout_of, missing_files

LEG_BYTES = 20_000_000  # features, a network's state, tokens of the search
# After four minutes of a call a leg took 110 MB with our model, whose graphs have 4 MB, and 220 MB with one of the
# vendor's small format, whose graphs have 230 MB.
COMPOSING_BYTES = 110_000_000
ANYTHING_ELSE = "[unk]"  # in a grammar: what is none of its phrases, instead of the nearest one


def load_vosk(model_dir: Path, *, language: str) -> "VoskEngine":
    """The model in `model_dir`. Raises EngineError, naming what is missing there or what libvosk says.

    A damaged model fails here, in a process of its own (`trial.py`), and harms nobody.
    """
    missing = missing_files(model_dir, "vosk")
    if missing:
        raise EngineError(
            f"{model_dir} is not a Vosk model: {' and '.join(missing)} missing; "
            "give the directory of an unpacked model"
        )
    try_out(model_dir)
    model, cost = measured(lambda: _load(model_dir))
    name = f"vosk:{model_dir.name}"
    return VoskEngine(
        model,
        name=name,
        language=language,
        takes_grammars=_has_split_graph(model_dir),
        cost=cost,
        pace=pace_of(_recognizer(model, name)),
        dither=dither_of(model_dir),
        leg_bytes=_leg_bytes(model_dir),
    )


def _has_split_graph(model_dir: Path) -> bool:
    return not (model_dir / layout_of(model_dir).whole_graph).is_file()


def _leg_bytes(model_dir: Path) -> int:
    """An estimate: with a split graph libvosk composes the whole one, leg by leg, as far as it is needed."""
    if not _has_split_graph(model_dir):
        return LEG_BYTES
    graphs = (model_dir / name for name in layout_of(model_dir).split_graph)
    return COMPOSING_BYTES + sum(path.stat().st_size for path in graphs) // 2


def _load(model_dir: Path) -> Model:
    SetLogLevel(ERRORS_ONLY)
    refusal = f"vosk cannot load the model in {model_dir}, which it could in a process of its own"
    try:
        with undithered(model_dir) as copy:
            return made(lambda: Model(str(copy)), refusal)
    except OSError as error:
        raise EngineError(f"the model in {model_dir} cannot be prepared for loading: {error}") from error


def _recognizer(model: Model, name: str, *limits: str) -> KaldiRecognizer:
    return made(lambda: KaldiRecognizer(model, float(RATE_HZ), *limits), f"{name} cannot open a recognizer")


class VoskEngine:
    """One model, shared by all legs."""

    rate_hz = RATE_HZ

    def __init__(
        self,
        model: Model,
        *,
        name: str,
        language: str,
        takes_grammars: bool,
        cost: LoadCost = NOTHING,
        pace: ChunkPace = UNKNOWN,
        dither: float = 0.0,
        leg_bytes: int = LEG_BYTES,
    ) -> None:
        """`dither`: strength of the noise that the model was trained with, in samples."""
        self.name = name
        self.language = language
        self.takes_grammars = takes_grammars
        self.memory_bytes, self.load_ms = cost.memory_bytes, cost.load_ms
        self.leg_bytes = leg_bytes
        self._model: Model | None = model
        self._pace, self._dither = pace, dither

    def open(self, speaker: Speaker, *, grammar: Iterable[str] = ()) -> Recognizer:
        """A recognizer for one leg.

        `grammar`: it hears these phrases, their words in any order, and no others. The server never gives one; it
        is for integrators who call the engine themselves, where only little can be said: digits, yes or no.
        Raises EngineError when the engine is closed, libvosk refuses, or the grammar cannot be had: the model
        cannot take any, or does not know one of its words.
        """
        limits = self._limits(tuple(grammar))
        return VoskRecognizer(self._stream(*limits), speaker, again=lambda: self._again(*limits))

    def open_preferring(self, speaker: Speaker, phrases: Iterable[str]) -> Recognizer:
        """A recognizer that prefers these phrases when it is unsure. Raises EngineError."""
        likely = [tuple(phrase.lower().split()) for phrase in phrases]
        if not likely:
            return self.open(speaker)
        return VoskRecognizer(self._stream(alternatives=HEARINGS), speaker, likely, again=self._again)

    def vocabulary(self, words: Iterable[str]) -> Mapping[str, bool]:
        """Which of `words` the model knows; it never hears any other. Raises EngineError when closed."""
        model = self._loaded()
        return {word: model.vosk_model_find_word(word.lower()) >= 0 for word in words}

    def close(self) -> None:
        """Drops the model; libvosk frees it with the last recognizer."""
        self._model = None

    def _stream(self, *limits: str, alternatives: int = 0) -> VoskStream:
        model = self._loaded()  # legs keep it when the engine is closed

        def opened() -> KaldiRecognizer:
            native = _recognizer(model, self.name, *limits)
            native.SetWords(True)  # noqa: FBT003 - vosk's signature
            native.SetMaxAlternatives(alternatives)
            return native

        return VoskStream(opened, self._pace, self._dither)

    def _again(self, *limits: str) -> VoskStream:
        return self._stream(*limits, alternatives=again.HEARINGS)

    def _loaded(self) -> Model:
        if self._model is None:
            raise EngineError(f"engine {self.name} is closed")
        return self._model

    def _limits(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        """The grammar as libvosk takes it, which would silently ignore what it cannot do."""
        if not phrases:
            return ()
        if not self.takes_grammars:
            raise EngineError(
                f"{self.name} has one whole graph (HCLG.fst), which no grammar can limit: use a model with "
                "HCLr.fst and Gr.fst, such as the vendor's small ones"
            )
        known = self.vocabulary(" ".join(phrases).split())
        unknown = [word for word, is_known in known.items() if not is_known]
        if unknown:
            raise EngineError(f"{self.name} does not know {', '.join(unknown)}: a grammar cannot have such words")
        return (json.dumps([*(phrase.lower() for phrase in phrases), ANYTHING_ELSE], ensure_ascii=False),)
