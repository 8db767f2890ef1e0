"""Reads playbooks: `parse_playbook(text, name, builtin) -> Playbook`, `check_playbook(...)` for all that is wrong.

The fields are in `document.py`, how its parts must fit in `checks.py`, the types that calls use in
`core/playbook/model.py`. A mistake is a `Problem` with line, field, what is wrong and the nearest valid name.
Never opens a file. Next: `Call(playbook)`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from voiceassist.core.playbook.model import BuiltinCues, Playbook, Rule
from voiceassist.core.words.languages import Language, is_language, language_rules
from voiceassist.errors import PlaybookError
from voiceassist.playbook_file.build import build_playbook, build_rules
from voiceassist.playbook_file.checks import Finding, cross_checks, names_in, read_words, texts_at, value_at
from voiceassist.playbook_file.cue_document import CuesDocument
from voiceassist.playbook_file.document import PlaybookDocument
from voiceassist.playbook_file.messages import findings_of
from voiceassist.playbook_file.schema import schema_of
from voiceassist.playbook_file.types import Names
from voiceassist.yamltext.document import Json, YamlDocument, read_document
from voiceassist.yamltext.problems import Problem, located, problem_at

NO_CUES = BuiltinCues()
D = TypeVar("D", bound=BaseModel)


def parse_playbook(text: str, name: str, builtin: BuiltinCues = NO_CUES, *, number: int | None = None) -> Playbook:
    """The playbook in `text`; `name` is the file to blame, `number` the store's. Raises PlaybookError."""
    read = read_document(text)
    return replace(parse_document(read, name, builtin), hash=hash_of(text), number=number)


def parse_document(read: YamlDocument, name: str, builtin: BuiltinCues = NO_CUES) -> Playbook:
    """The same of a text that was read already; without its hash."""
    document, problems = _checked(read, builtin)
    if document is None or problems:
        raise PlaybookError(_report(problems, name))
    return build_playbook(document, builtin)


def check_playbook(text: str, builtin: BuiltinCues = NO_CUES) -> tuple[Problem, ...]:
    """Everything that is wrong with a playbook's text, by line; nothing: it can be used."""
    return _checked(read_document(text), builtin)[1]


def parse_cues(files: Iterable[tuple[str, str]], language: str) -> BuiltinCues:
    """A language's built-in cues, from (name, text) of files that build on each other. Raises PlaybookError."""
    words: dict[str, tuple[str, ...]] = {}
    rules: list[Rule] = []
    exceptions: dict[str, tuple[str, ...]] = {}
    anchors: dict[str, tuple[str, ...]] = {}
    for name, text in files:
        read = read_document(text)
        document, problems = _cues_checked(read, BuiltinCues(words=words), language_rules(language))
        if document is None or problems:
            raise PlaybookError(_report(problems, name))
        words = words | {list_: texts_at(read.value, "words", list_) for list_ in document.words}
        rules += build_rules(document)
        exceptions |= {kind: tuple(cue.except_) for kind, cue in document.cues.items() if cue.except_}
        anchors |= {kind: tuple(cue.anchors) for kind, cue in document.cues.items() if cue.anchors}
    return BuiltinCues(words=words, rules=tuple(rules), exceptions=exceptions, anchors=anchors)


def hash_of(text: str) -> str:
    """SHA-256 of a playbook's text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def language_in(document: Json) -> str:
    """The language that a playbook says it is for; empty if it says none that can be one."""
    tag = value_at(document, "language")
    return tag if isinstance(tag, str) and is_language(tag) else ""


def _checked(read: YamlDocument, builtin: BuiltinCues) -> tuple[PlaybookDocument | None, tuple[Problem, ...]]:
    if not read.lines:
        return None, read.problems
    lexicon, findings = read_words(read.value, builtin, language_rules(language_in(read.value)))
    document, wrong = _validated(read, PlaybookDocument, names_in(read.value, lexicon, builtin))
    return document, _problems(read, [*findings, *wrong, *cross_checks(read.value, builtin)])


def _cues_checked(
    read: YamlDocument, builtin: BuiltinCues, language: Language
) -> tuple[CuesDocument | None, tuple[Problem, ...]]:
    if not read.lines:
        return None, read.problems
    lexicon, findings = read_words(read.value, builtin, language)
    document, wrong = _validated(read, CuesDocument, Names(lexicon))
    return document, _problems(read, [*findings, *wrong])


def _validated(read: YamlDocument, model: type[D], names: Names) -> tuple[D | None, list[Finding]]:
    try:
        return model.model_validate(read.value, context=names), []
    except ValidationError as error:
        return None, findings_of(error.errors(include_url=False), schema_of(model))


def _problems(read: YamlDocument, findings: Iterable[Finding]) -> tuple[Problem, ...]:
    """All problems by line, one for each field: what YAML itself says of it comes first."""
    found = [*read.problems, *(problem_at(read.line(path), path, message) for path, message in findings)]
    first = {problem.path: problem for problem in reversed(found)}
    return tuple(sorted(first.values(), key=lambda problem: problem.line))


def _report(problems: Sequence[Problem], file: str) -> str:
    return "\n".join(located(problem, file) for problem in problems)
