"""The store: appending, group commit, reading back, lists, counts, what failing disks and bad records do."""

import asyncio
import resource
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event as Gate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, select, update
from structlog.testing import capture_logs

from tests.shell import store_records as make
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.wall import row_of
from voiceassist.errors import PeerError, StoreError, UnstorableError
from voiceassist.events import AlertState, CallFailed, Event, Record
from voiceassist.store.counts import LEVELS, count
from voiceassist.store.places import place_of
from voiceassist.store.recovery import recover
from voiceassist.store.schema import calls, events
from voiceassist.store.store import Store, open_store
from voiceassist.store.writer import QUEUE


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "calls.db")
    yield opened
    await opened.close()


async def ids(store: Store, **query: str | int) -> list[str]:
    return [call.call_id for call in (await store.calls(**query)).calls]  # type: ignore[arg-type]


async def test_appended_records_are_read_back_in_order(store: Store) -> None:
    records = make.call("x", make.said("hello"), make.cue("c1"), make.ended())
    await store.append(records)
    assert await store.records("x") == records
    assert await store.records("x", after=2) == records[2:]
    assert await store.state("x") == replay(records)


async def test_an_unknown_call_has_no_records_and_no_state(store: Store) -> None:
    assert await store.records("nobody") == []
    assert await store.state("nobody") is None


async def test_records_outlive_the_store(tmp_path: Path) -> None:
    records = make.call("x", make.said("hello"))
    first = await open_store(tmp_path / "deep" / "er" / "calls.db")
    await first.append(records)
    await first.close()
    second = await open_store(tmp_path / "deep" / "er" / "calls.db")
    assert await second.records("x") == records
    await second.close()


async def test_any_text_is_stored_as_it_is(store: Store) -> None:
    records = make.call("'; DROP TABLE calls; --", make.said("żółć \U0001f600 \x00 \x02 %s 'quoted'"))
    await store.append(records)
    assert await store.records("'; DROP TABLE calls; --") == records


async def test_fifty_appenders_share_a_few_transactions(store: Store) -> None:
    transactions: list[Connection] = []
    event.listen(store._database.writer, "begin", transactions.append)
    await asyncio.gather(*(store.append(make.call(f"call {n}", make.said("hi"))) for n in range(50)))
    assert len(await ids(store, limit=100)) == 50
    assert len(transactions) <= 2


async def test_more_appenders_than_the_queue_takes_all_get_their_turn(store: Store) -> None:
    await store.append(make.call("x"))
    appends = (store.append([make.record("x", n, make.said("hi"))]) for n in range(2, QUEUE + 300))
    await asyncio.gather(*appends)
    assert len(await store.records("x")) == QUEUE + 299


async def test_a_number_used_twice_is_refused_and_the_first_stays(store: Store) -> None:
    records = make.call("x", make.said("first"))
    await store.append(records)
    with pytest.raises(StoreError, match=r"'x' no\. 2 not stored: something is already stored"):
        await store.append([make.record("x", 2, make.said("second"))])
    assert await store.records("x") == records


async def test_a_refused_append_stores_none_of_its_records(store: Store) -> None:
    await store.append(make.call("x", make.said("first")))
    with pytest.raises(StoreError, match="and 1 more"):
        await store.append([make.record("x", 3, make.cue("c1")), make.record("x", 2, make.said("again"))])
    assert [record.seq for record in await store.records("x")] == [1, 2]
    assert (await store.calls()).calls[0].refusals == 0


async def test_a_refused_append_hurts_nobody_in_the_same_batch(store: Store) -> None:
    await store.append(make.call("x"))
    results = await asyncio.gather(
        store.append([make.record("x", 2, make.said("good"))]),
        store.append([make.record("x", 1, make.said("twice"))]),
        store.append([make.record("unknown", 1, make.said("never started"))]),
        store.append(make.call("no time", started_at="yesterday")),
        store.append(make.call("\ud800")),
        store.append(make.call("y", make.said("good"))),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), *[UnstorableError] * 4, type(None)]
    assert "CallStarted was never stored" in str(results[2])
    assert "yesterday" in str(results[3])
    assert await ids(store) == ["y", "x"]


async def test_an_append_that_was_given_up_does_not_stop_the_others(store: Store) -> None:
    given_up = asyncio.create_task(store.append(make.call("x")))
    other = asyncio.create_task(store.append(make.call("y")))
    await asyncio.sleep(0)
    given_up.cancel()
    await other
    assert "y" in await ids(store)


