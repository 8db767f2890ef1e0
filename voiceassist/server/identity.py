"""Who speaks in a call, told by a program or a person after it was announced: `PATCH /api/calls/{call_id}`.

An agent may say who their customer is. Who the agent is, and their team, decides who may see the call: that is
said by a supervisor or a phone system's key.
"""

from fastapi import APIRouter, HTTPException
from starlette.requests import HTTPConnection

from voiceassist.errors import ActionError
from voiceassist.ingest.identity import AgentChange, CustomerChange, Identity, IdentityChange
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow, principal_of
from voiceassist.server.bodies import RequestBody
from voiceassist.server.refusals import tell_refused
from voiceassist.server.scope import check_call, unknown_call

router = APIRouter(prefix="/api/calls", tags=["calls"])


class CallChange(RequestBody):
    """What became known of who speaks; what is left out stays as it is."""

    agent: AgentChange | None = None
    customer: CustomerChange | None = None


@router.patch("/{call_id}", dependencies=[allow("agent", "supervisor", "ingest")])
async def identify(connection: HTTPConnection, call_id: str, change: CallChange) -> Identity:
    """Says who speaks in a call that was announced, is live, or is over; answers with both as they are known now.

    The team decides who may see the call, and for how long it is kept; which playbook it has is decided before its
    first audio. The customer's tier decides what cards offer from now on. An agent may name the customer only.
    """
    principal = principal_of(connection)
    if "ingest" not in principal.roles:
        await check_call(connection, call_id)
    if change.agent and not {"ingest", "supervisor"} & principal.roles:
        tell_refused(connection, principal.signed, "http_403", call_id)
        raise HTTPException(403, "only a supervisor or a phone system says who the agent is")
    try:
        wanted = IdentityChange(agent=change.agent, customer=change.customer)
        return await runtime_of(connection).identities.identify(call_id, wanted, by=principal.name)
    except ActionError:
        raise unknown_call(call_id) from None
