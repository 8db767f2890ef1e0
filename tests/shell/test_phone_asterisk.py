"""Supervisors in calls of an Asterisk: whisper, barge, transfer, hang up, and all that can go wrong on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.fakes.asterisk_ari import PASSWORD, USER, Asterisk, Channel, Trouble, asterisk_ari
from tests.fakes.phone_visits import VisitDesk
from voiceassist.errors import PhoneError
from voiceassist.ingest.source import PhoneLines
from voiceassist.phone_control import asterisk as asterisk_module
from voiceassist.phone_control import asterisk_events, rest, visits
from voiceassist.phone_control.asterisk import AsteriskControl, controlling_asterisk
from voiceassist.phone_control.control import PhoneAbilities, PhoneCall, all_alike
from voiceassist.phone_settings import AsteriskPhone

AGENT, CUSTOMER = "1761245643.2", "1761245643.1"
CALL = PhoneCall(call_id="c1", source="asterisk", lines=PhoneLines(agent=AGENT, customer=CUSTOMER))


def settings_for(asterisk: Asterisk, **given: str) -> AsteriskPhone:
    known = {"url": asterisk.url, "user": USER, "password": PASSWORD, "transfer_context": "internal"}
    return AsteriskPhone(**(known | given))


@asynccontextmanager
async def connected(asterisk: Asterisk, **given: str) -> AsyncIterator[AsteriskControl]:
    """A control whose events have come so far that it has asked for what it missed."""
    before = asterisk.asked.count("GET /bridges")
    async with controlling_asterisk(settings_for(asterisk, **given)) as control:
        await asterisk.until(lambda: asterisk.asked.count("GET /bridges") > before)
        yield control


@asynccontextmanager
async def a_desk(asterisk: Asterisk) -> AsyncIterator[VisitDesk]:
    async with connected(asterisk) as control:
        desk = VisitDesk(controls={"asterisk": control})
        try:
            yield desk
        finally:
            await desk.visits.close()


async def until_told(control: AsteriskControl, obstacle: str) -> None:
    async with asyncio.timeout(20):
        while control.events.obstacle != obstacle:  # noqa: ASYNC110 - nobody in the product waits for that
            await asyncio.sleep(0)


def ringing(asterisk: Asterisk) -> list[Channel]:
    return [one for one in asterisk.channels.values() if one.state == "Ring"]


async def picked_up(asterisk: Asterisk) -> Channel:
    """The supervisor's telephone, which rings."""
    await asterisk.until(lambda: bool(ringing(asterisk)))
    (phone,) = ringing(asterisk)
    await asterisk.answer(phone)
    return phone


def left(asterisk: Asterisk) -> tuple[set[str], set[str]]:
    """What there is beside the call itself."""
    return set(asterisk.channels) - {AGENT, CUSTOMER}, set(asterisk.bridges) - {"dial"}


def the_room(asterisk: Asterisk) -> list[Channel]:
    ((_, room),) = [(id_, asterisk.mix(id_)) for id_ in asterisk.bridges if id_ != "dial"]
    return room


async def begun(asterisk: Asterisk, desk: VisitDesk, deed: str = "whisper") -> Channel:
    """A supervisor who is in the call."""
    desk.visits.begin(CALL, "whisper" if deed == "whisper" else "barge", by="Ana", phone="201")
    phone = await picked_up(asterisk)
    await desk.until(lambda told: f"{deed} on" in told)
    return phone


async def test_a_whisper_rings_the_supervisor_and_reaches_the_agent_only() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        phone = await begun(asterisk, desk)
        assert phone.name.startswith("PJSIP/201")
        (ear,) = [one for one in the_room(asterisk) if one.snoops_on]
        assert (ear.snoops_on, ear.spy, ear.whisper) == (AGENT, "both", "out")
        assert phone in the_room(asterisk)
        assert desk.lines == ["whisper ringing", "whisper on"]


async def test_barging_in_takes_turns_with_whispering_without_another_ring() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        phone = await begun(asterisk, desk)
        desk.visits.begin(CALL, "barge", by="Ana", phone="201")
        await desk.until(lambda told: "barge on" in told)
        (ear,) = [one for one in the_room(asterisk) if one.snoops_on]
        assert (ear.whisper, phone in the_room(asterisk)) == ("both", True)
        assert [one.snoops_on for one in asterisk.channels.values()].count(AGENT) == 1
        desk.visits.begin(CALL, "whisper", by="Ana", phone="201")
        await desk.until(lambda told: told[-1] == "whisper on")
        assert asterisk.asked.count("POST /channels/" + phone.id) == 1


async def test_leaving_removes_everything_and_leaves_the_call_alone() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        await begun(asterisk, desk)
        assert desk.visits.leave("c1", "Ana")
        assert await desk.until(lambda told: "over" in told[-1]) == [
            "whisper ringing", "whisper on", "whisper over left",
        ]  # fmt: skip
        assert left(asterisk) == (set(), set())
        assert set(asterisk.channels) == {AGENT, CUSTOMER}
        assert not desk.visits.leave("c1", "Ana")


