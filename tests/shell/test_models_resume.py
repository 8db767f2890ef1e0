"""Pulls that do not get through at once: broken lines, full disks, Ctrl+C, and two at a time."""

import shutil
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.model_server import NAME, ModelServer, model_server, model_zip
from tests.shell.full_disk import full_disk
from tests.shell.pulling import ARCHIVE, at_once, own, ranges, refused, silently, visible
from voiceassist.errors import ModelError
from voiceassist.speech_models.download import client, download
from voiceassist.speech_models.intact import differences
from voiceassist.speech_models.pull import part_of, pull
from voiceassist.speech_models.record import read_record, record_path


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as serves:
        serves.offer(ARCHIVE)
        yield serves


def test_a_broken_connection_is_taken_up_where_it_broke(server: ModelServer, tmp_path: Path) -> None:
    server.cuts = [50_000, 10_000]
    pull(tmp_path, server.entry(), report=silently, pause=at_once)
    assert ranges(server) == [None, "bytes=50000-", "bytes=60000-"]


def test_connections_that_break_are_made_again_after_ever_longer_pauses(
    server: ModelServer, tmp_path: Path
) -> None:
    server.cuts = [10] * 7
    pauses: list[float] = []
    pull(tmp_path, server.entry(), report=silently, pause=pauses.append)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_connection_that_brought_much_makes_the_next_pause_short(server: ModelServer, tmp_path: Path) -> None:
    server.offer(bytes(3 << 20))
    server.cuts = [10, 10, 2 << 20, 10]
    pauses: list[float] = []
    with client() as http:
        url = f"{server.url}/{NAME}.zip"
        download(http, url, tmp_path / "x", at_most=4 << 20, report=lambda *_: None, pause=pauses.append)
    assert pauses == [1, 2, 1, 2]


def test_a_server_that_names_no_version_is_not_promised_to_go_on(server: ModelServer, tmp_path: Path) -> None:
    server.etag, server.cuts = None, [50_000, 20_000]
    message = refused(server, tmp_path)
    assert "goes on from there" not in message
    assert "the same command starts from the beginning" in message


def test_the_next_pull_goes_on_where_the_last_one_gave_up(server: ModelServer, tmp_path: Path) -> None:
    server.cuts = [50_000, 0]
    message = refused(server, tmp_path)
    assert "broke after 50.0 kB" in message
    assert "the same command goes on from there" in message
    assert part_of(tmp_path, NAME)[1] == 50_000
    pull(tmp_path, server.entry(), report=silently, pause=at_once)
    assert (server.asked[-1].range, server.asked[-1].if_range) == ("bytes=50000-", '"first"')


@pytest.mark.parametrize("minds", [True, False], ids=["minds If-Range", "ignores If-Range"])
def test_a_file_that_changed_on_the_server_is_fetched_from_its_start(
    server: ModelServer,
    tmp_path: Path,
    minds: bool,  # noqa: FBT001
) -> None:
    server.cuts, server.minds_if_range = [50_000, 0], minds
    refused(server, tmp_path)
    changed = model_zip(top="another")
    server.offer(changed)
    server.etag = '"second"'
    model = pull(tmp_path, server.entry(), report=silently, pause=at_once)
    assert differences(model) == ()
    assert read_record(record_path(model.path)).sha256 == sha256(changed).hexdigest()


def test_a_file_that_became_shorter_than_our_part_is_fetched_from_its_start(
    server: ModelServer, tmp_path: Path
) -> None:
    server.offer(Random(0).randbytes(200_000))
    server.cuts, server.minds_if_range = [150_000, 0], False
    refused(server, tmp_path)
    server.offer(ARCHIVE)
    assert differences(pull(tmp_path, server.entry(), report=silently, pause=at_once)) == ()


@pytest.mark.parametrize(
    "server_without",
    [{"has_ranges": False}, {"etag": None}, {"etag": 'W/"weak"'}],
    ids=["no ranges", "no ETag", "weak ETag"],
)
def test_a_server_that_cannot_go_on_starts_again(
    server: ModelServer, tmp_path: Path, server_without: dict[str, object]
) -> None:
    vars(server).update(server_without)
    server.cuts = [50_000]
    assert differences(pull(tmp_path, server.entry(), report=silently, pause=at_once)) == ()


def test_a_date_serves_where_there_is_no_etag(server: ModelServer, tmp_path: Path) -> None:
    server.etag, server.last_modified = None, "Sat, 21 Nov 2026 10:00:00 GMT"
    server.cuts = [50_000]
    pull(tmp_path, server.entry(), report=silently, pause=at_once)
    assert server.asked[-1].if_range == server.last_modified
    assert server.asked[-1].range == "bytes=50000-"


def test_a_part_of_a_file_without_a_length_is_not_taken_for_the_whole(server: ModelServer, tmp_path: Path) -> None:
    server.says_length, server.cuts = False, [0]
    refused(server, tmp_path)
    assert differences(pull(tmp_path, server.entry(), report=silently, pause=at_once)) == ()


