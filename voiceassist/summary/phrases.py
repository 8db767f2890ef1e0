"""What a summary is said with in one language: a heading per section, a sentence per code.

Next: `phrases_en.py` and `phrases_es.py` fill it in, `text.py` makes lines of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voiceassist.summary.items import Code, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPhrases:
    """One language. `{quote}`, `{name}`, `{by}`, `{when}` and `{after}` are an item's."""

    title: str  # of the whole, with `{agent}` and `{customer}`
    how: str  # how it was made
    edited: str  # by `{by}`
    sections: Mapping[Section, str]
    sentences: Mapping[Code, str]
    opened: str  # the marks of a quote
    closed: str
    who: Mapping[str, str]  # by speaker
    unnamed: str  # a refusal without words or topic
    states: Mapping[str, str]  # of an alert; `{by}`
    resolved: Mapping[str, str]  # why an alert was resolved; `{by}`
    times: Callable[[int], str]  # how often an alert came
    seconds: Callable[[int], str]
    outcomes: Callable[[int, int, int], str]  # refusals: all, recovered, dead ends
