"""The waveform of a recording: worked out once, kept and gone with it, never on disk for an encrypted one."""

import asyncio
import os
from base64 import b64decode
from pathlib import Path
from shutil import copy
from threading import Event

import numpy as np
import pytest

from tests.shell.recording_keys import FIRST, keys
from tests.shell.serving import calling, hang_up, serving, settings_for, silence
from voiceassist.errors import RecordingError
from voiceassist.store.encrypt_recordings import encrypt_recording
from voiceassist.store.erasure import remove_recordings
from voiceassist.store.recording_keys import RecordingKey
from voiceassist.store.recording_peaks import THREADS, KeptPeaks, read_kept
from voiceassist.store.recordings import open_recording, recording_path

RATE_HZ = 8_000


def recorded(path: Path, of: tuple[RecordingKey, ...] = (), seconds: int = 2) -> Path:
    """One second of agent, then the customer for the rest."""
    tone = np.asarray(8_000 * np.sin(np.arange(RATE_HZ * seconds) / 5), np.int16)
    is_agent = np.arange(len(tone)) < RATE_HZ
    recording = open_recording(path, RATE_HZ, of)
    recording.write(np.where(is_agent, tone, 0), np.where(is_agent, 0, tone))
    recording.close()
    return path


def kept_file(path: Path) -> Path:
    return path.with_suffix(".peaks")


async def test_each_side_has_its_own_and_nothing_is_read_twice(tmp_path: Path) -> None:
    path = recorded(tmp_path / "c.ogg")
    found = await KeptPeaks(()).of(path)
    agent, customer = found.peaks.channels
    assert found.peaks.stretch_ms == 20
    assert min(agent[2:48]) > 50 < min(customer[53:99])
    assert max(customer[2:48]) <= 1 >= max(agent[53:99])
    assert read_kept(path) == found
    stat = path.stat()
    path.write_bytes(bytes(stat.st_size))  # nobody could read this
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert await KeptPeaks(()).of(path) == found


async def test_a_recording_that_changed_is_read_again(tmp_path: Path) -> None:
    kept, path = KeptPeaks(()), recorded(tmp_path / "c.ogg")
    before = await kept.of(path)
    path.unlink()
    recorded(path, seconds=3)
    after = await kept.of(path)
    assert len(after.peaks.channels[0]) > len(before.peaks.channels[0])
    assert read_kept(path) == after


@pytest.mark.parametrize("damage", [b"", b"VAP1", b"VAP1" + bytes(40)])
async def test_a_damaged_file_beside_it_is_made_again(tmp_path: Path, damage: bytes) -> None:
    path = recorded(tmp_path / "c.ogg")
    kept_file(path).write_bytes(damage)
    assert await KeptPeaks(()).of(path) == read_kept(path)


async def test_of_an_encrypted_recording_nothing_is_on_the_disk(tmp_path: Path) -> None:
    plain = await KeptPeaks(()).of(recorded(tmp_path / "plain.ogg"))
    path = recorded(tmp_path / "c.ogg", keys(FIRST))
    kept = KeptPeaks(keys(FIRST))
    assert (await kept.of(path)).peaks == plain.peaks
    assert not kept_file(path).exists()
    with pytest.raises(RecordingError, match="not in the settings"):
        await KeptPeaks(()).of(path)


def test_they_go_when_the_recording_is_encrypted_later_or_deleted(tmp_path: Path) -> None:
    first, second = recorded(recording_path(tmp_path, "1")), recorded(recording_path(tmp_path, "2"))
    for path in (first, second):
        asyncio.run(_worked_out(path))
        assert kept_file(path).exists()
    assert encrypt_recording(first, keys(FIRST))
    remove_recordings(tmp_path, ["2"])
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


async def _worked_out(path: Path) -> None:
    await KeptPeaks(()).of(path)


async def test_a_disk_that_hangs_holds_nobody_for_longer_than_the_patience(tmp_path: Path) -> None:
    kept, hangs, path = KeptPeaks((), patience_s=0.05), Event(), recorded(tmp_path / "c.ogg")
    hanging = asyncio.gather(*(kept._threads.run(hangs.wait) for _ in range(THREADS)))
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await kept.of(path)
    hangs.set()
    await hanging
    kept.patience_s = 30.0  # the work went on
    assert (await kept.of(path)).peaks.channels


async def test_too_many_at_once_are_refused_and_many_who_want_the_same_are_one(tmp_path: Path) -> None:
    kept, path = KeptPeaks(()), recorded(tmp_path / "c.ogg")
    same = await asyncio.gather(*(kept.of(path) for _ in range(99)))
    assert len({one.stamp for one in same}) == 1
    paths = [Path(copy(path, tmp_path / f"{number}.ogg")) for number in range(20)]
    answers = await asyncio.gather(*map(kept.of, paths), return_exceptions=True)
    assert sum(isinstance(one, TimeoutError) for one in answers) == 4


async def test_a_server_that_stops_keeps_no_half_of_it(tmp_path: Path) -> None:
    kept, path = KeptPeaks(()), recorded(tmp_path / "c.ogg")
    kept._is_closed = True
    with pytest.raises(RecordingError, match="stops"):
        await kept.of(path)
    assert not kept_file(path).exists()


async def test_over_http_with_a_tag_that_saves_the_second_answer(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path / "data")) as server:
        async with calling(server, "c-1") as phone:
            await phone.send(silence(1))
            missing = await server.http.get("/api/calls/no/peaks")
            assert (missing.status_code, missing.json()["code"]) == (404, "no_recording")
            await hang_up(phone)
        path = server.runtime.recording_path("c-1")
        path.unlink()
        recorded(path)
        answer = await server.http.get("/api/calls/c-1/peaks")
        told = answer.json()
        assert (answer.status_code, told["stretch_ms"], max(b64decode(told["agent"])[:45]) > 50) == (200, 20, True)
        again = await server.http.get("/api/calls/c-1/peaks", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        path.write_bytes(b"no audio")
        broken = await server.http.get("/api/calls/c-1/peaks")
        assert (broken.status_code, broken.json()["code"]) == (409, "recording_locked")


async def test_a_live_call_has_none_yet(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path / "data")) as server, calling(server, "c-1") as phone:
        await phone.send(silence(1))
        answer = await server.http.get("/api/calls/c-1/peaks")
        assert (answer.status_code, answer.json()["code"]) == (409, "call_live")
        await hang_up(phone)
