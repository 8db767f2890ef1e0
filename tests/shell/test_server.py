"""The server as its peers see it: phone systems, screens and operators, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import websockets
from fastapi.routing import APIRoute, APIWebSocketRoute

from tests.shell import store_records as make
from tests.shell.serving import (
    Serving,
    begin,
    calling,
    hang_up,
    serving,
    settings_for,
    silence,
    start_message,
    whole_call,
)
from voiceassist import wire
from voiceassist.core.screen.state import apply
from voiceassist.core.screen.views import CallState
from voiceassist.errors import ConfigError, StoreError
from voiceassist.events import CallStarted, Record
from voiceassist.runtime import Runtime
from voiceassist.samples import load_sample
from voiceassist.server.auth import Allow
from voiceassist.server.http import ROUTERS
from voiceassist.store.journal import Pace
from voiceassist.store.store import Whose, open_store


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(settings_for(tmp_path)) as running:
        yield running


async def until(socket: websockets.ClientConnection, kind: str) -> list[dict[str, Any]]:
    """Everything the socket says up to and with the first message of a kind."""
    messages: list[dict[str, Any]] = []
    while not messages or messages[-1]["type"] != kind:
        messages.append(json.loads(await asyncio.wait_for(socket.recv(), 30)))
    return messages


async def test_call_reaches_the_wall_the_agents_screen_and_the_review(server: Serving) -> None:
    async with websockets.connect(server.socket_url("/api/wall/socket")) as wall:
        assert json.loads(await wall.recv())["rows"] == []
        await whole_call(server, "c-1")
        seen = [message["type"] for message in await until(wall, "call_ended")]
        assert seen[0] == "call_started"
        assert "final" in seen
        assert "partial" not in seen
    listed = (await server.http.get("/api/calls")).json()["calls"]
    assert [(call["call_id"], call["status"], call["prompts"] > 0) for call in listed] == [("c-1", "ended", True)]
    state = (await server.http.get("/api/calls/c-1")).json()
    assert state["prompts"][0]["outcome"] == "recovered"
    recording = await server.http.get("/api/calls/c-1/recording", headers={"Range": "bytes=0-3"})
    assert (recording.status_code, recording.content) == (206, b"OggS")


async def test_words_said_in_a_call_are_found_by_search(server: Serving) -> None:
    await whole_call(server, "c-1")
    state = (await server.http.get("/api/calls/c-1")).json()
    word = max((word["text"] for final in state["finals"] for word in final["words"]), key=len)
    found = (await server.http.get("/api/calls", params={"q": word})).json()["calls"]
    assert [call["call_id"] for call in found] == ["c-1"]
    assert "\u0002" in found[0]["snippet"]
    assert (await server.http.get("/api/calls", params={"q": "xylophone"})).json()["calls"] == []


async def test_snapshot_and_records_of_a_live_call_add_up_to_the_finished_call(server: Serving) -> None:
    async with calling(server, "c-1") as phone:
        await phone.send(silence(10))
        async with websockets.connect(server.socket_url("/api/calls/c-1/socket")) as screen:
            snapshot = json.loads(await screen.recv())
            assert snapshot["type"] == "snapshot"
            await phone.send(silence(20))
            await hang_up(phone)
            records = await until(screen, "call_ended")
    numbers = [record["seq"] for record in records]
    assert numbers == sorted(set(numbers))
    state: CallState = wire._adapter(CallState).validate_python(snapshot["state"])
    for record in records:
        state = apply(state, wire.decode(record))
    told = (await server.http.get("/api/calls/c-1")).json()
    assert told.pop("hold") is None  # of the store, not of the events
    assert wire.to_json(state) == told


async def test_client_that_names_the_last_number_gets_exactly_the_rest(server: Serving) -> None:
    await whole_call(server, "c-1")
    stored = (await server.http.get("/api/calls/c-1/events")).json()
    middle = stored[len(stored) // 2]["seq"]
    url = server.socket_url(f"/api/calls/c-1/socket?after={middle}&boot={server.runtime.boot}")
    async with websockets.connect(url) as screen:
        assert json.loads(await screen.recv())["type"] == "resumed"
        rest = await until(screen, "call_ended")
    assert rest == [record for record in stored if record["seq"] > middle]


async def test_client_of_an_earlier_boot_gets_a_fresh_snapshot(server: Serving) -> None:
    await whole_call(server, "c-1")
    async with websockets.connect(server.socket_url("/api/calls/c-1/socket?after=5&boot=earlier")) as screen:
        assert json.loads(await screen.recv())["type"] == "snapshot"


async def test_socket_of_an_unknown_call_is_told_so(server: Serving) -> None:
    async with websockets.connect(server.socket_url("/api/calls/nobody/socket")) as screen:
        assert json.loads(await screen.recv()) == {
            "type": "error", "code": "unknown_call", "message": "there is no call 'nobody'",
        }  # fmt: skip
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await screen.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4004


async def test_screen_that_opens_in_the_moment_in_which_its_call_begins_has_it(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    whose = Runtime.whose

    async def begins_meanwhile(runtime: Runtime, call_id: str) -> Whose | None:
        await begin(server, call_id, phone)
        return await whose(runtime, call_id)

    async with calling(server, "c-1") as phone:
        monkeypatch.setattr(Runtime, "whose", begins_meanwhile)
        async with websockets.connect(server.socket_url("/api/calls/c-1/socket")) as screen:
            assert json.loads(await screen.recv())["type"] == "snapshot"
        monkeypatch.undo()
        await hang_up(phone)


async def test_used_card_is_stored_with_the_alternative(server: Serving) -> None:
    async with calling(server, "c-1") as phone:
        async with websockets.connect(server.socket_url("/api/calls/c-1/socket")) as screen:
            await phone.send(silence(23))
            prompt = (await until(screen, "prompt"))[-1]
            chosen = prompt["alternatives"][0]["id"]
            action = {"type": "use_prompt", "prompt_id": prompt["prompt_id"], "alternative": chosen}
            answer = await server.http.post("/api/calls/c-1/actions", json=action)
            assert answer.status_code == 202
            closed = (await until(screen, "prompt_closed"))[-1]
            assert (closed["outcome"], closed["alternative"]) == ("used", chosen)
            again = await server.http.post("/api/calls/c-1/actions", json=action)
            assert again.status_code == 409
            assert again.json()["message"]
        await hang_up(phone)


@pytest.mark.parametrize(
    ("call_id", "action", "status", "code"),
    [
        ("c-1", {"type": "dance"}, 422, "unknown_action"),
        ("c-1", {"type": "use_prompt"}, 422, "bad_field"),
        ("c-1", {"type": "ask_help"}, 409, "call_over"),
        (
            "c-1",
            {"type": "change_alert", "alert_id": "a9", "state": "resolved"},
            409,
            "unknown_alert",
        ),
        ("c-1", {"type": "mark_false_alarm", "cue_id": "c99"}, 409, "unknown_cue"),
        ("c-1", {"type": "mark_false_alarm", "cue_id": "c1", "marked": "perhaps"}, 422, "bad_field"),
        ("c-2", {"type": "ask_help"}, 404, "unknown_call"),
    ],
)
async def test_action_that_cannot_be_done_is_refused_with_a_reason(
    server: Serving, call_id: str, action: dict[str, Any], status: int, code: str
) -> None:
    await whole_call(server, "c-1")
    answer = await server.http.post(f"/api/calls/{call_id}/actions", json=action)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_alert_of_a_finished_call_can_be_resolved_and_reopened(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, "abuse-ladder")) as server:
        await whole_call(server, "c-1", "abuse-ladder")
        state = (await server.http.get("/api/calls/c-1")).json()
        alert_ids = [view["alert"]["alert_id"] for view in state["alerts"] if view["state"] == "open"]
        assert alert_ids
        assert "c-1" in server.runtime.hub.rows
        for alert_id in alert_ids:
            change = {"type": "change_alert", "alert_id": alert_id, "state": "resolved"}
            assert (await server.http.post("/api/calls/c-1/actions", json=change)).status_code == 202
        assert "c-1" not in server.runtime.hub.rows
        change = {"type": "change_alert", "alert_id": alert_ids[0], "state": "open"}
        assert (await server.http.post("/api/calls/c-1/actions", json=change)).status_code == 202
        assert server.runtime.hub.rows["c-1"].worst is not None


async def test_cue_can_be_called_a_false_alarm_live_and_afterwards_and_that_be_taken_back(server: Serving) -> None:
    async with calling(server, "c-1") as phone:
        async with websockets.connect(server.socket_url("/api/calls/c-1/socket")) as screen:
            await phone.send(silence(23))
            cue_id = (await until(screen, "prompt"))[-1]["why"]["cue_id"]
            action = {"type": "mark_false_alarm", "cue_id": cue_id}
            assert (await server.http.post("/api/calls/c-1/actions", json=action)).status_code == 202
            live = (await until(screen, "false_alarm_marked"))[-1]
        await hang_up(phone)
    assert await marked_by(server) == {cue_id: server.runtime.settings.person}
    action["marked"] = False
    assert (await server.http.post("/api/calls/c-1/actions", json=action)).status_code == 202
    assert await marked_by(server) == {}
    later = (await server.http.get("/api/calls/c-1/events")).json()[-1]
    told = ("kind", "words", "before", "layer", "rule", "playbook")
    assert later["type"] == "false_alarm_marked"
    assert [later[name] for name in told] == [live[name] for name in told]
    assert later["said"].startswith(live["said"])


async def test_notes_are_added_live_and_afterwards_in_the_name_of_whoever_writes(server: Serving) -> None:
    async with calling(server, "c-1") as phone:
        async with websockets.connect(server.socket_url("/api/calls/c-1/socket")) as screen:
            await phone.send(silence(23))
            await until(screen, "prompt")
        assert await note_answer(server, " ask the warehouse ", by="Mallory") == (202, "")
        await hang_up(phone)
    assert await note_answer(server, "done") == (202, "")
    assert await note_answer(server, "  ") == (422, "empty_note")
    state = (await server.http.get("/api/calls/c-1")).json()
    person = server.runtime.settings.person
    assert [(note["by"], note["text"]) for note in state["notes"]] == [
        (person, "ask the warehouse"),
        (person, "done"),
    ]


async def note_answer(server: Serving, text: str, **more: str) -> tuple[int, str]:
    action = {"type": "add_note", "text": text, **more}
    answer = await server.http.post("/api/calls/c-1/actions", json=action)
    return answer.status_code, answer.json().get("code", "")


async def test_calls_of_one_customer_are_listed(server: Serving) -> None:
    await whole_call(server, "c-1")
    listed = (await server.http.get("/api/calls")).json()["calls"]
    customer = listed[0]["customer"]["id"]
    theirs = (await server.http.get("/api/calls", params={"customer": customer})).json()
    assert [call["call_id"] for call in theirs["calls"]] == ["c-1"]
    assert (await server.http.get("/api/calls", params={"customer": "somebody else"})).json()["calls"] == []


async def marked_by(server: Serving) -> dict[str, str]:
    state = (await server.http.get("/api/calls/c-1")).json()
    return {view["cue"]["cue_id"]: view["false_alarm_by"] for view in state["cues"] if view["false_alarm_by"]}


async def test_unresolved_alerts_are_on_the_wall_again_after_a_restart(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, "abuse-ladder")) as server:
        await whole_call(server, "c-1", "abuse-ladder")
    async with serving(settings_for(tmp_path, "abuse-ladder")) as server:
        assert server.runtime.hub.rows["c-1"].worst == "critical"


async def test_older_calls_with_unresolved_alerts_are_counted_on_the_wall_and_read_page_by_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceassist.app.FINISHED_ROWS", 2)
    store = await open_store(tmp_path / "voiceassist.db")
    for n in range(5):
        begun = f"2026-11-21T10:00:0{n}+00:00"
        await store.append(make.call(f"c{n}", make.alert("a1", "info"), make.ended(), started_at=begun))
    await store.close()
    async with serving(settings_for(tmp_path, follow_up_days=0)) as server:
        async with websockets.connect(server.socket_url("/api/wall/socket")) as wall:
            snapshot = json.loads(await wall.recv())
        assert [row["call_id"] for row in snapshot["rows"]] == ["c3", "c4"]
        assert snapshot["older"] == 3
        page = (await server.http.get("/api/wall/older", params={"limit": 2})).json()
        assert [row["call_id"] for row in page["rows"]] == ["c2", "c1"]
        last = (await server.http.get("/api/wall/older", params={"before": page["next"]})).json()
        assert ([row["call_id"] for row in last["rows"]], last["next"]) == (["c0"], None)
        assert (await server.http.get("/api/wall/older", params={"before": "?"})).json()["code"] == "bad_cursor"


async def test_stop_in_mid_call_stores_the_call_as_ended_by_shutdown(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server, calling(server, "c-1") as phone:
        await phone.send(silence(10))
        async with websockets.connect(server.socket_url("/api/calls/c-1/socket")) as screen:
            await until(screen, "final")
    async with serving(settings_for(tmp_path)) as server:
        state = (await server.http.get("/api/calls/c-1")).json()
        assert (state["status"], state["end_reason"]) == ("ended", "shutdown")
        assert state["finals"]


async def test_call_left_live_by_a_crash_is_interrupted_after_restart(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        await whole_call(server, "c-1")
        started = (await server.runtime.store.records("c-1"))[0]
        assert isinstance(started.event, CallStarted)
        await server.runtime.store.append([Record(call_id="c-2", seq=1, event=started.event)])
    async with serving(settings_for(tmp_path)) as server:
        state = (await server.http.get("/api/calls/c-2")).json()
        assert (state["status"], state["end_reason"]) == ("ended", "interrupted")


async def test_recording_sent_faster_than_real_time_gets_the_cards_of_a_live_call(server: Serving) -> None:
    await whole_call(server, "c-1")
    state = (await server.http.get("/api/calls/c-1")).json()
    assert [cue["outcome"] for cue in state["cues"] if cue["cue"]["kind"] == "refusal"] == ["recovered"]
    assert abs(state["at_ms"] - load_sample("late-return").duration_ms) <= 1_000


async def test_second_server_on_the_same_folder_is_refused_and_the_first_goes_on(
    server: Serving, tmp_path: Path
) -> None:
    async with calling(server, "c-1") as phone:
        with pytest.raises(ConfigError, match="another voiceassist uses"):
            async with serving(settings_for(tmp_path)):
                pass
        await phone.send(silence(1))
        assert (await hang_up(phone))["type"] == "stopped"


async def test_call_in_a_language_that_the_server_does_not_speak_is_never_started(server: Serving) -> None:
    async with websockets.connect(server.socket_url("/ingest/stream")) as phone:
        await phone.send(json.dumps(start_message("c-1", language="es")))
        assert json.loads(await phone.recv())["code"] == "bad_language"
    assert (await server.http.get("/api/calls")).json()["calls"] == []


async def test_socket_of_a_call_that_never_starts_is_told_so(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceassist.server.calls.START_WITHIN_S", 0.05)
    server.runtime.claim("c-1")
    async with websockets.connect(server.socket_url("/api/calls/c-1/socket")) as screen:
        assert json.loads(await screen.recv())["code"] == "unknown_call"


async def test_quiet_socket_is_kept_alive_by_pings(server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.server.sockets.PING_S", 0.05)
    async with websockets.connect(server.socket_url("/api/wall/socket")) as wall:
        assert [json.loads(await wall.recv())["type"] for _ in range(3)] == ["wall_snapshot", "ping", "ping"]


async def test_reopened_alert_of_a_finished_call_reaches_walls_that_never_had_its_row(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, "abuse-ladder")) as server:
        await whole_call(server, "c-1", "abuse-ladder")
        alerts = (await server.http.get("/api/calls/c-1")).json()["alerts"]
        ids = [view["alert"]["alert_id"] for view in alerts]
        change = {"type": "change_alert", "alert_id": ids[0]}
        for alert_id in ids:
            resolved = change | {"alert_id": alert_id, "state": "resolved"}
            assert (await server.http.post("/api/calls/c-1/actions", json=resolved)).status_code == 202
        async with websockets.connect(server.socket_url("/api/wall/socket")) as wall:
            assert json.loads(await wall.recv())["rows"] == []
            await server.http.post("/api/calls/c-1/actions", json=change | {"state": "open"})
            added = (await until(wall, "wall_row_added"))[-1]["row"]
            assert (added["call_id"], added["worst"] is not None) == ("c-1", True)
            await server.http.post("/api/calls/c-1/actions", json=change | {"state": "acknowledged"})
            assert (await until(wall, "alert_changed"))[-1]["state"] == "acknowledged"  # the same connection


@pytest.mark.parametrize("text", [{"note": "x" * 2001}, {"note": "\udfff"}])
async def test_text_that_cannot_be_stored_is_refused_before_anybody_sees_it(
    server: Serving, text: dict[str, str]
) -> None:
    await whole_call(server, "c-1")
    body = json.dumps({"type": "change_alert", "alert_id": "a1", "state": "resolved"} | text)
    headers = {"Content-Type": "application/json"}
    answer = await server.http.post("/api/calls/c-1/actions", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_field")


async def test_every_error_has_the_same_form(server: Serving) -> None:
    for answer in [
        await server.http.get("/api/nothing"),
        await server.http.delete("/api/calls"),
        await server.http.get("/api/calls/nobody"),
        await server.http.get("/api/calls/nobody/recording"),
        await server.http.get("/api/calls?limit=x"),
        await server.http.get("/api/calls?before=x"),
        await server.http.post("/api/samples/nothing/play"),
    ]:
        assert answer.status_code >= 400
        assert set(answer.json()) == {"type", "code", "message"}


async def test_second_call_with_a_used_id_is_refused_and_the_first_stays_as_it_was(server: Serving) -> None:
    await whole_call(server, "c-1")
    stored = (await server.http.get("/api/calls/c-1/events")).json()
    async with websockets.connect(server.socket_url("/ingest/stream")) as phone:
        await phone.send(json.dumps(start_message("c-1")))
        said = json.loads(await phone.recv())
    assert (said["type"], said["code"]) == ("error", "call_over")
    assert (await server.http.get("/api/calls/c-1/events")).json() == stored


async def test_phone_system_without_the_token_is_refused(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, ingest_token="s3cret")) as server:
        url = server.socket_url("/ingest/stream")
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with websockets.connect(url, additional_headers=headers):
                    pass
            assert refused.value.response.status_code == 401
            assert b"Bearer token" in refused.value.response.body
        async with websockets.connect(url, additional_headers={"Authorization": "Bearer s3cret"}):
            pass


def test_every_route_declares_who_may_call_it() -> None:
    declared = [route for router in ROUTERS for route in router.routes]
    routes = [route for route in declared if isinstance(route, APIRoute | APIWebSocketRoute)]
    assert routes == declared
    undeclared = [
        route.path
        for route in routes
        if not any(isinstance(dependency.dependency, Allow) for dependency in route.dependencies)
    ]
    assert len(routes) > 15
    assert undeclared == []


async def test_metrics_count_calls_cues_and_latency(server: Serving) -> None:
    await whole_call(server, "c-1")
    text = (await server.http.get("/metrics")).text
    assert 'voiceassist_cues_total{kind="refusal"}' in text
    assert "voiceassist_calls_started_total 1.0" in text
    assert "voiceassist_cue_to_screen_seconds_bucket" in text
    assert "voiceassist_live_calls 0.0" in text


async def test_health_and_readiness_answer(server: Serving) -> None:
    assert (await server.http.get("/healthz")).json() == {"status": "ok"}
    ready = await server.http.get("/readyz")
    assert (ready.status_code, ready.json()["store"]) == (200, "ok")


async def test_recordings_that_wait_for_the_disk_are_told_to_operators(server: Serving) -> None:
    recorders = server.runtime.recorders
    recorders.in_trouble(recorders.path_of("c-1"), OSError("No space left on device"))
    recorders.missed(2.5)
    ready = await server.http.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["recordings"] == "1 waiting for the disk: No space left on device"
    metrics = (await server.http.get("/metrics")).text
    assert "voiceassist_recording_failures 1.0" in metrics
    assert "voiceassist_recording_gap_seconds 2.5" in metrics
    recorders.works_again(recorders.path_of("c-1"))
    assert (await server.http.get("/readyz")).json()["recordings"] == "ok"


async def test_documentation_and_contract_are_served_without_the_internet(server: Serving) -> None:
    page = (await server.http.get("/api/docs")).text
    assert "http://" not in page.replace("http://127.0.0.1", "")
    assert "https://" not in page
    assert (await server.http.get("/api/schema.json")).json() == wire.json_schema()
    assert "asyncapi" in (await server.http.get("/api/asyncapi.yaml")).text


async def test_call_whose_line_was_lost_goes_on_under_its_own_id_and_its_record_says_so(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, line_grace_s=20)) as server:
        async with calling(server, "c-1") as phone:
            await begin(server, "c-1", phone)
            phone.transport.abort()
        feed = server.runtime.joins.feeds["c-1"]
        while not feed.is_lost("agent"):  # noqa: ASYNC110 - until the server has noticed
            await asyncio.sleep(0.01)
        async with websockets.connect(server.socket_url("/ingest/stream")) as again:
            await again.send(json.dumps(start_message("c-1")))
            answer = json.loads(await again.recv())
            await again.send(silence(1))
            assert (await hang_up(again))["call_id"] == "c-1"
        events = (await server.http.get("/api/calls/c-1/events")).json()
    assert (answer["call_id"], "continues" in answer) == ("c-1", False)
    lines = [event["state"] for event in events if event["type"] == "line_changed" and event["speaker"] == "agent"]
    assert (lines, events[-1]["type"], events[-1]["reason"]) == (["lost", "back"], "call_ended", "hangup")


async def test_server_that_stops_while_a_line_is_lost_ends_its_call_at_once(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, line_grace_s=20)) as server:
        async with calling(server, "c-1") as phone:
            await begin(server, "c-1", phone)
            phone.transport.abort()
        feed = server.runtime.joins.feeds["c-1"]
        while not feed.is_lost("agent"):  # noqa: ASYNC110 - until the server has noticed
            await asyncio.sleep(0.01)
    assert feed.end_reason == "shutdown"


async def test_call_that_vanished_while_the_disk_was_full_is_known_all_the_same(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, store = asyncio.Event(), server.runtime.store
    works.set()

    async def append(records: Sequence[Record]) -> None:
        if not works.is_set():
            raise StoreError("the disk is full")
        await store.append(records)

    with monkeypatch.context() as patch:
        patch.setattr(store.journals, "_append", append)
        patch.setattr(store.journals, "_pace", Pace(close_s=0.0, sleep=lambda _: works.wait()))
        async with calling(server, "c-1") as phone:
            await begin(server, "c-1", phone)
            works.clear()
            phone.transport.abort()
        while "c-1" in server.runtime.joins.feeds:  # noqa: ASYNC110 - until the server has noticed
            await asyncio.sleep(0.01)
    assert store.journals.waiting("c-1")
    async with websockets.connect(server.socket_url("/ingest/stream")) as again:
        await again.send(json.dumps(start_message("c-1")))
        answer = json.loads(await again.recv())
        works.set()
    assert answer["code"] in ("call_live", "call_over")  # while its end waits, and then


async def test_call_that_a_crash_interrupted_goes_on_after_the_restart(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        await whole_call(server, "c-1")
        started = (await server.runtime.store.records("c-1"))[0]
        await server.runtime.store.append([Record(call_id="c-2", seq=1, event=started.event)])
    async with serving(settings_for(tmp_path)) as server, calling(server, "c-2") as phone:
        await phone.send(silence(1))
        assert (await hang_up(phone))["call_id"] == "c-2~2"


async def test_phone_system_that_starts_calls_without_audio_leaves_no_rows(server: Serving) -> None:
    for number in range(5):
        async with calling(server, f"c-{number}") as phone:
            assert (await hang_up(phone))["duration_ms"] == 0
    assert (await server.http.get("/api/calls")).json()["calls"] == []
    assert not server.runtime.recording_path("c-0").exists()


async def test_agents_of_the_newest_calls_are_listed_whoever_had_the_newest_one_first(server: Serving) -> None:
    assert (await server.http.get("/api/agents")).json() == []
    async with calling(server, "c-1") as phone:
        await begin(server, "c-1", phone)
        await hang_up(phone)
    for call_id, name in (("c-2", "Ben"), ("c-3", "Benjamin")):
        async with calling(server, call_id, agent={"id": "ben", "name": name, "team": "returns"}) as phone:
            await begin(server, call_id, phone)
            await hang_up(phone)
    seen = (await server.http.get("/api/agents")).json()
    assert [(agent["id"], agent["name"], agent["team"]) for agent in seen] == [
        ("ben", "Benjamin", "returns"),
        ("ana", "Ana", ""),
    ]
