"""Clips over HTTP: a stretch of a finished call, for whoever may see the call and for people who are named.

A clip gives its own audio and words, and nothing else of the call. It is cut anew each time, a few at once, each
in a thread; an encrypted recording is opened with the server's keys. Who made, opened, took or revoked one is in
the audit. Next: `store/clips.py` keeps them, `store/clip_audio.py` cuts.
"""

import asyncio
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Annotated, Literal

import structlog
from annotated_types import MaxLen
from fastapi import APIRouter, HTTPException
from fastapi.responses import Response
from pydantic import AfterValidator, Field
from starlette.requests import HTTPConnection

from voiceassist.core.screen.clipped_call import clipped
from voiceassist.core.screen.views import CallState
from voiceassist.errors import RecordingError
from voiceassist.events import Speaker, Word
from voiceassist.exports.captions import webvtt
from voiceassist.runtime import runtime_of
from voiceassist.server.audit import tell_audit
from voiceassist.server.auth import PEOPLE, SCREENS, allow, principal_of
from voiceassist.server.bodies import RequestBody, all_visible
from voiceassist.server.refusals import tell_refused
from voiceassist.server.scope import check_call, may_see
from voiceassist.store.clip_audio import LONGEST_MS, as_ogg, as_wav, cut_audio
from voiceassist.store.clips import NewClip, SharedClip
from voiceassist.store.encrypted_recording import open_audio

log = structlog.get_logger()
router = APIRouter(prefix="/api", tags=["clips"])

CUT_AT_ONCE = 2  # each takes a core for a second or two at most; overflow: the next waits
LONGEST_DAYS = 365
NAMED = 50  # people of one clip
RANGE = re.compile(r"bytes=(\d{1,10})-(\d{0,10})")
_cutting = asyncio.Semaphore(CUT_AT_ONCE)

Kind = Literal["ogg", "wav", "vtt", "zip"]
MEDIA_TYPES = {"ogg": "audio/ogg", "wav": "audio/wav", "vtt": "text/vtt; charset=utf-8", "zip": "application/zip"}
Title = Annotated[str, MaxLen(120), AfterValidator(all_visible)]


class WantedClip(RequestBody):
    """What is to be shared, with whom, for how long."""

    start_ms: Annotated[int, Field(ge=0)]
    end_ms: int
    title: Title = ""
    people: Annotated[list[Annotated[str, MaxLen(64)]], MaxLen(NAMED)] = Field(default_factory=list)
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 30


class ClipChange(RequestBody):
    """Whether it is revoked."""

    revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipLine:
    """A line of a clip; times from the clip's beginning on."""

    speaker: Speaker
    text: str
    start_ms: int
    end_ms: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipView:
    """A clip with its words."""

    clip: SharedClip
    language: str  # BCP 47
    agent: str  # names
    customer: str
    sees_call: bool  # whoever asks may see the whole call
    lines: tuple[ClipLine, ...]


class ClipFile(Response):
    """A file of any of the kinds."""

    media_type = "application/octet-stream"


@router.get("/calls/{call_id}/clips", dependencies=[allow(*SCREENS)])
async def list_clips(connection: HTTPConnection, call_id: str) -> tuple[SharedClip, ...]:
    """The clips of a call, the newest first, expired and revoked ones too."""
    await check_call(connection, call_id)
    return await runtime_of(connection).store.clips.of_call(call_id)


@router.post("/calls/{call_id}/clips", status_code=201, dependencies=[allow(*SCREENS)])
async def make_clip(connection: HTTPConnection, call_id: str, wanted: WantedClip) -> SharedClip:
    """Shares a stretch of a finished call. People are named by supervisors and reviewers only."""
    await check_call(connection, call_id)
    await _check_span(connection, call_id, wanted)
    people = _check_people(connection, wanted.people)
    person = principal_of(connection)
    new = NewClip(
        call_id=call_id,
        title=wanted.title.strip(),
        start_ms=wanted.start_ms,
        end_ms=wanted.end_ms,
        people=people,
        days=wanted.days,
        login=person.login,
        by=person.name,
    )
    return await runtime_of(connection).store.clips.make(new, who=person.signed)


@router.get("/clips/{clip_id}", dependencies=[allow(*PEOPLE)])
async def get_clip(connection: HTTPConnection, clip_id: str) -> ClipView:
    """What was said in a clip."""
    clip, sees_call = await _opened(connection, clip_id)
    part = await _part(connection, clip)
    tell_audit(connection, "clip.opened", clip.call_id, clip=clip.id)
    return ClipView(
        clip=clip,
        language=part.started.language,
        agent=part.started.agent.name,
        customer=part.started.customer.name,
        sees_call=sees_call,
        lines=tuple(
            ClipLine(speaker=one.speaker, text=one.text, start_ms=one.start_ms, end_ms=one.end_ms, words=one.words)
            for one in part.finals
        ),
    )


@router.patch("/clips/{clip_id}", dependencies=[allow(*SCREENS)])
async def change_clip(connection: HTTPConnection, clip_id: str, change: ClipChange) -> SharedClip:
    """Revokes a clip, or takes that back: whoever made it, or whoever may see its call as no agent."""
    store, person = runtime_of(connection).store, principal_of(connection)
    clip = await store.clips.get(clip_id)
    if clip is None or not await may_see(connection, clip.call_id):
        raise _unknown(clip_id)
    if clip.login != person.login and not _looks_after(connection):
        raise _refused(403, "clip_not_yours", f"{clip.by} made this clip: only they, or a supervisor, change it")
    return await store.clips.revoke(clip_id, revoked=change.revoked, who=person.signed)