@pytest.mark.parametrize("who", ["supervisor", "agent"])
async def test_whoever_hangs_up_ends_the_visit_and_nothing_is_left(who: str) -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        phone = await begun(asterisk, desk)
        await asterisk.hang_up(phone.id if who == "supervisor" else AGENT)
        await desk.until(lambda told: told[-1] == "whisper over hung_up")
        assert left(asterisk) == (set(), set())


async def test_the_end_of_the_call_leaves_no_supervisor_in_it() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        await begun(asterisk, desk)
        desk.visits.call_over("c1")
        await asterisk.until(lambda: left(asterisk) == (set(), set()))


async def test_a_telephone_that_nobody_picks_up_is_told_and_not_left_ringing() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        desk.visits.begin(CALL, "whisper", by="Ana", phone="201")
        await asterisk.until(lambda: bool(ringing(asterisk)))
        await asterisk.hang_up(ringing(asterisk)[0].id, cause=19)
        await desk.until(lambda told: told[-1] == "whisper failed no_answer")
        assert left(asterisk) == (set(), set())


async def test_leaving_while_it_rings_stops_the_ringing() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        desk.visits.begin(CALL, "whisper", by="Ana", phone="201")
        await asterisk.until(lambda: bool(ringing(asterisk)))
        desk.visits.leave("c1", "Ana")
        await desk.until(lambda told: told[-1] == "whisper over left")
        assert left(asterisk) == (set(), set())


async def test_an_agent_who_is_gone_when_the_supervisor_picks_up_ends_the_visit() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        desk.visits.begin(CALL, "whisper", by="Ana", phone="201")
        await asterisk.until(lambda: bool(ringing(asterisk)))
        await asterisk.hang_up(AGENT)
        await picked_up(asterisk)
        await desk.until(lambda told: told[-1] == "whisper failed line_gone")
        assert left(asterisk) == (set(), set())


async def test_a_channel_that_has_just_come_is_taken_into_the_bridge_at_the_next_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asterisk_module, "READY_AFTER_S", (0.0, 0.0, 0.0))
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        asterisk.busy_bridge = 2
        await begun(asterisk, desk)


async def test_so_many_supervisors_are_in_one_call_and_no_more() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        for number in range(visits.VISITS_PER_CALL):
            desk.visits.begin(CALL, "whisper", by=f"Ana {number}", phone="201")
        with pytest.raises(PhoneError, match="already"):
            desk.visits.begin(CALL, "whisper", by="Ben", phone="202")


# ---- what can be done, and why not ----


async def test_what_can_be_done_in_a_call_that_dial_put_together() -> None:
    async with asterisk_ari() as asterisk, connected(asterisk) as control:
        asterisk.dialled()
        assert await control.abilities(CALL) == PhoneAbilities(transfer="not_in_stasis")
        asterisk.in_stasis()
        assert await control.abilities(CALL) == PhoneAbilities()
        await asterisk.hang_up(AGENT)
        assert await control.abilities(CALL) == PhoneAbilities(whisper="line_gone", barge="line_gone")
        nameless = replace(CALL, lines=PhoneLines())
        assert await control.abilities(nameless) == PhoneAbilities(
            whisper="no_agent_line", barge="no_agent_line", transfer="no_customer_line", hang_up="no_agent_line"
        )


async def test_without_a_context_there_are_no_transfers() -> None:
    async with asterisk_ari() as asterisk, connected(asterisk, transfer_context="") as control:
        asterisk.in_stasis()
        assert (await control.abilities(CALL)).transfer == "no_transfer_context"


async def test_a_customer_is_put_through_and_the_agent_is_left() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.in_stasis()
        await desk.visits.transfer(CALL, "300", by="Ana")
        customer = asterisk.channels[CUSTOMER]
        assert (customer.context, customer.exten, customer.app) == ("internal", "300", "")
        assert desk.told[-1].to == "300"
        assert desk.lines == ["transfer done"]


async def test_a_transfer_that_asterisk_refuses_says_why_and_changes_nothing() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        with pytest.raises(PhoneError) as caught:
            await desk.visits.transfer(CALL, "300", by="Ana")
        assert caught.value.code == "not_in_stasis"
        assert desk.lines == ["transfer failed not_in_stasis"]
        assert asterisk.bridges["dial"].channels == [CUSTOMER, AGENT]


async def test_hanging_up_ends_both_lines_and_once_only() -> None:
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        await desk.visits.hang_up(CALL, by="Ana")
        assert not asterisk.channels
        with pytest.raises(PhoneError) as caught:
            await desk.visits.hang_up(CALL, by="Ana")
        assert caught.value.code == "line_gone"
        assert desk.lines == ["hang_up done", "hang_up failed line_gone"]


