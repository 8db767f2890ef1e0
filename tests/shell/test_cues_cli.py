"""`voiceassist cues` and what `voiceassist bench` says of cues, as they are typed at a terminal."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from voiceassist.cli import app, main

ROWS: list[dict[str, Any]] = [
    {"id": "1", "speaker": "agent", "text": "No, we don't do that.", "label": "refusal"},
    {"id": "2", "speaker": "agent", "text": "I'm afraid not.", "label": "refusal"},
    {"id": "3", "speaker": "agent", "text": "The teapot stands on the shelf.", "label": "refusal"},
    {"id": "4", "speaker": "agent", "text": "Our policy doesn't allow that.", "label": "none"},
    {"id": "5", "speaker": "agent", "text": "Good morning!", "label": "none"},
    {
        "id": "6",
        "speaker": "agent",
        "text": "It is half past nine.",
        "label": "none",
        "text_asr": "we don't do that",
    },
    {"id": "7", "speaker": "agent", "text": "We don't do that.", "label": "neg_inform"},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command went."""

    code: int
    out: str
    err: str

    def document(self) -> Any:
        """What it printed, as JSON."""
        assert self.code == 0, self.err
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def command(*arguments: object, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["voiceassist", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogateescape"))))
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capsys.readouterr()
        return Ran(code=int(done.value.code or 0), out=out, err=err)

    return command


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    return written(tmp_path / "turns.jsonl", ROWS)


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def refused(ran: Ran) -> str:
    """One line on standard error, and exit code 2."""
    assert ran.code == 2
    assert ran.err.startswith("error: ")
    return ran.err


# ---- eval ----


def test_eval_gives_the_figures_worked_out_by_hand(run: Run, turns: Path) -> None:
    document = run("cues", "eval", turns, "--json").document()
    assert document["sources"] == [{"source": str(turns), "turns": 6, "left_out": {"neg_inform": 1}}]
    (result,) = document["results"]
    assert (result["kind"], result["text"], result["turns"]) == ("refusal", "clean", 6)
    counted = {name: result[name] for name in ("expected", "found", "right", "false_alarms", "missed", "silent")}
    assert counted == {"expected": 3, "found": 3, "right": 2, "false_alarms": 1, "missed": 1, "silent": 2}
    two_thirds = {"value": 0.6667, "low": 0.2077, "high": 0.9385}  # Wilson's interval of 2 of 3
    assert {name: round(value, 4) for name, value in result["precision"].items()} == two_thirds
    assert {name: round(value, 4) for name, value in result["recall"].items()} == two_thirds
    assert round(result["f1"]["value"], 4) == 0.6667
    assert round(result["false_alarms_per_1000"]["value"], 1) == 333.3


def test_eval_shows_both_texts_side_by_side(run: Run, turns: Path) -> None:
    results = run("cues", "eval", turns, "--text", "both", "--json").document()["results"]
    assert [(one["text"], one["right"], one["false_alarms"]) for one in results] == [
        ("clean", 2, 1),
        ("asr", 2, 2),
    ]
    table = run("cues", "eval", turns, "--text", "both").out
    assert "refusal" in table
    assert "recognised" in table


def test_eval_prints_a_table_per_source(run: Run, turns: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other.jsonl", [{**row, "source": "elsewhere"} for row in ROWS])
    shown = run("cues", "eval", turns, other)
    assert shown.code == 0
    assert "elsewhere: 6 turns" in shown.out
    assert shown.out.count("not scored: 1 neg_inform") == 2


def test_eval_lists_what_was_judged_wrongly(run: Run, turns: Path) -> None:
    errors = run("cues", "eval", turns, "--errors", "--json").document()["errors"]
    assert [(one["id"], one["missed"], one["false_alarms"]) for one in errors] == [
        ("3", ["refusal"], []),
        ("4", [], ["refusal"]),
    ]
    assert errors[1]["cues"][0]["words"] == "Our policy doesn't allow"
    assert errors[1]["said"] == ROWS[3]["text"]
    listed = run("cues", "eval", turns, "--errors").out
    assert "The teapot stands on the shelf." in listed
    assert "false alarm" in listed
    assert "Good morning" not in listed


def test_eval_lists_at_most_so_many_of_each_source(run: Run, turns: Path) -> None:
    errors = run("cues", "eval", turns, "--errors", "--most", "1", "--json").document()["errors"]
    assert [one["id"] for one in errors] == ["3"]


def test_eval_takes_labels_of_ones_own(run: Run, tmp_path: Path) -> None:
    rows = [*ROWS, {"text": "So sorry.", "speaker": "agent", "label": "sympathy"}]
    own = written(tmp_path / "own.jsonl", rows)
    assert f"{own}, line 8: unknown label" in refused(run("cues", "eval", own))
    assert run("cues", "eval", own, "--negative", "sympathy", "--json").document()["results"][0]["turns"] == 7
    left_out = run("cues", "eval", own, "--leave-out", "sympathy", "--json").document()["sources"][0]["left_out"]
    assert left_out == {"neg_inform": 1, "sympathy": 1}


def test_eval_reads_standard_input(run: Run) -> None:
    ran = run("cues", "eval", "-", "--json", stdin="\n".join(map(json.dumps, ROWS)))
    assert ran.document()["sources"][0]["source"] == "standard input"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"text": "a"}\nnonsense\n', "line 2: not JSON"),
        (b'{"text": "a", "label": "none"}\n{"text": "a", "label": "refusals"}\n', "(did you mean refusal?)"),
        (b'{"text": "caf\xe9"}\n', "line 1: not UTF-8"),
        (b"", "no rows"),
        (b"\x00\x01\x02", "line 1: not JSON"),
    ],
)
def test_an_unreadable_file_is_named_with_its_line(run: Run, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(content)
    message = refused(run("cues", "eval", file))
    assert str(file) in message
    assert said in message


@pytest.mark.parametrize("command", ["eval", "scan"])
def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path, command: str) -> None:
    assert "nowhere.jsonl: cannot be read: No such file" in refused(
        run("cues", command, tmp_path / "nowhere.jsonl")
    )
    assert f"{tmp_path}: cannot be read: Is a directory" in refused(run("cues", command, tmp_path))


