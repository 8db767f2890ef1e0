"""Recordings on disk with a key: nobody without it hears them, and whoever changes one is noticed."""

import random
from collections.abc import Callable
from functools import cache
from io import FileIO
from os import pread
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from tests.shell.full_disk import full_disk
from tests.shell.recording_keys import FIRST, SECOND, THIRD, keys
from tests.shell.test_recorder import heard as loud_in
from tests.shell.test_recorder import speech
from voiceassist.errors import RecordingError
from voiceassist.store import encrypted_recording
from voiceassist.store.audiofile import duration_of, read_audio
from voiceassist.store.encrypt_recordings import encrypt_recording
from voiceassist.store.encrypted_recording import EncryptedRecording, open_audio, read_encrypted
from voiceassist.store.recording_cipher import HEAD_BYTES, NONCE_BYTES, SEALED_BYTES, SIZE_BYTES, new_cipher
from voiceassist.store.recording_keys import RecordingKey
from voiceassist.store.recordings import BEING_ENCRYPTED, Recording, open_recording

RATE_HZ, BLOCK = 8_000, 1_600
KEYS = keys(FIRST)


def begun(path: Path, seconds: float, of: tuple[RecordingKey, ...] = KEYS) -> Recording:
    recording = open_recording(path, RATE_HZ, of)
    add(recording, seconds)
    return recording


def add(recording: Recording, seconds: float) -> None:
    pcm = speech(seconds, (0.0, seconds))
    for at in range(0, len(pcm), BLOCK):
        recording.write(pcm[at : at + BLOCK], pcm[at : at + BLOCK])


def recorded(path: Path, seconds: float, of: tuple[RecordingKey, ...] = KEYS) -> Path:
    begun(path, seconds, of).close()
    return path


def opened(path: Path, of: tuple[RecordingKey, ...] = KEYS) -> EncryptedRecording:
    found = read_encrypted(path, of)
    assert found
    return found


def audio_of(path: Path, of: tuple[RecordingKey, ...] = KEYS) -> bytes:
    with open_audio(path, of) as audio:
        return audio.read()


def plain(path: Path, of: tuple[RecordingKey, ...] = KEYS) -> Path:
    """A copy that anything can play."""
    copy = path.with_suffix(".plain.ogg")
    copy.write_bytes(audio_of(path, of))
    return copy


def chunks_of(data: bytes) -> list[bytes]:
    """As they are in the file, with their sizes; the end is one."""
    found, at = [], HEAD_BYTES
    while at < len(data):
        end = at + SIZE_BYTES + SEALED_BYTES + int.from_bytes(data[at : at + SIZE_BYTES])
        found.append(data[at:end])
        at = end
    return found


def nonces(data: bytes) -> list[bytes]:
    return [chunk[SIZE_BYTES : SIZE_BYTES + NONCE_BYTES] for chunk in chunks_of(data)]


# ---- whoever has the key ----


def test_what_was_recorded_is_heard_with_the_key_and_nothing_of_it_is_on_the_disk(tmp_path: Path) -> None:
    path, as_it_is = recorded(tmp_path / "x.ogg", 3.0), recorded(tmp_path / "y.ogg", 3.0, ())
    assert np.array_equal(read_audio(plain(path)).channels, read_audio(as_it_is).channels)
    assert b"OggS" in as_it_is.read_bytes()
    assert not [word for word in (b"OggS", b"OpusHead", b"OpusTags") if word in path.read_bytes()]
    assert opened(path).is_whole
    assert path.stat().st_size < 1.1 * as_it_is.stat().st_size


def test_every_range_is_that_of_the_audio_file(tmp_path: Path) -> None:
    found = opened(recorded(tmp_path / "x.ogg", 3.0))
    whole, choose = audio_of(found.path), random.Random(1)
    assert found.size == found.stat.st_size == len(whole)
    with found.open() as audio:
        for _ in range(200):
            start, size = choose.randrange(len(whole) + 9), choose.choice((1, 30, 4_000, 1 << 16))
            audio.seek(start)
            assert audio.read(size) == whole[start : start + size]
        audio.seek(-5, 2)
        assert audio.read() == whole[-5:]


def test_a_live_recording_plays_as_far_as_it_is_written(tmp_path: Path) -> None:
    recording = begun(tmp_path / "x.ogg", 2.0)
    early = opened(tmp_path / "x.ogg")
    assert not early.is_whole
    assert 1_500 < duration_of(plain(tmp_path / "x.ogg")) < 2_000
    add(recording, 1.0)
    assert opened(tmp_path / "x.ogg").size > early.size
    with early.open() as audio:  # as long as it was, whatever follows
        assert len(audio.read()) == early.size
    recording.close()
    assert audio_of(tmp_path / "x.ogg").startswith(early.open().read())


def test_a_recording_without_a_key_plays_as_ever(tmp_path: Path) -> None:
    path = recorded(tmp_path / "x.ogg", 0.5, ())
    assert read_encrypted(path, KEYS) is None
    assert audio_of(path) == path.read_bytes()


