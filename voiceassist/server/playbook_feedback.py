"""What people said of the rules of a playbook, over HTTP: fired, used, dismissed, not useful, false alarms.

Counts are of all calls of the last days; only calls that one may see are named. Reads only.
"""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from voiceassist.clock import days_ago_us
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import SCREENS, allow
from voiceassist.server.scope import scope_of
from voiceassist.store.rule_feedback import RuleFeedback

router = APIRouter(prefix="/api/playbooks/{name}/feedback", tags=["playbooks"])

DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackView:
    """The rules of all versions, the most complained of first."""

    days: int  # so many, until now
    rules: tuple[RuleFeedback, ...]
    uncounted: int  # calls of before an update whose facts are still to be made


@router.get("", dependencies=[allow(*SCREENS, "author")])
async def get_feedback(connection: HTTPConnection, name: str) -> FeedbackView:
    """How the rules did; none for a playbook that no call had."""
    store = runtime_of(connection).store
    rules = await store.rule_feedback(name, days_ago_us(DAYS), scope_of(connection))
    return FeedbackView(days=DAYS, rules=rules, uncounted=store.catch_up.left)
