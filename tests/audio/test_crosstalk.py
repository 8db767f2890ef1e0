"""Echoes of the other leg become silence; voices stay, also when both speak at once."""

import numpy as np
import pytest

from tests.audio.signals import RATE_HZ, Sound, as_pcm, late, telephone_band, turns
from voiceassist.audio.crosstalk import BLOCK_MS, CrossTalkGate
from voiceassist.audio.pcm import Pcm

SECONDS = 8.0
# The agent speaks, then the customer, then both, then the agent again.
AGENT = turns((0.0, 3.0), (4.5, 7.9), seed=1, seconds=SECONDS)
CUSTOMER = turns((3.1, 5.5), seed=2, seconds=SECONDS)
LEARNT_S = 0.8


def gated(agent: Pcm, customer: Pcm, rate_hz: int = RATE_HZ) -> tuple[Pcm, Pcm, CrossTalkGate]:
    gate, block = CrossTalkGate(rate_hz), rate_hz * BLOCK_MS // 1000
    steps = [gate.hear(agent[at : at + block], customer[at : at + block]) for at in range(0, len(agent), block)]
    return np.concatenate([one for one, _ in steps]), np.concatenate([other for _, other in steps]), gate


def level(pcm: Pcm, start_s: float, end_s: float) -> float:
    return float(pcm[int(start_s * RATE_HZ) : int(end_s * RATE_HZ)].astype(float).std())


@pytest.mark.parametrize("level_db", [-6, -12, -25, -35])
@pytest.mark.parametrize("delay_ms", [0, 20, 120, 200])
def test_an_echo_of_the_agent_becomes_silence_and_the_customer_stays(level_db: int, delay_ms: int) -> None:
    echo = late(AGENT, delay_ms, level_db)
    agent, customer, gate = gated(as_pcm(AGENT), as_pcm(CUSTOMER + echo))
    before, after = as_pcm(CUSTOMER + echo), customer
    assert level(after, LEARNT_S, 3.0) < 0.1 * level(before, LEARNT_S, 3.0)
    assert level(after, 6.0, 7.9) < 0.1 * level(before, 6.0, 7.9)
    assert level(after, 3.3, 5.5) > 0.9 * level(before, 3.3, 5.5)
    for start_s, end_s in ((0.0, 3.0), (4.5, 7.9)):
        assert level(agent, start_s, end_s) > 0.99 * level(as_pcm(AGENT), start_s, end_s)
    assert gate.echoes[0] is None
    told = gate.echoes[1]
    assert told is not None
    assert abs(told.level_db - level_db) <= 1
    assert abs(told.delay_ms - delay_ms) <= 1


def test_echoes_in_both_legs_are_told_apart_from_their_sources() -> None:
    both = as_pcm(AGENT + late(CUSTOMER, 60, -15)), as_pcm(CUSTOMER + late(AGENT, 120, -20))
    agent, customer, gate = gated(*both)
    assert level(customer, LEARNT_S, 3.0) < 0.1 * level(both[1], LEARNT_S, 3.0)
    assert level(agent, 3.7, 4.4) < 0.1 * level(both[0], 3.7, 4.4)
    assert level(agent, 0.0, 3.0) > 0.95 * level(both[0], 0.0, 3.0)
    assert [(echo.level_db, echo.delay_ms) for echo in gate.echoes if echo] == [(-15, 60), (-20, 120)]


def test_an_echo_through_a_telephone_becomes_silence() -> None:
    leaking = as_pcm(CUSTOMER + late(telephone_band(AGENT), 40, -20))
    _, customer, _ = gated(as_pcm(AGENT), leaking)
    assert level(customer, LEARNT_S, 3.0) < 0.1 * level(leaking, LEARNT_S, 3.0)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 44_100, 48_000])
def test_any_rate_will_do(rate_hz: int) -> None:
    agent = turns((0.0, 3.0), seed=1, seconds=3.0, rate_hz=rate_hz)
    noise = turns(seed=2, seconds=3.0, rate_hz=rate_hz)
    leaking = as_pcm(noise + late(agent, 50, -12, rate_hz))
    _, customer, _ = gated(as_pcm(agent), leaking, rate_hz)
    heard = slice(rate_hz, 3 * rate_hz)
    assert customer[heard].astype(float).std() < 0.1 * leaking[heard].astype(float).std()


def test_legs_without_echoes_pass_down_to_the_sample() -> None:
    agent, customer, gate = gated(as_pcm(AGENT), as_pcm(CUSTOMER))
    assert np.array_equal(agent, as_pcm(AGENT))
    assert np.array_equal(customer, as_pcm(CUSTOMER))
    assert gate.echoes == (None, None)


def test_an_echo_that_is_gone_is_told_no_more() -> None:
    agent = turns((0.0, 30.0), seed=1, seconds=30.0)
    echo: Sound = late(agent, 40, -15)
    echo[4 * RATE_HZ :] = 0.0
    _, _, gate = gated(as_pcm(agent), as_pcm(turns((4.0, 6.0), seed=2, seconds=30.0) + echo))
    assert gate.echoes == (None, None)


def test_legs_out_of_step_are_left_alone_and_heard_again_when_they_are_in_step() -> None:
    leaking = as_pcm(CUSTOMER + late(AGENT, 40, -15))
    gate, block, heard = CrossTalkGate(RATE_HZ), RATE_HZ * BLOCK_MS // 1000, []
    for number, at in enumerate(range(0, 3 * RATE_HZ, block)):
        pieces = leaking[at : at + block], leaking[:0], leaking[at - block : at + block]
        late_piece = pieces[0] if number < 40 else pieces[1] if number == 40 else pieces[2]
        late_piece = late_piece if number <= 41 else pieces[0]
        heard.append(gate.hear(as_pcm(AGENT)[at : at + block], late_piece)[1])
    out = np.concatenate(heard)
    assert len(out) == 3 * RATE_HZ
    assert np.array_equal(out[40 * block : 42 * block], leaking[40 * block : 42 * block])
    assert level(out, 2.0, 3.0) < 0.1 * level(leaking, 2.0, 3.0)