def test_an_encrypted_recording_is_no_audio_file_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="is encrypted; `voiceassist calls export`"):
        read_audio(recorded(tmp_path / "x.ogg", 0.5))


# ---- silenced in place ----


def test_a_span_is_silenced_in_place_with_new_nonces_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "x.ogg"
    recording = begun(path, 3.2)
    before = path.read_bytes()
    recording.silence(1_000, 2_000)
    after = path.read_bytes()
    add(recording, 1.0)
    recording.close()
    assert len(after) == len(before)
    old, new = nonces(before), nonces(after)
    changed = [number for number in range(len(old)) if old[number] != new[number]]
    assert 9 <= len(changed) <= 14  # of pages of 100 ms
    assert changed == list(range(changed[0], changed[-1] + 1))
    used = {*old, *nonces(path.read_bytes())}
    assert len(used) == len(nonces(path.read_bytes())) + len(changed), "a nonce was used twice"
    for spans in loud_in(plain(path)).values():
        assert any(abs(end - 1_000) <= 60 for _, end in spans)
        assert any(abs(start - 2_000) <= 60 for start, _ in spans)


def test_a_page_that_is_being_silenced_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.ogg"
    recording = begun(path, 2.0)
    found, before = opened(path), path.read_bytes()
    recording.silence(500, 600)
    after = path.read_bytes()
    at = next(place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1])
    path.write_bytes(after[: at + 30] + before[at + 30 :])  # half of the page is there
    monkeypatch.setattr(encrypted_recording, "sleep", lambda _: path.write_bytes(after))
    with found.open() as audio:
        assert len(audio.read()) == found.size
    recording.close()


# ---- whoever has it not ----


def test_a_key_that_is_not_listed_is_named_by_its_id_and_no_key_is_told(tmp_path: Path) -> None:
    path = recorded(tmp_path / "x.ogg", 0.5)
    for listed in (keys(SECOND, THIRD), ()):
        with pytest.raises(
            RecordingError, match=rf"{path} is encrypted with the key {KEYS[0].id.hex()}"
        ) as caught:
            open_audio(path, listed)
        assert not [text for text in (FIRST, SECOND, THIRD) if text in str(caught.value)]


def test_an_older_key_opens_what_it_encrypted_and_new_recordings_have_the_newest(tmp_path: Path) -> None:
    old = recorded(tmp_path / "old.ogg", 0.5)
    new = recorded(tmp_path / "new.ogg", 0.5, keys(SECOND, FIRST))
    assert audio_of(old, keys(SECOND, FIRST)) == audio_of(old)
    assert audio_of(new, keys(SECOND))
    with pytest.raises(RecordingError, match="is encrypted with the key"):
        audio_of(new, KEYS)


def test_two_recordings_of_the_same_sounds_have_nothing_in_common(tmp_path: Path) -> None:
    files = [recorded(tmp_path / f"{name}.ogg", 0.5).read_bytes() for name in "ab"]
    sealed = [{chunk[SIZE_BYTES:] for chunk in chunks_of(data)} for data in files]
    assert not sealed[0] & sealed[1]
    assert not set(nonces(files[0])) & set(nonces(files[1]))


# ---- whoever changes it ----


@cache
def short() -> tuple[bytes, bytes]:
    """A recording of 300 ms as it is on the disk, and the audio in it."""
    with TemporaryDirectory() as folder:
        path = recorded(Path(folder) / "x.ogg", 0.3)
        return path.read_bytes(), audio_of(path)


def changed(folder: Path, data: bytes, name: str = "x") -> tuple[bytes, bool]:
    """What is heard of it, and whether that is said to be all. Raises RecordingError."""
    path = folder / f"{name}.ogg"
    path.write_bytes(data)
    return audio_of(path), opened(path).is_whole


@pytest.fixture(autouse=True)
def no_time_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encrypted_recording, "sleep", lambda _: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("changed")


@given(at=st.integers(0, len(short()[0]) - 1), bit=st.integers(0, 7))
def test_no_changed_bit_goes_unnoticed(folder: Path, at: int, bit: int) -> None:
    data, audio = bytearray(short()[0]), short()[1]
    data[at] ^= 1 << bit
    if at < 8:  # it is no encrypted recording then, and no audio file either
        return
    try:
        found, is_whole = changed(folder, bytes(data))
    except RecordingError:
        return
    assert not is_whole
    assert audio.startswith(found)


@given(length=st.integers(HEAD_BYTES, len(short()[0]) - 1))
def test_no_cut_goes_unnoticed(folder: Path, length: int) -> None:
    found, is_whole = changed(folder, short()[0][:length])
    assert not is_whole
    assert short()[1].startswith(found)


def without_one(chunks: list[bytes]) -> list[bytes]:
    return chunks[:1] + chunks[2:]


def without_first(chunks: list[bytes]) -> list[bytes]:
    return chunks[1:]


def swapped(chunks: list[bytes]) -> list[bytes]:
    return [chunks[1], chunks[0], *chunks[2:]]


def twice(chunks: list[bytes]) -> list[bytes]:
    return [chunks[0], *chunks]


def end_earlier(chunks: list[bytes]) -> list[bytes]:
    return [*chunks[:2], chunks[-1]]


