"""What counts as an installed model, what is known of it, and which one hears people."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree, rmtree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.model_server import FILES, model_folder
from voiceassist.errors import ModelError
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.speech_models.installed import InstalledModel, find, installed
from voiceassist.speech_models.intact import differences, is_recorded
from voiceassist.speech_models.layout import FLAT, missing_files, model_root
from voiceassist.speech_models.preferred import for_people
from voiceassist.speech_models.record import FitFor, ModelRecord, describe, read_record, record_path, write_record


def install(
    models_dir: Path, name: str, language: str, *, fit_for: FitFor = "people", more_bytes: int = 0
) -> Path:
    folder = model_folder(models_dir / name)
    (folder / "README").write_bytes(bytes(more_bytes))
    record = describe(folder, name=name, language=language, source="a test", fit_for=fit_for, licence="MIT")
    write_record(record, record_path(folder))
    return folder


def own(models_dir: Path) -> list[InstalledModel]:
    return [model for model in installed(models_dir) if not model.bundled]


def test_a_folder_that_does_not_exist_has_only_the_bundled_models(tmp_path: Path) -> None:
    assert all(model.bundled for model in installed(tmp_path / "nowhere"))


def test_the_bundled_model_is_for_synthesised_speech_and_hears_no_people(tmp_path: Path) -> None:
    bundled = find(tmp_path, "vosk-tiny-en")
    assert (bundled.bundled, bundled.fit_for, bundled.problem) == (True, "synthesised", None)
    assert for_people(tmp_path, "en") is None


def test_an_installed_model_is_what_its_record_says(tmp_path: Path) -> None:
    folder = install(tmp_path, "mine", "de")
    (model,) = own(tmp_path)
    assert (model.path, model.language, model.licence, model.source) == (folder, "de", "MIT", "a test")
    assert model.size_bytes == sum(map(len, FILES.values()))


def test_an_official_model_copied_by_hand_is_found(tmp_path: Path) -> None:
    model_folder(tmp_path / "vosk-model-small-de-0.15")
    (model,) = own(tmp_path)
    assert (model.language, model.licence, model.source) == ("de", "Apache-2.0", "copied by hand")
    assert not is_recorded(model)
    assert for_people(tmp_path, "de-at") == model


def test_a_model_of_unknown_language_hears_nobody_and_says_what_to_do(tmp_path: Path) -> None:
    model_folder(tmp_path / "mine")
    (model,) = own(tmp_path)
    assert model.language == "und"
    assert "voiceassist models add" in (model.problem or "")
    assert for_people(tmp_path, "und") is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("name = ", "cannot be read"),
        ('name = "mine"', "`language`"),
        ("\x00", "cannot be read"),
    ],
)
def test_a_broken_record_is_a_problem_of_its_model_alone(tmp_path: Path, record: str, reason: str) -> None:
    install(tmp_path, "fine", "es")
    install(tmp_path, "mine", "de")
    (tmp_path / "mine.toml").write_text(record, encoding="utf-8")
    fine, mine = own(tmp_path)
    assert fine.problem is None
    assert mine.problem is not None
    assert str(tmp_path / "mine.toml") in mine.problem
    assert for_people(tmp_path, "de") is None
    assert for_people(tmp_path, "es") == fine
    with pytest.raises(ModelError, match=reason):
        read_record(tmp_path / "mine.toml")


def test_a_record_of_another_model_is_a_problem(tmp_path: Path) -> None:
    install(tmp_path, "mine", "de").rename(tmp_path / "renamed")
    (tmp_path / "mine.toml").rename(tmp_path / "renamed.toml")
    (model,) = own(tmp_path)
    assert "is the record of mine" in (model.problem or "")


def test_a_record_without_its_folder_is_no_model(tmp_path: Path) -> None:
    rmtree(install(tmp_path, "mine", "de"))
    assert own(tmp_path) == []


@pytest.mark.parametrize("name", ["am/final.mdl", "conf/model.conf", "graph/Gr.fst"])
def test_a_model_that_lost_a_file_is_not_taken(tmp_path: Path, name: str) -> None:
    (install(tmp_path, "mine", "de") / name).unlink()
    (model,) = own(tmp_path)
    assert name in (model.problem or "")
    assert for_people(tmp_path, "de") is None


def test_other_folders_and_files_are_no_models(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "file").touch()
    model_folder(tmp_path / ".hidden")
    assert own(tmp_path) == []


def test_a_model_of_our_name_takes_the_place_of_the_bundled_one(tmp_path: Path) -> None:
    install(tmp_path, "vosk-tiny-en", "en-us", fit_for="synthesised")
    assert not find(tmp_path, "vosk-tiny-en").bundled
    assert [model.name for model in installed(tmp_path)].count("vosk-tiny-en") == 1


@pytest.mark.parametrize("record", [None, "damaged"])
@pytest.mark.parametrize("name", ["vosk-tiny-en", "renamed"])
def test_a_copy_of_the_bundled_model_without_its_record_hears_no_people(
    tmp_path: Path, name: str, record: str | None
) -> None:
    folder = copytree(bundled_dir() / "vosk-tiny-en", tmp_path / name)
    if record:
        record_path(folder).write_text(record, encoding="utf-8")
    model = find(tmp_path, name)
    assert (model.bundled, model.fit_for, model.language) == (False, "synthesised", "en-us")
    assert for_people(tmp_path, "en") is None


def test_an_unknown_model_is_answered_with_what_comes_near(tmp_path: Path) -> None:
    install(tmp_path, "german-calls", "de")
    with pytest.raises(
        ModelError, match=rf"no model called german is installed in {tmp_path} \(did you mean german-ca"
    ):
        find(tmp_path, "german")


def test_a_model_that_can_be_pulled_is_answered_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"voiceassist models pull vosk-model-small-es-0\.42"):
        find(tmp_path, "vosk-model-small-es-0.42")


# ---- which one hears people ----


def test_people_are_heard_by_the_larger_model(tmp_path: Path) -> None:
    install(tmp_path, "small", "es")
    install(tmp_path, "large", "es", more_bytes=1_000)
    install(tmp_path, "largest", "es", more_bytes=2_000, fit_for="synthesised")
    assert (chosen := for_people(tmp_path, "es"))
    assert chosen.name == "large"


@pytest.mark.parametrize(
    ("language", "name"),
    [("en-us", "us"), ("en-in", "in"), ("EN-IN", "in"), ("en-gb", "us"), ("en", "us"), ("de", None), ("e", None)],
)
def test_a_model_of_the_callers_region_comes_first(tmp_path: Path, language: str, name: str | None) -> None:
    install(tmp_path, "us", "en-us")
    install(tmp_path, "in", "en-in", more_bytes=1_000)
    chosen = for_people(tmp_path, language)
    assert (chosen.name if chosen else None) == name


# ---- records and files ----

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    texts=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), files=st.dictionaries(TEXTS, TEXTS), size=st.integers(0, 1 << 60)
)
def test_a_record_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    texts: tuple[str, str, str, str],
    files: dict[str, str],
    size: int,
) -> None:
    path = tmp_path_factory.mktemp("record") / "x.toml"
    name, language, source, licence = texts
    record = ModelRecord(
        name=name, language=language, source=source, sha256="0" * 64, size_bytes=size, fit_for="people",
        installed_at="2026-11-21T10:00:00+00:00", licence=licence, files=files,
    )  # fmt: skip
    write_record(record, path)
    assert read_record(path) == record


def test_a_record_says_a_path_that_unicode_cannot(tmp_path: Path) -> None:
    record = describe(
        model_folder(tmp_path / "mine"), name="mine", language="de", source="added from /a\udc80b",
        fit_for="people", licence="MIT",
    )  # fmt: skip
    write_record(record, tmp_path / "mine.toml")
    assert read_record(tmp_path / "mine.toml") == replace(record, source="added from /a?b")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path: path.write_bytes(b"x"), "graph/Gr.fst has changed"),
        (lambda path: path.unlink(), "graph/Gr.fst is missing"),
        (lambda path: path.with_name("new").touch(), "graph/new was not there"),
    ],
)
def test_what_is_not_as_it_was_installed_is_told(tmp_path: Path, change, told: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    folder = install(tmp_path, "mine", "de")
    (model,) = own(tmp_path)
    assert differences(model) == ()
    change(folder / "graph/Gr.fst")
    assert differences(model) == (told,)


# ---- layouts ----


def test_the_older_flat_layout_is_a_model_too(tmp_path: Path) -> None:
    for name in (*FLAT.always, *FLAT.split_graph):
        (tmp_path / name).touch()
    assert missing_files(tmp_path) == ()


def test_a_model_that_adapts_to_speakers_needs_all_that_it_takes(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    (folder / "ivector").mkdir()
    (folder / "ivector/final.ie").touch()
    assert missing_files(folder) == tuple(
        f"ivector/{name}"
        for name in ("splice.conf", "online_cmvn.conf", "final.mat", "global_cmvn.stats", "final.dubm")
    )


def test_either_kind_of_graph_will_do(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, without="graph/HCLr.fst")
    assert missing_files(folder) == ("graph/HCLr.fst",)
    (folder / "graph/HCLG.fst").touch()
    assert missing_files(folder) == ()


def test_a_model_is_found_in_the_folders_around_it(tmp_path: Path) -> None:
    inside = model_folder(tmp_path / "a" / "b")
    (tmp_path / "__MACOSX").mkdir()
    assert model_root(tmp_path) == inside


@pytest.mark.parametrize("part", ["am", "conf", "graph", "ivector"])
def test_a_part_of_a_model_is_never_taken_for_one(tmp_path: Path, part: str) -> None:
    model_folder(tmp_path / part)
    assert model_root(tmp_path) == tmp_path


def test_of_two_folders_none_is_guessed(tmp_path: Path) -> None:
    model_folder(tmp_path / "a")
    model_folder(tmp_path / "b")
    assert model_root(tmp_path) == tmp_path
