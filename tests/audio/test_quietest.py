"""Where speech without a pause is cut."""

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.quietest import quietest_place


def _blocks(*levels: int) -> list[Pcm]:
    return [np.full(512, level, np.int16) for level in levels]


def test_it_is_cut_in_the_middle_of_the_quietest_gap() -> None:
    assert quietest_place(_blocks(900, 800, 20, 10, 900, 5, 700)) == 3


def test_of_places_as_quiet_the_last_one_is_taken() -> None:
    assert quietest_place(_blocks(9, 9, 9, 9)) == 3


def test_both_parts_get_a_block() -> None:
    assert quietest_place(_blocks(0, 0, 900, 900)) == 1
    assert quietest_place(_blocks(900, 900, 0, 0)) == 3
