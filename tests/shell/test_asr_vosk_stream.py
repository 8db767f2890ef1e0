"""What libvosk gets, and when: sound at the pace of its chunks, with always the same noise."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.vosk import ChunkedRecognizer
from tests.shell.engines import VOSK_MODEL, clip, transcribe
from voiceassist.asr.voice import BLOCK
from voiceassist.asr.vosk.dither import dither_of, dithered, undithered
from voiceassist.asr.vosk.engine import load_vosk
from voiceassist.asr.vosk.pace import STEP, UNKNOWN, ChunkPace, pace_of
from voiceassist.asr.vosk.stream import RENEWED_AFTER, VoskStream
from voiceassist.audio.pcm import Pcm

PACE = ChunkPace(look_ahead=5_760, period=3_840)  # of the vendor's small models
SOUND: Pcm = np.zeros(BLOCK, np.int16)


def _native(pace: ChunkPace = PACE) -> ChunkedRecognizer:
    return ChunkedRecognizer(look_ahead=pace.look_ahead, period=pace.period)


def _stream(native: ChunkedRecognizer, dither: float = 0.0) -> VoskStream:
    return VoskStream(lambda: native, PACE, dither)


def test_the_pace_of_a_model_is_measured() -> None:
    assert pace_of(_native()) == PACE


def test_a_model_that_decodes_nothing_of_silence_gets_every_block() -> None:
    native = ChunkedRecognizer(look_ahead=0, period=0)
    assert pace_of(native) == UNKNOWN
    stream = VoskStream(lambda: native, UNKNOWN)
    assert [stream.add(SOUND) for _ in range(30)][25:] == [True] * 5


def test_libvosk_is_given_sound_only_when_that_fills_a_chunk() -> None:
    native = _native()
    stream = _stream(native)
    news = [stream.add(SOUND) for _ in range(60)]
    assert len(native.given) == sum(news) == native.chunks > 1
    assert stream.samples == 60 * BLOCK


def test_what_is_missing_is_just_enough_for_the_sound_to_be_decoded() -> None:
    native = _native()
    stream = _stream(native)
    for _ in range(40):
        stream.add(SOUND)
    spoken = stream.samples
    stream.add(np.zeros(stream.missing(spoken) - 1, np.int16))
    assert native.chunks * PACE.period < spoken
    stream.add(np.zeros(1, np.int16))
    assert native.chunks * PACE.period >= spoken
    assert stream.missing(spoken) == 0


def test_after_minutes_of_speech_a_new_recognizer_goes_on_from_the_next_line() -> None:
    opened: list[ChunkedRecognizer] = []

    def another() -> ChunkedRecognizer:
        opened.append(_native())
        return opened[-1]

    stream = VoskStream(another, PACE)
    stream.add(np.zeros(RENEWED_AFTER, np.int16))
    stream.rest()
    stream.add(SOUND)
    assert len(opened) == 1
    stream.rest()
    assert (len(opened), stream.samples) == (2, 0)
    assert stream.add(np.zeros(PACE.look_ahead + PACE.period, np.int16))
    assert opened[1].given == [PACE.look_ahead + PACE.period]


def test_noise_depends_on_the_place_in_the_stream_only() -> None:
    sound = np.zeros(3 * STEP, np.int16)
    whole = dithered(sound, 70_000, 1.0)
    parts = [dithered(sound[:STEP], 70_000, 1.0), dithered(sound[STEP:], 70_000 + STEP, 1.0)]
    assert np.array_equal(whole, np.concatenate(parts))
    assert 0.9 < np.std(dithered(np.zeros(16_000, np.int16), 0, 1.0)) < 1.2


def test_noise_never_wraps_the_loudest_samples() -> None:
    assert dithered(np.full(STEP, 32_767, np.int16), 0, 5.0).min() > 32_000


@pytest.mark.parametrize(
    ("settings", "strength"),
    [("--use-energy=false\n", 1.0), ("--dither=0\n", 0.0), ("--dither=1\n--dither=0.5", 0.5)],
)
def test_a_model_says_how_much_noise_it_wants(tmp_path: Path, settings: str, strength: float) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "mfcc.conf").write_text(settings)
    assert dither_of(tmp_path) == strength


@pytest.mark.audio
@pytest.mark.parametrize("is_flat", [False, True])
def test_a_model_with_kaldis_own_noise_gives_the_same_every_time(tmp_path: Path, is_flat: bool) -> None:  # noqa: FBT001
    model = _noisy_model(tmp_path / "model", is_flat=is_flat)
    engine = load_vosk(model, language="en")
    first = transcribe(engine, clip().pcm)
    assert "sunday" in first[-1].text
    assert transcribe(engine, clip().pcm) == first
    engine.close()


def _noisy_model(folder: Path, *, is_flat: bool) -> Path:
    shutil.copytree(VOSK_MODEL, folder)
    settings = folder / "conf" / "mfcc.conf"
    settings.write_text(settings.read_text().replace("--dither=0", ""))
    if is_flat:
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            path.rename(folder / path.name)
    return folder


@pytest.mark.audio
def test_the_copy_for_loading_has_every_file_of_the_model() -> None:
    with undithered(VOSK_MODEL) as copy:
        there = {path.relative_to(copy) for path in copy.rglob("*") if path.is_file()}
        linked = {path.relative_to(copy) for path in copy.rglob("*") if path.is_symlink()}
        assert Path("conf/mfcc.conf") in there - linked
        assert (copy / "am" / "final.mdl").samefile(VOSK_MODEL / "am" / "final.mdl")
    assert not copy.exists()
