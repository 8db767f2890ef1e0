"""What finding cues costs, in microseconds per turn and per partial.

Every turn is looked at whole and as it grows word by word, as partials bring it. Beside it, in the same run and on
the same words: tokenising alone; tokenising and screening all rules at once; all but the classifier; and a peer,
the phrases of the same rules joined by `|` for Python's own `re`, which finds words but knows no context, no
exclusion and no overlap.
Times are of the wall clock: what else runs on the machine is in them, so look at the ratios.
Next: `cli/bench/cues.py` shows the figures.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter_ns
from typing import Literal

import numpy as np

from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.matchers import matcher_for
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import other_side
from voiceassist.evaluation.labelled import LabelledTurn, TextName
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.samples import list_samples

What = Literal["turn", "partial"]
WHATS: tuple[What, ...] = ("turn", "partial")
WHOLE = "find cues"
PEER = "one Python re"
NS_PER_US = 1_000
PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedSample:
    """Words to look at, and what the other side said before."""

    what: What
    speaker: Speaker
    words: tuple[str, ...]
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedCost:
    """What one way of looking cost, in microseconds."""

    what: What
    way: str
    n: int
    median_us: float
    p95_us: float
    p99_us: float


Way = Callable[[SpeedSample], object]


def sample_turns() -> Iterator[SpeedSample]:
    """The lines of the sample calls, and their beginnings."""
    for sample in list_samples():
        last: dict[Speaker, tuple[str, ...]] = dict.fromkeys(SPEAKERS, ())
        for line in sample.lines:
            last[line.speaker] = tuple(line.text.split())
            yield from _growing(line.speaker, last[line.speaker], last[other_side(line.speaker)])


def row_turns(rows: Iterable[LabelledTurn], text: TextName) -> Iterator[SpeedSample]:
    """Labelled turns, and their beginnings; once for every side that may have said them."""
    for row in rows:
        for speaker in row.speakers:
            yield from _growing(speaker, tuple(row.words(text)), tuple(row.prev.split()))


def _growing(speaker: Speaker, words: tuple[str, ...], before: tuple[str, ...]) -> Iterator[SpeedSample]:
    for count in range(1, len(words)):
        yield SpeedSample(what="partial", speaker=speaker, words=words[:count], before=before)
    yield SpeedSample(what="turn", speaker=speaker, words=words, before=before)


def costs(
    playbook: Playbook, said: Sequence[SpeedSample], rounds: int, on_round: Callable[[], None]
) -> list[SpeedCost]:
    """Every way on everything that is said, so many times over; the round before the first warms the caches.

    The peer looks in one round only: it may take a thousand times as long.
    """
    ways = _ways(playbook)
    times: dict[tuple[What, str], list[int]] = {(what, way): [] for what in WHATS for way in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            for one in said if name != PEER or number == 1 else ():
                begin = perf_counter_ns()
                way(one)
                taken = perf_counter_ns() - begin
                if number:
                    times[one.what, name].append(taken)
        on_round()
    return [_cost(what, way, ns) for (what, way), ns in times.items() if ns]


def _ways(playbook: Playbook) -> Mapping[str, Way]:
    language, by_rules = playbook.spoken, replace(playbook, classifier=None)
    peers = {speaker: re.compile(_alternation(playbook, speaker)) for speaker in SPEAKERS}

    def tokens(said: SpeedSample) -> str:
        return rendered(tokenise(said.words, language))

    return {
        "tokenise": tokens,
        "tokenise, screen": lambda said: matcher_for(playbook, said.speaker).candidates(tokens(said)),
        "rules only": lambda said: find_cues(by_rules, said.speaker, said.words, Context(before=said.before)),
        WHOLE: lambda said: find_cues(playbook, said.speaker, said.words, Context(before=said.before)),
        PEER: lambda said: peers[said.speaker].findall(tokens(said)),
    }


def _alternation(playbook: Playbook, speaker: Speaker) -> str:
    """Every phrase of one side as one expression; without any, one that never matches."""
    rules = matcher_for(playbook, speaker).rules
    return "|".join(rule.phrases.expression.pattern for rule in rules) or r"(?!)"


def _cost(what: What, way: str, ns: Sequence[int]) -> SpeedCost:
    median, p95, p99 = (float(value) / NS_PER_US for value in np.percentile(ns, PERCENTILES))
    return SpeedCost(what=what, way=way, n=len(ns), median_us=median, p95_us=p95, p99_us=p99)
