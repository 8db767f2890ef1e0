"""Which supervisors are in which calls by telephone, from the first ring until nothing of them is left there.

One task for each visit, and none of a call's own: whatever the phone system does or does not, the call goes on.
What happens is told to the call (`PhoneActed`): ringing, on, over or failed. A visit ends when the supervisor
leaves by the button, when they or the agent hang up, and with the call; then everything that it made is removed.
Bounds: VISITS_PER_CALL; a visit rings as long as `PhoneControl.ring` does, and is removed in REMOVE_AFTER_S.
Next: `phone_calls.py` numbers what is told, with the call's time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal
from uuid import uuid4

import structlog

from voiceassist.errors import PhoneError
from voiceassist.events import PhoneActed, PhoneOutcome
from voiceassist.phone_control.control import PhoneAbilities, PhoneCall, PhoneControl, Voice, all_alike

log = structlog.get_logger()

VISITS_PER_CALL = 4  # each is a telephone in somebody's call
REMOVE_AFTER_S = (0.0, 1.0, 5.0)  # attempts to take a visit out of a phone system that does not answer

Ending = Literal["left", "call_ended", ""]  # who ended a visit from here; empty: nobody


@dataclass(slots=True, kw_only=True)
class Visit:
    """One supervisor in one call."""

    id: str
    call: PhoneCall
    control: PhoneControl
    by: str  # a person's name
    phone: str
    voice: Voice  # as it is wanted
    wanted: asyncio.Event = field(default_factory=asyncio.Event)  # another voice is
    ending: Ending = ""
    work: asyncio.Task[None] | None = None


@dataclass(slots=True, kw_only=True)
class Visits:
    """Of the calls of one server."""

    controls: Mapping[str, PhoneControl]  # by the protocol that their calls come by
    tell: Callable[[str, PhoneActed], Awaitable[None]]  # to a call
    spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[Any]]
    open: dict[tuple[str, str], Visit] = field(default_factory=dict)  # by call id and the person's name
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    boot: str = field(default_factory=lambda: uuid4().hex[:8])
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def abilities(self, call: PhoneCall) -> PhoneAbilities:
        """What can be done in this call now."""
        control = self.controls.get(call.source)
        return await control.abilities(call) if control else all_alike("not_controlled")

    def begin(self, call: PhoneCall, voice: Voice, *, by: str, phone: str) -> str:
        """Rings a supervisor's telephone; one who is in the call already speaks to others from now on.

        Gives the visit's id. Raises PhoneError for a call that cannot be visited; what comes later is told to it.
        """
        if visit := self.open.get((call.call_id, by)):
            visit.voice = voice
            visit.wanted.set()
            return visit.id
        control = self._control(call)
        if sum(call_id == call.call_id for call_id, _ in self.open) >= VISITS_PER_CALL:
            raise PhoneError("too_many_visits", f"{VISITS_PER_CALL} are in call {call.call_id} already")
        id_ = f"v{next(self.numbers)}-{self.boot}"
        visit = Visit(id=id_, call=call, control=control, by=by, phone=phone, voice=voice)
        self.open[call.call_id, by] = visit
        task = self.spawn(self._run(visit))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return visit.id

    def of(self, call_id: str, by: str) -> str:
        """The id of the supervisor's visit; empty: they are not in the call."""
        visit = self.open.get((call_id, by))
        return visit.id if visit else ""

    def leave(self, call_id: str, by: str) -> bool:
        """The supervisor leaves; False when they are not there."""
        visit = self.open.get((call_id, by))
        if visit:
            _end(visit, "left")
        return visit is not None

    def call_over(self, call_id: str) -> None:
        """The call has ended: nobody stays in it."""
        for visit in [visit for (of, _), visit in self.open.items() if of == call_id]:
            _end(visit, "call_ended")

    async def close(self) -> None:
        """The server stops: returns when all visits are over."""
        for visit in tuple(self.open.values()):
            _end(visit, "call_ended")
        if self.tasks:
            await asyncio.wait(tuple(self.tasks))

    async def transfer(self, call: PhoneCall, to: str, *, by: str) -> None:
        """Puts the customer through. Raises PhoneError."""
        control = self._control(call)
        asked = PhoneActed(at_ms=0, deed="transfer", outcome="done", by=by, to=to)
        await self._at_once(call, control.transfer(call, to), asked)

    async def hang_up(self, call: PhoneCall, *, by: str) -> None:
        """Ends the call for everybody. Raises PhoneError."""
        control = self._control(call)
        await self._at_once(
            call, control.hang_up(call), PhoneActed(at_ms=0, deed="hang_up", outcome="done", by=by)
        )

    def _control(self, call: PhoneCall) -> PhoneControl:
        if control := self.controls.get(call.source):
            return control
        raise PhoneError("not_controlled", f"no phone system is configured for calls by {call.source!r}")

    async def _at_once(self, call: PhoneCall, asking: Coroutine[Any, Any, None], told: PhoneActed) -> None:
        error = None
        try:
            await asking
        except PhoneError as failed:
            error = failed
            log.warning("a supervisor's wish failed", call_id=call.call_id, deed=told.deed, error=str(failed))
        outcome: PhoneOutcome = "failed" if error else "done"
        reason = error.code if error else ""
        acted = PhoneActed(at_ms=0, deed=told.deed, outcome=outcome, by=told.by, to=told.to, reason=reason)
        await self.tell(call.call_id, acted)
        if error:
            raise error

    async def _run(self, visit: Visit) -> None:
        visit.work = asyncio.create_task(self._stay(visit), name=f"visit {visit.id}")
        if visit.ending:  # before it began
            visit.work.cancel()
        try:
            await asyncio.wait([visit.work])
        finally:
            visit.work.cancel()
            self.open.pop((visit.call.call_id, visit.by), None)
        await self._remove(visit)
        if visit.ending != "call_ended":
            await self._tell(visit, *_outcome(visit))

    async def _stay(self, visit: Visit) -> None:
        """From the first ring to the end of the supervisor's line, or of the agent's."""
        control, call = visit.control, visit.call
        await self._tell(visit, "ringing")
        await control.ring(call, visit.id, visit.phone)
        while True:
            visit.wanted.clear()
            await (control.whisper if visit.voice == "whisper" else control.barge)(call, visit.id)
            await self._tell(visit, "on")
            if await _is_over(visit):
                return

    async def _remove(self, visit: Visit) -> None:
        for pause_s in REMOVE_AFTER_S:
            await asyncio.sleep(pause_s)
            try:
                await visit.control.leave(visit.call, visit.id)
            except PhoneError as error:
                log.warning("a visit could not be removed", visit=visit.id, error=str(error))
            else:
                return
        visit.control.forget(visit.id)

    async def _tell(self, visit: Visit, outcome: PhoneOutcome, reason: str = "") -> None:
        told = PhoneActed(at_ms=0, visit=visit.id, deed=visit.voice, outcome=outcome, by=visit.by, reason=reason)
        await self.tell(visit.call.call_id, told)


def _end(visit: Visit, ending: Ending) -> None:
    visit.ending = ending
    if visit.work:
        visit.work.cancel()


async def _is_over(visit: Visit) -> bool:
    """Waits for the end of the visit, or for another voice. Raises PhoneError."""
    gone = asyncio.create_task(visit.control.until_gone(visit.call, visit.id))
    wanted = asyncio.create_task(visit.wanted.wait())
    try:
        await asyncio.wait([gone, wanted], return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            gone.result()
        return gone.done()
    finally:
        for task in (gone, wanted):
            task.cancel()


def _outcome(visit: Visit) -> tuple[PhoneOutcome, str]:
    """How a visit ended, and why."""
    assert visit.work, "it has run"
    error = None if visit.work.cancelled() else visit.work.exception()
    if isinstance(error, PhoneError):
        log.warning("a visit failed", visit=visit.id, call_id=visit.call.call_id, error=str(error))
        return "failed", error.code
    if error:
        raise error
    return "over", visit.ending or "hung_up"
