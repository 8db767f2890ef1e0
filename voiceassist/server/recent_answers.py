"""Answers that many screens ask for at the same time, each worked out once and then kept for some seconds.

So 500 screens that show the same figures cost one question to the database. Who may see something else asks
another one: whatever decides the answer belongs into its key. An answer that failed is not kept.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from starlette.requests import HTTPConnection

KEPT_S = 3.0  # as old as a figure on a screen may be, beside the time between two looks
ANSWERS = 64  # of some 100 kB at most; one more takes the place of the oldest


@dataclass(slots=True)
class RecentAnswers:
    """The answers, the oldest first."""

    now_s: Callable[[], float] = monotonic
    _kept: OrderedDict[Hashable, tuple[float, "asyncio.Future[Any]"]] = field(default_factory=OrderedDict)

    async def get(self, key: Hashable, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - as `work` has it
        """The kept answer to this question, or that of `work`, which goes on when who asked first has gone."""
        asked_s, answer = self._kept.get(key, (0.0, None))
        if answer is None or self.now_s() - asked_s > KEPT_S or _has_failed(answer):
            answer = asyncio.ensure_future(work())
            answer.add_done_callback(_has_failed)  # looked at, also where nobody waits any more
            self._kept.pop(key, None)
            self._kept[key] = (self.now_s(), answer)
            while len(self._kept) > ANSWERS:
                self._kept.popitem(last=False)
        return await asyncio.shield(answer)


def recent_answers_of(connection: HTTPConnection) -> RecentAnswers:
    """Those of the application that serves this connection."""
    answers = connection.app.state.recent_answers
    assert isinstance(answers, RecentAnswers)
    return answers


def _has_failed(answer: "asyncio.Future[Any]") -> bool:
    return answer.done() and (answer.cancelled() or answer.exception() is not None)
