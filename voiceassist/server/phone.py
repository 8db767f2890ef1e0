"""What supervisors do to a live call by telephone: `/api/calls/{call_id}/phone`.

A whisper and a barge are answered at once, and what becomes of them is told to the call; a transfer and the end of
a call are answered when the phone system has done them. Everything stands in the audit, also what fails.
"""

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, HTTPException
from starlette.requests import HTTPConnection

from voiceassist.errors import ActionError, PeerError, PhoneError
from voiceassist.events import PhoneDeed
from voiceassist.phone_calls import PhoneCalls
from voiceassist.phone_control.control import NUMBER, PhoneAbilities, PhoneCall
from voiceassist.runtime import runtime_of
from voiceassist.server.audit import tell_audit
from voiceassist.server.auth import allow, principal_of
from voiceassist.server.bodies import RequestBody
from voiceassist.server.scope import check_call

router = APIRouter(prefix="/api/calls", tags=["calls"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPhone:
    """What can be done by telephone in a call now; of what cannot, the code of why."""

    source: str  # the protocol that the call came by, and so its phone system
    can: PhoneAbilities
    visit: str  # of whoever asks: the id of their whisper or barge in this call; empty: they are not in it


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAnswer:
    """What was begun."""

    visit: str = ""  # the id of the whisper or barge, as the call's `phone_acted` has it


class PhoneWish(RequestBody):
    """What a supervisor wants."""

    deed: PhoneDeed | Literal["leave"]
    phone: str = ""  # whisper, barge: the supervisor's own number or extension
    to: str = ""  # transfer: where the customer is put through to


@router.get("/{call_id}/phone", dependencies=[allow("supervisor")])
async def get_phone(connection: HTTPConnection, call_id: str) -> CallPhone:
    """Asks the phone system; one that does not answer within seconds can do nothing."""
    await check_call(connection, call_id)
    phone_calls = runtime_of(connection).phone_calls
    call, visits = _call(phone_calls, call_id), phone_calls.visits
    can = await visits.abilities(call)
    return CallPhone(source=call.source, can=can, visit=visits.of(call_id, principal_of(connection).name))


@router.post("/{call_id}/phone", status_code=202, dependencies=[allow("supervisor")])
async def act_by_phone(connection: HTTPConnection, call_id: str, wish: PhoneWish) -> PhoneAnswer:
    """`whisper`, `barge`, `leave`: what becomes of it is told to the call. `transfer`, `hang_up`: it is done."""
    await check_call(connection, call_id)
    phone_calls, by = runtime_of(connection).phone_calls, principal_of(connection).name
    call = _call(phone_calls, call_id)
    outcome = "asked"
    try:
        return PhoneAnswer(visit=await _do(phone_calls, call, wish, by))
    except PhoneError as error:
        outcome = error.code
        raise
    finally:
        number = {"to": wish.to} if wish.to else {"phone": wish.phone} if wish.phone else {}
        tell_audit(connection, f"phone.{wish.deed}", call_id, outcome=outcome, **number)


async def _do(phone_calls: PhoneCalls, call: PhoneCall, wish: PhoneWish, by: str) -> str:
    """Gives the id of a visit; empty for all else. Raises PhoneError and PeerError."""
    visits = phone_calls.visits
    match wish.deed:
        case "whisper" | "barge":
            return visits.begin(call, wish.deed, by=by, phone=_number(wish.phone))
        case "leave":
            visits.leave(call.call_id, by)
        case "transfer":
            await visits.transfer(call, _number(wish.to), by=by)
        case "hang_up":
            await visits.hang_up(call, by=by)
    return ""


def _number(said: str) -> str:
    """Raises PeerError for what is no number."""
    number = said.strip()
    if not NUMBER.fullmatch(number):
        told = "this is no number: up to 80 letters, digits and + * # . _ : @ -, such as +15550100 or 201"
        raise PeerError("bad_phone", told)
    return number


def _call(phone_calls: PhoneCalls, call_id: str) -> PhoneCall:
    try:
        return phone_calls.call(call_id)
    except ActionError as error:
        raise HTTPException(409, {"code": error.code, "message": str(error)}) from None
