"""Answers for many screens: worked out once, kept for some seconds, and never more than there is room for."""

import asyncio

import pytest

from voiceassist.server.recent_answers import ANSWERS, KEPT_S, RecentAnswers


class Desk:
    """Works answers out, and counts how often; its clock is the test's."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.asked = 0
        self.answers = RecentAnswers(now_s=lambda: self.now_s)

    async def work(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        return self.asked


async def test_everybody_who_asks_the_same_at_the_same_time_gets_one_answer() -> None:
    desk = Desk()
    assert await asyncio.gather(*(desk.answers.get("q", desk.work) for _ in range(500))) == [1] * 500


async def test_an_answer_is_worked_out_again_when_it_is_old_and_another_question_at_once() -> None:
    desk = Desk()
    assert await desk.answers.get("q", desk.work) == 1
    assert await desk.answers.get("other", desk.work) == 2
    desk.now_s += KEPT_S
    assert await desk.answers.get("q", desk.work) == 1
    desk.now_s += 0.1
    assert await desk.answers.get("q", desk.work) == 3


async def test_who_asked_first_may_go_away_and_the_others_get_their_answer() -> None:
    desk, gate = Desk(), asyncio.Event()

    async def slow() -> str:
        await gate.wait()
        return "here"

    first = asyncio.create_task(desk.answers.get("q", slow))
    second = asyncio.create_task(desk.answers.get("q", slow))
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    assert await second == "here"


async def test_a_failure_is_told_to_all_who_asked_and_not_kept() -> None:
    desk = Desk()

    async def broken() -> int:
        raise OSError("disk")

    for told in await asyncio.gather(*(desk.answers.get("q", broken) for _ in range(3)), return_exceptions=True):
        assert isinstance(told, OSError)
    with pytest.raises(OSError, match="disk"):
        await desk.answers.get("q", broken)
    assert await desk.answers.get("q", desk.work) == 1


async def test_the_oldest_answer_makes_room_for_a_new_one() -> None:
    desk = Desk()
    for number in range(ANSWERS + 1):
        await desk.answers.get(number, desk.work)
    asked = desk.asked
    await desk.answers.get(ANSWERS, desk.work)
    assert desk.asked == asked
    await desk.answers.get(0, desk.work)
    assert desk.asked == asked + 1
    assert len(desk.answers._kept) == ANSWERS
