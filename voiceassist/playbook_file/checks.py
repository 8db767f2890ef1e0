"""Checks how the parts of a playbook file fit together, which no field shows alone.

Works on the plain data and expects nothing of it, so that these mistakes are told together with all others. Never
raises. Next: `parse.py`.
"""

from collections.abc import Callable, Iterator, Mapping

from voiceassist.core.cues.patterns import compile_lists
from voiceassist.core.playbook.model import CLASSIFIED_KINDS, GENERAL, BuiltinCues
from voiceassist.core.words.languages import Language
from voiceassist.core.words.phrases import Lexicon, PhraseError, compile_phrase
from voiceassist.playbook_file.types import TAKEN_IDS, Names, of_phrase
from voiceassist.yamltext.document import Json
from voiceassist.yamltext.problems import Message, Path, told, unknown

Finding = tuple[Path, Message]
# No caller expects to read these again, and no playbook may show them.
NEVER_KEPT = {
    "card": "payment standards forbid to keep it in words",
    "security_code": "payment standards forbid to keep it at all",
    "password": "who reads it could use it",
    "number": "the first groups of a card number are such numbers",
}
NO_WORD = r"[^\s\S]"  # stands in for a list that cannot be compiled, so that it is blamed once: matches nothing


def mapping_at(value: Json, *path: str | int) -> dict[str, Json]:
    """The mapping at a place; empty when there is something else."""
    found = value_at(value, *path)
    return found if isinstance(found, dict) else {}


def value_at(value: Json, *path: str | int) -> Json:
    """The value at a place; None when there is none."""
    for step in path:
        is_there = (isinstance(value, dict) and step in value) or (
            isinstance(value, list) and isinstance(step, int) and step < len(value)
        )
        value = value[step] if is_there else None
    return value


