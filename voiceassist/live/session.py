"""One live call, readable top to bottom: source → recognizers → inbox → Call → journal → hub and bus.

Every frame goes to the recognizers, and to the audio tap on its way; transcripts, gaps, time, lateness and
people's actions meet in one bounded inbox (`inbox.py`), so `Call.handle` sees one thing at a time. A failure ends
this call with a stored CallFailed and a log line, never another call.
Never talks to a socket: `ingest/` brings the source, `hub.py` and the bus take the records.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

import structlog

from voiceassist.actions import PauseRecording
from voiceassist.asr.call_recognizer import Heard, recognise
from voiceassist.asr.engine import Engine
from voiceassist.asr.pool import DecodePool
from voiceassist.audio.pcm import AudioFrame, TimePassed
from voiceassist.core.call.call import Call
from voiceassist.core.cues.doubtful import doubtful_words
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import ActionError, RecordingError
from voiceassist.events import CallEnded, CallFailed, Event, Input, Record, Tick, Transcript
from voiceassist.ingest.source import Source
from voiceassist.live.audio_tap import AudioTap
from voiceassist.live.call_start import first_event, paused_by
from voiceassist.live.heard_later import AfterCall, heard_later
from voiceassist.live.inbox import Answer
from voiceassist.live.live_call import LiveCall, give
from voiceassist.live.recording import recorded
from voiceassist.store.journal import Journal
from voiceassist.store.recorders import Recorders
from voiceassist.store.store import Store

log = structlog.get_logger()

# How often a call is asked how late it is while its audio waits: a decode that hangs says nothing itself.
LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a call uses."""

    engine: Engine  # of the call's language
    pool: DecodePool
    playbook: Playbook  # in the same language
    store: Store
    publish: Callable[[Record], None]  # to the hub and the bus; never blocks
    recorders: Recorders
    after: AfterCall | None = None  # the call is taken without help, and heard when it is over


async def run_call(source: Source, live: LiveCall, services: Services) -> bool:
    """One call from its first event to its last; whether it was recognised and stored whole."""
    structlog.contextvars.bind_contextvars(call_id=source.info.call_id)
    journal = services.store.journals.begin(source.info.call_id, services.publish)
    call = Call(services.playbook)
    try:
        async with recorded(live, services.recorders):
            await _converse(source, call, journal, live, services)
    finally:
        stored = await journal.close()
        await _without_consent(live, services)
    log.info("call over", at_ms=live.heard_ms)
    return call.phase == "ended" and stored


async def _without_consent(live: LiveCall, services: Services) -> None:
    """A call whose customer did not consent, or refused in the end, keeps no recording."""
    if live.consent.is_open:
        return
    try:
        await services.recorders.remove([live.info.call_id])
    except (OSError, RecordingError) as error:
        log.error("recording without consent could not be deleted", error=str(error))  # noqa: TRY400


async def _converse(source: Source, call: Call, journal: Journal, live: LiveCall, services: Services) -> None:
    """Everything that is said and done in the call; whatever breaks ends it, and is stored."""
    try:
        started = await first_event(
            source.info,
            services.engine,
            services.playbook,
            services.store,
            live.consent.need,
            without_help=services.after is not None,
        )
        await journal.write(call.handle(started))
        if by := await paused_by(source.info, services.store):
            live.pauses.change(paused=True)
            await journal.write(call.handle(PauseRecording(at_ms=0, by=by)))
        log.info("call started", source=source.info.source, legs=source.info.legs)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_hear(source, call, live, services))
            tasks.create_task(_handle(call, live, journal))
        live.silences.is_over = not live.was_cut_short
    except* Exception as group:  # noqa: BLE001 - whatever it was, it ends this call and no other
        await _fail(call, journal, live, group)
    finally:
        await live.end()


async def _hear(source: Source, call: Call, live: LiveCall, services: Services) -> None:
    """Hears the audio to its end, or until the server has no more time; then the call ends."""
    if not await live.until_stopped(_hear_all(source, call, live, services)):
        live.was_cut_short = True
        log.warning("the server stops before all audio was heard", unheard_ms=await _unheard_ms(source, live))
    reason = "shutdown" if live.is_stopping else source.end_reason
    await live.inbox.put((CallEnded(at_ms=live.heard_ms, reason=reason), None))


