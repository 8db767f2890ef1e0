"""An engine is measured in a process of its own, whose end is told and harms nobody."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from voiceassist.asr.choice import Choice
from voiceassist.asr.cost import resident_bytes
from voiceassist.asr.engine import Engine, Recognizer
from voiceassist.asr.engines import load
from voiceassist.audio.pcm import Pcm
from voiceassist.bench.asr.calls import sample_clips
from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.asr.degraded import with_cross_talk
from voiceassist.bench.asr.listener import hear, listening
from voiceassist.bench.asr.report import measure
from voiceassist.bench.asr.subjects import Subject
from voiceassist.errors import EngineError
from voiceassist.events import Final, Speaker, Transcript
from voiceassist.samples import load_sample

SAMPLE = load_sample("late-return")
SCRIPTED = Choice(kind="scripted", path=SAMPLE.recording.with_suffix(".json"))


def start() -> Clip:
    """The first seconds of a call."""
    clip = next(sample_clips(["late-return"]))
    return replace(clip, pcm=clip.pcm[: 12 * clip.rate_hz], lines=clip.lines[:2])


def crash() -> Engine:
    os._exit(3)


def refuse() -> Engine:
    raise EngineError("the model is damaged")


def test_another_process_hears_what_this_one_hears() -> None:
    here = hear(load(SCRIPTED, language="en"), start())
    with listening(partial(load, SCRIPTED, language="en"), "scripted") as listener:
        there = listener.hear(start())
        memory = listener.memory()
    assert there.said == here.said
    assert any(isinstance(said.transcript, Final) for said in there.said)
    assert memory.peak_bytes > 0
    assert memory.call_bytes >= 0


def test_a_transcript_never_comes_before_its_audio() -> None:
    heard = hear(load(SCRIPTED, language="en"), start())
    assert all(said.position_ms >= said.transcript.at_ms for said in heard.said)
    positions = [said.position_ms for said in heard.said]
    assert positions == sorted(positions)


@pytest.mark.parametrize(("load_it", "told"), [(crash, "ended with code 3"), (refuse, "the model is damaged")])
def test_an_engine_that_does_not_come_up_is_told(load_it: Callable[[], Engine], told: str) -> None:
    with pytest.raises(EngineError, match=told), listening(load_it, "broken"):
        pass


def test_a_report_keeps_what_was_heard_before_a_failure() -> None:
    def clips() -> Iterator[Clip]:
        yield start()
        raise EngineError("no more")

    report = measure(Subject(choice=SCRIPTED, language="en", named=True), clips(), lambda _: None, at_edge=False)
    assert (len(report.scores), report.error, report.memory) == (1, "no more", None)
    assert report.loaded is not None


def test_memory_of_this_process_is_known() -> None:
    assert resident_bytes() > 1_000_000


class FeedsKept:
    """An engine that says nothing and keeps what it was fed."""

    name, language, rate_hz, memory_bytes, load_ms = "kept", "en", 16_000, 0, 0

    def __init__(self) -> None:
        self.fed: list[Pcm] = []

    def open(self, speaker: Speaker) -> Recognizer:
        assert speaker == "agent"
        return self

    def feed(self, pcm: Pcm, *, hurry: bool = False) -> Sequence[Transcript]:
        assert not hurry
        self.fed.append(pcm)
        return []

    def finish(self) -> Sequence[Transcript]:
        return []

    def close(self) -> None:
        pass


def echo_power(*, at_edge: bool) -> float:
    """Of what the agent's recognizer gets while only the customer talks, who echoes."""
    agent = start()
    assert agent.other is not None
    echoing = with_cross_talk(agent.pcm, agent.other, -12.0, agent.rate_hz // 25)
    engine = FeedsKept()
    hear(engine, replace(agent, pcm=echoing, other=agent.other[: len(echoing)]), at_edge=at_edge)
    return float(np.mean(np.concatenate(engine.fed)[9 * engine.rate_hz : 11 * engine.rate_hz].astype(float) ** 2))


def test_an_echo_is_taken_out_only_at_the_edge() -> None:
    assert echo_power(at_edge=True) < echo_power(at_edge=False) / 10
