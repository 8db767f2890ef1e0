"""Early cues: how many the final takes back, and how much sooner they come than it.

Two ways to hear. A sample call goes through a real engine and the pipeline of `replay.py`; its partials rewrite
themselves as an engine's do. A written turn grows word by word at the pace of speech, through the same
`core/cues/tracker.py`: a recognizer that never changes its mind, so that only the rest of the sentence takes a cue
back. Times are of the audio; decoding costs nothing here. Next: `cli/bench/early.py` shows the tallies.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from voiceassist.asr.choice import SAMPLE_LANGUAGE
from voiceassist.asr.engine import Engine
from voiceassist.core.cues.cue import CueMaker
from voiceassist.core.cues.tracker import CueTracker
from voiceassist.core.playbook.model import SPEAKER_OF, Playbook
from voiceassist.core.words.turns import Turn
from voiceassist.evaluation.labelled import LabelledTurn, TextName
from voiceassist.events import SPEAKERS, Cue, CueConfirmed, CueRetracted, Event, Final, Partial, Speaker, Word
from voiceassist.ingest.source import CallInfo
from voiceassist.replay import Leg, replay
from voiceassist.samples import Sample
from voiceassist.store.audiofile import read_audio

SAMPLE_CALLS = "sample calls"
ALL_KINDS = "all"
WORD_MS = 350  # of audio: 170 words a minute, an everyday pace
SHOWN_AFTER_MS = 90  # from a word's end to the partial with it; median of the built-in engines
FINAL_AFTER_MS = 470  # from the last word's end to the final; median of the built-in engines


@dataclass(slots=True, kw_only=True)
class EarlyTally:
    """The cues of one kind in one source."""

    source: str
    kind: str  # ALL_KINDS: all together
    finals: int = 0  # utterances
    confirmed: int = 0  # early, and the final bore them out
    retracted: int = 0  # early, and the final took them back
    with_final: int = 0  # came with the final
    won_ms: list[int] = field(default_factory=list)  # of each confirmed one: from the early cue to the final

    @property
    def early(self) -> int:
        """All that came early."""
        return self.confirmed + self.retracted


SourceEvents = tuple[str, Sequence[Event]]  # a source, and events of one call of it


def tallies(heard: Iterable[SourceEvents]) -> list[EarlyTally]:
    """Per source all kinds together, then each kind that occurs."""
    found: dict[tuple[str, str], EarlyTally] = {}
    for source, events in heard:
        whole = found.setdefault((source, ALL_KINDS), EarlyTally(source=source, kind=ALL_KINDS))
        whole.finals += sum(isinstance(event, Final) for event in events)
        cues = {event.cue_id: event for event in events if isinstance(event, Cue) and event.kind in SPEAKER_OF}
        for cue in cues.values():
            of_kind = found.setdefault((source, cue.kind), EarlyTally(source=source, kind=cue.kind))
            for tally in (whole, of_kind):
                tally.with_final += not cue.early
        for event in events:
            if isinstance(event, CueConfirmed | CueRetracted) and event.cue_id in cues:
                cue = cues[event.cue_id]
                for tally in (whole, found[source, cue.kind]):
                    _settle(tally, cue, event)
    return list(found.values())


def _settle(tally: EarlyTally, cue: Cue, event: CueConfirmed | CueRetracted) -> None:
    if isinstance(event, CueRetracted):
        tally.retracted += 1
    else:
        tally.confirmed += 1
        tally.won_ms.append(event.at_ms - cue.at_ms)


# ---- a recording ----


def heard_sample(sample: Sample, engine: Engine, playbook: Playbook) -> SourceEvents:
    """A sample call as an engine hears it. Raises EngineError."""
    audio = read_audio(sample.recording)
    legs = tuple(
        Leg(speaker=speaker, pcm=pcm, rate_hz=audio.rate_hz)
        for speaker, pcm in zip(SPEAKERS, audio.channels, strict=True)
    )
    steps = replay(legs, _call_info(sample), engine, playbook, started_at="")
    return SAMPLE_CALLS, [record.event for step in steps for record in step.records]


def _call_info(sample: Sample) -> CallInfo:
    return CallInfo(
        call_id=sample.id,
        agent=sample.agent,
        customer=sample.customer,
        source="replay",
        legs=SPEAKERS,
        language=SAMPLE_LANGUAGE,
    )


# ---- a written turn ----


def heard_row(row: LabelledTurn, text: TextName, playbook: Playbook) -> Iterator[SourceEvents]:
    """A written turn as it would be spoken; once for every side that may have said it."""
    words = row.words(text)
    for speaker in row.speakers if words else ():
        tracker = CueTracker(playbook, CueMaker(playbook.label))
        turn = Turn(number=1, speaker=speaker, words=tuple(words), start_ms=0, end_ms=len(words) * WORD_MS)
        said = _spoken(speaker, words)
        changes = [change for one in said for change in tracker.hear(one, turn, tuple(row.prev.split()))]
        yield row.source, [*changes, said[-1]]


def _spoken(speaker: Speaker, words: Sequence[str]) -> list[Partial | Final]:
    """A partial per word, and the final."""
    timed = tuple(
        Word(text=word, start_ms=place * WORD_MS, end_ms=(place + 1) * WORD_MS, confidence=1.0)
        for place, word in enumerate(words)
    )
    last = timed[-1].end_ms
    whole = Final(
        at_ms=last + FINAL_AFTER_MS, speaker=speaker, utterance=1, text=" ".join(words), words=timed, start_ms=0,
        end_ms=last, confidence=1.0,
    )  # fmt: skip
    return [*(_partial(speaker, timed[:count]) for count in range(1, len(timed) + 1)), whole]


def _partial(speaker: Speaker, words: tuple[Word, ...]) -> Partial:
    end_ms = words[-1].end_ms
    return Partial(
        at_ms=end_ms + SHOWN_AFTER_MS, speaker=speaker, utterance=1, text=" ".join(word.text for word in words),
        words=words, start_ms=0, end_ms=end_ms,
    )  # fmt: skip
