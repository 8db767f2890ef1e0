"""Adding a model that is on this machine already, and removing one."""

import os
import shutil
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.fakes.model_server import FILES, MOONSHINE_FILES, NAME, model_folder, model_zip, moonshine_folder
from tests.shell.full_disk import full_disk
from voiceassist.errors import ModelError
from voiceassist.speech_models import add as adding
from voiceassist.speech_models.add import About, add
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.speech_models.installed import InstalledModel, find, installed
from voiceassist.speech_models.intact import differences
from voiceassist.speech_models.manifest import entry_to_pull
from voiceassist.speech_models.preferred import for_people
from voiceassist.speech_models.record import describe, read_record, record_path, write_record
from voiceassist.speech_models.remove import remove
from voiceassist.speech_models.staging import take_away, workshop

GERMAN = "vosk-model-small-de-0.15"
UNREADABLE = Path("/proc/self/mem")  # which not even root can read from its start


def added(models_dir: Path, given: Path, **about: object) -> InstalledModel:
    return add(models_dir, given, About(**about), lambda _doing, _done, _total: None)  # type: ignore[arg-type]


def own(models_dir: Path) -> list[InstalledModel]:
    return [model for model in installed(models_dir) if not model.bundled]


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_a_folder_is_copied_and_left_alone(tmp_path: Path, models_dir: Path) -> None:
    given = model_folder(tmp_path / "mine")
    model = added(models_dir, given, language="de", licence="CC0")
    assert {name: (model.path / name).read_bytes() for name in FILES} == FILES
    assert {name: (given / name).read_bytes() for name in FILES} == FILES
    assert (model.name, model.language, model.licence, model.fit_for) == ("mine", "de", "CC0", "people")
    assert model.source == f"added from {given}"
    assert differences(model) == ()


def test_an_official_zip_needs_nothing_said(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / f"{GERMAN}.zip"
    archive.write_bytes(model_zip(GERMAN))
    monkeypatch.setattr(adding, "entry_called", lambda _name: None)  # whose checksum is the real one's
    model = added(models_dir, archive)
    assert (model.name, model.language, model.licence) == (GERMAN, "de", "unknown")
    assert read_record(record_path(model.path)).sha256 == sha256(archive.read_bytes()).hexdigest()


def test_an_official_zip_with_the_wrong_checksum_is_refused(tmp_path: Path, models_dir: Path) -> None:
    archive = tmp_path / f"{GERMAN}.zip"
    archive.write_bytes(model_zip(GERMAN))
    with pytest.raises(ModelError, match=f"must have {entry_to_pull(GERMAN).sha256}"):
        added(models_dir, archive)
    assert own(models_dir) == []
    assert added(models_dir, archive, name="another", language="de").name == "another"


def test_an_official_folder_has_the_published_licence(tmp_path: Path, models_dir: Path) -> None:
    model = added(models_dir, model_folder(tmp_path / GERMAN))
    assert (model.language, model.licence) == ("de", "Apache-2.0")


def test_a_record_beside_the_folder_says_what_was_not_said(tmp_path: Path, models_dir: Path) -> None:
    given = model_folder(tmp_path / "mine")
    record = describe(given, name="x", language="it", source="made", fit_for="synthesised", licence="MIT")
    write_record(record, record_path(given))
    model = added(models_dir, given)
    assert (model.name, model.language, model.licence, model.fit_for) == ("mine", "it", "MIT", "synthesised")


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_copy_of_the_bundled_model_stays_one_for_synthesised_speech(
    tmp_path: Path,
    models_dir: Path,
    as_zip: bool,  # noqa: FBT001
) -> None:
    given = shutil.copytree(bundled_dir() / "vosk-tiny-en", tmp_path / "copy")
    if as_zip:
        given = Path(shutil.make_archive(str(tmp_path / "zipped"), "zip", given))
    model = added(models_dir, given, language="en-us")
    assert (model.fit_for, model.licence) == ("synthesised", "Apache-2.0")
    assert for_people(models_dir, "en") is None


@pytest.mark.parametrize(("here", "given"), [(".", "."), ("am", "..")])
def test_the_folder_that_we_are_in_is_added_under_its_own_name(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch, here: str, given: str
) -> None:
    monkeypatch.chdir(model_folder(tmp_path / "mine") / here)
    assert added(models_dir, Path(given), language="de").name == "mine"


@pytest.mark.skipif(not UNREADABLE.exists(), reason="no /proc here")
def test_what_cannot_be_read_is_not_blamed_on_writing(tmp_path: Path, models_dir: Path) -> None:
    with pytest.raises(ModelError, match="mem cannot be read: Input/output error"):
        added(models_dir, UNREADABLE, language="de")
    given = model_folder(tmp_path / "mine", without="graph/Gr.fst")
    (given / "graph/Gr.fst").symlink_to(UNREADABLE)
    with pytest.raises(ModelError, match=r"mine/graph/Gr\.fst cannot be read: Input/output error"):
        added(models_dir, given, language="de")
    assert own(models_dir) == []


def test_files_and_folders_are_on_the_disk_before_the_model_appears(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []

    def sync(opened: int) -> None:
        kept.append(Path(f"/proc/self/fd/{opened}").readlink().name)

    monkeypatch.setattr(os, "fsync", sync)
    added(models_dir, model_folder(tmp_path / "mine"), language="de")
    assert {"final.mdl", "Gr.fst", "record.toml", "am", "conf", "graph", "unpacked"} <= set(kept)
    assert kept[-2:] == [models_dir.name, tmp_path.name]


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"graph/disambig_tid.int"}))
@pytest.mark.parametrize("as_zip", [True, False])
def test_what_is_missing_is_said_and_nothing_installed(
    tmp_path: Path,
    models_dir: Path,
    name: str,
    as_zip: bool,  # noqa: FBT001
) -> None:
    given = tmp_path / "mine.zip"
    if as_zip:
        given.write_bytes(model_zip(without=name))
    else:
        model_folder(given, without=name)
    with pytest.raises(ModelError, match=f"mine.zip is not a Vosk model: {name} missing"):
        added(models_dir, given, language="de", name="mine")
    assert own(models_dir) == []


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({}, "add for example --language en-us"),
        ({"language": "Deutsch!"}, "'Deutsch!' is not a language"),
        ({"language": "de", "name": "../x"}, "cannot be the name of a model"),
        ({"language": "de", "name": ""}, None),
        ({"language": "de", "name": "x.toml"}, "cannot be the name of a model"),
        ({"language": "de", "name": ".x"}, "cannot be the name of a model"),
    ],
)
def test_what_cannot_be_is_said(
    tmp_path: Path, models_dir: Path, about: dict[str, object], reason: str | None
) -> None:
    given = model_folder(tmp_path / "mine")
    if reason is None:
        assert added(models_dir, given, **about).name == "mine"
        return
    with pytest.raises(ModelError, match=reason):
        added(models_dir, given, **about)
    assert not models_dir.exists()


