"""The hub: snapshots, fan-out and the overflow rule."""

import asyncio
import json
from contextlib import ExitStack
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist import wire
from voiceassist.core.screen.state import apply
from voiceassist.core.screen.wall import WallRow, apply_wall
from voiceassist.events import (
    Alert,
    AlertChanged,
    CallEnded,
    CallIdentified,
    CallStarted,
    Customer,
    Event,
    Final,
    Partial,
    Person,
    Record,
    Speaker,
    Why,
)
from voiceassist.hub import FINISHED_ROWS, MAILBOX_BYTES, MAILBOX_RECORDS, Hub, Mailbox
from voiceassist.store.rows import microseconds
from voiceassist.subscriptions import MaySee, TooSlowError


def started(agent: str = "ana") -> CallStarted:
    return CallStarted(
        at_ms=0,
        started_at="2026-01-01T00:00:00+00:00",
        agent=Person(id=agent, name=agent.title()),
        customer=Customer(id="42", name="Sam"),
        source="test",
        engine="scripted",
        language="en",
        playbook="p@1",
    )


def partial(text: str, speaker: Speaker = "agent", utterance: int = 1) -> Partial:
    return Partial(at_ms=500, speaker=speaker, utterance=utterance, text=text, words=(), start_ms=0, end_ms=400)


def final(text: str, speaker: Speaker = "agent", utterance: int = 1) -> Final:
    return Final(
        at_ms=900,
        speaker=speaker,
        utterance=utterance,
        text=text,
        words=(),
        start_ms=0,
        end_ms=800,
        confidence=1.0,
    )


def alert() -> Alert:
    why = Why(cue_id="c1", rule="r", words="w", confidence=1.0, playbook="p@1", spoken_ms=0, latency_ms=1)
    return Alert(at_ms=900, alert_id="a1", level="critical", kind="threat", reason="r", quote="w", why=why)


async def taken(mailbox: Mailbox) -> list[Record]:
    return [item for item in await mailbox.take() if isinstance(item, Record)]


def publish(hub: Hub, call_id: str, *events: Event, after: int = 0) -> None:
    for seq, event in enumerate(events, start=after + 1):
        hub.publish(Record(call_id=call_id, seq=seq, event=event))


async def test_watcher_of_a_call_gets_its_records_in_order_and_no_other_calls_records() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as mailbox:
        publish(hub, "b", started(), final("not for us"))
        publish(hub, "a", partial("hel"), final("hello"), after=1)
        assert [record.seq for record in await taken(mailbox)] == [2, 3]


async def test_only_the_latest_partial_of_a_speaker_waits() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as mailbox:
        publish(hub, "a", partial("h"), partial("he", "customer"), partial("hel"), after=1)
        texts = [record.event.text for record in await taken(mailbox) if isinstance(record.event, Partial)]
        assert texts == ["he", "hel"]


async def test_client_that_never_reads_is_given_up_and_nobody_else_notices() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as asleep, hub.watching_call("a") as awake:
        for seq in range(2, MAILBOX_RECORDS + 3):
            publish(hub, "a", final("x", utterance=seq), after=seq - 1)
            if len(awake) > 100:
                await awake.take()
        with pytest.raises(TooSlowError):
            await asleep.until_too_slow()
        assert len(asleep) == MAILBOX_RECORDS
        assert (await taken(awake))[-1].seq == MAILBOX_RECORDS + 2


async def test_wall_gets_no_partials() -> None:
    hub = Hub()
    with hub.watching_wall() as (mailbox, rows):
        assert rows == ()
        publish(hub, "a", started(), partial("hel"), final("hello"))
        assert [type(record.event) for record in await taken(mailbox)] == [CallStarted, Final]


async def test_agents_wall_has_only_their_calls() -> None:
    hub = Hub()
    publish(hub, "a", started("ana"))
    publish(hub, "b", started("bo"))
    with hub.watching_wall("bo") as (mailbox, rows):
        assert [row.call_id for row in rows] == ["b"]
        publish(hub, "a", final("hi"), after=1)
        publish(hub, "b", final("ho"), after=1)
        assert [record.call_id for record in await taken(mailbox)] == ["b"]


