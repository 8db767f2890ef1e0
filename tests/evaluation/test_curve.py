"""Recall against false alarms, as what is asked of a cue falls step by step."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.turns import outcome, row
from voiceassist.core.playbook.model import CLASSIFIED_KINDS
from voiceassist.evaluation.curve import CurveStep, Strength, curve_of, demands_of, opened, strength_in
from voiceassist.evaluation.judged import source_turns
from voiceassist.evaluation.labelled import ABUSE, LabelledTurn
from voiceassist.evaluation.outcome import Outcome
from voiceassist.playbooks import load_playbook

PLAYBOOK = load_playbook(None, "en")
DEMANDS = demands_of(PLAYBOOK, "insult")


def curve(turns: dict[str, list[Outcome]], strengths: dict[str, Strength | None]) -> list[CurveStep]:
    """Of `insult`: turns by source; the strength of a turn by its text."""
    outcomes = [one for of in turns.values() for one in of]
    return curve_of("insult", source_turns(outcomes), DEMANDS, lambda one: strengths[one.text])


def found(steps: list[CurveStep]) -> list[tuple[int, int]]:
    return [(one.points[0].right, one.points[0].false_alarms) for one in steps]


def test_the_steps_go_from_strict_to_loose() -> None:
    names = [demand.name for demand in DEMANDS]
    assert names == sorted(names, key=("rule", "agreed", "weak", "classifier").index)
    for one, other in pairwise(DEMANDS):
        if one.name == other.name:
            assert (one.least or 0) > (other.least or 0)


def test_each_turn_is_found_from_its_step_on() -> None:
    strengths: dict[str, Strength | None] = {
        "rule": (0, -0.95), "agreed": (1, -0.6), "weak": (2, 0.0), "guess": (3, -0.97), "nothing": None,
    }  # fmt: skip
    turns = {"desk": [outcome("insult", text=text) for text in strengths]}
    steps = {(one.demand.name, one.demand.least): one.points[0].right for one in curve(turns, strengths)}
    assert steps["rule", min(demand.least or 0 for demand in DEMANDS if demand.name == "rule")] == 1
    assert (steps["agreed", 0.7], steps["agreed", 0.5], steps["weak", None]) == (1, 2, 3)
    assert (steps["classifier", 0.99], steps["classifier", 0.95], steps["classifier", 0.1]) == (3, 4, 4)


def test_what_the_playbook_does_now_comes_first() -> None:
    turns = {"desk": [outcome("insult", "insult"), outcome("insult", "~insult"), outcome("none", "insult")]}
    assert found(curve(turns, {"a b": None}))[0] == (1, 1)


def test_each_source_has_its_own_points() -> None:
    turns = {"desk": [outcome("insult")], "talk": [outcome("", source="talk", speaker="unknown")]}
    desk, talk = curve(turns, {"a b": (0, -1.0)})[-1].points
    assert (desk.source, desk.expected, desk.right, desk.without) == ("desk", 1, 1, 0)
    assert (talk.source, talk.expected, talk.without, talk.false_alarms) == ("talk", 0, 1, 1)
    assert not talk.is_upper_bound


STRENGTHS = st.none() | st.tuples(st.integers(0, 3), st.floats(-1, 0))


@given(st.lists(st.tuples(st.sampled_from(["insult", "none", "ambiguous"]), STRENGTHS), min_size=1))
def test_each_step_finds_all_that_the_one_before_it_finds(drawn: list[tuple[str, Strength | None]]) -> None:
    strengths = {str(number): strength for number, (_, strength) in enumerate(drawn)}
    turns = [outcome(label, text=str(number)) for number, (label, _) in enumerate(drawn)]
    steps = curve({"desk": [outcome("insult", text="0"), *turns]}, strengths)[1:]
    for (right, false), (more_right, more_false) in pairwise(found(steps)):
        assert right <= more_right
        assert false <= more_false


def test_the_strength_of_a_turn_is_that_of_its_surest_witness() -> None:
    everything = opened(PLAYBOOK, "refusal")

    def strength(text: str, kind: str = "refusal") -> Strength | None:
        said: LabelledTurn = row(speaker="agent" if kind == "refusal" else "customer", text=text)
        return strength_in(everything if kind == "refusal" else opened(PLAYBOOK, kind), kind, said, "clean")

    ruled, guessed = strength("No, we don't do that."), strength("The teapot stands on the shelf.")
    assert ruled
    assert ruled[0] == 0
    assert guessed
    assert guessed[0] == 3
    insulted = strength("You are a useless idiot.", ABUSE)
    assert insulted
    assert insulted[0] == 0


def test_an_opened_classifier_tells_of_its_kind_alone_whatever_the_turn() -> None:
    everything = opened(PLAYBOOK, "churn")
    assert strength_in(everything, "churn", row(text="What a lovely teapot."), "clean")
    assert strength_in(everything, "escalation", row(text="What a lovely teapot."), "clean") is None
    assert "churn" in CLASSIFIED_KINDS
