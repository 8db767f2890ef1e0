"""`voiceassist models` as a person or a program at a terminal meets it."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.model_server import NAME, ModelServer, model_folder, model_server, model_zip
from voiceassist.cli import main, models_list, models_pull
from voiceassist.models.bundled import bundled_dir
from voiceassist.models.manifest import load_manifest

SPANISH = "vosk-model-small-es-0.42"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command went."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def run(models_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`voiceassist models` with these arguments."""

    def command(*arguments: object) -> Ran:
        monkeypatch.setattr(
            sys, "argv", ["voiceassist", "models", *map(str, arguments), "--models-dir", str(models_dir)]
        )
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capsys.readouterr()
        return Ran(code=int(done.value.code or 0), out=out, err=err)

    return command


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """Has the one model that can be pulled."""
    with model_server() as serves:
        serves.offer(model_zip())
        monkeypatch.setattr(models_pull, "entry_to_pull", lambda name: serves.entry(name=name))
        yield serves


def refused(ran: Ran) -> str:
    """One line on standard error, and exit code 2."""
    assert ran.code == 2
    line = ran.err.splitlines()[-1]
    assert line.startswith("error: ")
    return line


def add(run: Run, folder: Path, language: str = "de") -> None:
    assert run("add", model_folder(folder), "--language", language, "--licence", "CC0").code == 0


# ---- list ----


def listed(run: Run) -> dict[str, dict[str, object]]:
    ran = run("list", "--json")
    assert (ran.code, ran.err) == (0, "")
    return {model["name"]: model for model in json.loads(ran.out)["models"]}


def test_the_list_has_what_is_bundled_what_is_installed_and_what_is_offered(run: Run, tmp_path: Path) -> None:
    add(run, tmp_path / SPANISH)
    models = listed(run)
    states = {name: model["state"] for name, model in models.items()}
    assert states == {entry.name: "offered" for entry in load_manifest()} | {
        "vosk-tiny-en": "bundled",
        SPANISH: "installed",
    }
    assert models["vosk-tiny-en"]["fit_for"] == "synthesised"


def test_the_list_says_which_model_auto_takes(run: Run, tmp_path: Path) -> None:
    add(run, tmp_path / "one", "es")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "README").write_bytes(bytes(1_000))
    add(run, tmp_path / "two", "es")
    assert [name for name, model in listed(run).items() if model["is_auto"]] == ["two"]
    assert "Engine `auto` takes es: two; en: moonshine" in run("list").out


def test_the_list_says_where_models_are_and_what_is_wrong_with_one(
    run: Run, models_dir: Path, tmp_path: Path
) -> None:
    add(run, tmp_path / "mine")
    (models_dir / "mine" / "am" / "final.mdl").unlink()
    shown = run("list").out
    assert f"Models are kept in {models_dir}" in shown
    assert f"mine: {models_dir / 'mine'} lacks am/final.mdl" in shown


def test_the_list_is_readable_where_markup_would_not_be(run: Run, tmp_path: Path) -> None:
    assert run("add", model_folder(tmp_path / "x"), "--language", "de", "--licence", "[b]x[/]").code == 0
    assert "[b]x[/]" in run("list").out


def test_every_word_for_whom_a_model_hears_is_known() -> None:
    assert set(models_list.HEARS) == {"people", "synthesised"}


def test_names_are_in_one_piece_on_a_narrow_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("list").out
    assert all(entry.name in shown for entry in load_manifest())
    assert "librispeech" not in shown
    monkeypatch.setenv("COLUMNS", "160")
    assert "librispeech" in run("list").out


# ---- pull ----


def test_a_pulled_model_is_told_with_what_comes_next(run: Run, server: ModelServer, models_dir: Path) -> None:
    ran = run("pull", NAME)
    assert ran.code == 0
    assert f"{NAME} is installed in {models_dir / NAME}" in ran.out
    assert "engine `auto` takes it for calls in 'xx'" in ran.out
    assert f"voiceassist models verify {NAME}" in ran.out
    assert listed(run)[NAME]["state"] == "installed"
    assert len(server.asked) == 1


