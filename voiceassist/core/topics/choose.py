"""Chooses the policy that a refusal is about: `choose_topic(playbook, refused, asked) -> TopicChoice`.

Every policy is scored by its phrases: in what the customer asked for (the newest turn counts most) and in the
agent's refusing words. A phrase of more words counts more, one that several policies match counts less. Words
that only one policy's phrases know help where no phrase fits. Deterministic, and it says which words decided.
Never shows a card. Next: `core/call/card_text.py`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceassist.core.playbook.model import GENERAL, Playbook, Policy
from voiceassist.core.topics.index import TopicIndex, TopicPhrase, stem, topic_index
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import Token, tokenise

RECENCY = 0.6  # what a turn weighs against the one after it
AGENT_REFUSED = 1.5  # the agent's own words name the limit most exactly
AGENT_ASKED = 0.8  # the agent repeats what was asked
FURTHER = 0.3  # what a policy's second-best phrase adds
WORDS_MOST = 0.9  # all single words together count less than one phrase
WORD = 0.5  # a word that nothing else in the playbook uses
LEAST = 0.35  # with less than this no topic is found
TELLING = 0.1  # what says less is not given as a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChoice:
    """A policy, how well it fits, and by which words."""

    policy: Policy
    score: float  # 0: nothing spoke for it
    because: tuple[str, ...] = ()  # the words that matched, the weightiest first


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a text."""

    policy: int
    words: int
    span: tuple[int, int]  # characters of the rendered text
    text: str


def choose_topic(playbook: Playbook, refused: Sequence[str], asked: Sequence[Sequence[str]]) -> TopicChoice:
    """The best policy; the general one when none fits.

    `refused` are the words of the agent's refusing turn, `asked` those of the customer's turns, newest first.
    """
    return rank_topics(playbook, refused, asked)[0]


def rank_topics(
    playbook: Playbook, refused: Sequence[str], asked: Sequence[Sequence[str]]
) -> tuple[TopicChoice, ...]:
    """All policies, the best first; those with too low a score come after the general one."""
    points = [defaultdict[str, float](float) for _ in playbook.policies]
    for words, weight, of_agent in _sources(refused, asked):
        _score(playbook, words, weight, points, of_agent=of_agent)
    choices = [_choice(policy, found) for policy, found in zip(playbook.policies, points, strict=True)]
    return tuple(sorted(choices, key=_rank))


def _sources(
    refused: Sequence[str], asked: Sequence[Sequence[str]]
) -> Iterator[tuple[Sequence[str], float, bool]]:
    yield refused, 1.0, True
    for age, words in enumerate(asked):
        yield words, RECENCY**age, False


def _choice(policy: Policy, points: defaultdict[str, float]) -> TopicChoice:
    score = 0.0 if policy.id == GENERAL else round(sum(points.values()), 3)
    return TopicChoice(policy=policy, score=score, because=_reasons(points))


def _reasons(points: Mapping[str, float]) -> tuple[str, ...]:
    telling = sorted(
        (words for words, value in points.items() if value >= TELLING), key=lambda words: -points[words]
    )
    return tuple(one for one in telling if not any(one != other and one in other.split() for other in telling))


def _rank(choice: TopicChoice) -> tuple[int, float]:
    if choice.policy.id == GENERAL:
        return 1, 0.0
    return (0 if choice.score >= LEAST else 2), -choice.score


def _score(
    playbook: Playbook,
    words: Sequence[str],
    weight: float,
    points: list[defaultdict[str, float]],
    *,
    of_agent: bool,
) -> None:
    """Adds to each policy what one turn's words say for it."""
    index = topic_index(playbook)
    tokens = tokenise(words, playbook.spoken)
    hits = _hits(index, tokens, of_agent=of_agent)
    for place, counts in enumerate(points):
        own = sorted((_value(hit, hits) for hit in hits if hit[0].policy == place), reverse=True)
        for rank, (value, text) in enumerate(own):
            counts[text] += weight * value * (FURTHER if rank else 1.0)
        _add_words(counts, index.telling[place], tokens, weight)


def _hits(index: TopicIndex, tokens: Sequence[Token], *, of_agent: bool) -> list[tuple[Hit, float]]:
    text = rendered(tokens)
    return [
        (Hit(phrase.policy, phrase.words, span, _plain(text[slice(*span)])), _worth(phrase, of_agent=of_agent))
        for phrase in index.candidates(text)
        if of_agent or not phrase.of_agent
        for span in phrase.pattern.spans(text)[:1]
    ]


def _worth(phrase: TopicPhrase, *, of_agent: bool) -> float:
    if not of_agent:
        return 1.0
    return AGENT_REFUSED if phrase.of_agent else AGENT_ASKED


def _value(found: tuple[Hit, float], hits: Sequence[tuple[Hit, float]]) -> tuple[float, str]:
    """What a hit counts: less when other policies claim the same words with as much right."""
    hit, worth = found
    rivals = {other.policy for other, _ in hits if other.words >= hit.words and _overlap(other.span, hit.span)}
    return worth * hit.words / len(rivals), hit.text


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _plain(text: str) -> str:
    return text[1:-1].replace("><", " ")


def _add_words(
    counts: defaultdict[str, float], telling: Mapping[str, float], tokens: Sequence[Token], weight: float
) -> None:
    found = {token.text: telling[stem(token.text)] for token in tokens if stem(token.text) in telling}
    total = sum(found.values())
    share = min(WORDS_MOST, WORD * total) / total if total else 0.0
    for text, value in found.items():
        counts[text] += weight * value * share
