"""A break after a call: told to the supervisors' wall, and over when the agent is back or the time is up."""

from pathlib import Path

import pytest

from tests.shell.serving import Serving, begin, calling, serving, settings_for, whole_call
from voiceassist import runtime
from voiceassist.core.call.incidents import AlertView


async def act(server: Serving, **action: object) -> int:
    answer = await server.http.post("/api/calls/c1/actions", json=action)
    return answer.status_code


def break_on_wall(server: Serving) -> list[AlertView]:
    row = server.runtime.hub.rows.get("c1")
    return [view for view in row.alerts if view.alert.kind == "break"] if row else []


async def test_supervisors_see_a_break_until_the_agent_is_back(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        await whole_call(server, "c1")
        assert await act(server, type="take_break") == 202
        assert [(view.state, view.alert.level) for view in break_on_wall(server)] == [("open", "info")]
        assert await act(server, type="take_break") == 202  # twice is once
        assert len(break_on_wall(server)) == 1
        assert await act(server, type="take_break", taken=False) == 202
        state = (await server.http.get("/api/calls/c1")).json()
        assert [view["state"] for view in state["alerts"] if view["alert"]["kind"] == "break"] == ["resolved"]


async def test_a_break_is_over_by_itself_when_its_time_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "BREAK_S", 0.0)
    async with serving(settings_for(tmp_path)) as server:
        await whole_call(server, "c1")
        with server.runtime.hub.watching_call("c1") as told:
            await act(server, type="take_break")
            seen = [type(item.event).__name__ for item in await told.take() if hasattr(item, "event")]
            while "AlertChanged" not in seen:
                seen += [type(item.event).__name__ for item in await told.take() if hasattr(item, "event")]
        assert seen == ["Alert", "AlertChanged"]


async def test_nobody_takes_a_break_in_a_call_that_goes_on(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server, calling(server, "c1") as phone:
        await begin(server, "c1", phone)
        answer = await server.http.post("/api/calls/c1/actions", json={"type": "take_break"})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_over")
