"""How many cards an agent wants: what *fewer*, *normal* and *more* change. All of it is here.

The playbook's numbers of cards are never exceeded; *more* only shortens the pauses between them. Cards of the
abuse ladder protect the agent, and come as the playbook says whatever the agent chose. Next: `card_slot.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from voiceassist.actions import CardVolume
from voiceassist.core.playbook.model import SECOND_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPace:
    """What a volume makes of the playbook's numbers."""

    pauses: float = 1.0  # times the cooldowns, and the gap between two cards
    share: float = 1.0  # of the cards that one call, or one kind of card, may have
    least_priority: int = 0  # of a card that comes
    returns: bool = True  # whether a card comes back while nobody has done what it says

    def pause_ms(self, seconds: int) -> float:
        """A pause of the playbook's, in milliseconds."""
        return self.pauses * seconds * SECOND_MS

    def number(self, cards: int) -> int:
        """A number of cards of the playbook's; what may come at all may come once."""
        return ceil(self.share * cards)


PACES: Mapping[CardVolume, CardPace] = {
    # 50 is the middle of the scale: refusals, promises and pressing stay, hints on style go.
    "fewer": CardPace(pauses=2.0, share=0.5, least_priority=50, returns=False),
    "normal": CardPace(),
    "more": CardPace(pauses=0.5),
}
