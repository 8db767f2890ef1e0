"""What one call adds to the key figures: from its events, without what turned out to be untrue."""

from dataclasses import asdict, replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shell import store_records as make
from voiceassist.events import (
    Alert,
    AlertChanged,
    CoachingSeen,
    CoachingSent,
    Cue,
    CueRetracted,
    DisclosureChanged,
    DisclosureState,
    Event,
    NotUsefulMarked,
    Prompt,
    PromptClosed,
    PromptOutcome,
    RefusalClosed,
    RefusalOutcome,
)
from voiceassist.kpis.definitions import HELPED_WITHIN_S
from voiceassist.kpis.numbers import CallNumbers, numbers_of


def closed(cue_id: str, outcome: RefusalOutcome, at_s: float) -> RefusalClosed:
    return replace(make.refusal_closed(cue_id, outcome), at_ms=int(at_s * 1000))


def card(prompt_id: str, cue_id: str, outcome: PromptOutcome | None = None) -> list[Event]:
    prompt = make.prompt(prompt_id)
    shown = replace(prompt, why=replace(prompt.why, cue_id=cue_id))
    return [shown, *([PromptClosed(at_ms=1500, prompt_id=prompt_id, outcome=outcome)] if outcome else [])]


def alert(alert_id: str, cue_id: str) -> Alert:
    made = make.alert(alert_id, "warning")
    return replace(made, why=replace(made.why, cue_id=cue_id))


def acknowledged(alert_id: str, at_s: float, by: str = "Sue") -> AlertChanged:
    return AlertChanged(at_ms=int(at_s * 1000), alert_id=alert_id, state="acknowledged", by=by)


def disclosed(state: DisclosureState, disclosure: str = "recorded") -> DisclosureChanged:
    return DisclosureChanged(
        at_ms=1, disclosure=disclosure, title="The call is recorded", speaker="agent", state=state, due_ms=None
    )


def some(events: list[Event]) -> dict[str, int]:
    """What is not zero."""
    return {name: number for name, number in asdict(numbers_of(events)).items() if number}


def test_a_call_without_anything_adds_nothing() -> None:
    assert some([make.started(), make.said("hello"), make.ended()]) == {}


def test_refusals_count_by_how_they_ended_and_those_that_go_on_are_not_over() -> None:
    events: list[Event] = [make.cue("c1"), make.cue("c2"), make.cue("c3")]
    events += [closed("c1", "recovered", 5), closed("c2", "dead_end", 30)]
    assert some(events) == {"refusals": 3, "closed": 2, "recovered": 1}


def test_what_was_retracted_never_happened_whether_it_had_ended_or_not() -> None:
    events: list[Event] = [make.cue("c1"), make.cue("c2", kind="insult"), closed("c1", "recovered", 5)]
    assert some([*events, make.cue_retracted("c1"), make.cue_retracted("c2")]) == {}


def test_a_cue_that_is_only_coloured_counts_as_nothing() -> None:
    assert some([replace(make.cue("c1", kind=kind), reach="colour") for kind in ("refusal", "threat")]) == {}


def test_abuse_is_every_insult_threat_slur_and_sexual_remark_and_no_swearing() -> None:
    kinds = ("insult", "threat", "slur", "sexual", "profanity", "frustration")
    assert some([make.cue(f"c{n}", kind=kind) for n, kind in enumerate(kinds)]) == {"abuse": 4}


def test_what_somebody_called_a_false_alarm_is_no_abuse_and_its_card_was_not_useful() -> None:
    events: list[Event] = [make.cue("c1", kind="insult"), *card("p1", "c1", "stale"), alert("a1", "c1")]
    assert some(events) == {"abuse": 1, "cards": 1, "alerts": 1, "alarms": 1}
    marked = make.false_alarm("c1", by="Ida")
    untrue = {"cards": 1, "cards_unhelpful": 1, "alerts": 1, "alarms": 1, "false_alarms": 1}
    assert some([*events, marked]) == untrue
    assert some([*events, marked, replace(marked, marked=False)]) == some(events)


@pytest.mark.parametrize(
    ("outcome", "numbers"),
    [
        (None, {"cards": 1, "alarms": 1}),
        ("used", {"cards": 1, "cards_used": 1, "alarms": 1}),
        ("followed", {"cards": 1, "cards_used": 1, "alarms": 1}),
        ("recovered", {"cards": 1, "cards_used": 1, "alarms": 1}),
        ("dismissed", {"cards": 1, "cards_dismissed": 1, "alarms": 1}),
        ("stale", {"cards": 1, "alarms": 1}),
        ("refreshed", {}),
        ("retracted", {}),
    ],
)
def test_a_card_counts_by_what_became_of_it(outcome: PromptOutcome | None, numbers: dict[str, int]) -> None:
    assert some(card("p1", "c1", outcome)) == numbers


def test_a_card_is_not_useful_when_somebody_said_so_until_they_take_it_back() -> None:
    marked = NotUsefulMarked(
        at_ms=2000,
        prompt_id="p1",
        cue_id="c1",
        marked=True,
        by="Ana",
        kind="refusal",
        rule="r",
        words="can't",
        playbook="retail@1",
    )
    events = [*card("p1", "c1", "stale"), *card("p2", "c1", "used"), marked]
    assert some(events) == {"cards": 2, "cards_used": 1, "cards_unhelpful": 1, "alarms": 1}
    assert "cards_unhelpful" not in some([*events, replace(marked, marked=False)])


def test_an_alert_is_acknowledged_by_a_person_and_not_by_what_voiceassist_does() -> None:
    events: list[Event] = [alert("a1", "c1"), alert("a2", "c2"), alert("a3", "c3"), acknowledged("a1", 3)]
    events += [acknowledged("a2", 4, by="voiceassist"), make.alert_changed("a3", "retracted")]
    assert some(events) == {"alerts": 2, "acknowledged": 1, "alarms": 2}


