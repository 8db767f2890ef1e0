"""Recordings: written while the call runs, two channels apart, safe from crashes, ids and full disks."""

import resource
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shell.full_disk import full_disk
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import RecordingError
from voiceassist.store.audiofile import duration_of, read_audio
from voiceassist.store.recordings import Recording, open_recording, recording_path


def speechlike(rate_hz: int, seconds: float) -> Pcm:
    """A voice-like buzz that comes and goes four times a second."""
    t = np.arange(int(rate_hz * seconds)) / rate_hz
    buzz = sum(np.sin(2 * np.pi * 140 * k * t + k) / k for k in range(1, 20))
    return (3000 * buzz * (1 + np.sin(2 * np.pi * 4 * t))).clip(-32768, 32767).astype(np.int16)


def level_db(pcm: Pcm) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(pcm.astype(np.float64) ** 2)) + 1e-3))


def write(path: Path, rate_hz: int, agent: Pcm, customer: Pcm, block: int = 0) -> None:
    block = block or rate_hz // 5
    recording = open_recording(path, rate_hz)
    for start in range(0, len(agent), block):
        recording.write(agent[start : start + block], customer[start : start + block])
    recording.close()


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 44100, 48000])
def test_a_silent_side_stays_silent_while_the_other_speaks(tmp_path: Path, rate_hz: int) -> None:
    half = speechlike(rate_hz, 1.5)
    silence = np.zeros_like(half)
    agent, customer = np.concatenate((half, silence)), np.concatenate((silence, half))
    write(tmp_path / "x.ogg", rate_hz, agent, customer)
    left, right = read_audio(tmp_path / "x.ogg").channels
    early, late = slice(4800, 67_200), slice(76_800, 139_200)  # of 48 kHz, clear of the change at 1.5 s
    assert level_db(left[early]) - level_db(right[early]) > 60
    assert level_db(right[late]) - level_db(left[late]) > 60


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 44100])
def test_times_in_the_recording_are_times_in_the_call(tmp_path: Path, rate_hz: int) -> None:
    pcm = np.zeros(rate_hz * 3, np.int16)
    pcm[rate_hz * 2 : rate_hz * 2 + rate_hz // 50] = speechlike(rate_hz, 0.02)
    write(tmp_path / "x.ogg", rate_hz, pcm, pcm)
    left = read_audio(tmp_path / "x.ogg").channels[0].astype(np.float64)
    centre = np.average(np.arange(len(left)), weights=left**2) / 48_000
    assert abs(centre - 2.01) < 0.01
    assert abs(duration_of(tmp_path / "x.ogg") - 3000) <= 20


@pytest.mark.parametrize("block_ms", [20, 200])
def test_what_was_written_is_on_its_way_to_the_disk_within_half_a_second(tmp_path: Path, block_ms: int) -> None:
    path, block = tmp_path / "x.ogg", speechlike(8000, block_ms / 1000)
    recording = open_recording(path, 8000)
    for written in range(block_ms, 3000, block_ms):
        recording.write(block, block)
        if written >= 1000:
            assert written - duration_of(path) <= 300
    recording.close()


def test_blocks_of_any_size_make_the_same_file(tmp_path: Path) -> None:
    voice = speechlike(8000, 1.0)
    for name, block in (("a", 160), ("b", 1601)):
        write(tmp_path / name, 8000, voice, voice[::-1], block)
    a, b = (read_audio(tmp_path / name).channels for name in "ab")
    assert np.array_equal(a[0], b[0])
    assert np.array_equal(a[1], b[1])


def test_sides_of_different_length_are_refused(tmp_path: Path) -> None:
    recording = open_recording(tmp_path / "x.ogg", 8000)
    with pytest.raises(RecordingError, match="100 samples of agent, 99 of customer"):
        recording.write(np.zeros(100, np.int16), np.zeros(99, np.int16))
    recording.close()


def test_an_earlier_recording_is_never_overwritten(tmp_path: Path) -> None:
    write(tmp_path / "x.ogg", 8000, speechlike(8000, 0.5), speechlike(8000, 0.5))
    before = (tmp_path / "x.ogg").read_bytes()
    with pytest.raises(RecordingError, match=r"x\.ogg is already there"):
        open_recording(tmp_path / "x.ogg", 8000)
    assert (tmp_path / "x.ogg").read_bytes() == before


def test_a_call_without_audio_leaves_a_file_that_says_so(tmp_path: Path) -> None:
    recording = open_recording(tmp_path / "x.ogg", 8000)
    recording.close()
    recording.close()
    with pytest.raises(RecordingError, match=r"x\.ogg"):
        read_audio(tmp_path / "x.ogg")


def test_a_full_disk_is_told_and_what_was_written_plays(tmp_path: Path) -> None:
    path, voice = tmp_path / "x.ogg", speechlike(8000, 0.2)
    recording = open_recording(path, 8000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            _write_many(recording, voice)
        with pytest.raises(OSError, match="File too large"):
            recording.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert read_audio(path).duration_ms > 500


def _write_many(recording: Recording, voice: Pcm) -> None:
    for _ in range(100):
        recording.write(voice, voice)


def test_what_a_full_disk_did_not_take_is_written_when_there_is_room_again(tmp_path: Path) -> None:
    voice = speechlike(8000, 2.0)
    write(tmp_path / "whole.ogg", 8000, voice, voice)
    recording = open_recording(tmp_path / "x.ogg", 8000)
    recording.write(voice[:8000], voice[:8000])
    with full_disk(tmp_path / "x.ogg"), pytest.raises(OSError, match="File too large"):
        recording.write(voice[8000:], voice[8000:])
    recording.flush()
    recording.close()
    assert np.array_equal(read_audio(tmp_path / "x.ogg").channels, read_audio(tmp_path / "whole.ogg").channels)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        open_recording(tmp_path / "file" / "x.ogg", 8000)


@pytest.mark.parametrize(
    "call_id", ["../../etc/passwd", "/etc/passwd", "..", ".", "", "a/b", "\x00", "é" * 300, "~"]
)
def test_no_call_id_leaves_the_directory(tmp_path: Path, call_id: str) -> None:
    path = recording_path(tmp_path, call_id)
    assert path.resolve().parent == tmp_path.resolve()
    write(path, 8000, speechlike(8000, 0.1), speechlike(8000, 0.1))
    assert duration_of(path) > 0


def test_a_plain_call_id_is_the_files_name(tmp_path: Path) -> None:
    assert recording_path(tmp_path, "Call-42_b").name == "Call-42_b.ogg"


@given(ids=st.sets(st.text(alphabet=st.characters()), min_size=2, max_size=2))
def test_two_calls_never_share_a_recording(ids: set[str]) -> None:
    assert len({recording_path(Path("d"), call_id) for call_id in ids}) == 2