async def _hear_all(source: Source, call: Call, live: LiveCall, services: Services) -> None:
    frames = _frames(source, live)
    hearing = recognise(
        heard_later(frames, services.after) if services.after else frames,
        source.info.legs,
        services.engine,
        services.pool,
        began_s=live.began_s,
        begins=live.begins_to_hear,
        open_cues=lambda: call.legs_with_open_cue,
        is_pressing=lambda: call.is_pressing,
        is_bulk=services.after is not None,
        doubtful=partial(doubtful_words, services.playbook),
    )
    async with aclosing(hearing), _watched(live):
        async for heard in hearing:
            await live.tell_lateness(heard.until_ms + heard.delay_ms, heard.delay_ms)
            for item in heard.inputs:
                await live.inbox.put((_known_after(item, heard.delay_ms), None))
            live.has_heard(heard.until_ms, heard.delay_ms)


@asynccontextmanager
async def _watched(live: LiveCall) -> AsyncIterator[None]:
    """While the block runs, the call is told how late it is even when no audio is heard."""
    watching = asyncio.create_task(_watch(live), name=f"lateness {live.info.call_id}")
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        if not watching.cancelled():
            watching.result()  # a bug of ours must not go unseen


async def _watch(live: LiveCall) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        await live.tell_lateness(live.now_ms(), live.behind_ms())


async def _frames(source: Source, live: LiveCall) -> AsyncGenerator[AudioFrame | TimePassed, None]:
    """The audio on its way to the recognizers, silent where it is paused. The tap sees every frame."""
    async for item in source.frames():
        if isinstance(item, TimePassed):
            yield item
        elif not isinstance(item, AudioFrame):
            await live.inbox.put((item, None))
        else:
            heard = live.pauses.heard(item)
            await live.tap.give(live.consent.recorded(heard), spare_s=live.ahead_s())
            yield live.consent.heard(heard)


def _known_after(item: Heard, delay_ms: int) -> Heard:
    """Words and changes of the line become known when they are heard; ticks count the audio itself."""
    return item if isinstance(item, Tick) else replace(item, at_ms=item.at_ms + delay_ms)


async def _handle(call: Call, live: LiveCall, journal: Journal) -> None:
    """One input at a time, until the call has ended.

    A person's action and what was heard meanwhile are stored together: neither waits for the other's disk.
    """
    events: list[Event] = []
    while not any(isinstance(event, CallEnded) for event in events):
        events = []
        try:
            for taken, answer in await live.inbox.take():
                events += _take(call, live, taken, answer)
        finally:  # what an action did is stored also where the input after it fails
            await journal.write(events)


def _take(call: Call, live: LiveCall, taken: Input, answer: Answer | None) -> list[Event]:
    events = _answered(call, taken, answer)
    _silence(live, taken, events)
    for event in events:
        live.consent.see(event)
    return events


def _silence(live: LiveCall, heard: Input, events: list[Event]) -> None:
    """Tells the recording what it may write by now, and what of it must be silent."""
    if isinstance(heard, Tick):
        live.silences.pass_time(heard.at_ms)
    elif isinstance(heard, Transcript) and isinstance(shown := events[0], Transcript):
        live.silences.hear(heard, shown)


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
        give(answer, done=False)
        raise
    give(answer, done=True)
    return events


async def _unheard_ms(source: Source, live: LiveCall) -> int:
    """How much audio had come by the time the server stopped, and was not heard. Never waits for more."""
    waiting = AudioTap(source.info.legs)

    async def read() -> None:
        async for item in source.frames():
            if isinstance(item, AudioFrame):
                await waiting.give(item, spare_s=0)

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)  # it reads all that is there
    reading.cancel()
    await asyncio.wait([reading])
    return live.tap.position_ms + waiting.position_ms - live.heard_ms


async def _fail(call: Call, journal: Journal, live: LiveCall, group: BaseExceptionGroup[Exception]) -> None:
    """Stores why we failed this call; one that has ended stays ended. Other calls do not notice."""
    cause = _first_cause(group)
    log.error("call failed", error=str(cause), exc_info=cause)
    if call.phase == "live":
        error = f"{type(cause).__name__}: {cause}"
        await journal.write(call.handle(CallFailed(at_ms=live.now_ms(), error=error)))


def _first_cause(error: BaseException) -> BaseException:
    return _first_cause(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error
