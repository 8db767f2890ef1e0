"""Playbooks over HTTP: which there are, their versions and what changed between them; new ones.

Never changes a published version. `playbook_drafts.py` edits and publishes, `playbook_trials.py` tries.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, Field
from starlette.requests import HTTPConnection

from voiceassist.core.words.languages import TAG
from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.playbook_file.blank import blank_playbook
from voiceassist.playbook_file.schema import playbook_schema
from voiceassist.playbook_registry import now
from voiceassist.playbook_worker import work
from voiceassist.playbook_worker.work import PlaybookText
from voiceassist.playbooks import builtin_names
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.auth import SCREENS, allow, principal_of
from voiceassist.server.bodies import RequestBody, all_visible
from voiceassist.server.playbook_offers import offer_view
from voiceassist.server.playbook_views import (
    ChangesView,
    DraftView,
    HeaderView,
    PlaybookSummary,
    PlaybooksView,
    PlaybookView,
    VersionsView,
    VersionTextView,
    builtin_view,
    change_views,
    document_of,
    draft_problems,
    draft_view,
    version_view,
)
from voiceassist.store.playbooks import Draft, Version
from voiceassist.yamltext.json_edits import Edit

router = APIRouter(prefix="/api/playbooks", tags=["playbooks"])

RESERVED = ("schema", "backtests")  # addresses of this API


Number = Annotated[int, Field(ge=1, le=2**31 - 1)]  # of a version
NameInPath = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class NewPlaybook(RequestBody):
    """A playbook to be made: a copy of another, or an empty one."""

    name: NameInPath
    source: str | None = Field(
        None, alias="from", description="Name of a playbook here, or of a built-in one; null: an empty one."
    )
    # Empty: an empty one has its name, a copy its source's title.
    title: Annotated[str, Field(max_length=200), AfterValidator(all_visible)] = ""
    language: Annotated[str, Field(pattern=TAG.pattern, max_length=35)] = ""  # of an empty one; "": the server's


@router.get("", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def list_playbooks(connection: HTTPConnection) -> PlaybooksView:
    """Every playbook of this server, and the built-in ones that a new one can be made from."""
    runtime = runtime_of(connection)
    current, drafts = await runtime.store.playbooks.current(), await runtime.store.playbooks.drafts()
    names = sorted({*current, *drafts})
    listed = [await _listed(runtime, name, current.get(name), drafts.get(name)) for name in names]
    others = [name for name in builtin_names() if name not in names]
    available = [HeaderView(**await _header(runtime, await _builtin_text(runtime, name), name)) for name in others]
    return PlaybooksView(playbooks=tuple(listed), available=tuple(available), defaults=runtime.registry.defaults())


@router.post("", status_code=201, dependencies=[allow("author", "playbooks")])
async def create(connection: HTTPConnection, wanted: NewPlaybook) -> DraftView:
    """A draft of a new playbook, which is a copy of another under a new name, or empty."""
    runtime = runtime_of(connection)
    playbooks = runtime.store.playbooks
    if wanted.name in RESERVED or wanted.name in set(builtin_names()) - {wanted.source}:
        told = "is an address of this API" if wanted.name in RESERVED else "is a built-in playbook's name"
        raise ConflictError("name_taken", f"{wanted.name!r} {told}; choose another name")
    if await playbooks.versions(wanted.name) or await playbooks.draft(wanted.name):
        raise ConflictError("name_taken", f"there is a playbook {wanted.name!r} already; choose another name")
    by = principal_of(connection).name
    draft = Draft(
        name=wanted.name, text=await _first_text(runtime, wanted), base=0, revision=0, by=by, saved_at=now()
    )
    return await draft_view(runtime, await playbooks.save_draft(draft))


async def _first_text(runtime: Runtime, wanted: NewPlaybook) -> str:
    if wanted.source is None:
        return blank_playbook(wanted.name, wanted.title.strip(), wanted.language or runtime.settings.language)
    edits = [Edit(op="set", path=("name",), value=wanted.name)]
    if wanted.title.strip():
        edits.append(Edit(op="set", path=("title",), value=wanted.title.strip()))
    return await runtime.playbook_worker.run(work.edited, await _source(runtime, wanted.source), edits)


@router.get("/schema", dependencies=[allow("anyone")])
async def schema() -> Mapping[str, Any]:
    """JSON Schema of a playbook, for editors."""
    return playbook_schema()


@router.get("/{name}", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def get_playbook(connection: HTTPConnection, name: str) -> PlaybookView:
    """One playbook: what new calls get, and the draft if there is one."""
    runtime = runtime_of(connection)
    current, draft = await found(runtime, name)
    text = current.text if current else ""
    shown = PlaybookView(
        name=name,
        current=version_view(current, is_current=True) if current else None,
        text=text,
        document=await document_of(runtime, text) if current else None,
        draft=await draft_view(runtime, draft) if draft else None,
        builtin=await builtin_view(runtime, draft.text if draft else text),
        offer=await offer_view(runtime, name),
    )
    if current:
        runtime.spawn(_prepare(runtime, current))
    return shown


async def _prepare(runtime: Runtime, version: Version) -> None:
    """Who opens a playbook's page will soon try a sentence; if the process is busy, that one waits instead."""
    with suppress(ConflictError):
        await runtime.playbook_worker.run(work.prepared, PlaybookText(version.text, version.name, version.number))


