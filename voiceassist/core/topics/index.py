"""The phrases of a playbook's policies, each ready to be found by itself, with what it is worth.

Compiled once for a playbook. Next: `choose.py` scores a conversation with it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from voiceassist.core.cues.patterns import Pattern, lexicon_of, pattern_of
from voiceassist.core.cues.screens import Screen, hits, screens_of
from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import Playbook, Policy
from voiceassist.core.words.languages import Language
from voiceassist.core.words.text import canonical

# Chosen on requests of our own (models/training/topics.jsonl); without EVERYDAY, 5 in 100 more are wrong there.
STEM = 6  # letters: "returning" and "returned" are one word
SHORTEST = 3  # letters; shorter words are mostly grammar, in any language
EVERYDAY = 0.5  # what a kind of cue that uses a word takes from it, as half a policy would
LIMIT_WORD = 0.5  # a word of the policy's limit, where no phrase has it
TEXTS_KEPT = 4096  # groups of texts whose words are known; a playbook has some 300

_PIECE = re.compile(r"\.\.\.\d*|<\w+>|[()\[\]|^$]|[^\s()\[\]|^$<>]+")
_GAP = "..."


@dataclass(frozen=True, slots=True)
class TopicPhrase:
    """One choice of a policy's phrase."""

    policy: int  # place among the playbook's policies
    pattern: Pattern
    words: int  # the fewest that it must match
    of_agent: bool  # a refusing phrase, not an asking one


@dataclass(frozen=True, slots=True)
class TopicIndex:
    """The phrases of all policies, and how telling the words in them are."""

    screens: tuple[Screen, ...]  # over the phrases' places
    phrases: tuple[TopicPhrase, ...]
    telling: tuple[Mapping[str, float], ...]  # by policy: stem → 1 where only this policy has it, else less

    def candidates(self, text: str) -> list[TopicPhrase]:
        """The phrases in a rendered text, in playbook order."""
        return [self.phrases[place] for place in hits(self.screens, text)]


@per_playbook
def topic_index(playbook: Playbook) -> TopicIndex:
    """The index of a playbook."""
    lexicon = lexicon_of(playbook)
    found = tuple(
        TopicPhrase(place, pattern_of((choice,), lexicon), fewest_words(choice), of_agent)
        for place, policy in enumerate(playbook.policies)
        for phrases, of_agent in ((policy.asked, False), (policy.refused, True))
        for phrase in phrases
        for choice in choices(phrase)
    )
    return TopicIndex(screens_of([phrase.pattern for phrase in found]), found, _telling(playbook))


def choices(phrase: str) -> list[str]:
    """What a phrase offers at its top: `a b|c` is `a b` and `c`."""
    found, depth = [""], 0
    for piece in _PIECE.findall(phrase):
        depth += (piece in "([") - (piece in ")]")
        if piece == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += f" {piece}"
    return [choice.strip() for choice in found]


def fewest_words(phrase: str) -> int:
    """How many words a phrase matches at least, words in gaps not counted; a list counts as one."""
    return _fewest(iter(_PIECE.findall(phrase)))


def _fewest(pieces: Iterator[str]) -> int:
    """Up to the bracket that closes these pieces."""
    branches = [0]
    for piece in pieces:
        if piece in ")]":
            break
        if piece == "|":
            branches.append(0)
        elif piece == "(":
            branches[-1] += _fewest(pieces)
        elif piece == "[":
            _fewest(pieces)
        elif piece not in "^$" and not piece.startswith(_GAP):
            branches[-1] += 1
    return min(branches)


def stem(word: str) -> str:
    """The letters by which forms of one word are told from other words."""
    return word[:STEM]


def _telling(playbook: Playbook) -> tuple[Mapping[str, float], ...]:
    """What a word says for a policy: much if no other policy uses it, and no cue either, wherever in the text."""
    language = playbook.spoken
    used = Counter(one for policy in playbook.policies for one in _stems(_texts(policy), language))
    everyday = Counter(one for stems in _everyday(playbook).values() for one in stems)
    return tuple(
        {one: worth / (used[one] + EVERYDAY * everyday[one]) for one, worth in _own(policy, language).items()}
        for policy in playbook.policies
    )


def _own(policy: Policy, language: Language) -> dict[str, float]:
    """The words of a policy that may stand for it, with their worth."""
    asking = _stems((*policy.asked, *policy.refused, policy.topic), language)
    return dict.fromkeys(_stems((policy.limit,), language), LIMIT_WORD) | dict.fromkeys(asking, 1.0)


def _everyday(playbook: Playbook) -> Mapping[str, set[str]]:
    """The words of each kind of cue: everyday language."""
    stems: dict[str, set[str]] = {}
    for rule in playbook.rules:
        for texts in (rule.phrases, rule.exclusions):
            stems.setdefault(rule.kind, set()).update(_stems(texts, playbook.spoken))
    return stems


def _texts(policy: Policy) -> tuple[str, ...]:
    return (
        *policy.asked,
        *policy.refused,
        policy.topic,
        policy.limit,
        policy.benefit,
        policy.say,
        policy.avoid,
        *(offer.text for offer in policy.alternatives),
    )


@lru_cache(maxsize=TEXTS_KEPT)
def _stems(texts: tuple[str, ...], language: Language) -> frozenset[str]:
    """The words of phrases and sentences without their grammar: no gaps, no names of lists, no short words."""
    words = (
        token
        for text in texts
        for piece in _PIECE.findall(text)
        if not piece.startswith(("<", _GAP))
        for token in canonical(piece.rstrip("*"), language)
    )
    return frozenset(stem(word) for word in words if len(word) >= SHORTEST)