def texts_at(value: Json, *path: str | int) -> tuple[str, ...]:
    """The texts of the list at a place, with what is no text left out."""
    found = value_at(value, *path)
    return tuple(item.strip() for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def read_words(document: Json, builtin: BuiltinCues, language: Language) -> tuple[Lexicon, list[Finding]]:
    """The lists that phrases may name, and what is wrong with the document's own."""
    lists = dict(compile_lists(builtin.words, language).lists)
    findings: list[Finding] = []
    for name, phrases in mapping_at(document, "words").items():
        lists[name], wrong = _list(name, phrases, Lexicon(language, lists))
        findings += wrong
    return Lexicon(language, lists), findings


def _list(name: str, phrases: Json, lexicon: Lexicon) -> tuple[str, list[Finding]]:
    compiled, findings = list[str](), list[Finding]()
    for index, phrase in enumerate(phrases if isinstance(phrases, list) else ()):
        try:
            compiled.append(compile_phrase(phrase, lexicon) if isinstance(phrase, str) else NO_WORD)
        except PhraseError as error:
            findings.append((("words", name, index), of_phrase(str(phrase), error)))
    return f"(?:{'|'.join(compiled) or NO_WORD})", findings


def names_in(document: Json, lexicon: Lexicon, builtin: BuiltinCues) -> Names:
    """What the document's phrases and references may name."""
    return Names(
        lexicon=lexicon,
        own_lists=frozenset(mapping_at(document, "words")) & frozenset(builtin.words),
        cards=tuple(mapping_at(document, "cards")),
        rungs=texts_at(document, "ladder", "rungs"),
        policies=tuple(mapping_at(document, "policies")),
        tiers=texts_at(document, "tiers"),
        kinds=tuple(mapping_at(document, "kinds")),
    )


def cross_checks(document: Json, builtin: BuiltinCues) -> Iterator[Finding]:
    """All mistakes in how the parts fit together."""
    yield from _general(document)
    yield from _own_kinds(document)
    for kind in mapping_at(document, "cues"):
        yield from _builtin_ids(document, kind, builtin)
        yield from _own_rules(document, kind, builtin)
        yield from _sensitivity(document, kind)
    for check, parts in PARTS.items():
        yield from (finding for path in parts(document) for finding in check(document, path))
    yield from _rungs(document)
    yield from _always_private(document)
    yield from _offers_twice(document)


def _general(document: Json) -> Iterator[Finding]:
    if isinstance(value_at(document, "policies"), dict) and GENERAL not in mapping_at(document, "policies"):
        text = "is missing: the policy for requests that fit no other"
        yield ("policies", GENERAL), told(text, "no_general_policy")


def _own_kinds(document: Json) -> Iterator[Finding]:
    for kind in mapping_at(document, "kinds"):
        if kind in TAKEN_IDS:
            yield ("kinds", kind), told("is the name of a built-in cue; choose another", "builtin_kind_name")


def _builtin_ids(document: Json, kind: str, builtin: BuiltinCues) -> Iterator[Finding]:
    """What `off` and `weak` name."""
    known = [rule.id for rule in builtin.rules if rule.kind == kind]
    for field in ("off", "weak"):
        for index, id_ in enumerate(texts_at(document, "cues", kind, field)):
            if id_ not in known:
                yield ("cues", kind, field, index), unknown(id_, known)


def _own_rules(document: Json, kind: str, builtin: BuiltinCues) -> Iterator[Finding]:
    taken = {rule.id for rule in builtin.rules} - set(texts_at(document, "cues", kind, "off"))
    for name in mapping_at(document, "cues", kind, "rules"):
        if f"{kind}.{name}" in taken:
            text = "is the name of a built-in rule; choose another, or list that in `off`"
            yield ("cues", kind, "rules", name), told(text, "builtin_rule_name")


def _always_private(document: Json) -> Iterator[Finding]:
    for kind, treatment in mapping_at(document, "redact").items():
        if kind in NEVER_KEPT and treatment == "keep":
            text = f"`{kind}` is always masked or dropped: {NEVER_KEPT[kind]}"
            yield ("redact", kind), told(text, "never_kept", kind=kind)


def _sensitivity(document: Json, kind: str) -> Iterator[Finding]:
    if "sensitivity" in mapping_at(document, "cues", kind) and kind not in CLASSIFIED_KINDS:
        known = ", ".join(CLASSIFIED_KINDS)
        text = f"`{kind}` is found by its phrases alone; this is for {known}"
        yield ("cues", kind, "sensitivity"), told(text, "no_sensitivity", kind=kind)


def _absences(document: Json) -> Iterator[Path]:
    yield from (("missing", name) for name in mapping_at(document, "missing"))


def _offers(document: Json) -> Iterator[Path]:
    for policy in mapping_at(document, "policies"):
        for name in mapping_at(document, "policies", policy, "alternatives"):
            yield ("policies", policy, "alternatives", name)


def _has_time(document: Json, path: Path) -> Iterator[Finding]:
    absence = mapping_at(document, *path)
    if absence and absence.get("within_s") is None and absence.get("by_end") is not True:
        yield (*path, "within_s"), told("is missing; give it, or `by_end: true`", "no_time")


def _has_days(document: Json, path: Path) -> Iterator[Finding]:
    first, last = value_at(document, *path, "from"), value_at(document, *path, "until")
    if isinstance(first, str) and isinstance(last, str) and first > last:
        yield (*path, "until"), told(f"is before `from` ({first})", "until_before_from", day=first)


def _rungs(document: Json) -> Iterator[Finding]:
    rungs = texts_at(document, "ladder", "rungs")
    for index, rung in enumerate(rungs):
        if rung in rungs[:index]:
            text = f"`{rung}` is there twice; each rung is a card of its own"
            yield ("ladder", "rungs", index), told(text, "rung_twice", rung=rung)


def _offers_twice(document: Json) -> Iterator[Finding]:
    """What a customer had is counted by the alternative's name alone, so no two may share it."""
    first: dict[str | int, str | int] = {}
    for path in _offers(document):
        policy, name = path[1], path[3]
        owner = first.setdefault(name, policy)
        if owner != policy:
            text = f"is also an alternative of `{owner}`; uses are counted by name, so choose another"
            yield path, told(text, "offer_twice", policy=owner)


PARTS: Mapping[Callable[[Json, Path], Iterator[Finding]], Callable[[Json], Iterator[Path]]] = {
    _has_time: _absences,
    _has_days: _offers,
}
"""What is checked of each part of one sort, and where those parts are."""
