"""Learns from false alarms that people marked: which rules and kinds of a playbook should reach less far here.

Changes no weights. A built-in rule that was mostly wrong becomes weak (it only colours, unless the classifier
finds the same); one that is mostly wrong even then is switched off; a rule of the playbook's own becomes weak; and
a kind that is mostly wrong after all that only colours. "Mostly wrong" is said with 95 % certainty: the lower end
of Wilson's interval of the share of wrong ones is above a half, which takes marks in four calls at least. A call
counts once for a rule, so that one bad call decides nothing. What brings no card and no alert now is left alone.
Pure. Next: `cli/cues/site.py` reports, and writes the changes into the playbook's YAML.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from voiceassist.core.cues.match import Match
from voiceassist.core.playbook.model import Playbook
from voiceassist.evaluation.labelled import FALSE_ALARM_OF, MEANINGS
from voiceassist.evaluation.outcome import Outcome, reaches_people
from voiceassist.evaluation.scores import share
from voiceassist.yamltext.document import Json
from voiceassist.yamltext.json_edits import Edit

MOSTLY = 0.5
Change = Literal["weak", "off", "colour"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a person said of one cue, with what reaches people now where it was."""

    call: str
    kind: str
    is_false: bool
    matches: tuple[Match, ...]  # of the kind, reaching people


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One change of the playbook, and the calls whose judgements ask for it."""

    kind: str
    rule: str  # its id; empty: the whole kind
    change: Change
    wrong: int  # calls in which it was called a false alarm
    right: int  # calls in which its card was used

    def undoes(self, match: Match) -> bool:
        """Whether this match reaches nobody after the change."""
        if self.change == "colour":
            return match.kind == self.kind
        return match.rule == self.rule and (self.change == "off" or not match.agreed)


def judgements_in(outcomes: Iterable[Outcome]) -> list[Judgement]:
    """What people said in rows of feedback; other rows say nothing."""
    return [
        Judgement(
            call=str(one.row.meta.get("call", one.row.id)),
            kind=MEANINGS[label].about,
            is_false=label.startswith(FALSE_ALARM_OF),
            matches=tuple(m for m in one.found if m.kind == MEANINGS[label].about and reaches_people(m)),
        )
        for one in outcomes
        for label in one.row.labels
        if label in MEANINGS and MEANINGS[label].is_alone
    ]


def adjustments_for(judgements: Sequence[Judgement], builtin_rules: Iterable[str]) -> list[Adjustment]:
    """The changes that these judgements ask for, rules first."""
    known, found = frozenset(builtin_rules), list[Adjustment]()
    for rule in sorted({match.rule for one in judgements for match in one.matches}):
        kind = rule.partition(".")[0]
        found += _for_rule(kind, rule, judgements, is_builtin=rule in known)
    for kind in sorted({one.kind for one in judgements}):
        found += _asked(kind, "", "colour", _still(judgements, found), lambda _match: True)
    return found


def still_told(judgement: Judgement, adjustments: Sequence[Adjustment]) -> bool:
    """Whether the cue still reaches people after these changes."""
    return any(not any(one.undoes(match) for one in adjustments) for match in judgement.matches)


def edits_for(playbook: Playbook, document: Json, adjustments: Sequence[Adjustment]) -> Iterator[Edit]:
    """The changes as edits of the playbook's document."""
    builtin = {rule.id for rule in playbook.builtin.rules}
    for kind in dict.fromkeys(one.kind for one in adjustments):
        of_kind = [one for one in adjustments if one.kind == kind]
        for change in ("weak", "off"):
            rules = [one.rule for one in of_kind if one.change == change and one.rule in builtin]
            if rules:
                path = ("cues", kind, change)
                yield Edit(op="set", path=path, value=[*_listed(document, path), *rules])
        for one in of_kind:
            if one.change == "colour":
                yield Edit(op="set", path=("cues", kind, "reach"), value="colour")
            elif one.rule not in builtin:
                name = one.rule.partition(".")[2]
                yield Edit(op="set", path=("cues", kind, "rules", name, "reach"), value="colour")


def _for_rule(kind: str, rule: str, judgements: Sequence[Judgement], *, is_builtin: bool) -> list[Adjustment]:
    weak = _asked(kind, rule, "weak", judgements, lambda match: match.rule == rule and not match.agreed)
    off = _asked(kind, rule, "off", _still(judgements, weak), lambda match: match.rule == rule)
    return off if off and is_builtin else weak


def _asked(
    kind: str, rule: str, change: Change, judgements: Sequence[Judgement], is_its: Callable[[Match], bool]
) -> list[Adjustment]:
    """The change, where most of the calls with such a match were wrong; else nothing."""
    about = [one for one in judgements if one.kind == kind and any(map(is_its, one.matches))]
    wrong = len({one.call for one in about if one.is_false})
    right = len({one.call for one in about if not one.is_false})
    wrong_share = share(wrong, wrong + right)
    if wrong_share is None or wrong_share.low <= MOSTLY:
        return []
    return [Adjustment(kind=kind, rule=rule, change=change, wrong=wrong, right=right)]


def _still(judgements: Sequence[Judgement], adjustments: Sequence[Adjustment]) -> list[Judgement]:
    return [one for one in judgements if still_told(one, adjustments)]


def _listed(document: Json, path: tuple[str, ...]) -> list[Json]:
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    return document if isinstance(document, list) else []
