"""One live call, readable top to bottom: source → recognizers → Call → store → hub and bus.

A source is read to its end. Each leg is heard in the decode pool; transcripts, gaps, time and people's actions
meet in one bounded inbox, so `Call.handle` sees one thing at a time. A failure ends this call with a stored
CallFailed and a log line, never another call.
Never talks to a socket: `ingest/` brings the source, `hub.py` and the bus take the records.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import structlog

from voiceassist.asr.engine import Engine
from voiceassist.asr.listening import listen
from voiceassist.asr.pool import DecodePool
from voiceassist.audio.pcm import AudioFrame
from voiceassist.core.call import Call
from voiceassist.core.playbook import Playbook
from voiceassist.errors import ActionError
from voiceassist.events import (
    Action,
    AudioGap,
    CallEnded,
    CallFailed,
    CallStarted,
    EndReason,
    Event,
    Input,
    Record,
    Speaker,
)
from voiceassist.ingest.source import CallInfo, Source
from voiceassist.store.journal import Journal
from voiceassist.store.recorder import Recorder
from voiceassist.store.store import Store

log = structlog.get_logger()

# Frames between the source and the decode pool. Full: the source is not read, and its own overflow rule applies.
# 200 frames of 20 ms = 2 s of two legs.
WAITING_FRAMES = 200
# Inputs between the ears and the call. Full: the ears wait.
INBOX_INPUTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What every call uses."""

    engine: Engine
    pool: DecodePool
    playbook: Playbook
    store: Store
    publish: Callable[[Record], None]  # to the hub and the bus; never blocks
    recording_path: Callable[[str], Path]
    is_stopping: Callable[[], bool]


@dataclass(slots=True, kw_only=True)
class LiveCall:
    """A running call, as people's actions reach it."""

    info: CallInfo
    inbox: asyncio.Queue[tuple[Input, asyncio.Future[None] | None]] = field(
        default_factory=lambda: asyncio.Queue(INBOX_INPUTS)
    )
    heard_ms: int = 0
    heard_s: float = field(default_factory=monotonic)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def now_ms(self) -> int:
        """Call time at this moment: the audio heard so far, and the time since."""
        return self.heard_ms + int((monotonic() - self.heard_s) * 1000)

    def has_heard(self, at_ms: int) -> None:
        """Call time has come to `at_ms`."""
        self.heard_ms, self.heard_s = max(self.heard_ms, at_ms), monotonic()

    async def act(self, action: Action) -> None:
        """Hands a person's action to the call and waits for its answer. Raises ActionError."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if not self.over.is_set():
            await self.inbox.put((action, answer))
        if self.over.is_set():
            raise _over(self.info.call_id)
        await answer


async def run_call(source: Source, live: LiveCall, services: Services) -> None:
    """One call from its first event to its last. Returns when all of it is stored."""
    structlog.contextvars.bind_contextvars(call_id=source.info.call_id)
    journal = Journal(source.info.call_id, services.store, services.publish)
    call = Call(services.playbook)
    await journal.write(call.handle(_started(source.info, services)))
    log.info("call started", source=source.info.source, legs=source.info.legs)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_converse(call, live, journal))
            tasks.create_task(_hear_all(source, live, services))
    except* Exception as group:  # noqa: BLE001 - whatever it was, it ends this call and no other
        await _fail(call, journal, live, group)
    finally:
        _refuse_late_actions(live)
        await journal.close()
    log.info("call over", at_ms=live.heard_ms)


async def _converse(call: Call, live: LiveCall, journal: Journal) -> None:
    """The heart: one input at a time, until the call has ended."""
    while True:
        heard, answer = await live.inbox.get()
        events = _answered(call, heard, answer)
        await journal.write(events)
        if any(isinstance(event, CallEnded) for event in events):
            return


def _answered(call: Call, heard: Input, answer: asyncio.Future[None] | None) -> list[Event]:
    try:
        events = call.handle(heard)
    except ActionError as error:
        if answer is None:
            raise
        if not answer.done():
            answer.set_exception(error)
        return []
    if answer and not answer.done():
        answer.set_result(None)
    return events


async def _hear_all(source: Source, live: LiveCall, services: Services) -> None:
    """Reads the source to its end: every leg to its ear, everything to the recording, then the call's end."""
    frames: asyncio.Queue[AudioFrame | None] = asyncio.Queue(WAITING_FRAMES)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_read(source, frames, live, services))
        tasks.create_task(_listen(frames, source.info.legs, live, services))
    await live.inbox.put((_ended(source, live, services), None))


async def _read(
    source: Source, frames: asyncio.Queue[AudioFrame | None], live: LiveCall, services: Services
) -> None:
    recorder = Recorder(services.recording_path(source.info.call_id), source.info.legs)
    try:
        async for item in source.frames():
            if isinstance(item, AudioGap):
                await live.inbox.put((item, None))
            else:
                await frames.put(item)
                await recorder.add(item)
        await frames.put(None)
    finally:
        await recorder.close()


async def _listen(
    frames: asyncio.Queue[AudioFrame | None], legs: tuple[Speaker, ...], live: LiveCall, services: Services
) -> None:
    async for heard in listen(frames, legs, services.engine, services.pool):
        delay_ms = int((monotonic() - heard.arrived_s) * 1000)
        for item in heard.inputs:
            await live.inbox.put((replace(item, at_ms=item.at_ms + delay_ms), None))
        live.has_heard(heard.until_ms + delay_ms)


def _started(info: CallInfo, services: Services) -> CallStarted:
    return CallStarted(
        at_ms=0,
        started_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        agent=info.agent,
        customer=info.customer,
        source=info.source,
        engine=services.engine.name,
        language=info.language,
        playbook=services.playbook.label,
    )


def _ended(source: Source, live: LiveCall, services: Services) -> CallEnded:
    reason: EndReason = "shutdown" if services.is_stopping() else source.end_reason
    return CallEnded(at_ms=live.heard_ms, reason=reason)


async def _fail(call: Call, journal: Journal, live: LiveCall, group: BaseExceptionGroup[Exception]) -> None:
    """Stores why we failed this call. Other calls do not notice."""
    cause = _first_cause(group)
    log.error("call failed", error=str(cause), exc_info=cause)
    error = f"{type(cause).__name__}: {cause}"
    await journal.write(call.handle(CallFailed(at_ms=live.now_ms(), error=error)))


def _first_cause(error: BaseException) -> BaseException:
    return _first_cause(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _refuse_late_actions(live: LiveCall) -> None:
    live.over.set()
    while not live.inbox.empty():
        _, answer = live.inbox.get_nowait()
        if answer and not answer.done():
            answer.set_exception(_over(live.info.call_id))


def _over(call_id: str) -> ActionError:
    return ActionError("call_over", f"call {call_id} is over; only its alerts can still be changed")
