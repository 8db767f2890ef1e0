"""Keeps what is compiled of a playbook for as long as the playbook is referenced.

So a published playbook is never compiled twice, however many drafts are tried beside it, and a draft that nobody
tries any more takes no memory. Next: `core/cues/patterns.py` and whoever else compiles a playbook's phrases.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from voiceassist.core.playbook.model import Playbook

T = TypeVar("T")


def per_playbook(make: Callable[[Playbook], T]) -> Callable[[Playbook], T]:
    """`make`, which is asked once for each playbook. What it makes must not hold the playbook itself."""
    made: WeakKeyDictionary[Playbook, T] = WeakKeyDictionary()

    @wraps(make)
    def once(playbook: Playbook) -> T:
        if playbook not in made:
            made[playbook] = make(playbook)
        return made[playbook]

    return once
