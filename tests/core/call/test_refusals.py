"""Refusals: their card, their recovery, their dead ends."""

import pytest

from tests.builders import (
    Line,
    conversation,
    drive,
    final,
    hangup,
    live_call,
    only,
    partial,
    partials_of,
    play,
    spoken,
    tick,
)
from voiceassist.actions import UsePrompt
from voiceassist.events import Alert, Cue, Prompt, PromptClosed, RefusalClosed

ASKED: Line = ("customer", "I bought it six weeks ago and I want to return it")
REFUSED: Line = ("agent", "I'm sorry but our policy doesn't allow returns after thirty days")
OFFERED: Line = ("agent", "What I can do is offer you a store credit")


def test_a_refusal_brings_a_card_about_what_was_asked_for() -> None:
    card = only(play(*conversation(ASKED, REFUSED)), Prompt)[0]
    assert card.headline == "Return after the deadline: say what is possible"
    assert [offer.id for offer in card.alternatives] == ["store_credit", "exchange", "resale_help"]


def test_the_topic_follows_the_customer_when_the_agent_only_says_no() -> None:
    events = play(
        *conversation(("customer", "Will you match their price?"), ("agent", "There is nothing I can do."))
    )
    assert only(events, Prompt)[0].headline.startswith("Cheaper elsewhere")


def test_a_refusal_of_something_unknown_brings_the_general_card_without_placeholders() -> None:
    events = play(*conversation(("customer", "Can you sing for me?"), ("agent", "I can't do that.")))
    assert [offer.id for offer in only(events, Prompt)[0].alternatives] == ["noted", "owner"]


def test_a_gold_customer_is_offered_more() -> None:
    card = only(play(*conversation(ASKED, REFUSED), tier="gold"), Prompt)[0]
    assert [offer.id for offer in card.alternatives] == ["store_credit", "exchange", "trade_in"]


def test_an_alternative_that_was_used_is_not_offered_again() -> None:
    call = live_call()
    drive(call, conversation(ASKED, REFUSED))
    call.handle(UsePrompt(at_ms=9000, prompt_id="p1", alternative="store_credit"))
    events = drive(call, [final("agent", "We can't accept that return", at=60_000, utterance=2)])
    assert "store_credit" not in [offer.id for offer in only(events, Prompt)[0].alternatives]


def test_a_card_explains_itself() -> None:
    call = live_call()
    events = drive(call, [final("agent", "No, we don't do that", at=1000, delay=450)])
    why = only(events, Prompt)[0].why
    assert (why.cue_id, why.rule, why.words) == ("c1", "refusal.by_policy", "we don't do that")
    assert (why.spoken_ms, why.latency_ms, why.playbook) == (2500, 450, "retail@1")


def test_refusal_followed_by_alternative_in_one_breath_shows_no_card() -> None:
    events = play(final("agent", "We can't refund it but what I can do is offer you a store credit", at=1000))
    assert only(events, Prompt) == []
    assert [closed.outcome for closed in only(events, RefusalClosed)] == ["recovered"]


def test_one_breath_heard_word_by_word_shows_no_card_either() -> None:
    events = play(*partials_of("agent", "We can't refund it but", at=0, step=5))
    events += play(*spoken("agent", "We can't refund it but what I can do is offer you a store credit"))
    assert [p.outcome for p in only(events, PromptClosed)] in ([], ["recovered"])


def test_a_card_waits_while_the_other_half_of_the_sentence_is_announced() -> None:
    call = live_call()
    text = "We can't refund it but"
    assert only(call.handle(partial("agent", text)), Prompt) == []
    events = drive(call, [final("agent", text + " that is how it is")])
    assert len(only(events, Prompt)) == 1


def test_a_breath_over_two_utterances_is_one_turn_and_recovers() -> None:
    first = final("agent", "We can't refund it", at=0)
    second = final("agent", "but what I can do is repair it", at=first.end_ms + 700, utterance=2)
    events = play(first, second)
    assert [closed.outcome for closed in only(events, PromptClosed)] == ["recovered"]
    assert [closed.outcome for closed in only(events, RefusalClosed)] == ["recovered"]


