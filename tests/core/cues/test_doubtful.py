"""Which words are worth a second listen: guesses that a cue hangs on, and nothing else."""

from dataclasses import replace

import pytest

from tests.builders import final
from tests.core.playbooks import tiny
from voiceassist.core.cues.doubtful import doubtful_words
from voiceassist.events import Final


def heard(text: str, *sure: float) -> Final:
    said = final("agent", text)
    words = zip(said.words, sure, strict=True)
    return replace(said, words=tuple(replace(word, confidence=confidence) for word, confidence in words))


@pytest.mark.parametrize(
    ("text", "sure", "expected"),
    [
        ("there is no way", (0.9, 0.9, 0.2, 0.9), (2, 3)),
        ("there is no way", (0.9, 0.9, 0.2, 0.2), (2, 4)),
        ("there is no way", (0.2, 0.2, 0.9, 0.9), None),
        ("there is one way", (0.2, 0.2, 0.2, 0.2), None),
        ("there is no way", (0.9, 0.9, 0.9, 0.9), None),
    ],
    ids=["an anchor", "two of them", "words beside the cue", "no cue", "all sure"],
)
def test_only_unsure_anchors_of_a_cue_are_doubtful(
    text: str, sure: tuple[float, ...], expected: tuple[int, int] | None
) -> None:
    assert doubtful_words(tiny(), heard(text, *sure)) == expected


def test_words_that_would_only_colour_anyway_are_not_heard_again() -> None:
    weak = tiny(("{plain: {phrases: [no way]}}", "{plain: {phrases: [no way], reach: colour}}"))
    assert doubtful_words(weak, heard("no way", 0.2, 0.2)) is None


def test_words_without_confidence_are_taken_as_sure() -> None:
    assert doubtful_words(tiny(), replace(final("agent", "no way"), words=())) is None
