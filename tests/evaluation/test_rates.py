"""False alarms in ordinary talk, and the precision that follows in calls."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.turns import outcome
from voiceassist.core.playbook.model import ABUSE_KINDS
from voiceassist.evaluation.base_rates import BASE_RATES, WORDS_PER_HOUR
from voiceassist.evaluation.evaluation import scores_of
from voiceassist.evaluation.labelled import ABUSE
from voiceassist.evaluation.outcome import Outcome
from voiceassist.evaluation.rates import CallPrecision, FalseAlarms, brought_by, precision_at, rates_of
from voiceassist.evaluation.scores import Rate, share
from voiceassist.playbooks import load_playbook


def talk(found: str = "", labels: str = "", **of_row: Any) -> Outcome:
    return outcome(labels, found, **{"source": "talk", "speaker": "unknown", **of_row})


def false_alarms(*outcomes: Outcome, ordinary: tuple[str, ...] = ()) -> dict[str, FalseAlarms]:
    return {one.kind: one for one in rates_of(outcomes, ordinary=ordinary).false_alarms}


def precisions(*outcomes: Outcome, **more: Any) -> list[CallPrecision]:
    return list(rates_of(outcomes, **more).precisions)


def test_every_turn_of_an_unknown_speaker_is_a_turn_of_either_side() -> None:
    found = false_alarms(talk("refusal insult"), talk("insult"), talk())
    assert {kind: (one.turns, one.reaching) for kind, one in found.items() if one.reaching} == {
        "refusal": (3, 1),
        "insult": (3, 2),
        ABUSE: (3, 2),
    }


def test_all_false_cards_and_alerts_together_are_told_for_each_side() -> None:
    turns = [
        talk("insult churn"),
        talk("~insult refusal"),
        talk("churn", labels="churn"),
        talk("frustration"),
        talk(),
    ]
    brings = brought_by(load_playbook(None, "en"))
    found = rates_of(turns, ordinary=("talk",), brings=brings).false_alarms
    assert {one.kind: (one.turns, one.reaching) for one in found if "any" in one.kind} == {
        "any agent card": (5, 1),
        "any customer card": (5, 1),
        "any customer alert": (5, 1),
    }


def test_a_kind_counts_in_the_turns_of_the_side_that_can_say_it() -> None:
    found = false_alarms(talk("insult", speaker="customer"), talk("refusal", speaker="agent"))
    assert (found["insult"].turns, found["refusal"].turns) == (1, 1)


def test_what_only_colours_is_told_apart() -> None:
    found = false_alarms(talk("insult"), talk("~insult"), talk("~insult ~threat"), talk("insult ~insult"))
    assert (found["insult"].reaching, found["insult"].coloured) == (2, 2)
    assert (found["threat"].reaching, found["threat"].coloured) == (0, 1)
    assert (found[ABUSE].reaching, found[ABUSE].coloured) == (2, 2)


def test_false_alarms_are_told_per_10_000_turns_and_per_hour_of_one_sides_words() -> None:
    turns = [talk("insult", text="one two three four five")] + [talk(text="one two three four five")] * 9_999
    insult = false_alarms(*turns)["insult"]
    assert insult.per_10_000_turns
    assert insult.per_hour
    assert insult.per_10_000_turns.value == pytest.approx(1)
    assert insult.per_hour.value == pytest.approx(WORDS_PER_HOUR / 50_000)  # one in 10,000 turns of five words
    assert insult.per_hour.low < insult.per_hour.value < insult.per_hour.high


def test_abuse_is_surely_false_in_ordinary_talk_and_the_rest_at_most_so() -> None:
    found = false_alarms(talk("insult refusal frustration"))
    assert {kind for kind, one in found.items() if not one.is_upper_bound} == {*ABUSE_KINDS, ABUSE}


def test_what_labels_or_meta_call_abuse_or_doubtful_is_no_false_alarm() -> None:
    found = false_alarms(
        talk("insult", meta={"abuse": True}),
        talk("insult", meta={"abuse": "doubtful"}),
        talk("insult", labels="ambiguous"),
        talk("insult refusal", meta={"abuse": False, "checked": True}),
    )
    assert (found["insult"].turns, found["insult"].reaching) == (1, 1)
    assert (found["refusal"].turns, found["refusal"].reaching) == (3, 1)


def test_a_labelled_source_is_ordinary_talk_when_somebody_says_so() -> None:
    turns = [
        outcome("churn", "churn", source="calls"),
        outcome("none", "churn insult", source="calls"),
        outcome("none", "", source="calls"),
    ]
    assert not rates_of(turns).false_alarms
    found = false_alarms(*turns, ordinary=("calls",))
    assert (found["churn"].turns, found["churn"].reaching, found["churn"].is_upper_bound) == (2, 1, False)
    assert (found["insult"].turns, found["insult"].reaching) == (3, 1)
    assert found["frustration"].is_upper_bound


def test_each_pair_of_sources_has_its_own_precision() -> None:
    turns = [
        outcome("refusal", "refusal", speaker="agent", source="one"),
        outcome("refusal", "", speaker="agent", source="other"),
        talk("refusal", source="meetings"),
        talk(source="phone"),
    ]
    pairs = [(one.recall.source, one.false_alarms.source) for one in precisions(*turns)]
    assert pairs == [("one", "meetings"), ("one", "phone"), ("other", "meetings"), ("other", "phone")]
    values = [one.precision.value if one.precision else None for one in precisions(*turns)]
    assert values == [pytest.approx(1 / 40 / (1 / 40 + 39 / 40)), 1.0, 0.0, None]


def test_a_kind_without_a_known_rate_has_no_precision_until_somebody_tells_it() -> None:
    turns = [outcome("escalation", "escalation", source="one"), talk("escalation")]
    assert "escalation" not in BASE_RATES
    assert not precisions(*turns)
    (told,) = precisions(*turns, base_rates={"escalation": 0.5})
    assert told.precision
    assert told.precision.value == 0.5


def test_precision_at_the_rate_of_calls_is_that_worked_out_by_hand() -> None:
    recall, false = Rate(value=0.8, low=0.7, high=0.9), Rate(value=0.01, low=0.005, high=0.02)
    precision = precision_at(1 / 10, recall, false)
    assert precision
    assert precision.value == pytest.approx(0.08 / (0.08 + 0.009))
    assert precision.low == pytest.approx(0.07 / (0.07 + 0.018))
    assert precision.high == pytest.approx(0.09 / (0.09 + 0.0045))


def test_no_false_alarm_in_few_turns_is_no_certainty() -> None:
    recall, false = share(9, 10), share(0, 100)
    assert recall
    assert false
    precision = precision_at(1 / 10_000, recall, false)
    assert precision
    assert (precision.value, precision.high) == (1.0, 1.0)
    assert precision.low < 0.01


SHARES = st.tuples(st.integers(0, 300), st.integers(1, 300)).map(lambda part: share(part[0], sum(part)))


@given(st.floats(0.0001, 0.9), SHARES, SHARES)
def test_the_precision_lies_in_its_interval(base: float, recall: Rate, false: Rate) -> None:
    precision = precision_at(base, recall, false)
    if precision:
        assert 0 <= precision.low <= precision.value <= precision.high <= 1


KINDS = ("insult", "threat", "churn", "refusal", "~insult", "~churn", "~refusal")
TURNS = st.lists(
    st.builds(
        outcome,
        st.sampled_from(["none", "insult", "churn", "churn insult", "ambiguous", ""]),
        st.lists(st.sampled_from(KINDS), max_size=3).map(" ".join),
        source=st.just("a"),
        speaker=st.sampled_from(["agent", "customer", "unknown"]),
    ),
    max_size=30,
)


COUNTED = ("turns", "words", "reaching", "coloured")


@given(TURNS, TURNS)
def test_the_counts_of_two_files_of_a_source_add_up_to_those_of_the_source(
    turns: list[Outcome], more: list[Outcome]
) -> None:
    parts = [false_alarms(*part, ordinary=("a",)) for part in (turns, more)]
    for kind, whole in false_alarms(*turns, *more, ordinary=("a",)).items():
        for name in COUNTED:
            added = sum(getattr(part[kind], name) for part in parts if kind in part)
            assert added == getattr(whole, name)


@given(TURNS)
def test_what_reaches_people_and_what_only_colours_add_up_to_all_that_is_found(turns: list[Outcome]) -> None:
    loud = [outcome_reaching(one) for one in turns]
    for of, of_loud in zip(scores_of(turns), scores_of(loud), strict=True):
        for score, all_of_it in zip(of.scores, of_loud.scores, strict=True):
            assert score.counts.right + score.coloured.right == all_of_it.counts.right
            assert score.counts.false_alarms + score.coloured.false_alarms == all_of_it.counts.false_alarms
            assert score.counts.turns == all_of_it.counts.turns


def outcome_reaching(one: Outcome) -> Outcome:
    return outcome(" ".join(one.row.labels), " ".join(match.kind for match in one.found), speaker=one.row.speaker,
                   source=one.row.source)  # fmt: skip
