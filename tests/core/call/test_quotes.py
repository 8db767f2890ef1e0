"""What cards and alerts quote: the whole clause, once its final has it."""

from tests.builders import drive, final, hangup, live_call, only, partial, play, records, started
from voiceassist.actions import SetMute
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.wall import row_of
from voiceassist.events import Alert, Input, Prompt, QuoteChanged

LONG = "I can't take it back after thirty days"


def test_a_card_and_an_alert_quote_the_clause() -> None:
    events = play(final("customer", "Well, this is it. You are a useless idiot, I tell you"))
    assert only(events, Prompt)[0].why.words == "You are a useless idiot"
    assert only(events, Alert)[0].quote == "You are a useless idiot"


def test_the_final_tells_the_rest_of_a_clause_that_people_have_seen() -> None:
    call = live_call()
    early: list[Input] = [partial("agent", "I can't take it"), partial("agent", "I can't take it")]
    shown = only(drive(call, early), Prompt)
    assert [card.why.words for card in shown] == ["I can't take it"]
    told = only(call.handle(final("agent", LONG)), QuoteChanged)
    assert [(quote.cue_id, quote.words) for quote in told] == [("c1", LONG)]


def test_a_screen_shows_the_newest_quote_in_a_card_and_in_an_alert() -> None:
    call = live_call()
    said = "I will come down there and hurt you badly"
    heard: list[Input] = [partial("customer", said[:34]), partial("customer", said[:34]), final("customer", said)]
    events = [started(), *drive(call, heard)]
    assert only(events, QuoteChanged)
    state, row = replay(records(events)), row_of(list(records(events)))
    assert state.prompts[0].prompt.why.words == said
    assert {view.alert.quote for view in (*state.alerts, *row.alerts)} == {said}


def test_nobody_is_told_of_a_quote_that_nobody_has_seen() -> None:
    call = live_call()
    drive(call, [SetMute(at_ms=0, muted=True)])
    heard: list[Input] = [
        partial("agent", "I can't take it"),
        partial("agent", "I can't take it"),
        final("agent", LONG),
    ]
    assert only(drive(call, heard), QuoteChanged) == []


def test_a_retracted_cue_has_no_quote_to_tell() -> None:
    call = live_call()
    drive(call, [partial("agent", "I can't take it"), partial("agent", "I can't take it")])
    assert only(call.handle(final("agent", "I can take it")), QuoteChanged) == []


def test_a_dead_end_quotes_the_clause_too() -> None:
    events = play(final("agent", "Hm. There is nothing I can do about it"), hangup(4000))
    assert [alert.quote for alert in only(events, Alert)] == ["There is nothing I can do about it"]
