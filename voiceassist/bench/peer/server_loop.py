"""The loop of Vosk's published websocket server, behind our engine's Protocol.

As `websocket/asr_server.py` of alphacep/vosk-server does it with the audio that its clients send: 200 ms into
`AcceptWaveform`, then `Result` at an utterance's end, else `PartialResult`. Silence is decoded like speech.
Never used by a server of ours. Next: `runs.py` measures it.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from vosk import KaldiRecognizer, Model, SetLogLevel

from voiceassist.asr.engine import Recognizer, checked
from voiceassist.audio.pcm import Pcm
from voiceassist.bench.peer.spoken import PlainLine
from voiceassist.events import Speaker, Transcript

RATE_HZ = 16_000
CHUNK = RATE_HZ // 5  # 200 ms: what its `test.py` sends at a time
ERRORS_ONLY = -2  # libvosk's log level


class ServerLoop:
    """A loaded model."""

    rate_hz = RATE_HZ
    memory_bytes = load_ms = 0

    def __init__(self, model_dir: Path, language: str) -> None:
        SetLogLevel(ERRORS_ONLY)
        self.name, self.language = "vosk server", language
        self._model: Model | None = Model(str(model_dir))

    def open(self, speaker: Speaker) -> Recognizer:
        """What the server makes for a connection."""
        return _ServerConnection(KaldiRecognizer(self._model, float(RATE_HZ)), speaker)

    def close(self) -> None:
        """Drops the model."""
        self._model = None


class _ServerConnection:
    """One leg."""

    rate_hz = RATE_HZ

    def __init__(self, native: KaldiRecognizer, speaker: Speaker) -> None:
        self._native: KaldiRecognizer | None = native
        self._speaker = speaker
        self._waiting = np.zeros(0, np.int16)
        self._samples = 0  # of the leg, without those that wait
        self._began_ms = 0  # when the last Final came
        self._number = 1

    def feed(self, pcm: Pcm) -> Sequence[Transcript]:
        """The server's answers to the pieces that are full."""
        waiting = np.concatenate((self._waiting, checked(pcm)))
        ready = len(waiting) // CHUNK * CHUNK
        self._waiting = waiting[ready:]
        return [said for piece in waiting[:ready].reshape(-1, CHUNK) for said in self._answer(piece)]

    def finish(self) -> Sequence[Transcript]:
        """The answer to the last piece and to the end of the audio."""
        said = list(self._answer(self._waiting)) if len(self._waiting) else []
        return [*said, *self._final(self._opened().FinalResult())]

    def close(self) -> None:
        """Drops the native recognizer, which frees itself."""
        self._native = None

    def _opened(self) -> KaldiRecognizer:
        assert self._native is not None
        return self._native

    @property
    def _now_ms(self) -> int:
        return self._samples * 1000 // RATE_HZ

    def _answer(self, piece: Pcm) -> Iterator[Transcript]:
        self._samples += len(piece)
        if self._opened().AcceptWaveform(piece.tobytes()):
            yield from self._final(self._opened().Result())
        elif text := json.loads(self._opened().PartialResult())["partial"]:
            yield self._line(text).partial(self._now_ms)

    def _final(self, result: str) -> Iterator[Transcript]:
        if text := json.loads(result)["text"]:
            yield self._line(text).final(self._now_ms)
            self._began_ms, self._number = self._now_ms, self._number + 1

    def _line(self, text: str) -> PlainLine:
        return PlainLine(
            speaker=self._speaker, number=self._number, start_ms=self._began_ms, end_ms=self._now_ms, text=text
        )
