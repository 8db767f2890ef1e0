"""Pulling a model from a real server: what arrives, what the server may say, and what is never installed."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.fakes.model_certificate import write_certificate
from tests.fakes.model_server import FILES, NAME, ModelServer, model_server, model_zip
from tests.shell.pulling import ARCHIVE, refused, silently
from voiceassist.errors import ModelError
from voiceassist.speech_models.intact import differences
from voiceassist.speech_models.pull import part_of, pull
from voiceassist.speech_models.record import read_record, record_path


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as serves:
        serves.offer(ARCHIVE)
        yield serves


def test_a_pulled_model_is_whole_and_recorded_with_its_source(server: ModelServer, tmp_path: Path) -> None:
    model = pull(tmp_path, server.entry(), report=silently)
    assert {path: (model.path / path).read_bytes() for path in FILES} == FILES
    assert differences(model) == ()
    assert (model.name, model.language, model.licence, model.fit_for) == (NAME, "xx", "MIT", "people")
    record = read_record(record_path(model.path))
    assert (record.source, record.sha256) == (f"{server.url}/{NAME}.zip", sha256(ARCHIVE).hexdigest())
    assert part_of(tmp_path, NAME)[1] == 0


def test_progress_rises_to_the_end_in_every_step(server: ModelServer, tmp_path: Path) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    pull(
        tmp_path,
        server.entry(),
        report=lambda doing, done, total: told.setdefault(doing, []).append((done, total)),
    )
    assert list(told) == ["downloading", "checking", "unpacking"]
    for steps in told.values():
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1]


def test_a_model_is_found_behind_a_redirect_and_at_a_mirror(server: ModelServer, tmp_path: Path) -> None:
    server.moved[f"/mirror/{NAME}.zip"] = f"/{NAME}.zip"
    entry = server.entry(url="http://127.0.0.1:9/nobody-listens.zip")
    model = pull(tmp_path, entry, mirror=f"{server.url}/mirror/", report=silently)
    assert model.source == f"{server.url}/mirror/{NAME}.zip"


# ---- servers that say no ----


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "no such file (404)"), (403, "answered 403"), (503, "answered 503")]
)
def test_an_answer_without_the_file_is_told_with_its_address(
    server: ModelServer, tmp_path: Path, status: int, reason: str
) -> None:
    server.statuses[f"/{NAME}.zip"] = status
    message = refused(server, tmp_path)
    assert reason in message
    assert f"{server.url}/{NAME}.zip" in message


def test_offline_says_what_to_fetch_what_to_copy_and_what_to_type(server: ModelServer, tmp_path: Path) -> None:
    message = refused(server, tmp_path, url="http://127.0.0.1:9/models/x.zip")
    for part in (
        "http://127.0.0.1:9/models/x.zip cannot be reached",
        "on another machine download",
        f"{NAME}.zip",
    ):
        assert part in message
    assert f"voiceassist models add {NAME}.zip --models-dir {tmp_path}" in message


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x.zip", "no address", "http://[::1/x.zip"])
def test_an_address_that_is_none_is_named(server: ModelServer, tmp_path: Path, url: str) -> None:
    message = refused(server, tmp_path, url=url)
    assert url.split("/", maxsplit=1)[0] in message
    assert "Without internet" not in message


def test_redirects_without_end_are_given_up(server: ModelServer, tmp_path: Path) -> None:
    server.moved[f"/{NAME}.zip"] = f"/{NAME}.zip"
    message = refused(server, tmp_path)
    assert f"{server.url}/{NAME}.zip leads nowhere" in message
    assert "Without internet" not in message


def test_an_https_address_that_leads_to_http_is_refused(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with model_server(certificate) as secure:
        secure.offer(ARCHIVE)
        secure.moved = {"/there.zip": f"/{NAME}.zip", "/away.zip": f"{server.url}/{NAME}.zip"}
        message = refused(server, tmp_path / "models", url=f"{secure.url}/away.zip")
        assert f"sends us on to {server.url}/{NAME}.zip, which is not https" in message
        entry = secure.entry(url=f"{secure.url}/there.zip")
        assert pull(tmp_path / "models", entry, report=silently).name == NAME
    assert server.asked == []


def test_a_proxy_that_cannot_be_one_is_told(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "carrier-pigeon://127.0.0.1")
    assert "the proxy set in the environment" in refused(server, tmp_path)


def test_a_proxy_in_the_environment_is_used(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    address = f"http://models.invalid/{NAME}.zip"
    server.files[address] = ARCHIVE  # a proxy is asked for whole addresses
    assert pull(tmp_path, server.entry(url=address), report=silently).source == address


@pytest.mark.parametrize("says_length", [True, False])
def test_a_server_that_sends_far_too_much_is_stopped_and_nothing_kept(
    server: ModelServer,
    tmp_path: Path,
    says_length: bool,  # noqa: FBT001
) -> None:
    server.says_length = says_length
    assert "far more than this model has" in refused(server, tmp_path, size_bytes=len(ARCHIVE) // 2)
    assert part_of(tmp_path, NAME)[1] == 0


# ---- checksums ----


@pytest.mark.parametrize("kind", ["sha256", "md5"])
def test_a_wrong_checksum_is_told_and_the_file_deleted(server: ModelServer, tmp_path: Path, kind: str) -> None:
    message = refused(server, tmp_path, **{"sha256": None, kind: "0" * 32})
    assert f"it must be {'0' * 32}" in message
    assert part_of(tmp_path, NAME)[1] == 0


def test_without_a_checksum_of_ours_the_vendors_is_asked(server: ModelServer, tmp_path: Path) -> None:
    lines = [{"name": "another", "md5": "0" * 32, "size": 1}, server.listed(ARCHIVE)]
    server.files["/model-list.json"] = json.dumps(lines).encode()
    pull(tmp_path, server.entry(sha256=None), report=silently)
    assert [asked.path for asked in server.asked] == ["/model-list.json", f"/{NAME}.zip"]


def test_the_vendors_checksum_is_compared_too(server: ModelServer, tmp_path: Path) -> None:
    server.files["/model-list.json"] = json.dumps([server.listed(b"something else")]).encode()
    assert f"by {server.url}/model-list.json it must be" in refused(server, tmp_path, sha256=None)


@pytest.mark.parametrize(
    ("vendors_list", "reason"),
    [
        (None, "404"),
        (b"[]", "does not name it"),
        (b"<html>", "cannot be read"),
        (b'[{"name": 5}]', "cannot be read"),
        (b" " * (2 << 20), "more than"),
    ],
)
def test_where_nobody_says_a_checksum_nothing_is_fetched(
    server: ModelServer, tmp_path: Path, vendors_list: bytes | None, reason: str
) -> None:
    if vendors_list is not None:
        server.files["/model-list.json"] = vendors_list
    message = refused(server, tmp_path, sha256=None)
    assert reason in message
    assert "--unverified" in message
    assert f"/{NAME}.zip" not in {asked.path for asked in server.asked}


def test_unverified_installs_what_comes_and_records_its_checksum(server: ModelServer, tmp_path: Path) -> None:
    model = pull(tmp_path, server.entry(sha256=None), unverified=True, report=silently)
    assert read_record(record_path(model.path)).sha256 == sha256(ARCHIVE).hexdigest()


def test_unverified_does_not_mean_that_a_known_checksum_may_be_wrong(server: ModelServer, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="it must be"):
        pull(tmp_path, server.entry(sha256="0" * 64), unverified=True, report=silently)


def test_an_archive_that_is_no_model_is_named_with_what_it_lacks(server: ModelServer, tmp_path: Path) -> None:
    server.offer(model_zip(without="am/final.mdl"))
    assert "not a Vosk model: am/final.mdl missing" in refused(server, tmp_path)
