"""Reads a playbook from YAML text and checks all of it: `parse_playbook(text, name) -> Playbook`.

Every error names file, line and field and, for a wrong name, the nearest valid one. Never opens a file.
The fields are described in the built-in `playbooks/retail.yaml`; the types are in `playbook_model.py`.
Next: `Call(playbook)`.
"""

from collections.abc import Iterable, Mapping
from typing import get_args

from voiceassist.core.languages import Language, is_language, language_rules
from voiceassist.core.matchers import compile_lists
from voiceassist.core.phrases import Lexicon, PhraseError, compile_phrase
from voiceassist.core.playbook_model import (
    AGENT_KINDS,
    COST_CLASSES,
    CUSTOMER_KINDS,
    GENERAL,
    HEARD_KINDS,
    SPEAKER_OF,
    Absence,
    AlertRule,
    BuiltinCues,
    Card,
    CostClass,
    Ladder,
    Limits,
    Offer,
    Playbook,
    Policy,
    Rule,
    Step,
)
from voiceassist.core.yaml_fields import Field, read_yaml
from voiceassist.events import SPEAKERS, AlertLevel, Speaker

__all__ = ["Playbook", "parse_cues", "parse_playbook"]

NO_CUES = BuiltinCues()
LEVELS: tuple[AlertLevel, ...] = get_args(AlertLevel)
SPOKEN_KINDS = (*AGENT_KINDS, *CUSTOMER_KINDS)
ALERT_KINDS = (*SPOKEN_KINDS, *HEARD_KINDS, "dead_end", "help")
HOUR_S = 3600


def parse_cues(files: Iterable[tuple[str, str]], language: str) -> BuiltinCues:
    """The built-in cues of a language, from files (name, text) in building order. Raises PlaybookError."""
    words: dict[str, tuple[str, ...]] = {}
    rules: list[Rule] = []
    for name, text in files:
        top = read_yaml(text, name).only((), ("words", "cues"))
        words = _words(top.get("words"), language_rules(language), words)
        if "cues" in top:
            rules += _rules(top["cues"], compile_lists(words, language_rules(language)))
    return BuiltinCues(words=words, rules=tuple(rules))


def parse_playbook(text: str, name: str, builtin: BuiltinCues = NO_CUES) -> Playbook:
    """The playbook in `text`; `name` is the file to blame. Raises PlaybookError."""
    top = read_yaml(text, name).only(
        ("name", "version", "language", "policies", "cards", "alerts"),
        ("title", "words", "cues", "missing", "ladder", "limits"),
    )
    language = _language(top["language"])
    words = _words(top.get("words"), language_rules(language), builtin.words)
    lexicon = compile_lists(words, language_rules(language))
    cards = _cards(top["cards"], _rungs(top.get("ladder")))
    return Playbook(
        name=top["name"].text(),
        version=top["version"].whole(1, 1_000_000),
        language=language,
        words=words,
        rules=(*builtin.rules, *(_rules(top["cues"], lexicon) if "cues" in top else ())),
        absences=tuple(_absences(top.get("missing"), lexicon)),
        policies=_policies(top["policies"], lexicon),
        cards=cards,
        ladder=_ladder(top.get("ladder"), cards),
        alerts={kind: _alert(field, kind) for kind, field in top["alerts"].entries().items()},
        limits=_limits(top.get("limits")),
    )


def _language(field: Field) -> str:
    tag = field.text()
    if not is_language(tag):
        field.fail(f"must be a language tag such as `en` or `es-MX`, not `{tag}`")
    return tag


# ---- phrases ---------------------------------------------------------------------------------------------


