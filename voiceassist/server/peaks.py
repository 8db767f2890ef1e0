"""What the waveform of a call's recording is drawn of. Whoever may see the call may have it: nobody is heard.

Next: `store/recording_peaks.py` works it out and keeps it.
"""

from base64 import b64encode
from dataclasses import dataclass

import structlog
from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.errors import RecordingError
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import SCREENS, allow
from voiceassist.server.scope import check_call
from voiceassist.store.recording_peaks import RecordingPeaks, Stamp

log = structlog.get_logger()
router = APIRouter(prefix="/api/calls/{call_id}", tags=["calls"])

RETRY_AFTER = {"Retry-After": "30"}  # seconds: three hours of sound take some 15 s of a core


@dataclass(frozen=True, slots=True, kw_only=True)
class PeaksView:
    """The loudest sample of every stretch of both channels."""

    stretch_ms: int
    agent: str  # base64: one byte a stretch, 0 (silent) to 254
    customer: str


@router.get("/peaks", response_model=PeaksView, dependencies=[allow(*SCREENS, "read:calls")])
async def get_peaks(connection: HTTPConnection, call_id: str) -> Response:
    """The waveform of a finished call's recording: at most 16,385 stretches of each channel, however long it is.

    Worked out at the first request, which for a call of hours takes some seconds, and kept beside the recording.
    """
    await check_call(connection, call_id)
    if call_id in runtime_of(connection).live:
        raise _refused(409, "call_live", f"call {call_id!r} goes on; its recording has a waveform when it is over")
    found = await _found(connection, call_id)
    tag = _tag(found.stamp)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}  # a browser may keep it, and asks each time
    if connection.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return JSONResponse(wire.to_json(_view(found)), headers=headers)


async def _found(connection: HTTPConnection, call_id: str) -> RecordingPeaks:
    recorders = runtime_of(connection).recorders
    try:
        return await recorders.peaks.of(recorders.path_of(call_id))
    except FileNotFoundError:
        raise _refused(404, "no_recording", f"call {call_id!r} has no recording") from None
    except RecordingError as error:
        log.warning("recording has no waveform", call_id=call_id, error=str(error))
        told = f"the recording of call {call_id!r} cannot be read; the server's log says why"
        raise _refused(409, "recording_locked", told) from None
    except TimeoutError:
        told = "other waveforms are worked out first; ask again in half a minute"
        raise HTTPException(503, {"code": "busy", "message": told}, RETRY_AFTER) from None


def _view(found: RecordingPeaks) -> PeaksView:
    agent, customer = (b64encode(channel).decode() for channel in found.peaks.channels)
    return PeaksView(stretch_ms=found.peaks.stretch_ms, agent=agent, customer=customer)


def _tag(stamp: Stamp) -> str:
    return f'"{stamp.size:x}-{stamp.changed_ns:x}"'


def _refused(status: int, code: str, message: str) -> HTTPException:
    return HTTPException(status, {"code": code, "message": message})