def bos_only(agent_id: str, team: str, *, is_live: bool) -> bool:  # noqa: ARG001 - a `MaySee`
    return agent_id == "bo"


async def test_wall_tells_nothing_of_a_row_that_may_not_be_seen() -> None:
    hub = Hub()
    publish(hub, "a", started("ana"))
    with hub.watching_wall(may_see=bos_only) as (mailbox, rows):
        assert rows == ()
        publish(hub, "a", final("hi"), after=1)
        publish(hub, "b", started("bo"))
        assert [record.call_id for record in await taken(mailbox)] == ["b"]


def test_finished_call_stays_on_the_wall_until_its_alert_is_resolved() -> None:
    hub = Hub()
    publish(hub, "a", started(), alert(), CallEnded(at_ms=1000, reason="hangup"))
    assert "a" not in hub.calls
    assert hub.rows["a"].worst == "critical"
    publish(hub, "a", AlertChanged(at_ms=1000, alert_id="a1", state="resolved", by="Kim"), after=3)
    assert hub.rows == {}


def test_finished_call_without_alerts_leaves_the_wall() -> None:
    hub = Hub()
    publish(hub, "a", started(), CallEnded(at_ms=1000, reason="hangup"))
    assert hub.rows == {}


@given(cut=st.integers(0, 12), texts=st.lists(st.text(max_size=5), min_size=12, max_size=12))
def test_snapshot_taken_anywhere_plus_the_mailbox_is_the_fresh_snapshot(cut: int, texts: list[str]) -> None:
    hub = Hub()
    events: list[Event] = [
        partial(text, utterance=n) if n % 3 else final(text, utterance=n) for n, text in enumerate(texts, start=1)
    ]
    publish(hub, "a", started(), *events[:cut])
    with ExitStack() as stack:
        mailbox = stack.enter_context(hub.watching_call("a"))
        state = hub.state("a")
        assert state
        publish(hub, "a", *events[cut:], after=cut + 1)
        waiting = asyncio.run(taken(mailbox)) if len(mailbox) else []
        for record in waiting:
            state = apply(state, record)
    assert state == hub.state("a")


def finished(hub: Hub, call_id: str, started_at: str = "2026-01-01T00:00:00+00:00", agent: str = "ana") -> WallRow:
    """A finished call with an unresolved alert."""
    first = replace(started(agent), started_at=started_at)
    publish(hub, call_id, first, alert(), CallEnded(at_ms=1000, reason="hangup"))
    return hub.rows[call_id]


def resolve(hub: Hub, call_id: str, after: int = 3) -> None:
    publish(hub, call_id, AlertChanged(at_ms=1000, alert_id="a1", state="resolved", by="Kim"), after=after)


def reopen(hub: Hub, call_id: str, after: int = 4) -> None:
    publish(hub, call_id, AlertChanged(at_ms=1000, alert_id="a1", state="open", by="Kim"), after=after)


async def test_wall_without_the_row_of_a_call_that_comes_back_is_told_the_row_and_stays_connected() -> None:
    hub = Hub()
    row = finished(hub, "a")
    resolve(hub, "a")
    resolved = apply_wall(
        row, Record(call_id="a", seq=4, event=AlertChanged(at_ms=1000, alert_id="a1", state="resolved", by="Kim"))
    )
    with hub.watching_wall() as (late, rows):
        assert rows == ()
        hub.restore(resolved)
        reopen(hub, "a")
        record, added, older = await late.take()
        assert isinstance(record, Record)
        assert isinstance(added, str)
        assert json.loads(added) == wire.to_json(wire.WallRowAdded(row=hub.rows["a"]))
        assert json.loads(str(older)) == {"type": "wall_older", "older": 0, "left": []}
        assert len(late) == 0


async def test_wall_of_another_agent_is_not_told_of_a_row_that_comes_back() -> None:
    hub = Hub()
    row = finished(hub, "a", agent="ana")
    resolve(hub, "a")
    with hub.watching_wall("ana") as (theirs, _), hub.watching_wall("bo") as (others, _):
        hub.restore(row)
        publish(hub, "a", AlertChanged(at_ms=1000, alert_id="a1", state="acknowledged", by="Kim"), after=4)
        assert [len(theirs), len(others)] == [3, 0]


