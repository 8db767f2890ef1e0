"""`voiceassist replay`: always the same, and the same as what was heard live."""

from pathlib import Path

import pytest

from tests.e2e.moments import events_in, moments, printed
from tests.e2e.phone import playing
from tests.e2e.server import Server, scripted
from tests.e2e.sounds import refusal
from voiceassist.samples import load_sample

pytestmark = pytest.mark.e2e

REFUSAL = ("cue", "refusal", "our policy doesn't allow")


def test_replay_prints_the_same_events_twice_and_those_of_the_live_call(scripted_server: Server) -> None:
    with playing(scripted_server, "live", "late-return", speed=8.0):
        first, second = printed(load_sample("late-return").recording, scripted("late-return"), runs=2)
    assert first == second
    told = moments(events_in(first))
    assert REFUSAL in told
    assert moments(scripted_server.events("live")) == told


def test_replay_with_the_real_engine_prints_the_same_events_twice(tmp_path: Path) -> None:
    recording = refusal(tmp_path / "refusal.wav", silence_s=1.0)
    first, second = printed(recording, "moonshine", runs=2)
    assert first == second
    kinds = [(kind, what) for kind, what, _ in moments(events_in(first))]
    assert kinds[:2] == [("cue", "refusal"), ("prompt", "refusal")]
