"""What of a call may be recorded by now, and what of it must be silent."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tests.builders import final, partial
from voiceassist.audio.channels import Block
from voiceassist.audio.held_audio import HOLD_MS, HeldAudio
from voiceassist.audio.silences import GUARD_MS, MARGIN_MS, NEIGHBOUR_MS, Silences, masked_spans
from voiceassist.events import Transcript

RATE_HZ = 8_000


def masked(heard: Transcript, *indexes: int) -> Transcript:
    words = tuple(replace(w, text="***") if i in indexes else w for i, w in enumerate(heard.words))
    return replace(heard, words=words, text=" ".join(word.text for word in words))


def test_silence_reaches_a_margin_around_masked_words_and_little_into_plain_ones() -> None:
    heard = final("customer", "my number is four one one one thanks", at=10_000)  # 300 ms a word
    assert masked_spans(heard, masked(heard, 3, 4, 5, 6)) == [(10_900 - NEIGHBOUR_MS, 12_100 + NEIGHBOUR_MS)]
    alone = final("customer", "four one one one", at=10_000)
    assert masked_spans(alone, masked(alone, 0, 1, 2, 3)) == [(10_000 - MARGIN_MS, 11_200 + MARGIN_MS)]


def test_pauses_between_masked_words_are_silent_too() -> None:
    heard = final("customer", "four one", at=10_000)
    apart = replace(heard, words=(heard.words[0], replace(heard.words[1], start_ms=15_000, end_ms=15_300)))
    assert masked_spans(apart, masked(apart, 0, 1)) == [(10_000 - MARGIN_MS, 15_300 + MARGIN_MS)]


def test_words_that_were_dropped_are_as_silent_as_masked_ones() -> None:
    heard = final("customer", "it is four one okay", at=0)
    dropped = replace(heard, words=(*heard.words[:2], heard.words[4]), text="it is okay")
    assert masked_spans(heard, dropped) == masked_spans(heard, masked(heard, 2, 3))


def test_an_utterance_without_word_times_is_silent_as_a_whole_when_something_is_masked() -> None:
    heard = replace(final("customer", "my pin is 4711", at=5_000), words=())
    assert masked_spans(heard, replace(heard, text="my pin is ***")) == [(5_000 - MARGIN_MS, 6_200 + MARGIN_MS)]
    assert masked_spans(heard, heard) == []


def test_nothing_is_decided_behind_the_start_of_an_open_utterance() -> None:
    silences = Silences(heard_ms=30_000)
    assert silences.decided_ms() == 30_000 - GUARD_MS
    said = partial("customer", "my number is", at=20_000)
    silences.hear(said, said)
    assert silences.decided_ms() == 20_000 - MARGIN_MS
    done = final("customer", "my number is four one one one", at=20_000)
    silences.hear(done, masked(done, 3, 4, 5, 6))
    assert silences.decided_ms() == 30_000 - GUARD_MS
    silences.is_over = True
    assert silences.decided_ms() is None


def test_what_a_partial_hides_is_silent_until_its_final_decides() -> None:
    silences = Silences()
    said = partial("customer", "order four one one one", at=0)
    silences.hear(said, masked(said, 1, 2, 3, 4))
    assert silences.spans() == masked_spans(said, masked(said, 1, 2, 3, 4))
    done = final("customer", "order four one one one please", at=0)
    silences.hear(done, done)
    assert silences.spans() == []


def block(ms: int) -> Block:
    loud = np.full(RATE_HZ * ms // 1000, 1_000, np.int16)
    return loud, -loud


def whole(blocks: Sequence[Block]) -> Block:
    agent, customer = zip(*blocks, strict=True)
    return np.concatenate(agent), np.concatenate(customer)


def test_held_audio_goes_on_when_it_is_decided_and_is_silent_on_both_sides_where_it_must_be() -> None:
    held = HeldAudio()
    for _ in range(10):
        held.add(block(200))
    first = list(held.decided(1_000, [(300, 450)], RATE_HZ))
    agent, customer = whole(first)
    assert len(agent) == RATE_HZ
    for side in (agent, customer):
        assert np.flatnonzero(side == 0).tolist() == list(range(2_400, 3_600))
    rest = whole(list(held.decided(None, [(300, 1_100)], RATE_HZ)))[0]
    assert np.flatnonzero(rest == 0).tolist() == list(range(800))


def test_no_more_than_the_bound_is_held() -> None:
    held, given = HeldAudio(), 0
    for _ in range(300):
        held.add(block(200))
        given += sum(len(one[0]) for one in held.decided(0, [], RATE_HZ))
    assert given == (300 * 200 - HOLD_MS) * RATE_HZ // 1000


def test_what_was_never_decided_is_silent_and_as_long_as_it_was() -> None:
    held = HeldAudio()
    for _ in range(10):
        held.add(block(200))
    agent, customer = whole(list(held.undecided(900, [], RATE_HZ)))
    assert len(agent) == 2 * RATE_HZ
    assert (
        np.flatnonzero(agent == 0).tolist() == list(range(7_200, 16_000)) == np.flatnonzero(customer == 0).tolist()
    )
