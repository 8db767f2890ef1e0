"""Decodes some seconds of a recording as a call would be, to find out what a call costs here.

Runs in a thread of its own, half of the time at most, and counts only its own processor time: what else runs on
the machine makes it last longer, not cost more. Its priority is no lower than others': a thread that has the
interpreter's lock and gets no processor would hold up all of them. Never shows what it heard.
Next: `cost.py` begins with the result.
"""

from collections.abc import Callable, Mapping
from time import sleep, thread_time

from voiceassist.asr.engine import OpensRecognizers
from voiceassist.asr.leg_recognizer import LegRecognizer
from voiceassist.audio.pcm import Pcm
from voiceassist.events import Speaker

PIECE_MS = 40  # as calls are decoded (`call_recognizer.py`)


def rehearse(
    engine: OpensRecognizers, legs: Mapping[Speaker, Pcm], rate_hz: int, goes_on: Callable[[], bool]
) -> float | None:
    """Cores that a call takes to be decoded; None when `goes_on` said no. Blocks. Raises EngineError."""
    recognizers = {speaker: LegRecognizer(engine.open(speaker), rate_hz) for speaker in legs}
    try:
        spent_s = 0.0
        step = PIECE_MS * rate_hz // 1000
        samples = max(map(len, legs.values()))
        for start in range(0, samples, step):
            if not goes_on():
                return None
            piece_s = _piece(recognizers, {speaker: pcm[start : start + step] for speaker, pcm in legs.items()})
            spent_s += piece_s
            sleep(piece_s)
        return spent_s * rate_hz / samples
    finally:
        for recognizer in recognizers.values():
            recognizer.close()


def _piece(recognizers: Mapping[Speaker, LegRecognizer], pieces: Mapping[Speaker, Pcm]) -> float:
    """How much processor time it took."""
    began_s = thread_time()
    for speaker, pcm in pieces.items():
        recognizers[speaker].hear(pcm)
    return thread_time() - began_s
