"""`voiceassist cues feedback` and `cues train --feedback`: from false alarms to a playbook that heeds them."""

import asyncio
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.builders import drive, final, hangup, live_call, records, started
from tests.shell.test_cues_cli import Ran, refused, run, written
from voiceassist.actions import MarkFalseAlarm, UsePrompt
from voiceassist.events import Input
from voiceassist.playbooks import find_text, read_playbook
from voiceassist.store.store import open_store
from voiceassist.yamltext.edits import edit_yaml
from voiceassist.yamltext.json_edits import Edit

__all__ = ["run"]  # a fixture

Run = Callable[..., Ran]
SAID = "The teapot stands on the shelf."
RULE = Edit(op="set", path=("cues", "refusal", "rules", "teapot"), value={"phrases": ["teapot stands"]})
PLAYBOOK = edit_yaml(find_text(None, "en")[0], RULE)  # one that takes teapots for refusals


def store_calls(folder: Path, *calls: Iterable[Input]) -> None:
    """Calls with these inputs beside their start and end."""

    async def append() -> None:
        store = await open_store(folder / "voiceassist.db")
        for number, inputs in enumerate(calls):
            call = live_call(with_playbook=read_playbook(PLAYBOOK, "shop.yaml"))
            told = drive(call, [final("agent", SAID), *inputs, hangup(9_000)])
            await store.append(list(records([started(), *told], f"call-{number}")))
        await store.close()

    asyncio.run(append())


def mark(cue_id: str = "c1") -> MarkFalseAlarm:
    return MarkFalseAlarm(at_ms=5_000, cue_id=cue_id, by="Sue")


def feedback_of(run: Run, folder: Path, *calls: Iterable[Input]) -> Path:
    store_calls(folder, *calls)
    ran = run("cues", "feedback", "--data-dir", folder)
    assert ran.code == 0
    file = folder / "feedback.jsonl"
    file.write_text(ran.out, encoding="utf-8")
    return file


def own_playbook(folder: Path) -> Path:
    file = folder / "shop.yaml"
    file.write_text(PLAYBOOK, encoding="utf-8")
    return file


def test_feedback_is_printed_as_labelled_turns_that_eval_reads(run: Run, tmp_path: Path) -> None:
    file = feedback_of(run, tmp_path, [mark()], [], [UsePrompt(at_ms=4_000, prompt_id="p1")])
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["labels"]) for row in rows] == [
        ("call-0/c1", ["not_refusal"]),
        ("call-2/c1", ["right_refusal"]),
    ]
    (result,) = run("cues", "eval", file, "--playbook", own_playbook(tmp_path), "--json").document()["results"]
    assert (result["kind"], result["right"], result["false_alarms"]) == ("refusal", 1, 1)


def test_a_rule_that_was_wrong_in_four_calls_is_reported_and_changed_when_that_is_taken(
    run: Run, tmp_path: Path
) -> None:
    file, playbook = feedback_of(run, tmp_path, *[[mark()]] * 4), own_playbook(tmp_path)
    before = playbook.read_text(encoding="utf-8")
    held = {"text": SAID, "speaker": "agent", "label": "refusal", "source": "held"}
    held_out = written(tmp_path / "held.jsonl", [held])
    asked = ("cues", "train", "--feedback", file, "--playbook", playbook, "--held-out", held_out)
    reported = run(*asked)
    assert reported.code == 0, reported.err
    assert "4 → 0" in reported.out
    assert "1 → 0" in reported.out
    assert "refusal.teapot" in reported.out
    assert "Nothing was written" in reported.out
    assert playbook.read_text(encoding="utf-8") == before
    assert run(*asked, "--take").code == 0
    taken = read_playbook(playbook.read_text(encoding="utf-8"), "shop.yaml")
    assert [rule.reach for rule in taken.rules if rule.id == "refusal.teapot"] == ["colour"]
    (result,) = run("cues", "eval", file, "--playbook", playbook, "--json").document()["results"]
    assert result["false_alarms"] == 0


def test_too_few_false_alarms_change_nothing(run: Run, tmp_path: Path) -> None:
    file, playbook = feedback_of(run, tmp_path, *[[mark()]] * 3), own_playbook(tmp_path)
    before = playbook.read_text(encoding="utf-8")
    shown = run("cues", "train", "--feedback", file, "--playbook", playbook, "--take")
    assert (shown.code, playbook.read_text(encoding="utf-8")) == (0, before)
    assert "3 judged cues ask for no change" in shown.out


def test_what_cannot_be_learned_from_or_written_is_said(run: Run, tmp_path: Path) -> None:
    nothing = written(tmp_path / "turns.jsonl", [{"text": SAID, "label": "refusal"}])
    assert "nothing is judged" in refused(run("cues", "train", "--feedback", nothing))
    assert "must be a file" in refused(run("cues", "train", "--feedback", nothing, "--take"))
    assert "belong to --feedback" in refused(run("cues", "train", "--take"))
    assert "no such database" in refused(run("cues", "feedback", "--data-dir", tmp_path / "nowhere"))


def test_calls_in_another_language_say_nothing_of_this_playbook(run: Run, tmp_path: Path) -> None:
    row = {"text": SAID, "speaker": "agent", "labels": ["not_refusal"], "meta": {"language": "es-MX"}}
    spanish = written(tmp_path / "spanish.jsonl", [row] * 9)
    asked = ("cues", "train", "--feedback", spanish, "--playbook", own_playbook(tmp_path))
    assert "nothing is judged in en" in refused(run(*asked))


@pytest.mark.parametrize("command", ["feedback", "train"])
def test_help_has_an_example_with_feedback(run: Run, command: str) -> None:
    assert "feedback" in run("cues", command, "--help").out
