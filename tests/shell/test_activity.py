"""Who did what: stored by person and time, many alerts at a time, and what is followed up for how long."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.shell import store_records as make
from tests.shell.serving import Serving, serving, settings_for
from tests.shell.test_store_schema import OLD_CALL, OLD_EVENT
from voiceassist.errors import ConfigError
from voiceassist.events import AlertState, Event, NoteAdded
from voiceassist.store.activity import ActivityFilter
from voiceassist.store.database import migrate
from voiceassist.store.rows import event_row
from voiceassist.store.store import Store, open_store

DAY = "2026-11-29T{}:00:00.000+01:00"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "voiceassist.db")
    yield opened
    await opened.close()


def done(alert_id: str, state: AlertState, by: str, hour: str) -> Event:
    return replace(make.alert_changed(alert_id, state), by=by, done_at=DAY.format(hour))


STORY = (
    make.alert("a1", "critical"),
    make.alert("a2", "info"),
    done("a2", "retracted", "voiceassist", "09"),
    done("a1", "acknowledged", "Ida", "10"),
    make.ended(),
    done("a1", "resolved", "Sam", "12"),
)

NOTES = [("Ada", "Ask the warehouse."), ("Sam", "Asked.")]


async def deeds(store: Store, **wanted: Any) -> list[tuple[str, str, bool]]:
    found = await store.activity(ActivityFilter(limit=10, **wanted))
    return [(entry.by, entry.deed, entry.stands) for entry in found.entries]


async def test_activity_of_a_call_is_what_people_did_with_its_alerts_the_newest_first(store: Store) -> None:
    await store.append(make.call("x", *STORY))
    await store.append(make.call("y", make.alert("a1", "info"), done("a1", "resolved", "Ida", "11")))
    assert await deeds(store, call_id="x") == [("Sam", "resolved", True), ("Ida", "acknowledged", False)]
    (entry, *_) = (await store.activity(ActivityFilter(limit=1, call_id="x"))).entries
    assert (entry.at, entry.level, entry.reason) == ("2026-11-29T11:00:00.000+00:00", "critical", "x")
    assert (entry.agent, entry.customer) == ("Ada", "Carl")


async def test_what_somebody_wrote_down_stands_in_the_activity_whatever_comes_later(store: Store) -> None:
    notes = [NoteAdded(at_ms=9_000, by=by, text=text, done_at=DAY.format("13")) for by, text in NOTES]
    await store.append(make.call("x", *STORY, *notes))
    found = await store.activity(ActivityFilter(limit=2, call_id="x", standing=True))
    assert [(entry.by, entry.note) for entry in found.entries] == list(reversed(NOTES))
    (entry, _) = found.entries
    assert (entry.deed, entry.about, entry.reason, entry.at) == ("noted", "", "", "2026-11-29T12:00:00.000+00:00")


async def test_activity_of_a_person_is_what_they_did_in_all_calls(store: Store) -> None:
    await store.append(make.call("x", *STORY))
    await store.append(make.call("y", make.alert("a1", "info"), done("a1", "resolved", "Ida", "11")))
    assert await deeds(store, by="Ida") == [("Ida", "resolved", True), ("Ida", "acknowledged", False)]
    assert await deeds(store, by="Nobody") == []


async def test_resolved_since_a_moment_leaves_out_what_was_opened_again(store: Store) -> None:
    await store.append(make.call("x", *STORY))
    await store.append(
        make.call(
            "y", make.alert("a1", "info"), done("a1", "resolved", "Ida", "11"), done("a1", "open", "Ida", "12")
        )
    )
    since = datetime.fromisoformat(DAY.format("11"))
    since_us = int(since.timestamp() * 1_000_000)
    assert await deeds(store, deed="resolved", standing=True, since_us=since_us) == [("Sam", "resolved", True)]
    later = {"since_us": since_us + 2 * 3_600_000_000}
    assert await deeds(store, deed="resolved", standing=True, **later) == []


async def test_what_has_no_wall_clock_counts_from_the_call_and_false_alarms_are_told_too(store: Store) -> None:
    marked = make.false_alarm("c1", by="Ida")
    await store.append(make.call("x", make.cue("c1"), marked, replace(marked, marked=False)))
    assert await deeds(store) == [("Ida", "false_alarm_undone", True), ("Ida", "false_alarm", False)]
    (entry, _) = (await store.activity(ActivityFilter(limit=10))).entries
    assert (entry.about, entry.level, entry.reason, entry.at) == (
        "c1",
        None,
        "can't",
        "2026-11-21T10:00:02.000+00:00",
    )


async def test_more_than_was_asked_for_is_said(store: Store) -> None:
    await store.append(make.call("x", *STORY))
    found = await store.activity(ActivityFilter(limit=1))
    assert (len(found.entries), found.more) == (1, True)


async def test_activity_from_before_is_filled_in_by_the_migration(tmp_path: Path) -> None:
    file = tmp_path / "calls.db"
    engine = create_engine(f"sqlite:///{file}")
    records = make.call("old", *STORY)
    with engine.begin() as connection:
        migrate(connection, "0006")
        connection.execute(text(OLD_CALL))
        for record in records:
            connection.execute(text(OLD_EVENT), event_row(record))
        broken = {"call_id": "old", "seq": 99, "at_ms": 0, "type": "alert_changed", "body": "no JSON"}
        connection.execute(text(OLD_EVENT), broken)
    engine.dispose()
    store = await open_store(file)
    assert await deeds(store, call_id="old") == [("Sam", "resolved", True), ("Ida", "acknowledged", False)]
    await store.close()


# ---- over HTTP -------------------------------------------------------------------------------------------


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """With three finished calls of lately, an alert in each."""
    store = await open_store(tmp_path / "voiceassist.db")
    for number in range(3):
        begun = (datetime.now(UTC) - timedelta(hours=1 + number)).isoformat()
        await store.append(make.call(f"c{number}", make.alert("a1", "warning"), make.ended(), started_at=begun))
    await store.close()
    async with serving(settings_for(tmp_path)) as server:
        yield server


async def test_many_alerts_are_resolved_at_once_with_one_note_and_what_fails_is_named(server: Serving) -> None:
    alerts = [{"call_id": f"c{number}", "alert_id": "a1"} for number in range(4)]
    body = {"alerts": alerts, "state": "resolved", "note": "All called back.", "by": "Mallory"}
    answer = (await server.http.post("/api/wall/alerts", json=body)).json()
    assert answer["changed"] == 3
    assert [(one["call_id"], one["code"]) for one in answer["failed"]] == [("c3", "unknown_call")]
    entries = (await server.http.get("/api/activity", params={"deed": "resolved"})).json()["entries"]
    assert {(entry["by"], entry["note"]) for entry in entries} == {("Kim", "All called back.")}
    assert server.runtime.hub.rows == {}


async def test_what_a_person_does_is_signed_and_dated_by_the_server(server: Serving) -> None:
    said = {"type": "change_alert", "alert_id": "a1", "state": "acknowledged", "by": "Mallory", "done_at": "never"}
    assert (await server.http.post("/api/calls/c0/actions", json=said)).status_code == 202
    (view,) = server.runtime.hub.rows["c0"].alerts
    assert (view.owner, view.by) == ("Kim", "Kim")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(view.changed_at)) < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("query", "code"), [({"since": "yesterday"}, "bad_time"), ({"deed": "dance"}, "bad_field")]
)
async def test_activity_that_makes_no_sense_is_refused(server: Serving, query: dict[str, str], code: str) -> None:
    answer = await server.http.get("/api/activity", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("alerts", [[], [{"call_id": "c0", "alert_id": "a1"}] * 201, [{"call_id": "c0"}]])
async def test_too_few_and_too_many_alerts_are_refused(server: Serving, alerts: list[Any]) -> None:
    answer = await server.http.post("/api/wall/alerts", json={"alerts": alerts, "state": "resolved"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_field")


async def test_calls_older_than_the_days_of_the_setting_are_not_followed_up(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "voiceassist.db")
    for days in (1, 20):
        begun = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        await store.append(make.call(f"{days}", make.alert("a1", "info"), make.ended(), started_at=begun))
    await store.close()
    for days, shown in ((14, {"1"}), (0, {"1", "20"})):
        async with serving(settings_for(tmp_path, follow_up_days=days)) as server:
            assert server.runtime.hub.rows.keys() == shown
            assert server.runtime.hub.older() == 0
            assert (await server.http.get("/api/wall/older")).json()["rows"] == []


def test_days_below_zero_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`follow_up_days`: -1 is less than 0"):
        settings_for(tmp_path, follow_up_days=-1)
