"""One call as a file for other programs: events, a document, captions, its audio. The audit has who took what.

Which calls: those that one may see. A page and captions are made anew each time, in a thread.
Next: `exports/` writes the documents, `store/wav.py` the audio.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import structlog
from fastapi import APIRouter, HTTPException
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask
from starlette.requests import HTTPConnection

from voiceassist.errors import RecordingError
from voiceassist.exports.kinds import DOCUMENTS, DocumentKind, DocumentWish, written
from voiceassist.exports.phrases import Language
from voiceassist.runtime import runtime_of
from voiceassist.server.audit import tell_audit
from voiceassist.server.auth import SCREENS, allow
from voiceassist.server.scope import check_call, sees, unknown_call
from voiceassist.store.encrypted_recording import open_audio
from voiceassist.store.recordings import recording_path
from voiceassist.store.wav import WavCopy

log = structlog.get_logger()
router = APIRouter(prefix="/api/calls/{call_id}", tags=["calls"])


class ExportedFile(Response):
    """A file of any of the kinds."""

    media_type = "application/octet-stream"


@router.get("/export.json", response_class=ExportedFile, dependencies=[allow(*SCREENS, "read:calls")])
async def export_events(connection: HTTPConnection, call_id: str) -> Response:
    """Every stored event, as `/events` has them."""
    await check_call(connection, call_id)
    records = await runtime_of(connection).store.records_json(call_id)
    if records is None:
        raise unknown_call(call_id)
    tell_audit(connection, "call.exported", call_id, kind="json")
    return Response(records, media_type="application/json", headers=_named(call_id, "json"))


@router.get("/export.wav", response_class=ExportedFile, dependencies=[allow(*SCREENS, "read:calls")])
async def export_wav(connection: HTTPConnection, call_id: str) -> StreamingResponse:
    """The recording as WAV: 16 kHz, 16 bits, agent left, customer right. Ogg is at `/recording`."""
    await check_call(connection, call_id)
    copy = await asyncio.to_thread(_copy, connection, call_id)
    tell_audit(connection, "call.exported", call_id, kind="wav")
    headers = _named(call_id, "wav") | {"Content-Length": str(copy.size)}
    return StreamingResponse(
        _pieces(copy, call_id), media_type="audio/wav", headers=headers, background=BackgroundTask(copy.close)
    )


@router.get("/export.{kind}", response_class=ExportedFile, dependencies=[allow(*SCREENS, "read:calls")])
async def export_document(
    connection: HTTPConnection,
    call_id: str,
    kind: DocumentKind,
    *,
    language: Language = "en",
    notes: bool = False,
    show: bool = False,
) -> Response:
    """What was said and what became of it: Markdown, a page to read and print, WebVTT or SubRip captions.

    `language`: of the words around. `notes`: cues as comments in WebVTT. `show`: to look at, not to save.
    """
    state = await runtime_of(connection).call_state(call_id)
    if state is None or not sees(connection, state):
        raise unknown_call(call_id)
    body = await asyncio.to_thread(written, state, kind, DocumentWish(language=language, cue_notes=notes))
    tell_audit(connection, "call.exported", call_id, kind=kind)
    headers = _named(call_id, kind, "inline" if show else "attachment")
    return Response(body, media_type=f"{DOCUMENTS[kind].media_type}; charset=utf-8", headers=headers)


def _copy(connection: HTTPConnection, call_id: str) -> WavCopy:
    """Raises HTTPException for a recording that is not there or cannot be opened."""
    runtime = runtime_of(connection)
    path = runtime.recording_path(call_id)
    try:
        return WavCopy(open_audio(path, runtime.recorders.keys), str(path))
    except FileNotFoundError:
        told = {"code": "no_recording", "message": f"call {call_id!r} has no recording"}
        raise HTTPException(404, told) from None
    except RecordingError as error:
        log.warning("recording cannot be opened", call_id=call_id, error=str(error))
        message = f"the recording of call {call_id!r} cannot be opened; the server's log says why"
        raise HTTPException(409, {"code": "recording_locked", "message": message}) from None


def _pieces(copy: WavCopy, call_id: str) -> Iterator[bytes]:
    try:
        yield from copy.pieces()
    except RecordingError as error:  # the head is sent; without the rest the server ends the connection
        log.warning("recording is broken off", call_id=call_id, error=str(error))
    finally:
        copy.close()


def _named(call_id: str, kind: str, how: Literal["inline", "attachment"] = "attachment") -> dict[str, str]:
    """The file's name is that of the recording, so that no character of an id means anything."""
    name = recording_path(Path(), call_id).with_suffix(f".{kind}").name
    return {"Content-Disposition": f"{how}; filename*=UTF-8''{quote(name)}"}
