"""One leg that Vosk hears: audio in blocks of 32 ms, partials within words, finals soon after speech ends.

A voice detector (Silero's, as for moonshine) decides what libvosk gets: each line of speech, from a quarter of a
second before it. So noise, tones and music give no words, silence is never decoded, and a line ends 384 ms after
its last sound. Measured on the sample calls: finals come 430 ms after speech, and came after 1,080 ms when
libvosk's own rules alone ended utterances; most models set these to half a second, one second and two.
`stream.py` gives it the sound when it can decode some. At the end of a line it gets as much of a pause as it
needs to decode the words before that.

Partials are libvosk's best path so far, without its word times. Those come from a lattice that lags: partials
with them were 640 ms behind the end of a word with our own model's settings and 1,480 ms with libvosk's
defaults, later than most finals; without them 230 ms. `audio/align.py` gives partial words times, the Final has
libvosk's own; `confidence.py` knows how sure the words of a partial are. A partial costs 0.5 ms, far less
than the decoding before it, so none is left out when the machine cannot keep up.

Next: transcripts go to `live/session.py`.
"""

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from voiceassist.asr.second_listen import SecondListen
from voiceassist.asr.transcript import final_of, partial_of
from voiceassist.asr.voice import BLOCK, RATE_HZ, Blocks, VoiceDetector
from voiceassist.asr.vosk.again import HeardSpan, compare
from voiceassist.asr.vosk.confidence import LegConfidence
from voiceassist.asr.vosk.phrases import LikelyPhrase, likeliest
from voiceassist.asr.vosk.stream import VoskStream
from voiceassist.asr.vosk.words import UNKNOWN, words_of
from voiceassist.audio.align import DecodedLine, align, levels_dbfs
from voiceassist.audio.endpoint import END_BLOCKS, START_BLOCKS, Endpointer, SpeechState
from voiceassist.audio.pcm import Pcm
from voiceassist.events import Final, Partial, Speaker, Transcript, Word

# 256 ms before the detector is sure: soft first sounds. The silence that a model expects before them is the pause
# after the line before. Twice as much cost 6 % more and lowered no errors (8 of 903 words, and 12).
LEAD_BLOCKS = 8
REPEAT_MS = 400  # an unchanged partial is said again, so that a reader can see that it is stable
GUESS_MS = 50  # a word is guessed before its end: so the ends of partial words are right on average (119 ms off)
NEVER = sys.maxsize  # a line without a pause is cut by libvosk's own rule 5, after 20 s


