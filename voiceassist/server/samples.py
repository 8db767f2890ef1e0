"""The demo's sample calls: listed, listened to, and played into our own ingest as a phone system would."""

import asyncio
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.app import assistant_of
from voiceassist.samples import Sample, list_samples, load_sample
from voiceassist.samples.player import call_info, play
from voiceassist.server.auth import SCREENS, allow

START_WITHIN_S = 10.0  # our own ingest answers in milliseconds unless the machine is overloaded

router = APIRouter(prefix="/api/samples", tags=["demo"])


@router.get("", dependencies=[allow(*SCREENS)])
async def samples() -> list[dict[str, Any]]:
    """The sample calls, as the start page shows them."""
    return [_described(sample) for sample in list_samples()]


@router.post("/{sample_id}/play", status_code=202, dependencies=[allow("agent", "supervisor")])
async def play_sample(connection: HTTPConnection, sample_id: str) -> dict[str, str]:
    """Streams the recording in real time to this server's own `/ingest/stream`; answers with the call's id."""
    sample = _sample(sample_id)
    assistant = assistant_of(connection)
    call_id = f"{sample.id}-{uuid4().hex[:6]}"
    port = connection.scope["server"][1]
    url = f"ws://127.0.0.1:{port}/ingest/stream"
    with assistant.hub.watching_call(call_id) as mailbox:
        playing = play(sample.recording, url, call_info(sample, call_id), token=assistant.settings.ingest_token)
        assistant.spawn(playing)
        async with asyncio.timeout(START_WITHIN_S):
            await mailbox.take()
    return {"call_id": call_id}


@router.get("/{sample_id}/recording", dependencies=[allow(*SCREENS)])
async def sample_recording(sample_id: str) -> FileResponse:
    """The recording, to listen to while it plays."""
    return FileResponse(_sample(sample_id).recording, media_type="audio/ogg")


def _sample(sample_id: str) -> Sample:
    try:
        return load_sample(sample_id)
    except ValueError as error:
        raise HTTPException(404, {"code": "unknown_sample", "message": str(error)}) from None


def _described(sample: Sample) -> dict[str, Any]:
    return {
        "id": sample.id,
        "title": sample.title,
        "summary": sample.summary,
        "duration_ms": sample.duration_ms,
        "agent": wire.to_json(sample.agent),
        "customer": wire.to_json(sample.customer),
    }
