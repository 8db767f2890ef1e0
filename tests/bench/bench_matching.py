"""How the cost of matching grows: `python -m tests.bench.bench_matching [ROUNDS]`.

Two tables, each with the ratio to its first line. Down the first: turns of 10 to 2,000 words, with 2,000 phrases;
linear means that microseconds per word stay the same. Down the second: 10 to 2,000 phrases, with a turn of 20
words. Each with ordinary words, in which nothing matches, and with the worst: nothing but phrases that do. Every
rule that matches looks through the turn once more, so the worst is linear in length and in rules that match.
Phrases and words are made up; a tenth of the phrases has a gap, a choice and an optional word. Beside them a naive
peer in the same run: the same phrases, one after the other, each with Python's own `re`. Of all rounds the fastest
counts: what else the machine does only makes one slower.
"""

import os
import random
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter_ns

from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.matchers import matcher_for
from voiceassist.core.playbook.model import Playbook, Rule
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import tokenise
from voiceassist.playbooks import load_playbook

PHRASES = (10, 50, 200, 500, 1_000, 2_000)
WORDS = (10, 20, 50, 100, 200, 500, 1_000, 2_000)
PER_RULE = 10
USUAL_WORDS = 20
SYLLABLES = ("ba", "ko", "ri", "tu", "ne", "sal", "mor", "vi", "den", "gu", "pel", "fa")
ROUNDS = 30
LONGEST_PEER = 400_000  # phrases times words: beyond, the peer takes minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Rules, and the turns to look for them in."""

    playbook: Playbook
    phrases: Sequence[str]  # plain words, as the peer looks for them
    ordinary: Sequence[str]
    worst: Sequence[str]


def word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=3))


def load(phrases: int, words: int) -> Load:
    chance = random.Random(phrases)
    said = [" ".join(word(chance) for _ in range(chance.randint(2, 5))) for _ in range(phrases)]
    written = [with_pattern(text) if place % PER_RULE == 0 else text for place, text in enumerate(said)]
    rules = tuple(
        Rule(
            id=f"insult.r{first}",
            kind="insult",
            speaker="customer",
            phrases=tuple(written[first : first + PER_RULE]),
        )
        for first in range(0, phrases, PER_RULE)
    )
    return Load(
        playbook=replace(load_playbook(None, "en"), rules=rules),
        phrases=said,
        ordinary=[f"{word(chance)}x" for _ in range(words)],  # no phrase has a word that ends so
        worst=" ".join(chance.choices(said, k=words)).split()[:words],
    )


def with_pattern(text: str) -> str:
    first, *rest = text.split()
    return f"({first}|{first}s) [really] ... {' '.join(rest)}"


def microseconds(work: Callable[[], object], rounds: int) -> float:
    """The fastest of so many rounds."""
    taken = []
    for _ in range(rounds):
        begin = perf_counter_ns()
        work()
        taken.append((perf_counter_ns() - begin) / 1_000)
    return min(taken)


def ours(one: Load, words: Sequence[str]) -> object:
    return find_cues(one.playbook, "customer", words, Context())


def peer(expressions: Sequence[re.Pattern[str]], words: Sequence[str], one: Load) -> object:
    text = rendered(tokenise(words, one.playbook.spoken))
    return [expression.search(text) for expression in expressions]


def peer_microseconds(one: Load, rounds: int) -> float | None:
    if len(one.phrases) * len(one.ordinary) > LONGEST_PEER:
        return None
    expressions = [re.compile("".join(f"<{word}>" for word in text.split())) for text in one.phrases]
    return microseconds(partial(peer, expressions, one.ordinary, one), max(3, rounds // 10))


def table(title: str, loads: Sequence[tuple[int, Load]], rounds: int) -> None:
    figures = "".join(f"{kind + ' us':>13}{'per word':>10}{'ratio':>8}" for kind in ("ordinary", "worst"))
    print(f"\n{title:>8}{figures}{'peer us':>12}")
    first: list[float] = []
    for size, one in loads:
        matcher_for(one.playbook, "customer")
        times = [microseconds(partial(ours, one, words), rounds) for words in (one.ordinary, one.worst)]
        first = first or times
        cells = "".join(
            f"{us:13.1f}{us / len(one.ordinary):10.2f}{us / begin:8.1f}"
            for us, begin in zip(times, first, strict=True)
        )
        naive = peer_microseconds(one, rounds)
        print(f"{size:8,}{cells}" + (f"{naive:12.1f}" if naive else f"{'-':>12}"))


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(f"the fastest of {rounds} rounds, load {os.getloadavg()[0]:.1f}")
    table("words", [(words, load(PHRASES[-1], words)) for words in WORDS], rounds)
    table("phrases", [(phrases, load(phrases, USUAL_WORDS)) for phrases in PHRASES], rounds)


if __name__ == "__main__":
    main()
