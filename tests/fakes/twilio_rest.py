"""Twilio's REST API as far as supervisors need it: an account's calls, conferences and their participants.

Written from Twilio's pages of the Call, Conference and Participant resources and of its errors (16028, 20003,
20404, 21201), not from `voiceassist/phone_control`. It keeps state and refuses what Twilio refuses: another
account's password (401), a participant or conference that is not there any more (404), coaching somebody who is
not in the conference (400), a call to or from what is no number (400). `trouble` makes it hang, fail or lie.
"""

import asyncio
import base64
import re
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Json = dict[str, Any]
Trouble = Literal["", "hangs", "fails", "limits", "no_json"]
ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "twilio-s3cret"
ENDPOINT = re.compile(r"\+[0-9]{5,15}|client:\w+|sip:[\w.]+@[\w.]+")


def sid(kind: str, number: int) -> str:
    """A SID: two letters and 32 hexadecimal digits."""
    return f"{kind}{number:032x}"


@dataclass(kw_only=True)
class TwilioParticipant:
    """Somebody in a conference, or on their way."""

    call_sid: str
    label: str = ""
    status: str = "connected"
    coaching: bool = False
    call_sid_to_coach: str = ""
    muted: bool = False
    to: str = ""


@dataclass(kw_only=True)
class TwilioConference:
    """A conference."""

    sid: str
    friendly_name: str
    status: str = "in-progress"
    participants: list[TwilioParticipant] = field(default_factory=list)


class TwilioRefusal(Exception):  # noqa: N818 - it is an answer
    """What Twilio does not do."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(kw_only=True)
class Twilio:
    """The account's state."""

    port: int = 0
    calls: dict[str, str] = field(default_factory=dict)  # CallSid → status
    twiml: dict[str, str] = field(default_factory=dict)  # CallSid → what it was redirected to
    conferences: list[TwilioConference] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    trouble: Trouble = ""
    numbers: count = field(default_factory=lambda: count(0x100))  # type: ignore[type-arg]
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def conference(self, name: str, *people: TwilioParticipant) -> TwilioConference:
        """A conference that goes on with these people."""
        made = TwilioConference(sid=sid("CF", next(self.numbers)), friendly_name=name, participants=list(people))
        self.conferences.append(made)
        self.calls |= {one.call_sid: "in-progress" for one in people}
        return made

    async def until(self, met: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(met)

    async def tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    # ---- the resources -----------------------------------------------------------------------------------

    def found(self, conference_sid: str) -> TwilioConference:
        for one in self.conferences:
            if one.sid == conference_sid:
                return one
        raise TwilioRefusal(404, 20404, f"The requested resource /Conferences/{conference_sid} was not found")

    def participant(self, conference: TwilioConference, key: str) -> TwilioParticipant:
        """By CallSid or label; whose call has ended is no participant any more."""
        for one in conference.participants if conference.status != "completed" else ():
            if key in (one.call_sid, one.label) and one.status not in ("complete", "failed"):
                return one
        raise TwilioRefusal(404, 20404, "The requested resource was not found")

    def add(self, conference: TwilioConference, form: Mapping[str, str]) -> Json:
        for name in ("From", "To"):
            if not ENDPOINT.fullmatch(form.get(name, "")):
                raise TwilioRefusal(400, 21201, f"Invalid '{name}' Phone Number: {form.get(name)}")
        if not 5 <= int(form.get("Timeout", "60")) <= 600:
            raise TwilioRefusal(400, 20001, "Timeout must be between 5 and 600")
        made = TwilioParticipant(
            call_sid=sid("CA", next(self.numbers)), label=form.get("Label", ""), status="queued", to=form["To"]
        )
        self.coach(conference, made, form)
        conference.participants.append(made)
        self.calls[made.call_sid] = "queued"
        return self.shown(conference, made)

    def update(self, conference: TwilioConference, one: TwilioParticipant, form: Mapping[str, str]) -> Json:
        if "Muted" in form:
            one.muted = form["Muted"] == "true"
        self.coach(conference, one, form)
        return self.shown(conference, one)

    def coach(self, conference: TwilioConference, one: TwilioParticipant, form: Mapping[str, str]) -> None:
        wanted = form.get("Coaching")
        if wanted is None:
            return
        coached = form.get("CallSidToCoach", "")
        if wanted == "true":
            there = [other.call_sid for other in conference.participants if other.status == "connected"]
            if coached not in there:
                raise TwilioRefusal(400, 16028, "Participant to be whispered is not present in the conference")
        one.coaching, one.call_sid_to_coach = wanted == "true", coached if wanted == "true" else ""

    def end_conference(self, conference: TwilioConference) -> Json:
        conference.status = "completed"
        for one in conference.participants:
            one.status, self.calls[one.call_sid] = "complete", "completed"
        return {"sid": conference.sid, "status": "completed"}

    def update_call(self, call_sid: str, form: Mapping[str, str]) -> Json:
        if call_sid not in self.calls:
            raise TwilioRefusal(404, 20404, "The requested resource was not found")
        if self.calls[call_sid] == "completed":
            raise TwilioRefusal(400, 21220, "Call is not in-progress. Cannot redirect.")
        if "Twiml" in form:
            self.twiml[call_sid] = form["Twiml"]
        if form.get("Status") == "completed":
            self.calls[call_sid] = "completed"
        for conference in self.conferences:
            for one in conference.participants:
                if one.call_sid == call_sid:
                    one.status = "complete"
        return {"sid": call_sid, "status": self.calls[call_sid]}

    def shown(self, conference: TwilioConference, one: TwilioParticipant) -> Json:
        return {
            "account_sid": ACCOUNT, "call_sid": one.call_sid, "conference_sid": conference.sid,
            "label": one.label or None, "status": one.status, "coaching": one.coaching,
            "call_sid_to_coach": one.call_sid_to_coach or None, "muted": one.muted, "hold": False,
        }  # fmt: skip


async def _request(request: Request) -> Response:
    twilio: Twilio = request.app.state.twilio
    twilio.asked.append(f"{request.method} {request.url.path}")
    match twilio.trouble:
        case "hangs":
            await asyncio.Event().wait()
        case "fails":
            return JSONResponse({"code": 20500, "message": "An internal server error has occurred"}, 500)
        case "limits":
            return JSONResponse({"code": 20429, "message": "Too Many Requests"}, 429)
        case "no_json":
            return Response("<Response/>", 200, media_type="text/xml")
    wanted = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {wanted}":
        return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)
    form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    try:
        answer = _answered(twilio, request, form)
    except TwilioRefusal as refusal:
        body = {"code": refusal.code, "message": str(refusal), "status": refusal.status}
        return JSONResponse(body, refusal.status)
    await twilio.tell()
    return Response(status_code=204) if answer is None else JSONResponse(answer)


