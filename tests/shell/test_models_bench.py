"""`voiceassist models bench` as a person or a program meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from voiceassist.bench.asr.degraded import CONDITIONS
from voiceassist.cli import app
from voiceassist.errors import ConfigError, ModelError, RecordingError
from voiceassist.samples import load_sample

SCRIPTED = f"scripted:{load_sample('friendly').recording.with_suffix('.json')}"


def bench(tmp_path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["models", "bench", "--models-dir", str(tmp_path), *arguments])


def measured(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    result = bench(tmp_path, *arguments, "--json", "-")
    assert result.exit_code == 0, result.stderr
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_an_engine_that_hears_everything_has_no_errors(tmp_path: Path) -> None:
    (engine,) = measured(tmp_path, SCRIPTED, "--sample", "friendly")["engines"]
    (result,) = engine["results"]
    assert (result["material"], result["clips"], result["times_from"]) == ("sample calls", 2, "reference")
    assert result["words"] > 100
    assert (result["word_error_rate"], result["interval"]) == (0.0, [0.0, 0.0])
    assert result["start_error_ms"]["mean"] == result["end_error_ms"]["mean"] == 0.0


@pytest.mark.audio
def test_the_bundled_model_is_measured_in_full(tmp_path: Path) -> None:
    document = measured(tmp_path, "vosk-tiny-en", "--sample", "friendly")
    assert set(document) == {"version", "voiceassist", "language", "edge", "machine", "engines"}
    (engine,) = document["engines"]
    assert (engine["name"], engine["fit_for"], engine["error"]) == ("vosk:vosk-tiny-en", "synthesised", None)
    assert engine["load_s"] > 0
    assert engine["peak_bytes"] > engine["memory_bytes"]
    assert 0 < engine["call_bytes"] < engine["peak_bytes"]
    (result,) = engine["results"]
    assert result["real_time_factor"] > 0
    assert result["words"] == sum(clip["words"] for clip in engine["clips"])
    for kind in ("substitutions", "insertions", "deletions"):
        assert result[kind] == sum(clip[kind] for clip in engine["clips"])
    assert result["interval"][0] <= result["word_error_rate"] <= result["interval"][1]
    for spread in ("partial_delay_ms", "final_delay_ms", "start_error_ms", "end_error_ms"):
        assert result[spread]["n"] > 0
        assert result[spread]["median"] <= result[spread]["p95"]


def test_the_table_names_what_was_measured(tmp_path: Path) -> None:
    output = tmp_path / "result.json"
    result = bench(tmp_path, SCRIPTED, "--sample", "friendly", "--json", str(output))
    assert result.exit_code == 0, result.stderr
    assert all(words in result.stdout for words in ("sample calls", "scripted", "WER %", "friendly/agent"))
    assert json.loads(output.read_text(encoding="utf-8"))["engines"][0]["name"] == "scripted"


def test_engines_stand_beside_each_other(tmp_path: Path) -> None:
    engines = measured(tmp_path, SCRIPTED, SCRIPTED, "--sample", "friendly")["engines"]
    assert len(engines) == 2
    assert engines[0]["clips"][0]["heard"] == engines[1]["clips"][0]["heard"]


def test_an_engine_that_fails_leaves_the_others_their_results(tmp_path: Path) -> None:
    broken = tmp_path / "vosk-model-small-en-us-9.9"
    for name in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf"):
        (broken / name).parent.mkdir(parents=True, exist_ok=True)
        (broken / name).write_text("nothing", encoding="utf-8")
    result = bench(tmp_path, f"vosk:{broken}", SCRIPTED, "--sample", "friendly")
    assert result.exit_code == 1
    assert "failed:" in result.stdout
    assert "friendly/agent" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["vosk-tiny-em"], r"vosk-tiny-em.*did you mean vosk-tiny-en"),
        (["--sample", "frendly"], r"sample call 'frendly' \(did you mean friendly\?\)"),
        (["--synthesise", "--voice", "rmz"], r"voice 'rmz' \(did you mean rms\?\)"),
        (["--synthesise", "--channel", "claen"], r"channel 'claen' \(did you mean clean\?\)"),
        (["moonshine", "--no-samples"], "nothing to hear"),
        (["--language", "fr"], "no engine for language 'fr'"),
        ([SCRIPTED, "--synthesise", "--language", "es"], "English only"),
        (["--json", "/nowhere/result.json"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_at_once(tmp_path: Path, arguments: list[str], told: str) -> None:
    result = bench(tmp_path, *arguments)
    assert isinstance(result.exception, ConfigError | ModelError)
    assert result.exception.args[0]
    with pytest.raises((ConfigError, ModelError), match=told):
        raise result.exception


def test_audio_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(b"no audio at all")
    result = bench(tmp_path, "vosk-tiny-en", "--audio", str(path))
    assert isinstance(result.exception, RecordingError)
    assert "broken.wav" in str(result.exception)


def test_worse_lines_stand_beside_the_recordings_as_they_are(tmp_path: Path) -> None:
    output = tmp_path / "result.json"
    result = bench(tmp_path, SCRIPTED, "--sample", "friendly", "--degraded", "--json", str(output))
    assert result.exit_code == 0, result.stderr
    assert "on worse lines" in result.stdout
    (engine,) = json.loads(output.read_text(encoding="utf-8"))["engines"]
    assert [total["channel"] for total in engine["totals"]] == ["", *CONDITIONS]
