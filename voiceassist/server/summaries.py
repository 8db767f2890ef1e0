"""A call's summary over HTTP: as its words give it, as a person left it, and on its way to a webhook.

The summary is made of the call's events when it is asked for: nothing but what a person wrote is stored. Never
changes what the call's words give. Next: `summary/` makes it, `summary_desk.py` sends it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import HTTPConnection

from voiceassist.clock import local_now
from voiceassist.core.playbook.model import COST_CLASSES, CostClass
from voiceassist.core.words.languages import language_rules
from voiceassist.core.words.redact import masked_text
from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.events import DeliveryOutcome, Record, SummaryEdited, SummaryText
from voiceassist.playbook_worker import work
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.audit import tell_audit
from voiceassist.server.auth import SCREENS, allow, principal_of
from voiceassist.server.bodies import RequestBody, StrictFields
from voiceassist.server.scope import check_call, unknown_call
from voiceassist.summary.extract import Extract, extract
from voiceassist.summary.items import Section, SummaryItem
from voiceassist.summary.refusals import RefusalStory, with_costs
from voiceassist.summary.text import TextLanguage, as_markdown, as_text, headings, lines_of, title_of
from voiceassist.summary_desk import OutgoingSummary, body_of

router = APIRouter(prefix="/api/calls", tags=["calls"])

LINES_MAX = 200  # of a summary; what the words give has at most 130
LINE_CHARS = 1_000
SendingOutcome = DeliveryOutcome | Literal["unknown"]  # unknown: the server stopped while it was on its way


class LineBody(StrictFields):
    """A line as a person leaves it."""

    section: Section
    text: Annotated[str, Field(min_length=1, max_length=LINE_CHARS)]
    seq: Annotated[int, Field(ge=0)] = 0  # of the record with the words; 0: a line of their own
    from_ms: Annotated[int, Field(ge=0)] | None = None


class SummaryBody(RequestBody):
    """A whole summary as a person leaves it."""

    lines: Annotated[tuple[LineBody, ...], Field(min_length=1, max_length=LINES_MAX, fail_fast=True)]
    language: TextLanguage = "en"
    over: Annotated[int, Field(ge=0)] = 0  # `revision` of the summary that they changed


class SendBody(RequestBody):
    """Which summary is sent: the one that a person left, or else the call's own in this language."""

    language: TextLanguage = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedView:
    """The summary as a person left it."""

    by: str
    done_at: str  # ISO 8601 with zone
    language: str
    lines: tuple[SummaryText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingView:
    """The newest try to send it."""

    by: str
    place: str
    outcome: SendingOutcome
    told: str  # what the receiver said, or why it did not arrive
    done_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    """A call's summary, and the stories that it sums up."""

    call_id: str
    is_live: bool  # the call goes on: this is how far it is
    words_deleted: bool
    language: TextLanguage  # of the sentences around what was said
    title: str
    headings: Mapping[str, str]  # by section, in order
    derived: tuple[SummaryText, ...]  # as the call's words give it
    edited: EditedView | None
    revision: int  # send it back with a change; 0: nobody has changed it
    text: str  # of the edited one, or else of the derived one
    markdown: str
    place: str  # the host that it can be sent to; empty: none
    sending: SendingView | None
    refusals: tuple[RefusalStory, ...]
    giveaways: tuple[SummaryItem, ...]
    promises: tuple[SummaryItem, ...]
    disclosures: tuple[SummaryItem, ...]


@router.get("/{call_id}/summary", dependencies=[allow(*SCREENS, "read:calls")])
async def get_summary(connection: HTTPConnection, call_id: str, language: TextLanguage = "en") -> SummaryView:
    """What a call came to, taken from its words and events by fixed rules; and what a person made of that."""
    view = await _view(connection, call_id, language)
    tell_audit(connection, "call.opened", call_id)
    return view


@router.put("/{call_id}/summary", dependencies=[allow(*SCREENS)])
async def edit_summary(connection: HTTPConnection, call_id: str, body: SummaryBody) -> SummaryView:
    """Keeps the summary of a call that is over as somebody rewrote it."""
    lines = tuple(SummaryText(**line.model_dump()) for line in body.lines)
    await _edit(connection, call_id, lines, body.language, body.over)
    tell_audit(connection, "summary.edited", call_id)
    return await _view(connection, call_id, body.language)


@router.delete("/{call_id}/summary", dependencies=[allow(*SCREENS)])
async def reset_summary(
    connection: HTTPConnection, call_id: str, over: int = 0, language: TextLanguage = "en"
) -> SummaryView:
    """The summary is again what the call's words give; what somebody wrote stays in the call's events."""
    await _edit(connection, call_id, (), language, over)
    tell_audit(connection, "summary.reset", call_id)
    return await _view(connection, call_id, language)


@router.post("/{call_id}/summary/send", status_code=202, dependencies=[allow(*SCREENS)])
async def send_summary(connection: HTTPConnection, call_id: str, body: SendBody) -> SummaryView:
    """Sends it to the webhook of the settings; `sending` says later whether it has arrived."""
    runtime = runtime_of(connection)
    view = await _view(connection, call_id, body.language)
    if runtime.summaries is None:
        raise ConflictError("no_webhook", "the setting `summary.webhook` names no address to send summaries to")
    if view.is_live:
        raise ConflictError("summary_early", f"call {call_id} goes on: its summary can be sent when it is over")
    delivery = f"summary_{uuid4().hex}"
    message = body_of(delivery, local_now().isoformat(timespec="seconds"), _sent_fields(view, runtime))
    by = principal_of(connection).name
    await runtime.summaries.send(OutgoingSummary(call_id=call_id, delivery=delivery, by=by, body=message))
    tell_audit(connection, "summary.sent", call_id, place=view.place)
    return await _view(connection, call_id, body.language)


async def _view(connection: HTTPConnection, call_id: str, language: TextLanguage) -> SummaryView:
    runtime = runtime_of(connection)
    under_way = runtime.summaries.under_way() if runtime.summaries else frozenset()
    records = await _records(connection, call_id)
    made = await asyncio.to_thread(extract, records)  # a call of three hours takes a part of a second
    stories = with_costs(made.refusals, await _costs(runtime, made))
    return replace(_shown(runtime, records, made, stories, language), sending=_sending(made, under_way))


def _shown(
    runtime: Runtime,
    records: Sequence[Record],
    made: Extract,
    stories: tuple[RefusalStory, ...],
    language: TextLanguage,
) -> SummaryView:
    state, derived = made.state, lines_of(made.items, language)
    edited, started = state.summary, state.started
    shown, by = (edited.lines, edited.by) if edited else (derived, "")
    text_language: TextLanguage = "es" if edited and edited.language == "es" else "en" if edited else language
    return SummaryView(
        call_id=state.call_id,
        is_live=state.status == "live",
        words_deleted=made.words_deleted,
        language=text_language,
        title=title_of(started, text_language),
        headings=headings(text_language),
        derived=derived,
        edited=_edited(edited) if edited else None,
        revision=revision_of(records),
        text=as_text(started, shown, text_language, edited_by=by),
        markdown=as_markdown(started, shown, text_language, edited_by=by),
        place=runtime.summaries.place if runtime.summaries else "",
        sending=None,
        refusals=stories,
        giveaways=made.giveaways,
        promises=tuple(item for item in made.items if item.section == "promised"),
        disclosures=tuple(item for item in made.items if item.section == "disclosures"),
    )


def _edited(event: SummaryEdited) -> EditedView:
    return EditedView(by=event.by, done_at=event.done_at, language=event.language, lines=event.lines)


def _sending(made: Extract, under_way: frozenset[str]) -> SendingView | None:
    """The newest try; `under_way`: the deliveries that were, before the records were read."""
    sent = made.state.summary_sent
    if sent is None:
        return None
    is_lost = sent.outcome == "waiting" and sent.delivery not in under_way
    outcome: SendingOutcome = "unknown" if is_lost else sent.outcome
    return SendingView(by=sent.by, place=sent.place, outcome=outcome, told=sent.told, done_at=sent.done_at)


def revision_of(records: Sequence[Record]) -> int:
    """Number of the newest record with which somebody changed the summary; 0: nobody has."""
    return max((record.seq for record in records if isinstance(record.event, SummaryEdited)), default=0)


async def _records(connection: HTTPConnection, call_id: str) -> Sequence[Record]:
    await check_call(connection, call_id)
    records = await runtime_of(connection).store.records(call_id)
    if not records:
        raise unknown_call(call_id)
    return records


async def _edit(
    connection: HTTPConnection, call_id: str, lines: tuple[SummaryText, ...], language: TextLanguage, over: int
) -> None:
    await check_call(connection, call_id)
    runtime = runtime_of(connection)
    if call_id in runtime.live:
        raise ConflictError("summary_early", f"call {call_id} goes on: its summary can be edited when it is over")
    async with runtime.store.journals.continued(call_id, runtime.publish) as journal:
        records = await _records(connection, call_id)
        if revision_of(records) != over:
            raise ConflictError("summary_changed", "somebody else has changed this summary: look at theirs first")
        made = await asyncio.to_thread(extract, records)
        event = SummaryEdited(
            at_ms=made.state.at_ms,
            by=principal_of(connection).name,
            lines=_kept(lines, made, records),
            language=language,
            done_at=local_now().isoformat(timespec="milliseconds"),
        )
        await journal.write([event])


def _kept(lines: Sequence[SummaryText], made: Extract, records: Sequence[Record]) -> tuple[SummaryText, ...]:
    """The lines with what is private masked, and links only to records that there are. Raises ConflictError."""
    if made.words_deleted and lines:
        raise ConflictError("summary_wordless", "the words of this call were deleted: nothing more is written")
    spoken, known = language_rules(made.state.started.language), {record.seq for record in records}
    return tuple(
        SummaryText(
            section=line.section,
            text=masked_text(" ".join(line.text.split()), spoken, {}),
            seq=line.seq if line.seq in known else 0,
            from_ms=line.from_ms,
        )
        for line in lines
    )


async def _costs(runtime: Runtime, made: Extract) -> dict[tuple[str, str], CostClass]:
    """What alternatives cost, by id and text, as the call's playbook has them; nothing where it is not there."""
    name, _, number = made.state.started.playbook.rpartition("@")
    if not any(story.cards for story in made.refusals) or not number.isdecimal():
        return {}
    try:
        version = await runtime.store.playbooks.version(name, int(number))
    except UnknownNameError:
        return {}
    return costs_in(await runtime.playbook_worker.run(work.document, version.text))


def costs_in(document: Any) -> dict[tuple[str, str], CostClass]:  # noqa: ANN401 - JSON of any form
    """The cost class of every alternative of a playbook's document."""
    policies = document.get("policies", {}) if isinstance(document, dict) else {}
    offers = [
        (id_, offer)
        for policy in policies.values()
        for id_, offer in policy.get("alternatives", {}).items()
        if isinstance(offer, dict)
    ]
    return {
        (id_, str(offer.get("text", ""))): cost
        for id_, offer in offers
        if (cost := offer.get("cost", "none")) in COST_CLASSES
    }


def _sent_fields(view: SummaryView, runtime: Runtime) -> dict[str, Any]:
    """What a receiver gets: the lines, and the same in one text."""
    url = runtime.settings.public_url
    lines = view.edited.lines if view.edited else view.derived
    return {
        "call_id": view.call_id,
        "title": view.title,
        "language": view.language,
        "edited_by": view.edited.by if view.edited else "",
        "lines": [asdict(line) for line in lines],
        "text": view.text,
        "markdown": view.markdown,
    } | ({"url": f"{url.rstrip('/')}/review/{view.call_id}"} if url else {})
