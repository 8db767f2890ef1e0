"""What people said of the cues of a call, as labelled turns."""

from typing import Any

from tests.builders import drive, final, hangup, live_call, only, tick
from voiceassist.actions import MarkFalseAlarm, MarkNotUseful, UsePrompt
from voiceassist.evaluation.evaluation import scores_of
from voiceassist.evaluation.feedback import feedback_in, fields_of
from voiceassist.evaluation.labelled import LabelledTurn, parse_rows
from voiceassist.evaluation.outcome import Outcome
from voiceassist.events import Cue, Event, Input
from voiceassist.wire import dumps

ASKED, REFUSED = "Can I bring it back?", "I'm sorry but our policy doesn't allow returns"
TALK: tuple[Input, ...] = (final("customer", ASKED), final("agent", REFUSED, at=4_000))


def mark(cue_id: str, **more: Any) -> MarkFalseAlarm:
    return MarkFalseAlarm(**{"at_ms": 9_000, "by": "Sue", **more}, cue_id=cue_id)


def a_call(*inputs: Input, talk: tuple[Input, ...] = TALK) -> list[LabelledTurn]:
    return list(feedback_in("call-1", events_of(*inputs, talk=talk)))


def events_of(*inputs: Input, talk: tuple[Input, ...] = TALK) -> list[Event]:
    return drive(live_call(), [*talk, *inputs, hangup(90_000)])


def test_a_false_alarm_is_a_turn_that_tells_of_its_kind_alone() -> None:
    (turn,) = a_call(mark("c1"))
    assert (turn.id, turn.speaker, turn.labels) == ("call-1/c1", "agent", ("not_refusal",))
    assert (turn.text, turn.prev) == (REFUSED, ASKED)
    assert (turn.meta["call"], turn.meta["kind"], turn.meta["by"]) == ("call-1", "refusal", "Sue")
    assert turn.meta["rule"].startswith("refusal.")
    assert turn.meta["playbook"].startswith("retail@")


def test_a_card_that_was_used_was_right() -> None:
    (turn,) = a_call(UsePrompt(at_ms=6_000, prompt_id="p1"))
    assert turn.labels == ("right_refusal",)


def test_what_was_taken_back_says_nothing() -> None:
    assert a_call(mark("c1"), mark("c1", marked=False)) == []


def test_a_mark_counts_more_than_the_use_of_a_card() -> None:
    (turn,) = a_call(UsePrompt(at_ms=6_000, prompt_id="p1"), mark("c1"))
    assert turn.labels == ("not_refusal",)


def test_a_cue_without_words_is_left_out() -> None:
    talk = (final("agent", "Hello."), tick(60_000))
    (silence,) = [cue for cue in only(events_of(talk=talk), Cue) if cue.kind == "silence"]
    assert a_call(mark(silence.cue_id), talk=talk) == []


def test_a_call_of_which_nobody_said_anything_gives_nothing() -> None:
    assert a_call() == []


def test_the_turns_are_read_as_they_were_written() -> None:
    turns = a_call(mark("c1"))
    assert parse_rows([dumps(fields_of(turn)) for turn in turns], "feedback.jsonl") == turns


def test_a_judged_turn_counts_for_no_other_kind() -> None:
    turn, other = a_call(mark("c1"))[0], a_call(UsePrompt(at_ms=6_000, prompt_id="p1"))[0]
    elsewhere = LabelledTurn(
        id="2",
        speaker="agent",
        text="a",
        text_asr="a",
        labels=("right_giveaway",),
        prev="",
        source="feedback",
        meta={},
    )
    (scores,) = scores_of([Outcome(row=one, found=()) for one in (turn, other, elsewhere)])
    counts = {score.kind: (score.counts.missed, score.counts.silent) for score in scores.scores}
    assert counts == {"refusal": (1, 1), "giveaway": (1, 0)}


def useless(*, marked: bool = True) -> MarkNotUseful:
    return MarkNotUseful(at_ms=7_000, prompt_id="p1", by="Anna", marked=marked)


def test_a_card_of_no_use_is_a_turn_that_says_nothing_of_the_cue() -> None:
    (turn,) = a_call(useless())
    assert (turn.labels, turn.meta["by"]) == (("unhelpful_refusal",), "Anna")
    assert turn.meta["rule"].startswith("refusal.")
    assert parse_rows([dumps(fields_of(turn))], "feedback.jsonl") == [turn]
    (scores,) = scores_of([Outcome(row=turn, found=())])
    assert (scores.turns, scores.left_out) == (0, {"unhelpful_refusal": 1})


def test_a_false_alarm_counts_more_than_a_card_of_no_use_and_that_more_than_its_use() -> None:
    (false,) = a_call(useless(), mark("c1"))
    (unhelpful,) = a_call(UsePrompt(at_ms=6_000, prompt_id="p1"), useless())
    assert (false.labels, unhelpful.labels) == (("not_refusal",), ("unhelpful_refusal",))
    assert a_call(useless(), useless(marked=False)) == []
