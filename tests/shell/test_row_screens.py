"""Wall screens that get rows: whatever happens and whatever they show, they have what a fresh snapshot has."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.test_wire import complaints
from tests.shell import store_records as make
from voiceassist import wire
from voiceassist.core.screen.wall import WallRow, row_of
from voiceassist.core.screen.wallfilter import WallFilter, matches
from voiceassist.errors import PeerError
from voiceassist.events import AlertChanged, CallIdentified, Customer, Event, LineChanged, Person, Record
from voiceassist.hub import FINISHED_ROWS, Hub
from voiceassist.row_screens import ROWS_AT_ONCE, TOGETHER_S, TOTALS_S, RowScreen
from voiceassist.row_screens.texts import ALERTS_TOLD
from voiceassist.subscriptions import MaySee, every_call

CALLS = ("a", "b", "c", "d")
TEAMS = ("returns", "billing")
WORDS = (
    "seq",
    "at_ms",
    "last_words",
    "last_speaker",
    "agent_ms",
    "customer_ms",
    "heard_ms",
)  # told of calls in view only


class Client:
    """What a page keeps: rows by call, changed by messages alone."""

    def __init__(self, screen: RowScreen) -> None:
        self.screen = screen
        self.rows: dict[str, dict[str, Any]] = {}
        self.older = -1
        self.told: list[dict[str, Any]] = []
        self._now_s = 0.0
        self._apply(screen.begin("boot", 0))

    def read(self, after_s: float = TOGETHER_S) -> list[dict[str, Any]]:
        """Takes what is due by then; gives the messages."""
        self._now_s += after_s
        return self._apply(self.screen.messages(self._now_s))

    def _apply(self, texts: Iterator[str]) -> list[dict[str, Any]]:
        told = [json.loads(text) for text in texts]
        for message in told:
            self.older = message.get("older", self.older)
            for call_id in message.get("left", ()):
                self.rows.pop(call_id, None)
            self.rows |= {row["call_id"]: row for row in message.get("rows", ())}
            for words in message.get("calls", ()):
                self.rows[words["call_id"]] |= words
        self.told += told
        return told


def publish(hub: Hub, call_id: str, seq: int, event: Event) -> None:
    hub.publish(Record(call_id=call_id, seq=seq, event=event))


def begin(hub: Hub, *call_ids: str, team: str = "returns") -> None:
    for call_id in call_ids:
        publish(hub, call_id, 1, started(team))


def started(team: str) -> Event:
    return replace(make.started(), agent=Person(id=f"agent-{team}", name="Ada", team=team))


def of_team(team: str) -> MaySee:
    return lambda _id, its, *, is_live: its == team  # noqa: ARG005 - a `MaySee`


# ---- whatever happens ------------------------------------------------------------------------------------

levels = st.sampled_from(("info", "warning", "critical"))
filters = st.sampled_from(
    (
        WallFilter(),
        WallFilter(teams=("returns",)),
        WallFilter(agents=("agent-billing",)),
        WallFilter(levels=("warning", "critical")),
        WallFilter(levels=("info",), kinds=("threat",)),
        WallFilter(languages=("es",)),
        WallFilter(lost_line=True),
        WallFilter(alerts=True),
        WallFilter(teams=("billing",), alerts=True),
    )
)
shows = st.builds(wire.ShowWall, filter=filters, words_of=st.sampled_from((None, (), ("a", "b"), ("b", "c"))))
changes = st.builds(
    AlertChanged,
    at_ms=st.just(9),
    alert_id=st.sampled_from("pq"),
    state=st.sampled_from(("open", "acknowledged", "resolved")),
    by=st.just("Kim"),
)
lines = st.builds(LineChanged, at_ms=st.just(9), speaker=st.just("agent"), state=st.sampled_from(("lost", "back")))
people = st.builds(
    CallIdentified,
    at_ms=st.just(9),
    agent=st.sampled_from(TEAMS).map(lambda team: Person(id=f"agent-{team}", name="Bo", team=team)),
    customer=st.just(Customer(id="7", name="Eve", tier="gold")),
    by=st.just("lookup"),
)
words = st.text(max_size=3).map(make.said)
alerts = st.builds(make.alert, st.sampled_from("pq"), levels)
starts = st.sampled_from(TEAMS).map(started)
events = st.one_of(words, alerts, changes, lines, people, people, starts, st.just(make.ended()))
happenings = st.tuples(st.sampled_from(CALLS), events)
others = st.one_of(shows, st.sampled_from(("forget a", "restore a", "read", "read")))
steps = st.lists(st.tuples(happenings, happenings, happenings, others), min_size=3, max_size=10).map(
    lambda rounds: [step for some in rounds for step in some]
)


@given(steps=steps, shown=shows, team=st.sampled_from((None, *TEAMS)))
def test_snapshot_and_what_came_after_are_a_fresh_snapshot_for_every_filter(
    steps: list[Any], shown: wire.ShowWall, team: str | None
) -> None:
    hub, gone = Hub(), dict[str, WallRow]()
    begin(hub, *CALLS)
    may_see = of_team(team) if team else every_call
    with hub.watching_rows(may_see, shown) as screen:
        client = Client(screen)
        for seq, step in enumerate(steps, start=2):
            _do(hub, client, gone, seq, step)
        client.read()
        client.read()
        with hub.watching_rows(may_see, screen.show) as newcomer:
            fresh = Client(newcomer)
    in_view = screen.show.words_of
    assert client.rows.keys() == fresh.rows.keys()
    for call_id, row in fresh.rows.items():
        known = client.rows[call_id]
        if in_view is not None and call_id not in in_view:
            known = {**known, **{name: row[name] for name in WORDS}}
        assert known == row
    assert client.older == fresh.older
    mine = [
        row for row in hub.rows.values() if may_see(row.agent.id, row.agent.team, is_live=row.status == "live")
    ]
    assert fresh.rows.keys() == {row.call_id for row in mine if matches(screen.show.filter, row)}


def _do(hub: Hub, client: Client, gone: dict[str, WallRow], seq: int, step: Any) -> None:
    if isinstance(step, wire.ShowWall):
        client.screen.change(step)
    elif step == "read":
        client.read()
    elif step == "forget a":
        gone.update({id_: row for id_, row in hub.rows.items() if id_ == "a" and row.status != "live"})
        hub.forget(gone, {})
    elif step == "restore a":
        for row in gone.values():
            hub.restore(row)
    else:
        call_id, event = step
        publish(hub, call_id, seq, event)


# ---- what goes when --------------------------------------------------------------------------------------


def test_an_alert_goes_at_once_and_before_what_waits() -> None:
    hub = Hub()
    begin(hub, "a", "b")
    with hub.watching_rows(show=wire.ShowWall(words_of=("a", "b"))) as screen:
        client = Client(screen)
        publish(hub, "a", 2, make.said("hello"))
        assert client.read(after_s=0.001) != []  # the first after a silence
        publish(hub, "a", 3, make.said("hello again"))
        publish(hub, "b", 2, make.alert("a1", "critical"))
        (urgent,) = client.read(after_s=0.001)
        assert [row["call_id"] for row in urgent["rows"]] == ["b"]
        (words,) = client.read()
        assert [call["last_words"] for call in words["calls"]] == ["hello again"]


def test_changes_of_a_fifth_of_a_second_go_together_and_once() -> None:
    hub = Hub()
    begin(hub, "a")
    with hub.watching_rows() as screen:
        client = Client(screen)
        for seq in range(2, 30):
            publish(hub, "a", seq, make.said(f"word {seq}", utterance=seq))
        (only,) = client.read()
        assert [call["last_words"] for call in only["calls"]] == ["word 29"]


def test_two_alerts_of_one_moment_are_both_told() -> None:
    hub = Hub()
    begin(hub, "a")
    with hub.watching_rows() as screen:
        client = Client(screen)
        publish(hub, "a", 2, make.alert("a1", "warning"))
        publish(hub, "a", 3, replace(make.alert("a2", "critical"), kind="help"))
        (told,) = client.read(after_s=0)
        assert len(told["rows"][0]["alerts"]) == 2


def test_words_are_told_of_calls_in_view_only_and_of_others_when_they_come_into_view() -> None:
    hub = Hub()
    begin(hub, "a", "b")
    with hub.watching_rows(show=wire.ShowWall(words_of=("a",))) as screen:
        client = Client(screen)
        publish(hub, "b", 2, make.said("out of sight"))
        assert client.read() == []
        screen.change(wire.ShowWall(words_of=("b",)))
        client.read(after_s=0)
        assert client.rows["b"]["last_words"] == "out of sight"


def test_another_filter_sends_only_the_difference() -> None:
    hub = Hub()
    begin(hub, "a", "b")
    begin(hub, "c", team="billing")
    with hub.watching_rows() as screen:
        client = Client(screen)
        screen.change(wire.ShowWall(filter=WallFilter(teams=("billing",))))
        told, _totals = client.read(after_s=0)
        assert (told["rows"], sorted(told["left"]), told["aged"]) == ([], ["a", "b"], [])
        screen.change(wire.ShowWall(filter=WallFilter(teams=TEAMS)))
        (told,) = client.read(after_s=0)
        assert sorted(row["call_id"] for row in told["rows"]) == ["a", "b"]


def test_a_screen_that_reads_nothing_for_an_hour_keeps_no_more_than_names_and_then_gets_the_newest() -> None:
    hub = Hub()
    begin(hub, "a", "b")
    with hub.watching_rows() as screen:
        client = Client(screen)
        for seq in range(2, 5_000):
            publish(hub, "a", seq, make.said(f"{seq}", utterance=seq))
            publish(hub, "b", seq, LineChanged(at_ms=seq, speaker="agent", state="lost" if seq % 2 else "back"))
        told = client.read(after_s=3_600)
        assert [len(message.get("rows", ()) or message["calls"]) for message in told] == [1, 1]
        assert client.rows["a"]["last_words"] == "4999"


def test_a_large_wall_comes_in_pieces_and_the_last_says_so() -> None:
    hub = Hub()
    begin(hub, *(f"c{number}" for number in range(2 * ROWS_AT_ONCE + 1)))
    with hub.watching_rows() as screen:
        client = Client(screen)
    assert [(message["type"], message["more"]) for message in client.told] == [
        ("wall_snapshot", True),
        ("wall_rows", True),
        ("wall_rows", False),
    ]
    assert len(client.rows) == 2 * ROWS_AT_ONCE + 1


def test_a_row_is_encoded_once_for_all_screens() -> None:
    hub = Hub()
    begin(hub, "a")
    with hub.watching_rows() as one, hub.watching_rows() as other:
        [*one.begin("boot", 0)], [*other.begin("boot", 0)]
        publish(hub, "a", 2, make.alert("a1", "critical"))
        (first,), (second,) = one.messages(0), other.messages(0)
        row = hub.rows["a"]
        assert hub._screens.texts.row(row) is hub._screens.texts.row(row)
        assert first == second


def test_nothing_is_left_of_a_screen_that_went() -> None:
    hub = Hub()
    begin(hub, "a")
    with hub.watching_rows(show=wire.ShowWall(words_of=("a", "a", "gone"))):
        assert hub.clients == 1
    assert hub.clients == 0
    assert not hub._screens._of_call


def test_a_call_that_newer_ones_push_off_the_wall_leaves_and_is_counted() -> None:
    hub = Hub()
    with hub.watching_rows() as screen:
        client = Client(screen)
        for number in range(FINISHED_ROWS + 1):
            call_id = f"c{number:03}"
            publish(hub, call_id, 1, replace(make.started(), started_at=f"2026-01-01T00:00:00.{number:03}+00:00"))
            publish(hub, call_id, 2, make.alert("a1", "info"))
            publish(hub, call_id, 3, make.ended())
            client.read()
        assert (len(client.rows), "c000" in client.rows, client.older) == (FINISHED_ROWS, False, 1)
        assert [message["aged"] for message in client.told if message.get("left")] == [["c000"]]


def test_an_older_call_whose_last_alert_is_resolved_leaves_screens_that_fetched_it() -> None:
    hub, row = Hub(), row_of(make.call("old", make.alert("a1", "info")))
    with hub.watching_rows() as screen:
        client = Client(screen)
        hub.restore(replace(row, status="ended"))
        publish(hub, "old", 9, make.alert_changed("a1", "resolved"))
        (told,) = client.read()
        assert (told["rows"], told["left"]) == ([], ["old"])


def test_a_filtered_screen_is_told_what_goes_on_elsewhere_every_two_seconds_if_that_has_changed() -> None:
    hub = Hub()
    begin(hub, "a", "b")
    begin(hub, "c", team="billing")
    with hub.watching_rows(of_team("returns"), wire.ShowWall(filter=WallFilter(agents=("nobody",)))) as screen:
        client = Client(screen)
        (totals,) = client.read(after_s=0)
        assert (totals["live"], totals["help"], totals["critical"]) == (2, 0, 0)
        assert (totals["teams"], totals["languages"], totals["kinds"]) == (["returns"], ["en"], [])
        assert client.read(after_s=TOTALS_S) == []
        publish(hub, "a", 2, make.alert("a1", "critical"))
        publish(hub, "b", 2, replace(make.alert("a1", "critical"), kind="help"))
        publish(hub, "c", 2, make.alert("a1", "critical"))
        assert client.read(after_s=0.1) == []
        (totals,) = client.read(after_s=TOTALS_S)
        assert (totals["live"], totals["help"], totals["critical"]) == (2, 1, 1)


def test_all_that_a_screen_is_told_fits_the_contract() -> None:
    hub = Hub()
    begin(hub, *(f"c{number}" for number in range(ROWS_AT_ONCE + 1)))
    with hub.watching_rows() as screen:
        client = Client(screen)
        publish(hub, "c0", 2, make.alert("a1", "critical"))
        publish(hub, "c1", 2, make.said("hello"))
        publish(hub, "c2", 2, make.ended())
        client.read()
    assert {message["type"] for message in client.told} == {"wall_snapshot", "wall_rows", "wall_words"}
    assert [complaints("ServerMessage", message) for message in client.told] == [[]] * len(client.told)


def test_an_incident_that_repeats_makes_its_row_no_larger() -> None:
    hub = Hub()
    begin(hub, "a")
    with hub.watching_rows() as screen:
        client = Client(screen)
        for seq in range(2, 60):
            publish(hub, "a", seq, replace(make.alert(f"a{seq}", "critical"), incident="a2" if seq > 2 else ""))
        client.read()
    (incident,) = client.rows["a"]["alerts"]
    assert (incident["count"], len(incident["happened"])) == (58, ALERTS_TOLD)
    assert incident["happened"][-1]["alert_id"] == "a59"


async def test_an_alert_wakes_a_screen_that_waits() -> None:
    hub = Hub()
    begin(hub, "a")
    with hub.watching_rows() as screen:
        [*screen.begin("boot", 0)]
        publish(hub, "a", 2, make.alert("a1", "critical"))
        (text,) = await screen.take()
        assert json.loads(str(text))["rows"][0]["worst"] == "critical"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", "bad_json"),
        ("[" * 5_000, "bad_json"),
        ("[]", "bad_field"),
        ('{"type": "hello"}', "bad_field"),
        ('{"filter": {"levels": ["loud"]}}', "bad_field"),
        ('{"filter": {"teams": "returns"}}', "bad_field"),
        ('{"filter": {"colour": "red"}}', "bad_field"),
        (json.dumps({"words_of": ["c"] * (wire.WORDS_OF + 1)}), "bad_field"),
        (json.dumps({"words_of": ["\ud800"]}), "bad_field"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(said: str, code: str) -> None:
    with pytest.raises(PeerError) as error:
        wire.decode_show(said)
    assert error.value.code == code