def more_behind(chunks: list[bytes]) -> list[bytes]:
    return [*chunks, chunks[0]]


@pytest.mark.parametrize("change", [without_one, without_first, swapped, twice, end_earlier, more_behind])
def test_no_chunk_is_moved_left_out_or_put_in_unnoticed(
    folder: Path, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    data, audio = short()
    try:
        found, is_whole = changed(folder, data[:HEAD_BYTES] + b"".join(change(chunks_of(data))))
    except RecordingError:
        return
    assert not is_whole
    assert audio.startswith(found)


def test_no_chunk_of_another_recording_is_taken_for_its_own(folder: Path) -> None:
    data, other = short()[0], recorded(folder / "other.ogg", 0.3).read_bytes()
    mixed = [chunks_of(data)[0], *chunks_of(other)[1:]]
    with pytest.raises(RecordingError, match="chunk 1 of"):
        changed(folder, data[:HEAD_BYTES] + b"".join(mixed))


def test_a_recording_under_the_name_of_another_call_is_not_opened(folder: Path) -> None:
    with pytest.raises(RecordingError, match="is the recording of another call"):
        changed(folder, short()[0], "y")


# ---- a disk that fails, a server that is killed ----


def test_what_a_full_disk_did_not_take_is_written_when_there_is_room_again(tmp_path: Path) -> None:
    path = tmp_path / "x.ogg"
    recording = begun(path, 1.0)
    with full_disk(path), pytest.raises(OSError, match="too large"):
        add(recording, 1.0)
    assert read_audio(plain(path)).duration_ms > 500
    recording.silence(0, 500)
    recording.flush()
    recording.close()
    assert opened(path).is_whole
    assert all(start >= 440 for spans in loud_in(plain(path)).values() for start, _ in spans)


@pytest.mark.parametrize("left", [b"\0" * 5_000, b"\0\0\2\0" + b"\0" * 5_000, b"\0\0\2\0half of it"])
def test_what_a_disk_that_lost_power_has_behind_the_last_page_is_left_out(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "x.ogg"
    recording = begun(path, 1.0)
    before = audio_of(path)
    with path.open("ab") as file:
        file.write(left)
    assert audio_of(path) == before
    assert not opened(path).is_whole
    recording.close()


# ---- recordings of before ----


def test_plain_recordings_and_those_of_an_older_key_are_encrypted_with_the_newest(tmp_path: Path) -> None:
    was_plain, old = recorded(tmp_path / "a.ogg", 1.0, ()), recorded(tmp_path / "b.ogg", 1.0)
    audio, both = {path: audio_of(path) for path in (was_plain, old)}, keys(SECOND, FIRST)
    assert [encrypt_recording(path, both) for path in audio] == [True, True]
    assert [encrypt_recording(path, both) for path in audio] == [False, False]
    for path, before in audio.items():
        assert audio_of(path, keys(SECOND)) == before
        assert opened(path, keys(SECOND)).is_whole
    assert {path.name for path in tmp_path.iterdir()} == {"a.ogg", "b.ogg"}


def test_a_recording_that_was_cut_off_gets_no_end_by_being_encrypted_anew(tmp_path: Path) -> None:
    path = recorded(tmp_path / "x.ogg", 1.0)
    path.write_bytes(path.read_bytes()[:-10])
    assert encrypt_recording(path, keys(SECOND, FIRST))
    assert not opened(path, keys(SECOND)).is_whole


def test_what_cannot_be_opened_stays_as_it_is(tmp_path: Path) -> None:
    path = recorded(tmp_path / "x.ogg", 1.0)
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="is encrypted with the key"):
        encrypt_recording(path, keys(SECOND))
    damaged = bytearray(before)
    damaged[len(before) // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(RecordingError, match="does not open"):
        encrypt_recording(path, keys(SECOND, FIRST))
    assert path.read_bytes() == damaged
    assert not path.with_suffix(BEING_ENCRYPTED).exists()


def test_a_full_disk_costs_no_recording_that_was_to_be_encrypted(tmp_path: Path) -> None:
    path = recorded(tmp_path / "x.ogg", 1.0, ())
    before = path.read_bytes()
    with full_disk(tmp_path / "no such file"), pytest.raises(OSError, match="too large"):
        encrypt_recording(path, KEYS)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["x.ogg"]


def test_every_chunk_is_read_from_where_it_is(tmp_path: Path) -> None:
    found = opened(recorded(tmp_path / "x.ogg", 1.0))
    with FileIO(found.path) as file:
        for number, place in enumerate(found.places):
            size = found.starts[number + 1] - found.starts[number]
            assert found.cipher.audio(number, pread(file.fileno(), size + SEALED_BYTES, place))


def test_an_empty_chunk_is_not_taken_for_the_end() -> None:
    cipher = new_cipher(KEYS, "x")
    assert cipher
    cipher.check_end(3, cipher.end(3)[SIZE_BYTES:])
    for other in (cipher.chunk(3, b""), cipher.end(2)):
        with pytest.raises(InvalidTag):
            cipher.check_end(3, other[SIZE_BYTES:])
