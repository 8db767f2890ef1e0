"""Deleting over HTTP: one call, or all calls of a customer, for good.

Never deletes a live call, and of several calls all or none. Next: `store/erasure.py` says what went.
"""

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow, principal_of
from voiceassist.store.erasure import Erasure

router = APIRouter(prefix="/api", tags=["calls"])


@router.delete("/calls/{call_id}", dependencies=[allow("admin")])
async def delete_call(connection: HTTPConnection, call_id: str) -> Erasure:
    """Deletes a finished call for good: its events, what was said, its facts and its recording."""
    return await runtime_of(connection).erase([call_id], by=principal_of(connection).signed)


@router.delete("/customers/{customer_id}", dependencies=[allow("admin")])
async def delete_customer(connection: HTTPConnection, customer_id: str) -> Erasure:
    """Deletes all calls of a customer for good; none while one of them is live."""
    runtime = runtime_of(connection)
    return await runtime.erase(
        await runtime.store.calls_of_customer(customer_id), by=principal_of(connection).signed
    )
