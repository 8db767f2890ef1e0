"""Who speaks in a call, as it becomes known after the call was announced: told to the call, which tells everybody.

Never decides who may say it, and never delays audio. Next: `core/call` and the screens get a `CallIdentified`; the
store's columns, and with them search, retention and who may see the call, follow it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from voiceassist.clock import local_now
from voiceassist.core.screen.wall import has_unresolved, row_of
from voiceassist.errors import ActionError
from voiceassist.events import CallIdentified, CallStarted, Record
from voiceassist.hub import Hub
from voiceassist.ingest.dialect import Identified
from voiceassist.ingest.feed.feed import Feed
from voiceassist.ingest.identity import Identity, IdentityChange, identified, identity_of, named, said_by_peer
from voiceassist.ingest.source import CallInfo
from voiceassist.live.call_start import past_offers
from voiceassist.live.live_call import LiveCall
from voiceassist.live.lookup import Lookup
from voiceassist.store.store import Store
from voiceassist.subscriptions import Subscription

log = structlog.get_logger()

LOOKUP, PHONE_SYSTEM = "lookup", "phone system"  # who names people, beside those who sign
KNOWN_WITHIN_S = 1.0  # between a live call's being told and everybody's knowing it


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Of the calls of one server."""

    live: Mapping[str, LiveCall]
    feeds: Mapping[str, Feed]  # announced calls, live ones too
    store: Store
    hub: Hub
    publish: Callable[[Record], None]
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    lookup: Lookup | None
    sample_calls: set[str]  # of the demo: nobody is asked about them

    async def identify(self, call_id: str, change: IdentityChange, *, by: str) -> Identity:
        """Who speaks in a call that was announced, is live or is over. Raises ActionError when there is none.

        A call that has not begun has the playbook of the team that is known then; later that does not change.
        """
        live, feed = self.live.get(call_id), self.feeds.get(call_id)
        if live is None and feed:
            feed.info = named(feed.info, identified(identity_of(feed.info), change))
            return identity_of(feed.info)
        if live and await self._identify_live(live, change, by):
            return identity_of(live.info)
        return await self._identify_finished(call_id, change, by)

    async def _identify_live(self, live: LiveCall, change: IdentityChange, by: str) -> bool:
        """False when the call is over."""
        async with live.naming:
            who = identified(identity_of(live.info), change)
            if who == identity_of(live.info):
                return True
            assert live.playbook, "a live call has one"
            past = await past_offers(who.customer, live.playbook, self.store, local_now())
            if feed := self.feeds.get(live.info.call_id):
                feed.info = named(feed.info, who)
            live.info = named(live.info, who)
            event = CallIdentified(
                at_ms=live.now_ms(), agent=who.agent, customer=who.customer, by=by, past_offers=past
            )
            with self.hub.watching_call(live.info.call_id) as told:
                is_live = await live.identify(event)
                if is_live:
                    await _until_identified(told)
            return is_live

    async def _identify_finished(self, call_id: str, change: IdentityChange, by: str) -> Identity:
        async with self.store.journals.continued(call_id, self.publish) as journal:
            records = await self.store.records(call_id)
            if not records:
                raise ActionError("unknown_call", f"there is no call {call_id!r}")
            row = row_of(records)
            who = identified(identity_of(row), change)
            if who != identity_of(row):
                if has_unresolved(row):
                    self.hub.restore(row)
                await journal.write([_identified_later(records, row.at_ms, who, by)])
            return who

    def take(self, info: CallInfo, said: Identified) -> None:
        """A phone system says who speaks, after its call has begun."""
        self.spawn(self._identify_by_peer(info.call_id, said_by_peer(said.agent, said.customer)))

    async def _identify_by_peer(self, call_id: str, change: IdentityChange, by: str = PHONE_SYSTEM) -> None:
        try:
            await self.identify(call_id, change, by=by)
        except ActionError as error:
            log.info("nobody is named any more", call_id=call_id, error=str(error))

    def look_up(self, info: CallInfo) -> None:
        """Asks who is calling; nothing waits for the answer."""
        if self.lookup and info.call_id not in self.sample_calls:
            self.spawn(self._ask_who(self.lookup, info))

    async def _ask_who(self, lookup: Lookup, info: CallInfo) -> None:
        change = await lookup.ask(info)
        known = self.live.get(info.call_id) or self.feeds.get(info.call_id)
        if change and known:
            change = IdentityChange(  # not of whom somebody else has named meanwhile
                agent=change.agent if known.info.agent == info.agent else None,
                customer=change.customer if known.info.customer == info.customer else None,
            )
            await self._identify_by_peer(info.call_id, change, LOOKUP)


async def _until_identified(told: Subscription) -> None:
    """From then on who may see the call is decided anew; a disk that hangs delays it a moment (`journal.py`)."""
    with suppress(TimeoutError):
        async with asyncio.timeout(KNOWN_WITHIN_S):
            while not any(
                isinstance(item, Record) and isinstance(item.event, CallIdentified) for item in await told.take()
            ):
                pass


def _identified_later(records: Sequence[Record], at_ms: int, who: Identity, by: str) -> CallIdentified:
    """In a call that is over, what the customer took before it stays as it was shown."""
    told = [record.event for record in records if isinstance(record.event, CallStarted | CallIdentified)]
    past = told[-1].past_offers
    return CallIdentified(at_ms=at_ms, agent=who.agent, customer=who.customer, by=by, past_offers=past)
