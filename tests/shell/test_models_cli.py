"""`voiceassist models` as a person or a program at a terminal meets it."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.children import child
from tests.fakes.model_commands import Run, add, refused
from tests.fakes.model_server import MOONSHINE_NAME, NAME, ModelServer, model_folder, model_zip, moonshine_folder
from tests.fakes.models import install_moonshine
from voiceassist.cli.models import list as list_command
from voiceassist.cli.models import pull as pull_command
from voiceassist.speech_models import preferred
from voiceassist.speech_models.manifest import load_manifest

SPANISH = "vosk-model-small-es-0.42"


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
    assert [name for name, model in listed(run).items() if model["auto_for"]] == ["two"]
    assert "Engine `auto` takes es: two; en: moonshine" in run("list").out


def test_the_list_says_of_which_region_auto_takes_another(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "README").write_bytes(bytes(1_000))
    for name, language in (("in", "en-in"), ("us", "en-us"), ("gb", "en-gb")):
        add(run, tmp_path / name, language)
    taken = {name: model["auto_for"] for name, model in listed(run).items() if model["auto_for"]}
    assert taken == {"gb": "en-gb", "in": "en-in", "us": "en"}
    shown = run("list").out
    assert "installed, auto takes it" in shown
    assert "installed, auto, for en-in" in shown
    assert "Engine `auto` takes en-gb: gb; en-in: in; en: us." in shown


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
    assert set(list_command.HEARS) == {"people", "synthesised"}


def test_names_are_in_one_piece_on_a_narrow_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("list").out
    assert all(entry.name in shown for entry in load_manifest())
    assert "librispeech" not in shown
    monkeypatch.setenv("COLUMNS", "160")
    assert "librispeech" in run("list").out


def test_the_list_says_why_auto_leaves_a_model_that_is_too_slow_here(
    run: Run, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferred, "cores_here", lambda: 2)
    monkeypatch.setattr(pull_command, "cores_here", lambda: 2)
    install_moonshine(models_dir, "base", size=141_000_000)
    assert listed(run)["base"]["auto_for"] is None
    shown = run("list").out
    assert "en: moonshine (comes with voiceassist)" in shown
    assert "`auto` takes base from 4 cores on, and there are 2: name it, `moonshine:base`." in shown
    monkeypatch.setattr(preferred, "cores_here", lambda: 4)
    assert "Engine `auto` takes en: base." in run("list").out


# ---- pull ----


def test_a_pulled_model_is_told_with_what_comes_next(run: Run, vendor: ModelServer, models_dir: Path) -> None:
    ran = run("pull", NAME)
    assert ran.code == 0
    assert f"{NAME} is installed in {models_dir / NAME}" in ran.out
    assert "engine `auto` takes it for calls in 'xx'" in ran.out
    assert f"voiceassist models verify {NAME}" in ran.out
    assert listed(run)[NAME]["state"] == "installed"
    assert len(vendor.asked) == 1


def test_a_model_that_is_there_is_not_pulled_again(run: Run, vendor: ModelServer) -> None:
    run("pull", NAME)
    ran = run("pull", NAME)
    assert (ran.code, len(vendor.asked)) == (0, 1)
    assert "is installed already" in ran.out


def test_offline_is_one_line_with_everything_to_do(run: Run, vendor: ModelServer) -> None:
    message = refused(run("pull", NAME, "--mirror", "http://127.0.0.1:9/"))
    for part in (
        "cannot be reached",
        f"download http://127.0.0.1:9/{NAME}.zip",
        f"voiceassist models add {NAME}.zip",
    ):
        assert part in message
    assert vendor.asked == []


def test_a_pulled_model_of_moonshines_is_told_with_its_engine(
    run: Run, vendor: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = vendor.offer_files()
    monkeypatch.setattr(pull_command, "entry_to_pull", lambda _name: entry)
    ran = run("pull", MOONSHINE_NAME)
    assert ran.code == 0
    assert "engine `auto` takes it for calls in 'xx'" in ran.out
    model = listed(run)[MOONSHINE_NAME]
    assert (model["state"], model["engine"]) == ("installed", f"moonshine:{MOONSHINE_NAME}")
    assert run("remove", MOONSHINE_NAME, "--yes").code == 0
    assert MOONSHINE_NAME not in listed(run)


def test_an_added_model_that_is_too_slow_here_is_told_with_its_setting(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferred, "BASE_BYTES", 1_000)
    for module in (preferred, pull_command):
        monkeypatch.setattr(module, "cores_here", lambda: 2)
    ran = run("add", moonshine_folder(tmp_path / "mine"), "--language", "en")
    assert "engine `moonshine:mine` is this model; `auto` takes mine from 4 cores on, and there are 2" in ran.out


def test_an_unknown_model_is_answered_with_near_names(run: Run) -> None:
    assert f"did you mean {SPANISH}" in refused(run("pull", "vosk-small-es"))


def test_ctrl_c_says_how_much_is_kept_and_how_to_go_on(vendor: ModelServer, models_dir: Path) -> None:
    vendor.held = threading.Event()
    vendor.files[f"/{SPANISH}.zip"] = model_zip()
    command = [
        "-m",
        "voiceassist",
        "models",
        "pull",
        SPANISH,
        "--mirror",
        vendor.url,
        "--models-dir",
        str(models_dir),
    ]
    with child([sys.executable, *command], stderr=subprocess.PIPE) as process:
        part = models_dir / ".incoming" / SPANISH / "archive.zip"
        while not (part.exists() and part.stat().st_size):
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        err = process.stderr.read()
    vendor.held.set()
    assert process.returncode == 130
    assert f"are kept in {part}: the same command goes on from there" in err
    assert "Traceback" not in err


def test_a_part_that_cannot_be_continued_is_not_promised_to_be(tmp_path: Path) -> None:
    (tmp_path / "archive.zip").write_bytes(b"a part")
    assert "the same command starts from the beginning" in pull_command._stopped(tmp_path / "archive.zip", 6)


def test_the_help_says_what_the_vendors_list_proves(run: Run) -> None:
    assert "the file came whole, not who made it" in " ".join(run("pull", "--help").out.split())


# ---- add, remove ----


def test_what_is_added_is_told_and_listed(run: Run, models_dir: Path, tmp_path: Path) -> None:
    ran = run("add", model_folder(tmp_path / "mine"), "--language", "en-us", "--name", "calls")
    assert ran.code == 0
    assert f"calls is installed in {models_dir / 'calls'}" in ran.out
    assert "engine `auto` takes it for calls in 'en'" in ran.out


def test_a_model_for_synthesised_speech_is_never_taken_by_auto(run: Run, tmp_path: Path) -> None:
    ran = run("add", model_folder(tmp_path / "mine"), "--language", "de", "--fit-for", "synthesised")
    assert "engine `vosk:mine` is this model" in ran.out
    assert listed(run)["mine"]["auto_for"] is None


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
