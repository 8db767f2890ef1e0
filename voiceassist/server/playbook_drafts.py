"""Editing and publishing playbooks over HTTP: one draft of each, saved with every change.

A change names the revision of the draft that it was made from (0: there was none); when somebody else was faster
it is refused, and nothing of theirs is lost. A draft with problems can be saved, but never published. Never
decides what may be published: `playbook_registry.py` does.
"""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import AfterValidator, Field, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError
from starlette.requests import HTTPConnection

from voiceassist.errors import UnknownNameError
from voiceassist.playbook_registry import now
from voiceassist.playbook_worker import work
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.auth import SCREENS, allow, principal_of
from voiceassist.server.bodies import RequestBody, StrictFields
from voiceassist.server.playbook_views import (
    ChangesView,
    DraftView,
    VersionView,
    change_views,
    draft_view,
    version_view,
)
from voiceassist.server.playbooks import Number, found
from voiceassist.store.playbooks import Draft, check_revision
from voiceassist.yamltext.document import CHARS_MAX
from voiceassist.yamltext.edits import check_depth
from voiceassist.yamltext.json_edits import Edit, Op

router = APIRouter(prefix="/api/playbooks/{name}", tags=["playbooks"])

Revision = Annotated[int, Field(ge=0, le=2**63 - 1)]  # the store counts in 64 bits
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


def _of_bearable_length(text: str) -> str:
    if len(text) > CHARS_MAX:
        told = f"is longer than {CHARS_MAX:,} characters, the most that a playbook may have"
        raise PydanticCustomError("too_long", "{told}", {"told": told})
    return text


class EditBody(StrictFields):
    """One change by path; what each `op` does is in `yamltext/json_edits.py`."""

    op: Op
    path: Annotated[tuple[StrictInt | str, ...], Field(min_length=1, max_length=24, fail_fast=True)]
    value: Any = None
    to: StrictInt | str | None = None

    def as_edit(self) -> Edit:
        """The change as the text layer takes it. Raises EditError for a value that cannot even be sent there."""
        edit = Edit(op=self.op, path=self.path, value=self.value, to=self.to)
        check_depth(edit)
        return edit


class Edits(RequestBody):
    """Changes that are made together or not at all."""

    revision: Revision
    edits: Annotated[list[EditBody], Field(min_length=1, max_length=200, fail_fast=True)]


class Text(RequestBody):
    """A whole text: imported, or an earlier one of the same person."""

    revision: Revision
    text: Annotated[str, AfterValidator(_of_bearable_length)]


class PublishRequest(RequestBody):
    """A draft that is to become the current version."""

    revision: Revision
    note: Reason
    over: Annotated[
        Number | None,
        Field(description="The current version's number, where it was published after the draft began."),
    ] = None


class Rollback(RequestBody):
    """An earlier version that is to become the current one again."""

    number: Number
    note: Reason


@router.put("/draft", dependencies=[allow("author", "playbooks")])
async def put_draft(connection: HTTPConnection, name: str, text: Text) -> DraftView:
    """Saves a whole text as the draft, byte for byte; it still changes the version that the draft began from."""
    runtime = runtime_of(connection)
    current, draft = await found(runtime, name)
    base = draft.base if draft else current.number if current else 0
    by = principal_of(connection).name
    return await _saved(
        runtime, Draft(name=name, text=text.text, base=base, revision=text.revision, by=by, saved_at=now())
    )


@router.patch("/draft", dependencies=[allow("author", "playbooks")])
async def patch_draft(connection: HTTPConnection, name: str, change: Edits) -> DraftView:
    """Makes changes by path; comments and everything else in the text stay as they are."""
    runtime = runtime_of(connection)
    current, draft = await found(runtime, name)
    check_revision(draft, name, change.revision)
    if draft is None:
        assert current is not None, "a playbook that was found has a version or a draft"
        draft = Draft(name=name, text=current.text, base=current.number, revision=0, by="", saved_at="")
    text = await runtime.playbook_worker.run(work.edited, draft.text, [edit.as_edit() for edit in change.edits])
    by = principal_of(connection).name
    return await _saved(runtime, replace(draft, text=text, revision=change.revision, by=by, saved_at=now()))


@router.delete("/draft", dependencies=[allow("author", "playbooks")])
async def delete_draft(connection: HTTPConnection, name: str, revision: Revision) -> dict[str, str]:
    """Throws the draft away, if it is still that revision: what somebody saved since is not lost unseen."""
    await runtime_of(connection).store.playbooks.discard_draft(name, revision)
    return {}


@router.get("/draft/changes", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def draft_changes(connection: HTTPConnection, name: str) -> ChangesView:
    """What publishing the draft would change for new calls."""
    runtime = runtime_of(connection)
    current, draft = await found(runtime, name)
    if draft is None:
        raise UnknownNameError("unknown_draft", f"playbook {name!r} has no draft")
    return ChangesView(changes=await change_views(runtime, current.text if current else "", draft.text))


@router.post("/publish", dependencies=[allow("author", "playbooks")])
async def publish(connection: HTTPConnection, name: str, wanted: Annotated[PublishRequest, Body()]) -> VersionView:
    """The draft becomes the current version, for new calls; running calls keep theirs."""
    version = await runtime_of(connection).publish_playbook(
        name, wanted.revision, note=wanted.note, by=principal_of(connection).name, over=wanted.over
    )
    return version_view(version, is_current=True)


@router.post("/rollback", dependencies=[allow("author", "playbooks")])
async def roll_back(connection: HTTPConnection, name: str, wanted: Annotated[Rollback, Body()]) -> VersionView:
    """An earlier text becomes the current version, under a new number."""
    version = await runtime_of(connection).roll_back_playbook(
        name, wanted.number, note=wanted.note, by=principal_of(connection).name
    )
    return version_view(version, is_current=True)


async def _saved(runtime: Runtime, draft: Draft) -> DraftView:
    return await draft_view(runtime, await runtime.store.playbooks.save_draft(draft))
