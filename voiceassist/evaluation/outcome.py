"""A labelled turn and the cues that are found in it: which of them reach people, and which only colour words.

`abuse` stands for insult, threat, slur and sexual together. Never looks at a label. Next: `judged.py` compares.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.match import Match
from voiceassist.core.playbook.model import ABUSE_KINDS, SPEAKER_OF, Playbook
from voiceassist.evaluation.labelled import ABUSE, LabelledTurn, TextName
from voiceassist.events import Speaker

Kinds: TypeAlias = frozenset[str]
KIND_ORDER = (*SPEAKER_OF, ABUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A turn, and the cues that were found in it."""

    row: LabelledTurn
    found: tuple[Match, ...]

    @property
    def kinds(self) -> Kinds:
        """The kinds of its cues, with ABUSE where one of them is abuse."""
        return with_abuse(match.kind for match in self.found)

    @property
    def reaching(self) -> Kinds:
        """Those of its kinds that reach people."""
        return with_abuse(match.kind for match in self.found if reaches_people(match))


def reaches_people(match: Match) -> bool:
    """Whether a cue brings a card or an alert, where its playbook has one."""
    return match.reach != "colour"


def outcome_of(playbook: Playbook, row: LabelledTurn, text: TextName) -> Outcome:
    """The cues found in a turn; where the speaker is unknown, by the rules of both sides."""
    words, context = row.words(text), Context(before=tuple(row.prev.split()))
    found = [match for speaker in row.speakers for match in find_cues(playbook, speaker, words, context)]
    return Outcome(row=row, found=tuple(found))


def by_source(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each source, in the order in which the sources come."""
    sources: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        sources.setdefault(outcome.row.source, []).append(outcome)
    return sources


def with_abuse(kinds: Iterable[str]) -> Kinds:
    """The kinds, and ABUSE where one of them is abuse."""
    found = frozenset(kinds)
    return found if found.isdisjoint(ABUSE_KINDS) else found | {ABUSE}


def is_abuse(kind: str) -> bool:
    """Whether it is one of the four kinds, or ABUSE itself."""
    return kind == ABUSE or kind in ABUSE_KINDS


def speaker_of(kind: str) -> Speaker:
    """Which side says a kind; ABUSE too."""
    return SPEAKER_OF["insult" if kind == ABUSE else kind]
