"""Twilio's REST API: a supervisor as a further participant of a call's conference.

As read in Twilio's pages of the Conference, Participant and Call resources (2010-04-01). A whisper is a
participant with `Coaching` and `CallSidToCoach`: only the coached participant hears them. They come into the
conference so in any case, and barging in takes the coaching away: nobody hears by accident what was meant for the
agent. Twilio tells what becomes of a participant to public addresses only, so we ask, every second while the
telephone rings.
A call that is in no conference can be put through and ended, no more.
Next: `visits.py` asks in order.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from voiceassist.errors import PhoneError
from voiceassist.phone_control.control import Obstacle, PhoneAbilities, PhoneCall, all_alike, obstacle_of
from voiceassist.phone_control.rest import Rest, asking
from voiceassist.phone_settings import TwilioPhone

RING_S: Final = 30
RING_EVERY_S = 1.0  # between two looks at a telephone that rings
LOOK_EVERY_S = 3.0  # and at one that was picked up: a whisper costs 20 requests a minute
TROUBLES = 5  # in a row, without an answer: then nobody knows what became of the supervisor
CONFERENCE_SID = re.compile(r"CF[0-9a-fA-F]{32}")
OVER: Final = ("complete", "completed", "failed")  # a participant's status
LABEL: Final = "voiceassist-"  # what names of our participants begin with


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceLegs:
    """A call's conference, with the CallSids in it; empty: not known."""

    sid: str
    agent: str
    customer: str


@dataclass(slots=True, kw_only=True)
class TwilioControl:
    """A `PhoneControl`."""

    settings: TwilioPhone
    rest: Rest
    sleep: Callable[[float], Any] = asyncio.sleep
    visits: dict[str, ConferenceLegs] = field(default_factory=dict)

    async def abilities(self, call: PhoneCall) -> PhoneAbilities:
        """Asks for the conference and who is in it; of a call without one, for the call itself."""
        try:
            legs = await self._conference(call)
        except PhoneError as error:
            return all_alike(obstacle_of(error))
        if legs:
            no_agent: Obstacle = "" if legs.agent else "no_agent_line"
            no_customer: Obstacle = "" if legs.customer else "no_customer_line"
            return PhoneAbilities(whisper=no_agent, barge=no_agent, transfer=no_customer)
        gone = await self._gone(call)
        no_customer = gone or ("" if call.lines.customer else "no_customer_line")
        return PhoneAbilities(whisper="no_conference", barge="no_conference", transfer=no_customer, hang_up=gone)

    async def ring(self, call: PhoneCall, visit: str, phone: str) -> None:
        """Adds the supervisor, who coaches the agent from the first moment. Raises PhoneError."""
        legs = await self._conference(call)
        if legs is None:
            raise PhoneError("no_conference", f"call {call.call_id} is in no conference")
        if not legs.agent:
            raise PhoneError("no_agent_line", f"call {call.call_id}: which participant is the agent is not known")
        self.visits[visit] = legs
        form = {
            "From": self.settings.from_number,
            "To": phone,
            "Label": f"{LABEL}{visit}",
            "Timeout": str(RING_S),
            "Beep": "false",
            "StartConferenceOnEnter": "true",
            "EndConferenceOnExit": "false",
            "Coaching": "true",
            "CallSidToCoach": legs.agent,
        }
        await self.rest.post(f"{self._place(legs)}.json", form=form)
        for _ in range(RING_S + 10):  # Twilio rings some seconds longer than it was told to
            status = await self._status(visit)
            if status == "connected":
                return
            if status in OVER:
                break
            await self.sleep(RING_EVERY_S)
        raise PhoneError("no_answer", f"the supervisor's telephone was not picked up within {RING_S} s")

    async def whisper(self, call: PhoneCall, visit: str) -> None:  # noqa: ARG002 - the participant is known
        """Only the agent hears the supervisor. Raises PhoneError."""
        coaching = {"Coaching": "true", "CallSidToCoach": self.visits[visit].agent}
        await self.rest.post(self._participant(visit), form=coaching)

    async def barge(self, call: PhoneCall, visit: str) -> None:  # noqa: ARG002 - the participant is known
        """Everybody in the conference hears the supervisor. Raises PhoneError."""
        await self.rest.post(self._participant(visit), form={"Coaching": "false", "Muted": "false"})

    async def until_gone(self, call: PhoneCall, visit: str) -> None:  # noqa: ARG002 - the participant is known
        """Looks again and again. Raises PhoneError when nobody has answered for too long."""
        troubles = 0
        while True:
            await self.sleep(LOOK_EVERY_S)
            try:
                if await self._status(visit) in OVER:
                    return
                troubles = 0
            except PhoneError:
                troubles += 1
                if troubles == TROUBLES:
                    raise

    async def leave(self, call: PhoneCall, visit: str) -> None:  # noqa: ARG002 - the participant is known
        """Takes the supervisor out of the conference, which hangs up their telephone. Raises PhoneError."""
        if visit in self.visits:
            await self.rest.delete(self._participant(visit))
            self.forget(visit)

    def forget(self, visit: str) -> None:
        """The supervisor stays until they hang up, or the conference ends."""
        self.visits.pop(visit, None)

    async def transfer(self, call: PhoneCall, to: str) -> None:
        """The customer leaves for another number. Raises PhoneError."""
        legs = await self._conference(call)
        customer = legs.customer if legs else call.lines.customer
        if not customer:
            raise PhoneError("no_customer_line", f"call {call.call_id}: the customer's line is not known")
        twiml = f"<Response><Dial>{_dialled(to)}</Dial></Response>"
        await self.rest.post(f"{self._call(customer)}", form={"Twiml": twiml})

    async def hang_up(self, call: PhoneCall) -> None:
        """Ends the conference, or the one line that is known. Raises PhoneError."""
        legs = await self._conference(call)
        if legs:
            await self.rest.post(
                f"{self._account}/Conferences/{quote(legs.sid)}.json", form={"Status": "completed"}
            )
            return
        line = call.lines.customer or call.lines.agent
        if not line:
            raise PhoneError("no_customer_line", f"call {call.call_id}: none of its lines is known")
        await self.rest.post(self._call(line), form={"Status": "completed"})

    @property
    def _account(self) -> str:
        return f"2010-04-01/Accounts/{self.settings.account_sid}"

    def _place(self, legs: ConferenceLegs) -> str:
        return f"{self._account}/Conferences/{quote(legs.sid)}/Participants"

    def _participant(self, visit: str) -> str:
        return f"{self._place(self.visits[visit])}/{quote(LABEL + visit)}.json"

    def _call(self, sid: str) -> str:
        return f"{self._account}/Calls/{quote(sid)}.json"

    async def _status(self, visit: str) -> str:
        """A participant's; "complete" for one who is not there any more."""
        try:
            found = await self.rest.get(self._participant(visit))
        except PhoneError as error:
            if error.code != "line_gone":
                raise
            return "complete"
        return str(found.get("status")) if isinstance(found, dict) else ""

    async def _gone(self, call: PhoneCall) -> Obstacle:
        """Why the streamed line can not be used; empty: it can."""
        line = call.lines.customer or call.lines.agent
        if not line:
            return "no_customer_line"
        try:
            found = await self.rest.get(self._call(line))
        except PhoneError as error:
            return obstacle_of(error)
        is_live = isinstance(found, dict) and found.get("status") in ("in-progress", "ringing", "queued")
        return "" if is_live else "line_gone"

    async def _conference(self, call: PhoneCall) -> ConferenceLegs | None:
        """The conference that the call is in now; None: in none. Raises PhoneError."""
        name = call.lines.conference
        if not name:
            return None
        sid = name if CONFERENCE_SID.fullmatch(name) else await self._found(name)
        if not sid:
            return None
        path = f"{self._account}/Conferences/{quote(sid)}/Participants.json"
        try:
            page = await self.rest.get(path, {"PageSize": "50"})
        except PhoneError as error:
            if error.code == "line_gone":
                return None
            raise
        return _legs(call, sid, _objects(page, "participants"))

    async def _found(self, name: str) -> str:
        query = {"FriendlyName": name, "Status": "in-progress", "PageSize": "2"}
        page = await self.rest.get(f"{self._account}/Conferences.json", query)
        return next((str(one.get("sid")) for one in _objects(page, "conferences")), "")