# ---- a phone system in trouble ----


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ("hangs", "phone_unreachable"),
        ("fails", "phone_failed"),
        ("no_json", "phone_failed"),
        ("redirects", "phone_failed"),
        ("huge", "phone_failed"),
    ],
)
async def test_an_asterisk_in_trouble_is_told_as_such_and_is_asked_again_afterwards(
    trouble: Trouble, code: str
) -> None:
    async with asterisk_ari() as asterisk, connected(asterisk) as control:
        if trouble == "hangs":
            control.rest = replace(control.rest, within_s=0.05)
        asterisk.in_stasis()
        asterisk.trouble = trouble
        can = await control.abilities(CALL)
        assert (can.whisper, can.barge, can.hang_up) == (code, code, code)
        with pytest.raises(PhoneError) as caught:
            await control.hang_up(CALL)
        assert caught.value.code == code
        assert PASSWORD not in str(caught.value)
        asterisk.trouble = ""
        control.rest = replace(control.rest, within_s=rest.ANSWER_WITHIN_S)
        assert await control.abilities(CALL) == PhoneAbilities()


async def test_a_visit_into_an_asterisk_that_hangs_fails_and_is_removed_when_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visits, "REMOVE_AFTER_S", (0.0, 0.0))
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        control = desk.controls["asterisk"]
        assert isinstance(control, AsteriskControl)
        await begun(asterisk, desk)
        control.rest = replace(control.rest, within_s=0.05)
        asterisk.trouble = "hangs"
        desk.visits.leave("c1", "Ana")
        await desk.until(lambda told: told[-1] == "whisper over left")
        assert left(asterisk) != (set(), set())
        asterisk.trouble = ""
        control.rest = replace(control.rest, within_s=rest.ANSWER_WITHIN_S)
        await asterisk.sockets["voiceassist"].close()  # the connection breaks: what is left is looked for
        await asterisk.until(lambda: left(asterisk) == (set(), set()))


@pytest.mark.parametrize("password", ["", "wrong"])
async def test_a_wrong_password_is_told_as_such(password: str) -> None:
    async with (
        asterisk_ari() as asterisk,
        controlling_asterisk(settings_for(asterisk, password=password)) as control,
    ):
        await until_told(control, "phone_sign_in")
        assert await control.abilities(CALL) == all_alike("phone_sign_in")


async def test_without_events_nothing_can_be_done_and_nothing_is_asked() -> None:
    async with controlling_asterisk(
        AsteriskPhone(url="http://127.0.0.1:9/ari", user="va", password="x")
    ) as control:
        assert await control.abilities(CALL) == all_alike("phone_unreachable")
        with pytest.raises(PhoneError, match="not connected"):
            await control.ring(CALL, "v1-0", "201")


async def test_events_that_were_missed_while_the_connection_was_down_are_caught_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asterisk_events, "FIRST_PAUSE_S", 0.0)
    async with asterisk_ari() as asterisk, a_desk(asterisk) as desk:
        asterisk.dialled()
        phone = await begun(asterisk, desk)
        broken = asterisk.sockets.pop("voiceassist")  # it hears nothing any more
        await asterisk.hang_up(phone.id)
        assert "over" not in desk.lines[-1]
        await broken.close()
        await desk.until(lambda told: told[-1] == "whisper over hung_up")


async def test_what_a_crash_left_is_removed_at_the_next_start_and_others_things_are_not() -> None:
    async with asterisk_ari() as asterisk:
        asterisk.dialled()
        for id_ in ("voiceassist.v1-0.phone", "voiceassist.v1-0.ear3", "voiceassist2.v1-0.phone", "other.1"):
            asterisk.channels[id_] = Channel(id=id_, name="PJSIP/x")
        for id_ in ("voiceassist.v1-0.room", "queue.7"):
            asterisk.make_bridge(id_)
        async with connected(asterisk):
            await asterisk.until(lambda: left(asterisk) == ({"voiceassist2.v1-0.phone", "other.1"}, {"queue.7"}))


async def test_a_telephone_that_is_picked_up_after_the_visit_was_given_up_is_hung_up() -> None:
    async with asterisk_ari() as asterisk, connected(asterisk):
        stray = Channel(id="voiceassist.v9-0.phone", name="PJSIP/201", state="Ring", wants_app="voiceassist")
        asterisk.channels[stray.id] = stray
        await asterisk.answer(stray)
        await asterisk.until(lambda: stray.id not in asterisk.channels)


@pytest.mark.parametrize(
    "message", ["", "[]", "nothing", '{"type": 7}', '{"type": "StasisStart", "channel": []}', b"\xff"]
)
async def test_an_event_that_makes_no_sense_changes_nothing(message: str | bytes) -> None:
    async with asterisk_ari() as asterisk, connected(asterisk) as control:
        channel = control.events.watch("voiceassist.v1-0.phone")
        assert (control.events.hear(message), control.events.stray(message)) == ("", "")
        assert not channel.started.done()


async def test_a_server_whose_application_another_one_took_can_do_nothing() -> None:
    async with asterisk_ari() as asterisk, connected(asterisk) as first, connected(asterisk):
        await until_told(first, "phone_unreachable")
        assert await first.abilities(CALL) == all_alike("phone_unreachable")
