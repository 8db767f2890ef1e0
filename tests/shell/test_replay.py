"""Replay: the same pipeline as live, the same events every time, whatever file the audio comes from."""

import asyncio
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.builders import only, playbook
from tests.fakes.engines import FailingEngine, When
from tests.fakes.sources import info
from tests.shell.serving import SAMPLES, Serving, serving, settings_for, whole_call
from voiceassist import wire
from voiceassist.asr.scripted import ScriptedEngine, load_script
from voiceassist.core.screen.state import replay as state_of
from voiceassist.errors import EngineError
from voiceassist.events import (
    SPEAKERS,
    CallEnded,
    CallStarted,
    Cue,
    DisclosureChanged,
    Event,
    Final,
    Record,
    is_durable,
)
from voiceassist.replay import Leg, ReplayStep, replay
from voiceassist.samples import list_samples, load_sample
from voiceassist.store.audiofile import AudioFile, read_audio

IDS = [sample.id for sample in list_samples()]
STARTED_AT = "2026-11-21T10:00:00+00:00"


def engine_of(sample_id: str) -> ScriptedEngine:
    return ScriptedEngine(load_script(SAMPLES / f"{sample_id}.json"))


def quiet_legs(sample_id: str, rate_hz: int = 8_000) -> tuple[Leg, ...]:
    samples = load_sample(sample_id).duration_ms * rate_hz // 1000
    return tuple(Leg(speaker=leg, pcm=np.zeros(samples, np.int16), rate_hz=rate_hz) for leg in SPEAKERS)


def steps(sample_id: str, legs: tuple[Leg, ...] | None = None) -> list[ReplayStep]:
    tier = load_sample(sample_id).customer.tier
    who = replace(info(), source="replay", customer=replace(info().customer, tier=tier))
    legs = legs or quiet_legs(sample_id)
    return list(replay(legs, who, engine_of(sample_id), playbook(), started_at=STARTED_AT))


def records(sample_id: str, legs: tuple[Leg, ...] | None = None) -> list[Record]:
    return [record for step in steps(sample_id, legs) for record in step.records]


def events(sample_id: str, legs: tuple[Leg, ...] | None = None) -> list[Event]:
    return [record.event for record in records(sample_id, legs)]


@cache
def expected(sample_id: str) -> list[Event]:
    """What 8 kHz give."""
    return events(sample_id)


@pytest.mark.parametrize("sample_id", IDS)
def test_two_runs_give_identical_events(sample_id: str) -> None:
    assert events(sample_id) == expected(sample_id)


@pytest.mark.parametrize("sample_id", IDS)
def test_records_are_one_whole_call(sample_id: str) -> None:
    given = records(sample_id)
    assert isinstance(given[0].event, CallStarted)
    assert isinstance(given[-1].event, CallEnded)
    assert [record.seq for record in given] == list(range(1, len(given) + 1))
    times = [record.event.at_ms for record in given]
    assert times == sorted(times)
    assert times[-1] == load_sample(sample_id).duration_ms
    assert state_of(given).status == "ended"


def test_progress_reaches_the_end_of_the_audio() -> None:
    positions = [step.at_ms for step in steps("friendly")]
    assert positions == sorted(positions)
    assert positions[-1] == load_sample("friendly").duration_ms


@pytest.mark.parametrize("rate_hz", [11_025, 44_100, 48_000])
def test_rate_of_the_audio_changes_no_word_and_no_cue(rate_hz: int) -> None:
    legs = quiet_legs("late-return", rate_hz)
    assert said(events("late-return", legs)) == said(expected("late-return"))
    assert cues(events("late-return", legs)) == cues(expected("late-return"))


def test_files_of_two_rates_and_lengths_are_one_call() -> None:
    agent, customer = quiet_legs("late-return")[0], quiet_legs("late-return", 44_100)[1]
    short = replace(customer, pcm=customer.pcm[: 44_100 * 20])
    given = events("late-return", (agent, short))
    assert said(given) == said(expected("late-return"))
    assert given[-1].at_ms == load_sample("late-return").duration_ms


@pytest.mark.parametrize("samples", [0, 1, 7, 80])
def test_hardly_any_audio_is_a_call_without_words(samples: int) -> None:
    legs = tuple(Leg(speaker=leg, pcm=np.zeros(samples, np.int16), rate_hz=8_000) for leg in SPEAKERS)
    assert [type(event) for event in events("late-return", legs)] == [CallStarted, DisclosureChanged, CallEnded]


@pytest.mark.parametrize("when", ["opened", "fed", "finished"])
def test_broken_recognizer_is_told(when: When) -> None:
    engine = FailingEngine(inner=engine_of("late-return"), when=when, after_ms=4_000)
    with pytest.raises(EngineError):
        list(replay(quiet_legs("late-return"), info(), engine, playbook(), started_at=STARTED_AT))


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [
        ("wav", "PCM_U8"),
        ("wav", "PCM_16"),
        ("wav", "PCM_24"),
        ("wav", "FLOAT"),
        ("wav", "ULAW"),
        ("flac", "PCM_24"),
        ("ogg", "VORBIS"),
        ("mp3", "MPEG_LAYER_III"),
    ],
)
def test_kind_of_file_changes_no_word(tmp_path: Path, suffix: str, subtype: str) -> None:
    legs, path = quiet_legs("late-return", 16_000), tmp_path / f"call.{suffix}"
    soundfile.write(path, np.stack([leg.pcm for leg in legs], axis=1), 16_000, subtype=subtype)
    audio = read_audio(path)
    assert said(events("late-return", legs_of(audio))) == said(expected("late-return"))


@pytest.mark.parametrize("sample_id", IDS)
async def test_live_call_gives_the_same_words_and_cues_as_replay(tmp_path: Path, sample_id: str) -> None:
    async with serving(settings_for(tmp_path, sample_id)) as server:
        await whole_call(server, "c-1", sample_id)
        live = await stored(server, "c-1")
    replayed = [event for event in expected(sample_id) if is_durable(event)]
    assert said(live) == said(replayed)
    assert cues(live) == cues(replayed)


async def stored(server: Serving, call_id: str) -> list[Event]:
    answer = await server.http.get(f"/api/calls/{call_id}/events")
    return [wire.decode(record).event for record in await asyncio.to_thread(json.loads, answer.content)]


def legs_of(audio: AudioFile) -> tuple[Leg, ...]:
    return tuple(
        Leg(speaker=leg, pcm=pcm, rate_hz=audio.rate_hz) for leg, pcm in zip(SPEAKERS, audio.channels, strict=True)
    )


def said(given: list[Event]) -> list[tuple[str, str]]:
    return [(final.speaker, final.text) for final in only(given, Final)]


def cues(given: list[Event]) -> list[tuple[str, str, str, str]]:
    return [(cue.kind, cue.speaker, cue.words, cue.rule) for cue in only(given, Cue)]
