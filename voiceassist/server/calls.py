"""One call over HTTP: its state, its events, its recording, people's actions, and its live socket."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Body, HTTPException, WebSocket
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.actions import PauseRecording
from voiceassist.core.screen.views import CallState
from voiceassist.errors import ActionError, ConflictError, PeerError, RecordingError, UnknownNameError
from voiceassist.events import CallIdentified, Record
from voiceassist.ingest.fields import is_call_id
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.arrivals import arrivals_of
from voiceassist.server.audit import tell_audit
from voiceassist.server.auth import SCREENS, allow, principal_of
from voiceassist.server.coaching import check_side
from voiceassist.server.compressed import json_answer
from voiceassist.server.follow_up import check_change
from voiceassist.server.growing_file import GrowingFileResponse
from voiceassist.server.holds import shown_hold
from voiceassist.server.marks import MARKING, with_mentions
from voiceassist.server.scope import check_call, may_see, scope_of, sees
from voiceassist.server.sockets import (
    CLOSE_UNKNOWN_CALL,
    CallHiddenError,
    ended_well,
    pump,
    send,
    send_error,
    send_text,
)
from voiceassist.store.encrypted_recording import EncryptedRecording, read_encrypted
from voiceassist.store.holds import Hold
from voiceassist.store.marks import Marks
from voiceassist.subscriptions import Subscription
from voiceassist.wire import type_name

log = structlog.get_logger()

START_WITHIN_S = 5.0  # between a publisher's connection and its call's first event, on a very busy machine
RESUMED_AT_ONCE = 200  # records in memory for each screen that comes back: some 200 kB
RANGE_TOLD = 60  # characters of a Range header in the audit: two numbers, each of a file's size

router = APIRouter(prefix="/api/calls", tags=["calls"])

# What comes as prepared JSON is declared for the documentation and never validated again: it may be megabytes.
WireRecord = Annotated[dict[str, Any], Field(title="Record", description="A `Record` of the wire schema.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView(CallState):
    """A call, and its legal hold; null too for who may not see it."""

    hold: Hold | None = None


class AudioResponse(GrowingFileResponse):
    """A recording."""

    media_type = "audio/ogg"


class RecordingChange(BaseModel, extra="forbid"):
    """What is to become of a call's recording."""

    paused: bool


PAUSE = type_name(PauseRecording)

# What an ActionError's code means in HTTP; anything else is a conflict with the call's state.
STATUS_BY_CODE: Mapping[str, int] = {
    "unknown_call": 404, "unknown_action": 422, "bad_field": 422, "empty_note": 422, "unknown_owner": 422,
    "unknown_coaching": 404, "unknown_snippet": 422, "empty_coaching": 422, "bad_coaching": 422,
    "unknown_note": 404, "note_not_yours": 403, "mention_hidden": 422, "bad_tag": 422,
    "unknown_line": 404, "bad_line": 422, "line_masked": 422,
}  # fmt: skip


@router.get("/{call_id}", response_model=CallView, dependencies=[allow(*SCREENS, "read:calls")])
async def get_call(connection: HTTPConnection, call_id: str) -> Response:
    """All that screens show of one call (`CallState` of the wire schema), and its legal hold."""
    state = await runtime_of(connection).call_state(call_id)
    if state is None or not sees(connection, state):
        raise _unknown(call_id)
    tell_audit(connection, "call.opened", call_id)
    hold = await shown_hold(connection, call_id)
    shown = await asyncio.to_thread(wire.encode_in_pieces, state)
    return await json_answer(connection, f'{shown[:-1]},"hold":{wire.dumps(wire.to_json(hold))}}}')


@router.get("/{call_id}/events", response_model=list[WireRecord], dependencies=[allow(*SCREENS, "read:calls")])
async def get_events(connection: HTTPConnection, call_id: str) -> Response:
    """Every stored event of one call, in order, in the wire format."""
    await check_call(connection, call_id)
    records = await runtime_of(connection).store.records_json(call_id)
    if records is None:
        raise _unknown(call_id)
    tell_audit(connection, "call.exported", call_id)
    return await json_answer(connection, records)


