"""Turns a checked playbook file into the `Playbook` that calls follow.

Merges the built-in cues with the playbook's own additions and exceptions. Checks nothing: `parse.py` has.
Next: `Call(playbook)`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from voiceassist.core.playbook.model import (
    SPEAKER_OF,
    Absence,
    AlertRule,
    BuiltinCues,
    Card,
    Example,
    Ladder,
    LadderStep,
    Limits,
    Offer,
    PerCustomer,
    Playbook,
    Policy,
    Rule,
    Snippet,
)
from voiceassist.events import OwnKind, Speaker
from voiceassist.playbook_file.cue_document import BuiltinKindDocument, CuesDocument, MissingDocument, RuleDocument
from voiceassist.playbook_file.document import (
    CardDocument,
    ExampleDocument,
    LadderDocument,
    OfferDocument,
    PlaybookDocument,
    PolicyDocument,
)
from voiceassist.playbook_file.types import own_name, with_own_lists

NO_LADDER = Ladder(rungs=(), steps={})


def build_playbook(document: PlaybookDocument, builtin: BuiltinCues) -> Playbook:
    """The playbook without the marks of its text: `hash` and `number` are for the caller to set."""
    return Playbook(
        name=document.name,
        title=document.title or document.name,
        language=document.language,
        version=document.version,
        teams=tuple(document.teams),
        tiers=tuple(document.tiers),
        words={**builtin.words, **_words(document, builtin)},
        kinds=tuple(OwnKind(id=kind, **fields.model_dump()) for kind, fields in document.kinds.items()),
        rules=(*_kept(document, builtin), *_own(document)),
        builtin=builtin,
        absences=tuple(_absence(name, absence) for name, absence in document.missing.items()),
        policies=tuple(_policy(name, policy) for name, policy in document.policies.items()),
        cards={name: _card(name, fields) for name, fields in document.cards.items()},
        ladder=_ladder(document.ladder) if document.ladder else NO_LADDER,
        alerts={kind: AlertRule(kind=kind, **rule.model_dump()) for kind, rule in document.alerts.items()},
        limits=Limits(**document.limits.model_dump()) if document.limits else Limits(),
        redact=document.redact,
        coaching=tuple(Snippet(id=name, text=text) for name, text in document.coaching.items()),
        examples=tuple(_example(example) for example in document.examples),
        exceptions=_exceptions(document, builtin),
        sensitivity={kind: cue.sensitivity for kind, cue in document.cues.items() if cue.sensitivity != "normal"},
        reach={kind: cue.reach for kind, cue in document.cues.items() if cue.reach != "alert"},
    )


def _exceptions(document: PlaybookDocument, builtin: BuiltinCues) -> dict[str, tuple[str, ...]]:
    merged = dict(builtin.exceptions)
    for kind, cue in document.cues.items():
        if cue.except_:
            merged[kind] = (*merged.get(kind, ()), *cue.except_)
    return merged


def build_rules(document: CuesDocument) -> tuple[Rule, ...]:
    """The rules of a file of built-in cues."""
    return tuple(
        _rule(f"{kind}.{name}", SPEAKER_OF[kind], rule, shared=tuple(cue.except_), early=cue.early)
        for kind, cue in document.cues.items()
        for name, rule in _rules(cue)
    )


def _words(document: PlaybookDocument, builtin: BuiltinCues) -> dict[str, tuple[str, ...]]:
    taken = frozenset(document.words) & frozenset(builtin.words)
    return {
        own_name(name, taken): tuple(with_own_lists(phrase, taken) for phrase in phrases)
        for name, phrases in document.words.items()
    }


def _rules(cue: BuiltinKindDocument) -> Iterable[tuple[str, RuleDocument]]:
    return cue.rules.items()


def _kept(document: PlaybookDocument, builtin: BuiltinCues) -> Iterator[Rule]:
    """The built-in rules that stay, with this playbook's exceptions."""
    for rule in builtin.rules:
        cue = next((cue for kind, cue in document.cues.items() if kind == rule.kind), None)
        if cue is None:
            yield rule
        elif rule.id not in cue.off:
            early = rule.early and cue.early is not False
            reach = "colour" if rule.id in cue.weak else rule.reach
            yield replace(rule, exclusions=(*rule.exclusions, *cue.except_), early=early, reach=reach)


def _own(document: PlaybookDocument) -> Iterator[Rule]:
    speakers = {**SPEAKER_OF} | {kind: own.speaker for kind, own in document.kinds.items()}
    for kind, cue in document.cues.items():
        for name, rule in cue.rules.items():
            early = cue.early is not False
            yield _rule(f"{kind}.{name}", speakers[kind], rule, shared=tuple(cue.except_), early=early)


def _rule(rule_id: str, speaker: Speaker, fields: RuleDocument, *, shared: tuple[str, ...], early: bool) -> Rule:
    return Rule(
        id=rule_id,
        kind=rule_id.partition(".")[0],
        speaker=speaker,
        phrases=tuple(fields.phrases),
        exclusions=(*shared, *fields.except_),
        unless=tuple(fields.unless),
        after=tuple(fields.after),
        unless_after=tuple(fields.unless_after),
        after_kind=fields.after_kind or "",
        confidence=fields.confidence,
        early=early if fields.early is None else fields.early,
        reach=fields.reach,
        quiet=fields.quiet,
    )


def _absence(name: str, fields: MissingDocument) -> Absence:
    return Absence(
        id=f"missing.{name}",
        title=fields.title or name.replace("_", " "),
        speaker=fields.speaker,
        phrases=tuple(fields.phrases),
        within_s=fields.within_s,
        after=tuple(fields.after),
        after_kind=fields.after_kind or "",
        by_end=fields.by_end,
    )


def _policy(name: str, fields: PolicyDocument) -> Policy:
    return Policy(
        id=name,
        topic=fields.topic,
        asked=tuple(fields.asked),
        refused=tuple(fields.refused),
        limit=fields.limit,
        benefit=fields.benefit,
        say=fields.say,
        avoid=fields.avoid,
        alternatives=tuple(_offer(id_, offer) for id_, offer in fields.alternatives.items()),
        recovery_s=fields.recovery_s,
    )


def _offer(name: str, fields: OfferDocument) -> Offer:
    often = fields.per_customer
    return Offer(
        id=name,
        text=fields.text,
        detail=fields.detail or "",
        cost=fields.cost,
        tiers=tuple(fields.tiers),
        per_call=fields.per_call,
        per_customer=PerCustomer(times=often.times, days=often.days) if often else None,
        from_date=fields.from_ or "",
        until_date=fields.until or "",
    )


def _card(name: str, fields: CardDocument) -> Card:
    return Card(
        name=name,
        headline=fields.headline,
        say=fields.say,
        priority=fields.priority,
        cooldown_s=fields.cooldown_s,
        cap=fields.cap,
        expires_s=fields.expires_s,
        not_when=tuple(fields.not_when),
        done_when=tuple(fields.done_when),
        returns=fields.returns,
    )


def _ladder(fields: LadderDocument) -> Ladder:
    return Ladder(
        rungs=tuple(fields.rungs),
        steps={
            kind: LadderStep(kind=kind, card=step.card, climbs=step.climbs) for kind, step in fields.steps.items()
        },
        levels=dict(fields.levels),
        forget_s=fields.forget_s,
    )


def _example(fields: ExampleDocument) -> Example:
    return Example(
        call=tuple((speaker, text) for line in fields.call for speaker, text in line.items()),
        cues=None if fields.cues is None else tuple(fields.cues),
        card=fields.card,
        topic=fields.topic,
        tier=fields.tier,
        on=fields.on or "",
    )
