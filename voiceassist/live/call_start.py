"""How a live call begins: who is calling, what hears them, what this customer took before, and in which pause.

Never waits for the store longer than a second. Next: `session.py` hands the event to the call.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from voiceassist.asr.engine import Engine
from voiceassist.clock import local_now
from voiceassist.config import SERVER
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import StoreError
from voiceassist.events import CallStarted, ConsentNeed, Customer, PastOffer
from voiceassist.ingest.fields import NO_CUSTOMER
from voiceassist.ingest.source import CallInfo, call_started
from voiceassist.store.rows import microseconds
from voiceassist.store.store import Store

log = structlog.get_logger()

KNOWN_WITHIN_S = 1.0  # as for earlier offers
# A call does not wait for what its customer took before: it is some milliseconds away, or the disk is in trouble.
PAST_OFFERS_WITHIN_S = 1.0


async def first_event(
    info: CallInfo,
    engine: Engine,
    playbook: Playbook,
    store: Store,
    consent_need: ConsentNeed,
    *,
    without_help: bool = False,
) -> CallStarted:
    """The call begins now."""
    now = local_now()
    return call_started(
        info,
        started_at=now.isoformat(timespec="milliseconds"),
        engine=engine.name,
        language=engine.language,
        playbook=playbook,
        consent_need=consent_need,
        without_help=without_help,
        past_offers=await past_offers(info.customer, playbook, store, now),
    )


async def paused_by(info: CallInfo, store: Store) -> str | None:
    """Who paused the recording of the call that goes on in this one; None: it is recorded.

    When the store does not say, it is paused: a card number on a tape is worse than a tape with a gap.
    """
    if not info.continues:
        return None
    try:
        async with asyncio.timeout(KNOWN_WITHIN_S):
            pause = await store.open_pause(info.continues)
    except (TimeoutError, StoreError) as error:
        log.warning("paused, since nobody knows whether it was", error=str(error) or "the store is too slow")
        return SERVER
    return pause.by if pause else None


async def past_offers(
    customer: Customer, playbook: Playbook, store: Store, now: datetime
) -> tuple[PastOffer, ...]:
    """What this customer took before, as far back as the playbook looks; nothing when the store does not say."""
    days = _memory_days(playbook)
    if not days or customer.id == NO_CUSTOMER:
        return ()
    since = microseconds((now - timedelta(days=days)).isoformat())
    try:
        async with asyncio.timeout(PAST_OFFERS_WITHIN_S):
            return _worded(await store.past_offers(customer.id, since), playbook)
    except (TimeoutError, StoreError) as error:
        log.warning("earlier offers to this customer are not known", error=str(error) or "the store is too slow")
        return ()


def _memory_days(playbook: Playbook) -> int:
    """The longest time for which an alternative is limited per customer."""
    offers = (offer for policy in playbook.policies for offer in policy.alternatives)
    return max((offer.per_customer.days for offer in offers if offer.per_customer), default=0)


def _worded(offers: tuple[PastOffer, ...], playbook: Playbook) -> tuple[PastOffer, ...]:
    """Each with the words that people know it by."""
    texts = {offer.id: offer.text for policy in playbook.policies for offer in policy.alternatives}
    return tuple(replace(past, text=texts.get(past.alternative, "")) for past in offers)
