"""Whether the agent has done what a card tells to do, by the words said since.

Done is: a phrase of the card's `done_when`, most of its own sentence, or what a card says was not said.
What recovers a refusal is known by its cue and not looked for here (`refusals.py`).
Next: `reactions.py` takes the card off the screen.
"""

from collections.abc import Mapping, Sequence

from voiceassist.core.call.absences import absence_patterns
from voiceassist.core.call.card_slot import CardDraft
from voiceassist.core.cues.patterns import Pattern, lexicon_of, pattern_of
from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.languages import Language
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import Token, tokenise, tokenise_text
from voiceassist.core.words.turns import words_of
from voiceassist.events import Transcript

MOST = 2 / 3  # of a sentence's words of content: nobody reads it out word by word
FEWEST = 3  # such words a sentence must have; two are said by chance


def is_followed(playbook: Playbook, draft: CardDraft, event: Transcript) -> bool:
    """Whether this utterance of the agent does what a card says."""
    tokens = tokenise(_said_since(draft.why.spoken_ms, event), playbook.spoken)
    if not tokens:
        return False
    done = _done_patterns(playbook).get(draft.why.rule if draft.kind == "missing" else draft.card.name)
    return bool(done and done.found(rendered(tokens))) or _says_most(draft.say, tokens, playbook.spoken)


def _said_since(since_ms: int, event: Transcript) -> Sequence[str]:
    """The words after those that the card is about."""
    if not event.words:
        return words_of(event) if event.start_ms >= since_ms else ()
    return [word.text for word in event.words if word.start_ms >= since_ms]


def _says_most(sentence: str, tokens: Sequence[Token], language: Language) -> bool:
    wanted = {token.text for token in tokenise_text(sentence, language)} - language.light
    said = wanted & {token.text for token in tokens}
    return len(wanted) >= FEWEST and len(said) >= MOST * len(wanted)


@per_playbook
def _done_patterns(playbook: Playbook) -> Mapping[str, Pattern]:
    """By the card's name, or by the id of what was not said."""
    lexicon = lexicon_of(playbook)
    cards = {name: pattern_of(card.done_when, lexicon) for name, card in playbook.cards.items()}
    return cards | {absence.id: said for absence, said, _ in absence_patterns(playbook)}
