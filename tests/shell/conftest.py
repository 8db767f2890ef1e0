"""Fixtures of the tests about engines in a server, and about `voiceassist models` as it is typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.loading import Loading
from tests.fakes.model_commands import Run, commands
from tests.fakes.model_server import ModelServer, model_server, model_zip
from tests.fakes.shared_worker import WORKER
from tests.playbook_file.test_playbook import SMALL
from voiceassist import app
from voiceassist.asr import engines as engines_module
from voiceassist.cli.models import pull as pull_command


@pytest.fixture(scope="session", autouse=True)
def shared_playbook_worker() -> Iterator[None]:
    """Servers that tests start share one process for playbook work: each would compile the same rules again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "PlaybookWorker", lambda: WORKER)
        yield
    WORKER.end()


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> Loading:
    """What stands for real models."""
    loading = Loading()
    monkeypatch.setattr(engines_module, "load", loading)
    return loading


@pytest.fixture
def spanish(tmp_path: Path) -> Path:
    """A small playbook that says it is Spanish."""
    path = tmp_path / "spanish.yaml"
    path.write_text(SMALL.replace("language: en", "language: es").replace("name: small", "name: chico"))
    return path


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    """Where the commands keep models; not there yet."""
    return tmp_path / "models"


@pytest.fixture
def run(models_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`voiceassist models` with any arguments."""
    return commands(models_dir, capsys, monkeypatch)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """Has the one model that can be pulled."""
    with model_server() as serves:
        serves.offer(model_zip())
        monkeypatch.setattr(pull_command, "entry_to_pull", lambda name: serves.entry(name=name))
        yield serves