def test_a_half_written_note_of_a_part_means_a_new_start(server: ModelServer, tmp_path: Path) -> None:
    server.cuts = [50_000, 0]
    refused(server, tmp_path)
    part, _ = part_of(tmp_path, NAME)
    part.with_name(f"{part.name}.json").write_text('{"url": "htt', encoding="utf-8")
    assert differences(pull(tmp_path, server.entry(), report=silently, pause=at_once)) == ()
    assert ranges(server)[-1] is None


@settings(max_examples=25)  # each starts a server
@given(cuts=st.lists(st.integers(0, len(ARCHIVE)), max_size=6), has_ranges=st.booleans())
def test_however_a_line_breaks_the_file_is_the_servers(
    tmp_path_factory: pytest.TempPathFactory,
    cuts: list[int],
    has_ranges: bool,  # noqa: FBT001
) -> None:
    target = tmp_path_factory.mktemp("part") / "file"
    with model_server() as server, client() as http:
        server.offer(ARCHIVE)
        server.cuts, server.has_ranges = list(cuts), has_ranges
        url = f"{server.url}/{NAME}.zip"
        for _ in range(len(cuts) + 1):
            try:
                download(http, url, target, at_most=len(ARCHIVE), report=lambda _done, _total: None, pause=at_once)
                break
            except ModelError:
                assert not target.exists() or ARCHIVE.startswith(target.read_bytes())
        assert target.read_bytes() == ARCHIVE


# ---- disks, and others at work ----


def test_too_small_a_disk_is_told_before_anything_is_fetched(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
    message = refused(server, tmp_path)
    assert "has 1.0 kB free" in message
    assert server.asked == []


def test_a_disk_that_gets_full_keeps_what_arrived(server: ModelServer, tmp_path: Path) -> None:
    server.cuts = [50_000, 0]
    refused(server, tmp_path)
    part, size = part_of(tmp_path, NAME)
    with full_disk(part):
        message = refused(server, tmp_path)
    assert "make room, then type the same command again" in message
    assert part_of(tmp_path, NAME)[1] >= size
    assert differences(pull(tmp_path, server.entry(), report=silently, pause=at_once)) == ()


def test_a_disk_that_gets_full_while_unpacking_leaves_no_half_model(server: ModelServer, tmp_path: Path) -> None:
    entry = server.entry()
    limit = tmp_path / "limit"
    limit.write_bytes(bytes(1_000))

    def fill_the_disk(doing: str, done: int, _total: int) -> None:
        if doing == "checking" and done == len(ARCHIVE):
            disk.__enter__()

    disk = full_disk(limit)
    try:
        with pytest.raises(ModelError, match="cannot be unpacked into"):
            pull(tmp_path / "models", entry, report=fill_the_disk)
    finally:
        disk.__exit__(None, None, None)
    assert own(tmp_path / "models") == []
    asked = len(server.asked)
    assert differences(pull(tmp_path / "models", entry, report=silently, pause=at_once)) == ()
    assert len(server.asked) == asked  # what had been downloaded was still there


def test_a_folder_that_cannot_be_written_is_named(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot be written: Not a directory"):
        pull(tmp_path / "file" / "models", server.entry(), report=silently, pause=at_once)


def test_what_is_there_already_is_left_alone(server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / NAME.upper()).mkdir()
    with pytest.raises(ModelError, match="is there already"):
        pull(tmp_path, server.entry(), report=silently, pause=at_once)
    assert server.asked == []


def test_of_two_pulls_at_once_one_is_told_to_wait(server: ModelServer, tmp_path: Path) -> None:
    server.held = threading.Event()
    is_going = threading.Event()
    found: list[tuple[str, ...]] = []

    def first() -> None:
        def report(_doing: str, done: int, _total: int) -> None:
            if done:
                is_going.set()

        found.append(differences(pull(tmp_path, server.entry(), report=report)))

    thread = threading.Thread(target=first)
    thread.start()
    assert is_going.wait(30)
    with pytest.raises(ModelError, match=f"another voiceassist is working on {NAME}"):
        pull(tmp_path, server.entry(), report=silently, pause=at_once)
    server.held.set()
    thread.join()
    assert found == [()]


@pytest.mark.parametrize("step", ["downloading", "checking", "unpacking"])
def test_ctrl_c_leaves_no_half_model_and_the_next_pull_finishes(
    server: ModelServer, tmp_path: Path, step: str
) -> None:
    def interrupt(doing: str, done: int, _total: int) -> None:
        if doing == step and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(tmp_path, server.entry(), report=interrupt)
    assert visible(tmp_path) == []
    assert part_of(tmp_path, NAME)[1] > 0
    assert differences(pull(tmp_path, server.entry(), report=silently, pause=at_once)) == ()
