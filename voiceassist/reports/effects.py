"""What another version of a playbook changed: each share before and after, and whether that can be told. Pure.

Never a claim from few calls, and never a cause: other calls came, too.
Next: `store/version_effects.py` adds up the calls of each version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from voiceassist.kpis.definitions import Sum
from voiceassist.reports.intervals import Interval, newcombe

Verdict = Literal["not_enough", "no_difference", "more", "less"]
EffectId = Literal["recovered", "cards_used", "cards_unhelpful", "false_alarms", "missed"]

LEAST_CALLS = 50
"""Of either version. Refusals of one call are alike, so their number alone would claim too much."""
LEAST_WHOLE = 30
"""Of what a share is taken of, on either side: Newcombe's intervals keep their promise from about there on."""

SHARES: Mapping[EffectId, tuple[Sum, Sum]] = {
    "recovered": ("recovered", "closed"),
    "cards_used": ("cards_used", "cards"),
    "cards_unhelpful": ("cards_unhelpful", "cards"),
    "false_alarms": ("false_alarms", "alarms"),
    "missed": ("missed", "disclosures"),
}
"""As the key figures of these names are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One share under a version and under the one before it."""

    id: EffectId
    part: int
    whole: int
    before_part: int
    before_whole: int
    verdict: Verdict
    difference: float | None = None  # after less before, from -1 to 1
    interval: Interval | None = None  # 95 %, of the difference; none where there is not enough to say


def effects_of(now: Mapping[Sum, int], before: Mapping[Sum, int]) -> tuple[Effect, ...]:
    """Of the sums of two versions, with the calls of each among them."""
    enough = min(now["calls"], before["calls"]) >= LEAST_CALLS
    return tuple(_effect(id_, now, before, enough=enough) for id_ in SHARES)


def _effect(id_: EffectId, now: Mapping[Sum, int], before: Mapping[Sum, int], *, enough: bool) -> Effect:
    part, whole = SHARES[id_]
    first, second = (now[part], now[whole]), (before[part], before[whole])
    told = Effect(
        id=id_,
        part=first[0],
        whole=first[1],
        before_part=second[0],
        before_whole=second[1],
        verdict="not_enough",
    )
    if not enough or min(first[1], second[1]) < LEAST_WHOLE:
        return told
    found = newcombe(first, second)
    difference = first[0] / first[1] - second[0] / second[1]
    return replace(told, verdict=_verdict(found), difference=difference, interval=found)


def _verdict(of: Interval) -> Verdict:
    if of.low > 0:
        return "more"
    return "less" if of.high < 0 else "no_difference"
