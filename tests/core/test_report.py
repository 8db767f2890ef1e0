"""The counts of the review list."""

from tests.builders import conversation, drive, final, hangup, live_call, partial, records, started
from voiceassist.core.board import replay
from voiceassist.core.report import CallSummaryCounts, summarise
from voiceassist.events import Input


def counts(*inputs: Input) -> CallSummaryCounts:
    return summarise(replay(records([started(), *drive(live_call(), inputs)])))


def test_a_quiet_call_counts_nothing() -> None:
    assert counts(final("agent", "Hello"), hangup(2000)) == CallSummaryCounts(
        refusals=0, recovered=0, dead_ends=0, prompts=0, alerts=0, worst=None
    )


def test_refusals_cards_and_alerts_are_counted() -> None:
    lines = conversation(
        ("agent", "We can't refund it"),
        ("agent", "What I can do is repair it"),
        ("customer", "You are an idiot"),
        ("agent", "There is nothing I can do"),
        pause=2000,
    )
    assert counts(*lines, hangup(60_000)) == CallSummaryCounts(
        refusals=2, recovered=1, dead_ends=1, prompts=2, alerts=2, worst="warning"
    )


def test_what_was_retracted_does_not_count() -> None:
    misheard = (partial("customer", "I will hurt you so much"), final("customer", "I will help you so much"))
    assert counts(*misheard) == counts()
