"""The voice detector: what it costs beside what it hears."""

import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.children import child

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
