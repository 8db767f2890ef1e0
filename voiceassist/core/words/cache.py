"""Keeps what was made from texts, by content: `ContentCache.get(key, make)`.

Most of what one playbook needs compiled, the next one and the next draft need too: the built-in rules of their
language. The key must hold everything that the value is made from, so a kept value is never a wrong one. Never
holds more than it may; what was not asked for lately goes. Next: `phrases.py` and `core/cues/patterns.py` use it.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class ContentCache(Generic[V]):
    """Values by content, in two halves: when the newer half is full, it becomes the older one.

    Two threads that ask for the same at the same time may both make it; nothing else can happen.
    """

    def __init__(self, most: int, weigh: Callable[[V], int]) -> None:
        """`most`: what all values may weigh together, in the unit of `weigh`."""
        self._half = most // 2
        self._weigh = weigh
        self._newer: dict[Hashable, V] = {}
        self._older: dict[Hashable, V] = {}
        self._weight = 0  # of the newer half

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value for this key, made if it is not there. Raises what `make` raises, and keeps nothing then."""
        newer = self._newer
        if key in newer:
            return newer[key]
        older = self._older
        value = older[key] if key in older else make()
        weight = self._weigh(value)
        if weight <= self._half:
            self._keep(key, value, weight)
        return value

    def _keep(self, key: Hashable, value: V, weight: int) -> None:
        if self._weight + weight > self._half:
            self._older, self._newer, self._weight = self._newer, {}, 0
        self._newer[key] = value
        self._weight += weight