def _answered(  # noqa: C901, PLR0912 - a row for each operation
    twilio: Twilio, request: Request, form: Mapping[str, str]
) -> Json | None:
    prefix = f"/2010-04-01/Accounts/{ACCOUNT}/"
    if not request.url.path.startswith(prefix):
        raise TwilioRefusal(404, 20404, "The requested resource was not found")
    path = request.url.path.removeprefix(prefix).removesuffix(".json").split("/")
    query = request.query_params
    match request.method, path:
        case "GET", ["Conferences"]:
            found = [
                {"sid": one.sid, "friendly_name": one.friendly_name, "status": one.status}
                for one in twilio.conferences
                if query.get("FriendlyName") in (None, one.friendly_name)
                and query.get("Status") in (None, one.status)
            ]
            return {"conferences": found, "page": 0, "page_size": int(query.get("PageSize", "50"))}
        case "POST", ["Conferences", conference]:
            if form.get("Status") != "completed":
                raise TwilioRefusal(400, 20001, "Status must be completed")
            return twilio.end_conference(twilio.found(conference))
        case "GET", ["Conferences", conference, "Participants"]:
            found_ = twilio.found(conference)
            if found_.status == "completed":
                raise TwilioRefusal(404, 20404, "The requested resource was not found")
            live = [one for one in found_.participants if one.status not in ("complete", "failed")]
            return {"participants": [twilio.shown(found_, one) for one in live], "page": 0}
        case "POST", ["Conferences", conference, "Participants"]:
            return twilio.add(twilio.found(conference), form)
        case method, ["Conferences", conference, "Participants", key]:
            place = twilio.found(conference)
            one = twilio.participant(place, key)
            if method == "GET":
                return twilio.shown(place, one)
            if method == "DELETE":
                one.status, twilio.calls[one.call_sid] = "complete", "completed"
                return None
            return twilio.update(place, one, form)
        case "GET", ["Calls", call]:
            if call not in twilio.calls:
                raise TwilioRefusal(404, 20404, "The requested resource was not found")
            return {"sid": call, "status": twilio.calls[call]}
        case "POST", ["Calls", call]:
            return twilio.update_call(call, form)
    raise TwilioRefusal(404, 20404, "The requested resource was not found")


@asynccontextmanager
async def twilio_rest() -> AsyncIterator[Twilio]:
    """A running one."""
    twilio = Twilio()
    app = Starlette(routes=[Route("/{path:path}", _request, methods=["GET", "POST", "DELETE"])])
    app.state.twilio = twilio
    listening = socket.create_server(("127.0.0.1", 0))
    twilio.port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    task = asyncio.create_task(server._serve([listening]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield twilio
    finally:
        server.should_exit = True
        await task