def test_a_playbook_that_is_not_there_is_named(run: Run, turns: Path) -> None:
    assert "nosuch.yaml" in refused(run("cues", "eval", turns, "--playbook", "nosuch.yaml"))


TALK: list[dict[str, Any]] = [
    {"text": "We don't do that.", "labels": [], "source": "talk", "meta": {"checked": False}},
    *({"text": f"The {n} teapots stand on the shelf.", "labels": [], "source": "talk"} for n in range(9)),
]


def test_eval_tells_false_alarms_in_ordinary_talk_and_the_precision_of_calls(
    run: Run, turns: Path, tmp_path: Path
) -> None:
    ordinary = written(tmp_path / "talk.jsonl", TALK)
    rates = run("cues", "eval", turns, ordinary, "--rate", "--json").document()["rates"]
    (refusal,) = [one for one in rates["false_alarms"] if one["kind"] == "refusal"]
    assert (refusal["source"], refusal["turns"], refusal["words"]) == ("talk", 10, 67)
    assert (refusal["reaching"], refusal["coloured"], refusal["is_upper_bound"]) == (1, 0, True)
    assert refusal["per_10000_turns"]["value"] == 1_000
    assert refusal["per_hour"]["value"] == pytest.approx(rates["words_per_hour"] / 67)
    (precision,) = rates["precision"]
    assert (precision["recall_source"], precision["false_alarm_source"]) == (str(turns), "talk")
    assert (precision["base_rate"], precision["is_lower_bound"]) == (1 / 40, True)
    right, wrong = 1 / 40 * 2 / 3, 39 / 40 / 10
    assert precision["precision"]["value"] == pytest.approx(right / (right + wrong))


def test_eval_takes_the_rates_of_ones_own_calls(run: Run, turns: Path, tmp_path: Path) -> None:
    ordinary = written(tmp_path / "talk.jsonl", TALK)
    ran = run("cues", "eval", turns, ordinary, "--base-rate", "refusal=1/2", "--json")
    (precision,) = ran.document()["rates"]["precision"]
    assert precision["base_rate"] == 0.5
    for wrong in ("refusal", "refusal=2", "refusal=1/0", "refusals=.5"):
        assert "refusal" in refused(run("cues", "eval", turns, "--base-rate", wrong))


def test_eval_without_ordinary_talk_says_what_rates_need(run: Run, turns: Path) -> None:
    assert "--rate needs ordinary talk" in refused(run("cues", "eval", turns, "--rate"))


def test_eval_takes_a_labelled_file_as_ordinary_talk(run: Run, turns: Path) -> None:
    rates = run("cues", "eval", turns, "--ordinary", turns, "--kind", "refusal", "--json").document()["rates"]
    (refusal,) = rates["false_alarms"]
    assert (refusal["turns"], refusal["reaching"], refusal["is_upper_bound"]) == (3, 1, False)


def test_eval_shows_rates_to_the_eye_and_as_markdown(run: Run, turns: Path, tmp_path: Path) -> None:
    ordinary = written(tmp_path / "talk.jsonl", TALK)
    shown = run("cues", "eval", turns, ordinary, "--rate", "--kind", "refusal").out
    assert "False alarms in ordinary talk" in shown
    assert "where one of 40 agent turns has it" in " ".join(shown.split())
    pasted = run("cues", "eval", turns, ordinary, "--rate", "--kind", "refusal", "--markdown").out
    assert "| refusal | talk | 10 | 1 | ≤ 1000.0 (179–4042) |" in pasted  # noqa: RUF001 - an en dash
    assert "| recall by | has it | recall | false alarms by talk |" in pasted


