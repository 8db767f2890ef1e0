"""One call's life: what breaks it is stored and told, what people do is answered, and no other call notices."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import websockets
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.builders import only, playbook, words
from tests.fakes.engines import FailingEngine, When
from tests.fakes.sources import GivenSource, Piece, info, quiet
from tests.shell.serving import SAMPLES, calling, hang_up, serving, settings_for, silence, whole_call
from voiceassist.actions import AskHelp, DismissPrompt, SetMute
from voiceassist.asr.engine import Engine, PartialDue, Recognizer
from voiceassist.asr.engines import Engines
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.pool import DecodePool
from voiceassist.asr.priority import AT_ONCE, Priority, Rank
from voiceassist.asr.scripted import ScriptedEngine, ScriptLine, load_script
from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.core.screen.views import CallState
from voiceassist.errors import ActionError
from voiceassist.events import (
    Alert,
    AudioGap,
    CallEnded,
    CallStarted,
    Cue,
    DisclosureChanged,
    Event,
    Final,
    LineChanged,
    MuteChanged,
    Partial,
    Record,
    Speaker,
    Transcript,
)
from voiceassist.hub import Hub
from voiceassist.live.inbox import HEARD_INPUTS
from voiceassist.live.live_call import LiveCall
from voiceassist.live.session import Services, run_call
from voiceassist.store.audiofile import duration_of
from voiceassist.store.disk_threads import DiskThreads
from voiceassist.store.recorders import THREADS, Recorders
from voiceassist.store.store import Store, open_store

ENOUGH_S = 30  # a call that hangs fails its test, however slow the machine is


def scripted() -> ScriptedEngine:
    return ScriptedEngine(load_script(SAMPLES / "late-return.json"))


@dataclass(kw_only=True)
class Bench:
    """What calls need, and what they published."""

    store: Store
    pool: DecodePool
    recorders: Recorders
    hub: Hub = field(default_factory=Hub)
    published: list[Record] = field(default_factory=list)

    def publish(self, record: Record) -> None:
        self.hub.publish(record)
        self.published.append(record)

    def services(self, engine: Engine) -> Services:
        return Services(
            engine=engine,
            pool=self.pool,
            playbook=playbook(),
            store=self.store,
            publish=self.publish,
            recorders=self.recorders,
        )

    async def run(self, source: GivenSource, engine: Engine | None = None) -> LiveCall:
        """A whole call."""
        live = LiveCall(info=source.info)
        async with asyncio.timeout(ENOUGH_S):
            await run_call(source, live, self.services(engine or scripted()))
        return live

    async def state(self, call_id: str = "call-1") -> CallState:
        state = await self.store.state(call_id)
        assert state is not None
        return state

    def events(self, call_id: str = "call-1") -> list[Event]:
        return [record.event for record in self.published if record.call_id == call_id]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


@asynccontextmanager
async def bench_in(folder: Path, threads: int = THREADS) -> AsyncIterator[Bench]:
    """A bench whose database and recordings are in a folder; recordings have so many threads."""
    store = await open_store(folder / "calls.db")
    async with DecodePool(2) as pool:
        with closing(Recorders(folder=folder, threads=DiskThreads(threads), retry_s=0)) as recorders:
            yield Bench(store=store, pool=pool, recorders=recorders)
    await store.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_in(tmp_path) as bench:
        yield bench


async def test_call_is_stored_as_it_was_published_and_recorded_to_its_end(bench: Bench) -> None:
    await bench.run(GivenSource(pieces=quiet(20)))
    stored = await bench.store.records("call-1")
    assert stored == [record for record in bench.published if record in stored]
    assert isinstance(stored[0].event, CallStarted)
    assert isinstance(stored[-1].event, CallEnded)
    assert [record.seq for record in bench.published] == list(range(1, len(bench.published) + 1))
    assert only([record.event for record in stored], Final)
    assert abs(duration_of(bench.recorders.path_of("call-1")) - 20_000) <= 20
    assert bench.hub.calls == {}


@pytest.mark.parametrize("when", ["opened", "fed", "finished", "closed"])
async def test_broken_recognizer_fails_its_call_with_the_cause_and_no_other(bench: Bench, when: When) -> None:
    engine = FailingEngine(inner=scripted(), when=when, after_ms=4_000)
    broken = bench.run(GivenSource(pieces=quiet(12)), engine)
    other = bench.run(GivenSource(pieces=quiet(12), info=info("call-2")))
    await asyncio.gather(broken, other)
    state = await bench.state()
    assert state.status == "failed"
    assert "EngineError: " in state.error
    assert ("code 7" in state.error) or ("no memory" in state.error)
    assert "call-1" not in bench.hub.calls
    assert "call-1" not in bench.hub.rows
    assert (await bench.state("call-2")).status == "ended"
    assert only(bench.events("call-2"), Final)


async def test_words_heard_before_the_failure_stay(bench: Bench) -> None:
    await bench.run(GivenSource(pieces=quiet(12)), FailingEngine(inner=scripted(), after_ms=10_000))
    assert (await bench.state()).finals


async def test_broken_source_fails_its_call_with_the_cause(bench: Bench, logged: list[EventDict]) -> None:
    pieces: list[Piece] = [*quiet(8), ConnectionError("the line went up in smoke"), *quiet(8)]
    await bench.run(GivenSource(pieces=pieces))
    state = await bench.state()
    assert (state.status, state.error) == ("failed", "ConnectionError: the line went up in smoke")
    assert [line["error"] for line in logged if line["event"] == "call failed"] == ["the line went up in smoke"]
    assert abs(duration_of(bench.recorders.path_of("call-1")) - 8_000) <= 20


async def test_screen_that_breaks_fails_the_call_and_leaves_nobody_waiting(bench: Bench) -> None:
    def publish(record: Record) -> None:
        if isinstance(record.event, CallStarted):
            raise ZeroDivisionError("a bug")
        bench.published.append(record)

    live = LiveCall(info=info())
    async with asyncio.timeout(ENOUGH_S):
        services = replace(bench.services(scripted()), publish=publish)
        await run_call(GivenSource(pieces=quiet(1)), live, services)
        assert (await bench.state()).error == "ZeroDivisionError: a bug"
        assert not await live.act(AskHelp(at_ms=0))


@pytest.mark.parametrize("samples", [0, 1, 80])
async def test_call_of_hardly_any_audio_begins_and_ends(bench: Bench, samples: int) -> None:
    await bench.run(GivenSource(pieces=quiet(samples / 8_000)))
    assert [type(event) for event in bench.events()] == [CallStarted, DisclosureChanged, CallEnded]
    assert (await bench.state()).status == "ended"


async def test_call_with_one_leg_is_heard_and_recorded(bench: Bench) -> None:
    await bench.run(GivenSource(pieces=quiet(12, "customer"), info=info(legs=("customer",))))
    finals = only(bench.events(), Final)
    assert {final.speaker for final in finals} == {"customer"}
    assert abs(duration_of(bench.recorders.path_of("call-1")) - 12_000) <= 20


async def test_leg_that_stops_early_does_not_stop_the_other(bench: Bench) -> None:
    await bench.run(GivenSource(pieces=[*quiet(4), *quiet(16, "agent")]))
    finals = only(bench.events(), Final)
    assert finals[-1].speaker == "agent"
    assert finals[-1].end_ms > 8_000
    assert (await bench.state()).status == "ended"


async def test_leg_that_is_never_heard_does_not_stop_the_other(bench: Bench) -> None:
    await bench.run(GivenSource(pieces=quiet(12, "agent")))
    assert {final.speaker for final in only(bench.events(), Final)} == {"agent"}
    assert abs(duration_of(bench.recorders.path_of("call-1")) - 12_000) <= 20


async def test_gap_is_told_and_stored(bench: Bench) -> None:
    gap = AudioGap(at_ms=2_000, speaker="agent", duration_ms=500, cause="lost")
    await bench.run(GivenSource(pieces=[*quiet(2), gap, *quiet(2)]))
    assert [(one.speaker, one.duration_ms) for one in (await bench.state()).gaps] == [("agent", 500)]


async def test_time_in_a_call_never_runs_backwards(bench: Bench) -> None:
    await bench.run(GivenSource(pieces=quiet(30)))
    times = [event.at_ms for event in bench.events()]
    assert times == sorted(times)


async def test_action_is_done_while_the_call_runs_and_refused_when_it_is_over(bench: Bench) -> None:
    source = GivenSource(pieces=quiet(1), hold=asyncio.Event())
    live = LiveCall(info=source.info)
    running = asyncio.create_task(run_call(source, live, bench.services(scripted())))
    async with asyncio.timeout(ENOUGH_S):
        await live.act(SetMute(at_ms=0, muted=True))
        with pytest.raises(ActionError, match="no card 'p9'"):
            await live.act(DismissPrompt(at_ms=0, prompt_id="p9"))
        hang_up_on(source)
        await running
        assert not await live.act(SetMute(at_ms=0, muted=False))
    assert [event.muted for event in only(bench.events(), MuteChanged)] == [True]


async def test_every_one_of_a_flood_of_actions_is_answered(bench: Bench) -> None:
    source = GivenSource(pieces=quiet(1), hold=asyncio.Event())
    live = LiveCall(info=source.info)
    running = asyncio.create_task(run_call(source, live, bench.services(scripted())))
    async with asyncio.timeout(ENOUGH_S):
        answers = await flood(live, 3 * HEARD_INPUTS)
        hang_up_on(source)
        await running
    assert answers == [True] * len(answers)
    assert len(only(bench.events(), Alert)) == 1


async def test_no_action_hangs_when_the_call_ends_in_the_middle_of_a_flood(bench: Bench) -> None:
    late: list[asyncio.Task[bool]] = []

    def publish(record: Record) -> None:
        if isinstance(record.event, CallEnded):  # just before nobody reads the inbox any more
            late.extend(asyncio.create_task(live.act(AskHelp(at_ms=0))) for _ in range(6 * HEARD_INPUTS))

    live = LiveCall(info=info())
    async with asyncio.timeout(ENOUGH_S):
        await run_call(GivenSource(pieces=[]), live, replace(bench.services(scripted()), publish=publish))
        answers = await asyncio.gather(*late, return_exceptions=True)
    assert set(answers) == {False}
    assert live.inbox.empty()


async def test_actions_of_a_call_that_fails_are_answered(bench: Bench) -> None:
    live = LiveCall(info=info())
    source = GivenSource(pieces=[RuntimeError("no")])
    running = asyncio.create_task(run_call(source, live, bench.services(scripted())))
    async with asyncio.timeout(ENOUGH_S):
        answers = await flood(live, 6 * HEARD_INPUTS)
        await running
    assert {type(answer) for answer in answers} <= {bool, ActionError}


async def test_person_who_does_not_wait_for_the_answer_harms_nothing(bench: Bench) -> None:
    source = GivenSource(pieces=quiet(1), hold=asyncio.Event())
    live = LiveCall(info=source.info)
    running = asyncio.create_task(run_call(source, live, bench.services(scripted())))
    async with asyncio.timeout(ENOUGH_S):
        impatient = asyncio.create_task(live.act(DismissPrompt(at_ms=0, prompt_id="p9")))
        await asyncio.sleep(0)
        impatient.cancel()
        await live.act(SetMute(at_ms=0, muted=True))
        hang_up_on(source)
        await running
    assert (await bench.state()).status == "ended"


async def test_call_that_is_given_up_leaves_what_it_had_to_be_recovered(bench: Bench) -> None:
    source = GivenSource(pieces=quiet(1), hold=asyncio.Event())
    live = LiveCall(info=source.info)
    running = asyncio.create_task(run_call(source, live, bench.services(scripted())))
    async with asyncio.timeout(ENOUGH_S):
        await live.act(SetMute(at_ms=0, muted=True))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not await live.act(SetMute(at_ms=0, muted=False))
    assert await bench.store.unfinished() == ["call-1"]
    assert (await bench.state()).muted


async def test_peer_of_a_failed_call_is_told_and_the_next_call_is_fine(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        failing = FailingEngine(inner=server.runtime.engines.default, after_ms=4_000)
        server.runtime.engines = Engines(people={"en": LoadedEngine(failing, "people")})
        async with calling(server, "bad") as bad, calling(server, "good", legs=["agent"]) as good:
            await good.send(silence(3, legs=1))
            await bad.send(silence(6))
            told = json.loads(await bad.recv())
            assert (told["type"], told["code"]) == ("error", "call_failed")
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await bad.recv()
            await good.send(silence(9, legs=1))
            assert (await hang_up(good))["type"] == "stopped"
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1011
        states = [(await server.http.get(f"/api/calls/{name}")).json() for name in ("bad", "good")]
    assert [state["status"] for state in states] == ["failed", "ended"]
    assert "code 7" in states[0]["error"]
    assert states[1]["finals"]


async def test_changes_of_a_finished_calls_alerts_at_the_same_time_are_all_stored(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, "abuse-ladder")) as server:
        await whole_call(server, "c-1", "abuse-ladder")
        alerts = (await server.http.get("/api/calls/c-1")).json()["alerts"]
        changes = [
            {"type": "change_alert", "alert_id": view["alert"]["alert_id"], "state": "resolved"}
            for view in alerts * 10
        ]
        posts = (server.http.post("/api/calls/c-1/actions", json=change) for change in changes)
        assert [answer.status_code for answer in await asyncio.gather(*posts)] == [202] * len(changes)
        alerts = (await server.http.get("/api/calls/c-1")).json()["alerts"]
        assert [len(view["history"]) for view in alerts] == [10] * len(alerts)
        assert {view["state"] for view in alerts} == {"resolved"}


def hang_up_on(source: GivenSource) -> None:
    assert source.hold is not None
    source.hold.set()


async def flood(live: LiveCall, count: int) -> Sequence[bool | BaseException]:
    """All at once, as a page gone mad would."""
    actions = (live.act(AskHelp(at_ms=0)) for _ in range(count))
    return await asyncio.gather(*actions, return_exceptions=True)


class AskingEngine(ScriptedEngine):
    """Asks for its turn before each Partial."""

    def open(self, speaker: Speaker) -> Recognizer:
        return _Asking(super().open(speaker))


class _Asking:
    def __init__(self, inner: Recognizer) -> None:
        self._inner, self.rate_hz = inner, inner.rate_hz

    def feed(self, pcm: Pcm) -> Iterator[Transcript | PartialDue]:
        for one in self._inner.feed(pcm):
            if isinstance(one, Partial):
                yield PartialDue()
            yield one

    def finish(self) -> Sequence[Transcript]:
        return self._inner.finish()

    def close(self) -> None:
        self._inner.close()


class RankedPool(DecodePool):
    """Remembers how urgent what it ran was."""

    def __init__(self) -> None:
        super().__init__(1)
        self.ranks: list[Rank] = []
        self.pressing: list[bool] = []

    async def run(
        self,
        function: Callable[..., Any],
        *args: object,
        priority: Priority = AT_ONCE,
        begin_within_s: float | None = None,
    ) -> Any:
        self.ranks.append(priority.rank)
        self.pressing.append(priority.is_pressing)
        return await super().run(function, *args, priority=priority, begin_within_s=begin_within_s)


@dataclass(kw_only=True)
class WaitingSource(GivenSource):
    """Goes on with `then` when the test says so."""

    go: asyncio.Event
    then: Iterable[Piece]

    async def frames(self) -> AsyncIterator[AudioFrame | AudioGap | LineChanged]:
        async for piece in super().frames():
            yield piece
        await self.go.wait()
        for later in self.then:
            assert not isinstance(later, Exception)
            yield later


async def test_a_call_with_an_open_alert_is_heard_before_others(bench: Bench) -> None:
    told = words("you are an idiot", at=0)
    line = ScriptLine(speaker="customer", start_ms=0, end_ms=told[-1].end_ms, words=told)
    go = asyncio.Event()
    source = WaitingSource(pieces=quiet(3), then=quiet(1), go=go)
    async with RankedPool() as pool, asyncio.timeout(ENOUGH_S):
        bench.pool = pool
        running = asyncio.create_task(bench.run(source, ScriptedEngine((line,))))
        while not only(bench.events(), Alert):  # noqa: ASYNC110 - a thread makes it true
            await asyncio.sleep(0.005)
        assert not pool.pressing[0]
        pool.pressing.clear()
        go.set()
        await running
    assert any(pool.pressing)


async def test_words_after_a_possible_cue_are_heard_before_other_calls_words(bench: Bench) -> None:
    told = words("you are useless and this is not what I wanted", at=0)
    line = ScriptLine(speaker="customer", start_ms=0, end_ms=told[-1].end_ms, words=told)
    go = asyncio.Event()
    source = WaitingSource(pieces=quiet(2), then=quiet(2), go=go)
    async with RankedPool() as pool, asyncio.timeout(ENOUGH_S):
        bench.pool = pool
        running = asyncio.create_task(bench.run(source, AskingEngine((line,))))
        while not only(bench.events(), Cue):  # noqa: ASYNC110 - a thread makes it true
            await asyncio.sleep(0.005)
        assert pool.ranks.count(Rank.PARTIAL) > 0
        go.set()
        await running
    assert pool.ranks.count(Rank.OPEN_CUE) > 0
