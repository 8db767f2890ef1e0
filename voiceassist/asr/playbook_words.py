"""Lists the words that a playbook depends on: those of its phrases, and of what it lets agents offer.

A model that does not know a word never hears it, and a phrase with that word never fires. Never asks a model
itself. Next: `app.py` asks the engine about them and tells the operator.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from voiceassist.core.playbook.model import ABUSE_KINDS, Playbook

NEVER_LIKELY = frozenset({*ABUSE_KINDS, "profanity", "legal_threat"})
# A whole text of words and single spaces: nothing of the phrase language in it, no digit.
PLAIN = re.compile(r"[^\W\d_]+(?:['\u2019 ][^\W\d_]+)*")
# Whole words of the phrase language: not the name of a <list>, not the beginning of any*.
WORD = re.compile(r"(?<![<\w*'])[^\W\d_]+(?:['\u2019][^\W\d_]+)*(?![\w>*'])")


def playbook_words(playbook: Playbook) -> tuple[str, ...]:
    """In lower case, each once, in alphabetical order."""
    return tuple(sorted({word for text in _texts(playbook) for word in _words(text)}))


@lru_cache(maxsize=20_000)  # the built-in phrases of two languages, which every playbook shares, are 10,000
def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower().replace("\u2019", "'") for word in WORD.findall(text))


def playbook_phrases(playbook: Playbook) -> tuple[str, ...]:
    """Plain phrases of two words or more, which an engine may prefer when it is unsure. In alphabetical order.

    None of what abuse sounds like: nobody is to be heard swearing because it was likely.
    """
    harmless = replace(playbook, rules=tuple(rule for rule in playbook.rules if rule.kind not in NEVER_LIKELY))
    plain = {text.lower().replace("\u2019", "'") for text in _texts(harmless) if PLAIN.fullmatch(text)}
    return tuple(sorted(text for text in plain if " " in text))


def _texts(playbook: Playbook) -> Iterator[str]:
    for rule in playbook.rules:
        yield from rule.phrases
    for phrases in playbook.words.values():
        yield from phrases
    for absence in playbook.absences:
        yield from absence.phrases
    for policy in playbook.policies:
        yield from (*policy.asked, *(offer.text for offer in policy.alternatives))
        yield from (offer.detail for offer in policy.alternatives if offer.detail)
