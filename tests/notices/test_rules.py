"""Which channels hear of an incident, when, and in how many words: pure."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import started
from voiceassist.core.call.incidents import repeated
from voiceassist.core.screen.wall import row_of
from voiceassist.notices.incidents import KNOWN, Incidents
from voiceassist.notices.notice import MOST_CHARS, Notice, short, worded
from voiceassist.notices.rules import deliveries, is_quiet
from voiceassist.notify_settings import ChannelSettings, SaidWords

from .told import NOON, alert, changed, channel, notice, record, row, seconds


def due(*channels: ChannelSettings, told: Notice | None = None, is_sample: bool = False) -> dict[str, float]:
    """By channel: seconds from now until its delivery may leave."""
    made = deliveries(channels, told or notice(), NOON, 5, is_sample=is_sample)
    return {one.channel: one.from_s - NOON.timestamp() for one in made}


def incidents() -> Incidents:
    return Incidents({"call-1": row()})


def told_of(known: Incidents, *events: Any) -> list[Notice | None]:
    return [known.told(record(event, seq), NOON.isoformat()) for seq, event in enumerate(events, start=1)]


def abouts(known: Incidents, *events: Any) -> list[str | None]:
    return [one.about if one else None for one in told_of(known, *events)]


def test_a_channel_hears_of_the_levels_kinds_and_teams_that_it_wants() -> None:
    wants = [
        channel("all"),
        channel("mild", levels=("info",)),
        channel("insults", kinds=("insult",)),
        channel("threats", kinds=("insult", "threat")),
        channel("sales", teams=("sales",)),
        channel("returns", teams=("sales", "returns")),
    ]
    assert set(due(*wants)) == {"all", "threats", "returns"}


def test_a_step_is_due_when_nobody_has_acknowledged_for_so_long_and_says_so() -> None:
    steps = [channel("first"), channel("second", after_s=60), channel("third", after_s=300)]
    assert due(*steps) == {"first": 0, "second": 60, "third": 300}
    (second,) = deliveries(steps[1:2], notice(), NOON, 5, is_sample=False)
    assert (second.notice.about, second.notice.waited_s) == ("waiting", 60)
    assert datetime.fromisoformat(second.notice.at) == seconds(60)


def test_calls_of_the_demo_stay_here_unless_a_channel_wants_them() -> None:
    assert set(due(channel("desk"), channel("trial", sample_calls=True), is_sample=True)) == {"trial"}


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [
        ("", "12:00", False),
        ("09:00-17:00", "08:59", False),
        ("09:00-17:00", "09:00", True),
        ("09:00-17:00", "17:00", False),
        ("22:00-07:00", "21:59", False),
        ("22:00-07:00", "23:30", True),
        ("22:00-07:00", "06:59", True),
        ("22:00-07:00", "07:00", False),
    ],
)
def test_quiet_hours_may_go_over_midnight(hours: str, at: str, *, quiet: bool) -> None:
    assert is_quiet(channel(quiet_hours=hours), datetime.fromisoformat(f"2026-11-29T{at}")) is quiet


def test_a_step_that_would_fall_into_quiet_hours_is_not_due_though_the_first_one_is() -> None:
    quiet = {"quiet_hours": "12:01-13:00"}
    assert due(channel("now", **quiet), channel("later", after_s=90, **quiet)) == {"now": 0}


def test_the_same_record_gives_the_same_ids_and_another_channel_or_record_gives_others() -> None:
    ids = [
        one.id
        for number in (5, 5, 6)
        for one in deliveries([channel("a"), channel("b")], notice(), NOON, number, is_sample=False)
    ]
    assert ids[:2] == ids[2:4]
    assert len(set(ids)) == 4


def test_an_incident_is_told_once_and_again_when_it_gets_graver() -> None:
    known = incidents()
    same = [alert(level="warning"), alert(level="warning"), alert(level="info"), alert(level="critical")]
    assert abouts(known, *same) == ["raised", None, None, "rose"]
    assert abouts(known, alert("a2")) == ["raised"]


def test_changes_are_told_once_with_who_made_them() -> None:
    known = incidents()
    _, first, again, over = told_of(
        known, alert(), changed("acknowledged", note="on it"), changed("acknowledged"), changed("resolved")
    )
    assert first is not None
    assert (first.about, first.state, first.by, first.note) == ("changed", "acknowledged", "Sue", "on it")
    assert again is None
    assert over is not None
    assert over.state == "resolved"


def test_changes_of_unknown_incidents_are_not_told_and_those_of_before_the_start_are() -> None:
    known = incidents()
    assert abouts(known, changed("resolved", "a9")) == [None]


def test_a_change_reaches_who_follows_changes_and_a_reopened_incident_starts_the_steps_anew() -> None:
    wants = [channel("plain"), channel("follows", changes=True), channel("step", after_s=60)]
    assert set(due(*wants, told=notice(about="changed", state="acknowledged"))) == {"follows"}
    assert due(*wants, told=notice(about="changed", state="open")) == {"follows": 0, "step": 60}


def test_no_more_incidents_are_known_than_the_bound_says() -> None:
    known = incidents()
    for number in range(KNOWN + 10):
        known.told(record(alert(f"a{number}")), NOON.isoformat())
    assert len(known._known) == KNOWN
    known.forget(["call-1"])
    assert not known._known


SECRETS = ("I will come and find you", "Carl Moor", "call him back")


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("none", set()),
        ("reason", {"kind", "reason", "reason_code", "agent", "team", "by", "unsaid"}),
        (
            "quote",
            {"kind", "reason", "reason_code", "agent", "team", "by", "unsaid", "quote", "note", "customer"},
        ),
    ],
)
def test_no_more_words_are_kept_than_the_channel_may_say(words: SaidWords, kept: set[str]) -> None:
    full = notice(unsaid="Recording notice", by="Sue", note="call him back")
    always = {"about", "at", "level", "call_id", "incident", "state"}
    assert {name for name, value in asdict(worded(full, words)).items() if value} == always | kept
    (made,) = deliveries([channel(words=words)], full, NOON, 5, is_sample=False)
    assert made.notice == worded(full, words)


@given(st.text(max_size=2000))
def test_every_text_is_one_short_line(text: str) -> None:
    line = short(text)
    assert len(line) <= MOST_CHARS
    assert not set("\r\n") & set(line)


def test_an_incident_carries_whose_call_it_is_and_a_call_without_a_row_is_told_all_the_same() -> None:
    known = incidents()
    (ours,) = told_of(known, alert())
    assert ours is not None
    assert (ours.agent, ours.team, ours.customer) == ("Ada Bell", "returns", "Carl Moor")
    strange = known.told(record(alert(), call_id="nobody-knows"), NOON.isoformat())
    assert strange is not None
    assert (strange.agent, strange.call_id) == ("", "nobody-knows")


def test_what_belongs_to_an_incident_is_not_told_again_until_it_rises_and_another_one_is() -> None:
    known = incidents()
    insult = alert("a1", "warning", kind="insult")
    again = replace(alert("a2", "warning", kind="insult"), incident="a1")
    threat = replace(alert("a3", "critical"), incident="a1")
    assert abouts(known, insult, again, repeated(again, "a1"), threat) == ["raised", None, None, "rose"]
    after = told_of(known, changed("resolved"), alert("a4"))
    assert [one and (one.about, one.incident) for one in after] == [("changed", "a1"), ("raised", "a4")]


def test_an_acknowledged_incident_that_rises_is_told_as_one_that_nobody_has_acknowledged() -> None:
    known = incidents()
    threat = replace(alert("a2", "critical"), incident="a1")
    *_, risen = told_of(known, alert("a1", "warning"), changed("acknowledged"), threat)
    assert risen is not None
    assert (risen.about, risen.state, risen.incident) == ("rose", "open", "a1")


def test_changes_of_an_incident_of_before_the_start_are_told() -> None:
    known = incidents()
    known.begin_with([row_of([record(started(), 1), record(alert("a1"), 2), record(changed("acknowledged"), 3)])])
    assert abouts(known, changed("acknowledged"), changed("resolved")) == [None, "changed"]
