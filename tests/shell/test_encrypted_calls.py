"""Calls whose recordings are encrypted: played, exported, deleted; one that is locked costs no other."""

import asyncio
from pathlib import Path
from shutil import copytree

import httpx
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from tests.shell.recording_keys import FIRST, SECOND, keys
from tests.shell.serving import Serving, calling, hang_up, serving, settings_for, silence
from tests.shell.test_encrypted_recording import recorded
from voiceassist.cli import app
from voiceassist.errors import ConfigError, VoiceassistError
from voiceassist.store.audiofile import duration_of
from voiceassist.store.encrypted_recording import read_encrypted
from voiceassist.store.recordings import recording_path

PATH = "/api/calls/{}/recording"


async def played(server: Serving, call_id: str, wanted: str | None = None) -> httpx.Response:
    return await server.http.get(PATH.format(call_id), headers={"Range": f"bytes={wanted}"} if wanted else {})


async def short_call(server: Serving, call_id: str) -> None:
    async with calling(server, call_id) as phone:
        await phone.send(silence(3))
        assert (await hang_up(phone))["type"] == "stopped"


def is_encrypted(path: Path) -> bool:
    return b"OggS" not in path.read_bytes()


async def test_a_call_is_encrypted_on_the_disk_and_plays_by_any_range(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path / "data", recording_keys=(FIRST,))) as server:
        await short_call(server, "c-1")
        path = server.runtime.recording_path("c-1")
        assert is_encrypted(path)
        path.unlink()
        recorded(path, 15.0)  # longer than what is read at a time
        whole = await played(server, "c-1")
        assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/ogg")
        assert whole.content.startswith(b"OggS")
        assert len(whole.content) == int(whole.headers["content-length"]) > 1 << 16
        for wanted, part in (("0-3", slice(4)), ("1000-69999", slice(1_000, 70_000)), ("-5", slice(-5, None))):
            answer = await played(server, "c-1", wanted)
            assert (answer.status_code, answer.content) == (206, whole.content[part])
            assert answer.headers["content-range"].endswith(f"/{len(whole.content)}")
        several = await played(server, "c-1", "0-9,200-209")
        assert whole.content[200:210] in several.content
        assert (await played(server, "c-1", "99999999-")).status_code == 416
        head = await server.http.head(PATH.format("c-1"))
        assert head.headers["content-length"] == str(len(whole.content))
        (tmp_path / "plain.ogg").write_bytes(whole.content)
        assert duration_of(tmp_path / "plain.ogg") > 2_500


async def test_a_live_call_plays_up_to_now(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path / "data", recording_keys=(FIRST,))) as server:
        async with calling(server, "c-1") as phone:
            await phone.send(silence(30))
            path = server.runtime.recording_path("c-1")
            async with asyncio.timeout(30):
                while not path.exists() or not path.stat().st_size:  # noqa: ASYNC110 - a thread writes it
                    await asyncio.sleep(0)
            with capture_logs() as lines:
                answer = await played(server, "c-1")
            assert (answer.status_code, answer.content[:4]) == (200, b"OggS")
            assert not lines, "a live call has no end yet, and nobody is told"
            await hang_up(phone)
        assert (await played(server, "c-1")).content.startswith(answer.content)


