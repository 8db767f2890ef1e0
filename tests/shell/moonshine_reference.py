"""The same model decoded by its maker's own library, line by line: what our decoding is compared with.

It decodes every line from its first word and gives no confidence. Tests put it in the place of
`asr/moonshine/reader.py`; `voiceassist bench peer` measures the library's streams instead.
"""

import os
from pathlib import Path

import numpy as np
from moonshine_voice.errors import MoonshineError
from moonshine_voice.moonshine_api import ModelArch
from moonshine_voice.transcriber import Transcriber

from voiceassist.asr.cost import measured
from voiceassist.asr.engine import Engine
from voiceassist.asr.moonshine.engine import MoonshineEngine, embedded_model_dir
from voiceassist.asr.moonshine.plausible import plausible_words
from voiceassist.asr.moonshine.reading import Reading, ReadWord
from voiceassist.asr.voice import BLOCK, RATE_HZ
from voiceassist.audio.pcm import Pcm
from voiceassist.bench.peer.library_streams import SINGLE_THREAD
from voiceassist.errors import EngineError

NAME = "moonshine-reference"
FULL_SCALE = 32768.0
OPTIONS = {
    "return_audio_data": "false",
    "vad_threshold": "0.0",  # all of the audio is one line: it was cut here already
    "vad_max_segment_duration": "0",
    "vad_hop_size": str(BLOCK),
    "vad_look_behind_sample_count": str(BLOCK),  # less than a hop corrupts the heap in 0.0.73
}


class ReferenceReader:
    """The library with its model; decodes one line at a time."""

    def __init__(self, decoder: Transcriber) -> None:
        self._decoder = decoder

    def read(self, pcm: Pcm, before: Reading, *, voiced_ms: int) -> Reading:  # noqa: ARG002 - of no use here
        """The words of a line, always afresh. Raises EngineError."""
        return self.read_afresh(pcm, voiced_ms=voiced_ms)

    def read_afresh(self, pcm: Pcm, *, voiced_ms: int) -> Reading:
        """The words of a line, a multiple of `BLOCK` long. Raises EngineError."""
        try:
            transcript = self._decoder.transcribe_without_streaming(
                (pcm.astype(np.float32) / FULL_SCALE).tolist(), RATE_HZ
            )
        except MoonshineError as error:
            raise EngineError(f"moonshine's library cannot decode {len(pcm)} samples: {error}") from error
        text = " ".join(line.text for line in transcript.lines)
        words = plausible_words(text, voiced_ms)
        return Reading(words=tuple(ReadWord(text=word, confidence=1.0) for word in words))

    def preferring(self, _: object) -> "ReferenceReader":
        """The library prefers nothing."""
        return self

    def second_listen(self, *_: object) -> None:
        """The library cannot tell."""

    def close(self) -> None:
        """Frees the library's memory."""
        self._decoder.close()


def load_reference(*, language: str = "en") -> Engine:
    """The embedded model in its maker's library. Raises EngineError."""
    model_dir = embedded_model_dir()
    reader, cost = measured(lambda: ReferenceReader(_load(model_dir)))
    return MoonshineEngine(reader, name=NAME, language=language, cost=cost)


def _load(model_dir: Path) -> Transcriber:
    os.environ.setdefault(SINGLE_THREAD, "1")
    try:
        return Transcriber(str(model_dir), ModelArch.TINY, options=OPTIONS)
    except MoonshineError as error:
        raise EngineError(f"moonshine's library cannot load the model in {model_dir}: {error}") from error
