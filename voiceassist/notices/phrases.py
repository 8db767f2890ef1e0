"""What the notices of every language are made of: one sentence or word for each thing that can be said.

Next: `phrases_en.py` and `phrases_es.py` fill it in, `text.py` makes messages of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One language. `{}` is what the sentence is about."""

    levels: Mapping[str, str]
    states: Mapping[str, str]  # as a state of an alert reads in a title
    kinds: Mapping[str, str]  # a kind that is missing is a playbook's own: its name is used
    reasons: Mapping[str, str]  # by `Alert.reason_code`; a code that is missing has the alert's own sentence
    unsaid: str  # title of what was not said in time
    alert: str  # title of one whose kind may not be said
    rose: str
    waited: Callable[[str], str]
    minutes: Callable[[int], str]
    seconds: Callable[[int], str]
    by: str
    agent: str
    team: str
    customer: str
    quote: str
    note: str
    time: str
    link: str
    summary: Callable[[int, int], str]  # how many, how many of them critical
    more: Callable[[int], str]
    test: str
    test_text: str
