"""The sample calls hold nothing but talk, though a synthesised voice hums some of the network's tones."""

import pytest

from voiceassist.audio.line_sounds import LineSounds
from voiceassist.samples import load_sample
from voiceassist.store.audiofile import read_audio


@pytest.mark.parametrize("sample", ["late-return", "friendly", "manager-please", "over-promise"])
def test_no_sound_of_the_line_is_told_in_a_sample_call(sample: str) -> None:
    recording = read_audio(load_sample(sample).recording)
    legs = [LineSounds(recording.rate_hz).hear(leg) for leg in recording.channels]
    assert legs == [[], []]
