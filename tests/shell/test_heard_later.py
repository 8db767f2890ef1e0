"""A call too many is taken without help if the settings want that: recorded at once, heard when there is room."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import websockets

from tests.shell.serving import Serving, begin, calling, hang_up, say_all, serving, settings_for, start_message
from voiceassist.audio.pcm import AudioFrame, Pcm, TimePassed
from voiceassist.events import SPEAKERS
from voiceassist.live import heard_later as module
from voiceassist.live.heard_later import AfterCall, heard_later
from voiceassist.samples import load_sample
from voiceassist.store.audiofile import read_audio

RATE_HZ = 8_000


@asynccontextmanager
async def at_once() -> AsyncIterator[None]:
    yield


def frames(agent: Pcm, customer: Pcm) -> list[AudioFrame]:
    """In pieces of 20 ms, the customer's leg as it comes."""
    legs = dict(zip(SPEAKERS, (agent, customer), strict=True))
    pairs = (
        AudioFrame(speaker=who, pcm=pcm[start : start + 160], rate_hz=RATE_HZ, arrived_s=1.0)
        for start in range(0, max(len(agent), len(customer)), 160)
        for who, pcm in legs.items()
    )
    return [frame for frame in pairs if len(frame.pcm)]


async def given(pieces: list[AudioFrame]) -> AsyncIterator[AudioFrame | TimePassed]:
    for piece in pieces:
        yield piece


async def heard(pieces: list[AudioFrame], after: AfterCall) -> dict[str, Pcm]:
    legs: dict[str, list[Pcm]] = {"agent": [], "customer": []}
    async for piece in heard_later(given(pieces), after):
        assert after.all_came.is_set()
        assert isinstance(piece, AudioFrame)
        legs[piece.speaker].append(piece.pcm)
    return {who: np.concatenate([np.zeros(0, np.int16), *pcm]) for who, pcm in legs.items()}


def noise(samples: int, seed: int) -> Pcm:
    return np.random.default_rng(seed).integers(-999, 999, samples).astype(np.int16)


async def test_all_audio_of_both_legs_is_heard_as_it_was_once_the_last_has_come() -> None:
    agent, customer = noise(20_100, 1), noise(8_000, 2)
    got = await heard(frames(agent, customer), AfterCall(turn=at_once))
    assert np.array_equal(got["agent"], agent)
    assert np.array_equal(got["customer"], customer)


async def test_what_is_too_long_to_be_kept_is_silent_and_times_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 40_000)
    agent, customer = noise(20_000, 1), noise(20_000, 2)
    got = await heard(frames(agent, customer), AfterCall(turn=at_once))
    for said, kept in ((agent, got["agent"]), (customer, got["customer"])):
        assert len(kept) == len(said)
        assert np.array_equal(kept[:9_900], said[:9_900])
        assert not kept[10_100:].any()


async def test_a_call_without_audio_ends() -> None:
    assert not any(map(len, (await heard([], AfterCall(turn=at_once))).values()))


def kinds(events: list[dict[str, object]]) -> list[object]:
    return [one["type"] for one in events]


async def events_of(server: Serving, call_id: str) -> list[dict[str, object]]:
    events: list[dict[str, object]] = (await server.http.get(f"/api/calls/{call_id}/events")).json()
    return events


async def test_a_call_too_many_is_recorded_and_heard_when_another_has_ended(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, max_calls=1, when_full="record")
    async with serving(settings) as server:
        async with calling(server, "helped") as first:
            await begin(server, "helped", first)
            async with calling(server, "too-many") as phone:
                await say_all(phone, "late-return")
                assert (await hang_up(phone))["type"] == "stopped"  # it does not wait for its words
            row = (await server.http.get("/api/calls/too-many")).json()
            assert (row["status"], row["started"]["without_help"]) == ("live", True)
            assert server.runtime.hub.rows["too-many"].without_help
            assert server.runtime.capacity.calls == 1
            assert "final" not in kinds(await events_of(server, "too-many"))
            assert "voiceassist_calls_without_help 1.0" in (await server.http.get("/metrics")).text
            too_many = server.runtime.live["too-many"]
            await hang_up(first)
        await too_many.gone.wait()
        said = kinds(await events_of(server, "too-many"))
        assert {"final", "cue", "prompt"} <= set(said)
        assert said[-1] == "call_ended"
        assert not server.runtime.capacity.without_help
        recording = await server.http.get("/api/calls/too-many/recording")
        assert recording.status_code == 200
        audio = await asyncio.to_thread(read_audio, server.runtime.recording_path("too-many"))
        assert abs(audio.duration_ms - load_sample("late-return").duration_ms) < 100


async def test_so_many_calls_are_kept_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.capacity.node.MOST_WITHOUT_HELP", 1)
    async with serving(settings_for(tmp_path, max_calls=1, when_full="record")) as server:
        async with (
            calling(server, "helped"),
            calling(server, "kept"),
            websockets.connect(server.socket_url("/ingest/stream")) as phone,
        ):
            await phone.send(json.dumps(start_message("refused")))
            assert json.loads(await phone.recv())["code"] == "busy"
        # Neither had audio, so neither was a call: the place is free again.
        async with calling(server, "again"), calling(server, "kept-again"):
            assert list(server.runtime.capacity.without_help) == ["kept-again"]


async def test_a_server_that_stops_ends_calls_that_were_not_heard_yet(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, max_calls=1, when_full="record")) as server:
        async with calling(server, "helped") as first:
            await begin(server, "helped", first)
            async with calling(server, "too-many") as phone:
                await say_all(phone, "late-return")
                await hang_up(phone)
            server.runtime.live["too-many"].stop(within_s=0)
            await server.runtime.live["too-many"].gone.wait()
        events = await events_of(server, "too-many")
        assert (events[-1]["type"], events[-1]["reason"]) == ("call_ended", "shutdown")
