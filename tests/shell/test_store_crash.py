"""kill -9 in mid-call: everything that was acknowledged is there, and the recording plays."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.children import child
from tests.shell.recording_keys import FIRST, keys
from voiceassist.store.audiofile import duration_of, read_audio
from voiceassist.store.encrypted_recording import open_audio, read_encrypted
from voiceassist.store.recordings import recording_path
from voiceassist.store.recovery import recover
from voiceassist.store.store import open_store


def killed_in_mid_call(directory: Path, after_ms: int, *key: str) -> dict[str, int]:
    """What a process was promised before it was killed: the last number stored, the last ms recorded."""
    promised = {"stored": 0, "recorded": 0}
    command = [sys.executable, "-m", "tests.shell.store_crasher", str(directory), *key]
    with child(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            what, value = line.split()
            promised[what] = int(value)
            if promised["recorded"] >= after_ms and promised["stored"] > 10:
                process.kill()  # and go on to read what it still said
    return promised


@pytest.mark.parametrize("after_ms", [2000, 5300])
async def test_nothing_acknowledged_is_lost_and_the_recording_plays(tmp_path: Path, after_ms: int) -> None:
    promised = killed_in_mid_call(tmp_path, after_ms)
    store = await open_store(tmp_path / "calls.db")
    records = await store.records("x")
    assert [record.seq for record in records] == list(range(1, len(records) + 1))
    assert len(records) >= promised["stored"]
    assert len((await store.calls("hello")).calls) == 1
    assert [ending.seq for ending in await recover(store)] == [len(records) + 1]
    await store.close()
    recording = recording_path(tmp_path, "x")
    assert duration_of(recording) >= promised["recorded"] - 1000
    assert read_audio(recording).duration_ms >= promised["recorded"] - 1000


def test_an_encrypted_recording_plays_as_far_as_it_was_written_and_is_said_to_have_no_end(tmp_path: Path) -> None:
    promised = killed_in_mid_call(tmp_path, 2000, FIRST)
    recording, plain = recording_path(tmp_path, "x"), tmp_path / "plain.ogg"
    found = read_encrypted(recording, keys(FIRST))
    assert found
    assert not found.is_whole
    with open_audio(recording, keys(FIRST)) as audio:
        plain.write_bytes(audio.read())
    assert read_audio(plain).duration_ms >= promised["recorded"] - 1000