def test_what_is_not_there_is_said(tmp_path: Path, models_dir: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere.zip: there is no such file or folder"):
        added(models_dir, tmp_path / "nowhere.zip")


@pytest.mark.parametrize("name", ["mine", "MINE"])
def test_a_taken_name_is_told_with_what_makes_room(tmp_path: Path, models_dir: Path, name: str) -> None:
    given = model_folder(tmp_path / "mine")
    added(models_dir, given, language="de")
    with pytest.raises(ModelError, match=r"is there already; .*voiceassist models remove mine"):
        added(models_dir, given, language="es", name=name)
    assert find(models_dir, "mine").language == "de"


def test_a_full_disk_leaves_no_half_model(tmp_path: Path, models_dir: Path) -> None:
    given = model_folder(tmp_path / "mine")
    limit = tmp_path / "limit"
    limit.write_bytes(bytes(1_000))
    with full_disk(limit), pytest.raises(ModelError, match="cannot be written: File too large"):
        added(models_dir, given, language="de")
    assert own(models_dir) == []
    assert differences(added(models_dir, given, language="de")) == ()


def test_too_small_a_disk_is_told_first(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
    with pytest.raises(ModelError, match=r"has 1\.0 kB free"):
        added(models_dir, model_folder(tmp_path / "mine"), language="de")


# ---- models of Moonshine's ----


def test_a_folder_of_moonshines_is_added_for_its_engine(tmp_path: Path, models_dir: Path) -> None:
    model = added(models_dir, moonshine_folder(tmp_path / "mine"), language="en")
    assert {path.name: path.read_bytes() for path in model.path.iterdir()} == MOONSHINE_FILES
    assert (model.engine, model.setting, differences(model)) == ("moonshine", "moonshine:mine", ())
    assert read_record(record_path(model.path)).engine == "moonshine"


def test_a_zip_with_a_folder_of_moonshines_is_added_too(tmp_path: Path, models_dir: Path) -> None:
    moonshine_folder(tmp_path / "around" / "base-en")
    archive = shutil.make_archive(str(tmp_path / "mine"), "zip", tmp_path / "around")
    assert added(models_dir, Path(archive), language="en").engine == "moonshine"


def test_what_a_folder_of_moonshines_lacks_is_said(tmp_path: Path, models_dir: Path) -> None:
    given = moonshine_folder(tmp_path / "mine", without="tokenizer.bin")
    with pytest.raises(ModelError, match=r"mine is not a Moonshine model: tokenizer\.bin missing"):
        added(models_dir, given, language="en")
    assert own(models_dir) == []


@pytest.mark.parametrize("name", [None, "moonshine-base-en"])
def test_files_that_are_not_the_published_ones_do_not_get_the_published_name(
    tmp_path: Path, models_dir: Path, name: str | None
) -> None:
    given = moonshine_folder(tmp_path / (name or "moonshine-base-en"))
    with pytest.raises(
        ModelError, match=r"encoder_model\.ort has the SHA-256 .* and moonshine-base-en must have 7c66"
    ):
        added(models_dir, given, name=name)
    assert own(models_dir) == []
    assert added(models_dir, given, name="another", language="en").name == "another"


def test_a_zip_of_other_files_does_not_get_the_published_name_either(tmp_path: Path, models_dir: Path) -> None:
    moonshine_folder(tmp_path / "around" / "files")
    archive = shutil.make_archive(str(tmp_path / "moonshine-base-en"), "zip", tmp_path / "around")
    with pytest.raises(ModelError, match=r"has the SHA-256 .* and moonshine-base-en must have 7c66"):
        added(models_dir, Path(archive))
    assert own(models_dir) == []


def test_the_published_name_tells_language_and_licence(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "_check_files", lambda _root, _name: None)  # whose checksums are the real ones'
    model = added(models_dir, moonshine_folder(tmp_path / "base-en"), name="moonshine-base-en")
    assert (model.name, model.language, model.licence) == ("moonshine-base-en", "en", "MIT")


def test_a_streaming_model_is_refused_with_the_reason_and_one_that_runs(tmp_path: Path, models_dir: Path) -> None:
    given = tmp_path / "small-streaming-en"
    given.mkdir()
    for name in ("adapter.ort", "encoder.ort", "frontend.ort", "streaming_config.json", "tokenizer.bin"):
        (given / name).write_bytes(b"x")
    with pytest.raises(
        ModelError, match=r"is a streaming model .* cannot run.*voiceassist models pull moonshine-base"
    ):
        added(models_dir, given, language="en")


# ---- remove ----


def test_a_removed_model_is_gone_with_its_record(tmp_path: Path, models_dir: Path) -> None:
    model = added(models_dir, model_folder(tmp_path / "mine"), language="de")
    remove(models_dir, model)
    assert list(models_dir.glob("[!.]*")) == []
    assert differences(added(models_dir, tmp_path / "mine", language="de")) == ()


def test_of_a_linked_model_the_link_is_removed_and_what_it_points_to_stays(
    tmp_path: Path, models_dir: Path
) -> None:
    elsewhere = added(tmp_path / "elsewhere", model_folder(tmp_path / "mine"), language="de").path
    models_dir.mkdir()
    (models_dir / "mine").symlink_to(elsewhere)
    shutil.copy(record_path(elsewhere), record_path(models_dir / "mine"))
    remove(models_dir, find(models_dir, "mine"))
    assert list(models_dir.glob("[!.]*")) == []
    assert (elsewhere / "am/final.mdl").is_file()


def test_a_link_that_was_left_at_work_is_cleared(tmp_path: Path, models_dir: Path) -> None:
    given = model_folder(tmp_path / "mine")
    for left in ("removed", "unpacked"):
        (models_dir / ".incoming" / "mine").mkdir(parents=True, exist_ok=True)
        (models_dir / ".incoming" / "mine" / left).symlink_to(given)
    assert differences(added(models_dir, given, language="de")) == ()
    assert (given / "am/final.mdl").is_file()


def test_a_bundled_model_stays(models_dir: Path) -> None:
    with pytest.raises(ModelError, match="comes with voiceassist"):
        remove(models_dir, find(models_dir, "vosk-tiny-en"))
    assert (bundled_dir() / "vosk-tiny-en/am/final.mdl").is_file()


def test_a_removal_that_was_cut_short_is_finished_by_the_next_one_at_work(
    tmp_path: Path, models_dir: Path
) -> None:
    model = added(models_dir, model_folder(tmp_path / "mine"), language="de")
    with workshop(models_dir, "other") as folder:
        take_away(model.path, folder)
        assert own(models_dir) == []
        assert (folder / "removed").is_dir()
    assert not (folder / "removed").exists()


def test_names_of_archives_do_not_decide_what_is_in_them(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "x.zip").write_bytes(model_zip(NAME))
    assert added(models_dir, tmp_path / "x.zip", language="de").name == "x"
