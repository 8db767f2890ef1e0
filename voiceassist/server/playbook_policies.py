"""A playbook's policies in plain words, on one page: what is published, as calls get it.

Never shows a draft: what is printed and handed out is what holds. Next: `trials/policy_page.py` makes it.
"""

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from voiceassist.errors import ConflictError
from voiceassist.playbook_worker import work
from voiceassist.playbook_worker.work import PlaybookText
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import SCREENS, allow
from voiceassist.server.playbooks import found
from voiceassist.trials.policy_page import PolicyPage

router = APIRouter(prefix="/api/playbooks", tags=["playbooks"])


@router.get("/{name}/policies", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def get_policies(connection: HTTPConnection, name: str) -> PolicyPage:
    """Every policy of the current version: its limit, what that is good for, what is possible instead."""
    runtime = runtime_of(connection)
    current, _ = await found(runtime, name)
    if current is None:
        raise ConflictError("never_published", f"playbook {name!r} was never published: nothing of it holds yet")
    return await runtime.playbook_worker.run(work.policy_page_of, PlaybookText(current.text, name, current.number))
