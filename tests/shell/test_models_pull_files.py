"""Pulling a model that its vendor publishes file by file, as Moonshine's are."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.model_server import MOONSHINE_FILES, MOONSHINE_NAME, ModelServer, model_server
from tests.shell.pulling import at_once, refused_entry, silently
from voiceassist.errors import ModelError
from voiceassist.speech_models import pull as pulling
from voiceassist.speech_models.intact import differences
from voiceassist.speech_models.layout import DECODER, ENCODER, VOCABULARY
from voiceassist.speech_models.manifest import ModelEntry
from voiceassist.speech_models.pull import part_of, pull
from voiceassist.speech_models.record import read_record, record_path


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as serves:
        yield serves


@pytest.fixture
def entry(server: ModelServer) -> ModelEntry:
    return server.offer_files()


def asked(server: ModelServer) -> list[tuple[str, str | None]]:
    return [(one.path.rpartition("/")[2], one.range) for one in server.asked]


def without_sum(entry: ModelEntry, name: str) -> ModelEntry:
    files = [replace(file, sha256=None) if file.name == name else file for file in entry.files]
    return replace(entry, files=files)


def test_every_file_is_fetched_and_recorded_with_the_engine_that_runs_it(
    entry: ModelEntry, tmp_path: Path
) -> None:
    model = pull(tmp_path, entry, report=silently)
    assert {path.name: path.read_bytes() for path in model.path.iterdir()} == MOONSHINE_FILES
    assert differences(model) == ()
    assert (model.name, model.engine, model.setting) == (
        MOONSHINE_NAME,
        "moonshine",
        f"moonshine:{MOONSHINE_NAME}",
    )
    record = read_record(record_path(model.path))
    assert (record.engine, record.source, record.licence) == ("moonshine", entry.url, "MIT")
    assert [path.name for path in (tmp_path / ".incoming" / MOONSHINE_NAME).iterdir()] == ["lock"]


def test_one_progress_goes_through_all_files(entry: ModelEntry, tmp_path: Path) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    pull(tmp_path, entry, report=lambda doing, done, total: told.setdefault(doing, []).append((done, total)))
    assert list(told) == ["downloading", "checking"]
    for steps in told.values():
        assert steps == sorted(steps)
        assert steps[-1] == (entry.size_bytes, entry.size_bytes)


def test_a_mirror_has_a_folder_of_the_models_name(server: ModelServer, entry: ModelEntry, tmp_path: Path) -> None:
    elsewhere = replace(entry, url="http://127.0.0.1:9/model/base-xx")
    assert pull(tmp_path, elsewhere, mirror=f"{server.url}/", report=silently).source == entry.url


def test_a_broken_connection_goes_on_in_the_same_file(
    server: ModelServer, entry: ModelEntry, tmp_path: Path
) -> None:
    server.cuts = [50_000, 30_000]
    pull(tmp_path, entry, report=silently, pause=at_once)
    assert asked(server) == [(ENCODER, None), (DECODER, None), (DECODER, "bytes=30000-"), (VOCABULARY, None)]


def test_the_next_pull_asks_only_for_what_is_missing(
    server: ModelServer, entry: ModelEntry, tmp_path: Path
) -> None:
    server.cuts = [50_000, 30_000, 0]
    message = refused_entry(tmp_path, entry)
    assert "the same command goes on from there" in message
    part, size = part_of(tmp_path, MOONSHINE_NAME)
    assert (part.name, size) == (DECODER, 80_000)
    server.asked.clear()
    assert differences(pull(tmp_path, entry, report=silently)) == ()
    assert asked(server) == [(DECODER, "bytes=30000-"), (VOCABULARY, None)]


def test_a_file_with_a_wrong_checksum_is_named_and_fetched_again_alone(
    server: ModelServer, entry: ModelEntry, tmp_path: Path
) -> None:
    server.files[f"/{MOONSHINE_NAME}/{DECODER}"] = bytes(80_000)
    message = refused_entry(tmp_path, entry)
    assert message.startswith(f"{entry.url}/{DECODER}: what arrived has the SHA-256")
    assert "it was deleted" in message
    server.offer_files()
    server.asked.clear()
    assert differences(pull(tmp_path, entry, report=silently)) == ()
    assert asked(server) == [(DECODER, None)]


def test_a_file_without_a_known_checksum_is_fetched_only_unverified(
    server: ModelServer, entry: ModelEntry, tmp_path: Path
) -> None:
    entry = without_sum(entry, VOCABULARY)
    message = refused_entry(tmp_path, entry)
    assert f"our list of models has none of {VOCABULARY}" in message
    assert "--unverified" in message
    assert server.asked == []
    assert differences(pull(tmp_path, entry, unverified=True, report=silently)) == ()


def test_unverified_does_not_mean_that_a_known_checksum_may_be_wrong(
    server: ModelServer, entry: ModelEntry, tmp_path: Path
) -> None:
    server.files[f"/{MOONSHINE_NAME}/{ENCODER}"] = bytes(50_000)
    with pytest.raises(ModelError, match="it must be"):
        pull(tmp_path, without_sum(entry, VOCABULARY), unverified=True, report=silently)


def test_a_file_that_the_server_does_not_have_is_named(
    server: ModelServer, entry: ModelEntry, tmp_path: Path
) -> None:
    del server.files[f"/{MOONSHINE_NAME}/{VOCABULARY}"]
    assert f"{entry.url}/{VOCABULARY}: the server has no such file (404)" in refused_entry(tmp_path, entry)


def test_a_server_that_sends_far_too_much_of_a_file_is_stopped(
    server: ModelServer, entry: ModelEntry, tmp_path: Path
) -> None:
    server.files[f"/{MOONSHINE_NAME}/{VOCABULARY}"] = bytes(1_000_000)
    assert "far more than this model has" in refused_entry(tmp_path, entry)


def test_offline_says_which_files_to_fetch_where_to_put_them_and_what_to_type(
    entry: ModelEntry, tmp_path: Path
) -> None:
    message = refused_entry(tmp_path, replace(entry, url="http://127.0.0.1:9/model"))
    for name in MOONSHINE_FILES:
        assert f"http://127.0.0.1:9/model/{name}" in message
    assert f"into a folder {MOONSHINE_NAME}, copy it to this one" in message
    assert message.endswith(f"voiceassist models add {MOONSHINE_NAME} --models-dir {tmp_path}")


@pytest.mark.parametrize("step", ["downloading", "checking"])
def test_ctrl_c_keeps_what_came_and_the_next_pull_finishes(entry: ModelEntry, tmp_path: Path, step: str) -> None:
    def interrupt(doing: str, done: int, _total: int) -> None:
        if doing == step and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(tmp_path, entry, report=interrupt)
    assert part_of(tmp_path, MOONSHINE_NAME)[1] > 0
    assert differences(pull(tmp_path, entry, report=silently)) == ()


def test_a_model_that_cannot_be_put_in_its_place_need_not_be_fetched_again(
    entry: ModelEntry, server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise ModelError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(pulling, "put_in_place", full)
        with pytest.raises(ModelError, match="no room"):
            pull(tmp_path, entry, report=silently)
    before = len(server.asked)
    assert differences(pull(tmp_path, entry, report=silently)) == ()
    assert len(server.asked) == before
