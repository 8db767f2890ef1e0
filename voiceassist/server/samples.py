"""The demo's sample calls: listed, listened to, and played into our own ingest as a phone system would."""

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from fastapi import APIRouter, HTTPException
from starlette.requests import HTTPConnection

from voiceassist.callers.placing import CallOutcome
from voiceassist.callers.run import place_call
from voiceassist.errors import IngestError
from voiceassist.events import Customer, Person
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.samples import Sample, list_samples, load_sample
from voiceassist.samples.placed import placed
from voiceassist.server.auth import SCREENS, allow
from voiceassist.server.calls import AudioResponse
from voiceassist.webrtc.http import RETRY_AFTER_S

START_WITHIN_S = 10.0  # our own ingest answers in milliseconds unless the machine is overloaded

router = APIRouter(prefix="/api/samples", tags=["demo"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSummary:
    """A sample call, as the start page shows it."""

    id: str
    title: str
    summary: str
    duration_ms: int
    agent: Person
    customer: Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBegun:
    """The call that plays now."""

    call_id: str


@router.get("", dependencies=[allow(*SCREENS)])
async def samples() -> list[SampleSummary]:
    """The sample calls, as the start page shows them."""
    return [_described(sample) for sample in list_samples()]


@router.post("/{sample_id}/play", status_code=202, dependencies=[allow("agent", "supervisor")])
async def play_sample(connection: HTTPConnection, sample_id: str) -> CallBegun:
    """Streams the recording in real time to this server's own `/ingest/stream`; answers with the call's id.

    That it is a sample, and may be heard by an engine for synthesised speech, is known by its id, chosen here:
    nothing that a phone system can say makes its call one.
    """
    sample = _sample(sample_id)
    runtime = runtime_of(connection)
    call_id = f"{sample.id}-{uuid4().hex[:6]}"
    _check_room(runtime, call_id)
    call = placed(sample, call_id, runtime.directory.own_token)
    runtime.sample_calls.add(call_id)
    with runtime.subscriptions.watching_call(call_id) as subscription:
        playing = runtime.spawn(place_call(sample.recording, _our_ingest(connection), call))
        playing.add_done_callback(lambda _: runtime.sample_calls.discard(call_id))
        begun = asyncio.create_task(subscription.take())
        await asyncio.wait((playing, begun), timeout=START_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
    if not begun.done():
        begun.cancel()
        _check_room(runtime, call_id)  # another call may have been quicker
        raise _not_playing(playing)
    return CallBegun(call_id=call_id)


@router.get("/{sample_id}/recording", response_class=AudioResponse, dependencies=[allow(*SCREENS)])
async def sample_recording(sample_id: str) -> AudioResponse:
    """The recording, to listen to while it plays."""
    return AudioResponse(_sample(sample_id).recording)


def _check_room(runtime: Runtime, call_id: str) -> None:
    """Raises HTTPException when this machine is full."""
    try:
        runtime.capacity.check_calls(call_id)
    except IngestError as error:
        told = {"code": error.code, "message": str(error)}
        raise HTTPException(503, told, {"Retry-After": str(RETRY_AFTER_S)}) from None


def _our_ingest(connection: HTTPConnection) -> str:
    """The address at which this very request reached us."""
    host, port = connection.scope["server"]
    return f"ws://[{host}]:{port}/ingest/stream" if ":" in host else f"ws://{host}:{port}/ingest/stream"


def _not_playing(playing: asyncio.Task[CallOutcome]) -> HTTPException:
    if not playing.done():
        return HTTPException(504, {"code": "not_begun", "message": "the call did not begin in time; try again"})
    return HTTPException(502, {"code": "not_played", "message": str(playing.exception())})


def _sample(sample_id: str) -> Sample:
    try:
        return load_sample(sample_id)
    except ValueError as error:
        raise HTTPException(404, {"code": "unknown_sample", "message": str(error)}) from None


def _described(sample: Sample) -> SampleSummary:
    return SampleSummary(
        id=sample.id,
        title=sample.title,
        summary=sample.summary,
        duration_ms=sample.duration_ms,
        agent=sample.agent,
        customer=sample.customer,
    )
