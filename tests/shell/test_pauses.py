"""Pausing the recording: neither sounds nor words of a pause are kept or sent, whatever happens to the call."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest
import websockets

from tests.fakes.sources import FRAME_MS, RATE_HZ, GivenSource, info, quiet
from tests.shell.people import add_person, browser_of
from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for, silence, start_message
from tests.shell.test_session import Bench, bench_in, scripted
from voiceassist.actions import PauseRecording
from voiceassist.asr.engine import Engine, PartialDue, Recognizer
from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.config import load_settings
from voiceassist.core.screen.views import CallState
from voiceassist.errors import ConfigError, StoreError
from voiceassist.events import SPEAKERS, RecordingPaused, RecordingResumed, Speaker, Transcript
from voiceassist.ingest.source import CallInfo
from voiceassist.live.live_call import LiveCall
from voiceassist.live.pauses import Pauses
from voiceassist.live.pressed_keys import PauseKeys, PressedKeys
from voiceassist.live.session import run_call
from voiceassist.store.audiofile import read_audio
from voiceassist.store.store import Store

LOUD = 9_000
TOKEN = {"Authorization": "Bearer s3cret"}


def frame(arrived_s: float, seconds: float = 0.02) -> AudioFrame:
    pcm = np.full(int(seconds * RATE_HZ), LOUD, np.int16)
    return AudioFrame(speaker="customer", pcm=pcm, rate_hz=RATE_HZ, arrived_s=arrived_s)


def is_silent(frame: AudioFrame) -> bool:
    return not frame.pcm.any()


def test_audio_that_came_in_a_pause_is_silent_however_long_it_waited() -> None:
    pauses = Pauses(spans=[(10.0, 12.0)], since_s=20.0)
    heard = [
        at
        for at in (9.99, 10.01, 11.5, 12.01, 12.03, 19.99, 20.01, 300.0)
        if not is_silent(pauses.heard(frame(at)))
    ]
    assert heard == [9.99, 12.03, 19.99]


def test_a_frame_that_touches_a_pause_is_silent_as_a_whole_and_as_long() -> None:
    pauses = Pauses(spans=[(10.0, 10.1)])
    long = pauses.heard(frame(12.0, seconds=2.0))
    assert is_silent(long)
    assert len(long.pcm) == 2 * RATE_HZ


def test_pauses_that_concern_no_frame_any_more_are_forgotten() -> None:
    pauses = Pauses(spans=[(float(at), at + 0.5) for at in range(1_000)])
    pauses.heard(frame(2_000.0))
    assert pauses.spans == []


@dataclass(kw_only=True)
class Listening:
    """An engine that keeps what it is given to hear."""

    inner: Engine = field(default_factory=scripted)
    heard: list[Pcm] = field(default_factory=list)
    name: str = "listening"
    language: str = "en"
    memory_bytes: int = 0
    load_ms: int = 0

    @property
    def rate_hz(self) -> int:
        return self.inner.rate_hz

    def open(self, speaker: Speaker) -> Recognizer:
        return _ListeningLeg(inner=self.inner.open(speaker), heard=self.heard)

    def close(self) -> None:
        """Nothing to free."""


@dataclass(kw_only=True)
class _ListeningLeg:
    inner: Recognizer
    heard: list[Pcm]

    @property
    def rate_hz(self) -> int:
        return self.inner.rate_hz

    def feed(self, pcm: Pcm) -> Iterable[Transcript | PartialDue]:
        self.heard.append(pcm)
        return self.inner.feed(pcm)

    def finish(self) -> Sequence[Transcript]:
        return self.inner.finish()

    def close(self) -> None:
        self.inner.close()


def tone(level: int, seconds: float) -> Iterable[AudioFrame]:
    samples = RATE_HZ * FRAME_MS // 1000
    for at in range(int(seconds * 1000) // FRAME_MS):
        t = (np.arange(samples) + at * samples) / RATE_HZ
        pcm = (level * np.sin(2 * np.pi * 440 * t)).astype(np.int16)
        for leg in SPEAKERS:
            yield AudioFrame(speaker=leg, pcm=pcm, rate_hz=RATE_HZ, arrived_s=monotonic())


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_in(tmp_path) as bench:
        yield bench


def levels_of(path: Path, *spans_s: tuple[float, float]) -> list[int]:
    audio = read_audio(path)
    left = audio.channels[0]
    return [int(np.abs(left[int(a * audio.rate_hz) : int(b * audio.rate_hz)]).max()) for a, b in spans_s]


class Pausing:
    """Audio with a pause after its first two seconds, which goes on or not."""

    def __init__(self, *, resumes: bool) -> None:
        self.live: LiveCall | None = None
        self._resumes = resumes

    def pieces(self) -> Iterable[AudioFrame]:
        assert self.live
        yield from tone(LOUD, 2)
        self.live.pauses.change(paused=True)
        self.live.inbox.put_nowait((PauseRecording(at_ms=2_000, by="Ana"), None))
        yield from tone(LOUD, 2)
        if self._resumes:
            self.live.pauses.change(paused=False)
            self.live.inbox.put_nowait((PauseRecording(at_ms=4_000, by="Ana", paused=False), None))
            yield from tone(LOUD, 2)


async def paused_call(bench: Bench, *, resumes: bool, engine: Engine) -> None:
    plan = Pausing(resumes=resumes)
    source = GivenSource(pieces=plan.pieces())
    plan.live = live = LiveCall(info=source.info)
    async with asyncio.timeout(30):
        await run_call(source, live, bench.services(engine))


async def test_recording_is_silent_in_the_pause_and_as_long_as_the_call(bench: Bench) -> None:
    engine = Listening()
    await paused_call(bench, resumes=True, engine=engine)
    path = bench.recorders.path_of("call-1")
    before, paused, after = levels_of(path, (0.2, 1.8), (2.1, 3.9), (4.2, 5.8))
    assert min(before, after) > LOUD / 2
    assert paused < LOUD / 100
    assert abs(len(read_audio(path).channels[0]) / 48_000 - 6) < 0.05
    loud = sum(int((np.abs(pcm) > LOUD / 100).sum()) for pcm in engine.heard)
    assert loud < 2 * 4.2 * engine.rate_hz  # the recognizers heard as little of it


async def test_a_call_that_ends_in_a_pause_keeps_what_was_before_and_nothing_of_the_pause(bench: Bench) -> None:
    await paused_call(bench, resumes=False, engine=Listening())
    before, paused = levels_of(bench.recorders.path_of("call-1"), (0.2, 1.8), (2.1, 3.9))
    assert (before > LOUD / 2, paused < LOUD / 100) == (True, True)
    state = await bench.state()
    assert [(pause.by, pause.end_ms) for pause in state.pauses] == [("Ana", None)]


async def test_a_call_that_goes_on_after_it_broke_off_in_a_pause_is_paused_from_its_first_sound(
    bench: Bench,
) -> None:
    await paused_call(bench, resumes=False, engine=Listening())
    again = info("call-1~2")
    engine = Listening()
    source = GivenSource(pieces=tone(LOUD, 1), info=_continuing(again, "call-1"))
    await bench.run(source, engine)
    assert levels_of(bench.recorders.path_of("call-1~2"), (0, 1))[0] < LOUD / 100
    assert RecordingPaused(at_ms=0, by="Ana") in bench.events("call-1~2")


async def test_a_call_that_goes_on_after_its_pause_was_over_is_recorded(bench: Bench) -> None:
    await paused_call(bench, resumes=True, engine=Listening())
    await bench.run(GivenSource(pieces=tone(LOUD, 1), info=_continuing(info("call-1~2"), "call-1")), Listening())
    assert levels_of(bench.recorders.path_of("call-1~2"), (0.2, 0.8))[0] > LOUD / 2


async def test_when_the_store_does_not_say_the_call_is_paused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_store: Store, _call_id: str) -> None:
        raise StoreError("the disk is gone")

    monkeypatch.setattr(Store, "open_pause", fails)
    await bench.run(GivenSource(pieces=quiet(1), info=_continuing(info("call-1~2"), "call-1")))
    assert RecordingPaused(at_ms=0, by="voiceassist") in bench.events("call-1~2")


def _continuing(of: CallInfo, call_id: str) -> CallInfo:
    return replace(of, continues=call_id)


# ---- by telephone keys ----


def test_keys_in_a_row_pause_and_resume_and_others_do_not() -> None:
    keys, pressed = PauseKeys(pause="*7", resume="*8"), PressedKeys()
    assert [pressed.press(key, keys) for key in "12*7*8**7"] == [
        None,
        None,
        None,
        True,
        None,
        False,
        None,
        None,
        True,
    ]


def test_without_keys_in_the_settings_none_means_anything() -> None:
    pressed = PressedKeys()
    assert [pressed.press(key, PauseKeys()) for key in "*7*8"] == [None] * 4


@pytest.mark.parametrize("keys", ["x", "123456789", "*7 "])
def test_keys_that_no_telephone_has_are_refused(keys: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pause_keys"):
        load_settings(environment={}, data_dir=tmp_path, pause_keys=keys)


async def press(phone: Any, leg: str, keys: str) -> None:
    for key in keys:
        await phone.send(json.dumps({"type": "dtmf", "leg": leg, "key": key}))


async def test_the_agents_keys_pause_the_recording_and_the_customers_do_not(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, pause_keys="*7", resume_keys="*8")
    async with serving(settings) as server, calling(server, "c-1") as phone:
        await begin(server, "c-1", phone)
        await press(phone, "customer", "*7")
        await press(phone, "agent", "4*7")
        await state_with(server, lambda state: bool(state.pauses))
        await press(phone, "customer", "*8")
        await press(phone, "agent", "*8")
        await phone.send(silence(0.5))
        assert (await hang_up(phone))["type"] == "stopped"
        events = [record.event for record in await server.runtime.store.records("c-1")]
        changes = [event for event in events if isinstance(event, RecordingPaused | RecordingResumed)]
        assert [(type(event), event.by) for event in changes] == [
            (RecordingPaused, "Ana"),
            (RecordingResumed, "Ana"),
        ]


# ---- over HTTP ----


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(settings_for(tmp_path, ingest_token="s3cret")) as running:
        yield running


async def test_agent_supervisor_and_phone_system_pause_and_others_do_not(server: Serving) -> None:
    ours = {"agent": {"id": "Ana", "name": "Ana", "team": "sales"}}
    async with websockets.connect(server.socket_url("/ingest/stream"), additional_headers=TOKEN) as phone:
        await phone.send(json.dumps(start_message("c-1", **ours)))
        assert json.loads(await phone.recv())["type"] == "started"
        await begin(server, "c-1", phone)
        for login, role, teams in (
            ("ana", "agent", ()),
            ("bob", "agent", ()),
            ("sue", "supervisor", ("sales",)),
            ("tom", "supervisor", ("returns",)),
            ("rob", "reviewer", ("sales",)),
        ):
            await add_person(server, login, role, teams=teams)
        statuses = {login: await change(server, login, paused=True) for login in ("bob", "tom", "rob", "ana")}
        assert statuses == {"bob": 404, "tom": 404, "rob": 403, "ana": 204}
        paused = await state_with(server, lambda state: bool(state.pauses))
        assert [(pause.by, pause.end_ms) for pause in paused.pauses] == [("Ana", None)]
        assert server.runtime.hub.rows["c-1"].paused
        assert await change(server, "sue", paused=False) == 204
        answer = await server.http.post("/api/calls/c-1/recording", json={"paused": True}, headers=TOKEN)
        assert answer.status_code == 204
        paused = await state_with(server, lambda state: len(state.pauses) > 1)
        assert [(pause.by, pause.resumed_by) for pause in paused.pauses] == [("Ana", "Sue"), ("phone system", "")]
        await hang_up(phone)
    assert await change(server, "sue", paused=False) == 409


async def state_with(server: Serving, is_enough: Callable[[CallState], bool]) -> CallState:
    """The live call, once its screens show enough."""
    with server.runtime.hub.watching_call("c-1") as records:
        while not ((state := await server.runtime.call_state("c-1")) and is_enough(state)):
            await records.take()
    return state


async def change(server: Serving, login: str, *, paused: bool) -> int:
    async with browser_of(server, login) as browser:
        answer = await browser.post("/api/calls/c-1/recording", json={"paused": paused})
        return answer.status_code


async def test_what_is_no_call_or_no_change_is_told(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        unknown = await server.http.post("/api/calls/nobody/recording", json={"paused": True})
        wrong = await server.http.post("/api/calls/nobody/recording", json={"pause": True})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_call")
    assert wrong.status_code == 422


async def test_who_paused_stands_in_the_audit(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server, calling(server, "c-1") as phone:
        await begin(server, "c-1", phone)
        await server.http.post("/api/calls/c-1/recording", json={"paused": True})
        await server.http.post("/api/calls/c-1/actions", json={"type": "pause_recording", "paused": False})
        await hang_up(phone)
        await server.runtime.store.audit.settled()
        audit = (await server.http.get("/api/audit", params={"what": "recording"})).json()["entries"]
    assert [(entry["what"], entry["who"], entry["call_id"]) for entry in audit] == [
        ("recording.resumed", "Kim", "c-1"),
        ("recording.paused", "Kim", "c-1"),
    ]