@dataclass(slots=True, kw_only=True)
class _VoskLine:
    """What libvosk hears now: one utterance, if anything is said in it."""

    start_ms: int  # of the leg
    offset_ms: int  # from libvosk's clock, which counts only what it was given, to the leg's
    blocks: list[Pcm] = field(default_factory=list)
    words: tuple[str, ...] = ()  # as decoded so far
    sure: tuple[float, ...] = ()  # how sure they are
    heard: list[DecodedLine] = field(default_factory=list)  # one per change
    said: Partial | None = None
    utterance: int = 0  # 0: nothing was told of it

    def last(self, blocks: int) -> Pcm:
        """The end of it, or all if it is shorter."""
        return np.concatenate(self.blocks)[-blocks * BLOCK :]

    def until(self, at_ms: int) -> Pcm:
        """What had been heard at that moment of the leg."""
        return np.concatenate(self.blocks)[: (at_ms - self.start_ms) * RATE_HZ // 1000]

    def is_new(self, words: tuple[str, ...]) -> bool:
        return not self.heard or self.heard[-1].words != words

    def timed(self, words: tuple[str, ...], until_ms: int) -> tuple[Word, ...]:
        """Words that were just decoded of the audio up to `until_ms`, with times."""
        self.heard.append(DecodedLine(at_ms=max(self.start_ms, until_ms), words=words))
        spans = align(self.heard, levels_dbfs(np.concatenate(self.blocks), RATE_HZ), self.start_ms)
        return tuple(
            Word(text=text, start_ms=start_ms, end_ms=end_ms, confidence=sure)
            for text, (start_ms, end_ms), sure in zip(words, spans, self.sure, strict=True)
        )

    def with_confidences(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words, as sure as they are by now."""
        return tuple(replace(word, confidence=sure) for word, sure in zip(words, self.sure, strict=True))


class VoskRecognizer:
    """One leg."""

    rate_hz = RATE_HZ  # the voice detector's; libvosk makes 8 kHz of it for models that want that

    def __init__(
        self,
        stream: VoskStream,
        speaker: Speaker,
        phrases: Sequence[LikelyPhrase] = (),
        *,
        again: Callable[[], VoskStream],
    ) -> None:
        """`phrases`: likely ones; then `stream` gives alternatives. `again`: a fresh stream that gives them."""
        self._stream = stream
        self._again = again
        self._phrases = phrases
        self._speaker = speaker
        self._detector = VoiceDetector()
        self._endpointer = Endpointer(soft_limit_blocks=NEVER, hard_limit_blocks=NEVER)
        self._cutter = Blocks()
        self._lead: deque[Pcm] = deque(maxlen=LEAD_BLOCKS + START_BLOCKS)
        self._confidence = LegConfidence()
        self._line: _VoskLine | None = None
        self._last: _VoskLine | None = None  # that was told: 20 s and 640 kB at most, if libvosk's rule 5 is usual
        self._samples = 0  # of the leg
        self._utterance = 1
        self._ended_ms = 0  # when the last word of the last Final ended

    def feed(self, pcm: Pcm) -> Sequence[Transcript]:
        """What can be said after these samples. Raises EngineError."""
        return [said for block in self._cutter.cut(pcm) for said in self._hear(block)]

    def finish(self) -> Sequence[Transcript]:
        """The Final of what is being said. Raises EngineError."""
        rest = self._cutter.rest()
        line, self._line = self._line, None
        if line is None:
            return []
        self._samples += len(rest)
        self._stream.add(rest)
        return list(self._final(line, self._stream.last_result()))

    def second_listen(self, said: Transcript, first: int, end: int) -> SecondListen | None:
        """See `ListensAgain`. Raises ValueError for no words, EngineError."""
        words = said.words[first:end]
        if not words:
            raise ValueError(f"{said.text!r} has no words from {first} to {end}")
        for line in (self._line, self._last):
            if line and line.utterance == said.utterance:
                return self._compared(line, said.at_ms, words)
        return None

    def _compared(self, line: _VoskLine, until_ms: int, words: Sequence[Word]) -> SecondListen:
        stream = self._again()
        stream.add(line.until(until_ms))
        span = HeardSpan(
            words=tuple(word.text for word in words),
            start_s=(words[0].start_ms - line.start_ms) / 1000,
            end_s=(words[-1].end_ms - line.start_ms) / 1000,
        )
        return compare(stream.last_result(), span)

    def close(self) -> None:
        """Frees the native recognizer and the sound."""
        self._stream.close()
        self._line = self._last = None

    @property
    def _now_ms(self) -> int:
        return self._samples * 1000 // RATE_HZ

    def _hear(self, block: Pcm) -> Iterator[Transcript]:
        self._stream.check_open()
        voiced = self._detector.is_voice(block)
        self._samples += BLOCK
        step = self._endpointer.step(voiced=voiced)
        if self._line:
            yield from self._follow(self._line, block, step)
            return
        self._lead.append(block)
        if step == "started":
            lead = np.concatenate(self._lead)
            self._lead.clear()
            self._line = self._begin(self._now_ms - len(lead) * 1000 // RATE_HZ)
            yield from self._follow(self._line, lead, step)

    def _begin(self, start_ms: int) -> _VoskLine:
        return _VoskLine(start_ms=start_ms, offset_ms=start_ms - self._stream.samples * 1000 // RATE_HZ)

    def _follow(self, line: _VoskLine, pcm: Pcm, step: SpeechState) -> Iterator[Transcript]:
        """Follows a line to its end. Our endpointer may end it, or libvosk, which knows what the words were."""
        line.blocks.append(pcm)
        is_news = self._stream.add(pcm)
        is_over = is_news and self._stream.is_over
        if step == "ended":
            self._line = None
            self._flush(line)
        elif is_over:
            self._line = self._begin(self._now_ms)
        if is_over or step == "ended":
            yield from self._final(line, self._stream.result())
            if step == "ended":
                self._stream.rest()
        else:
            yield from self._partial(line, is_news=is_news, is_pause=step == "paused")

    def _flush(self, line: _VoskLine) -> None:
        """Has libvosk decode the line to its end."""
        missing = self._stream.missing(self._stream.samples - END_BLOCKS * BLOCK)
        if missing:
            self._stream.add(np.resize(line.last(END_BLOCKS), missing))

    def _partial(self, line: _VoskLine, *, is_news: bool, is_pause: bool) -> Iterator[Partial]:
        """A Partial with new words; the same words again after a while, and when a pause completes them."""
        if is_news:
            heard = [word for word in self._stream.partial() if word.text != UNKNOWN]
            line.sure = self._confidence.of_partial(heard, line.words)
            line.words = tuple(word.text for word in heard)
        if not line.words:
            return
        line.utterance = self._utterance
        if line.is_new(line.words):
            until_ms = self._now_ms - self._stream.look_ahead_ms + GUESS_MS
            line.said = self._told(line.timed(line.words, until_ms))
            yield line.said
        elif line.said and (is_pause or self._now_ms - line.said.at_ms >= REPEAT_MS):
            line.said = self._told(line.with_confidences(line.said.words))
            yield line.said

    def _told(self, words: tuple[Word, ...]) -> Partial:
        return partial_of(words, at_ms=self._now_ms, speaker=self._speaker, utterance=self._utterance)

    def _final(self, line: _VoskLine, answer: str) -> Iterator[Final]:
        """Empty when an utterance that was told as a Partial turned out to be nothing."""
        items = likeliest(answer, self._phrases) if self._phrases else json.loads(answer).get("result", [])
        words = words_of(items, offset_ms=line.offset_ms, earliest_ms=self._ended_ms, latest_ms=self._now_ms)
        if not words and line.said is None:
            return
        self._ended_ms = words[-1].end_ms if words else self._ended_ms
        line.utterance, self._last = self._utterance, line
        self._confidence.add(words)
        yield final_of(
            words,
            at_ms=self._now_ms,
            speaker=self._speaker,
            utterance=self._utterance,
            since_ms=line.start_ms,
        )
        self._utterance += 1