async def test_a_recording_whose_key_is_missing_is_told_and_all_others_play(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for call_id, listed in (("plain", ()), ("old", (FIRST,))):
        async with serving(settings_for(data, recording_keys=listed)) as server:
            await short_call(server, call_id)
    async with serving(settings_for(data, recording_keys=(SECOND, FIRST))) as server:
        await short_call(server, "new")
        for call_id in ("plain", "old", "new"):
            assert (await played(server, call_id)).content.startswith(b"OggS")
    async with serving(settings_for(data, recording_keys=(SECOND,))) as server:
        with capture_logs() as lines:
            answer = await played(server, "old")
        assert (answer.status_code, answer.json()["code"]) == (409, "recording_locked")
        assert keys(FIRST)[0].id.hex() in lines[0]["error"]
        assert FIRST not in answer.text + str(lines)
        for call_id in ("plain", "new"):
            assert (await played(server, call_id)).content.startswith(b"OggS")
        assert (await server.http.get("/api/calls/old")).status_code == 200
        await short_call(server, "next")
    async with serving(settings_for(data)) as server:
        assert (await played(server, "next")).status_code == 409
        assert (await played(server, "plain")).content.startswith(b"OggS")
        await short_call(server, "unlocked")
        assert not is_encrypted(server.runtime.recording_path("unlocked"))


async def test_a_recording_that_was_changed_or_cut_is_broken_off_or_told(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path / "data", recording_keys=(FIRST,))) as server:
        await short_call(server, "c-1")
        path = server.runtime.recording_path("c-1")
        data = path.read_bytes()
        path.write_bytes(data[: len(data) - 10])
        with capture_logs() as lines:
            assert (await played(server, "c-1")).content.startswith(b"OggS")
        assert any("has no end" in line["event"] for line in lines)
        changed = bytearray(data)
        changed[len(data) // 2] ^= 1
        path.write_bytes(changed)
        with capture_logs() as lines, pytest.raises(httpx.RemoteProtocolError):
            await played(server, "c-1")
        assert any("was changed or damaged: chunk" in line.get("error", "") for line in lines)
        assert (await played(server, "c-1", "0-3")).content == b"OggS"
        assert (await server.http.get("/healthz")).status_code == 200


async def test_a_server_does_not_start_with_a_key_that_cannot_work(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data", recording_keys=("c2hvcnQ=",))
    with pytest.raises(ConfigError, match="key 1 has 5 bytes"):
        async with serving(settings):
            pass
    assert not (tmp_path / "data").exists()


async def test_the_start_tells_the_id_of_the_key_and_no_key(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{SECOND}\n{FIRST}\n")
    file.chmod(0o644)
    with capture_logs() as lines:
        async with serving(settings_for(tmp_path / "data", recording_key_file=file)) as server:
            audit = (await server.http.get("/api/audit")).text
    told = next(line for line in lines if line["event"] == "recordings are encrypted")
    assert (told["key"], told["older_keys"]) == (keys(SECOND)[0].id.hex(), 1)
    assert any("can be read by other users" in line["event"] for line in lines)
    assert f'"recording_key_file":"{file}"' in audit.replace(" ", "")
    assert not [key for key in (FIRST, SECOND) if key in audit + str(lines)]


# ---- by command ----


@pytest.fixture(scope="module")
def two_calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder; one call is of before there was a key."""
    folder = tmp_path_factory.mktemp("two-calls") / "data"

    async def record() -> None:
        for call_id, listed in (("plain", ()), ("sealed", (FIRST,))):
            async with serving(settings_for(folder, recording_keys=listed)) as server:
                await short_call(server, call_id)

    asyncio.run(record())
    return folder


@pytest.fixture
def data(tmp_path: Path, two_calls: Path) -> Path:
    return copytree(two_calls, tmp_path / "data")


def run(data: Path, *command: str, listed: str = "") -> Result:
    environment = {"VOICEASSIST_RECORDING_KEYS": listed} if listed else {}
    return CliRunner().invoke(app, ["calls", *command, "--data-dir", str(data)], env=environment)


def test_an_export_is_plain_audio(data: Path, tmp_path: Path) -> None:
    copied = run(data, "export", "plain", "sealed", "--to", str(tmp_path / "copy"), listed=FIRST)
    assert (copied.exit_code, "2 calls, 4 files" in copied.output) == (0, True), copied.output
    for name in ("plain", "sealed"):
        assert duration_of(tmp_path / "copy" / f"{name}.ogg") > 2_500


def test_an_export_has_documents_too_when_they_are_wanted_and_overwrites_none(data: Path, tmp_path: Path) -> None:
    kinds = ["--as", "md", "--as", "vtt", "--language", "es"]
    copied = run(data, "export", "plain", "--to", str(tmp_path / "copy"), *kinds, listed=FIRST)
    assert copied.exit_code == 0, copied.output
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == [
        *("plain.jsonl", "plain.md", "plain.ogg", "plain.vtt")
    ]
    assert "Lo que se dijo" in (tmp_path / "copy" / "plain.md").read_text()
    assert run(data, "export", "plain", "--to", str(tmp_path / "copy"), *kinds, listed=FIRST).exit_code != 0


def test_an_export_without_the_key_has_all_else_and_says_what_is_missing(data: Path, tmp_path: Path) -> None:
    copied = run(data, "export", "sealed", "plain", "--to", str(tmp_path / "copy"))
    assert copied.exit_code == 1
    assert f"sealed.ogg is encrypted with the key {keys(FIRST)[0].id.hex()}" in copied.output
    there = {path.name for path in (tmp_path / "copy").iterdir()}
    assert there == {"sealed.jsonl", "plain.jsonl", "plain.ogg"}


def test_an_export_of_a_recording_without_its_end_says_so(data: Path, tmp_path: Path) -> None:
    path = recording_path(data / "recordings", "sealed")
    path.write_bytes(path.read_bytes()[:-10])
    copied = run(data, "export", "sealed", "--to", str(tmp_path / "copy"), listed=FIRST)
    assert (copied.exit_code, "sealed.ogg has no end" in copied.output) == (1, True)
    assert duration_of(tmp_path / "copy" / "sealed.ogg") > 2_500


def test_an_export_leaves_out_what_was_changed_and_says_so(data: Path, tmp_path: Path) -> None:
    path = recording_path(data / "recordings", "sealed")
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)
    copied = run(data, "export", "sealed", "--to", str(tmp_path / "copy"), listed=FIRST)
    assert (copied.exit_code, "sealed.ogg was changed or damaged: 1 of" in copied.output) == (1, True)
    assert duration_of(tmp_path / "copy" / "sealed.ogg") > 2_500


def test_the_command_encrypts_what_was_recorded_before(data: Path) -> None:
    assert isinstance(run(data, "encrypt").exception, ConfigError)
    done = run(data, "encrypt", listed=FIRST)
    assert "Encrypted 1 recordings; 1 had the newest key already, 0 could not be opened." in done.output
    assert "Encrypted 2 recordings" in run(data, "encrypt", listed=f"{SECOND},{FIRST}").output
    for path in (data / "recordings").iterdir():
        found = read_encrypted(path, keys(SECOND))
        assert found
        assert found.is_whole
    failed = run(data, "encrypt", listed=FIRST)
    assert (failed.exit_code, "2 could not be opened" in failed.output) == (1, True)


def test_a_call_is_deleted_with_all_that_a_crash_left_of_its_encryption(data: Path) -> None:
    (data / "recordings" / "sealed.encrypting").write_bytes(b"half of it")
    assert run(data, "delete", "sealed", "--yes").exit_code == 0
    assert [path.name for path in (data / "recordings").iterdir()] == ["plain.ogg"]


def test_nothing_is_encrypted_while_a_server_runs(data: Path) -> None:
    async def try_it() -> Result:
        async with serving(settings_for(data)):
            return await asyncio.to_thread(run, data, "encrypt", listed=FIRST)

    assert isinstance(asyncio.run(try_it()).exception, VoiceassistError)
    assert not is_encrypted(recording_path(data / "recordings", "plain"))
