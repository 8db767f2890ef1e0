"""One live call, readable top to bottom: source → recognizers → Call → store → hub and bus.

A source is read to its end. Each leg is heard in the decode pool; transcripts, gaps, time and people's actions
meet in one bounded inbox, so `Call.handle` sees one thing at a time. A failure ends this call with a stored
CallFailed and a log line, never another call.
Never talks to a socket: `ingest/` brings the source, `hub.py` and the bus take the records.
"""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import structlog

from voiceassist.asr.call_recognizer import Recognised, recognise
from voiceassist.asr.engine import Engine
from voiceassist.asr.pool import DecodePool
from voiceassist.audio.pcm import AudioFrame
from voiceassist.clock import local_now
from voiceassist.core.call.call import Call
from voiceassist.errors import ActionError, StoreError
from voiceassist.events import (
    Action,
    AudioGap,
    CallEnded,
    CallFailed,
    CallStarted,
    EndReason,
    Event,
    Input,
    PastOffer,
    Record,
    Speaker,
    Tick,
    Transcript,
)
from voiceassist.ingest.fields import NO_CUSTOMER
from voiceassist.ingest.source import CallInfo, Source, call_started
from voiceassist.playbook_file.parse import Playbook
from voiceassist.store.journal import Journal
from voiceassist.store.recorder import Recorder
from voiceassist.store.rows import microseconds
from voiceassist.store.store import Store

log = structlog.get_logger()

# Frames between the source and the decode pool. Full: the source is not read, and its own overflow rule applies.
# 200 frames of 20 ms = 2 s of two legs.
WAITING_FRAMES = 200
# Inputs between the recognizers and the call. Full: the recognizers wait.
INBOX_INPUTS = 200
# A call does not wait for what its customer took before: it is some milliseconds away, or the disk is in trouble.
PAST_OFFERS_WITHIN_S = 1.0

Answer = asyncio.Future[bool]  # to a person's action: False when the call is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a call uses."""

    engine: Engine  # of the call's language
    pool: DecodePool
    playbook: Playbook  # in the same language
    store: Store
    publish: Callable[[Record], None]  # to the hub and the bus; never blocks
    recording_path: Callable[[str], Path]
    is_stopping: Callable[[], bool]


@dataclass(slots=True, kw_only=True)
class LiveCall:
    """A running call, as people's actions reach it."""

    info: CallInfo
    inbox: asyncio.Queue[tuple[Input, Answer | None]] = field(default_factory=lambda: asyncio.Queue(INBOX_INPUTS))
    began_s: float = field(default_factory=monotonic)
    heard_ms: int = 0  # audio heard so far
    heard_s: float = field(default_factory=monotonic)  # when that audio had reached us
    unstored: Callable[[], int] = lambda: 0  # records that wait for the disk
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def now_ms(self) -> int:
        """Call time at this moment: the audio heard so far, and the time since."""
        return self.heard_ms + int((monotonic() - self.heard_s) * 1000)

    def has_heard(self, until_ms: int, delay_ms: int) -> None:
        """The audio up to `until_ms` was heard, `delay_ms` after it had come."""
        self.heard_ms, self.heard_s = until_ms, monotonic() - delay_ms / 1000

    async def act(self, action: Action) -> bool:
        """Hands a person's action to the call; False when the call is over. Raises ActionError."""
        answer: Answer = asyncio.get_running_loop().create_future()
        if not self.over.is_set():
            await self.inbox.put((action, answer))
        if self.over.is_set():
            _answer(answer, done=False)
        return await answer


async def run_call(source: Source, live: LiveCall, services: Services) -> bool:
    """One call from its first event to its last; whether it was recognised and stored whole."""
    structlog.contextvars.bind_contextvars(call_id=source.info.call_id)
    journal = Journal(source.info.call_id, services.store.append, services.publish)
    live.unstored = lambda: journal.waiting
    call = Call(services.playbook)
    try:
        await journal.write(call.handle(await _started(source.info, services)))
        log.info("call started", source=source.info.source, legs=source.info.legs)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_converse(call, live, journal))
            tasks.create_task(_hear_all(source, live, services))
    except* Exception as group:  # noqa: BLE001 - whatever it was, it ends this call and no other
        await _fail(call, journal, live, group)
    finally:
        await _refuse_late_actions(live)
        await journal.close()
    log.info("call over", at_ms=live.heard_ms)
    return call.phase == "ended" and not journal.waiting


