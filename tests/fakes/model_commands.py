"""`voiceassist models` as it is typed at a terminal, and what comes of it."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.model_server import model_folder
from voiceassist.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command went."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def commands(models_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`voiceassist models` with these arguments, on that folder."""

    def command(*arguments: object) -> Ran:
        monkeypatch.setattr(
            sys, "argv", ["voiceassist", "models", *map(str, arguments), "--models-dir", str(models_dir)]
        )
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capsys.readouterr()
        return Ran(code=int(done.value.code or 0), out=out, err=err)

    return command


def refused(ran: Ran) -> str:
    """One line on standard error, and exit code 2."""
    assert ran.code == 2
    line = ran.err.splitlines()[-1]
    assert line.startswith("error: ")
    return line


def add(run: Run, folder: Path, language: str = "de") -> None:
    assert run("add", model_folder(folder), "--language", language, "--licence", "CC0").code == 0