@router.get("/clips/{clip_id}/file.{kind}", response_class=ClipFile, dependencies=[allow(*PEOPLE)])
async def get_file(connection: HTTPConnection, clip_id: str, kind: Kind) -> Response:
    """Its audio (Ogg Opus or WAV), its captions (WebVTT), or both as a zip; by one range of bytes if asked."""
    clip, _ = await _opened(connection, clip_id)
    part = await _part(connection, clip)
    async with _cutting:
        body = await asyncio.to_thread(_file, connection, clip, part, kind)
    if "range" not in connection.headers or connection.headers["range"].startswith("bytes=0-"):
        tell_audit(connection, "clip.taken", clip.call_id, clip=clip.id, kind=kind)
    name = {"Content-Disposition": f'inline; filename="clip-{clip.id}.{kind}"'}
    return _ranged(body, connection.headers.get("range", ""), MEDIA_TYPES[kind], name)


async def _check_span(connection: HTTPConnection, call_id: str, wanted: WantedClip) -> None:
    runtime = runtime_of(connection)
    newest, whose = await runtime.store.newest(call_id), await runtime.whose(call_id)
    if whose is None or whose.is_live:
        raise _refused(409, "clip_of_live_call", "the call goes on: share a stretch of it when it is over")
    length_ms = wanted.end_ms - wanted.start_ms
    if not 0 < length_ms <= LONGEST_MS or wanted.start_ms >= newest.at_ms:
        told = (
            f"a clip lies within its call and has {LONGEST_MS // 60_000} minutes at most: choose another stretch"
        )
        raise _refused(422, "bad_clip", told)


def _check_people(connection: HTTPConnection, named: list[str]) -> tuple[str, ...]:
    people = tuple(dict.fromkeys(login.strip().lower() for login in named))
    if people and not _looks_after(connection):
        raise _refused(403, "clip_people", "a supervisor or a reviewer names people who may not see the call")
    known = runtime_of(connection).directory.everybody.people
    for login in people:
        if login not in known or known[login].disabled:
            raise _refused(422, "unknown_person", f"nobody has the login {login!r}: choose somebody else")
    return people


def _looks_after(connection: HTTPConnection) -> bool:
    """Whether it is somebody who looks after the calls of others."""
    return bool({"supervisor", "reviewer"} & principal_of(connection).roles)


async def _opened(connection: HTTPConnection, clip_id: str) -> tuple[SharedClip, bool]:
    """The clip, and whether whoever asks may see its call. One that is not for them is told as one that is not."""
    clip = await runtime_of(connection).store.clips.get(clip_id)
    if clip is None:
        raise _unknown(clip_id)
    person = principal_of(connection)
    is_named = person.login != "" and person.login in (*clip.people, clip.login)
    sees_call = _is_of_screens(connection) and await may_see(connection, clip.call_id)
    if not is_named and not sees_call:
        tell_refused(connection, person.signed, "clip_not_theirs", clip.call_id)
        raise _unknown(clip_id)
    if not clip.is_open:
        code = "clip_revoked" if clip.revoked_at else "clip_expired"
        raise _refused(410, code, f"clip {clip_id!r} is not shared any more: ask {clip.by}")
    return clip, sees_call


def _is_of_screens(connection: HTTPConnection) -> bool:
    return bool(set(SCREENS) & principal_of(connection).roles)


async def _part(connection: HTTPConnection, clip: SharedClip) -> CallState:
    state = await runtime_of(connection).call_state(clip.call_id)
    if state is None:
        raise _unknown(clip.id)
    return await asyncio.to_thread(clipped, state, clip.start_ms, clip.end_ms)


def _file(connection: HTTPConnection, clip: SharedClip, part: CallState, kind: Kind) -> bytes:
    captions = webvtt(part).encode("utf-8", "replace")
    if kind == "vtt":
        return captions
    audio = _audio(connection, clip, "wav" if kind == "wav" else "ogg")
    return _zip({"clip.ogg": audio, "clip.vtt": captions}) if kind == "zip" else audio


def _audio(connection: HTTPConnection, clip: SharedClip, kind: Literal["ogg", "wav"]) -> bytes:
    """Raises HTTPException for a recording that is not there or cannot be opened."""
    runtime = runtime_of(connection)
    path = runtime.recording_path(clip.call_id)
    try:
        samples = cut_audio(open_audio(path, runtime.recorders.keys), str(path), clip.start_ms, clip.end_ms)
    except FileNotFoundError:
        raise _refused(404, "no_recording", f"call {clip.call_id!r} has no recording") from None
    except RecordingError as error:
        log.warning("clip cannot be cut", call_id=clip.call_id, error=str(error))
        told = "the recording of this clip cannot be opened; the server's log says why"
        raise _refused(409, "recording_locked", told) from None
    return as_wav(samples) if kind == "wav" else as_ogg(samples)


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, body in files.items():
            packed.writestr(name, body)
    return out.getvalue()


def _ranged(body: bytes, wanted: str, media_type: str, headers: dict[str, str]) -> Response:
    """The whole, or the part that a player jumps to (RFC 9110, section 14); any other range is left aside."""
    headers = headers | {"Accept-Ranges": "bytes"}
    asked = RANGE.fullmatch(wanted.strip())
    if not asked or int(asked[1]) >= len(body):
        return Response(body, media_type=media_type, headers=headers)
    first, last = int(asked[1]), min(int(asked[2] or len(body)), len(body) - 1)
    headers |= {"Content-Range": f"bytes {first}-{last}/{len(body)}"}
    return Response(body[first : last + 1], status_code=206, media_type=media_type, headers=headers)


def _unknown(clip_id: str) -> HTTPException:
    return _refused(404, "unknown_clip", f"there is no clip {clip_id!r}, or it is not for you")


def _refused(status: int, code: str, message: str) -> HTTPException:
    return HTTPException(status, {"code": code, "message": message})
