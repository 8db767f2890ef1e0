"""Unpacking: zips that mean harm, zips that are damaged, and zips that are only odd."""

import io
import stat
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.model_server import FILES, NAME, model_zip
from voiceassist.errors import ModelError
from voiceassist.speech_models.unpack import MOST_ENTRIES, unpack


def silently(_done: int, _total: int) -> None:
    """No progress is shown."""


def unpacked(archive: bytes, folder: Path, unpacked_bytes: int | None = None) -> Path:
    (folder / "archive.zip").write_bytes(archive)
    into = folder / "inside" / "unpacked"
    unpack(folder / "archive.zip", into, unpacked_bytes=unpacked_bytes, report=silently)
    return into


def refused(archive: bytes, folder: Path, unpacked_bytes: int | None = None) -> str:
    """The reason; not a single file was written."""
    with pytest.raises(ModelError) as caught:
        unpacked(archive, folder, unpacked_bytes)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["archive.zip"]
    assert str(folder / "archive.zip") in str(caught.value)
    return str(caught.value)


def zip_of(entries: Sequence[tuple[zipfile.ZipInfo | str, bytes]], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as zipped:
        for entry, content in entries:
            zipped.writestr(entry, content, compress_type=how)
    return made.getvalue()


def named(*names: str) -> bytes:
    return zip_of([(name, b"x") for name in names])


def of_mode(mode: int) -> bytes:
    info = zipfile.ZipInfo("model/am/final.mdl")
    info.external_attr = mode << 16
    return zip_of([(info, b"/etc/passwd")])


def test_a_model_comes_out_as_it_went_in(tmp_path: Path) -> None:
    into = unpacked(model_zip(), tmp_path)
    assert {name: (into / NAME / name).read_bytes() for name in FILES} == FILES


@pytest.mark.parametrize(
    "name",
    [
        "../outside.txt", "model/../../outside.txt", "/etc/outside.txt", "//server/share", "C:/outside.txt",
        "C:outside.txt", "model\\..\\outside.txt", "..\\outside.txt", "model/./x", "model//x", "./x", ".", "..",
        "model/file.", "model/ x", "model/x ", "model/a\nb", "model/\x1b[2J", "model/a\u202eb", "model/what?",
    ],
)  # fmt: skip
def test_a_name_that_is_no_plain_path_is_refused(tmp_path: Path, name: str) -> None:
    assert "not a plain path" in refused(named("model/fine", name), tmp_path)


def test_a_name_cut_short_by_a_nul_is_refused(tmp_path: Path) -> None:
    assert "not a plain path" in refused(named("model/a#..").replace(b"#", b"\0"), tmp_path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    assert "a link or a device" in refused(of_mode(kind | 0o777), tmp_path)


def test_modes_of_files_are_not_taken_over(tmp_path: Path) -> None:
    into = unpacked(of_mode(stat.S_IFREG | stat.S_ISUID | 0o777), tmp_path)
    assert not (into / "model/am/final.mdl").stat().st_mode & (stat.S_ISUID | stat.S_IXUSR)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "names",
    [
        ("model/x", "model/x"),
        ("model/x", "model/X"),
        ("model/x", "Model/y"),
        ("model/straße", "model/strasse"),
        ("model/e\u0301", "model/\u00e9"),
        ("model/x", "model/x/y"),
        ("model/x/y", "model/x"),
    ],
)
def test_names_that_some_disk_takes_for_each_other_are_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert "is there twice" in refused(named(*names), tmp_path)


def test_folders_may_be_named_before_their_files(tmp_path: Path) -> None:
    into = unpacked(named("model/", "model/am/", "model/am/final.mdl"), tmp_path)
    assert (into / "model/am/final.mdl").read_bytes() == b"x"


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    archive = named(*(f"model/{number}" for number in range(MOST_ENTRIES + 1)))
    assert f"{MOST_ENTRIES + 1} entries" in refused(archive, tmp_path)


def test_more_than_was_declared_is_refused(tmp_path: Path) -> None:
    assert "would unpack to 110.0 kB" in refused(model_zip(), tmp_path, unpacked_bytes=90_000)


def test_far_more_than_the_zip_is_large_is_refused(tmp_path: Path) -> None:
    archive = zip_of([(f"model/{number}", bytes(4 << 20)) for number in range(6)])
    assert "would unpack to 25.2 MB" in refused(archive, tmp_path)


def test_one_file_of_zeros_is_refused_as_a_bomb(tmp_path: Path) -> None:
    assert "as zip bombs are" in refused(zip_of([("model/x", bytes(32 << 20))]), tmp_path)


def test_a_file_longer_than_the_zip_says_is_refused(tmp_path: Path) -> None:
    content = Random(0).randbytes(5_000)
    archive = zip_of([("model/x", content)], zipfile.ZIP_STORED).replace(
        struct.pack("<L", 5_000), struct.pack("<L", 500)
    )
    with pytest.raises(ModelError, match="damaged"):
        unpacked(archive, tmp_path)


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    archive = bytearray(named("model/x"))
    for signature, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(signature) + flags_at] |= 1
    assert "encrypted" in refused(bytes(archive), tmp_path)


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(tmp_path: Path, how: int) -> None:
    assert "compressed in a way" in refused(zip_of([("model/x", b"x")], how), tmp_path)


@pytest.mark.parametrize(
    "archive", [b"", b"PK", b"<html>not found</html>", model_zip()[:-30], model_zip()[5_000:]]
)
def test_what_is_no_whole_zip_is_refused(tmp_path: Path, archive: bytes) -> None:
    assert "not a zip file, or a damaged one" in refused(archive, tmp_path)


@given(data=st.data())
def test_a_damaged_zip_is_unpacked_as_it_was_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    archive = bytearray(named("model/am/final.mdl", "model/conf/mfcc.conf"))
    for at in data.draw(st.lists(st.integers(0, len(archive) - 1), min_size=1, max_size=4)):
        archive[at] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("damaged")
    try:
        into = unpacked(bytes(archive), folder)
    except ModelError:
        into = folder / "inside" / "unpacked"
    outside = {path for path in folder.rglob("*") if path.is_file()} - set(into.rglob("*"))
    assert outside == {folder / "archive.zip"}
