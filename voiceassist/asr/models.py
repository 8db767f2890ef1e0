"""Which engine a deployment gets: names to loaded models.

Never downloads anything. Next: `app.py` opens recognizers of the engine for every call.
"""

from pathlib import Path

from voiceassist.asr.engine import Engine
from voiceassist.asr.moonshine import load_moonshine
from voiceassist.asr.scripted import ScriptedEngine, load_script
from voiceassist.asr.vosk import load_vosk
from voiceassist.errors import ConfigError

NAMES = ("auto", "moonshine", "vosk", "scripted:<path>")
SCRIPTED = "scripted:"


def load_engine(name: str, *, language: str, model_dir: Path | None, decoders: int = 1) -> Engine:
    """The engine called `name`, ready for calls in `language` (BCP 47).

    "auto" is vosk when there is a `model_dir`, else moonshine. `decoders` is how many lines moonshine decodes at
    the same time (one core each). Raises ConfigError for a name or language that cannot work, EngineError when
    the model does not load.
    """
    if name == "auto":
        name = "vosk" if model_dir else "moonshine"
    if name.startswith(SCRIPTED):
        return ScriptedEngine(load_script(Path(name.removeprefix(SCRIPTED))), language=language)
    if name == "moonshine":
        return load_moonshine(language=_english(language), decoders=decoders)
    if name == "vosk":
        return load_vosk(_required(model_dir), language=language)
    raise ConfigError(f"engine {name!r} is not known; use one of {', '.join(NAMES)}")


def _english(language: str) -> str:
    if language.split("-", maxsplit=1)[0].lower() == "en":
        return language
    raise ConfigError(
        f"engine 'moonshine' covers English only, not language {language!r}: "
        "use engine 'vosk' with a model directory for that language"
    )


def _required(model_dir: Path | None) -> Path:
    if model_dir:
        return model_dir
    raise ConfigError("engine 'vosk' needs a model directory: set the directory of an unpacked Vosk model")
