"""What supervisors do to a server's calls by telephone: which call it is there, and what its history has of it.

Never decides who may, and never waits within a call: `phone_control/visits.py` has a task for each visit.
Next: the call and the screens get `PhoneActed`; `server/phone.py` asks.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from voiceassist.clock import local_now
from voiceassist.core.screen.wall import row_of
from voiceassist.errors import ActionError, StoreError
from voiceassist.events import PhoneActed, Record
from voiceassist.ingest.feed.feed import Feed
from voiceassist.live.live_call import LiveCall
from voiceassist.phone_control.control import PhoneCall, PhoneControl
from voiceassist.phone_control.visits import Visits
from voiceassist.store.store import Store

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class PhoneCalls:
    """Of the calls of one server."""

    live: Mapping[str, LiveCall]
    feeds: Mapping[str, Feed]
    store: Store
    publish: Callable[[Record], None]
    spawn: Callable[[Coroutine[Any, Any, None]], Any]
    controls: Mapping[str, PhoneControl]
    visits: Visits = field(init=False)

    def __post_init__(self) -> None:
        self.visits = Visits(controls=self.controls, tell=self.tell, spawn=self.spawn)

    def call(self, call_id: str) -> PhoneCall:
        """A live call as its phone system knows it. Raises ActionError for one that is over."""
        live, feed = self.live.get(call_id), self.feeds.get(call_id)
        if live is None:
            raise ActionError("call_over", f"call {call_id} is over: nothing can be done by telephone any more")
        info = feed.info if feed else live.info  # the feed learns from legs that come later
        return PhoneCall(call_id=call_id, source=info.source, lines=info.lines)

    async def tell(self, call_id: str, told: PhoneActed) -> None:
        """Has it stand in the call's history, also when the call ended meanwhile."""
        live = self.live.get(call_id)
        done_at = local_now().isoformat(timespec="milliseconds")
        event = replace(told, at_ms=live.now_ms() if live else 0, done_at=done_at)
        if live and await live.tell_phone(event):
            return
        try:
            await self._tell_finished(call_id, event)
        except (ActionError, StoreError) as error:
            log.warning("what a supervisor did is in no history", call_id=call_id, error=str(error))

    async def _tell_finished(self, call_id: str, event: PhoneActed) -> None:
        async with self.store.journals.continued(call_id, self.publish) as journal:
            records = await self.store.records(call_id)
            if records:
                await journal.write([replace(event, at_ms=row_of(records).at_ms)])
