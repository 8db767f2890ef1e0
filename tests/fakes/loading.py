"""What stands for real models where engines are loaded: scripted ones, and what became of them."""

from dataclasses import dataclass, field

from voiceassist.asr.choice import Choice
from voiceassist.asr.engine import Engine
from voiceassist.asr.scripted import ScriptedEngine
from voiceassist.errors import EngineError


@dataclass
class Loading:
    """Loads scripted engines; remembers which are closed, and fails when asked to."""

    fails: str = "nothing"
    closed: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    kind: type[ScriptedEngine] = ScriptedEngine

    def __call__(self, choice: Choice, *, language: str) -> Engine:
        if language == self.fails:
            raise EngineError("the model is torn")
        self.loaded.append(f"{choice.name} {language}")
        engine = self.kind((), language=language)
        engine.memory_bytes, engine.load_ms = 1_000_000, 10
        engine.close = lambda: self.closed.append(language)  # type: ignore[method-assign]
        return engine
