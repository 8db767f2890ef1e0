"""Which alternatives of a policy this customer may be offered now, and why the others not.

The day and what the customer took in earlier calls come with `CallStarted`, or later. Never shows a card.
Next: `card_choice.py` puts them on the card; `trials/trial.py` tells the reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from voiceassist.core.playbook.days import day_of, days_between
from voiceassist.core.playbook.model import Offer, PerCustomer, Policy
from voiceassist.events import Alternative, CallIdentified, CallStarted, PastOffer, Tier

ALTERNATIVES_MAX = 3  # on a card, by the product's rules of taste
STANDARD: Tier = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """What an offer depends on besides the policy: the customer, the day, and what was used before."""

    tier: Tier = STANDARD
    today: str = ""  # ISO 8601 date of the call; empty: unknown, then days make no difference
    past: tuple[PastOffer, ...] = ()  # taken in earlier calls
    used: Mapping[str, int] = field(default_factory=dict)  # in this call, by the alternative's id


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferShown:
    """An alternative, and whether a card shows it."""

    id: str
    text: str
    shown: bool
    detail: str = ""
    why_not: str = ""  # for a person; empty when it is shown


def asker_of(call: CallStarted) -> Asker:
    """Who is calling, and on which day."""
    return Asker(tier=call.customer.tier, today=day_of(call.started_at), past=call.past_offers)


def identified(asker: Asker, event: CallIdentified) -> Asker:
    """The same call, of a customer of whom more is known; what was used in it stays used."""
    return replace(asker, tier=event.customer.tier, past=event.past_offers)


def offers_for(policy: Policy, asker: Asker) -> tuple[Alternative, ...]:
    """What the card shows: what this customer may have now, the first three."""
    return tuple(
        Alternative(id=offer.id, text=offer.text, detail=offer.detail)
        for offer in offers_explained(policy, asker)
        if offer.shown
    )


def offers_explained(policy: Policy, asker: Asker) -> tuple[OfferShown, ...]:
    """All alternatives of a policy in their order; for each that is not shown, why not."""
    explained, shown = list[OfferShown](), 0
    for offer in policy.alternatives:
        reason = _why_not(offer, asker)
        if not reason and shown == ALTERNATIVES_MAX:
            reason = f"a card shows {ALTERNATIVES_MAX} at most"
        shown += not reason
        explained.append(
            OfferShown(id=offer.id, text=offer.text, detail=offer.detail, shown=not reason, why_not=reason)
        )
    return tuple(explained)


def _why_not(offer: Offer, asker: Asker) -> str:
    used = asker.used.get(offer.id, 0)
    if offer.tiers and asker.tier not in offer.tiers:
        return f"only for {', '.join(offer.tiers)}; this customer is {asker.tier}"
    if used >= offer.per_call:
        return f"used {_times(used)} in this call"
    if asker.today and offer.from_date > asker.today:
        return f"only from {offer.from_date} on"
    if asker.today and offer.until_date and offer.until_date < asker.today:
        return f"only until {offer.until_date}"
    return _had_enough(offer, offer.per_customer, asker) if offer.per_customer else ""


def _had_enough(offer: Offer, often: PerCustomer, asker: Asker) -> str:
    had = asker.used.get(offer.id, 0) + sum(
        past.alternative == offer.id and _is_recent(past, asker.today, often.days) for past in asker.past
    )
    return f"this customer had it {_times(had)} within {often.days} days" if had >= often.times else ""


def _is_recent(past: PastOffer, today: str, days: int) -> bool:
    on = day_of(past.on)
    return not (on and today) or days_between(on, today) < days


def _times(count: int) -> str:
    return f"{count} time{'s' if count > 1 else ''}"
