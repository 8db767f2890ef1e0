"""Doubts that audio is what its sender says: a bounded look at the first seconds of sound of one track.

Each doubt is told once, to the sender and on the call's page; nothing is changed, and nothing guessed. Costs some
10 ms of a core per call of two legs, one question at a time, and 35 ms more where the speed of its speech has to
be judged: whoever hears the track has that done elsewhere (`speeds_of`). Real noise, tones, music, whispers and
silence are what they are. Never reads a clock.
Next: `ingest/feed/audio_care.py` tells what there is to tell.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from voiceassist.audio.doubted_rate import DoubtedRate
from voiceassist.audio.first_sound import ENOUGH_S, FirstSound, is_talk
from voiceassist.audio.level_faults import is_clipped, offset_of
from voiceassist.audio.mistaken_bytes import container_of, mistaken_for
from voiceassist.audio.mistaken_channels import DeadLegs, are_one_in_turns, is_two_in_turns
from voiceassist.audio.pcm import Pcm
from voiceassist.audio.speech_rate import octaves
from voiceassist.events import DoubtCode, Speaker

FIRST_LOOK_S = 3  # of sound: bytes that were read wrongly are loud all the time
FIRST_SAMPLES = 8  # hold the magic bytes of a file in any coding
LEAST_BLOCKS = 40  # of a leg's own sound, for its level and its speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What may be wrong."""

    code: DoubtCode
    message: str
    speaker: Speaker | None = None  # whose leg; None: of all that come together


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrackSpeech:
    """The first seconds of sound of a track, whose speed is to be judged."""

    legs: Sequence[Pcm]  # blocks of each leg in which it sounds itself; shape (n, samples)
    rate_hz: int


def speeds_of(speech: TrackSpeech) -> list[float]:
    """By how many octaves each leg's speech is too fast, of those that can be judged. Takes some 35 ms."""
    talking = [own for own in speech.legs if len(own) >= LEAST_BLOCKS and is_talk(own, speech.rate_hz)]
    return [found for own in talking if (found := octaves(own, speech.rate_hz)) is not None]


Question = Callable[[], Iterator[Doubt]]


class AudioDoubts:
    """One track."""

    def __init__(self, legs: tuple[Speaker, ...], rate_hz: int, *, knows_rate: bool) -> None:
        """`knows_rate`: the audio's own clock tells its rate."""
        self._legs = legs
        self._knows_rate = knows_rate
        self._begin: list[Sequence[Pcm]] | None = []  # until there are FIRST_SAMPLES
        self._sound: FirstSound | None = FirstSound(len(legs), rate_hz)  # until all was asked
        self._rate = DoubtedRate(rate_hz)
        self._dead = DeadLegs(legs, rate_hz)
        self._speech: TrackSpeech | None = None  # to be judged
        self._rate_hz = rate_hz
        self._has_looked = False
        self._questions: deque[Question] = deque()

    def hear(self, channels: Sequence[Pcm]) -> list[Doubt]:
        """What the next samples let doubt."""
        doubts = [*self._at_begin(channels), *self._of_dead_legs(channels)]
        if self._questions:
            doubts += self._questions.popleft()()
        if self._sound:
            self._sound.add(channels)
            self._ask(self._sound)
        return doubts

    def take_speech(self) -> TrackSpeech | None:
        """What `speeds_of` should judge, once; None: nothing, or not yet."""
        speech, self._speech = self._speech, None
        return speech

    def sounds(self, speeds: Sequence[float]) -> list[Doubt]:
        """What follows from the speed of the speech."""
        return _rate(self._rate.sounds(speeds))

    def arrives_at(self, measured_hz: int) -> list[Doubt]:
        """What follows from audio that arrives at another rate than announced."""
        return _rate(self._rate.arrives_at(measured_hz))

    def _ask(self, sound: FirstSound) -> None:
        if not self._has_looked and sound.seconds >= FIRST_LOOK_S:
            self._has_looked = True
            self._questions += [partial(self._bytes, sound), partial(self._channels, sound)]
        if sound.seconds >= ENOUGH_S and not self._questions:
            self._sound = None
            numbers = range(len(self._legs))
            self._questions += [partial(self._level, sound, number) for number in numbers]
            if not self._knows_rate:
                self._speech = TrackSpeech(
                    legs=[sound.of_leg(number) for number in numbers], rate_hz=self._rate_hz
                )

    def _at_begin(self, channels: Sequence[Pcm]) -> Iterator[Doubt]:
        if self._begin is None:
            return
        self._begin.append(channels)
        if sum(len(one[0]) for one in self._begin) < FIRST_SAMPLES:
            return
        kind = container_of([np.concatenate(leg) for leg in zip(*self._begin, strict=True)])
        self._begin = None
        if kind:
            self._sound = None
            told = f"the audio begins with the bytes of {kind}: send the samples alone, and announce their coding"
            yield Doubt(code="container", message=told)

    def _of_dead_legs(self, channels: Sequence[Pcm]) -> Iterator[Doubt]:
        for leg in self._dead.hear(channels):
            told = f"nothing at all has come from the {leg}'s side, not even noise, while the other one was heard"
            yield Doubt(
                code="dead_leg", message=f"{told}: is it connected, and are both legs two channels?", speaker=leg
            )

    def _bytes(self, sound: FirstSound) -> Iterator[Doubt]:
        kind = mistaken_for(sound.together())
        if kind is None:
            return
        self._give_up()
        told = f"the samples sound like noise or are rough as they are read, and like speech when read as {kind}"
        yield Doubt(code="encoding", message=f"{told}: `encoding` should say what is sent")

    def _channels(self, sound: FirstSound) -> Iterator[Doubt]:
        legs = sound.together()
        if len(legs) > 1 and are_one_in_turns(*legs):
            self._give_up()
            told = "the two legs are the even and the odd samples of one channel: announce one leg"
            yield Doubt(code="channels", message=told)
        elif len(legs) == 1 and is_two_in_turns(sound.of_leg(0)):
            self._give_up()
            told = "the even and the odd samples are two sides that talk in turns: announce two legs"
            yield Doubt(code="channels", message=told)

    def _level(self, sound: FirstSound, number: int) -> Iterator[Doubt]:
        leg = self._legs[number]
        own = sound.of_leg(number)
        if len(own) < LEAST_BLOCKS:
            return
        samples = own.reshape(-1)
        if is_clipped(samples):
            told = f"the {leg}'s loud words are cut off: lower the level before the audio is sent"
            yield Doubt(code="clipping", message=told, speaker=leg)
        if offset := offset_of(samples):
            told = f"the {leg}'s samples swing around {offset} instead of 0 (DC): the source has an offset"
            yield Doubt(code="dc_offset", message=told, speaker=leg)

    def _give_up(self) -> None:
        """What is not what it was announced to be says nothing more."""
        self._sound = None
        self._questions.clear()


def _rate(told: str | None) -> list[Doubt]:
    return [Doubt(code="rate_mismatch", message=told)] if told else []
