"""Finds the cues of one utterance: words → tokens → rules → classifier → reach → weighing.

Looks at the words, at the other side's previous turn, and at whether this turn already refused. Never decides what
happens next. Next: `tracker.py` follows an utterance from partial to final.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from voiceassist.core.cues.classified import classifier_matches, scores
from voiceassist.core.cues.match import Match
from voiceassist.core.cues.reach import WRITTEN, Hearing, agreed, borne_out, reaching
from voiceassist.core.cues.rules import HadKind, rule_matches, rules_hit, silenced_matches
from voiceassist.core.cues.utterance import Utterance
from voiceassist.core.cues.weigh import weigh, without_silenced
from voiceassist.core.playbook.model import ANSWERS, Playbook
from voiceassist.core.words.languages import Language
from voiceassist.core.words.text import Token, tokenise
from voiceassist.events import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was said before the utterance."""

    before: tuple[str, ...] = ()  # words of the other side's previous turn
    refused: bool = False  # this turn has refused already and offered nothing since


def find_cues(
    playbook: Playbook, speaker: Speaker, words: Sequence[str], context: Context, hearing: Hearing = WRITTEN
) -> list[Match]:
    """The cues of an utterance in the order of their words; each moment once."""
    tokens, before = tokenise(words, playbook.spoken), tokenise(context.before, playbook.spoken)
    found = borne_out(all_matches(playbook, Utterance(speaker, tokens, before)), refused=context.refused)
    wanted = [match for match in found if playbook.reach.get(match.kind) != "off"]
    ended = [_without_other_half(match, tokens, playbook.spoken) for match in wanted]
    return weigh([reaching(playbook, match, tokens, hearing) for match in ended], refused=context.refused)


def _without_other_half(match: Match, tokens: Sequence[Token], language: Language) -> Match:
    """A phrase that refuses, with a gap that runs over "but", ends before it: what follows may offer something."""
    turn = next((i for i, text in enumerate(match.tokens) if i and text in language.contrasts), None)
    if match.kind != "refusal" or match.layer == "classifier" or turn is None:
        return match
    return replace(
        match,
        tokens=match.tokens[:turn],
        last_word=tokens[match.first_token + turn - 1].word,
        trailing=match.trailing + len(match.tokens) - turn,
    )


def all_matches(playbook: Playbook, utterance: Utterance) -> list[Match]:
    """What the rules find, and what the classifier adds: not weighed yet, and however far it reaches."""
    had_kind = partial(_has_kind, playbook, utterance.previous())
    rules, scored = rules_hit(playbook, utterance), scores(playbook, utterance)
    matched = rule_matches(rules, utterance, had_kind)
    found = [match for match in (agreed(one, scored) for one in matched) if match.agreed or not match.quiet]
    guesses = classifier_matches(playbook, utterance, scored, found)
    heard = without_silenced(guesses, silenced_matches(rules, utterance, matched)) if guesses else []
    answering = (guess for guess in heard if _follows_what_it_answers(guess, had_kind))
    return [*found, *answering]


def _follows_what_it_answers(guess: Match, had_kind: HadKind) -> bool:
    """Whether the other side said what this kind of cue must follow."""
    asked = ANSWERS.get(guess.kind)
    return asked is None or had_kind(asked)


def _has_kind(playbook: Playbook, previous: Utterance, kind: str) -> bool:
    """Whether the other side's previous turn had a cue of this kind; found like those of the utterance itself."""
    return any(match.kind == kind for match in all_matches(playbook, previous))