def _objects(page: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    found = page.get(name) if isinstance(page, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _legs(call: PhoneCall, sid: str, participants: list[dict[str, Any]]) -> ConferenceLegs | None:
    """Who is who: by what the stream said, by the labels `agent` and `customer`, or as the only other one."""
    ours = [one for one in participants if str(one.get("label") or "").startswith(LABEL)]
    people = [one for one in participants if one not in ours]
    sids = [str(one.get("call_sid")) for one in people]
    if not sids:
        return None
    labelled = {one.get("label"): str(one.get("call_sid")) for one in people}
    agent = _there(call.lines.agent, sids) or labelled.get("agent", "")
    customer = _there(call.lines.customer, sids) or labelled.get("customer", "")
    agent = agent or _only_other(sids, customer)
    return ConferenceLegs(sid=sid, agent=agent, customer=customer or _only_other(sids, agent))


def _there(line: str, sids: list[str]) -> str:
    return line if line in sids else ""


def _only_other(sids: list[str], known: str) -> str:
    """The participant beside the known one, where there are just two."""
    others = [sid for sid in sids if sid != known]
    return others[0] if known and len(others) == 1 else ""


def _dialled(to: str) -> str:
    """A noun of <Dial>: a number, a client or a SIP address."""
    for prefix, noun in (("client:", "Client"), ("sip:", "Sip")):
        if to.startswith(prefix):
            inner = to.removeprefix(prefix) if noun == "Client" else to
            return f"<{noun}>{escape(inner)}</{noun}>"
    return f"<Number>{escape(to)}</Number>"


@asynccontextmanager
async def controlling_twilio(settings: TwilioPhone) -> AsyncIterator[TwilioControl]:
    """For as long as the block runs."""
    user = settings.api_key or settings.account_sid or ""
    password = (settings.api_secret if settings.api_key else settings.auth_token) or ""
    async with asking("Twilio", settings.url, user, password) as rest:
        yield TwilioControl(settings=settings, rest=rest)
