"""What tests of pulling share: a server that has a model, and what must be left when a pull fails."""

from pathlib import Path

import pytest

from tests.fakes.model_server import ModelServer, model_zip
from voiceassist.errors import ModelError
from voiceassist.speech_models.installed import InstalledModel, installed
from voiceassist.speech_models.manifest import ModelEntry
from voiceassist.speech_models.pull import pull

ARCHIVE = model_zip()


def silently(_doing: str, _done: int, _total: int) -> None:
    """No progress is shown."""


def at_once(_seconds: float) -> None:
    """Nobody waits before a connection is made again."""


def own(models_dir: Path) -> list[InstalledModel]:
    return [model for model in installed(models_dir) if not model.bundled]


def refused(server: ModelServer, models_dir: Path, **entry: object) -> str:
    """The error of a pull that must leave no model."""
    return refused_entry(models_dir, server.entry(**entry))


def refused_entry(models_dir: Path, entry: ModelEntry) -> str:
    """The same, of any model."""
    with pytest.raises(ModelError) as caught:
        pull(models_dir, entry, report=silently, pause=at_once)
    assert own(models_dir) == []
    assert visible(models_dir) == []
    return str(caught.value)


def visible(models_dir: Path) -> list[str]:
    return sorted(path.name for path in models_dir.glob("[!.]*"))


def ranges(server: ModelServer) -> list[str | None]:
    return [asked.range for asked in server.asked]
