"""A trigram language model from counts: interpolated Witten-Bell, pruned to a number of n-grams, as an acceptor.

Witten & Bell 1991; pruned by weighted difference (Seymore & Rosenfeld 1996): an n-gram goes when doing without it
costs little probability, weighted by how often it occurs. Never sees sentences. Next: `graph.py`.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from training.counts import BEGIN, END, Counts
from training.lexicon import UNKNOWN

UNIFORM = 0.08  # share of every word's probability that is the same for all words
UNKNOWN_CHANCE = 1e-4
History = tuple[str, ...]
Chances = dict[History, dict[str, float]]


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Probabilities by history and word, and what a history leaves for the shorter one."""

    chances: Chances
    back_off: dict[History, float]

    def chance(self, history: History, word: str) -> float:
        """Of a word after a history, backing off."""
        while history not in self.chances:
            history = history[1:]
        if word in self.chances[history]:
            return self.chances[history][word]
        return self.back_off[history] * self.chance(history[1:], word)


def merged(own: Counts, own_weight: float, published: Counts, published_weight: float) -> dict[History, float]:
    """Counts of both, weighted."""
    counts: dict[History, float] = defaultdict(float)
    for weight, source in ((own_weight, own), (published_weight, published)):
        for gram, number in source.items():
            counts[gram] += weight * number
    return counts


def estimate(counts: Mapping[History, float], vocabulary: list[str], size: int) -> LanguageModel:
    """The model of a vocabulary with about `size` n-grams of two and three words."""
    known = {*vocabulary, END}
    chances: Chances = {(): _unigrams(counts, known)}
    back_off: dict[History, float] = {}
    for order in (2, 3):
        seen = _by_history(counts, order, known)
        for history, words in seen.items():
            # The history was counted more often than its words are listed, because rare sequences are not.
            total = max(counts.get(history, 0.0), sum(words.values()))
            left = 1 - sum(words.values()) / (len(words) + total)
            shorter = LanguageModel(chances, back_off)
            chances[history] = {
                word: number / (len(words) + total) + left * shorter.chance(history[1:], word)
                for word, number in words.items()
            }
            back_off[history] = left
    return _pruned(LanguageModel(chances, back_off), counts, size)


def _unigrams(counts: Mapping[History, float], known: set[str]) -> dict[str, float]:
    numbers = {word: counts.get((word,), 0.0) for word in sorted(known)}
    total = sum(numbers.values())
    even = UNIFORM / len(known)
    return {word: (1 - UNIFORM) * number / total + even for word, number in numbers.items()} | {
        UNKNOWN: UNKNOWN_CHANCE
    }


def _by_history(counts: Mapping[History, float], order: int, known: set[str]) -> dict[History, dict[str, float]]:
    found: dict[History, dict[str, float]] = defaultdict(dict)
    for gram, number in counts.items():
        if len(gram) == order and gram[-1] in known and all(word in known or word == BEGIN for word in gram[:-1]):
            found[gram[:-1]][gram[-1]] = number
    return found


def _pruned(model: LanguageModel, counts: Mapping[History, float], size: int) -> LanguageModel:
    worth = sorted(_worths(model, counts), reverse=True)[:size]
    kept: dict[History, set[str]] = defaultdict(set)
    for _, history, word in worth:
        kept[history].add(word)
        if len(history) == 2:
            kept[history[:1]].add(history[1])
            kept[history[1:]].add(word)
    return _renormalised(model, kept)


def _worths(model: LanguageModel, counts: Mapping[History, float]) -> Iterator[tuple[float, History, str]]:
    for history, words in model.chances.items():
        for word, chance in words.items() if history else ():
            without = model.back_off[history] * model.chance(history[1:], word)
            yield counts[(*history, word)] * (math.log(chance) - math.log(without)), history, word


def _renormalised(model: LanguageModel, kept: Mapping[History, set[str]]) -> LanguageModel:
    chances: Chances = {(): model.chances[()]}
    back_off: dict[History, float] = {}
    for history in sorted(kept, key=len):
        known = model.chances[history]
        chances[history] = {word: known[word] for word in kept[history] if word in known}
        shorter = LanguageModel(chances, back_off)
        used = sum(chances[history].values())
        covered = sum(shorter.chance(history[1:], word) for word in chances[history])
        back_off[history] = max(1 - used, 1e-6) / max(1 - covered, 1e-6)
    return LanguageModel(chances, back_off)


def acceptor(model: LanguageModel, ids: Mapping[str, int]) -> str:
    """OpenFst's text form: one state per history, label 0 backs off."""
    histories = [(BEGIN,), (), *sorted(history for history in model.chances if history not in ((), (BEGIN,)))]
    states = {history: number for number, history in enumerate(histories)}
    lines = []
    for history in histories:
        for word, chance in sorted(model.chances[history].items()):
            if word == END:
                lines.append(f"{states[history]} {-math.log(chance):.4f}")
            else:
                following = _longest_known((*history, word), states)
                lines.append(f"{states[history]} {following} {ids[word]} {-math.log(chance):.4f}")
        if history:
            shorter = _longest_known(history[1:], states)
            lines.append(f"{states[history]} {shorter} 0 {-math.log(model.back_off[history]):.4f}")
    return "\n".join(lines) + "\n"


def _longest_known(words: History, states: Mapping[History, int]) -> int:
    while words not in states or len(words) > 2:
        words = words[1:]
    return states[words]


def perplexity(model: LanguageModel, sentences: list[str]) -> float:
    """Per word and sentence end, over the words the model knows."""
    known = model.chances[()]
    logs = []
    for sentence in sentences:
        history: History = (BEGIN,)
        for word in [*sentence.split(), END]:
            if word in known:
                logs.append(math.log(model.chance(history, word)))
            history = (*history, word)[-2:]
    return math.exp(-sum(logs) / len(logs))
