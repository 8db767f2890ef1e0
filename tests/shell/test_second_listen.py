"""A second listen to a few words: the comparison with a toy model, and with real speech and the real one."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from tests.shell.engines import clip
from voiceassist.asr.leg_recognizer import LegRecognizer
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.moonshine.engine import embedded_model_dir, load_moonshine
from voiceassist.asr.moonshine.reader import MoonshineReader, load_reader
from voiceassist.asr.moonshine.tokens import END, read_vocabulary
from voiceassist.asr.second_listen import Floats, SecondListen, listen_again, token_span
from voiceassist.events import Final

VOCABULARY = read_vocabulary(embedded_model_dir() / "tokenizer.bin")
LIKELY, POSSIBLE, UNLIKELY = -0.1, -2.0, -9.0  # nats
SURE_NATS = 3.0
LINE = clip().pcm[22_400:58_000]
HEARD = ("And", "are", "you", "open", "on", "Sunday?")


class _Toy:
    """Hears `truth`, and takes one more token in any place for possible."""

    def __init__(self, truth: str, possible: str) -> None:
        self.truth = (*VOCABULARY.tokens(truth), END)
        self.possible = VOCABULARY.tokens(possible)

    def scores(self, tokens: Sequence[int]) -> Floats:
        table = np.full((len(tokens) + 1, len(VOCABULARY)), UNLIKELY, np.float32)
        table[:, list(self.possible)] = POSSIBLE
        for place, token in enumerate(self.truth[: len(table)]):
            table[place, token] = LIKELY
        return table

    def completed(self, tokens: Sequence[int], _: Sequence[int]) -> tuple[int, ...]:
        return (*tokens, *self.truth[len(tokens) : -1])


def _toy(truth: str, possible: str, heard: str, first: int, end: int) -> SecondListen:
    return listen_again(_Toy(truth, possible), VOCABULARY, token_span(VOCABULARY, heard.split(), first, end))


def test_words_that_were_said_gain_what_the_best_other_reading_lacks() -> None:
    listen = _toy("you are late", "were", "you are late", 1, 2)
    assert listen.gain_nats == pytest.approx(LIKELY - POSSIBLE)
    assert listen.instead == "were"


def test_words_that_were_not_said_lose_and_the_right_ones_are_told() -> None:
    listen = _toy("you were late", "are", "you are late", 1, 2)
    assert listen.gain_nats == pytest.approx(POSSIBLE - LIKELY)
    assert listen.instead == "were"


def test_a_reading_with_nothing_in_their_place_is_compared_too() -> None:
    listen = _toy("you late", "are", "you are late", 1, 2)
    assert listen.instead == ""
    assert listen.gain_nats < -SURE_NATS


def test_another_spelling_of_the_same_words_is_no_other_reading() -> None:
    assert _toy("you Are, late", "were", "you are late", 1, 2).instead != "Are,"


def test_the_first_of_two_equal_words_can_be_asked_about() -> None:
    assert _toy("no no", "so", "no no", 0, 1).gain_nats > 0


def test_words_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match=r"words 1 to 2 of 'yes \.\.\. no' say nothing"):
        token_span(VOCABULARY, ("yes", "...", "no"), 1, 2)
    with pytest.raises(ValueError, match="say nothing"):
        token_span(VOCABULARY, (), 0, 1)


@pytest.fixture(scope="module")
def reader() -> Iterator[MoonshineReader]:
    loaded = load_reader(embedded_model_dir())
    yield loaded
    loaded.close()


@pytest.mark.audio
@pytest.mark.parametrize(("first", "end"), [(2, 4), (5, 6)])
def test_real_words_explain_real_speech_better_than_any_others(
    reader: MoonshineReader, first: int, end: int
) -> None:
    assert reader.second_listen(LINE, HEARD, first, end).gain_nats > SURE_NATS


@pytest.mark.audio
@pytest.mark.parametrize("instead_of", [("open", "hopeless"), ("you", "they")])
def test_words_that_nobody_said_explain_it_worse(reader: MoonshineReader, instead_of: tuple[str, str]) -> None:
    right, wrong = instead_of
    place = HEARD.index(right)
    listen = reader.second_listen(LINE, [wrong if word == right else word for word in HEARD], place, place + 1)
    assert listen.gain_nats < -SURE_NATS
    assert listen.instead == right


@pytest.mark.audio
def test_a_call_listens_again_through_the_engine_that_it_was_given() -> None:
    engine = LoadedEngine(load_moonshine(), "people")
    leg = LegRecognizer(engine.open("customer"), 16_000)
    final = [one for one in leg.hear(clip().pcm) if isinstance(one, Final)][-1]
    listen = leg.second_listen(final, len(final.words) - 1, len(final.words))
    assert listen
    assert listen.gain_nats > SURE_NATS
    leg.close()
    assert leg.second_listen(final, 0, 1) is None
    engine.close()
