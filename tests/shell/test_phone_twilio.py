"""Supervisors in conferences of Twilio's: whisper, barge, transfer, hang up, and what can go wrong on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.fakes.phone_visits import VisitDesk
from tests.fakes.twilio_rest import (
    ACCOUNT,
    TOKEN,
    Trouble,
    Twilio,
    TwilioConference,
    TwilioParticipant,
    sid,
    twilio_rest,
)
from voiceassist.errors import PhoneError
from voiceassist.ingest.source import PhoneLines
from voiceassist.phone_control import twilio as twilio_module
from voiceassist.phone_control import visits
from voiceassist.phone_control.control import PhoneAbilities, PhoneCall, all_alike
from voiceassist.phone_control.twilio import TwilioControl, controlling_twilio
from voiceassist.phone_settings import TwilioPhone

AGENT, CUSTOMER = sid("CA", 2), sid("CA", 1)
CALL = PhoneCall(call_id=CUSTOMER, source="twilio", lines=PhoneLines(customer=CUSTOMER, conference="desk 7"))
NO_CONFERENCE = replace(CALL, lines=PhoneLines(customer=CUSTOMER))


async def soon(_seconds: float) -> None:
    """Looks again at once, but lets others run first."""
    await asyncio.sleep(0.001)


@asynccontextmanager
async def asked(twilio: Twilio, token: str = TOKEN) -> AsyncIterator[TwilioControl]:
    settings = TwilioPhone(account_sid=ACCOUNT, auth_token=token, from_number="+15550100", url=twilio.url)
    async with controlling_twilio(settings) as control:
        control.sleep = soon
        yield control


@asynccontextmanager
async def a_desk(twilio: Twilio) -> AsyncIterator[VisitDesk]:
    async with asked(twilio) as control:
        desk = VisitDesk(controls={"twilio": control})
        try:
            yield desk
        finally:
            await desk.visits.close()


def conference_of(twilio: Twilio) -> TwilioConference:
    return twilio.conference("desk 7", TwilioParticipant(call_sid=CUSTOMER), TwilioParticipant(call_sid=AGENT))


async def picked_up(twilio: Twilio, conference: TwilioConference) -> TwilioParticipant:
    """The supervisor's telephone, which rings."""
    await twilio.until(lambda: len(conference.participants) > 2)
    supervisor = conference.participants[-1]
    supervisor.status = "connected"
    return supervisor


async def test_a_whisper_is_a_participant_who_coaches_the_agent_from_the_first_moment() -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference = conference_of(twilio)
        desk.visits.begin(CALL, "whisper", by="Ana", phone="+15550123")
        await twilio.until(lambda: len(conference.participants) > 2)
        ringing = conference.participants[-1]
        assert (ringing.to, ringing.coaching, ringing.call_sid_to_coach) == ("+15550123", True, AGENT)
        supervisor = await picked_up(twilio, conference)
        await desk.until(lambda told: told == ["whisper ringing", "whisper on"])
        assert (supervisor.coaching, supervisor.call_sid_to_coach) == (True, AGENT)


async def test_barging_in_takes_the_coaching_away_and_whispering_gives_it_back() -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference = conference_of(twilio)
        desk.visits.begin(CALL, "barge", by="Ana", phone="+15550123")
        await twilio.until(lambda: len(conference.participants) > 2)
        assert conference.participants[-1].coaching  # nobody but the agent hears the first word
        supervisor = await picked_up(twilio, conference)
        await desk.until(lambda told: told[-1] == "barge on")
        assert not supervisor.coaching
        desk.visits.begin(CALL, "whisper", by="Ana", phone="+15550123")
        await desk.until(lambda told: told[-1] == "whisper on")
        assert (supervisor.coaching, len(conference.participants)) == (True, 3)


async def test_leaving_takes_the_supervisor_out_and_nobody_else() -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference = conference_of(twilio)
        desk.visits.begin(CALL, "whisper", by="Ana", phone="+15550123")
        supervisor = await picked_up(twilio, conference)
        await desk.until(lambda told: told[-1] == "whisper on")
        desk.visits.leave(CUSTOMER, "Ana")
        await desk.until(lambda told: told[-1] == "whisper over left")
        assert [one.status for one in conference.participants] == ["connected", "connected", "complete"]
        assert twilio.calls[supervisor.call_sid] == "completed"


async def test_a_supervisor_who_hangs_up_has_left() -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference = conference_of(twilio)
        desk.visits.begin(CALL, "whisper", by="Ana", phone="+15550123")
        supervisor = await picked_up(twilio, conference)
        await desk.until(lambda told: told[-1] == "whisper on")
        supervisor.status = "complete"
        await desk.until(lambda told: told[-1] == "whisper over hung_up")


@pytest.mark.parametrize("status", ["failed", "complete", "queued"])
async def test_a_telephone_that_nobody_picks_up_is_told(status: str) -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference = conference_of(twilio)
        desk.visits.begin(CALL, "whisper", by="Ana", phone="+15550123")
        await twilio.until(lambda: len(conference.participants) > 2)
        conference.participants[-1].status = status
        await desk.until(lambda told: told[-1] == "whisper failed no_answer")
        assert conference.participants[-1].status in ("failed", "complete")


async def test_a_number_that_twilio_does_not_call_is_told() -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference_of(twilio)
        desk.visits.begin(CALL, "whisper", by="Ana", phone="201")
        await desk.until(lambda told: told[-1] == "whisper failed phone_failed")