@router.get("/{name}/versions", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def versions(connection: HTTPConnection, name: str) -> VersionsView:
    """Every version, the newest first: that is the current one."""
    stored = await runtime_of(connection).store.playbooks.versions(name)
    if not stored:
        raise unknown(name)
    views = (version_view(version, is_current=version is stored[0]) for version in stored)
    return VersionsView(versions=tuple(views))


@router.get("/{name}/versions/{number}", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def get_version(connection: HTTPConnection, name: str, number: Number) -> VersionTextView:
    """One version with its text, as it was published."""
    runtime = runtime_of(connection)
    playbooks = runtime.store.playbooks
    version, newest = await playbooks.version(name, number), (await playbooks.current())[name]
    return VersionTextView(
        version=version_view(version, is_current=version.number == newest.number),
        text=version.text,
        document=await document_of(runtime, version.text),
    )


@router.get("/{name}/versions/{number}/changes", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def version_changes(connection: HTTPConnection, name: str, number: Number, against: Number) -> ChangesView:
    """What is different from another version."""
    runtime = runtime_of(connection)
    playbooks = runtime.store.playbooks
    before, after = await playbooks.version(name, against), await playbooks.version(name, number)
    return ChangesView(changes=await change_views(runtime, before.text, after.text))


async def found(runtime: Runtime, name: str) -> tuple[Version | None, Draft | None]:
    """The current version and the draft of a playbook that has one of them. Raises UnknownNameError."""
    playbooks = runtime.store.playbooks
    current, draft = (await playbooks.current()).get(name), await playbooks.draft(name)
    if current is None and draft is None:
        raise unknown(name)
    return current, draft


def unknown(name: str) -> UnknownNameError:
    """For an answer about a playbook that is not there."""
    return UnknownNameError("unknown_playbook", f"there is no playbook {name!r}")


async def _source(runtime: Runtime, name: str) -> str:
    stored = (await runtime.store.playbooks.current()).get(name)
    if stored:
        return stored.text
    if name in builtin_names():
        return await _builtin_text(runtime, name)
    raise unknown(name)


async def _builtin_text(runtime: Runtime, name: str) -> str:
    return await runtime.playbook_worker.run(work.builtin_text, name)


async def _listed(runtime: Runtime, name: str, current: Version | None, draft: Draft | None) -> PlaybookSummary:
    shown = current or draft
    assert shown is not None, "a listed playbook has a version or a draft"
    return PlaybookSummary(
        **await _header(runtime, shown.text, name),
        is_default=runtime.registry.offered.is_default(name),
        default_for=tuple(one.language for one in runtime.registry.defaults() if one.name == name),
        withdrawn=name in runtime.registry.offered.withdrawn,
        current=version_view(current, is_current=True) if current else None,
        has_draft=draft is not None,
        problems=len(await draft_problems(runtime, draft)) if draft else 0,
    )


async def _header(runtime: Runtime, text: str, name: str) -> dict[str, Any]:
    """What a text says of itself, however wrong it may be."""
    document = await document_of(runtime, text)
    fields = document if isinstance(document, dict) else {}
    teams = fields.get("teams")
    return {
        "name": name,
        "title": _text(fields.get("title")) or name,
        "language": _text(fields.get("language")),
        "teams": tuple(map(_text, teams)) if isinstance(teams, list) else (),
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