def test_eval_shows_the_curve_of_a_kind(run: Run, turns: Path, tmp_path: Path) -> None:
    ordinary = written(tmp_path / "talk.jsonl", TALK)
    (curve,) = run("cues", "eval", turns, ordinary, "--curve", "refusal", "--json").document()["curves"]
    assert (curve["kind"], curve["steps"][0]["step"]) == ("refusal", "now")
    now, *steps = [[of["right"] + of["false_alarms"] for of in step["sources"]] for step in curve["steps"]]
    assert now == [3, 1]
    assert steps == sorted(steps)
    shown = run("cues", "eval", turns, ordinary, "--curve", "refusal").out
    assert "Curve of refusal" in shown
    assert "classifier 0." in shown


def test_eval_names_a_kind_that_there_is_not(run: Run, turns: Path) -> None:
    assert "'refusals' is no kind of cue" in refused(run("cues", "eval", turns, "--kind", "refusals"))


# ---- scan ----


def test_scan_gives_a_line_for_each_row_with_its_cues(run: Run, turns: Path) -> None:
    ran = run("cues", "scan", turns, "--json")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["id"] for line in lines] == [row["id"] for row in ROWS]
    (cue,) = lines[3]["cues"]
    assert (cue["kind"], cue["speaker"], cue["span"]) == ("refusal", "agent", [0, 3])
    assert cue["words"] == "Our policy doesn't allow"
    assert cue["layer"] in {"phrase", "pattern", "rule", "classifier"}
    assert cue["rule"].startswith("refusal.")
    assert 0 < cue["confidence"] <= 1
    assert (cue["reach"], cue["reach_limit"]) == ("alert", "")
    assert lines[4]["cues"] == []


def test_scan_takes_rows_with_nothing_but_a_text(run: Run) -> None:
    ran = run("cues", "scan", "-", "--json", stdin='{"text": "We don\'t do that. You are a useless idiot."}\n')
    (line,) = map(json.loads, ran.out.splitlines())
    assert {(cue["speaker"], cue["kind"]) for cue in line["cues"]} >= {
        ("agent", "refusal"),
        ("customer", "insult"),
    }


def test_scan_looks_at_no_label(run: Run) -> None:
    ran = run("cues", "scan", "-", "--json", stdin='{"text": "hello", "label": "whatever"}\n')
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)


def test_scan_shows_cues_to_the_eye(run: Run, turns: Path) -> None:
    shown = run("cues", "scan", turns).out
    assert "No, we don't do that." in shown
    assert "refusal." in shown


def test_scan_prints_markup_and_half_characters_as_they_are(run: Run) -> None:
    ran = run(
        "cues", "scan", "-", stdin='{"text": "[bold]we \\ud800 don\'t do that[/bold]", "speaker": "agent"}\n'
    )
    assert ran.code == 0
    assert "[bold]we ? don't do that[/bold]" in ran.out


def test_scan_gives_what_came_before_a_row_that_it_cannot_read(run: Run) -> None:
    ran = run("cues", "scan", "-", "--json", stdin='{"text": "a", "id": "1"}\nnonsense\n')
    assert "standard input, line 2: not JSON" in refused(ran)
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["1"]


def test_scan_names_bytes_that_are_not_utf_8(run: Run) -> None:
    assert "line 1: not UTF-8" in refused(run("cues", "scan", "-", stdin='{"text": "caf\udce9"}\n'))


# ---- bench ----


def test_bench_cues_gives_microseconds_for_turns_and_partials(run: Run, turns: Path) -> None:
    document = run("bench", "cues", turns, "--rounds", 1, "--json").document()
    assert {cost["what"] for cost in document["costs"]} == {"turn", "partial"}
    assert all(0 < cost["median_us"] <= cost["p95_us"] <= cost["p99_us"] for cost in document["costs"])


def test_bench_cues_shows_each_step_beside_its_peer(run: Run, turns: Path) -> None:
    shown = run("bench", "cues", turns, "--rounds", 1)
    assert shown.code == 0
    assert "find cues" in shown.out


def test_bench_early_tells_how_many_are_taken_back(run: Run, turns: Path) -> None:
    everything, *_ = run("bench", "early", turns, "--json").document()["early"]
    assert (everything["kind"], everything["finals"]) == ("all", len(ROWS))
    assert everything["early"] == everything["confirmed"] + everything["retracted"]
    assert "won p5/p50/p95" in run("bench", "early", turns).out


@pytest.mark.parametrize(
    "path",
    [["cues"], ["cues", "eval"], ["cues", "scan"], ["bench"], ["bench", "cues"], ["bench", "early"]],
    ids=" ".join,
)
def test_help_has_an_example(path: list[str]) -> None:
    shown = CliRunner().invoke(app, [*path, "--help"])
    assert shown.exit_code == 0
    examples = " ".join(shown.output.split("Example")[1].split())
    assert f"voiceassist {' '.join(path)}" in examples
