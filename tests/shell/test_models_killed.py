"""kill -9 in the middle of a pull: the model is absent, and the next pull finishes the work."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.children import child
from tests.fakes.model_server import NAME, ModelServer, model_server, model_zip
from voiceassist.errors import ModelError
from voiceassist.speech_models.installed import installed
from voiceassist.speech_models.intact import differences
from voiceassist.speech_models.pull import pull


def kill_in(step: str, models_dir: Path, server: ModelServer) -> None:
    """A pull in another process, killed in that step; while it is at it, nobody else may be."""
    url = f"{server.url}/{NAME}.zip"
    command = [sys.executable, "-m", "tests.shell.model_puller", str(models_dir), url, step]
    with child(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        with pytest.raises(ModelError, match="another voiceassist is working on"):
            pull(models_dir, server.entry(), report=lambda *_: None)
        process.kill()


@pytest.mark.parametrize("step", ["downloading", "unpacking"])
def test_a_killed_pull_leaves_no_model_and_the_next_one_finishes(tmp_path: Path, step: str) -> None:
    with model_server() as server:
        server.offer(model_zip())
        kill_in(step, tmp_path, server)
        assert [model for model in installed(tmp_path) if not model.bundled] == []
        model = pull(tmp_path, server.entry(), report=lambda *_: None)
    assert differences(model) == ()
    left = sorted(path.name for path in (tmp_path / ".incoming" / NAME).iterdir())
    assert left == ["lock"]
