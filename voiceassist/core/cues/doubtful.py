"""Which words of a final are worth a second listen: those that a cue hangs on, and that were guesses.

A guess may be what was said ("we can't", mumbled) or a garbled word ("Sure." heard as "Shit."): the recognizer can
compare it with other readings of the same sound, and then knows better. Looks at nothing but the final, so that a
replay asks for the same words. Never changes a word. Next: `asr/heard_again.py` listens.
"""

from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.reach import SEVERE_KINDS, Hearing, unsure_anchors
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import words_of
from voiceassist.events import Final


def doubtful_words(playbook: Playbook, final: Final) -> tuple[int, int] | None:
    """The first, and the one after the last, of the words whose doubt alone keeps a cue from people.

    Of several such cues, a severe one's. What was said before is not looked at.
    """
    words, hearing = words_of(final), Hearing(confidences=tuple(word.confidence for word in final.words))
    matches = find_cues(playbook, final.speaker, words, Context(), hearing)
    doubted = [match for match in matches if match.reach_limit == "unsure_words"]
    if not doubted:
        return None
    match = next((match for match in doubted if match.kind in SEVERE_KINDS), doubted[0])
    places = [token.word for token in unsure_anchors(playbook, match, tokenise(words, playbook.spoken), hearing)]
    return min(places), max(places) + 1
