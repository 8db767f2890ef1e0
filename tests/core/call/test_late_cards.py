"""What is heard too late is no news: a late card is a note, a late alert says so; cards in time lose nothing."""

from dataclasses import replace

from tests.builders import drive, final, hangup, live_call, only, partial, play, tick
from voiceassist.actions import AskHelp, DismissPrompt, SetMute, UsePrompt
from voiceassist.core.call.lateness import LATE_MS
from voiceassist.events import Alert, Event, Final, LatenessChanged, Prompt, PromptClosed

GIVEAWAY, REFUSAL, THREAT = "I'll give you a free month", "We don't do that", "I will come down there and hurt you"
LATE = LATE_MS + 1


def outcomes(events: list[Event]) -> list[tuple[str, str]]:
    return [(closed.prompt_id, closed.outcome) for closed in only(events, PromptClosed)]


def late(text: str = REFUSAL, *, at: int = 0, utterance: int = 1) -> Final:
    """A line of the agent's that is heard too late."""
    return final("agent", text, at=at, utterance=utterance, delay=LATE)


def test_a_card_whose_words_were_over_too_long_ago_is_a_note() -> None:
    (card,) = only(play(late()), Prompt)
    assert card.late
    assert card.why.latency_ms == LATE


def test_a_card_that_comes_within_the_limit_is_a_card() -> None:
    (card,) = only(play(final("agent", REFUSAL, delay=LATE_MS)), Prompt)
    assert not card.late


def test_a_line_in_time_brings_a_card_however_early_in_it_the_cue_stood() -> None:
    goes_on = "and let me tell you why that is because it matters to me that you know what this is all about today"
    (card,) = only(play(final("agent", f"{REFUSAL} {goes_on}", delay=500)), Prompt)
    assert card.why.latency_ms > LATE_MS
    assert not card.late


def test_a_partial_that_comes_late_brings_a_note_too() -> None:
    heard = [partial("agent", REFUSAL, delay=LATE + step) for step in (0, 200)]
    assert [card.late for card in only(play(*heard), Prompt)] == [True]


def test_a_note_leaves_the_card_on_the_screen_alone_and_takes_no_room_from_the_next() -> None:
    call = live_call()
    events = drive(call, [final("agent", GIVEAWAY), late(at=3_000, utterance=2)])
    assert [(card.kind, card.late) for card in only(events, Prompt)] == [("giveaway", False), ("refusal", True)]
    assert outcomes(events) == []
    events = call.handle(final("agent", REFUSAL, at=9_500, utterance=3))
    assert [(card.kind, card.late) for card in only(events, Prompt)] == [("refusal", False)]
    assert outcomes(events) == [("p1", "superseded")]


def test_notes_keep_to_their_own_cooldown_and_the_newest_one_stands() -> None:
    events = play(late(), late(at=5_000, utterance=2), late(GIVEAWAY, at=10_000, utterance=3))
    assert [card.kind for card in only(events, Prompt)] == ["refusal", "giveaway"]
    assert outcomes(events) == [("p1", "superseded")]


def test_no_note_comes_of_what_a_card_said_a_moment_ago() -> None:
    assert len(only(play(final("agent", REFUSAL), late(at=3_000, utterance=2)), Prompt)) == 1


def test_notes_count_as_no_cards_of_the_call() -> None:
    notes = [late(at=60_000 * n, utterance=n + 1) for n in range(8)]
    cards = [final("agent", REFUSAL, at=600_000 + 60_000 * n, utterance=n + 9) for n in range(8)]
    shown = only(play(*notes, *cards), Prompt)
    assert [sum(card.late is is_late for card in shown) for is_late in (True, False)] == [4, 4]


def test_a_note_goes_by_itself_with_its_cue_its_mute_or_the_end() -> None:
    call = live_call()
    (note,) = only(call.handle(late()), Prompt)
    assert outcomes(call.handle(tick(note.expires_ms))) == [("p1", "stale")]
    assert outcomes(play(late(), SetMute(at_ms=9_000, muted=True))) == [("p1", "muted")]
    assert outcomes(play(late(), hangup(9_000))) == [("p1", "call_ended")]
    offered = final("agent", "what I can do is offer you a store credit", at=8_000, utterance=2)
    assert outcomes(play(late(), offered)) == [("p1", "recovered")]
    unsure = [partial("agent", REFUSAL, delay=LATE + step) for step in (0, 200)]
    assert outcomes(play(*unsure, final("agent", "no problem", delay=LATE + 900))) == [("p1", "retracted")]


def test_a_muted_agent_gets_no_note() -> None:
    assert only(play(SetMute(at_ms=0, muted=True), late()), Prompt) == []


def test_a_note_can_be_used_or_dismissed_beside_the_card() -> None:
    inputs = [late(), final("agent", GIVEAWAY, at=8_000, utterance=2)]
    used = UsePrompt(at_ms=12_000, prompt_id="p1", alternative="owner")
    assert outcomes(play(*inputs, used)) == [("p1", "used")]
    assert outcomes(play(*inputs, DismissPrompt(at_ms=12_000, prompt_id="p1"))) == [("p1", "dismissed")]


def test_an_alert_says_that_it_is_late() -> None:
    alerts = [only(play(final("customer", THREAT, delay=delay)), Alert)[0] for delay in (500, LATE)]
    assert [alert.late for alert in alerts] == [False, True]


def test_what_no_words_show_is_late_when_the_call_was_told_to_be() -> None:
    behind = LatenessChanged(at_ms=1_500, behind_ms=20_000)
    in_time = only(play(final("agent", REFUSAL), tick(80_000)), Alert)
    late_ = only(play(final("agent", REFUSAL), behind, tick(80_000)), Alert)
    again = only(play(final("agent", REFUSAL), behind, replace(behind, behind_ms=0), tick(80_000)), Alert)
    assert [alert.kind for alert in in_time] == [alert.kind for alert in late_]
    assert [[alert.late for alert in alerts] for alerts in (in_time, late_, again)] == [
        [False] * len(in_time),
        [True] * len(in_time),
        [False] * len(in_time),
    ]
    assert in_time


def test_a_call_for_help_is_never_late() -> None:
    events = play(LatenessChanged(at_ms=1_000, behind_ms=20_000), AskHelp(at_ms=2_000))
    assert [alert.late for alert in only(events, Alert)] == [False]


def test_how_late_a_call_is_is_told_on_as_it_came() -> None:
    change = LatenessChanged(at_ms=4_000, behind_ms=12_000)
    assert play(change) == [change]