@router.head("/{call_id}/recording", dependencies=[allow(*SCREENS, "read:calls")], include_in_schema=False)
@router.get("/{call_id}/recording", response_class=AudioResponse, dependencies=[allow(*SCREENS, "read:calls")])
async def get_recording(connection: HTTPConnection, call_id: str) -> AudioResponse:
    """The two-channel recording (agent left, customer right), by byte ranges if asked; a live call's up to now."""
    await check_call(connection, call_id)
    path = runtime_of(connection).recording_path(call_id)
    if not await asyncio.to_thread(path.is_file):  # a disk that hangs must not stop everything
        raise HTTPException(404, _body(PeerError("no_recording", f"call {call_id!r} has no recording")))
    encrypted = await _opened(connection, call_id, path)
    if connection.scope["method"] == "GET":  # every piece: who skips the first one listens, too
        tell_audit(connection, "call.listened", call_id, range=connection.headers.get("range", "")[:RANGE_TOLD])
    return AudioResponse(path, encrypted)


async def _opened(connection: HTTPConnection, call_id: str, path: Path) -> EncryptedRecording | None:
    """None: it is not encrypted. Raises HTTPException when no key opens it, or it was changed."""
    runtime = runtime_of(connection)
    try:
        encrypted = await asyncio.to_thread(read_encrypted, path, runtime.recorders.keys)
    except RecordingError as error:
        log.warning("recording cannot be opened", call_id=call_id, error=str(error))
        told = f"the recording of call {call_id!r} is encrypted and cannot be opened; the server's log says why"
        raise HTTPException(409, _body(PeerError("recording_locked", told))) from None
    if encrypted and not encrypted.is_whole and call_id not in runtime.live:
        log.warning("recording has no end: it was cut off, by a crash or by somebody", file=str(path))
    return encrypted


@router.post("/{call_id}/actions", status_code=202, dependencies=[allow("agent", "supervisor")])
async def act(
    connection: HTTPConnection, call_id: str, action: Annotated[dict[str, Any], Body()]
) -> dict[str, str]:
    """Something a person did: one of the `Action`s of the wire schema."""
    await check_call(connection, call_id)
    await check_side(connection, call_id, action)
    await _act(connection, call_id, action)
    return {}


@router.post(
    "/{call_id}/recording",
    status_code=204,
    response_class=Response,
    dependencies=[allow("agent", "supervisor", "ingest")],
)
async def pause_recording(connection: HTTPConnection, call_id: str, change: RecordingChange) -> None:
    """Pauses the recording of a live call, or lets it go on. While it is paused nobody hears the call.

    Neither words nor sounds of a pause are kept or sent: silence of the same length takes their place.
    """
    if "ingest" not in principal_of(connection).roles:
        await check_call(connection, call_id)
    await _act(connection, call_id, {"type": PAUSE, "paused": change.paused})


async def _act(connection: HTTPConnection, call_id: str, action: dict[str, Any]) -> None:
    runtime, person = runtime_of(connection), principal_of(connection)
    try:
        await check_change(connection, call_id, action)
        action = await with_mentions(connection, call_id, action)
        await runtime.act(call_id, action, by=person.name, login=person.login)
    except ActionError as error:
        raise HTTPException(STATUS_BY_CODE.get(error.code, 409), _body(error)) from None
    if action["type"] == PAUSE:
        runtime.tell_pause(call_id, who=person.signed, paused=action.get("paused", True))


@router.get("/{call_id}/marks", dependencies=[allow(*SCREENS, "read:calls")])
async def get_marks(connection: HTTPConnection, call_id: str) -> Marks:
    """What people wrote about a call, and in place of its words: all that stands now."""
    await check_call(connection, call_id)
    return await runtime_of(connection).marks(call_id)


@router.post("/{call_id}/marks", dependencies=[allow(*SCREENS)])
async def mark(connection: HTTPConnection, call_id: str, action: Annotated[dict[str, Any], Body()]) -> Marks:
    """Writes something about a call: `add_note`, `change_note`, `set_tag` or `correct_line` of the wire schema."""
    await check_call(connection, call_id)
    if action.get("type") not in MARKING:
        told = f"`type` is {action.get('type')!r}; marks are {', '.join(sorted(MARKING))}"
        raise HTTPException(422, _body(PeerError("unknown_action", told)))
    await _act(connection, call_id, action)
    return await runtime_of(connection).marks(call_id)


