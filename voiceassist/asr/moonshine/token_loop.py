"""Whether a decoder writes the same again and again: then nothing that it adds was said.

Never changes tokens. Next: `model.py` stops a line there, and `plausible.py` drops what was too much.
"""

from collections.abc import Sequence

LONGEST_TURN = 12  # tokens: "0482-OK-01-13-" has eleven
FEWEST_TURNS = 4  # people say "no no no" and "one one one"
FEWEST_TOKENS = 9  # "5,000,000", "ha ha ha ha" and "no, no, no, no" stay


def is_loop(tokens: Sequence[int]) -> bool:
    """Whether the last tokens are one stretch, at least four times in a row and nine tokens together."""
    return any(_turns(tokens, size) for size in range(1, min(LONGEST_TURN, len(tokens) // FEWEST_TURNS) + 1))


def _turns(tokens: Sequence[int], size: int) -> bool:
    """Whether the end repeats with this period."""
    length = max(size * FEWEST_TURNS, FEWEST_TOKENS)
    last = tokens[-length:]
    return len(last) == length and all(last[at] == last[at - size] for at in range(size, length))
