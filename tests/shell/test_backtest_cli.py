"""`voiceassist playbook backtest` as it is typed, and the rerun of calls that were live."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.builders import only, playbook
from tests.shell.test_playbook_versions import AT, SMALL
from tests.shell.test_replay import IDS, events
from tests.stored_calls import lines_of, records_of
from voiceassist.cli import app
from voiceassist.errors import ConfigError, PeerError, StoreError, UnknownNameError
from voiceassist.events import Cue, CueRetracted
from voiceassist.playbooks import FOLDER, read_text
from voiceassist.store.store import open_store
from voiceassist.trials.rerun import rerun, stored_call

CHANGED = SMALL.replace("[<we> can't]", "[one moment please, at no cost]")
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`voiceassist playbook backtest` with a data folder of its own."""
    monkeypatch.setenv("VOICEASSIST_DATA_DIR", str(tmp_path))
    (tmp_path / "old.yaml").write_text(SMALL)
    (tmp_path / "new.yaml").write_text(CHANGED)
    (tmp_path / "calls.jsonl").write_text(lines_of(1) + "\n" + lines_of(2))

    def typed(*arguments: object) -> str:
        result = CliRunner().invoke(app, ["playbook", "backtest", *map(str, arguments)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return typed


def parsed(text: str) -> Any:
    return json.loads(text[text.index("{") :])


def test_a_file_of_records_is_run_through_two_files(run: Run, tmp_path: Path) -> None:
    shown = run(tmp_path / "new.yaml", "--against", tmp_path / "old.yaml", "--calls", tmp_path / "calls.jsonl")
    assert "2 calls, 15" in shown
    assert "refusal.plain" in shown
    assert "Would newly fire" in shown
    assert "cards per call" in shown


def test_the_result_as_json_has_all_of_it(run: Run, tmp_path: Path) -> None:
    arguments = (tmp_path / "new.yaml", "--against", tmp_path / "old.yaml", "--calls", tmp_path / "calls.jsonl")
    result = parsed(run(*arguments, "--json", "--examples", 3))
    assert set(result) == {
        *("old", "new", "calls", "left_out", "left_out_why", "turns", "seconds", "per_kind", "per_rule"),
        *("cards", "alerts", "cards_per_call", "alerts_per_call", "examples"),
    }
    assert (result["calls"], result["new"]) == (2, str(tmp_path / "new.yaml"))
    assert len(result["examples"]["started"]) == 3
    moment = result["examples"]["started"][0]
    assert set(moment) == {"call_id", "at_ms", "speaker", "before", "text", "words", "rule", "kind"}
    assert moment["words"] in moment["text"]


async def stored(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "voiceassist.db")
    for seed in (1, 2, 3):
        await store.append(list(records_of(seed)))
    await store.playbooks.publish_text("small", SMALL, author="Kim", note="", at=AT)
    await store.playbooks.publish_text("small", CHANGED, author="Kim", note="", at=AT)
    await store.close()


async def test_published_versions_are_compared_on_the_data_folder(run: Run, tmp_path: Path) -> None:
    await stored(tmp_path)
    result = parsed(run("small@2", "--against", "small@1", "--json"))
    assert (result["calls"], result["old"], result["new"]) == (3, "small@1", "small@2")
    assert parsed(run("small@2", "--against", "small@1", "--json", "--last", 2))["calls"] == 2
    folder = tmp_path / "exported"
    folder.mkdir()
    (folder / "a.jsonl").write_text(lines_of(1))
    (folder / "b.jsonl").write_text(lines_of(2) + lines_of(3))
    of_files = parsed(run("small@2", "--against", "small@1", "--json", "--calls", folder))
    assert of_files | {"seconds": 0} == result | {"seconds": 0}


async def test_a_bare_name_is_what_new_calls_get_and_else_the_built_in_playbook(run: Run, tmp_path: Path) -> None:
    await stored(tmp_path)
    result = parsed(run("small", "--against", "retail", "--json"))
    assert (result["new"], result["old"]) == ("small@2", "builtin:retail")
    retail = read_text(FOLDER / "retail.yaml")
    store = await open_store(tmp_path / "voiceassist.db")
    await store.playbooks.publish_text("retail", retail, author="Kim", note="", at=AT)
    await store.close()
    result = parsed(run("builtin:retail", "--against", "retail", "--json", "--calls", tmp_path))
    assert (result["new"], result["old"]) == ("builtin:retail", "retail@1")


def test_a_call_that_is_not_whole_is_left_out_and_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text(lines_of(1) + lines_of(1) + lines_of(2))
    (tmp_path / "late.jsonl").write_text("\n".join(lines_of(3).splitlines()[1:]))
    for file, calls in (("calls.jsonl", 1), ("late.jsonl", 0)):
        arguments = (tmp_path / "new.yaml", "--against", tmp_path / "old.yaml", "--calls", tmp_path / file)
        result = parsed(run(*arguments, "--json"))
        assert (result["calls"], result["left_out"]) == (calls, 1)
        assert result["left_out_why"].startswith("call ")
    assert "left out, being no whole calls: 1 (the first: call" in run(*arguments)


async def test_no_calls_in_the_language_is_said(run: Run, tmp_path: Path) -> None:
    await stored(tmp_path)
    assert "no calls in 'es'" in run("comercio", "--against", "comercio")


async def test_a_built_in_playbook_of_another_language_is_refused(run: Run, tmp_path: Path) -> None:
    await stored(tmp_path)
    with pytest.raises(ConfigError, match="only playbooks of one language can be compared"):
        run("comercio", "--against", "retail")


def test_what_cannot_be_found_is_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"voiceassist\.db: there is no such database"):
        run("small@9", "--against", "retail")
    with pytest.raises(ConfigError, match="no calls here; name a data folder"):
        run("retail", "--against", "retail", "--calls", tmp_path / "nothing")


async def test_a_version_that_was_never_published_is_named(run: Run, tmp_path: Path) -> None:
    await stored(tmp_path)
    with pytest.raises(UnknownNameError, match="'small' has no version 9"):
        run("small@9", "--against", "retail")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{}", "not a record"),
        ("hello", "not a record"),
        ('{"type": "final", "call_id": "call-1", "seq": 3', "not JSON"),
        ('{"type": "final", "call_id": "call-1", "seq": 3, "at_ms": "x"}', "final: `"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_by_file_and_number(
    run: Run, tmp_path: Path, line: str, told: str
) -> None:
    lines = lines_of(1).splitlines()
    (tmp_path / "calls.jsonl").write_text("\n".join([*lines[:2], line, *lines[2:]]))
    with pytest.raises(PeerError, match=rf"calls\.jsonl:3: .*{told}"):
        run(tmp_path / "new.yaml", "--against", tmp_path / "old.yaml", "--calls", tmp_path / "calls.jsonl")


@pytest.mark.parametrize("sample_id", IDS)
def test_the_rerun_of_a_recorded_call_has_the_cues_that_its_partials_and_finals_had(sample_id: str) -> None:
    live = events(sample_id)
    untrue = {event.cue_id for event in only(live, CueRetracted)}
    again = rerun(playbook(), stored_call("c-1", live))
    kept = [cue for cue in only(live, Cue) if cue.cue_id not in untrue]
    assert sorted((cue.kind, cue.speaker, cue.utterance) for cue in only(again, Cue)) == sorted(
        (cue.kind, cue.speaker, cue.utterance) for cue in kept
    )
