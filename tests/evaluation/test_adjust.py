"""What false alarms that people marked change in a playbook."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.turns import match, row
from voiceassist.core.cues.match import Match
from voiceassist.evaluation.adjust import Adjustment, adjustments_for, edits_for, judgements_in, still_told
from voiceassist.evaluation.outcome import Outcome
from voiceassist.playbooks import builtin_cues, load_playbook
from voiceassist.yamltext.document import read_document
from voiceassist.yamltext.edits import edit_yaml

BUILTIN = ("insult.a", "insult.b", "refusal.a")


def found_by(rule: str, *, agreed: bool = False, reach: str = "alert") -> Match:
    one = match(rule.partition(".")[0])
    return replace(one, rule=rule, agreed=agreed, reach=reach)  # type: ignore[arg-type]


def judged(label: str, *matches: Match, call: str) -> Outcome:
    return Outcome(row=row(label, meta={"call": call}), found=matches)


def wrong(count: int, *matches: Match, kind: str = "insult", first: int = 0) -> list[Outcome]:
    return [judged(f"not_{kind}", *matches, call=f"w{first + n}") for n in range(count)]


def right(count: int, *matches: Match, kind: str = "insult") -> list[Outcome]:
    return [judged(f"right_{kind}", *matches, call=f"r{n}") for n in range(count)]


def adjusted(*outcomes: list[Outcome]) -> list[tuple[str, str]]:
    judgements = judgements_in(one for some in outcomes for one in some)
    return [(one.rule or one.kind, one.change) for one in adjustments_for(judgements, BUILTIN)]


def test_a_rule_that_is_mostly_wrong_becomes_weak() -> None:
    assert adjusted(wrong(4, found_by("insult.a"))) == [("insult.a", "weak")]


@pytest.mark.parametrize(("times", "good"), [(3, 0), (4, 1), (5, 3), (0, 9)])
def test_it_takes_certainty(times: int, good: int) -> None:
    assert adjusted(wrong(times, found_by("insult.a")), right(good, found_by("insult.a"))) == []


def test_one_bad_call_decides_nothing() -> None:
    assert adjusted([judged("not_insult", found_by("insult.a"), call="one")] * 50) == []


def test_a_rule_that_is_wrong_even_where_the_classifier_agrees_is_switched_off() -> None:
    assert adjusted(wrong(4, found_by("insult.a", agreed=True))) == [("insult.a", "off")]


def test_a_weak_rule_keeps_what_the_classifier_agrees_with() -> None:
    outcomes = (wrong(4, found_by("insult.a")), right(6, found_by("insult.a", agreed=True)))
    assert adjusted(*outcomes) == [("insult.a", "weak")]


def test_a_rule_of_the_playbooks_own_is_never_switched_off() -> None:
    assert adjusted(wrong(4, found_by("insult.ours"))) == [("insult.ours", "weak")]


def test_a_kind_that_is_wrong_by_many_rules_only_colours() -> None:
    outcomes = [wrong(1, found_by(f"insult.{n}"), first=n) for n in range(6)]
    assert adjusted(*outcomes) == [("insult", "colour")]


def test_a_kind_is_left_alone_when_its_rule_was_the_reason() -> None:
    assert ("insult", "colour") not in adjusted(wrong(9, found_by("insult.a")))


def test_what_reaches_nobody_and_what_is_of_another_kind_is_left_alone() -> None:
    assert adjusted(wrong(9, found_by("insult.a", reach="colour"))) == []
    assert adjusted(wrong(9, found_by("refusal.a"))) == []


def test_rows_that_nobody_judged_say_nothing() -> None:
    assert judgements_in([judged("insult", found_by("insult.a"), call="x"), judged("none", call="y")]) == []


RULES = st.sampled_from(["insult.a", "insult.b", "insult.ours", "refusal.a"])
JUDGED = st.builds(
    lambda label, rule, agreed, call: judged(
        f"{label}{rule.partition('.')[0]}", found_by(rule, agreed=agreed), call=str(call)
    ),
    st.sampled_from(["not_", "right_"]),
    RULES,
    st.booleans(),
    st.integers(0, 30),
)


@given(st.lists(JUDGED, max_size=60))
def test_whatever_people_say_no_more_is_told_than_before(outcomes: list[Outcome]) -> None:
    judgements = judgements_in(outcomes)
    adjustments = adjustments_for(judgements, BUILTIN)
    assert len({(one.kind, one.rule) for one in adjustments}) == len(adjustments)
    for one in judgements:
        assert not still_told(one, adjustments) or one.matches


def test_the_changes_go_into_the_playbooks_yaml_and_keep_what_it_has() -> None:
    playbook = load_playbook(None, "en")
    text = "# ours\ncues:\n  refusal:\n    off: [refusal.unwilling]  # too harsh\n"
    ids = [rule.id for rule in builtin_cues("en").rules if rule.kind == "refusal"]
    adjustments = [
        Adjustment(kind="refusal", rule=ids[0], change="weak", wrong=4, right=0),
        Adjustment(kind="refusal", rule=ids[1], change="off", wrong=4, right=0),
        Adjustment(kind="refusal", rule="refusal.ours", change="weak", wrong=4, right=0),
        Adjustment(kind="insult", rule="", change="colour", wrong=6, right=0),
    ]
    for edit in edits_for(playbook, read_document(text).value, adjustments):
        text = edit_yaml(text, edit)
    assert text.startswith("# ours\n")
    assert "# too harsh" in text
    assert read_document(text).value == {
        "cues": {
            "refusal": {
                "off": ["refusal.unwilling", ids[1]],
                "weak": [ids[0]],
                "rules": {"ours": {"reach": "colour"}},
            },
            "insult": {"reach": "colour"},
        }
    }
