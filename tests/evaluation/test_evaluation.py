"""Which turns count for which kind, and as what."""

import pytest

from tests.evaluation.turns import outcome, row
from voiceassist.core.playbook.model import AGENT_KINDS, CUSTOMER_KINDS
from voiceassist.evaluation.evaluation import SourceScores, mistakes_of, scores_of
from voiceassist.evaluation.labelled import MEANINGS, LabelledTurn, Meaning
from voiceassist.evaluation.outcome import Outcome, outcome_of
from voiceassist.playbooks import load_playbook

PLAYBOOK = load_playbook(None, "en")


def only_source(*outcomes: Outcome) -> SourceScores:
    (scores,) = scores_of(outcomes)
    return scores


def counts(scores: SourceScores) -> dict[str, tuple[int, int, int, int]]:
    """Right, false alarms, missed, silent."""
    return {
        score.kind: (score.counts.right, score.counts.false_alarms, score.counts.missed, score.counts.silent)
        for score in scores.scores
    }


def test_each_turn_is_right_a_false_alarm_missed_or_silent() -> None:
    scores = only_source(
        outcome("churn", "churn"), outcome("churn", "churn"), outcome("none", "churn"), outcome("churn"),
        outcome(), outcome(), outcome(),
    )  # fmt: skip
    assert counts(scores) == {"churn": (2, 1, 1, 3)}
    assert scores.turns == 7


def test_sources_are_never_pooled() -> None:
    one, other = scores_of([outcome("churn", "churn", source="a"), outcome("churn", source="b")])
    assert (one.source, counts(one)) == ("a", {"churn": (1, 0, 0, 0)})
    assert (other.source, counts(other)) == ("b", {"churn": (0, 0, 1, 0)})


def test_only_the_kinds_that_a_source_annotates_count() -> None:
    assert counts(only_source(outcome("churn", "churn frustration"), outcome("none", "frustration"))) == {
        "churn": (1, 0, 0, 1)
    }


def test_where_no_label_names_a_kind_every_cue_is_a_false_alarm() -> None:
    found = counts(only_source(outcome("none", "churn"), outcome("no_answer"), outcome("none", "sexual")))
    assert set(found) == {*CUSTOMER_KINDS, "abuse"}
    assert found["churn"] == found["abuse"] == found["sexual"] == (0, 1, 0, 2)
    assert found["insult"] == (0, 0, 0, 3)
    assert set(counts(only_source(outcome("none", speaker="agent")))) == set(AGENT_KINDS)


def test_a_kind_counts_only_in_the_turns_of_the_side_that_says_it() -> None:
    scores = only_source(outcome("churn", "churn"), outcome("none", speaker="agent"))
    assert counts(scores) == {"churn": (1, 0, 0, 0)}


def test_abuse_is_any_of_its_four_kinds() -> None:
    scores = only_source(
        outcome("abuse", "insult"), outcome("abuse", "threat sexual"), outcome("abuse", "profanity")
    )
    assert counts(scores) == {"abuse": (2, 0, 1, 0)}


def test_a_kind_of_abuse_taken_for_another_is_wrong_for_both_and_right_for_abuse() -> None:
    scores = only_source(outcome("insult", "slur"), outcome("slur", "slur"), outcome())
    assert counts(scores) == {"insult": (0, 0, 1, 2), "slur": (1, 1, 0, 1), "abuse": (2, 0, 0, 1)}


def test_abuse_of_no_named_kind_tells_nothing_of_the_four() -> None:
    scores = only_source(outcome("insult", "insult"), outcome("abuse", "insult"), outcome("none", "insult"))
    assert counts(scores) == {"insult": (1, 1, 0, 0), "abuse": (2, 1, 0, 0)}


def test_a_request_to_cancel_counts_as_churn() -> None:
    assert counts(only_source(outcome("cancel_close", "churn"))) == {"churn": (1, 0, 0, 0)}


def test_self_harm_is_no_abuse() -> None:
    assert counts(only_source(outcome("self_harm", "threat"), outcome())) == {"abuse": (0, 1, 0, 1)}


@pytest.mark.parametrize("label", ["neg_inform", "ambiguous", "unlabelled", "abuse_3p"])
def test_turns_that_are_left_out_count_nowhere_but_are_told(label: str) -> None:
    scores = only_source(outcome("insult", "insult"), outcome(label, "insult"), outcome(f"{label} insult"))
    assert counts(scores) == {"insult": (1, 0, 0, 0), "abuse": (1, 0, 0, 0)} | (
        {"refusal": (0, 0, 0, 0)} if label == "neg_inform" else {}
    )
    assert scores.left_out == {label: 2}
    assert scores.turns == 1


