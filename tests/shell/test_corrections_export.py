"""What people corrected comes as material that our own benches read."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.builders import final, hangup
from tests.shell import store_records as make
from tests.shell.test_clips import tone_between
from voiceassist.bench.asr.recordings import audio_clips
from voiceassist.cli import app
from voiceassist.evaluation.labelled import parse_rows
from voiceassist.events import LineCorrected
from voiceassist.store.database import DATABASE
from voiceassist.store.recorders import RECORDINGS
from voiceassist.store.store import open_store

HEARD = final("agent", "we give you a fund", at=1_000)
CORRECTED = LineCorrected(
    at_ms=9_000, speaker="agent", utterance=1, text="we give you a refund", words=(), said_by="agent", by="Sue"
)


@pytest.mark.asyncio
async def test_corrected_calls_are_read_by_the_benches_and_others_stay(tmp_path: Path) -> None:
    store = await open_store(tmp_path / DATABASE)
    await store.append(make.call("c-1", HEARD, hangup(9_000), CORRECTED))
    await store.append(make.call("c-2", HEARD, hangup(9_000)))
    await store.close()
    (tmp_path / RECORDINGS).mkdir()
    tone_between(tmp_path / RECORDINGS / "c-1.ogg", 8)
    out = tmp_path / "out"
    command = ["calls", "corrections", "--data-dir", str(tmp_path), "--out", str(out)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    agent, customer = audio_clips([out], "en")
    assert [" ".join(word.text for word in line) for line in agent.lines] == ["we give you a refund"]
    assert (agent.speaker, customer.lines) == ("agent", ())
    (turn,) = parse_rows((out / "corrections.jsonl").read_text().splitlines(), "corrections.jsonl")
    assert (turn.speaker, turn.text, turn.text_asr) == ("agent", "we give you a refund", "we give you a fund")
    assert [one["file"] for one in json.loads((out / "manifest.json").read_text())] == ["c-1.ogg"]
    again = CliRunner().invoke(app, command)
    assert again.exit_code != 0
