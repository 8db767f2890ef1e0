"""The agents that this server knows from its calls: whoever opens the agent's page says which of them they are.

Never signs anybody in. Next: the agent's page follows the calls of the one that was picked.
"""

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow
from voiceassist.server.scope import scope_of
from voiceassist.store.agents import SeenAgent

router = APIRouter(prefix="/api/agents", tags=["calls"])


@router.get("", dependencies=[allow("agent", "supervisor")])
async def list_agents(connection: HTTPConnection) -> tuple[SeenAgent, ...]:
    """The agents of the newest calls, whoever had the newest one first."""
    return await runtime_of(connection).store.agents(scope_of(connection))
