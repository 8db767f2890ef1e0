"""`voiceassist models verify`: files, loading and hearing, told of each model."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.model_commands import Run, add, refused
from tests.fakes.model_server import NAME, ModelServer
from voiceassist.asr.moonshine.engine import embedded_model_dir
from voiceassist.cli.models import pull as pull_command
from voiceassist.cli.models import trial as trial_module
from voiceassist.errors import EngineError
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.speech_models.installed import bundled
from voiceassist.speech_models.layout import MOONSHINE


@pytest.mark.audio
def test_the_bundled_model_loads_and_hears_the_sentence(run: Run) -> None:
    ran = run("verify", "vosk-tiny-en", "--json")
    assert ran.code == 0
    (found,) = json.loads(ran.out)
    assert found["problem"] is None
    assert found["share"] >= 0.5
    assert found["trial"]["heard"]
    assert found["trial"]["heard_in_silence"] == ""


@pytest.mark.audio
def test_a_real_model_hears_after_it_was_pulled(
    run: Run, vendor: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = shutil.make_archive(str(tmp_path / "real"), "zip", bundled_dir(), "vosk-tiny-en")
    vendor.offer(Path(archive).read_bytes())
    monkeypatch.setattr(pull_command, "entry_to_pull", lambda _name: vendor.entry(language="en-us"))
    assert run("pull", NAME).code == 0
    ran = run("verify", NAME)
    assert ran.code == 0
    assert "as recorded" in ran.out
    assert "passed" in ran.out


@pytest.mark.audio
def test_a_model_of_moonshines_hears_after_it_was_pulled(
    run: Run, vendor: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded model's files stand in for those of a larger one."""
    files = {name: (embedded_model_dir() / name).read_bytes() for name in MOONSHINE}
    entry = replace(vendor.offer_files(files, "moonshine-base-en"), language="en")
    monkeypatch.setattr(pull_command, "entry_to_pull", lambda _name: entry)
    assert run("pull", "moonshine-base-en").code == 0
    ran = run("verify", "moonshine-base-en", "--json")
    (found,) = json.loads(ran.out)
    assert (ran.code, found["files"], found["problem"]) == (0, "as recorded", None)
    assert found["share"] > 0.9
    assert found["trial"]["heard_in_silence"] == ""


@pytest.mark.audio
@pytest.mark.parametrize("name", MOONSHINE)
def test_a_damaged_model_of_moonshines_fails_and_says_so(run: Run, models_dir: Path, name: str) -> None:
    folder = models_dir / "moonshine-base-en"  # the name tells the language
    shutil.copytree(embedded_model_dir(), folder)
    assert run("verify", "moonshine-base-en").code == 0
    (folder / name).write_bytes(b"nonsense" * 100)
    ran = run("verify", "moonshine-base-en")
    assert "FAILED" in ran.out
    assert name in ran.out
    assert "1 of 1 models cannot be used as they are" in refused(ran)


@pytest.mark.audio
def test_memory_is_told_of_the_first_model_only(run: Run) -> None:
    assert run("add", bundled_dir() / "vosk-tiny-en", "--name", "again").code == 0
    grown = [one["trial"]["memory_bytes"] for one in json.loads(run("verify", "--json").out)]
    assert grown[0] is not None  # 0 where this process reuses what another test freed
    assert grown[1] is None
    assert run("verify").out.count("the process grew by") == 1


@pytest.mark.audio
def test_an_engine_that_fails_while_it_hears_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Failing:
        def open(self, _speaker: str) -> None:
            raise EngineError("torn")

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr(trial_module, "load", lambda _choice, **_: Failing())
    with pytest.raises(EngineError, match="torn"):
        trial_module.try_out(bundled()[0])
    assert closed == [True]


@pytest.mark.audio
def test_of_another_language_it_is_only_said_that_it_runs(run: Run) -> None:
    assert run("add", bundled_dir() / "vosk-tiny-en", "--name", "spanish", "--language", "es").code == 0
    ran = run("verify", "spanish")
    assert ran.code == 0
    assert "there is no sentence of its language here: only that it loads and runs was checked" in ran.out
    assert "said" not in ran.out


@pytest.mark.audio
@pytest.mark.parametrize("name", ["am/final.mdl", "graph/Gr.fst", "graph/HCLr.fst"])
def test_a_model_with_damaged_files_that_nobody_recorded_fails_and_says_so(
    run: Run, models_dir: Path, name: str
) -> None:
    """It may crash libvosk: never the command."""
    assert run("add", bundled_dir() / "vosk-tiny-en", "--name", "vosk-model-small-en-us-0.15").code == 0
    (models_dir / "vosk-model-small-en-us-0.15.toml").unlink()
    (models_dir / "vosk-model-small-en-us-0.15" / name).write_bytes(b"nonsense")
    ran = run("verify", "vosk-model-small-en-us-0.15")
    assert "FAILED" in ran.out
    assert "1 of 1 models cannot be used as they are" in refused(ran)


def test_a_changed_file_is_told_before_anything_is_loaded(run: Run, models_dir: Path, tmp_path: Path) -> None:
    add(run, tmp_path / "mine")
    (models_dir / "mine" / "graph" / "Gr.fst").write_bytes(b"x")
    ran = run("verify", "mine")
    assert "graph/Gr.fst has changed" in ran.out
    assert "voiceassist models remove mine" in ran.out
    assert "mine" in refused(ran)