def test_an_alert_that_was_opened_again_had_been_acknowledged() -> None:
    events: list[Event] = [alert("a1", "c1"), acknowledged("a1", 3), make.alert_changed("a1", "open")]
    assert some(events)["acknowledged"] == 1


def test_what_belongs_together_is_one_alert_which_is_acknowledged_as_a_whole() -> None:
    rises = replace(alert("a2", "c2"), incident="a1", level="critical")
    assert some([alert("a1", "c1"), rises, acknowledged("a1", 3)]) == {"alerts": 1, "acknowledged": 1, "alarms": 2}


def test_an_incident_that_was_resolved_as_a_false_alarm_makes_one_of_each_of_its_cues() -> None:
    events: list[Event] = [make.cue("c1", kind="insult"), alert("a1", "c1")]
    resolved = replace(make.alert_changed("a1", "resolved"), reason="false_alarm")
    as_one = {"alerts": 1, "acknowledged": 1, "alarms": 1, "false_alarms": 1}
    assert some([*events, resolved]) == as_one
    assert some([*events, resolved, make.alert_changed("a1", "open")])["abuse"] == 1


def test_what_had_to_be_said_is_missed_also_when_it_was_said_late_and_not_when_it_was_withdrawn() -> None:
    said = [disclosed("due"), disclosed("said")]
    late = [disclosed("due", "late"), disclosed("missed", "late"), disclosed("said", "late")]
    gone = [disclosed("due", "gone"), disclosed("missed", "gone"), disclosed("withdrawn", "gone")]
    assert some([*said, *late, *gone]) == {"disclosures": 2, "missed": 1}


def test_a_promise_without_a_date_counts_until_somebody_calls_it_a_false_alarm() -> None:
    events: list[Event] = [make.cue("c1", kind="vague_commitment"), make.cue("c2", kind="vague_commitment")]
    assert some(events) == {"vague_promises": 2}
    assert some([*events, make.false_alarm("c2", by="Ida")]) == {"vague_promises": 1}


def helped(*events: Event) -> tuple[int, int]:
    numbers = numbers_of([make.cue("c1"), make.cue("c2"), alert("a1", "c1"), *events])
    return numbers.helped, numbers.helped_recovered


def test_a_refusal_is_helped_when_somebody_acknowledged_shortly_before_its_end() -> None:
    assert helped(acknowledged("a1", 10), closed("c1", "recovered", 20)) == (1, 1)
    assert helped(acknowledged("a1", 10), closed("c1", "dead_end", 20)) == (1, 0)
    assert helped(acknowledged("a1", 10), closed("c1", "recovered", 10 + HELPED_WITHIN_S)) == (1, 1)


def test_a_refusal_is_helped_when_the_agent_had_just_read_a_message_and_not_when_it_was_only_sent() -> None:
    sent = CoachingSent(at_ms=9_000, coaching_id="m1", by="Sue", text="Offer the credit")
    there = CoachingSeen(at_ms=10_000, coaching_id="m1", stage="delivered")
    seen = CoachingSeen(at_ms=11_000, coaching_id="m1", stage="seen")
    assert helped(sent, there, closed("c1", "recovered", 20)) == (0, 0)
    assert helped(sent, there, seen, closed("c1", "recovered", 20)) == (1, 1)


def test_a_refusal_is_not_helped_by_what_was_long_ago_came_later_or_was_done_by_no_person() -> None:
    assert helped(acknowledged("a1", 10), closed("c1", "recovered", 11 + HELPED_WITHIN_S)) == (0, 0)
    assert helped(closed("c1", "recovered", 20), acknowledged("a1", 20)) == (0, 0)
    assert helped(acknowledged("a1", 10, by="voiceassist"), closed("c1", "recovered", 20)) == (0, 0)


STATES: tuple[DisclosureState, ...] = get_args(DisclosureState)
CUES = st.sampled_from(["c1", "c2", "c3"])
EVENTS = st.lists(
    st.one_of(
        st.builds(make.cue, CUES, kind=st.sampled_from(["refusal", "insult", "vague_commitment"])),
        CUES.map(lambda cue_id: CueRetracted(at_ms=1, cue_id=cue_id)),
        st.builds(closed, CUES, st.sampled_from(["recovered", "dead_end"]), st.integers(0, 400)),
        st.builds(alert, st.sampled_from(["a1", "a2"]), CUES),
        st.builds(acknowledged, st.sampled_from(["a1", "a2"]), st.integers(0, 400)),
        st.sampled_from(STATES).map(disclosed),
    ),
    max_size=25,
)


@given(EVENTS)
def test_no_part_is_more_than_its_whole(events: list[Event]) -> None:
    unique = list({id_of(event): event for event in events}.values())  # ids are used once
    numbers = numbers_of(unique)
    assert 0 <= numbers.helped_recovered <= numbers.recovered <= numbers.closed
    assert numbers.helped_recovered <= numbers.helped <= numbers.closed
    assert numbers.recovered - numbers.helped_recovered <= numbers.closed - numbers.helped
    assert numbers.acknowledged <= numbers.alerts
    assert numbers.missed <= numbers.disclosures
    assert min(asdict(numbers).values()) >= 0


def id_of(event: Event) -> object:
    match event:
        case Cue() | Prompt():
            return type(event), event.cue_id if isinstance(event, Cue) else event.prompt_id
        case Alert():
            return Alert, event.alert_id
    return event


def test_the_numbers_have_no_words_that_a_report_could_tell() -> None:
    assert {type(value) for value in asdict(numbers_of([])).values()} == {int}
    assert set(CallNumbers.__annotations__.values()) == {int}
