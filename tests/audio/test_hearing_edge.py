"""What recognizers hear of a call, and what the call is told of its line."""

import numpy as np
import pytest

from tests.audio.signals import BLOCK, RATE_HZ, Sound, as_pcm, cadence, late, turns, voice
from tests.shell.sounds import not_speech
from voiceassist.audio.hearing_edge import HearingEdge
from voiceassist.audio.legs import Step
from voiceassist.audio.pcm import Pcm
from voiceassist.events import CrossTalkChanged, LegMergeChanged, LineChange, LineSoundChanged, Speaker

AGENT = turns((0.0, 4.0), (8.0, 12.0), seed=1, seconds=12.0)
CUSTOMER = turns((4.0, 8.0), seed=2, seconds=12.0)


def heard(legs: dict[Speaker, Sound]) -> tuple[dict[Speaker, Pcm], list[LineChange]]:
    edge, changes = HearingEdge(tuple(legs)), list[LineChange]()
    out: dict[Speaker, list[Pcm]] = {leg: [] for leg in legs}
    for at in range(0, max(map(len, legs.values())), BLOCK):
        pieces = {leg: as_pcm(sound[at : at + BLOCK]) for leg, sound in legs.items()}
        until_ms = (at + BLOCK) * 1000 // RATE_HZ
        step, news = edge.hear(Step(pieces=pieces, rate_hz=RATE_HZ, until_ms=until_ms, arrived_s=0.0))
        changes += news
        for leg, pcm in step.pieces.items():
            out[leg].append(pcm)
    return {leg: np.concatenate(parts) for leg, parts in out.items()}, changes


def test_a_call_that_needs_nothing_passes_down_to_the_sample_in_the_order_of_its_legs() -> None:
    pieces, changes = heard({"customer": CUSTOMER, "agent": AGENT})
    assert list(pieces) == ["customer", "agent"]
    assert np.array_equal(pieces["agent"], as_pcm(AGENT))
    assert np.array_equal(pieces["customer"], as_pcm(CUSTOMER))
    assert changes == []


def test_an_echo_is_taken_out_and_told_once() -> None:
    pieces, changes = heard({"agent": AGENT, "customer": CUSTOMER + late(AGENT, 120, -20)})
    assert pieces["customer"][RATE_HZ : 4 * RATE_HZ].astype(float).std() < 10
    assert [(type(change), change.speaker) for change in changes] == [(CrossTalkChanged, "customer")]
    assert isinstance(told := changes[0], CrossTalkChanged)
    assert (told.level_db, told.delay_ms) == (-20, 120)
    assert 1_000 < told.at_ms < 3_000


def test_one_channel_announced_as_two_legs_is_heard_as_the_agents() -> None:
    both = voice(14.0, seed=1)
    pieces, changes = heard({"agent": both, "customer": both})
    assert np.array_equal(pieces["agent"], as_pcm(both))
    assert pieces["customer"].astype(float).std() < 0.02 * both.std()
    assert [(type(change), change.speaker) for change in changes] == [(LegMergeChanged, "agent")]


def test_ringing_that_a_switch_plays_to_both_legs_does_not_make_them_one() -> None:
    ringing = cadence(30.0, 2.0, 4.0, 440, 480)
    _, changes = heard({"agent": ringing, "customer": ringing})
    told = [(change.speaker, change.sound) for change in changes if isinstance(change, LineSoundChanged)]
    assert ("agent", "ringing") in told
    assert not any(isinstance(change, LegMergeChanged) for change in changes)


def test_a_soft_leg_is_made_louder_after_the_other_legs_echo_was_taken_out() -> None:
    soft = CUSTOMER * 10 ** (-40 / 20)
    pieces, _ = heard({"agent": AGENT, "customer": soft + late(AGENT, 40, -30)})
    assert pieces["customer"][6 * RATE_HZ : 8 * RATE_HZ].astype(float).std() > 800
    assert pieces["customer"][10 * RATE_HZ :].astype(float).std() < 100


def test_one_leg_alone_has_no_echo_to_look_for() -> None:
    pieces, changes = heard({"customer": cadence(6.0, 2.0, 4.0, 440, 480)})
    assert list(pieces) == ["customer"]
    assert [(change.speaker, change.at_ms) for change in changes] == [("customer", 400)]


# Ringing of one tone may be somebody humming until its rhythm tells, after 0.8 s.
@pytest.mark.parametrize("name", [name for name in not_speech() if name != "European ringing"])
def test_what_is_not_speech_is_not_made_louder(name: str) -> None:
    for level_db in (0, -20, -40):
        sound = not_speech()[name][::2].astype(np.float64) * 10 ** (level_db / 20)  # at half the rate
        pieces, _ = heard({"customer": sound})
        assert np.max(np.abs(pieces["customer"] - as_pcm(sound).astype(float)), initial=0) <= 1
