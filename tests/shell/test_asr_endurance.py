"""Engines for hours and for many calls: long streams, many legs at once, thousands opened and closed."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from tests.shell.engines import RATE_HZ, VOSK_MODEL, clip, feed, load, transcribe
from voiceassist.asr.cost import resident_bytes
from voiceassist.asr.engine import Engine, Recognizer
from voiceassist.asr.leg_recognizer import LegRecognizer
from voiceassist.asr.pool import DecodePool
from voiceassist.asr.vosk.engine import load_vosk
from voiceassist.audio.pcm import Pcm
from voiceassist.events import Final, Transcript

REAL = [pytest.param(name, marks=pytest.mark.audio) for name in ("moonshine", "vosk")]
LEGS, THREADS = 20, 4
FRAME = 160  # samples: 20 ms at 8 kHz
ONE_WORD = 22_400  # samples
CYCLES = 250
LOADS = 15
LEAKED_BYTES = 5_000_000  # 20 kB a cycle: a voice detector has 3 MB
SPEECH = slice(4_800, 8_800)  # a quarter of a second within a word
MINUTES = 30
WORD_MS = 100  # by which a word's times may be off
# Between them digital silence, which costs nothing: the suite would take minutes. Moonshine is slower.
SENTENCES = {"moonshine": 4, "vosk": 12, "scripted": 1}


@pytest.fixture(scope="module", params=["scripted", *REAL])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    loaded = load(request.param)
    yield loaded
    loaded.close()


async def test_twenty_legs_at_once_hear_what_one_hears_alone(engine: Engine) -> None:
    word = clip().pcm[:ONE_WORD]
    alone = transcribe(engine, word)
    async with DecodePool(THREADS) as pool:
        together = await asyncio.gather(*(_hear(pool, engine, word) for _ in range(LEGS)))
    assert together == [alone] * LEGS


async def _hear(pool: DecodePool, engine: Engine, pcm: Pcm) -> list[Transcript]:
    recognizer = LegRecognizer(engine.open("customer"), RATE_HZ)
    said = [
        one
        for piece in np.split(pcm, range(4_000, len(pcm), 4_000))
        for one in await pool.run(recognizer.hear, piece)
    ]
    said += await pool.run(recognizer.finish)
    await pool.run(recognizer.close)
    return said


def test_half_an_hour_is_heard_to_its_end(engine: Engine) -> None:
    sentences = SENTENCES[engine.name.partition(":")[0]]
    period = MINUTES * 60 * RATE_HZ // sentences
    stream = np.zeros(MINUTES * 60 * RATE_HZ, np.int16)
    for start in range(0, len(stream), period):
        stream[start : start + len(clip().pcm)] = clip().pcm
    finals = [one for one in transcribe(engine, stream, FRAME * 10) if isinstance(one, Final)]
    words = [word for one in finals for word in one.words]
    first_words = [word.end_ms for word in words if "wonderful" in word.text.lower()]
    periods_ms = [later - earlier for earlier, later in pairwise(first_words)]
    assert len(first_words) == sentences
    assert all(abs(period_ms - period * 1000 // RATE_HZ) < WORD_MS for period_ms in periods_ms)


def test_opening_and_closing_in_a_word_does_not_grow_the_process(engine: Engine) -> None:
    open_at_once = [_in_a_word(engine) for _ in range(20)]
    for recognizer in open_at_once:
        recognizer.close()
    del open_at_once
    before = resident_bytes()
    for _ in range(CYCLES):
        _in_a_word(engine).close()
    assert resident_bytes() - before < LEAKED_BYTES


@pytest.mark.audio
def test_loading_and_closing_a_vosk_model_does_not_grow_the_process() -> None:
    _load_hear_and_close()
    before = resident_bytes()
    for _ in range(LOADS):
        _load_hear_and_close()
    assert resident_bytes() - before < LEAKED_BYTES


def _load_hear_and_close() -> None:
    engine = load_vosk(VOSK_MODEL, language="en")
    _in_a_word(engine).close()
    engine.close()


def _in_a_word(engine: Engine) -> Recognizer:
    recognizer = engine.open("customer")
    feed(recognizer, clip().pcm[SPEECH])
    return recognizer
