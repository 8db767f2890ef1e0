"""Reading audio files of other people: every width and rate, and clear words for what is no audio."""

import wave
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from voiceassist.audio.pcm import Pcm
from voiceassist.errors import RecordingError
from voiceassist.store.audiofile import read_audio

TONE: Pcm = (8000 * np.sin(np.arange(16_000) * 0.1)).astype(np.int16)
FALLING: Pcm = np.linspace(8000, -8000, 16_000).astype(np.int16)


@pytest.mark.parametrize(
    ("suffix", "subtype", "error"),
    [
        ("wav", "PCM_U8", 256),
        ("wav", "PCM_16", 0),
        ("wav", "PCM_24", 0),
        ("wav", "PCM_32", 0),
        ("wav", "FLOAT", 1),
        ("wav", "DOUBLE", 1),
        ("wav", "ULAW", 300),
        ("wav", "ALAW", 300),
        ("flac", "PCM_16", 0),
        ("flac", "PCM_24", 0),
        ("aiff", "PCM_16", 0),
    ],
)
@pytest.mark.parametrize("rate_hz", [8000, 11_025, 44_100])
def test_every_width_and_rate_is_read(tmp_path: Path, suffix: str, subtype: str, error: int, rate_hz: int) -> None:
    path = tmp_path / f"x.{suffix}"
    soundfile.write(path, np.stack((TONE, FALLING), axis=1) / 32768, rate_hz, subtype=subtype)
    audio = read_audio(path)
    assert audio.rate_hz == rate_hz
    assert len(audio.channels) == 2
    for channel, original in zip(audio.channels, (TONE, FALLING), strict=True):
        assert channel.dtype == np.int16
        assert np.abs(channel.astype(int) - original).max() <= error


def test_ogg_vorbis_is_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.ogg", np.stack((TONE, FALLING), axis=1), 16_000)
    audio = read_audio(tmp_path / "x.ogg")
    assert (len(audio.channels), audio.rate_hz) == (2, 16_000)
    assert np.corrcoef(audio.channels[0][:15_000], TONE[:15_000])[0, 1] > 0.98


def test_mp3_is_read(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "x.mp3"), "w") as container:
        stream = container.add_stream("mp3", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(TONE.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 16_000
        frame = av.AudioResampler(format=stream.format.name, layout="mono", rate=16_000).resample(frame)[0]
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    audio = read_audio(tmp_path / "x.mp3")
    assert abs(audio.duration_ms - 1000) < 150
    assert audio.rate_hz == 16_000


def test_a_mono_file_has_one_channel(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", TONE, 8000)
    assert len(read_audio(tmp_path / "x.wav").channels) == 1


def test_a_wav_that_was_piped_and_does_not_know_its_length_is_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", TONE, 8000)
    data = bytearray((tmp_path / "x.wav").read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "x.wav").write_bytes(data)
    assert np.array_equal(read_audio(tmp_path / "x.wav").channels[0], TONE)


NOISE = np.random.default_rng(1).integers(-9000, 9000, 48_000).astype(np.int16)


def cut(path: Path, part: float) -> Path:
    soundfile.write(path, NOISE, 8000)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path


@pytest.mark.parametrize("name", ["x.flac", "head.wav"])
@pytest.mark.parametrize("part", [0.999, 0.5, 0.02, 0.0002])
def test_a_file_that_was_cut_off_is_named(tmp_path: Path, name: str, part: float) -> None:
    with pytest.raises(RecordingError, match=name):
        read_audio(cut(tmp_path / name, part if name == "x.flac" else 0.0002))


@pytest.mark.parametrize("part", [0.999, 0.5, 0.02])
def test_a_wav_file_that_was_cut_off_is_read_to_its_end_with_a_warning(tmp_path: Path, part: float) -> None:
    audio = read_audio(cut(tmp_path / "x.wav", part))
    there = len(audio.channels[0])
    assert abs(there - len(NOISE) * part) < 30
    assert np.array_equal(audio.channels[0], NOISE[:there])
    assert "x.wav was cut off" in audio.warning


@pytest.mark.parametrize(
    "content", [b"", b"R", b"RIFF", b"hello\n" * 99, bytes(5000), b"\xff\xd8\xff\xe0" + bytes(999)]
)
def test_what_is_no_audio_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(RecordingError, match=r"x\.wav"):
        read_audio(tmp_path / "x.wav")


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nope.wav", tmp_path):
        with pytest.raises(RecordingError, match=str(path)):
            read_audio(path)


def test_a_file_with_a_header_and_no_samples_is_named(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
    with pytest.raises(RecordingError, match="no audio"):
        read_audio(tmp_path / "x.wav")
