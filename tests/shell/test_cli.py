"""The command as a person or a program at a terminal meets it: what it prints where, and how it says no."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from tests.shell.serving import SAMPLES
from voiceassist import wire
from voiceassist.cli import app, main
from voiceassist.cli.replay import _legs
from voiceassist.events import CallEnded, CallStarted, Cue, Final, Record
from voiceassist.samples import load_sample

SCRIPT = SAMPLES / "late-return.json"
ENGINE = f"scripted:{SCRIPT}"
SECONDS = load_sample("late-return").duration_ms / 1000
RATE_HZ = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command went."""

    code: int
    out: str
    err: str

    def records(self) -> list[Record]:
        assert self.code == 0, self.err
        return [wire.decode(json.loads(line)) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`voiceassist` with these arguments."""

    def command(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["voiceassist", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capsys.readouterr()
        return Ran(code=int(done.value.code or 0), out=out, err=err)

    return command


@pytest.fixture
def call(tmp_path: Path) -> Path:
    return write(tmp_path / "call.wav", channels=2)


def write(path: Path, *, channels: int, seconds: float = SECONDS) -> Path:
    soundfile.write(path, np.zeros((int(seconds * RATE_HZ), channels), np.int16), RATE_HZ)
    return path


def refused(ran: Ran) -> str:
    """One line on standard error, nothing on standard output, exit code 2."""
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1, ran.err
    assert ran.err.startswith("error: ")
    return ran.err


def test_json_is_one_event_per_line_in_the_wire_format(run: Run, call: Path) -> None:
    ran = run("replay", call, "--json", "--engine", ENGINE)
    for line in ran.out.splitlines():
        assert list(json.loads(line))[:4] == ["type", "call_id", "seq", "at_ms"]
    records = ran.records()
    assert {record.call_id for record in records} == {"call"}
    assert [record.seq for record in records] == list(range(1, len(records) + 1))
    assert isinstance(records[0].event, CallStarted)
    assert isinstance(records[-1].event, CallEnded)


def test_cue_in_json_says_all_that_a_program_needs(run: Run, call: Path) -> None:
    lines = map(json.loads, run("replay", call, "--json", "--engine", ENGINE).out.splitlines())
    cues = [line for line in lines if line["type"] == "cue"]
    assert cues
    wanted = {"kind", "speaker", "words", "start_ms", "end_ms", "confidence", "rule", "at_ms", "seq", "call_id"}
    assert all(wanted <= cue.keys() for cue in cues)


def test_two_runs_print_the_same(run: Run, call: Path) -> None:
    first, second = (run("replay", call, "--json", "--engine", ENGINE).out for _ in range(2))
    assert first == second


def test_people_get_lines_with_who_said_what_and_the_card(run: Run, call: Path) -> None:
    ran = run("replay", call, "--engine", ENGINE)
    assert ran.code == 0
    assert "customer" in ran.out
    assert "card" in ran.out
    assert "call ended (hangup)" in ran.out
    with pytest.raises(json.JSONDecodeError):
        json.loads(ran.out.splitlines()[0])


def test_two_files_give_what_the_two_channels_give(run: Run, call: Path, tmp_path: Path) -> None:
    agent, customer = write(tmp_path / "a.wav", channels=1), write(tmp_path / "b.wav", channels=1)
    apart = run("replay", "--agent", agent, "--customer", customer, "--json", "--engine", ENGINE).records()
    together = run("replay", call, "--json", "--engine", ENGINE).records()
    assert [one.event for one in apart][1:] == [one.event for one in together][1:]


@pytest.mark.parametrize(("swap", "loud"), [(False, "agent"), (True, "customer")])
def test_swap_changes_whose_channel_is_whose(tmp_path: Path, swap: bool, loud: str) -> None:  # noqa: FBT001
    audio = np.zeros((RATE_HZ, 2), np.int16)
    audio[:, 0] = 1_000
    soundfile.write(tmp_path / "call.wav", audio, RATE_HZ)
    legs = _legs(tmp_path / "call.wav", None, None, None, swap=swap)
    assert [leg.speaker for leg in legs] == ["agent", "customer"]
    assert [leg.speaker for leg in legs if leg.pcm.any()] == [loud]


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_mono_recording_is_heard_as_the_side_that_was_named(run: Run, tmp_path: Path, side: str) -> None:
    mono = write(tmp_path / "mono.wav", channels=1)
    records = run("replay", mono, "--mono", side, "--json", "--engine", ENGINE).records()
    assert {record.event.speaker for record in records if isinstance(record.event, Final)} == {side}
    assert {record.event.speaker for record in records if isinstance(record.event, Cue)} <= {side}


def test_mono_recording_is_refused_with_what_to_do(run: Run, tmp_path: Path) -> None:
    message = refused(run("replay", write(tmp_path / "mono.wav", channels=1), "--engine", ENGINE))
    for part in ("mono.wav", "one channel", "--mono agent", "--mono customer", "--agent A.wav --customer B.wav"):
        assert part in message


def test_recording_of_many_channels_is_refused(run: Run, tmp_path: Path) -> None:
    assert "has 3 channels" in refused(run("replay", write(tmp_path / "x.wav", channels=3), "--engine", ENGINE))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that are no recording, each in its way."""
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("this is a shopping list", encoding="utf-8")
    (tmp_path / "folder.wav").mkdir()
    return tmp_path


def test_recording_that_was_cut_off_is_replayed_to_its_end_with_a_warning(run: Run, tmp_path: Path) -> None:
    cut = write(tmp_path / "cut.wav", channels=2, seconds=1)
    whole = cut.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    ran = run("replay", cut, "--json", "--engine", ENGINE)
    assert (ran.code, json.loads(ran.out.splitlines()[-1])["type"]) == (0, "call_ended")
    assert f"warning: {cut} was cut off" in ran.err


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.wav", "cannot be read as audio"),
        ("empty.wav", "empty"),
        ("text.wav", "cannot be read as audio"),
        ("folder.wav", "cannot be read as audio"),
        ("[missing].wav", "cannot be read as audio"),
        ("[/b]missing.wav", "cannot be read as audio"),
        ("[bold]missing.wav", "cannot be read as audio"),
    ],
)
def test_file_that_is_no_recording_is_named_with_the_reason(
    run: Run, folder: Path, name: str, reason: str
) -> None:
    message = refused(run("replay", folder / name, "--json", "--engine", ENGINE))
    assert str(folder / name) in message
    assert reason in message


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--engine", "siri"], ["'siri'", "moonshine", "vosk"]),
        (["--engine", "vosk", "--models-dir", "nowhere"], ["no Vosk model", "models pull vosk-model-small-en-us"]),
        (["--engine", "vosk:mine", "--models-dir", "nowhere"], ["mine", "nowhere", "voiceassist models list"]),
        (["--engine", ENGINE, "--language", "english"], ["'english'"]),
        (["--engine", "scripted:nowhere.json"], ["nowhere.json", "No such file"]),
        (["--engine", ENGINE, "--language", "tlh"], ["'tlh'", "playbook"]),
        (["--engine", ENGINE, "--playbook", "nowhere.yaml"], ["nowhere.yaml", "No such file"]),
    ],
)
def test_option_that_cannot_work_is_named_with_what_would(
    run: Run, call: Path, options: list[str], parts: list[str]
) -> None:
    message = refused(run("replay", call, "--json", *options))
    assert all(part in message for part in parts), message


