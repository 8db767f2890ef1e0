"""Makes long turns of short ones: people speak in runs of clauses, without a full stop that anyone would hear.

A cue with ordinary talk around it stays a cue; ordinary talk in a row stays ordinary. Always the same for the same
examples. Next: `fit.py`.
"""

import random
from collections.abc import Iterator, Sequence

from voiceassist.training.example import TrainingTurn, joined

SEED = 3
SHARE = 0.5  # of the turns with a cue that are also said within longer ones
WEIGHT = 0.5  # of such a turn, to the turn's own: it says the same again
ORDINARY = 4_000  # long ordinary turns, at most as many as there are ordinary turns
PARTS = (2, 4)  # of a long ordinary turn


def longer(examples: Sequence[TrainingTurn]) -> list[TrainingTurn]:
    """New turns, of the examples of one speaker."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    ordinary = [one for one in examples if not one.kinds]
    ours = [one for one in ordinary if one.source.startswith("own")] or ordinary
    return [*_around_cues(examples, ours, chance), *_ordinary(ordinary, ours, chance)]


def _around_cues(
    examples: Sequence[TrainingTurn], ordinary: Sequence[TrainingTurn], chance: random.Random
) -> Iterator[TrainingTurn]:
    fitting = {
        kinds: [talk for talk in ordinary if kinds <= talk.about] for kinds in {one.kinds for one in examples}
    }
    for one in examples:
        around = fitting[one.kinds]
        if one.kinds and one.weight and around and chance.random() < SHARE:
            before, after = chance.choices(around, k=2)
            parts = chance.choice(([before, one], [one, after], [before, one, after]))
            yield joined(parts, one.kinds, WEIGHT * one.weight)


def _ordinary(
    ordinary: Sequence[TrainingTurn], ours: Sequence[TrainingTurn], chance: random.Random
) -> Iterator[TrainingTurn]:
    for _ in range(min(ORDINARY, len(ordinary))):
        size = chance.randint(*PARTS)
        yield joined([chance.choice(chance.choice((ordinary, ours))) for _ in range(size)], frozenset(), 1.0)
