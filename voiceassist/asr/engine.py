"""What a recognizer does: the Protocol that every engine implements.

An `Engine` is one loaded model, shared by every call in that language. A `Recognizer` is one leg of one call:
it is fed audio in order and gives transcripts back, with times in milliseconds of that leg's audio.

The contract, held by one suite of tests over every engine:
- the transcripts depend on the samples only, never on how they were split into `feed` calls;
- a Partial at least every 500 ms of speech; utterances count from 1; no Partial of one after its Final;
- a Partial may repeat unchanged (it is agreement); a Final may be empty: what its Partials told was nothing;
- word times rise and lie inside the audio fed so far; `at_ms` is the audio position that had been decoded;
- silence, noise and tones give no words; `finish` gives the Final of whatever is being said;
- what a Partial costs may be left out when the machine cannot keep up; finals never depend on that;
- samples are int16, one channel, at the recognizer's rate. `feed` refuses other types and shapes. Samples do not
  show their rate: `leg_recognizer.py` makes the recognizer's rate of the announced one,
  `ingest/stream/start.py` refuses one that no telephone has, and `ingest/feed/rate.py` notices audio that comes at
  another speed. Calls block (they run in `pool.py`'s threads); one recognizer is never used by two threads at
  once.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from voiceassist.asr.second_listen import SecondListen
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Speaker, Transcript


class PartialDue:
    """Comes before work that only a Partial needs and that takes long enough to wait for its turn in the pool.

    It is done when the next thing is asked for, unless it was left out before.
    """

    is_wanted = True

    def leave_out(self) -> None:
        """Saves the work; a Partial is due again soon."""
        self.is_wanted = False


class Recognizer(Protocol):
    """One leg of one call being recognised."""

    @property
    def rate_hz(self) -> int:
        """Sample rate that `feed` wants."""

    def feed(self, pcm: Pcm) -> Iterable[Transcript | PartialDue]:
        """What can be said after these samples, decoded as it is read: to the end, before anything else is asked.

        Raises EngineError, now or while it is read.
        """

    def finish(self) -> Sequence[Transcript]:
        """The last transcripts; nothing may be fed after it. Raises EngineError."""

    def close(self) -> None:
        """Frees native memory; harmless when called twice, or in the middle of a word."""


@runtime_checkable
class ListensAgain(Protocol):
    """A recognizer that can say how well some words explain the sound."""

    def second_listen(self, said: Transcript, first: int, end: int) -> SecondListen | None:
        """Of the words from `first` to before `end` of a Partial or Final of the current line or the last one.

        None when the sound is gone. Takes as long as some Finals. Raises ValueError for words that say nothing,
        EngineError.
        """


class OpensRecognizers(Protocol):
    """As much of an engine as a leg needs."""

    def open(self, speaker: Speaker) -> Recognizer:
        """A recognizer for one leg. Raises EngineError."""


class Engine(Protocol):
    """A loaded model."""

    @property
    def name(self) -> str:
        """What screens and events call it: "moonshine", "vosk:<model>", "scripted"."""

    @property
    def language(self) -> str:
        """BCP 47 language of the model."""

    @property
    def rate_hz(self) -> int:
        """Sample rate of its recognizers."""

    @property
    def memory_bytes(self) -> int:
        """By how much the process grew when the model was loaded; 0 where that is not known."""

    @property
    def load_ms(self) -> int:
        """How long that took."""

    def open(self, speaker: Speaker) -> Recognizer:
        """A recognizer for one leg."""

    def close(self) -> None:
        """Frees the model; every recognizer must be closed first."""


def transcripts(heard: Iterable[Transcript | PartialDue]) -> list[Transcript]:
    """All that was heard, with every Partial. Raises EngineError."""
    return [one for one in heard if not isinstance(one, PartialDue)]


def checked(pcm: Pcm) -> Pcm:
    """The samples, if they are what `feed` takes. Raises EngineError."""
    if isinstance(pcm, np.ndarray) and pcm.dtype == np.int16 and pcm.ndim == 1:
        return pcm
    got = f"{pcm.dtype} of shape {pcm.shape}" if isinstance(pcm, np.ndarray) else type(pcm).__name__
    raise EngineError(f"a recognizer takes one channel of int16 samples, not {got}")