async def test_wall_keeps_the_newest_finished_calls_and_counts_the_rest() -> None:
    hub = Hub()
    with hub.watching_wall() as (mailbox, _):
        for n in range(FINISHED_ROWS + 2):
            finished(hub, f"c{n}", f"2026-01-01T{10 + n // 60}:{n % 60:02}:00+00:00")
            if n % 50 == 0:
                await mailbox.take()
        last = [json.loads(item) for item in await mailbox.take() if isinstance(item, str)]
    assert len(hub.rows) == FINISHED_ROWS
    assert hub.older() == 2
    assert [message["left"] for message in last] == [["c1"]]
    assert hub.oldest_finished() == (microseconds("2026-01-01T10:02:00+00:00"), "c2")


def test_the_oldest_call_on_the_wall_is_found_by_the_moment_and_not_by_the_text_of_its_start() -> None:
    hub = Hub()
    finished(hub, "early", "2026-01-01T11:00:00+05:00")
    finished(hub, "late", "2026-01-01T07:00:00+00:00")
    assert hub.oldest_finished() == (microseconds("2026-01-01T06:00:00+00:00"), "early")


def test_an_older_alert_that_is_resolved_is_no_longer_counted() -> None:
    hub = Hub()
    row = finished(Hub(), "old", "2025-01-01T00:00:00+00:00")
    hub.begin_with([finished(Hub(), "new")], {("ana", ""): 2})
    hub.restore(row)
    resolve(hub, "old")
    assert (hub.older(), list(hub.rows)) == (0, ["new"])


def test_an_older_alert_that_is_only_acknowledged_stays_counted_when_the_wall_is_full() -> None:
    hub = Hub()
    rows = [
        finished(Hub(), f"c{n}", f"2026-01-01T{10 + n // 60}:{n % 60:02}:00+00:00") for n in range(FINISHED_ROWS)
    ]
    hub.begin_with(rows, {("ana", ""): FINISHED_ROWS + 1})
    hub.restore(finished(Hub(), "old", "2025-01-01T00:00:00+00:00"))
    publish(hub, "old", AlertChanged(at_ms=1000, alert_id="a1", state="acknowledged", by="Kim"), after=3)
    assert hub.older() == 1
    assert "old" not in hub.rows


async def test_everybody_is_told_the_number_of_older_calls_that_they_may_see() -> None:
    hub = Hub()
    hub.begin_with([finished(Hub(), "new", agent="bo")], {("ana", ""): 7, ("bo", ""): 3})
    assert (hub.older(), hub.older(bos_only)) == (9, 2)
    with hub.watching_wall() as (everybodys, _), hub.watching_wall(may_see=bos_only) as (bos, _):
        hub.restore(finished(Hub(), "old", "2025-01-01T00:00:00+00:00", agent="bo"))
        resolve(hub, "old")
        hub.forget(["new"], {("ana", ""): 5, ("bo", ""): 1})
        boxes = [await mailbox.take() for mailbox in (everybodys, bos)]
    told = [[json.loads(item) for item in box if isinstance(item, str)] for box in boxes]
    assert [[message["older"] for message in messages] for messages in told] == [[8, 6], [1, 1]]


def test_row_of_a_call_whose_alert_is_being_changed_is_not_let_go_of() -> None:
    hub = Hub()
    rows = [
        finished(Hub(), f"c{n}", f"2026-01-01T{10 + n // 60}:{n % 60:02}:00+00:00") for n in range(FINISHED_ROWS)
    ]
    hub.begin_with(rows, {("ana", ""): FINISHED_ROWS})
    hub.restore(rows[0])
    finished(hub, "newer", "2026-01-02T10:00:00+00:00")  # ends while the change is being stored
    publish(hub, "c0", AlertChanged(at_ms=1000, alert_id="a1", state="resolved", by="Kim"), after=3)
    assert (hub.older(), len(hub.rows), "c0" in hub.rows) == (0, FINISHED_ROWS, False)


