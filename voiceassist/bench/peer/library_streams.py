"""The streams of the `moonshine-voice` library, as its README uses them, behind our engine's Protocol.

`add_audio` in pieces as they come; the library finds lines with its own detector, and hears the line anew every
`update_interval`; a listener is told what changed. What differs from its README is to its advantage: it does not
give samples back with every update, and it has one thread.
Never used by a server. Next: `runs.py` measures it.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from moonshine_voice.moonshine_api import ModelArch, TranscriptLine
from moonshine_voice.transcriber import LineCompleted, LineUpdated, Stream, Transcriber, TranscriptEvent
from moonshine_voice.utils import get_assets_path

from voiceassist.asr.engine import Recognizer, checked
from voiceassist.audio.pcm import Pcm
from voiceassist.bench.peer.spoken import PlainLine
from voiceassist.events import Speaker, Transcript
from voiceassist.speech_models.files import size_of
from voiceassist.speech_models.preferred import BASE_BYTES

RATE_HZ = 16_000
FULL_SCALE = 32768.0
# Read by the native library when a model loads. Its second thread only spins: measured on two cores, a 5 s line
# takes 430 ms of CPU with it and 200 ms without, and never longer.
SINGLE_THREAD = "MOONSHINE_ORT_SINGLE_THREAD"


class LibraryStreams:
    """A loaded model; every leg gets a stream."""

    name = "moonshine library"
    language = "en"
    rate_hz = RATE_HZ
    memory_bytes = load_ms = 0

    def __init__(self, interval_ms: int, model_dir: Path | None = None) -> None:
        """`interval_ms`: how often a line is heard anew."""
        os.environ.setdefault(SINGLE_THREAD, "1")
        folder = model_dir or get_assets_path() / "tiny-en"
        self._interval_s = interval_ms / 1000
        # The library hears a line anew only after so much more audio; without this option half a second.
        options = {"return_audio_data": "false", "transcription_interval": str(self._interval_s)}
        self._transcriber = Transcriber(str(folder), _arch(folder), options=options)

    def open(self, speaker: Speaker) -> Recognizer:
        """A stream for one leg."""
        return _LibraryStream(self._transcriber.create_stream(update_interval=self._interval_s), speaker)

    def close(self) -> None:
        """Frees the model."""
        self._transcriber.close()


def _arch(folder: Path) -> ModelArch:
    """The library must be told which sizes the model has."""
    return ModelArch.BASE if size_of(folder) >= BASE_BYTES else ModelArch.TINY


class _LibraryStream:
    """One leg."""

    rate_hz = RATE_HZ

    def __init__(self, stream: Stream, speaker: Speaker) -> None:
        self._stream, self._speaker = stream, speaker
        self._samples = 0
        self._numbers: dict[int, int] = {}  # of lines, by the library's ids
        self._events: list[TranscriptEvent] = []
        stream.add_listener(self._events.append)
        stream.start()

    def feed(self, pcm: Pcm) -> Sequence[Transcript]:
        """What the listener was told."""
        self._samples += len(checked(pcm))
        if len(pcm):
            self._stream.add_audio((pcm / FULL_SCALE).tolist(), RATE_HZ)
        return list(self._told())

    def finish(self) -> Sequence[Transcript]:
        """The rest."""
        self._stream.stop()
        return list(self._told())

    def close(self) -> None:
        """Frees the stream; harmless when called twice."""
        self._stream.close()

    def _told(self) -> Iterator[Transcript]:
        at_ms = self._samples * 1000 // RATE_HZ
        for event in self._events:
            if isinstance(event, LineCompleted):
                yield self._line(event.line).final(at_ms)
            elif isinstance(event, LineUpdated):
                yield self._line(event.line).partial(at_ms)
        self._events.clear()

    def _line(self, line: TranscriptLine) -> PlainLine:
        return PlainLine(
            speaker=self._speaker,
            number=self._numbers.setdefault(line.line_id, len(self._numbers) + 1),
            start_ms=round(line.start_time * 1000),
            end_ms=round((line.start_time + line.duration) * 1000),
            text=line.text,
        )
