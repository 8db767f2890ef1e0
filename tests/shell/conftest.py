"""Fixtures of the tests about engines in a server."""

from pathlib import Path

import pytest

from tests.core.test_playbook import SMALL
from tests.fakes.loading import Loading
from voiceassist.asr import engines as engines_module


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
