"""One leg that a model hears which turns a whole line of speech into text and knows nothing of time or silence.

So lines are cut here (Silero's voice detector, `audio/endpoint.py`), the growing line is read again and again, and
`audio/align.py` gives words times. Next: transcripts go to `live/session.py`.

Everything happens at blocks of 512 samples, so transcripts depend on the samples only. Nothing is read while
nobody speaks. A Partial's reading begins with the one before it. A line is read afresh when a pause begins, which
is when its words are complete; while the pause lasts, another Partial repeats that reading, and so does the Final:
readers that wait for two Partials to agree need not wait for the Final. If that reading was left out, it is made
when the line ends, of the same samples. So a Final's words never depend on its Partials; its word times may, by
some milliseconds, since `align.py` knows more with Partials.

A line that reaches its limit without a pause is cut where its last seconds are quietest, and goes on from there.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from voiceassist.asr.engine import PartialDue
from voiceassist.asr.moonshine.line import MoonshineLine
from voiceassist.asr.moonshine.reading import ReadsLines
from voiceassist.asr.second_listen import SecondListen
from voiceassist.asr.transcript import final_of, partial_of
from voiceassist.asr.voice import BLOCK_MS, RATE_HZ, Blocks, VoiceDetector
from voiceassist.audio.endpoint import START_BLOCKS, Endpointer, SpeechState
from voiceassist.audio.pcm import Pcm
from voiceassist.audio.quietest import quietest_place
from voiceassist.errors import EngineError
from voiceassist.events import Final, Partial, Speaker, Transcript

LEAD_BLOCKS = 4  # 128 ms before the detector is sure: soft first sounds; more did not lower the error rate
CUT_BLOCKS = 94  # 3 s: a line at its limit of 9 s is cut within the last of them, so both parts are long enough


class MoonshineRecognizer:
    """One leg."""

    rate_hz = RATE_HZ

    def __init__(self, model: ReadsLines, speaker: Speaker) -> None:
        self._model = model
        self._speaker = speaker
        self._detector: VoiceDetector | None = VoiceDetector()
        self._endpointer = Endpointer()
        self._cutter = Blocks()
        self._blocks = 0  # heard so far
        self._lead: deque[Pcm] = deque(maxlen=LEAD_BLOCKS + START_BLOCKS)
        self._line: MoonshineLine | None = None
        self._last: MoonshineLine | None = None  # that was told: 9 s and 290 kB at most
        self._utterances = 0

    def feed(self, pcm: Pcm) -> Iterator[Transcript | PartialDue]:
        """What can be said after these samples; a reading for a Partial may be left out. Raises EngineError."""
        for block in self._cutter.cut(pcm):
            yield from self._hear(block)

    def finish(self) -> Sequence[Transcript]:
        """The Final of the line that is being said. Raises EngineError."""
        line, self._line = self._line, None
        return list(self._end(line)) if line else []

    def second_listen(self, said: Transcript, first: int, end: int) -> SecondListen | None:
        """How well the words from `first` to before `end` of this Partial or Final explain what it was heard of.

        None when a later line has ended since or the line was cut before the words, so that the sound is gone,
        or the model cannot tell. Raises ValueError for words that say nothing, EngineError.
        """
        until_ms = max((word.end_ms for word in said.words[:end]), default=0)
        for line in (self._line, self._last):
            if line and line.utterance == said.utterance and until_ms <= line.end_ms:
                texts = [word.text for word in said.words]
                return self._model.second_listen(line.spoken_until(said.at_ms), texts, first, end)
        return None

    def close(self) -> None:
        """Drops the detector, which frees itself, and the sound."""
        self._detector = self._line = self._last = None

    @property
    def _now_ms(self) -> int:
        return self._blocks * BLOCK_MS

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
            voiced = [False] * (len(self._lead) - START_BLOCKS) + [True] * START_BLOCKS
            self._line = MoonshineLine.of(list(self._lead), voiced, self._blocks - len(self._lead))
            self._lead.clear()

    def _follow(
        self, line: MoonshineLine, step: SpeechState, *, is_due: bool
    ) -> Iterator[Transcript | PartialDue]:
        if step == "ended":
            self._line = None
            yield from self._end(line)
        elif step == "full":
            yield from self._cut(line)
        elif step == "paused":
            yield from self._tell(line, self._settle, is_read=not line.unsettled)
        elif is_due:
            yield from self._tell(line, self._read_on, is_read=False)

    def _tell(
        self, line: MoonshineLine, read: Callable[[MoonshineLine], None], *, is_read: bool
    ) -> Iterator[Partial | PartialDue]:
        due = PartialDue()
        if not is_read:
            yield due
        if due.is_wanted:
            read(line)
            line.fresh = 0
            yield from self._partial(line)

    def _read_on(self, line: MoonshineLine) -> None:
        """Reads the line, beginning with what was read of it before."""
        reading = self._model.read(line.pcm, line.reading, voiced_ms=line.voiced_ms)
        line.take(reading, self._now_ms, is_settled=False)

    def _settle(self, line: MoonshineLine) -> None:
        """Reads the line afresh, unless nothing was said since that was done."""
        if line.unsettled:
            reading = self._model.read_afresh(line.spoken, voiced_ms=line.voiced_ms)
            line.take(reading, self._now_ms, is_settled=True)

    def _cut(self, line: MoonshineLine) -> Iterator[Transcript]:
        """Ends a line at its quietest place; the rest is the next line."""
        place = len(line.blocks) - CUT_BLOCKS + quietest_place(line.blocks[-CUT_BLOCKS:])
        line, self._line = line.cut(place)
        self._endpointer.go_on(len(self._line.blocks))
        yield from self._end(line)

    def _partial(self, line: MoonshineLine) -> Iterator[Partial]:
        words = line.timed()
        if words:
            self._number(line)
            # What was read afresh in a pause is what the Final will say.
            pause_ms = 0 if line.unsettled else line.pause_blocks * BLOCK_MS
            yield partial_of(
                words, at_ms=self._now_ms, speaker=self._speaker, utterance=line.utterance, pause_ms=pause_ms
            )

    def _end(self, line: MoonshineLine) -> Iterator[Final]:
        """Empty when what was told as a Partial turned out to be nothing; none when nothing was told."""
        self._settle(line)
        words = line.timed()
        if not words and not line.utterance:
            return
        self._number(line)
        self._last = line
        yield final_of(
            words,
            at_ms=self._now_ms,
            speaker=self._speaker,
            utterance=line.utterance,
            since_ms=line.start_ms,
        )

    def _number(self, line: MoonshineLine) -> None:
        if not line.utterance:
            self._utterances += 1
            line.utterance = self._utterances
