"""A model that is damaged anywhere is refused with its cause, and harms nobody."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shell.engines import VOSK_MODEL
from voiceassist.asr.vosk.causes import CAUSES
from voiceassist.asr.vosk.engine import load_vosk
from voiceassist.asr.vosk.trial import child_environment, try_out
from voiceassist.errors import EngineError

pytestmark = pytest.mark.audio

LIBVOSKS_OWN = f"({'|'.join(CAUSES)})"  # how its lines begin; the rest may change with every version


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return shutil.copytree(VOSK_MODEL, tmp_path / "model", copy_function=shutil.copyfile)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _garble(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


@pytest.mark.parametrize(
    ("name", "damage", "cause"),
    [
        ("am/final.mdl", _cut, LIBVOSKS_OWN),
        ("am/final.mdl", _garble, LIBVOSKS_OWN),
        ("graph/HCLr.fst", _cut, LIBVOSKS_OWN),
        ("graph/Gr.fst", _empty, LIBVOSKS_OWN),
        ("graph/words.txt", _empty, "its list of words is empty"),
        ("graph/words.txt", Path.unlink, LIBVOSKS_OWN),
        ("graph/disambig_tid.int", _empty, r"it crashes libvosk \(SIGSEGV\)"),
        ("conf/model.conf", _empty, r"it crashes libvosk \(SIGABRT\)"),
        ("conf/mfcc.conf", _empty, LIBVOSKS_OWN),
    ],
)
def test_a_damaged_file_is_told_in_libvosks_words(
    model: Path, name: str, damage: Callable[[Path], None], cause: str
) -> None:
    damage(model / name)
    with pytest.raises(EngineError, match=f"vosk cannot load the model in {model}: .*{cause}"):
        load_vosk(model, language="en")


def test_a_folder_that_is_no_model_is_told_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=rf"{tmp_path} is not a Vosk model: am/final.mdl and conf/mfcc.conf"):
        load_vosk(tmp_path, language="de")


def test_a_model_is_tried_again_when_a_file_changed(model: Path) -> None:
    try_out(model)
    words = (model / "graph/words.txt").read_bytes()
    _empty(model / "graph/words.txt")
    with pytest.raises(EngineError, match="list of words"):
        try_out(model)
    (model / "graph/words.txt").write_bytes(words)
    try_out(model)


def test_a_model_that_breaks_after_its_trial_is_told_in_libvosks_words(
    model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    try_out(model)
    damaged = model / "am/final.mdl"
    times, size = damaged.stat(), damaged.stat().st_size
    damaged.write_bytes(b"x" * size)
    os.utime(damaged, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(EngineError, match=f"{model}, which it could in a process of its own: {LIBVOSKS_OWN}"):
        load_vosk(model, language="en")
    stderr = capfd.readouterr().err
    assert any(cause in stderr for cause in CAUSES)


@pytest.mark.skipif(not Path("/proc").exists(), reason="threads are counted as Linux does")
def test_a_trial_has_few_threads_however_many_cores_there_are() -> None:
    count = "import os, numpy; print(len(os.listdir('/proc/self/task')))"
    command = [sys.executable, "-c", count]
    counted = subprocess.run(command, env=child_environment(), capture_output=True, check=True)
    assert counted.stdout.strip() == b"1"


def test_a_broken_model_leaves_the_standard_error_of_this_process_alone(
    model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _cut(model / "am/final.mdl")
    with pytest.raises(EngineError, match=f"vosk cannot load the model in {model}: {LIBVOSKS_OWN}"):
        try_out(model)
    assert capfd.readouterr().err == ""
