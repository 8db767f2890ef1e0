"""Deletes what has been kept for as long as the rules allow: every night in the server, or by command.

One call after the other, with a pause after each: no live call waits for more than one step. A run that is cut
short goes on after the next start, and a disk that is full or fails only delays it. Calls that are live, on legal
hold or being changed just now are left alone; the next run looks at them again.
A clock that was set far ahead deletes nothing for a day.
Never decides what is due: the rules in the database do (`store/retention_queries.py`).
Next: `app.py` starts `watch`; `cli/retention` calls `run` and `plan`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import time_ns

import structlog

from voiceassist.clock import ClockTrust, local_now
from voiceassist.errors import PeerError, StoreError
from voiceassist.events import CallPart, PartDeleted, Record
from voiceassist.store.audit import SERVER
from voiceassist.store.erasure import RemovedRecordings
from voiceassist.store.holds import refused_held
from voiceassist.store.retention_queries import DueCall, Kind, RetentionPlan, RetentionRun, next_run
from voiceassist.store.store import Store

log = structlog.get_logger()

RUN_HOUR = 3  # of the site's clock: when the fewest people call
LOOK_EVERY_S = (
    60.0  # whether it is time, so the rules may change meanwhile; also between attempts of a failing disk
)
PAUSE_S = 0.05  # after every call: twenty a second, 70,000 an hour, and live calls have the disk most of the time
FAILURES = 5  # in a row: the disk fails, and not a single file
STORED_WITHIN_S = 60.0  # a deletion that the disk does not take ends this attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What retention works with: the server's, or the command's."""

    store: Store
    remove: Callable[[Sequence[str]], Awaitable[RemovedRecordings]]  # recordings; raises OSError
    path_of: Callable[[str], Path]  # a call's recording
    erase: Callable[[str], Awaitable[object]]  # a whole call; raises ConflictError when it must not be now
    taking: Callable[[str], AbstractContextManager[None]]  # nobody else changes the call; raises ConflictError
    publish: Callable[[Record], None]
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    now: Callable[[], datetime] = local_now


async def watch(keeping: Keeping) -> None:
    """Runs whenever it is time, for as long as the server does; a day later when the clock was set far ahead."""
    clock = ClockTrust(keeping.now)
    while True:
        try:
            is_believed = clock.look()
            if await is_time(keeping):
                await _run_by(keeping, is_believed=is_believed)
        except (StoreError, OSError) as error:
            log.warning("retention waits for the disk", error=str(error))
        await keeping.sleep(LOOK_EVERY_S)


async def _run_by(keeping: Keeping, *, is_believed: bool) -> None:
    if not is_believed:
        log.warning(
            "retention waits for a day: the clock was set ahead; is it right?", now=keeping.now().isoformat()
        )
        return
    done = await run(keeping)
    log.info("retention ran", deleted=done.deleted, held=done.held)


async def is_time(keeping: Keeping) -> bool:
    """Whether a run should begin now, or go on."""
    now = keeping.now()
    at = next_run(await keeping.store.retention.state(), now, RUN_HOUR)
    return at is not None and at <= now


async def run(keeping: Keeping) -> RetentionRun:
    """Deletes all that is due, and says so in the audit. Raises StoreError and OSError; then run it again."""
    now_us = _now_us()
    retention = keeping.store.retention
    await retention.begin()
    failed = 0  # in a row
    for kind in _KINDS:
        async for call in _due(keeping, kind, now_us):
            failed = 0 if await _is_deleted(keeping, kind, call.call_id) else failed + 1
            if failed == FAILURES:
                raise StoreError(f"the disk failed for {FAILURES} calls in a row")
            await keeping.sleep(PAUSE_S)
    await _tidy(keeping)
    return await retention.end(await retention.held(now_us))


