"""Audio files of any format become clips, with the words that a manifest knows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.asr.recordings import audio_clips
from voiceassist.errors import RecordingError


def write(path: Path, *, rate_hz: int = 8_000, channels: int = 1, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, np.zeros((rate_hz // 2, channels)), rate_hz, subtype=subtype)
    return path


def manifest(folder: Path, *entries: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(entries), encoding="utf-8")


def clips(*paths: Path) -> list[Clip]:
    return list(audio_clips(paths, "en"))


def said(clip: Clip) -> list[str]:
    return [" ".join(word.text for word in line) for line in clip.lines]


@pytest.mark.parametrize(
    ("rate_hz", "channels", "subtype"), [(11_025, 2, "PCM_16"), (8_000, 1, "PCM_U8"), (44_100, 2, "PCM_24")]
)
def test_odd_formats_give_a_clip_per_channel(tmp_path: Path, rate_hz: int, channels: int, subtype: str) -> None:
    found = clips(write(tmp_path / "call.wav", rate_hz=rate_hz, channels=channels, subtype=subtype))
    assert [clip.rate_hz for clip in found] == [rate_hz] * channels
    assert [round(clip.audio_s, 2) for clip in found] == [0.5] * channels
    assert {clip.material for clip in found} == {"audio (no reference)"}


def test_a_manifest_gives_references_and_their_quality(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        write(tmp_path / name)
    manifest(
        tmp_path,
        {"file": "a.wav", "reference": "hello there", "reference_quality": "gold_from_tests", "note": "anything"},
        {"file": "b.wav", "reference": "who knows", "reference_quality": "reconstructed"},
        {"file": "c.wav", "reference": None, "reference_quality": "none"},
    )
    assert [(clip.material, said(clip)) for clip in clips(tmp_path)] == [
        ("audio", ["hello there"]),
        ("audio (reconstructed reference)", ["who knows"]),
        ("audio (no reference)", []),
    ]


def test_turns_are_utterances_and_go_to_their_channel(tmp_path: Path) -> None:
    write(tmp_path / "call.wav", channels=2)
    turns = [
        {"role": "agent", "text": "hello"},
        {"role": "customer", "text": "hi"},
        {"role": "agent", "text": "yes"},
    ]
    manifest(tmp_path, {"file": "call.wav", "turns": turns, "channel_roles": {"0": "customer", "1": "agent"}})
    first, second = clips(tmp_path)
    assert (first.speaker, said(first)) == ("customer", ["hi"])
    assert (second.speaker, said(second)) == ("agent", ["hello", "yes"])


def test_a_reference_of_both_channels_together_is_not_used(tmp_path: Path) -> None:
    write(tmp_path / "call.wav", channels=2)
    manifest(tmp_path, {"file": "call.wav", "reference": "hello there"})
    assert [said(clip) for clip in clips(tmp_path)] == [[], []]


def test_a_file_that_is_no_audio_is_named(tmp_path: Path) -> None:
    write(tmp_path / "good.wav")
    (tmp_path / "notes.wav").write_text("this is no audio", encoding="utf-8")
    with pytest.raises(RecordingError, match=r"notes\.wav"):
        clips(tmp_path)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no such file"):
        clips(tmp_path / "missing.wav")
    with pytest.raises(RecordingError, match="no audio file"):
        clips(tmp_path)


@pytest.mark.parametrize(
    "text", ["{", '{"file": "a.wav"}', '[{"reference": "hello"}]', '[{"file": "a.wav", "turns": "x"}]']
)
def test_a_manifest_of_another_shape_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path / "a.wav")
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(RecordingError, match=r"manifest\.json"):
        clips(tmp_path)