async def _converse(call: Call, live: LiveCall, journal: Journal) -> None:
    """The heart: one input at a time, until the call has ended."""
    while True:
        heard, answer = await live.inbox.get()
        events = _answered(call, heard, answer)
        await journal.write(events)
        if any(isinstance(event, CallEnded) for event in events):
            return


def _answered(call: Call, heard: Input, answer: Answer | None) -> list[Event]:
    """What follows; whoever asked is answered in any case."""
    try:
        events = call.handle(heard)
    except ActionError as error:
        if answer is None:
            raise
        if not answer.done():
            answer.set_exception(error)
        return []
    except Exception:
        _answer(answer, done=False)
        raise
    _answer(answer, done=True)
    return events


def _answer(answer: Answer | None, *, done: bool) -> None:
    if answer and not answer.done():
        answer.set_result(done)


async def _hear_all(source: Source, live: LiveCall, services: Services) -> None:
    """Reads the source to its end: to the recognizers and to the recording; then the call ends."""
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
    async with aclosing(recognise(frames, legs, services.engine, services.pool)) as hearing:
        async for heard in hearing:
            delay_ms = _delay_ms(heard, live.began_s)
            for item in heard.inputs:
                await live.inbox.put((_known_after(item, delay_ms), None))
            live.has_heard(heard.until_ms, delay_ms)


def _delay_ms(heard: Recognised, began_s: float) -> int:
    """How late the audio was heard, by the kinder clock: a recording streamed faster than real time waits, too."""
    now_s = monotonic()
    return max(0, int(min(now_s - heard.arrived_s, now_s - began_s - heard.until_ms / 1000) * 1000))


def _known_after(item: Transcript | Tick, delay_ms: int) -> Transcript | Tick:
    """Words become known when they are decoded; ticks count the audio itself."""
    return item if isinstance(item, Tick) else replace(item, at_ms=item.at_ms + delay_ms)


async def _started(info: CallInfo, services: Services) -> CallStarted:
    now = local_now()
    return call_started(
        info,
        started_at=now.isoformat(timespec="milliseconds"),
        engine=services.engine.name,
        language=services.engine.language,
        playbook=services.playbook,
        past_offers=await _past_offers(info, services, now),
    )


async def _past_offers(info: CallInfo, services: Services, now: datetime) -> tuple[PastOffer, ...]:
    """What this customer took before, as far back as the playbook looks; nothing when the store does not say."""
    days = _memory_days(services.playbook)
    if not days or info.customer.id == NO_CUSTOMER:
        return ()
    since = microseconds((now - timedelta(days=days)).isoformat())
    try:
        async with asyncio.timeout(PAST_OFFERS_WITHIN_S):
            return await services.store.past_offers(info.customer.id, since)
    except (TimeoutError, StoreError) as error:
        log.warning("earlier offers to this customer are not known", error=str(error) or "the store is too slow")
        return ()


def _memory_days(playbook: Playbook) -> int:
    """The longest time for which an alternative is limited per customer."""
    offers = (offer for policy in playbook.policies for offer in policy.alternatives)
    return max((offer.per_customer.days for offer in offers if offer.per_customer), default=0)


def _ended(source: Source, live: LiveCall, services: Services) -> CallEnded:
    reason: EndReason = "shutdown" if services.is_stopping() else source.end_reason
    return CallEnded(at_ms=live.heard_ms, reason=reason)


async def _fail(call: Call, journal: Journal, live: LiveCall, group: BaseExceptionGroup[Exception]) -> None:
    """Stores why we failed this call; one that has ended stays ended. Other calls do not notice."""
    cause = _first_cause(group)
    log.error("call failed", error=str(cause), exc_info=cause)
    if call.phase == "live":
        error = f"{type(cause).__name__}: {cause}"
        await journal.write(call.handle(CallFailed(at_ms=live.now_ms(), error=error)))


def _first_cause(error: BaseException) -> BaseException:
    return _first_cause(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


async def _refuse_late_actions(live: LiveCall) -> None:
    live.over.set()
    while not live.inbox.empty():
        _, answer = live.inbox.get_nowait()
        _answer(answer, done=False)
        await asyncio.sleep(0)  # an action that waited for room in the inbox finds the call over now