def test_general_hate_is_told_apart() -> None:
    scores = only_source(outcome("insult", "insult"), outcome("hate_general", "slur"), outcome("hate_general"))
    assert counts(scores) == {"insult": (1, 0, 0, 0), "abuse": (1, 0, 0, 0)}
    (apart,) = scores.apart
    assert (apart.label, apart.kind, apart.turns, apart.cued) == ("hate_general", "abuse", 2, 1)
    assert apart.rate
    assert apart.rate.value == 0.5


def test_a_label_of_ones_own_counts_as_it_is_said_to() -> None:
    meanings = {**MEANINGS, "sympathy": Meaning(), "odd": Meaning(use="leave_out")}
    turns = [outcome("refusal", "refusal", speaker="agent"), outcome("sympathy", "refusal", speaker="agent")]
    (scores,) = scores_of([*turns, outcome("odd", "refusal", speaker="agent")], meanings)
    assert counts(scores) == {"refusal": (1, 1, 0, 0)}


def test_mistakes_are_the_turns_that_were_judged_wrongly() -> None:
    missed, wrong = outcome("churn", text="missed"), outcome("none", "churn", text="wrong")
    left_out = outcome("ambiguous", "churn")
    mistakes = mistakes_of([outcome("churn", "churn"), missed, wrong, left_out, outcome("none", "frustration")])
    assert [(one.outcome, one.expected, one.missed, one.false_alarms) for one in mistakes] == [
        (missed, ("churn",), ("churn",), ()),
        (wrong, (), (), ("churn",)),
    ]


def test_what_only_colours_words_is_missed_or_silent_and_told_apart() -> None:
    scores = only_source(outcome("churn", "~churn"), outcome("none", "~churn"), outcome("churn", "churn ~churn"))
    assert counts(scores) == {"churn": (1, 0, 1, 1)}
    (score,) = scores.scores
    assert (score.coloured.right, score.coloured.false_alarms) == (1, 1)
    coloured, wrong = mistakes_of([outcome("churn", "~churn"), outcome("none", "~churn")])
    assert (coloured.missed, coloured.coloured) == (("churn",), ())
    assert (wrong.false_alarms, wrong.coloured) == ((), ("churn",))


def test_only_the_kinds_that_are_asked_for_are_told() -> None:
    turns = [outcome("churn", "churn"), outcome("frustration", "churn")]
    (scores,) = scores_of(turns, kinds=("frustration",))
    assert counts(scores) == {"frustration": (0, 0, 1, 1)}
    (mistake,) = mistakes_of(turns, kinds=("frustration",))
    assert (mistake.missed, mistake.false_alarms) == (("frustration",), ())


def test_a_refusal_that_is_recovered_in_the_same_breath_is_a_refusal() -> None:
    said = row("refusal", speaker="agent", text="We can't refund it but what I can do is repair it.")
    assert {"refusal", "alternative"} <= outcome_of(PLAYBOOK, said, "clean").kinds


def test_the_other_sides_turn_before_is_context() -> None:
    asked = row("refusal", speaker="agent", text="No, sorry.", prev="Can you waive it for me?")
    told = row("none", speaker="agent", text="No, sorry.", prev="Is there a fee for that?")
    assert "refusal" in outcome_of(PLAYBOOK, asked, "clean").kinds
    assert "refusal" not in outcome_of(PLAYBOOK, told, "clean").kinds


def test_a_turn_of_an_unknown_speaker_is_looked_at_as_both() -> None:
    said = row("none", speaker="unknown", text="We don't do that. You are a useless idiot.")
    assert {"refusal", "insult", "abuse"} <= outcome_of(PLAYBOOK, said, "clean").kinds


def test_the_recognised_text_is_looked_at_when_it_is_asked_for() -> None:
    said = LabelledTurn(
        id="1", speaker="agent", text="We don't do that.", text_asr="we do that", labels=(), prev="", source="",
        meta={},
    )  # fmt: skip
    assert "refusal" in outcome_of(PLAYBOOK, said, "clean").kinds
    assert not outcome_of(PLAYBOOK, said, "asr").found
