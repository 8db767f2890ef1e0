"""What is to be followed up: which incidents, filtered and page by page; who can be handed one; who was faster."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.shell import store_records as make
from tests.shell.people import add_person, browser_of
from tests.shell.serving import Serving, serving, settings_for
from tests.shell.test_store_schema import OLD_CALL, OLD_EVENT
from voiceassist.core.call.incidents import repeated
from voiceassist.events import Alert, CallStarted, Customer, Event, Person, Record
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.database import migrate
from voiceassist.store.follow_up import NOBODY, FollowUpFilter
from voiceassist.store.places import ListPlace, place_of
from voiceassist.store.rows import event_row
from voiceassist.store.store import Store, open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "voiceassist.db")
    yield opened
    await opened.close()


NEW_FIELDS = {"incident", "owner"}  # of alerts and their changes, since there are incidents


def alert(id_: str, *, kind: str = "insult", incident: str = "", cue: str = "c1", at_ms: int = 1_000) -> Alert:
    told = replace(make.alert(id_, "warning"), kind=kind, incident=incident or id_, at_ms=at_ms)
    return replace(told, why=replace(told.why, cue_id=cue))


def call(call_id: str, *events: Event, hours_ago: float = 1, agent: str = "Ada", team: str = "") -> list[Record]:
    begun = (datetime.now(UTC) - timedelta(hours=hours_ago)).isoformat()
    first, *rest = make.call(call_id, *events, started_at=begun)
    assert isinstance(first.event, CallStarted)
    who = Person(id=agent.lower(), name=agent, team=team)
    named = replace(first.event, agent=who, customer=Customer(id="c", name=f"Mr {call_id}"))
    return [replace(first, event=named), *rest]


async def found(store: Store, *, scope: CallScope = EVERY_CALL, **wanted: Any) -> list[tuple[str, str]]:
    page = await store.follow_up(FollowUpFilter(**wanted), 50, None, scope)
    assert page.total == len(page.items)
    return [(item.call_id, item.view.incident) for item in page.items]


async def test_an_incident_is_one_however_often_it_was_told_and_repeated(store: Store) -> None:
    rise = alert("a2", incident="a1", cue="c2", at_ms=2_000)
    again = repeated(alert("", cue="c3", at_ms=3_000), "a1")
    await store.append(call("x", alert("a1"), replace(rise, level="critical"), again, make.ended()))
    (item,) = (await store.follow_up(FollowUpFilter(), 50, None, EVERY_CALL)).items
    assert (item.view.count, item.view.alert.level, item.customer.name) == (3, "critical", "Mr x")
    (listed,) = (await store.calls("", limit=5)).calls
    assert (listed.alerts, listed.worst) == (1, "critical")


async def test_a_live_call_and_what_was_resolved_or_untrue_is_not_followed_up(store: Store) -> None:
    await store.append(call("live", alert("a1")))
    await store.append(call("done", alert("a1"), make.alert_changed("a1", "resolved"), make.ended()))
    await store.append(call("none", alert("a1"), make.alert_changed("a1", "retracted"), make.ended()))
    assert await found(store) == []


async def test_alerts_of_before_incidents_are_each_followed_up(store: Store) -> None:
    taken = make.alert_changed("a1", "acknowledged")
    await store.append(call("old", make.alert("a1", "info"), make.alert("a2", "critical"), taken, make.ended()))
    assert sorted(await found(store)) == [("old", "a1"), ("old", "a2")]
    assert await found(store, owner="Sue") == [("old", "a1")]


async def test_a_database_of_before_incidents_is_followed_up_as_it_was(tmp_path: Path) -> None:
    """Its events know neither incidents nor reasons, and its facts no owners."""
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    taken = make.alert_changed("a1", "acknowledged")
    fact = "INSERT INTO fact_alerts VALUES ('old', :id, 'ada', 1, 'warning', 'abuse', :state, :by)"
    with engine.begin() as connection:
        migrate(connection, "0012")
        connection.execute(text(OLD_CALL))
        for record in make.call("old", make.alert("a1", "warning"), make.alert("a2", "info"), taken, make.ended()):
            row = event_row(record)
            known = {name: value for name, value in json.loads(row["body"]).items() if name not in NEW_FIELDS}
            connection.execute(text(OLD_EVENT), row | {"body": json.dumps(known)})
        connection.execute(text(fact), {"id": "a1", "state": "acknowledged", "by": "Sue"})
        connection.execute(text(fact), {"id": "a2", "state": "open", "by": ""})
    engine.dispose()
    store = await open_store(tmp_path / "old.db")
    for _ in range(2):
        assert sorted(await found(store)) == [("old", "a1"), ("old", "a2")]
        assert await found(store, owner="Sue") == [("old", "a1")]
        await store.rebuild_facts()  # says the same as the migration did
    state = await store.state("old")
    assert state is not None
    assert [(view.incident, view.count, view.owner) for view in state.alerts] == [("a1", 1, "Sue"), ("a2", 1, "")]
    await store.close()


@pytest.mark.parametrize(
    ("wanted", "calls"),
    [
        ({}, ["new", "old", "mine"]),
        ({"kind": "threat"}, ["old"]),
        ({"level": "critical"}, []),
        ({"team": "sales"}, ["new"]),
        ({"agent": "ben"}, ["new"]),
        ({"owner": "Sue"}, ["mine"]),
        ({"owner": NOBODY}, ["new", "old"]),
        ({"text": "mR OL"}, ["old"]),
        ({"text": "%"}, []),
    ],
)
async def test_filters_choose_among_them(store: Store, wanted: dict[str, Any], calls: list[str]) -> None:
    await store.append(call("new", alert("a1"), make.ended(), agent="Ben", team="sales"))
    await store.append(call("old", alert("a1", kind="threat"), make.ended(), hours_ago=30))
    taken = make.alert_changed("a1", "acknowledged")
    await store.append(call("mine", alert("a1"), taken, make.ended(), hours_ago=60))
    assert [call_id for call_id, _ in await found(store, **wanted)] == calls


async def test_whoever_may_not_see_a_call_follows_nothing_up_in_it(store: Store) -> None:
    await store.append(call("a", alert("a1"), make.ended(), team="sales"))
    assert await found(store, scope=CallScope(teams=frozenset({"returns"}))) == []
    choices = await store.follow_up_choices(None, CallScope(teams=frozenset({"returns"})))
    assert (choices.kinds, choices.agents) == ((), ())


async def test_page_after_page_gives_all_of_them_once(store: Store) -> None:
    for number in range(7):
        two = (alert("a1"), alert("a2", kind="threat", cue="c2", at_ms=1_000))
        await store.append(call(f"c{number}", *two, make.ended(), hours_ago=1 + number // 3))
    seen: list[tuple[str, str]] = []
    place: ListPlace | None = None
    while True:
        page = await store.follow_up(FollowUpFilter(), 3, place, EVERY_CALL)
        assert page.total == 14
        seen += [(item.call_id, item.view.incident) for item in page.items]
        if page.next is None:
            break
        place = place_of(page.next)
    assert len(seen) == len(set(seen)) == 14


# ---- over HTTP -------------------------------------------------------------------------------------------


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """With a finished call of sales, and two supervisors of it besides one of another team."""
    store = await open_store(tmp_path / "voiceassist.db")
    await store.append(call("c1", make.cue("c1", kind="insult"), alert("a1"), make.ended(), team="sales"))
    await store.close()
    async with serving(settings_for(tmp_path)) as running:
        await add_person(running, "sue", "supervisor", teams=("sales",))
        await add_person(running, "tom", "supervisor", teams=("*",))
        await add_person(running, "rae", "supervisor", teams=("returns",))
        await add_person(running, "ada", "agent")
        yield running


def change(state: str, **more: Any) -> dict[str, Any]:
    return {"type": "change_alert", "alert_id": "a1", "state": state, **more}


async def act(server: Serving, login: str, action: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    async with browser_of(server, login) as browser:
        answer = await browser.post("/api/calls/c1/actions", json=action)
        return answer.status_code, answer.json()


async def test_the_second_of_two_supervisors_is_told_who_did_what(server: Serving) -> None:
    assert (await act(server, "sue", change("acknowledged", seen=0)))[0] == 202
    status, told = await act(server, "tom", change("resolved", reason="helped", seen=0))
    assert (status, told["code"]) == (409, "alert_changed")
    assert (told["done"]["by"], told["done"]["state"]) == ("Sue", "acknowledged")
    assert (await act(server, "tom", change("resolved", reason="helped", seen=1)))[0] == 202


async def test_two_who_acknowledge_at_the_same_moment_never_both_own_it(server: Serving) -> None:
    both = (act(server, login, change("acknowledged", seen=0)) for login in ("sue", "tom"))
    answers = await asyncio.gather(*both)
    assert sorted(status for status, _ in answers) == [202, 409]
    (view,) = server.runtime.hub.rows["c1"].alerts
    winner = ("Sue", "Tom")[[status for status, _ in answers].index(202)]
    assert (view.owner, len(view.history)) == (winner, 1)


async def test_it_is_handed_to_somebody_of_the_team_and_to_nobody_else(server: Serving) -> None:
    async with browser_of(server, "sue") as browser:
        assert (await browser.get("/api/calls/c1/owners")).json() == {"names": ["Sue", "Tom"]}
    assert (await act(server, "sue", change("acknowledged", owner="Tom")))[0] == 202
    assert server.runtime.hub.rows["c1"].alerts[0].owner == "Tom"
    for stranger in ("Rae", "Ada", "Mallory"):
        assert (await act(server, "sue", change("acknowledged", owner=stranger)))[1]["code"] == "unknown_owner"


async def test_an_agent_cannot_take_care_of_the_alerts_of_their_own_call(server: Serving) -> None:
    status, told = await act(server, "ada", change("resolved"))
    assert (status, told["code"]) == (403, "not_as_supervisor")


async def test_a_false_alarm_marks_its_cues_and_opening_it_again_takes_that_back(server: Serving) -> None:
    await act(server, "sue", change("resolved", reason="false_alarm"))
    state = await server.runtime.call_state("c1")
    assert state is not None
    assert [view.false_alarm_by for view in state.cues] == ["Sue"]
    await act(server, "tom", change("open"))
    state = await server.runtime.call_state("c1")
    assert state is not None
    assert [view.false_alarm_by for view in state.cues] == [""]


@pytest.mark.parametrize("wrong", [{"reason": "bored"}, {"seen": -1}, {"owner": "x" * 300}, {"seen": "one"}])
async def test_a_change_that_makes_no_sense_names_its_field(server: Serving, wrong: dict[str, Any]) -> None:
    status, told = await act(server, "sue", change("resolved", **wrong))
    assert (status, told["code"]) in [(422, "bad_field"), (422, "unknown_owner")]
    assert next(iter(wrong)) in told["message"] or told["code"] == "unknown_owner"


@pytest.mark.parametrize("wrong", [{"state": "open", "reason": "helped"}, {"state": "resolved", "owner": "Tom"}])
async def test_a_reason_and_an_owner_belong_to_one_state_each(server: Serving, wrong: dict[str, Any]) -> None:
    assert (await act(server, "sue", change(**wrong)))[1]["code"] == "bad_field"


async def test_many_are_resolved_with_a_reason_and_what_somebody_else_did_is_told(server: Serving) -> None:
    await act(server, "tom", change("acknowledged"))
    asked = {"alerts": [{"call_id": "c1", "alert_id": "a1", "seen": 0}], "state": "resolved", "reason": "helped"}
    async with browser_of(server, "sue") as browser:
        (failed,) = (await browser.post("/api/wall/alerts", json=asked)).json()["failed"]
        assert (failed["code"], failed["done"]["by"]) == ("alert_changed", "Tom")
        seen = asked | {"alerts": [{"call_id": "c1", "alert_id": "a1", "seen": 1}]}
        assert (await browser.post("/api/wall/alerts", json=seen)).json()["changed"] == 1
        assert (await browser.get("/api/follow-up")).json() == {"items": [], "total": 0, "next": None}


async def test_the_queue_and_its_choices_over_http(server: Serving) -> None:
    async with browser_of(server, "sue") as browser:
        (item,) = (await browser.get("/api/follow-up", params={"kind": "insult", "owner": "-"})).json()["items"]
        assert (item["call_id"], item["view"]["count"], item["agent"]["name"]) == ("c1", 1, "Ada")
        assert (await browser.get("/api/follow-up", params={"older_h": 2})).json()["items"] == []
        assert (await browser.get("/api/follow-up/choices")).json() == {
            "kinds": ["insult"], "teams": ["sales"], "owners": [],
            "agents": [{"id": "ada", "name": "Ada", "team": "sales"}],
        }  # fmt: skip
        assert (await browser.get("/api/follow-up", params={"before": "x"})).json()["code"] == "bad_cursor"
        assert (await browser.get("/api/follow-up", params={"older_h": -1})).status_code == 422
    async with browser_of(server, "ada") as browser:
        assert (await browser.get("/api/follow-up")).status_code == 403
