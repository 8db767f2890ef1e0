"""`voiceassist playbook` as a person or a program at a terminal meets it."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from tests.core.playbooks import TEXT
from voiceassist.cli import main
from voiceassist.playbooks import builtin_names


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]
FOREIGN = TEXT.replace("language: en", "language: fr")  # without built-in cues
EXAMPLES = "examples:\n  - {call: [{agent: no way}], cues: [refusal], card: refusal}\n"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "200")

    def command(*args: object, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["voiceassist", "playbook", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Ran(int(ended.value.code or 0), captured.out, captured.err)

    return command


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return written(tmp_path / "shop.yaml", FOREIGN + EXAMPLES)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# ---- check ----


def test_a_playbook_without_mistakes_is_ok_and_counted(run: Run, shop: Path) -> None:
    ran = run("check", shop)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{shop}: ok, 1 policy, 1 alternative, ")
    assert ran.out.rstrip().endswith("1 example")


def test_every_mistake_is_a_line_and_the_exit_code_is_2(run: Run, tmp_path: Path) -> None:
    bad = written(
        tmp_path / "bad.yaml", TEXT.replace("language: en", "language: english").replace("topic:", "topc:")
    )
    ran = run("check", bad, "retail")
    assert ran.code == 2
    assert [line.split(": ")[0] for line in ran.out.splitlines()] == [
        f"{bad}:2",
        f"{bad}:9",
        "retail.yaml",
    ]
    assert "policies.general.topc: unknown name `topc`; nearest valid name is `topic`" in ran.out


def test_problems_are_there_for_programs_too(run: Run) -> None:
    ran = run("check", "-", "--json", stdin="name: x\n")
    told = json.loads(ran.out)
    assert (ran.code, told["file"]) == (2, "standard input")
    missing = next(one for one in told["problems"] if one["path"] == ["language"])
    assert (missing["line"], missing["message"], missing["code"]) == (1, "is missing", "missing")


def test_without_a_name_all_built_in_playbooks_are_checked(run: Run) -> None:
    ran = run("check")
    assert (ran.code, len(ran.out.splitlines())) == (0, len(builtin_names()))


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    ran = run("check", tmp_path / "none.yaml")
    assert ran.code == 2
    assert f"{tmp_path / 'none.yaml'}: cannot be read" in ran.err


def test_a_mistyped_name_of_a_built_in_playbook_is_helped(run: Run) -> None:
    for ran in (run("check", "retial"), run("show", "retial"), run("try", "no", "--playbook", "retial")):
        assert ran.code == 2
        assert (
            "no built-in playbook of that name: unknown name `retial`; nearest valid name is `retail`" in ran.err
        )


def test_a_file_that_is_not_utf_8_is_named_with_the_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes(b"name: x\ntitle: caf\xe9\n")
    ran = run("check", file)
    assert (ran.code, ran.err) == (2, f"error: {file}:2: is not UTF-8; save it as UTF-8\n")


def test_other_commands_tell_all_problems_a_line_each(run: Run, tmp_path: Path) -> None:
    bad = written(tmp_path / "bad.yaml", TEXT.replace("en", "english", 1).replace("topic:", "topc:"))
    ran = run("show", bad)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2
    assert ran.err.startswith("error: ")


# ---- schema, list, show ----


def test_the_schema_is_json_schema_and_its_example_is_a_playbook(run: Run, tmp_path: Path) -> None:
    schema = json.loads(run("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert run("check", written(tmp_path / "my.yaml", run("schema", "--example").out)).code == 0
    assert "yaml-language-server: $schema=playbook.schema.json" in run("schema", "--help").out


def test_the_list_has_every_built_in_playbook_and_tells_the_defaults(run: Run) -> None:
    listed = json.loads(run("list", "--json").out)["playbooks"]
    assert [one["name"] for one in listed] == list(builtin_names())
    assert {one["name"] for one in listed if one["is_default"]} == {"retail", "comercio"}
    assert all(name in run("list").out for name in builtin_names())


def test_a_playbook_is_shown_with_topics_limits_alternatives_cues_and_ladder(run: Run, shop: Path) -> None:
    shown = run("show", shop).out
    for text in ("tiny@1", "general: Anything", "limit: L", "+ Something else (cost none)", "added refusal.plain"):
        assert text in shown
    assert "boundary: insult climbs" in shown
    assert "warning: only reached by climbing" in shown


def test_the_text_of_a_playbook_is_shown_as_it_is(run: Run, shop: Path) -> None:
    assert run("show", shop, "--yaml").out == shop.read_text(encoding="utf-8")


# ---- try, test, topics ----


def test_a_sentence_is_tried_with_what_was_said_before(run: Run, shop: Path) -> None:
    ran = run("try", "sorry, no way", "--before", "may i", "--playbook", shop)
    assert ran.code == 0
    for text in (
        "refusal “no way” (phrase, rule refusal.plain, confidence 0.90)",
        "card refusal: Anything",
        "+ Something else",
    ):
        assert text in ran.out


def test_a_trial_for_programs_has_the_servers_form(run: Run, shop: Path) -> None:
    tried = json.loads(run("try", "no way", "--playbook", shop, "--json").out)
    assert set(tried) == {"cues", "card", "policy", "because", "alternatives"}
    assert tried["cues"][0]["first_word"] == 0
    assert tried["policy"] == {"id": "general", "topic": "Anything"}
    other = {"id": "other", "text": "Something else", "shown": True, "detail": "", "why_not": ""}
    assert tried["alternatives"] == [other]


def test_where_nothing_is_found_the_nearest_phrase_is_told(run: Run, shop: Path) -> None:
    ran = run("try", "there is no chance", "--playbook", shop)
    assert "no cue" in ran.out
    assert "nearest: refusal.plain, phrase “no way”: lacks “way”" in ran.out
    assert "no card" in ran.out


def test_a_sentence_is_tried_on_a_day_for_a_customer_who_had_something(run: Run, tmp_path: Path) -> None:
    offers = "{a: {text: A, until: 2026-12-31}, b: {text: B, per_customer: {times: 1, days: 30}}}"
    text = FOREIGN.replace("{other: {text: Something else}}", offers) + "tiers: [standard, gold]\n"
    shop = written(tmp_path / "shop.yaml", text)

    def shown(*options: str) -> list[str]:
        tried = json.loads(run("try", "no way", "--playbook", shop, "--json", *options).out)
        return [offer["id"] for offer in tried["alternatives"] if offer["shown"]]

    assert shown("--on", "2026-12-31") == ["a", "b"]
    assert shown("--on", "2027-01-01") == ["b"]
    assert shown("--on", "2026-12-31", "--had", "b") == ["a"]
    for options, problem in (
        (("--had", "c"), "unknown name `c`"),
        (("--on", "soon"), "must be a day"),
        (("--tier", "glod"), "nearest valid name is `gold`"),
    ):
        ran = run("try", "no way", "--playbook", shop, *options)
        assert (ran.code, problem in ran.err) == (2, True), ran.err


def test_a_sentence_without_words_is_refused(run: Run) -> None:
    assert run("try", " ").code == 2


def test_examples_are_run_and_counted(run: Run, shop: Path) -> None:
    ran = run("test", shop)
    assert (ran.code, ran.out.strip()) == (0, "1 examples, 1 passed, 0 failed")


def test_an_example_that_fails_is_shown_with_what_was_expected_and_the_exit_code_is_1(
    run: Run, tmp_path: Path
) -> None:
    bad = written(tmp_path / "shop.yaml", FOREIGN + EXAMPLES.replace("cues: [refusal]", "cues: []"))
    ran = run("test", bad)
    assert ran.code == 1
    assert "example 1" in ran.out
    assert "cues: expected none, got refusal" in ran.out
    differences = json.loads(run("test", bad, "--json").out)["differences"]
    assert differences == [{"what": "cues", "expected": "none", "got": "refusal"}]


ROW = {
    "id": "r1",
    "playbook": "retail",
    "turns": [{"speaker": "customer", "text": "hm"}, {"speaker": "agent", "text": "no way"}],
    "topic": "general",
}


def test_the_choice_of_topics_is_measured_for_each_playbook(run: Run, tmp_path: Path) -> None:
    rows = [ROW, ROW | {"id": "r2", "topic": "discount"}]
    file = written(tmp_path / "rows.jsonl", "\n".join(map(json.dumps, rows)))
    measured = json.loads(run("topics", file, "--json", "--errors").out)
    assert [(one["rows"], one["right"]) for one in measured["playbooks"]] == [(2, 1)]
    assert [(one["id"], one["topic"], one["chosen"]) for one in measured["errors"]] == [
        ("r2", "discount", "general")
    ]
    assert "50.0 %" in run("topics", file).out
    assert "r2: discount" in run("topics", file, "--errors").out


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "rows.jsonl, line 1: the row: is not JSON"),
        (json.dumps(ROW | {"turns": [{"speaker": "bob", "text": ""}]}), "rows.jsonl, line 1: turns[0].speaker: "),
        (json.dumps(ROW | {"topic": "discont"}), "unknown name `discont`; nearest valid name is `discount`"),
        (json.dumps(ROW | {"turns": []}), "rows.jsonl, line 1: turns: needs at least 1"),
        (
            json.dumps(ROW | {"playbook": "retial"}),
            "rows.jsonl, line 1: playbook: there is no file and no built-in ",
        ),
        ("", "rows.jsonl: no rows; write one JSON object per line"),
        (
            json.dumps(ROW | {"topic": "nothing"}),
            "rows.jsonl, line 1: topic: playbook retail: unknown name `nothing`; valid: ",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_named(run: Run, tmp_path: Path, row: str, problem: str) -> None:
    ran = run("topics", written(tmp_path / "rows.jsonl", row))
    assert ran.code == 2
    assert problem in ran.err
