"""Partials may fire cues, finals decide."""

from dataclasses import replace

from tests.builders import drive, final, live_call, only, partial, play, spoken
from voiceassist.events import Alert, AlertChanged, Cue, CueConfirmed, CueRetracted, Prompt, PromptClosed

THREAT = "I will come down there and hurt you"


def test_a_cue_seen_once_at_the_end_of_a_partial_waits() -> None:
    assert only(play(partial("customer", "you are useless")), Cue) == []


def test_a_cue_seen_in_two_partials_fires_early() -> None:
    events = play(partial("customer", "you are useless"), partial("customer", "you are useless and"))
    assert [(cue.kind, cue.early) for cue in only(events, Cue)] == [("insult", True)]


def test_a_cue_at_the_end_of_a_partial_fires_when_the_speaker_pauses() -> None:
    paused = replace(partial("customer", "you are useless"), pause_ms=96)
    events = play(paused)
    assert [(cue.kind, cue.early) for cue in only(events, Cue)] == [("insult", True)]


def test_a_cue_with_two_further_words_fires_at_once() -> None:
    events = play(partial("customer", "you are useless and this"))
    assert [cue.early for cue in only(events, Cue)] == [True]


def test_the_final_confirms_an_early_cue() -> None:
    events = play(*spoken("customer", "you are useless I tell you"))
    assert [cue.cue_id for cue in only(events, CueConfirmed)] == ["c1"]
    assert len(only(events, Cue)) == 1


def test_the_final_retracts_what_it_does_not_hold_with_its_card_and_alert() -> None:
    call = live_call()
    call.handle(partial("customer", "you are useless and this"))
    events = call.handle(final("customer", "your useless cable and this"))
    assert [cue.cue_id for cue in only(events, CueRetracted)] == ["c1"]
    assert [closed.outcome for closed in only(events, PromptClosed)] == ["retracted"]
    assert [(changed.state, changed.by) for changed in only(events, AlertChanged)] == [
        ("retracted", "voiceassist")
    ]


def test_a_retracted_insult_does_not_count_on_the_ladder() -> None:
    call = live_call()
    call.handle(partial("customer", "you are useless and this"))
    call.handle(final("customer", "your useless cable and this"))
    events = drive(call, [final("customer", "you are useless", at=60_000, utterance=2)])
    assert [card.headline for card in only(events, Prompt)] == ["Set a boundary"]


def test_a_cue_seen_only_in_the_final_is_not_early() -> None:
    events = play(final("customer", "you are useless"))
    assert [cue.early for cue in only(events, Cue)] == [False]


def test_words_that_shift_do_not_fire_the_cue_again() -> None:
    call = live_call()
    texts = ["you are useless and so", "oh you are useless and so on", "well oh you are useless and so on"]
    events = drive(call, [partial("customer", text) for text in texts])
    events += call.handle(final("customer", "um well oh you are really useless and so on"))
    assert len(only(events, Cue)) == len(only(events, CueConfirmed)) == 1


def test_a_kind_that_depends_on_the_rest_of_the_sentence_waits_for_the_final() -> None:
    text = "someone will call you back about the thing"
    early = play(*spoken("agent", text)[:-1])
    assert only(early, Cue) == []
    assert [cue.kind for cue in only(play(*spoken("agent", text)), Cue)] == ["vague_commitment"]
    dated = play(*spoken("agent", "someone will call you back about it tomorrow at nine"))
    assert only(dated, Cue) == []


def test_a_cue_carries_the_times_of_its_words() -> None:
    cue = only(play(final("customer", "well you are useless now", at=1000)), Cue)[0]
    assert (cue.words, cue.start_ms, cue.end_ms) == ("you are useless", 1300, 2200)


def test_an_alert_shows_how_fast_it_came() -> None:
    alert = only(play(final("customer", THREAT, at=1000, delay=400)), Alert)[0]
    assert alert.why.latency_ms == 400


def test_a_final_that_loses_only_the_offer_leaves_the_refusal_after_it_alone() -> None:
    call = live_call()
    early = call.handle(partial("agent", "what I can do is repair it we can't refund it though you see"))
    cues = {cue.kind: cue.cue_id for cue in only(early, Cue)}
    events = call.handle(final("agent", "what a candle is repair it we can't refund it though you see"))
    assert [cue.cue_id for cue in only(events, CueRetracted)] == [cues["alternative"]]
    assert [cue.cue_id for cue in only(events, CueConfirmed)] == [cues["refusal"]]
    assert only(events, Cue) == []


def test_a_final_that_loses_the_offer_between_two_refusals_keeps_the_first() -> None:
    call = live_call()
    call.handle(partial("agent", "we can't refund it but what I can do is repair it we can't exchange it though"))
    events = call.handle(
        final("agent", "we can't refund it but what a candle repair it we can't exchange it though")
    )
    assert [cue.cue_id for cue in only(events, CueConfirmed)] == ["c1"]


def test_a_final_that_hears_more_of_the_sentence_confirms_what_came_early() -> None:
    call = live_call()
    call.handle(partial("agent", "I'm afraid we cannot do anything about"))
    events = call.handle(final("agent", "I'm afraid we cannot possibly waive anything about the fee"))
    assert len(only(events, CueConfirmed)) == 1
    assert only(events, Cue) == []


def test_a_leg_has_an_open_cue_from_the_first_partial_with_it_to_the_final() -> None:
    call = live_call()
    assert call.legs_with_open_cue == set()
    call.handle(partial("customer", "you are useless"))
    assert call.legs_with_open_cue == {"customer"}
    call.handle(partial("agent", "one moment"))
    call.handle(partial("customer", "you are useless and this"))
    assert call.legs_with_open_cue == {"customer"}
    call.handle(final("customer", "you are useless and this"))
    assert call.legs_with_open_cue == set()


def test_a_leg_whose_next_words_hold_no_cue_any_more_has_none_open() -> None:
    call = live_call()
    call.handle(partial("customer", "you are useless"))
    call.handle(partial("customer", "your useless cable"))
    assert call.legs_with_open_cue == set()