# ---- what can be done, and why not ----


async def test_what_can_be_done_depends_on_the_conference() -> None:
    async with twilio_rest() as twilio, asked(twilio) as control:
        none = PhoneAbilities(
            whisper="no_conference", barge="no_conference", transfer="line_gone", hang_up="line_gone"
        )
        assert await control.abilities(CALL) == none
        twilio.calls[CUSTOMER] = "in-progress"
        without = replace(none, transfer="", hang_up="")
        assert await control.abilities(CALL) == without
        assert await control.abilities(NO_CONFERENCE) == without
        conference = conference_of(twilio)
        assert await control.abilities(CALL) == PhoneAbilities()
        by_sid = replace(CALL, lines=PhoneLines(customer=CUSTOMER, conference=conference.sid))
        assert await control.abilities(by_sid) == PhoneAbilities()
        twilio.end_conference(conference)
        assert await control.abilities(by_sid) == none


async def test_the_agent_is_the_other_one_of_two_or_the_one_with_the_label() -> None:
    async with twilio_rest() as twilio, asked(twilio) as control:
        conference = conference_of(twilio)
        conference.participants.append(TwilioParticipant(call_sid=sid("CA", 3)))
        no_agent = PhoneAbilities(whisper="no_agent_line", barge="no_agent_line")
        assert await control.abilities(CALL) == no_agent
        conference.participants[1].label = "agent"
        assert await control.abilities(CALL) == PhoneAbilities()
        conference.participants[1].label = ""
        known = replace(CALL, lines=PhoneLines(agent=AGENT, conference="desk 7"))
        assert await control.abilities(known) == PhoneAbilities(transfer="no_customer_line")


@pytest.mark.parametrize("call", [CALL, NO_CONFERENCE])
@pytest.mark.parametrize(
    ("to", "noun"),
    [
        ("+15550199", "<Number>+15550199</Number>"),
        ("client:ben", "<Client>ben</Client>"),
        ("sip:ben@example.com", "<Sip>sip:ben@example.com</Sip>"),
    ],
)
async def test_a_customer_is_put_through_with_or_without_a_conference(call: PhoneCall, to: str, noun: str) -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference = conference_of(twilio)
        await desk.visits.transfer(call, to, by="Ana")
        assert twilio.twiml == {CUSTOMER: f"<Response><Dial>{noun}</Dial></Response>"}
        assert conference.participants[1].status == "connected"


async def test_hanging_up_ends_the_conference_or_the_one_line_that_is_known() -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference = conference_of(twilio)
        await desk.visits.hang_up(CALL, by="Ana")
        assert (conference.status, set(twilio.calls.values())) == ("completed", {"completed"})
        twilio.calls[CUSTOMER] = "in-progress"
        await desk.visits.hang_up(NO_CONFERENCE, by="Ana")
        assert twilio.calls[CUSTOMER] == "completed"


async def test_who_is_in_no_conference_cannot_be_whispered_to() -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        twilio.calls[CUSTOMER] = "in-progress"
        desk.visits.begin(CALL, "whisper", by="Ana", phone="+15550123")
        await desk.until(lambda told: told[-1] == "whisper failed no_conference")


# ---- Twilio in trouble ----


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ("hangs", "phone_unreachable"),
        ("fails", "phone_failed"),
        ("limits", "phone_busy"),
        ("no_json", "phone_failed"),
    ],
)
async def test_a_twilio_in_trouble_is_told_as_such_and_is_asked_again_afterwards(
    trouble: Trouble, code: str
) -> None:
    async with twilio_rest() as twilio, asked(twilio) as control:
        conference_of(twilio)
        patient = control.rest
        if trouble == "hangs":
            control.rest = replace(patient, within_s=0.05)
        twilio.trouble = trouble
        assert (await control.abilities(CALL)).whisper == code
        with pytest.raises(PhoneError) as caught:
            await control.hang_up(CALL)
        assert caught.value.code == code
        assert TOKEN not in str(caught.value)
        twilio.trouble, control.rest = "", patient
        assert await control.abilities(CALL) == PhoneAbilities()


async def test_a_wrong_token_is_told_as_such() -> None:
    async with twilio_rest() as twilio, asked(twilio, token="wrong") as control:
        assert await control.abilities(CALL) == all_alike("phone_sign_in")


async def test_a_supervisor_of_whom_nothing_is_known_any_more_is_told_to_have_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visits, "REMOVE_AFTER_S", (0.0, 0.0))
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference = conference_of(twilio)
        desk.visits.begin(CALL, "whisper", by="Ana", phone="+15550123")
        await picked_up(twilio, conference)
        await desk.until(lambda told: told[-1] == "whisper on")
        twilio.trouble = "fails"
        await desk.until(lambda told: told[-1] == "whisper failed phone_failed")


async def test_a_short_trouble_ends_no_whisper() -> None:
    async with twilio_rest() as twilio, a_desk(twilio) as desk:
        conference = conference_of(twilio)
        desk.visits.begin(CALL, "whisper", by="Ana", phone="+15550123")
        supervisor = await picked_up(twilio, conference)
        await desk.until(lambda told: told[-1] == "whisper on")
        twilio.trouble = "fails"
        before = len(twilio.asked)
        while len(twilio.asked) < before + twilio_module.TROUBLES - 2:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)
        twilio.trouble = ""
        supervisor.status = "complete"
        assert (await desk.until(lambda told: "hung_up" in told[-1]))[-1] == "whisper over hung_up"