async def test_small_record_never_comes_after_one_that_was_not_kept() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as mailbox:
        for seq, size in enumerate((MAILBOX_BYTES - 1_000, 2_000, 1), start=2):
            publish(hub, "a", final("x" * size, utterance=seq), after=seq - 1)
        assert [record.seq for record in await taken(mailbox)] == [2]


async def test_client_that_lets_many_bytes_wait_is_given_up_though_they_are_few_records() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as mailbox:
        for seq in range(2, 7):
            publish(hub, "a", final("x" * 1_000_000, utterance=seq), after=seq - 1)
        with pytest.raises(TooSlowError):
            await mailbox.until_too_slow()
        assert len(await mailbox.take()) == 4


async def test_record_that_is_too_large_for_any_mailbox_still_goes_out_alone() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as mailbox:
        publish(hub, "a", final("x" * (MAILBOX_BYTES + 1)), after=1)
        assert len(await mailbox.take()) == 1


async def test_partials_that_nobody_reads_cost_nothing_and_give_nobody_up() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as mailbox:
        for seq in range(2, 3 * MAILBOX_RECORDS):
            publish(hub, "a", partial(f"{seq}", utterance=seq), after=seq - 1)
        (last,) = await mailbox.take()
        assert isinstance(last, Record)
        assert last.seq == 3 * MAILBOX_RECORDS - 1
        assert not mailbox._is_too_slow.is_set()


async def test_a_thousand_screens_get_what_they_watch_and_are_forgotten_when_they_leave() -> None:
    hub = Hub()
    for n in range(500):
        publish(hub, f"c{n}", started(f"agent-{n}"))
    with ExitStack() as stack:
        calls = [stack.enter_context(hub.watching_call(f"c{n}")) for n in range(500)]
        own = [stack.enter_context(hub.watching_wall(f"agent-{n}"))[0] for n in range(250)]
        walls = [stack.enter_context(hub.watching_wall())[0] for _ in range(250)]
        assert hub.clients == 1_000
        publish(hub, "c7", partial("hel"), final("hello"), after=1)
        assert [len(mailbox) for mailbox in calls] == [2 if n == 7 else 0 for n in range(500)]
        assert [len(mailbox) for mailbox in own] == [int(n == 7) for n in range(250)]
        assert {len(mailbox) for mailbox in walls} == {1}
        first, second = (await walls[0].take(), await walls[1].take())
        assert first[0] is second[0]
    assert hub.clients == 0
    assert not hub._of_call
    assert not hub._walls


def of_team(*teams: str) -> MaySee:
    return lambda _id, team, *, is_live: team in teams  # noqa: ARG005 - a `MaySee`


async def test_a_call_whose_team_changes_leaves_the_old_teams_walls_and_comes_to_the_new_ones() -> None:
    hub = Hub()
    publish(hub, "a", started())
    moved = CallIdentified(
        at_ms=1_000,
        agent=Person(id="ben", name="Ben", team="sales"),
        customer=Customer(id="7", name="Eve", tier="gold"),
        by="lookup",
    )
    with ExitStack() as open_walls:

        def wall(agent: str | None, *teams: str) -> Mailbox:
            return open_walls.enter_context(hub.watching_wall(agent, of_team(*teams)))[0]

        old, new, both = wall(None, ""), wall(None, "sales"), wall(None, "", "sales")
        ana, ben = wall("ana", "", "sales"), wall("ben", "", "sales")
        publish(hub, "a", moved, final("hello"), after=1)
        told = [[_kind_of(item) for item in await mailbox.take()] for mailbox in (old, new, both, ana, ben)]
    left, came = ["wall_older"], ["wall_row_added", "final"]
    assert told == [left, came, ["call_identified", "final"], left, came]
    assert (hub.rows["a"].agent, hub.rows["a"].customer) == (moved.agent, moved.customer)


def _kind_of(item: Record | str) -> str:
    text = item if isinstance(item, str) else wire.encode_line(item)
    kind: str = json.loads(text)["type"]
    return kind
