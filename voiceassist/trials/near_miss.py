"""Finds the rule that came nearest to firing on a sentence, for people who ask why no cue came.

Looks at every phrase of one side's rules, so it is for trying things out, not for calls.
Next: `voiceassist playbook try`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voiceassist.core.cues.matchers import CompiledRule, Matcher, matcher_for
from voiceassist.core.cues.patterns import lexicon_of, pattern_of
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.topics.index import choices
from voiceassist.core.words.phrases import Lexicon, PhraseError, rendered
from voiceassist.core.words.text import tokenise_text
from voiceassist.events import Speaker

ENOUGH = 0.5  # share of a phrase's words; below, nobody would call it near

_OPTIONAL = re.compile(r"\[[^\[\]]*\]|\.\.\.\d*|[\^$]")
_PART = re.compile(r"\([^()]*\)|\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A phrase that was nearly said, or said and kept quiet."""

    rule: str
    phrase: str
    lacks: tuple[
        str, ...
    ]  # parts of the phrase that were not said; empty: an exception or the context kept it quiet


def near_miss(playbook: Playbook, speaker: Speaker, text: str) -> NearMiss | None:
    """The phrase that came nearest to firing; None when none came near enough."""
    said = rendered(tokenise_text(text, playbook.spoken))
    matcher = matcher_for(playbook, speaker)
    lexicon = lexicon_of(playbook)
    quiet = next(_kept_quiet(matcher, said), None)
    return quiet or max(_near(matcher, lexicon, said), key=lambda near: near[0], default=(0.0, None))[1]


def _kept_quiet(matcher: Matcher, said: str) -> Iterator[NearMiss]:
    for compiled in matcher.candidates(said):
        words = next((said[slice(*span)] for span in compiled.phrases.spans(said)), "")
        if words:
            yield NearMiss(rule=compiled.rule.id, phrase=words[1:-1].replace("><", " "), lacks=())


def _near(matcher: Matcher, lexicon: Lexicon, said: str) -> Iterator[tuple[float, NearMiss]]:
    known: dict[str, bool] = {}
    for compiled in matcher.rules:
        for phrase in _phrases(compiled):
            parts = _PART.findall(_OPTIONAL.sub(" ", phrase))
            lacks = tuple(part for part in parts if not _is_said(part, lexicon, said, known))
            share = 1 - len(lacks) / len(parts) if parts else 0.0
            if share >= ENOUGH and lacks:
                yield share, NearMiss(rule=compiled.rule.id, phrase=phrase, lacks=lacks)


def _phrases(compiled: CompiledRule) -> Iterator[str]:
    for phrase in compiled.rule.phrases:
        yield from choices(phrase)


def _is_said(part: str, lexicon: Lexicon, said: str, known: dict[str, bool]) -> bool:
    if part not in known:
        try:
            known[part] = pattern_of((part,), lexicon).found(said)
        except PhraseError:  # half of a nested choice: no word that could be missing
            known[part] = True
    return known[part]
