"""The deliveries that were given up, for a person to send again or to discard. Pure.

Overflow rule: above `MOST_DEAD` the oldest is lost, and counted. What was discarded can be taken back until the
server stops, the newest `MOST_DEAD` of it. Next: `desk.py` keeps them; `server/notices.py` shows them.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace

from voiceassist.notices.notice import Delivery

MOST_DEAD = 500  # some 2.5 MB at the texts' longest; more than a person reads


class DeadLetters:
    """Oldest first."""

    def __init__(self) -> None:
        self.letters: OrderedDict[str, Delivery] = OrderedDict()  # by id
        self.lost = 0
        self._discarded: OrderedDict[str, Delivery] = OrderedDict()

    def bury(self, delivery: Delivery, now_s: float) -> tuple[Delivery, Delivery | None]:
        """The letter as it is kept, and the one that was lost for it."""
        letter = self.letters[delivery.id] = replace(delivery, died_s=delivery.died_s or now_s)
        if len(self.letters) <= MOST_DEAD:
            return letter, None
        self.lost += 1
        return letter, self.letters.popitem(last=False)[1]

    def take(self, ids: Iterable[str]) -> list[Delivery]:
        """Removes these; one that is not there is left out."""
        return [self.letters.pop(one) for one in dict.fromkeys(ids) if one in self.letters]

    def discard(self, ids: Iterable[str]) -> list[Delivery]:
        """Removes these, so that they can be taken back."""
        gone = self.take(ids)
        self._discarded |= {one.id: one for one in gone}
        while len(self._discarded) > MOST_DEAD:
            self._discarded.popitem(last=False)
        return gone

    def take_back(self, ids: Iterable[str]) -> list[Delivery]:
        """Those of these that were discarded, to be buried again."""
        return [self._discarded.pop(one) for one in dict.fromkeys(ids) if one in self._discarded]

    def forget(self, is_meant: Callable[[Delivery], bool]) -> list[Delivery]:
        """Removes what is meant for good, also from what was discarded; returns what was not discarded."""
        for one in [one for one in self._discarded.values() if is_meant(one)]:
            del self._discarded[one.id]
        return self.take([one.id for one in self.letters.values() if is_meant(one)])


def revived(letter: Delivery, now_s: float) -> Delivery:
    """The delivery as it starts anew; the receivers of a mail that have it do not get it again."""
    return replace(letter, from_s=now_s, due_s=now_s, tries=0, group="", died_s=None)