@pytest.mark.parametrize(
    "text",
    ["name: x\nversion: [1\n", "name: 5\n", "", "- a\n- b\n", "name: x\nversoin: 1\n", "\x00", "a: &a *a\n"],
)
def test_broken_playbook_is_refused_with_file_and_line(run: Run, call: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    ran = run("replay", call, "--json", "--engine", ENGINE, "--playbook", tmp_path / "mine.yaml")
    assert (ran.code, ran.out) == (2, "")
    problems = ran.err.removeprefix("error: ").splitlines()
    assert len(problems) >= 1
    for problem in problems:  # each is on a line of its own
        line = problem.partition("mine.yaml:")[2].partition(":")[0]
        assert line.isdigit(), ran.err


@pytest.mark.parametrize(
    "arguments",
    [(), ("--agent", "a.wav", "call.wav"), ("call.wav", "--mono", "both"), ("call.wav", "--speed", "0")],
)
def test_wrong_use_is_told_with_exit_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run("replay", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "voiceassist replay" in ran.err


def test_reader_that_stops_reading_gets_no_traceback(call: Path) -> None:
    shell = f'"{sys.executable}" -m voiceassist replay "{call}" --json --engine "{ENGINE}" | head -1'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["type"] == "call_started"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def commands(command: Any, *path: str) -> Iterator[list[str]]:
    """The path of every command."""
    if not isinstance(command, TyperGroup):
        yield list(path)
        return
    context = typer.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        yield from commands(inner, *path, name)


@pytest.mark.parametrize("path", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_help_of_every_command_shows_an_example(path: list[str]) -> None:
    shown = CliRunner().invoke(app, [*path, "--help"])
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert f"voiceassist {' '.join(path)}" in shown.output.split("Example")[1]


def test_version_is_printed(run: Run) -> None:
    ran = run("--version")
    assert (ran.code, ran.out.split()[0]) == (0, "voiceassist")