def test_an_alternative_in_time_recovers_and_takes_the_card_away() -> None:
    events = play(*conversation(ASKED, REFUSED, ("customer", "But I was ill"), OFFERED))
    assert only(events, PromptClosed)[-1].outcome == "recovered"
    closed = only(events, RefusalClosed)[0]
    assert (closed.outcome, closed.words) == ("recovered", "What I can do is")


def test_an_alternative_said_before_the_refusal_in_the_same_turn_counts() -> None:
    events = play(final("agent", "What I can do is repair it, I can't refund it"))
    assert only(events, Prompt) == []
    assert [closed.outcome for closed in only(events, RefusalClosed)] == ["recovered"]


def test_the_card_goes_as_soon_as_the_alternative_is_heard_and_the_final_settles_the_episode() -> None:
    call = live_call()
    drive(call, conversation(ASKED, REFUSED))
    early = call.handle(partial("agent", "What I can do is offer you", at=9000, utterance=2))
    assert [closed.outcome for closed in only(early, PromptClosed)] == ["recovered"]
    assert only(early, RefusalClosed) == []
    late = call.handle(final("agent", "What I can do is offer you a credit", at=9000, utterance=2))
    assert [closed.outcome for closed in only(late, RefusalClosed)] == ["recovered"]


def test_a_retracted_alternative_leaves_the_refusal_open() -> None:
    call = live_call()
    drive(call, conversation(ASKED, REFUSED))
    call.handle(partial("agent", "What I can do is offer you", at=9000, utterance=2))
    call.handle(final("agent", "What a candle", at=9000, utterance=2))
    events = drive(call, [hangup(12_000)])
    assert [closed.outcome for closed in only(events, RefusalClosed)] == ["dead_end"]


def test_silence_after_a_refusal_is_a_dead_end() -> None:
    call = live_call()
    refused = final("agent", "There is nothing I can do")
    call.handle(refused)
    due = refused.end_ms + 20_000
    assert only(call.handle(tick(due - 1)), RefusalClosed) == []
    events = call.handle(tick(due))
    assert [closed.outcome for closed in only(events, RefusalClosed)] == ["dead_end"]
    assert [(alert.kind, alert.level) for alert in only(events, Alert)] == [("dead_end", "info")]


def test_a_customer_who_talks_on_does_not_use_up_the_agents_time() -> None:
    call = live_call()
    call.handle(final("agent", "There is nothing I can do"))
    drive(call, [final("customer", "and then " * 60, at=3000)])  # until 39 s
    events = drive(call, [final("agent", "What I can do is send a courier", at=40_000, utterance=2)])
    assert [closed.outcome for closed in only(events, RefusalClosed)] == ["recovered"]


def test_two_turns_without_an_alternative_use_up_the_time() -> None:
    call = live_call()
    lines: tuple[Line, ...] = (
        ("agent", "There is nothing I can do"),
        ("customer", "But why is that"),
        ("agent", "That is how it is"),
        ("customer", "Really " * 20),
        ("agent", "It is the same for everyone"),
        ("customer", "I am disappointed " * 12),
    )
    events = drive(call, conversation(*lines))
    assert [closed.outcome for closed in only(events, RefusalClosed)] == ["dead_end"]


def test_a_refusal_open_at_the_end_of_the_call_is_a_dead_end() -> None:
    events = play(final("agent", "There is nothing I can do"), hangup(3000))
    assert [closed.outcome for closed in only(events, RefusalClosed)] == ["dead_end"]


def test_every_refusal_is_closed_exactly_once() -> None:
    events = play(*conversation(REFUSED, OFFERED, ("customer", "No"), REFUSED), hangup(90_000))
    refusals = [cue.cue_id for cue in only(events, Cue) if cue.kind == "refusal"]
    assert [closed.cue_id for closed in only(events, RefusalClosed)] == refusals


@pytest.mark.parametrize("text", ["I'm so sorry to hear that", "No problem", "No, there is no fee"])
def test_friendly_words_open_no_refusal(text: str) -> None:
    events = play(final("agent", text))
    assert only(events, Cue) == []
    assert only(events, Prompt) == []


def test_a_call_is_pressing_while_a_refusal_is_open() -> None:
    call = live_call()
    drive(call, conversation(ASKED, REFUSED))
    assert call.is_pressing
    drive(call, [final("agent", OFFERED[1], at=20_000, utterance=2)])
    assert not call.is_pressing
