"""The scripted engine: its script files, and that only the number of samples counts."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shell.engines import clip
from voiceassist.asr.engine import Recognizer, transcripts
from voiceassist.asr.scripted import FINAL_MS, PARTIAL_MS, ScriptedEngine, load_script
from voiceassist.errors import ConfigError
from voiceassist.events import Final, Transcript
from voiceassist.samples import load_sample

LINE = {
    "speaker": "agent",
    "text": "no way",
    "start_ms": 1000,
    "end_ms": 1600,
    "words": [
        {"text": "no", "start_ms": 1000, "end_ms": 1200},
        {"text": "way", "start_ms": 1200, "end_ms": 1600},
    ],
}


def test_a_sample_call_is_a_script() -> None:
    sample = load_sample("friendly")
    script = load_script(sample.recording.with_suffix(".json"))
    assert [line.start_ms for line in script] == [line.start_ms for line in sample.lines]


def test_partials_follow_the_words_and_the_final_follows_the_line(tmp_path: Path) -> None:
    heard = _feed(_open(tmp_path, LINE), [3 * 16_000])
    assert [(transcript.at_ms, transcript.text) for transcript in heard] == [
        (1000 + PARTIAL_MS, "no"),
        (1000 + 2 * PARTIAL_MS, "no"),
        (1000 + 3 * PARTIAL_MS, "no way"),
        (1600 + FINAL_MS, "no way"),
    ]
    assert isinstance(heard[-1], Final)


def test_a_final_comes_before_the_next_lines_partials(tmp_path: Path) -> None:
    second = json.loads(json.dumps(LINE).replace("1600", "1900").replace("1200", "1800").replace("1000", "1650"))
    heard = _feed(_open(tmp_path, LINE, second), [3 * 16_000])
    assert [transcript.utterance for transcript in heard] == sorted(transcript.utterance for transcript in heard)


def test_finish_gives_the_words_that_ended(tmp_path: Path) -> None:
    recognizer = _open(tmp_path, LINE)
    _feed(recognizer, [1_300 * 16])
    assert [transcript.text for transcript in recognizer.finish()] == ["no"]


def test_finish_after_the_last_line_says_nothing(tmp_path: Path) -> None:
    recognizer = _open(tmp_path, LINE)
    _feed(recognizer, [3 * 16_000])
    assert recognizer.finish() == []


@given(st.lists(st.integers(0, 20_000), max_size=30))
def test_any_split_gives_the_same_transcripts(sizes: list[int]) -> None:
    engine = ScriptedEngine(clip().script)
    assert _feed(engine.open("customer"), sizes) == _feed(engine.open("customer"), [sum(sizes)])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"speaker": "robot"}, r"lines\[0\]\.speaker"),
        ({"start_ms": "soon"}, r"lines\[0\]\.start_ms"),
        ({"end_ms": 3}, r"lines\[0\]\.end_ms"),
        ({"words": []}, r"lines\[0\]\.words"),
        ({"words": [{"text": "no", "start_ms": 1000}]}, r"lines\[0\]\.words\[0\]\.end_ms"),
        ({"words": LINE["words"][::-1]}, r"lines\[0\]\.words\[1\]\.start_ms"),  # type: ignore[index]
        ({"words": [{"text": "no", "start_ms": 0, "end_ms": 5}]}, r"lines\[0\]\.words"),
    ],
)
def test_a_wrong_script_is_refused_by_file_line_and_field(
    tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    with pytest.raises(ConfigError, match=rf"script\.json: {place}"):
        _open(tmp_path, {**LINE, **change})


@pytest.mark.parametrize("text", ["", "[]", '{"line": []}', "{"])
def test_a_file_that_is_no_script_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"script\.json"):
        load_script(path)


def test_a_missing_script_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.json: No such file"):
        load_script(tmp_path / "nowhere.json")


def _open(folder: Path, *lines: dict[str, Any]) -> Recognizer:
    path = folder / "script.json"
    path.write_text(json.dumps({"lines": lines}), encoding="utf-8")
    return ScriptedEngine(load_script(path)).open("agent")


def _feed(recognizer: Recognizer, sizes: list[int]) -> list[Transcript]:
    return [one for size in sizes for one in transcripts(recognizer.feed(np.zeros(size, np.int16)))]
