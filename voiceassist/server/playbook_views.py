"""What the playbook API answers: versions, drafts and documents as JSON, with the problems of a draft.

Never reads the store, and leaves texts to the process for playbook work: reading a long one takes a second that
live calls do not have. Next: `playbooks.py`, `playbook_drafts.py` and `playbook_trials.py` answer with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voiceassist.events import Reach, Speaker
from voiceassist.playbook_registry import DefaultPlaybook
from voiceassist.playbook_worker import work
from voiceassist.playbook_worker.work import PlaybookText
from voiceassist.runtime import Runtime
from voiceassist.server.playbook_offers import OfferView
from voiceassist.store.playbooks import Draft, Version
from voiceassist.yamltext.problems import Problem, ProblemCode, problem_at

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
    message: str  # in English
    code: ProblemCode = "other"  # the same for pages in other languages; "other": told in English alone
    given: Mapping[str, str | int] = field(default_factory=dict)  # what the message names


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
    changes: int  # differences from the version that it changes; 0 where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One difference; null where one side has nothing."""

    path: tuple[str | int, ...]
    before: Json
    after: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """What is different between two texts."""

    changes: tuple[ChangeView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsView:
    """The history."""

    versions: tuple[VersionView, ...]  # the newest first: that is the current one


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTextView:
    """A published version with its text."""

    version: VersionView
    text: str
    document: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A built-in rule, for people who may want to switch it off."""

    id: str
    kind: str
    speaker: Speaker
    phrases: tuple[str, ...]
    reach: Reach  # by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltinView:
    """What is known of a language before any playbook: rules, and the lists that phrases may name."""

    rules: tuple[RuleView, ...]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookView:
    """One playbook: what new calls get, and the draft if there is one."""

    name: str
    current: VersionView | None  # null: never published
    text: str  # of the current version
    document: Json  # the same as JSON
    draft: DraftView | None
    builtin: BuiltinView
    offer: OfferView


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderView:
    """What a text says of itself; empty where it says nothing that can be used."""

    name: str
    title: str
    language: str
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookSummary(HeaderView):
    """A playbook in the list."""

    is_default: bool
    current: VersionView | None
    has_draft: bool
    problems: int
    default_for: tuple[str, ...] = ()  # languages of calls
    withdrawn: bool = False  # no new call gets it


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybooksView:
    """Every playbook of this server, and the built-in ones that a new one can be made from."""

    playbooks: tuple[PlaybookSummary, ...]
    available: tuple[HeaderView, ...]
    defaults: tuple[DefaultPlaybook, ...] = ()


async def builtin_view(runtime: Runtime, text: str) -> BuiltinView:
    """The built-in cues of the language that a playbook's text names."""
    cues = await runtime.playbook_worker.run(work.builtin_of, text)
    rules = (
        RuleView(id=r.id, kind=r.kind, speaker=r.speaker, phrases=r.phrases, reach=r.reach) for r in cues.rules
    )
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


def problem_view(problem: Problem) -> ProblemView:
    """A mistake as pages show it."""
    return ProblemView(
        line=problem.line,
        path=problem.path,
        message=problem.message,
        code=problem.code,
        given=dict(problem.given),
    )


async def draft_view(runtime: Runtime, draft: Draft) -> DraftView:
    """A draft as people edit it."""
    problems = await draft_problems(runtime, draft)
    return DraftView(
        text=draft.text,
        document=await document_of(runtime, draft.text),
        problems=tuple(problem_view(one) for one in problems),
        base=draft.base,
        revision=draft.revision,
        by=draft.by,
        saved_at=draft.saved_at,
        changes=await _changes_made(runtime, draft),
    )


async def _changes_made(runtime: Runtime, draft: Draft) -> int:
    """How many differences people made: what a new playbook was copied from is not theirs."""
    if draft.base == 0:
        return 0
    began = await runtime.store.playbooks.version(draft.name, draft.base)
    return len(await change_views(runtime, began.text, draft.text))


async def draft_problems(runtime: Runtime, draft: Draft) -> tuple[Problem, ...]:
    """Everything that keeps a draft from being published."""
    worker = runtime.playbook_worker
    problems = await worker.run(work.problems, draft.text)
    if problems:
        return problems
    header = await worker.run(work.header, PlaybookText(draft.text, draft.name))
    hindrance = runtime.registry.offered.hindrance(header, draft.name)
    if hindrance is None:
        return ()
    path, message = hindrance
    return (problem_at(await worker.run(work.line_of, draft.text, path), path, message),)


async def document_of(runtime: Runtime, text: str) -> Json:
    """A playbook's text as JSON; None when it is not YAML."""
    return await runtime.playbook_worker.run(work.document, text)


async def change_views(runtime: Runtime, before: str, after: str) -> tuple[ChangeView, ...]:
    """The differences of two texts' documents."""
    found = await runtime.playbook_worker.run(work.differences, before, after)
    return tuple(ChangeView(path=one.path, before=one.before, after=one.after) for one in found)