@router.websocket("/{call_id}/socket", dependencies=[allow(*SCREENS, "events")])
async def call_socket(
    socket: WebSocket, call_id: str, after: int | None = None, boot: str | None = None, *, wait: bool = False
) -> None:
    """One call, live: a snapshot (or, within one `boot`, the rest `after` a number), then its records.

    With `wait` a call that is not there yet is waited for.
    """
    await socket.accept()
    runtime = runtime_of(socket)
    with runtime.subscriptions.watching_call(call_id) as subscription:
        async with ended_well(socket):
            try:
                state = await _state_of(socket, runtime, call_id, subscription, wait=wait)
            except (UnknownNameError, ConflictError) as error:
                await send_error(socket, error, CLOSE_UNKNOWN_CALL)
            else:
                await _follow(socket, runtime, state, subscription, (after, boot))


async def _state_of(
    socket: WebSocket, runtime: Runtime, call_id: str, subscription: Subscription, *, wait: bool
) -> CallState:
    """The call as it is, or as it begins. Raises UnknownNameError for one that is not there or has not come, and
    ConflictError when too many screens wait. One that may not be seen is waited for, as if it were not there.
    """
    state = await _seen_state(socket, runtime, call_id)
    if state is None and wait and is_call_id(call_id):
        with arrivals_of(socket).place():
            await send(socket, wire.Awaited(boot=runtime.boot, call_id=call_id))
            await arrivals_of(socket).arrival(socket, subscription, partial(may_see, socket, call_id))
        state = await _seen_state(socket, runtime, call_id)
    elif state is None and await _has_started(runtime, call_id, subscription):
        state = await _seen_state(socket, runtime, call_id)
    if state is None:
        raise UnknownNameError("unknown_call", f"there is no call {call_id!r}")
    return state


async def _seen_state(socket: WebSocket, runtime: Runtime, call_id: str) -> CallState | None:
    state = await runtime.call_state(call_id)
    return state if state is not None and sees(socket, state) else None


async def _follow(
    socket: WebSocket,
    runtime: Runtime,
    state: CallState,
    subscription: Subscription,
    seen: tuple[int | None, str | None],
) -> None:
    call_id = state.call_id
    tell_audit(socket, "call.opened", call_id, live=state.status == "live")
    after, boot = seen
    resumes = after is not None and after <= state.seq and runtime.can_resume(call_id, boot)
    sent = await _resume(socket, runtime, call_id, after or 0) if resumes else state.seq
    if not resumes:
        snapshot = wire.Snapshot(boot=runtime.boot, state=state)
        await send_text(socket, await asyncio.to_thread(wire.encode_in_pieces, snapshot))
    continuation = runtime.subscriptions.continuation_of(call_id)
    if continuation and state.status != "live":
        await send(socket, wire.Continued(call_id=continuation))
    return await pump(socket, subscription, partial(_is_new, socket, sent))


def _is_new(socket: WebSocket, sent: int, record: Record) -> bool:
    """Whether the client does not have it yet. Raises CallHiddenError from where it may not be seen on."""
    if isinstance(record.event, CallIdentified):
        agent, is_live = record.event.agent, record.call_id in runtime_of(socket).live
        if not scope_of(socket).has(agent.id, agent.team, is_live=is_live):
            raise CallHiddenError(record.call_id)
    return record.seq > sent


async def _has_started(runtime: Runtime, call_id: str, subscription: Subscription) -> bool:
    """Waits for a call whose publisher is connected but whose first event is still being stored.

    One that is there by now has just begun, or may not be seen: it is looked at again, and not waited for.
    """
    if call_id not in runtime.claimed:
        return False
    if not await runtime.whose(call_id):
        with suppress(TimeoutError):
            async with asyncio.timeout(START_WITHIN_S):
                await subscription.take()
    return True


async def _resume(socket: WebSocket, runtime: Runtime, call_id: str, after: int) -> int:
    """Sends what was missed and gives the newest number. In pieces: many screens may come back to long calls."""
    await send(socket, wire.Resumed(boot=runtime.boot))
    while records := await runtime.store.records(call_id, after=after, most=RESUMED_AT_ONCE):
        for record in records:
            await send_text(socket, wire.encode_line(record))
            after = record.seq
    return after


def _unknown(call_id: str) -> HTTPException:
    return HTTPException(404, _body(PeerError("unknown_call", f"there is no call {call_id!r}")))


def _body(error: PeerError) -> dict[str, Any]:
    """`done`: what somebody else did before, where that is why."""
    done = {"done": error.done} if isinstance(error, ActionError) and error.done else {}
    return {"code": error.code, "message": str(error)} | done
