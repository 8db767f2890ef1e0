"""What the finding of cues looks at: an utterance as tokens, and what the other side said before it.

Never decides anything. Next: `find.py` makes one, `rules.py` and `classified.py` look into it.
"""

from dataclasses import dataclass
from functools import cached_property

from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import Token
from voiceassist.core.words.turns import other_side
from voiceassist.events import Speaker


@dataclass(frozen=True)  # no slots: `text` is kept once it is made
class Utterance:
    """The tokens of one utterance, and of the other side's previous turn."""

    speaker: Speaker
    tokens: tuple[Token, ...]
    before: tuple[Token, ...] = ()

    @cached_property
    def text(self) -> str:
        """The tokens as the text that compiled phrases search."""
        return rendered(self.tokens)

    def previous(self) -> "Utterance":
        """The other side's previous turn; what came before that one is not known."""
        return Utterance(other_side(self.speaker), self.before)