async def plan(keeping: Keeping) -> RetentionPlan:
    """What `run` would do now. Changes nothing."""
    now_us = _now_us()
    whole = {call.call_id: call async for call in _due(keeping, "events", now_us)}
    words = [call async for call in _due(keeping, "transcript", now_us) if call.call_id not in whole]
    heard = [call async for call in _due(keeping, "audio", now_us) if call.call_id not in whole]
    sizes = await asyncio.to_thread(_sizes, keeping, [*whole, *(call.call_id for call in heard)])
    audio = [call for call in heard if call.call_id in sizes]
    begun = min((call.place[0], call.started_at) for call in (*whole.values(), *words, *audio, _NEVER))
    return RetentionPlan(
        audio=len(audio),
        transcript=len(words),
        events=len(whole),
        held=await keeping.store.retention.held(now_us),
        oldest=begun[1] or None,
        bytes=sum(sizes.values()),
    )


_KINDS: tuple[Kind, ...] = ("events", "audio", "transcript")  # what goes whole is not looked at for its parts
_NEVER = DueCall(call_id="", place=(1 << 63, ""), started_at="")


async def _due(keeping: Keeping, kind: Kind, now_us: int) -> AsyncIterator[DueCall]:
    """Page by page, so that neither memory nor a reading grows with the number of calls."""
    page = await keeping.store.retention.due(kind, now_us)
    while True:
        for call in page.calls:
            yield call
        if page.next is None:
            return
        page = await keeping.store.retention.due(kind, now_us, page.next)


async def _is_deleted(keeping: Keeping, kind: Kind, call_id: str) -> bool:
    """One step; False when the disk failed. A call that must be left alone just now is."""
    try:
        await _delete(keeping, kind, call_id)
    except PeerError as error:
        log.info("retention leaves a call alone for now", call_id=call_id, reason=str(error))
    except (StoreError, OSError) as error:
        log.warning("retention could not delete", call_id=call_id, kind=kind, error=str(error))
        return False
    return True


async def _delete(keeping: Keeping, kind: Kind, call_id: str) -> None:
    """Raises ConflictError when it must not be just now, StoreError and OSError."""
    if kind == "events":
        await keeping.erase(call_id)
        return
    with keeping.taking(call_id):
        if await keeping.store.holds.of(call_id):
            raise refused_held(call_id)
        if kind == "audio":
            await _delete_audio(keeping, call_id)
        else:
            await _write(keeping, call_id, "transcript")


async def _delete_audio(keeping: Keeping, call_id: str) -> None:
    removed = await keeping.remove([call_id])
    if removed.files:
        await _write(keeping, call_id, "audio")
    else:
        await keeping.store.retention.mark_without_recording(call_id)


async def _write(keeping: Keeping, call_id: str, part: CallPart) -> None:
    """Stores that the part is gone; the writer deletes its words in the same transaction. Raises StoreError."""
    store = keeping.store
    async with store.journals.continued(call_id, keeping.publish) as journal:
        at_ms = (await store.newest(call_id)).at_ms
        done_at = keeping.now().isoformat(timespec="milliseconds")
        await journal.write([PartDeleted(at_ms=at_ms, part=part, by=SERVER, done_at=done_at)])
        await journal.stored(STORED_WITHIN_S)
        if journal.waiting:
            raise StoreError(f"the disk does not take the deletion of call {call_id!r}: {journal.trouble}")


async def _tidy(keeping: Keeping) -> None:
    """No word of what was deleted stays in the full-text index and in the database's log."""
    has_more = await keeping.store.retention.tidy_index(begins=True)
    while has_more:
        await keeping.sleep(PAUSE_S)
        has_more = await keeping.store.retention.tidy_index(begins=False)
    if not await keeping.store.retention.empty_log():
        log.info("somebody reads the database: its log keeps deleted words until it is written anew")


def _sizes(keeping: Keeping, call_ids: Sequence[str]) -> dict[str, int]:
    """Bytes of the recordings that are there."""
    paths = {call_id: keeping.path_of(call_id) for call_id in call_ids}
    return {call_id: path.stat().st_size for call_id, path in paths.items() if path.is_file()}


def _now_us() -> int:
    return time_ns() // 1000