def test_a_model_that_is_there_is_not_pulled_again(run: Run, server: ModelServer) -> None:
    run("pull", NAME)
    ran = run("pull", NAME)
    assert (ran.code, len(server.asked)) == (0, 1)
    assert "is installed already" in ran.out


def test_offline_is_one_line_with_everything_to_do(run: Run, server: ModelServer) -> None:
    message = refused(run("pull", NAME, "--mirror", "http://127.0.0.1:9/"))
    for part in (
        "cannot be reached",
        f"download http://127.0.0.1:9/{NAME}.zip",
        f"voiceassist models add {NAME}.zip",
    ):
        assert part in message
    assert server.asked == []


def test_an_unknown_model_is_answered_with_near_names(run: Run) -> None:
    assert f"did you mean {SPANISH}" in refused(run("pull", "vosk-small-es"))


def test_ctrl_c_says_how_much_is_kept_and_how_to_go_on(server: ModelServer, models_dir: Path) -> None:
    server.held = threading.Event()
    server.files[f"/{SPANISH}.zip"] = model_zip()
    command = [
        "-m",
        "voiceassist",
        "models",
        "pull",
        SPANISH,
        "--mirror",
        server.url,
        "--models-dir",
        str(models_dir),
    ]
    with subprocess.Popen([sys.executable, *command], stderr=subprocess.PIPE, text=True) as process:
        part = models_dir / ".incoming" / SPANISH / "archive.zip"
        while not (part.exists() and part.stat().st_size):
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        err = process.stderr.read()
    server.held.set()
    assert process.returncode == 130
    assert f"are kept in {part}: the same command goes on from there" in err
    assert "Traceback" not in err


# ---- add, remove ----


def test_what_is_added_is_told_and_listed(run: Run, models_dir: Path, tmp_path: Path) -> None:
    ran = run("add", model_folder(tmp_path / "mine"), "--language", "en-us", "--name", "calls")
    assert ran.code == 0
    assert f"calls is installed in {models_dir / 'calls'}" in ran.out
    assert "engine `auto` takes it for calls in 'en-us'" in ran.out


def test_a_model_for_synthesised_speech_is_never_taken_by_auto(run: Run, tmp_path: Path) -> None:
    ran = run("add", model_folder(tmp_path / "mine"), "--language", "de", "--fit-for", "synthesised")
    assert "engine `vosk:mine` is this model" in ran.out
    assert not listed(run)["mine"]["is_auto"]


def test_what_is_no_model_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert "is not a Vosk model: am/final.mdl and" in refused(run("add", tmp_path / "mine", "--language", "de"))


def test_removing_asks_first(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(run, tmp_path / "mine")
    monkeypatch.setattr(sys, "stdin", io.StringIO())  # nobody answers
    assert run("remove", "mine").code == 1
    assert listed(run)["mine"]["state"] == "installed"


def test_a_removed_model_is_told_with_how_to_have_it_back(run: Run, tmp_path: Path) -> None:
    add(run, tmp_path / SPANISH)
    ran = run("remove", SPANISH, "--yes")
    assert (ran.code, listed(run)[SPANISH]["state"]) == (0, "offered")
    assert f"to have it back: voiceassist models pull {SPANISH}" in ran.out


def test_a_bundled_model_is_not_removed(run: Run) -> None:
    assert "comes with voiceassist" in refused(run("remove", "vosk-tiny-en", "--yes"))
    assert "no model called nobody" in refused(run("remove", "nobody", "--yes"))


# ---- verify ----


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
    run: Run, server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = shutil.make_archive(str(tmp_path / "real"), "zip", bundled_dir(), "vosk-tiny-en")
    server.offer(Path(archive).read_bytes())
    monkeypatch.setattr(models_pull, "entry_to_pull", lambda _name: server.entry(language="en-us"))
    assert run("pull", NAME).code == 0
    ran = run("verify", NAME)
    assert ran.code == 0
    assert "as recorded" in ran.out
    assert "passed" in ran.out


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
