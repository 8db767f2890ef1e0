"""What a leg sounds like, and what that means for who connects a phone system."""

from dataclasses import replace

import numpy as np
import pytest

from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.doctor.findings import findings
from voiceassist.doctor.heard_call import HeardCall
from voiceassist.doctor.leg_meter import LegMeter
from voiceassist.events import SPEAKERS, AudioGap, Customer, Person, Speaker
from voiceassist.ingest.source import CallInfo

RATE_HZ = 8_000
INFO = CallInfo(
    call_id="c",
    agent=Person(id="a", name="A"),
    customer=Customer(id="c", name="C"),
    source="twilio",
    legs=SPEAKERS,
)


def talk(
    seconds: float, level_dbfs: float, *, after_s: float = 0.0, of_s: float = 10.0, noise: float = 3.0
) -> Pcm:
    """A tone that comes and goes as syllables do, in the noise of a line."""
    at = np.arange(int(RATE_HZ * of_s)) / RATE_HZ
    speaks = (at >= after_s) & (at < after_s + seconds) & (at % 0.5 < 0.4)
    amplitude = 32_768 * 10 ** (level_dbfs / 20) * np.sqrt(2)
    tone = np.where(speaks, amplitude * np.sin(2 * np.pi * 300 * at), 0.0)
    hiss = np.random.default_rng(1).normal(0, noise, len(at))
    return np.clip(tone + hiss, -32_768, 32_767).astype(np.int16)


def meter_of(pcm: Pcm, piece: int = 160) -> LegMeter:
    meter = LegMeter(RATE_HZ)
    for start in range(0, len(pcm), piece):
        meter.add(pcm[start : start + piece])
    return meter


@pytest.mark.parametrize("piece", [37, 160, 8_000])
def test_level_first_word_and_share_are_those_of_the_talk_whatever_the_pieces(piece: int) -> None:
    meter = meter_of(talk(4, -20, after_s=1.0), piece)
    assert meter.level_dbfs == pytest.approx(-20, abs=1.0)
    assert meter.first_ms == pytest.approx(1_000, abs=40)
    assert meter.sounding_share == pytest.approx(0.32, abs=0.02)


def test_a_noisy_line_is_no_talk_and_talk_stands_out_of_it() -> None:
    assert meter_of(talk(0, -20, noise=300)).first_ms is None
    assert meter_of(talk(4, -15, after_s=2.0, noise=300)).first_ms == pytest.approx(2_000, abs=40)


def test_a_click_is_not_somebody_who_speaks() -> None:
    pcm = talk(0, -20)
    pcm[4_000:4_300] = 9_000
    assert meter_of(pcm).first_ms is None


def call_of(**legs: Pcm) -> HeardCall:
    call = HeardCall(info=INFO, announced_legs=SPEAKERS, is_proven=True, connections=1)
    for leg, pcm in legs.items():
        speaker: Speaker = "agent" if leg == "agent" else "customer"
        call.add(AudioFrame(speaker=speaker, pcm=pcm, rate_hz=RATE_HZ, arrived_s=0.0))
    return call


GOOD = {"agent": talk(3, -20), "customer": talk(3, -22, after_s=4.0)}
SILENT = talk(0, -20)


def wrong(call: HeardCall) -> list[str]:
    return [one.text for one in findings(call) if not one.is_well]


def test_a_call_with_both_sides_where_the_agent_greets_is_well() -> None:
    assert wrong(call_of(**GOOD)) == []
    assert [one.text for one in findings(call_of(**GOOD))][-1].startswith("the agent was heard first")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (HeardCall(info=INFO), "no audio came"),
        (call_of(**GOOD | {"customer": SILENT}), "customer: nothing was heard"),
        (call_of(agent=GOOD["customer"], customer=GOOD["agent"]), "the customer was heard first"),
        (call_of(**GOOD | {"customer": talk(3, -46, after_s=4.0)}), "too quiet"),
        (call_of(**GOOD | {"customer": talk(3, 3, after_s=4.0)}), "cut off"),
        (call_of(agent=GOOD["agent"][:16_000], customer=GOOD["customer"][:16_000]), "only 2.0 s were heard"),
        (replace(call_of(**GOOD), is_proven=False), "without a key"),
        (replace(call_of(**GOOD), announced_legs=("agent",)), "customer: nobody brings this leg"),
        (replace(call_of(**GOOD), warnings={"rate_mismatch": "announced 8000"}), "rate_mismatch: announced"),
    ],
)
def test_what_is_not_well_says_what_to_do(call: HeardCall, told: str) -> None:
    assert any(told in text for text in wrong(call)), wrong(call)


def test_what_was_lost_on_the_way_is_told_and_silence_on_purpose_is_not() -> None:
    call = call_of(**GOOD)
    call.add(AudioGap(at_ms=0, speaker="agent", duration_ms=900, cause="silent"))
    assert wrong(call) == []
    call.add(AudioGap(at_ms=0, speaker="agent", duration_ms=900, cause="lost"))
    assert wrong(call) == ["agent: 0.9 s were lost on the way: check the network"]
