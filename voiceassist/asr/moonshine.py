"""Moonshine's tiny English model, which comes inside the `moonshine-voice` wheel: the embedded default engine.

The model turns a whole line of speech into text and knows nothing of time or silence. So a recognizer here
cuts lines itself (Silero's voice detector, `audio/endpoint.py`), decodes the growing line again and again, and
gives words times with `audio/align.py`. Moonshine's own streams are not used: all of them share one detector's
memory (0.0.73), so that one call's audio changes another call's lines. Next: transcripts go to `live/session.py`.

Everything happens at blocks of 512 samples, so transcripts depend on the samples only. Nothing is decoded while
nobody speaks. A line is decoded when a pause begins, which is when its words are complete. While the pause lasts,
another Partial repeats that text, and so does the Final, without another decode: readers that wait for two
Partials to agree need not wait for the Final.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

import numpy as np
from moonshine_voice.errors import MoonshineError
from moonshine_voice.moonshine_api import ModelArch
from moonshine_voice.transcriber import Transcriber
from moonshine_voice.utils import get_assets_path

from voiceassist.asr.cost import NOTHING, LoadCost, measured
from voiceassist.asr.engine import Engine, PartialDue, Recognizer
from voiceassist.asr.plausible import plausible_words
from voiceassist.asr.voice import BLOCK, BLOCK_MS, RATE_HZ, Blocks, VoiceDetector
from voiceassist.audio.align import DecodedLine, align, levels_dbfs
from voiceassist.audio.endpoint import START_BLOCKS, Endpointer, SpeechState
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Final, Partial, Speaker, Transcript, Word

LEAD_BLOCKS = 4  # 128 ms before the detector is sure: soft first sounds; more did not lower the error rate
# Up to so many blocks of line, a decode every so many blocks of voice: 224 ms in the first 1.6 s, then less often,
# since a decode costs about 45 ms per second of line on one core. Two legs of the sample calls fit on one core.
CADENCE_BLOCKS = ((50, 7), (110, 9), (188, 12))
SLOWEST_BLOCKS = 14  # 448 ms: a Partial at least every 500 ms
CONFIDENCE = 1.0  # the model gives none
FULL_SCALE = 32768.0
# Read by the native library when a model loads. Its second thread only spins: measured on two cores, a 5 s line
# takes 430 ms of CPU with it and 200 ms without, and never longer. More cores are used by more decoders.
SINGLE_THREAD = "MOONSHINE_ORT_SINGLE_THREAD"
MODEL_FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
OPTIONS = {
    "return_audio_data": "false",
    "vad_threshold": "0.0",  # all of the audio is one line: it was cut here already
    "vad_max_segment_duration": "0",
    "vad_hop_size": str(BLOCK),
    "vad_look_behind_sample_count": str(BLOCK),  # less than a hop corrupts the heap in 0.0.73
}


def load_moonshine(*, language: str = "en", decoders: int = 1) -> Engine:
    """The model, `decoders` times: that many lines can be decoded at once, one core each. Raises EngineError."""
    model_dir = get_assets_path() / "tiny-en"
    missing = [name for name in MODEL_FILES if not (model_dir / name).is_file()]
    if missing:
        raise EngineError(
            f"the installed moonshine-voice lacks {', '.join(missing)} in {model_dir}: install version 0.0.73"
        )
    loaded, cost = measured(lambda: [_load(model_dir) for _ in range(decoders)])
    return MoonshineEngine(loaded, language, cost)


def _load(model_dir: Path) -> Transcriber:
    os.environ.setdefault(SINGLE_THREAD, "1")
    try:
        return Transcriber(str(model_dir), ModelArch.TINY, options=OPTIONS)
    except MoonshineError as error:
        raise EngineError(f"moonshine cannot load its model in {model_dir}: {error}") from error


class MoonshineEngine:
    """Loaded decoders, shared by all legs."""

    name = "moonshine"
    rate_hz = RATE_HZ

    def __init__(self, decoders: Sequence[Transcriber], language: str, cost: LoadCost = NOTHING) -> None:
        self.language = language
        self.memory_bytes, self.load_ms = cost.memory_bytes, cost.load_ms
        self._decoders = decoders
        self._free: SimpleQueue[Transcriber] = SimpleQueue()
        for decoder in decoders:
            self._free.put(decoder)

    def open(self, speaker: Speaker) -> Recognizer:
        """A recognizer for one leg."""
        return MoonshineRecognizer(self, speaker)

    def transcribe(self, pcm: Pcm) -> str:
        """The text of one line, a multiple of `BLOCK` long; waits for a free decoder. Raises EngineError."""
        samples = (pcm.astype(np.float32) / FULL_SCALE).tolist()
        decoder = self._free.get()
        try:
            transcript = decoder.transcribe_without_streaming(samples, RATE_HZ)
        except MoonshineError as error:
            raise EngineError(f"moonshine cannot decode {len(pcm)} samples: {error}") from error
        finally:
            self._free.put(decoder)
        return " ".join(line.text for line in transcript.lines)

    def close(self) -> None:
        """Frees the decoders; harmless when called twice."""
        for decoder in self._decoders:
            decoder.close()


@dataclass(slots=True, kw_only=True)
class _MoonshineLine:
    """The line that is being said."""

    start_block: int  # of the leg
    blocks: list[Pcm]
    voiced: int = START_BLOCKS
    fresh: int = 0  # blocks since the last Partial
    unheard: int = START_BLOCKS  # voiced blocks since the last decode
    utterance: int = 0  # 0 until something of it was told
    heard: list[DecodedLine] = field(default_factory=list)  # one per decode

    @property
    def start_ms(self) -> int:
        return self.start_block * BLOCK_MS

    def is_due(self, *, voiced: bool) -> bool:
        """Whether to decode now; while nobody speaks rather not: a pause may begin, which decodes anyway."""
        pace = next((pace for size, pace in CADENCE_BLOCKS if len(self.blocks) <= size), SLOWEST_BLOCKS)
        return (voiced and self.unheard >= pace) or (self.unheard > 0 and self.fresh >= SLOWEST_BLOCKS)

    def add(self, block: Pcm, *, voiced: bool) -> None:
        self.blocks.append(block)
        self.fresh += 1
        self.voiced += voiced
        self.unheard += voiced


class MoonshineRecognizer:
    """One leg."""

    rate_hz = RATE_HZ

    def __init__(self, engine: MoonshineEngine, speaker: Speaker) -> None:
        self._engine = engine
        self._speaker = speaker
        self._detector: VoiceDetector | None = VoiceDetector()
        self._endpointer = Endpointer()
        self._cutter = Blocks()
        self._blocks = 0  # heard so far
        self._lead: deque[Pcm] = deque(maxlen=LEAD_BLOCKS + START_BLOCKS)
        self._line: _MoonshineLine | None = None
        self._utterances = 0

    def feed(self, pcm: Pcm) -> Iterator[Transcript | PartialDue]:
        """What can be said after these samples; a decode for a Partial may be left out. Raises EngineError."""
        for block in self._cutter.cut(pcm):
            yield from self._hear(block)

    def finish(self) -> Sequence[Transcript]:
        """The Final of the line that is being said. Raises EngineError."""
        line, self._line = self._line, None
        return list(self._end(line)) if line else []

    def close(self) -> None:
        """Drops the detector, which frees itself."""
        self._detector = None

    def _hear(self, block: Pcm) -> Iterator[Transcript | PartialDue]:
        if self._detector is None:
            raise EngineError("this moonshine recognizer is closed")
        voiced = self._detector.is_voice(block)
        self._blocks += 1
        step = self._endpointer.step(voiced=voiced)
        if self._line is None:
            self._wait(block, step)
        else:
            self._line.add(block, voiced=voiced)
            yield from self._follow(self._line, step, is_due=self._line.is_due(voiced=voiced))

    def _wait(self, block: Pcm, step: SpeechState) -> None:
        self._lead.append(block)
        if step == "started":
            self._line = _MoonshineLine(start_block=self._blocks - len(self._lead), blocks=list(self._lead))
            self._lead.clear()

    def _follow(
        self, line: _MoonshineLine, step: SpeechState, *, is_due: bool
    ) -> Iterator[Transcript | PartialDue]:
        if step == "ended":
            self._line = None
            yield from self._end(line)
        elif step == "paused" or is_due:
            yield from self._go_on(line)

    def _go_on(self, line: _MoonshineLine) -> Iterator[Transcript | PartialDue]:
        due = PartialDue()
        if line.unheard:
            yield due
        if due.is_wanted:
            self._decode(line)
            line.fresh = 0
            yield from self._partial(line)

    def _decode(self, line: _MoonshineLine) -> None:
        """Hears the line, unless nothing was said since the last time."""
        if not line.unheard:
            return
        text = self._engine.transcribe(np.concatenate(line.blocks))
        words = plausible_words(text, line.voiced * BLOCK_MS)
        line.heard.append(DecodedLine(at_ms=self._blocks * BLOCK_MS, words=words))
        line.unheard = 0

    def _partial(self, line: _MoonshineLine) -> Iterator[Partial]:
        words = _timed(line)
        if words:
            self._number(line)
            yield Partial(
                at_ms=self._blocks * BLOCK_MS,
                speaker=self._speaker,
                utterance=line.utterance,
                text=_text(words),
                words=words,
                start_ms=words[0].start_ms,
                end_ms=words[-1].end_ms,
            )

    def _end(self, line: _MoonshineLine) -> Iterator[Final]:
        """Empty when what was told as a Partial turned out to be nothing; none when nothing was told."""
        self._decode(line)
        words = _timed(line)
        if not words and not line.utterance:
            return
        self._number(line)
        yield Final(
            at_ms=self._blocks * BLOCK_MS,
            speaker=self._speaker,
            utterance=line.utterance,
            text=_text(words),
            words=words,
            start_ms=words[0].start_ms if words else line.start_ms,
            end_ms=words[-1].end_ms if words else line.start_ms,
            confidence=CONFIDENCE,
        )

    def _number(self, line: _MoonshineLine) -> None:
        if not line.utterance:
            self._utterances += 1
            line.utterance = self._utterances


def _timed(line: _MoonshineLine) -> tuple[Word, ...]:
    spans = align(line.heard, levels_dbfs(np.concatenate(line.blocks), RATE_HZ), line.start_ms)
    return tuple(
        Word(text=text, start_ms=start_ms, end_ms=end_ms, confidence=CONFIDENCE)
        for text, (start_ms, end_ms) in zip(line.heard[-1].words, spans, strict=True)
    )


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
