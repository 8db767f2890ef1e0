"""What the playbook API answers: versions, drafts and documents as JSON, with the problems of a draft.

Reads texts, never the store, and never on the event loop: reading a long one takes a second that live calls do not
have. Next: `playbooks.py`, `playbook_drafts.py` and `playbook_trials.py` answer with it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from voiceassist.events import Speaker
from voiceassist.playbook_file.parse import Playbook, language_in
from voiceassist.playbook_registry import PlaybookRegistry
from voiceassist.playbooks import builtin_cues, problems_of, read_playbook
from voiceassist.store.playbooks import Draft, Version
from voiceassist.yamltext.document import read_document
from voiceassist.yamltext.json_diff import changes
from voiceassist.yamltext.problems import Problem

TEXTS_KEPT = 16  # drafts and versions that people look at now; reading one takes some 50 ms
PLAYBOOKS_KEPT = 4  # drafts that are tried now; a compiled one takes some 10 MB
DOCUMENTS_KEPT = 64  # the list of playbooks reads the current version and the draft of each

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """A published version without its text."""

    number: int
    hash: str  # SHA-256 of the text, hex
    author: str
    note: str
    published_at: str  # ISO 8601 with zone
    is_current: bool  # the one that new calls get


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """One mistake in a draft."""

    line: int
    path: tuple[str | int, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """A draft with all that is wrong with it; without problems it can be published."""

    text: str  # YAML
    document: Json  # the same as JSON; null when it is not YAML
    problems: tuple[ProblemView, ...]
    base: int  # number of the version that it changes; 0: none
    revision: int  # send it back with the next change
    by: str
    saved_at: str  # ISO 8601 with zone
    changes: int  # differences from the current version


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One difference; null where one side has nothing."""

    path: tuple[str | int, ...]
    before: Json
    after: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A built-in rule, for people who may want to switch it off."""

    id: str
    kind: str
    speaker: Speaker
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltinView:
    """What is known of a language before any playbook: rules, and the lists that phrases may name."""

    rules: tuple[RuleView, ...]
    words: Mapping[str, tuple[str, ...]]


async def builtin_view(text: str) -> BuiltinView:
    """The built-in cues of the language that a playbook's text names."""
    return await asyncio.to_thread(_builtin_view, text)


def _builtin_view(text: str) -> BuiltinView:
    cues = builtin_cues(language_in(_read(text).value))
    rules = (RuleView(id=r.id, kind=r.kind, speaker=r.speaker, phrases=r.phrases) for r in cues.rules)
    return BuiltinView(rules=tuple(rules), words=cues.words)


def version_view(version: Version, *, is_current: bool) -> VersionView:
    """A version as the history shows it."""
    return VersionView(
        number=version.number,
        hash=version.hash,
        author=version.author,
        note=version.note,
        published_at=version.published_at,
        is_current=is_current,
    )


async def draft_view(registry: PlaybookRegistry, draft: Draft, current: Version | None) -> DraftView:
    """A draft as people edit it."""
    problems = await draft_problems(registry, draft)
    return DraftView(
        text=draft.text,
        document=await document_of(draft.text),
        problems=tuple(ProblemView(line=one.line, path=one.path, message=one.message) for one in problems),
        base=draft.base,
        revision=draft.revision,
        by=draft.by,
        saved_at=draft.saved_at,
        changes=len(await change_views(current.text if current else "", draft.text)),
    )


async def draft_problems(registry: PlaybookRegistry, draft: Draft) -> tuple[Problem, ...]:
    """Everything that keeps a draft from being published."""
    problems = await asyncio.to_thread(_problems, draft.text)
    if problems:
        return problems
    hindrance = registry.hindrance(await ready(draft.text, draft.name), draft.name)
    if hindrance is None:
        return ()
    path, message = hindrance
    read = await asyncio.to_thread(_read, draft.text)
    return (Problem(read.line(path), path, message),)


async def document_of(text: str) -> Json:
    """A playbook's text as JSON, which nobody may change; None when it is not YAML."""
    return (await asyncio.to_thread(_read, text)).value


async def change_views(before: str, after: str) -> tuple[ChangeView, ...]:
    """The differences of two texts' documents."""
    return await asyncio.to_thread(_changes, before, after)


def _changes_between(before: str, after: str) -> tuple[ChangeView, ...]:
    found = changes(_read(before).value or {}, _read(after).value or {})
    return tuple(ChangeView(path=one.path, before=one.before, after=one.after) for one in found)


async def ready(text: str, name: str, number: int | None = None) -> Playbook:
    """A playbook ready to be tried. Raises PlaybookError."""
    return await asyncio.to_thread(_ready, text, name, number)


_read = lru_cache(maxsize=DOCUMENTS_KEPT)(read_document)
_changes = lru_cache(maxsize=TEXTS_KEPT)(_changes_between)
_problems = lru_cache(maxsize=TEXTS_KEPT)(problems_of)
_ready = lru_cache(maxsize=PLAYBOOKS_KEPT)(read_playbook)