def _words(
    field: Field | None, language: Language, builtin: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    known = dict(builtin)
    for name, words in field.entries().items() if field else ():
        known[name] = _phrases(words, compile_lists(known, language))
    return known


def _phrases(field: Field | None, lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(_phrase(item, lexicon) for item in field.items()) if field else ()


def _phrase(field: Field, lexicon: Lexicon) -> str:
    phrase = field.text()
    try:
        compile_phrase(phrase, lexicon)
    except PhraseError as error:
        field.fail(f"phrase `{phrase}`: {error}")
    return phrase


# ---- cues ------------------------------------------------------------------------------------------------


def _rules(field: Field, lexicon: Lexicon) -> Iterable[Rule]:
    for kind, cue in field.entries().items():
        cue.check_name(kind, SPOKEN_KINDS)
        parts = cue.only(("rules",), ("except", "early"))
        shared = _phrases(parts.get("except"), lexicon)
        early = parts["early"].flag() if "early" in parts else True
        for name, rule in parts["rules"].entries().items():
            yield _rule(rule, f"{kind}.{name}", lexicon, shared=shared, early=early)


def _rule(field: Field, rule_id: str, lexicon: Lexicon, *, shared: tuple[str, ...], early: bool) -> Rule:
    kind = rule_id.partition(".")[0]
    parts = field.only(
        ("phrases",), ("except", "unless", "after", "unless_after", "after_kind", "confidence", "early")
    )
    return Rule(
        id=rule_id,
        kind=kind,
        speaker=SPEAKER_OF[kind],
        phrases=_phrases(parts["phrases"], lexicon),
        exclusions=(*shared, *_phrases(parts.get("except"), lexicon)),
        unless=_phrases(parts.get("unless"), lexicon),
        after=_phrases(parts.get("after"), lexicon),
        unless_after=_phrases(parts.get("unless_after"), lexicon),
        after_kind=parts["after_kind"].name(SPOKEN_KINDS) if "after_kind" in parts else "",
        confidence=parts["confidence"].share() if "confidence" in parts else 0.9,
        early=parts["early"].flag() if "early" in parts else early,
    )


def _absences(field: Field | None, lexicon: Lexicon) -> Iterable[Absence]:
    for name, absence in field.entries().items() if field else ():
        parts = absence.only(("speaker", "phrases", "within_s"))
        yield Absence(
            id=f"missing.{name}",
            speaker=_speaker(parts["speaker"]),
            phrases=_phrases(parts["phrases"], lexicon),
            within_s=parts["within_s"].whole(1, HOUR_S),
        )


def _speaker(field: Field) -> Speaker:
    name = field.name(SPEAKERS)
    return "agent" if name == "agent" else "customer"


# ---- policies --------------------------------------------------------------------------------------------


def _policies(field: Field, lexicon: Lexicon) -> tuple[Policy, ...]:
    policies = tuple(_policy(policy, name, lexicon) for name, policy in field.entries().items())
    if GENERAL not in (policy.id for policy in policies):
        field.fail(f"`{GENERAL}` is missing: the policy for requests that fit no other")
    return policies


def _policy(field: Field, name: str, lexicon: Lexicon) -> Policy:
    texts = ("topic", "limit", "benefit", "say", "avoid")
    parts = field.only((*texts, "alternatives"), ("asked", "recovery_s"))
    return Policy(
        id=name,
        **{text: parts[text].text() for text in texts},
        asked=_phrases(parts.get("asked"), lexicon),
        alternatives=tuple(_offer(offer, id_) for id_, offer in parts["alternatives"].entries().items()),
        recovery_s=parts["recovery_s"].whole(1, HOUR_S) if "recovery_s" in parts else None,
    )


def _offer(field: Field, name: str) -> Offer:
    parts = field.only(("text",), ("cost", "tiers", "per_call"))
    return Offer(
        id=name,
        text=parts["text"].text(),
        cost=_cost(parts["cost"]) if "cost" in parts else "none",
        tiers=parts["tiers"].texts() if "tiers" in parts else (),
        per_call=parts["per_call"].whole(1, 100) if "per_call" in parts else 1,
    )


def _cost(field: Field) -> CostClass:
    name = field.name(COST_CLASSES)
    return next(cost for cost in COST_CLASSES if cost == name)


# ---- cards, ladder, alerts, limits -----------------------------------------------------------------------


def _cards(field: Field, rungs: tuple[str, ...]) -> dict[str, Card]:
    cards = field.entries()
    for name, card in cards.items():
        card.check_name(name, (*SPOKEN_KINDS, *HEARD_KINDS, *rungs))
    return {name: _card(card, name) for name, card in cards.items()}


def _rungs(field: Field | None) -> tuple[str, ...]:
    """The names of the ladder's cards, before they are checked against the cards there are."""
    return field.only(("rungs", "steps"))["rungs"].texts() if field else ()


def _card(field: Field, name: str) -> Card:
    parts = field.only(("headline", "say", "priority"), ("cooldown_s", "cap", "expires_s"))
    return Card(
        name=name,
        headline=parts["headline"].text(),
        say=parts["say"].text(),
        priority=parts["priority"].whole(0, 100),
        cooldown_s=parts["cooldown_s"].whole(0, HOUR_S) if "cooldown_s" in parts else 60,
        cap=parts["cap"].whole(1, 100) if "cap" in parts else 3,
        expires_s=parts["expires_s"].whole(1, HOUR_S) if "expires_s" in parts else 25,
    )


def _ladder(field: Field | None, cards: Mapping[str, Card]) -> Ladder:
    if field is None:
        return Ladder(rungs=(), steps={})
    parts = field.only(("rungs", "steps"))
    rungs = tuple(rung.name(cards) for rung in parts["rungs"].items())
    steps = {kind: _step(step, kind, rungs) for kind, step in parts["steps"].entries().items()}
    return Ladder(rungs=rungs, steps=steps)


def _step(field: Field, kind: str, rungs: tuple[str, ...]) -> Step:
    field.check_name(kind, CUSTOMER_KINDS)
    parts = field.only(("card", "climbs"))
    return Step(kind=kind, card=parts["card"].name(rungs), climbs=parts["climbs"].flag())


def _alert(field: Field, kind: str) -> AlertRule:
    field.check_name(kind, ALERT_KINDS)
    parts = field.only(("level", "reason"), ("from_count", "cooldown_s"))
    level = parts["level"].name(LEVELS)
    return AlertRule(
        kind=kind,
        level=next(known for known in LEVELS if known == level),
        reason=parts["reason"].text(),
        from_count=parts["from_count"].whole(1, 100) if "from_count" in parts else 1,
        cooldown_s=parts["cooldown_s"].whole(0, HOUR_S) if "cooldown_s" in parts else 0,
    )


def _limits(field: Field | None) -> Limits:
    names = tuple(Limits.__dataclass_fields__)
    parts = field.only((), names) if field else {}
    return Limits(**{name: part.whole(0, 10 * HOUR_S) for name, part in parts.items()})
