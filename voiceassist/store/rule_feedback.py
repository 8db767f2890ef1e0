"""How the rules of a playbook did lately, all its versions together, with the calls in which people complained.

Reads only. Next: `server/playbook_feedback.py` gives it out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from voiceassist.store.call_scope import CallScope
from voiceassist.store.rows import iso_of
from voiceassist.store.schema import RULE_NUMBERS, calls, fact_rules

RULES = 500  # more than a playbook has that anybody reads
CALLS = 5  # the newest of each rule
COMPLAINTS = 1_000  # that are looked through for them


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCall:
    """A call in which somebody called a cue of the rule a false alarm, or its card not useful."""

    call_id: str
    started_at: str  # ISO 8601, UTC
    version: str  # of the playbook
    false_alarms: int
    not_useful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFeedback:
    """One rule."""

    rule: str
    kind: str
    fired: int  # cues that reached people
    cards: int
    used: int  # of the cards
    dismissed: int
    not_useful: int
    false_alarms: int  # of the cues
    calls: tuple[JudgedCall, ...]  # the newest that may be seen


def rule_feedback(
    connection: Connection, playbook: str, since_us: int, scope: CallScope
) -> tuple[RuleFeedback, ...]:
    """Every rule that found something since then, the most complained of first."""
    sums = [func.sum(fact_rules.c[number]).label(number) for number in RULE_NUMBERS]
    complaints = func.sum(fact_rules.c.false_alarms + fact_rules.c.not_useful)
    wanted = (
        select(fact_rules.c.rule, fact_rules.c.kind, *sums)
        .where(fact_rules.c.playbook == playbook, fact_rules.c.started_us >= since_us)
        .group_by(fact_rules.c.kind, fact_rules.c.rule)
        .order_by(complaints.desc(), sums[0].desc(), fact_rules.c.rule)
        .limit(RULES)
    )
    judged = _judged(connection, playbook, since_us, scope)
    return tuple(
        RuleFeedback(**dict(row), calls=tuple(judged.get((row["kind"], row["rule"]), ())))
        for row in connection.execute(wanted).mappings()
    )


def _judged(
    connection: Connection, playbook: str, since_us: int, scope: CallScope
) -> Mapping[tuple[str, str], Sequence[JudgedCall]]:
    """By kind and rule: the newest calls in which somebody complained."""
    wanted = (
        select(fact_rules, calls.c.started_us.label("began_us"))
        .join(calls, calls.c.call_id == fact_rules.c.call_id)
        .where(fact_rules.c.playbook == playbook, fact_rules.c.started_us >= since_us, scope.condition())
        .where(or_(fact_rules.c.false_alarms > 0, fact_rules.c.not_useful > 0))
        .order_by(fact_rules.c.started_us.desc(), fact_rules.c.call_id)
        .limit(COMPLAINTS)
    )
    found: dict[tuple[str, str], list[JudgedCall]] = defaultdict(list)
    for row in connection.execute(wanted).mappings():
        of_rule = found[row["kind"], row["rule"]]
        if len(of_rule) < CALLS:
            of_rule.append(
                JudgedCall(
                    call_id=row["call_id"],
                    started_at=iso_of(row["began_us"]),
                    version=row["version"],
                    false_alarms=row["false_alarms"],
                    not_useful=row["not_useful"],
                )
            )
    return found
