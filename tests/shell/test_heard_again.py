"""Finals with guesses that a cue hangs on: heard a second time, and told with what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.fakes.frames import given, in_turn, two_legs
from voiceassist.asr.call_recognizer import recognise
from voiceassist.asr.engine import PartialDue, Recognizer
from voiceassist.asr.heard_again import SURE_NATS, SURE_THEN, Doubtful
from voiceassist.asr.pool import DecodePool
from voiceassist.asr.scripted import ScriptedEngine, ScriptLine
from voiceassist.asr.second_listen import SecondListen
from voiceassist.audio.pcm import Pcm
from voiceassist.events import SPEAKERS, Final, Speaker, Transcript, Word

GUESS = 0.3
WORDS = tuple(
    Word(text=text, start_ms=at, end_ms=at + 200, confidence=GUESS)
    for text, at in (("no", 200), ("way", 400), ("sir", 600))
)
CALL = two_legs(2.0)


class AttentiveEngine(ScriptedEngine):
    """A scripted engine that can listen again, and notes what it was asked about."""

    def __init__(self, gain_nats: float | None, until_ms: int) -> None:
        """`gain_nats`: what a second listen gives; None: the sound is gone."""
        super().__init__((ScriptLine(speaker="agent", start_ms=200, end_ms=until_ms, words=WORDS),))
        self.gain_nats = gain_nats
        self.asked: list[str] = []

    def open(self, speaker: Speaker) -> Recognizer:
        """The script's recognizer of this leg, with a second listen."""
        return _Attentive(super().open(speaker), self)


@dataclass
class _Attentive:
    inner: Recognizer
    engine: AttentiveEngine

    @property
    def rate_hz(self) -> int:
        return self.inner.rate_hz

    def feed(self, pcm: Pcm) -> Iterable[Transcript | PartialDue]:
        return self.inner.feed(pcm)

    def finish(self) -> Sequence[Transcript]:
        return self.inner.finish()

    def second_listen(self, said: Transcript, first: int, end: int) -> SecondListen | None:
        self.engine.asked.append(" ".join(word.text for word in said.words[first:end]))
        gain = self.engine.gain_nats
        return None if gain is None else SecondListen(gain_nats=gain, instead="")

    def close(self) -> None:
        self.inner.close()


def attentive(gain_nats: float | None = SURE_NATS, *, until_ms: int = 800) -> AttentiveEngine:
    return AttentiveEngine(gain_nats, until_ms)


async def confidences(engine: AttentiveEngine, doubtful: Doubtful) -> list[float]:
    """Of the words of the only final."""
    async with DecodePool(1) as pool:
        frames = given(in_turn(CALL, [160] * 500))
        hearing = recognise(frames, SPEAKERS, engine, pool, began_s=0.0, doubtful=doubtful)
        finals = [one async for heard in hearing for one in heard.inputs if isinstance(one, Final)]
    return [word.confidence for word in finals[0].words]


def first_two(_: Final) -> tuple[int, int]:
    return 0, 2


async def test_words_that_explain_the_sound_better_than_any_others_are_sure_now() -> None:
    engine = attentive()
    assert await confidences(engine, first_two) == [SURE_THEN, SURE_THEN, GUESS]
    assert engine.asked == ["no way"]


async def test_words_that_do_not_stay_guesses() -> None:
    assert await confidences(attentive(SURE_NATS - 0.1), first_two) == [GUESS] * 3


async def test_words_whose_sound_is_gone_stay_guesses() -> None:
    assert await confidences(attentive(None), first_two) == [GUESS] * 3


async def test_a_final_that_nothing_hangs_on_is_heard_once() -> None:
    engine = attentive()
    assert await confidences(engine, lambda _: None) == [GUESS] * 3
    assert engine.asked == []


async def test_the_last_words_of_a_call_are_heard_again_too() -> None:
    engine = attentive(until_ms=1_990)
    assert await confidences(engine, first_two) == [SURE_THEN, SURE_THEN, GUESS]
