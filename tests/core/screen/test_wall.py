"""What a wall's row says of a call: who owns an alert, who talks, whether cards are muted."""

import pytest

from tests.builders import drive, final, live_call, only, records, started
from voiceassist.actions import AskHelp, ChangeAlert, SetMute
from voiceassist.core.call.incidents import AlertView
from voiceassist.core.screen.wall import WallRow, row_of
from voiceassist.errors import ActionError
from voiceassist.events import AlertChanged, Event, Input

AT = "2026-11-29T10:00:00.000+01:00"


def change(state: str, by: str, *, done_at: str = "", note: str = "") -> ChangeAlert:
    assert state in ("open", "acknowledged", "resolved")
    return ChangeAlert(at_ms=9_000, alert_id="a1", state=state, by=by, done_at=done_at, note=note)  # type: ignore[arg-type]


def row_after(*inputs: Input) -> WallRow:
    events: list[Event] = [started(), *drive(live_call(), inputs)]
    return row_of(list(records(events)))


def alert_after(*changes: ChangeAlert) -> AlertView:
    (view,) = row_after(AskHelp(at_ms=5_000), *changes).alerts
    return view


def test_whoever_acknowledges_an_alert_owns_it_from_that_moment() -> None:
    view = alert_after(change("acknowledged", "Ida", done_at=AT))
    assert (view.state, view.owner, view.changed_at) == ("acknowledged", "Ida", AT)


def test_another_person_who_acknowledges_it_takes_it_over() -> None:
    assert alert_after(change("acknowledged", "Ida"), change("acknowledged", "Sam")).owner == "Sam"


def test_a_resolved_alert_says_who_owned_it_and_who_resolved_it() -> None:
    view = alert_after(change("acknowledged", "Ida"), change("resolved", "Sam", note="Called back."))
    assert (view.state, view.owner, view.by, view.note) == ("resolved", "Ida", "Sam", "Called back.")


@pytest.mark.parametrize("before", ["acknowledged", "resolved"])
def test_an_alert_that_is_opened_again_is_nobodys(before: str) -> None:
    view = alert_after(change(before, "Ida"), change("open", "Sam"))
    assert (view.state, view.owner) == ("open", "")


def test_opened_again_it_puts_the_call_back_among_the_unresolved() -> None:
    resolved = row_after(AskHelp(at_ms=5_000), change("resolved", "Ida"))
    reopened = row_after(AskHelp(at_ms=5_000), change("resolved", "Ida"), change("open", "Ida"))
    assert (resolved.worst, reopened.worst) == (None, "critical")


def test_an_alert_that_was_never_raised_cannot_be_owned() -> None:
    with pytest.raises(ActionError, match="no alert 'a1'"):
        row_after(change("acknowledged", "Ida"))


def test_the_history_says_what_the_principal_did_and_when() -> None:
    events = drive(live_call(), [AskHelp(at_ms=5_000), change("acknowledged", "Ida", done_at=AT)])
    (changed,) = only(events, AlertChanged)
    assert (changed.by, changed.done_at) == ("Ida", AT)


def test_how_long_each_side_has_spoken_is_summed_from_its_finals() -> None:
    row = row_after(
        final("agent", "good morning how can I help", at=0),
        final("customer", "my parcel is late", at=3_000),
        final("agent", "let me look", at=6_000, utterance=2),
    )
    assert (row.agent_ms, row.customer_ms) == (9 * 300, 4 * 300)


def test_a_row_says_whether_cards_are_muted() -> None:
    assert row_after(SetMute(at_ms=1_000, muted=True)).muted
    assert not row_after(SetMute(at_ms=1_000, muted=True), SetMute(at_ms=2_000, muted=False)).muted
