"""A pause of the recording: told once with who, and what was not heard meanwhile is held against nobody."""

from dataclasses import replace

from tests.builders import drive, final, hangup, live_call, only, playbook, started, tick
from voiceassist.actions import PauseRecording
from voiceassist.core.playbook.model import Absence
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.views import PauseView
from voiceassist.core.screen.wall import row_of
from voiceassist.events import (
    Alert,
    Cue,
    Event,
    Record,
    RecordingPaused,
    RecordingResumed,
    RefusalClosed,
)
from voiceassist.trials.rerun import rerun, stored_call

REFUSAL = "our policy doesn't allow that"


def pause(at_ms: int, *, by: str = "Anna Reed") -> PauseRecording:
    return PauseRecording(at_ms=at_ms, by=by)


def resume(at_ms: int, *, by: str = "Anna Reed") -> PauseRecording:
    return PauseRecording(at_ms=at_ms, by=by, paused=False)


def kinds(events: list[Event]) -> list[str]:
    return [cue.kind for cue in only(events, Cue)]


def test_a_pause_is_told_with_who_and_once() -> None:
    call = live_call()
    events = drive(call, [pause(1_000), pause(2_000, by="Sam"), resume(5_000, by="Sam"), resume(6_000)])
    assert events == [RecordingPaused(at_ms=1_000, by="Anna Reed"), RecordingResumed(at_ms=5_000, by="Sam")]


def test_nobody_is_silent_while_nothing_is_heard() -> None:
    call = live_call()
    call.handle(final("agent", "let me take the card number", at=0))
    paused = drive(call, [pause(2_000), *(tick(at) for at in range(3_000, 200_000, 1_000)), resume(200_000)])
    assert kinds(paused) == []
    limit_ms = playbook().limits.silence_s * 1_000
    assert kinds(drive(call, [tick(200_000 + limit_ms - 1)])) == []
    assert kinds(drive(call, [tick(200_000 + limit_ms)])) == ["silence"]


def test_what_must_be_said_has_as_much_longer_as_the_pause_was() -> None:
    notice = Absence(id="notice", title="Notice", speaker="agent", phrases=("recorded",), within_s=30)
    call = live_call(with_playbook=replace(playbook(), absences=(notice,)))
    assert kinds(drive(call, [pause(10_000), tick(60_000), resume(70_000), tick(89_000)])) == []
    assert kinds(drive(call, [tick(90_000)])) == ["missing"]


def test_a_refusal_is_no_dead_end_because_of_what_was_not_heard() -> None:
    call = live_call()
    call.handle(final("agent", REFUSAL, at=0))
    quiet = drive(call, [pause(3_000), tick(120_000), resume(120_000), tick(121_000)])
    assert only(quiet, RefusalClosed) == []
    offered = call.handle(final("agent", "what I can do is offer you a store credit", at=122_000, utterance=2))
    assert [closed.outcome for closed in only(offered, RefusalClosed)] == ["recovered"]


def test_a_call_may_end_in_a_pause_and_shows_it_to_its_end() -> None:
    call = live_call()
    events = [started(), *drive(call, [pause(2_000), tick(8_000), hangup(9_000)])]
    records = [Record(call_id="c", seq=seq, event=event) for seq, event in enumerate(events, start=1)]
    state, row = replay(records), row_of(records)
    assert state.pauses == (PauseView(start_ms=2_000, by="Anna Reed"),)
    assert (state.status, row.paused) == ("ended", False)
    assert row_of(records[:-1]).paused


def test_a_stored_call_runs_again_with_its_pauses() -> None:
    call = live_call()
    events = [
        started(),
        *drive(call, [final("agent", "one moment", at=0), pause(2_000), tick(150_000), resume(150_000)]),
        *call.handle(final("agent", "thank you", at=151_000, utterance=2)),
        *call.handle(hangup(155_000)),
    ]
    again = rerun(playbook(), stored_call("c", events))
    assert only(again, RecordingPaused) == only(events, RecordingPaused)
    assert only(again, Alert) == []
    assert kinds(again) == []
