"""When a decoder is stopped."""

import pytest

from voiceassist.asr.moonshine.token_loop import is_loop


@pytest.mark.parametrize(
    ("tokens", "stops"),
    [
        ("0 0 0 0 0 0 0 0 0", True),
        ("8 5 0 0 0 0 0 0", False),
        ("no no no no", False),
        ("I do n't know I do n't know", False),
        ("x 0 1 - 1 3 - 0 1 - 1 3 - 0 1 - 1 3 - 0 1 - 1 3 -", True),
        ("and so and so and so and so", False),
        ("and so and so and so and so and", True),
        ("a b c d e", False),
        ("", False),
    ],
)
def test_a_stretch_again_and_again_is_a_loop_and_what_people_repeat_is_none(tokens: str, *, stops: bool) -> None:
    numbers = {token: number for number, token in enumerate(dict.fromkeys(tokens.split()))}
    assert is_loop([numbers[token] for token in tokens.split()]) is stops
