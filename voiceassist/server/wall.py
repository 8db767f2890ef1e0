"""The wall: its socket (every live call, or one agent's, as rows, then the records that change them), the finished
calls that are too old for it, and one change for many alerts.
"""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.actions import AlertReason, GivenAlertState, Id, Note
from voiceassist.errors import ActionError, PeerError
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow, principal_of
from voiceassist.server.bodies import RequestBody, StrictFields
from voiceassist.server.follow_up import check_change
from voiceassist.server.moments import moment_of
from voiceassist.server.scope import may_see, scope_of
from voiceassist.server.sockets import ended_well, pump, send, send_text
from voiceassist.store.agents_today import AgentDay
from voiceassist.store.places import place_of
from voiceassist.store.unresolved import WallPage

router = APIRouter(prefix="/api/wall", tags=["wall"])

ALERTS_AT_ONCE = 200  # some seconds of work: each call's records are read
FIRST_SHOW_S = 10.0  # the page says it in the moment that the socket opens
SHOWS_EVERY_S = 0.05  # nobody scrolls faster, and each costs a look at every row
TOGETHER = 16  # of them at a time: the store commits those that wait together, and live calls wait for no more


class NamedAlert(StrictFields):
    """Which alert of which call, and how many changes of it one has seen; none: it changes anyhow."""

    call_id: Id
    alert_id: Id
    seen: Annotated[int, Field(ge=0)] | None = None


class AlertsChange(RequestBody):
    """What is done with many alerts, each as if it were done with it alone."""

    alerts: Annotated[list[NamedAlert], Field(min_length=1, max_length=ALERTS_AT_ONCE, fail_fast=True)]
    state: GivenAlertState
    note: Note = ""
    reason: AlertReason = ""
    owner: Id = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNotChanged:
    """One that could not be changed, and why."""

    call_id: str
    alert_id: str
    code: str
    message: str
    done: dict[str, str]  # what somebody else did before, where that is why; else empty


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsChanged:
    """How many were changed; the others stay as they are."""

    changed: int
    failed: tuple[AlertNotChanged, ...]


@router.get("/older", response_model=WallPage, dependencies=[allow("supervisor")])
async def older_rows(
    connection: HTTPConnection, limit: Annotated[int, Query(ge=1, le=200)] = 50, before: str | None = None
) -> JSONResponse:
    """Finished calls with unresolved alerts that are too old for the wall; `before`: the `next` of a page."""
    runtime = runtime_of(connection)
    place = place_of(before) if before is not None else runtime.subscriptions.oldest_finished()
    page = await runtime.store.unresolved(limit, place, runtime.followed_up_since_us(), scope_of(connection))
    return JSONResponse(wire.to_json(page))


@router.get("/agents", dependencies=[allow("supervisor")])
async def agents(connection: HTTPConnection, since: str) -> tuple[AgentDay, ...]:
    """What every agent's calls since a moment (ISO 8601) were like, live ones with what is stored of them."""
    since_us = moment_of("since", since)
    return await runtime_of(connection).store.agent_days(since_us or 0, scope_of(connection))


@router.post("/alerts", dependencies=[allow("supervisor")])
async def change_alerts(connection: HTTPConnection, asked: AlertsChange) -> AlertsChanged:
    """Acknowledges, resolves or opens many alerts, of live and of finished calls, with one note."""
    room = asyncio.Semaphore(TOGETHER)

    async def change(alert: NamedAlert) -> AlertNotChanged | None:
        async with room:
            return await _change(connection, alert, asked)

    failed = tuple(filter(None, await asyncio.gather(*map(change, asked.alerts))))
    return AlertsChanged(changed=len(asked.alerts) - len(failed), failed=failed)


async def _change(connection: HTTPConnection, alert: NamedAlert, asked: AlertsChange) -> AlertNotChanged | None:
    action = (
        asked.model_dump(exclude={"alerts"}) | {"type": "change_alert"} | alert.model_dump(exclude={"call_id"})
    )
    try:
        await _check_seen(connection, alert.call_id)
        await check_change(connection, alert.call_id, action)
        await runtime_of(connection).act(alert.call_id, action, by=principal_of(connection).name)
    except ActionError as error:
        return AlertNotChanged(
            call_id=alert.call_id,
            alert_id=alert.alert_id,
            code=error.code,
            message=str(error),
            done=dict(error.done),
        )
    return None


async def _check_seen(connection: HTTPConnection, call_id: str) -> None:
    if not await may_see(connection, call_id):
        raise ActionError("unknown_call", f"there is no call {call_id!r}")


@router.websocket("/socket", dependencies=[allow("agent", "supervisor", "events")])
async def wall_socket(socket: WebSocket, agent: str | None = None, *, rows: bool = False) -> None:
    """A snapshot of the rows, then records without partials; or, with `rows`, the rows that the screen shows."""
    await socket.accept()
    async with ended_well(socket):
        await (_send_rows(socket) if rows else _send_records(socket, agent))


async def _send_records(socket: WebSocket, agent: str | None) -> None:
    runtime, is_seen = runtime_of(socket), scope_of(socket).has
    with runtime.subscriptions.watching_wall(agent, is_seen) as (subscription, rows):
        snapshot = wire.WallSnapshot(
            boot=runtime.boot,
            rows=rows,
            older=runtime.subscriptions.older(is_seen),
            follow_up_days=runtime.settings.follow_up_days,
        )
        await send(socket, snapshot)
        await pump(socket, subscription, lambda _record: True)


async def _send_rows(socket: WebSocket) -> None:
    runtime = runtime_of(socket)
    show = await _first_show(socket)
    with runtime.subscriptions.watching_rows(scope_of(socket).has, show) as subscription:

        async def hear(text: str) -> None:
            subscription.change(wire.decode_show(text))
            await asyncio.sleep(SHOWS_EVERY_S)

        for text in subscription.begin(runtime.boot, runtime.settings.follow_up_days):
            await send_text(socket, text)
        await pump(socket, subscription, lambda _record: True, hear)


async def _first_show(socket: WebSocket) -> wire.ShowWall:
    """What the screen shows at first, which it says before anything is sent. Raises PeerError."""
    try:
        async with asyncio.timeout(FIRST_SHOW_S):
            return wire.decode_show(await socket.receive_text())
    except TimeoutError:
        raise PeerError(
            "no_show_wall", f"say within {FIRST_SHOW_S:g} s what the screen shows (`show_wall`)"
        ) from None
    except KeyError:
        raise PeerError("bad_json", "a wall screen says what it shows in a text message") from None