async def test_closing_commits_what_waits_and_refuses_what_comes_later(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "calls.db")
    waiting = [asyncio.create_task(store.append(make.call(f"call {n}"))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*waiting)
    with pytest.raises(StoreError, match="is closed"):
        await store.append(make.call("late"))
    await store.close()


async def test_closing_leaves_no_append_waiting_for_ever(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "calls.db")
    appends = [asyncio.create_task(store.append(make.call(f"{n}"))) for n in range(QUEUE + 50)]
    await asyncio.sleep(0)
    await store._writer.close()
    results = await asyncio.gather(*appends, return_exceptions=True)
    assert [type(result) for result in results] == [type(None)] * QUEUE + [StoreError] * 50
    await store.close()


async def test_closing_tells_those_who_wait_for_a_disk_that_hangs(tmp_path: Path) -> None:
    store, gate = await open_store(tmp_path / "calls.db"), Gate()
    hanging = store._database.transaction(lambda _connection: gate.wait())
    appends = [asyncio.create_task(store.append(make.call(f"{n}"))) for n in range(2)]
    await asyncio.sleep(0)
    await store._writer.close(within_s=0)
    results = await asyncio.gather(*appends, return_exceptions=True)
    assert all("not stored: the disk has not answered in time" in str(result) for result in results)
    gate.set()
    await hanging
    await store.close()


async def test_a_full_disk_is_told_to_every_waiting_call_and_forgotten_when_there_is_room(
    store: Store, tmp_path: Path
) -> None:
    await store.append(make.call("before"))
    room = (tmp_path / "calls.db-wal").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        appends = (store.append(make.call(f"call {n}", make.said("x" * 9000))) for n in range(5))
        results = await asyncio.gather(*appends, return_exceptions=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [type(result) for result in results] == [StoreError] * 5
    assert all("calls.db" in str(result) for result in results)
    await store.append(make.call("after", make.said("x" * 9000)))
    assert sorted(await ids(store)) == ["after", "before"]


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "calls.db").write_bytes(b"this is a shopping list, not a database" * 100)
    with pytest.raises(StoreError, match=r"calls\.db cannot be opened"):
        await open_store(tmp_path / "calls.db")


async def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file/calls\.db cannot be opened"):
        await open_store(tmp_path / "file" / "calls.db")


async def test_calls_are_listed_newest_first_whatever_their_time_zone(store: Store) -> None:
    await store.append(make.call("noon in Berlin", started_at="2026-11-21T12:00:00+01:00"))
    await store.append(make.call("noon in London", started_at="2026-11-21T12:00:00Z"))
    await store.append(make.call("noon in Tokyo", started_at="2026-11-21T12:00:00+09:00"))
    assert await ids(store) == ["noon in London", "noon in Berlin", "noon in Tokyo"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
async def test_pages_together_are_the_whole_list(store: Store, limit: int) -> None:
    for n in range(7):
        await store.append(make.call(f"call {n}", started_at=f"2026-11-21T10:00:0{n // 2}Z"))
    seen, cursor = [], None
    while True:
        page = await store.calls(limit=limit, before=cursor)
        seen += [call.call_id for call in page.calls]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [f"call {n}" for n in (6, 5, 4, 3, 2, 1, 0)]


async def test_a_call_that_comes_while_paging_moves_nothing(store: Store) -> None:
    for n in range(4):
        await store.append(make.call(f"call {n}", started_at=f"2026-11-21T10:00:0{n}Z"))
    first = await store.calls(limit=2)
    await store.append(make.call("new", started_at="2026-11-21T11:00:00Z"))
    assert await ids(store, limit=2, before=first.next or "") == ["call 1", "call 0"]


@pytest.mark.parametrize("cursor", ["", "x", "é", "bm9uc2Vuc2U", "WzFd", "W10" * 9000, "W251bGwsICJ4Il0"])
async def test_a_bad_cursor_is_the_peers_mistake(store: Store, cursor: str) -> None:
    with pytest.raises(PeerError, match="must be the `next` of an earlier page"):
        await store.calls(before=cursor)


@given(cursor=st.text())
def test_no_cursor_breaks_anything(cursor: str) -> None:
    with pytest.raises(PeerError):
        place_of(cursor)


async def test_a_summary_tells_who_what_and_how_it_ended(store: Store) -> None:
    await store.append(make.call("live", make.said("hi", at_ms=700), started_at="2026-11-21T10:00:03Z"))
    await store.append(make.call("ended", make.ended(5000), started_at="2026-11-21T10:00:02Z"))
    failure = CallFailed(at_ms=300, error="the engine broke")
    await store.append(make.call("failed", failure, started_at="2026-11-21T10:00:01Z"))
    live, done, failed = (await store.calls()).calls
    assert (live.status, live.end_reason, live.duration_ms) == ("live", None, 700)
    assert (done.status, done.end_reason, done.duration_ms) == ("ended", "hangup", 5000)
    assert (failed.status, failed.error) == ("failed", "the engine broke")
    assert (live.agent.name, live.customer.tier, live.engine, live.playbook, live.source) == (
        *("Ada", "gold", "scripted", "retail@1", "stream"),
    )


async def test_an_alert_resolved_after_the_call_does_not_make_it_longer(store: Store) -> None:
    await store.append(make.call("x", make.alert("a1", "critical"), make.ended(5000)))
    await store.append([make.record("x", 4, make.alert_changed("a1", "resolved", at_ms=900_000))])
    summary = (await store.calls()).calls[0]
    assert (summary.duration_ms, summary.status, summary.alerts, summary.worst) == (
        *(5000, "ended", 1, "critical"),
    )


STEP_NAMES = (
    *("said", "refusal", "alternative", "cue_retracted", "recovered", "dead_end"),
    *("prompt", "critical", "info", "resolved", "retracted"),
)


def _story(steps: list[tuple[str, int]]) -> list[Event]:
    """Events with ids used once, as in any real call; what is taken back was there before."""
    events: list[Event] = []
    for place, (step, earlier) in enumerate(steps):
        events += _step(step, f"{place}", f"{earlier}" if earlier < place else "none")
    return events


def _step(step: str, new: str, earlier: str) -> list[Event]:
    events: dict[str, list[Event]] = {
        "said": [make.said("hello")],
        "refusal": [make.cue(new)],
        "alternative": [make.cue(new, kind="alternative")],
        "cue_retracted": [make.cue_retracted(earlier)],
        "recovered": [make.refusal_closed(earlier, "recovered")],
        "dead_end": [make.refusal_closed(earlier, "dead_end")],
        "prompt": [make.prompt(new)],
        "critical": [make.alert(new, "critical")],
        "info": [make.alert(new, "info")],
        "resolved": [make.alert_changed(earlier, "resolved")],
        "retracted": [make.alert_changed(earlier, "retracted")],
    }
    return events[step]


STEPS = st.lists(st.tuples(st.sampled_from(STEP_NAMES), st.integers(0, 8)), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(events=STEPS.map(_story))
async def test_counts_kept_while_appending_equal_the_counts_of_all_events(
    store: Store, events: list[Event]
) -> None:
    newest = (await store.calls(limit=1)).calls
    call_id = f"{int(newest[0].call_id) + 1 if newest else 0:06}"
    await _append_in_parts(store, make.call(call_id, *events))
    summary = (await store.calls(limit=1)).calls[0]
    expected = count(events).as_row() | {"worst": LEVELS[count(events).worst]}
    column = select(calls.c.unresolved).where(calls.c.call_id == call_id)
    assert await store._database.read(lambda connection: connection.scalar(column)) == expected.pop("unresolved")
    assert {name: getattr(summary, name) for name in expected} == expected


async def _append_in_parts(store: Store, records: list[Record]) -> None:
    for start in range(0, len(records), 3):
        await store.append(records[start : start + 3])


async def test_what_turned_out_untrue_does_not_count(store: Store) -> None:
    await store.append(make.call("x", make.cue("c1"), make.alert("a1", "critical"), make.alert("a2", "info")))
    await store.append(
        [
            make.record("x", 5, make.cue_retracted("c1")),
            make.record("x", 6, make.alert_changed("a1", "retracted")),
        ]
    )
    summary = (await store.calls()).calls[0]
    assert (summary.refusals, summary.alerts, summary.worst) == (0, 1, "info")


async def test_finished_calls_with_unresolved_alerts_are_read_page_by_page_newest_first(store: Store) -> None:
    for n, zone in enumerate(["+00:00", "+05:00", "-05:00"]):
        begun = f"2026-11-21T10:00:0{n}{zone}"
        await store.append(make.call(f"open {zone}", make.alert("a1", "info"), make.ended(), started_at=begun))
    await store.append(make.call("calm", make.said("hello"), make.ended()))
    await store.append(make.call("live", make.alert("a1", "critical")))
    await store.append(
        make.call("resolved", make.alert("a1", "info"), make.alert_changed("a1", "resolved"), make.ended())
    )
    await store.append(
        make.call("seen", make.alert("a1", "info"), make.ended(), started_at="2026-11-01T10:00:00Z")
    )
    await store.append([make.record("seen", 4, make.alert_changed("a1", "acknowledged"))])
    first = await store.unresolved(2)
    assert [row.call_id for row in first.rows] == ["open -05:00", "open +00:00"]
    assert first.next
    rest = await store.unresolved(2, place_of(first.next))
    assert [row.call_id for row in rest.rows] == ["open +05:00", "seen"]
    assert rest.next is None
    assert (await store.count_unresolved()).total() == 4


async def test_an_unresolved_alert_that_is_resolved_and_reopened_counts_as_it_stands(store: Store) -> None:
    await store.append(make.call("x", make.alert("a1", "info"), make.alert("a2", "info"), make.ended()))
    steps: list[tuple[str, AlertState, int]] = [("a1", "resolved", 1), ("a2", "retracted", 0), ("a1", "open", 1)]
    for seq, (alert_id, state, left) in enumerate(steps, start=5):
        await store.append([make.record("x", seq, make.alert_changed(alert_id, state))])
        assert (await store.count_unresolved()).total() == left


async def test_a_row_read_from_the_store_is_that_of_the_whole_call(store: Store) -> None:
    records = make.call(
        "x",
        make.said("hello"),
        make.alert("a1", "warning"),
        make.said("bye", at_ms=4000, utterance=2),
        make.ended(),
    )
    await store.append(records)
    assert (await store.unresolved(1)).rows == (row_of(records),)


async def test_a_crash_leaves_unfinished_calls_and_recovery_ends_them(store: Store) -> None:
    await store.append(make.call("done", make.ended()))
    await store.append(make.call("cut off", make.said("and then I", at_ms=4200)))
    await store.append(make.call("just begun"))
    assert await store.unfinished() == ["cut off", "just begun"]
    assert [record.seq for record in await recover(store)] == [3, 2]
    state = await store.state("cut off")
    assert state is not None
    assert (state.status, state.end_reason, state.at_ms) == ("ended", "interrupted", 4200)
    assert await store.unfinished() == []
    assert await recover(store) == []


@pytest.mark.parametrize("body", ["no JSON", '{"type":"of_a_newer_version","call_id":"x","seq":3}'])
async def test_event_that_cannot_be_read_keeps_no_call_from_recovery_and_no_other_row_from_the_wall(
    store: Store, body: str
) -> None:
    for call_id in ("broken", "whole"):
        await store.append(make.call(call_id, make.alert("a1", "warning"), make.said("hello", at_ms=4200)))
    broken = (events.c.call_id == "broken") & (events.c.seq == 3)
    await store._database.write(
        lambda connection: connection.execute(update(events).where(broken).values(body=body))
    )
    endings = await recover(store)
    assert [(ending.call_id, ending.seq, ending.event.at_ms) for ending in endings] == [
        ("broken", 4, 4200),
        ("whole", 4, 4200),
    ]
    assert await store.unfinished() == []
    with capture_logs() as lines:
        rows = {row.call_id: row.last_words for row in (await store.unresolved(10)).rows}
    assert rows == {"broken": "", "whole": "hello"}
    assert [(line["event"], line["call_id"], line["seq"]) for line in lines] == [
        ("stored event cannot be read", "broken", 3)
    ]
    with pytest.raises(StoreError, match="has an event that this version cannot read"):
        await store.records("broken")


async def test_call_whose_beginning_cannot_be_read_is_recovered_and_is_no_row(store: Store) -> None:
    await store.append(make.call("broken", make.alert("a1", "warning")))
    await store._database.write(
        lambda connection: connection.execute(update(events).where(events.c.seq == 1).values(body="{}"))
    )
    assert [ending.seq for ending in await recover(store)] == [3]
    with capture_logs():
        assert (await store.unresolved(10)).rows == ()
