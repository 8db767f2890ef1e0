"""Finds what the agent promises by a day or a time: "I will call you back by Friday".

Goes by the shape of the words alone: somebody will do something, and within `GAP_WORDS` words a day or a time
follows. Knows nothing of what is promised, and cannot tell whether it was kept. A promise without a date is a cue
(`vague_commitment`), not one of these. A pause before "by Friday" may make it an utterance of its own: it belongs
to the promise before it when it is all that the agent says there, or nearly.
Next: `started_call.py` gives the events to the call.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from voiceassist.core.cues.patterns import Pattern, compile_lists, pattern_of
from voiceassist.core.words.languages import Language
from voiceassist.core.words.phrases import GAP_MAX, rendered
from voiceassist.core.words.text import Token, tokenise
from voiceassist.core.words.turns import span_of, words_of
from voiceassist.events import Final, PromiseHeard, Transcript

LATER_MS = 6_000  # "By when?" asks the customer, "by Friday" says the agent
MORE_TOKENS = 3  # "by Friday at the latest"; "tomorrow is a holiday for us" is another sentence
GAP_WORDS = GAP_MAX  # between "I will" and "by Friday"; more than that is another sentence


@dataclass(frozen=True, slots=True)
class PromisePatterns:
    """What one language's promises look like."""

    whole: Pattern  # from "I will" to "by Friday"
    when: Pattern


class Promises:
    """Hears one call's agent, and what they promise."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._before: Final | None = None  # the agent's utterance before

    def hear(self, event: Transcript) -> list[PromiseHeard]:
        """The promises that an agent's final makes, or completes."""
        if not isinstance(event, Final) or event.speaker != "agent":
            return []
        found = promises_in(event, self._language) or self._completed(event)
        self._before = event
        return found

    def _completed(self, event: Final) -> list[PromiseHeard]:
        before = self._before
        if before is None or event.start_ms - before.end_ms > LATER_MS or not self._says_when(event):
            return []
        both = promises_in(_joined(before, event), self._language)
        return [promise for promise in both if promise.end_ms > before.end_ms]

    def _says_when(self, event: Final) -> bool:
        """Whether a time is the first that is said, and nearly all."""
        tokens = tokenise(words_of(event), self._language)
        text = rendered(tokens)
        first = next(iter(promise_patterns(self._language).when.spans(text)), None)
        return first is not None and first[0] == 0 and text.count("<", first[1]) <= MORE_TOKENS


def _joined(before: Final, event: Final) -> Final:
    """Both utterances as one. Without times of every word there are none of any."""
    words = (*before.words, *event.words) if before.words and event.words else ()
    return replace(event, text=f"{before.text} {event.text}", words=words, start_ms=before.start_ms)


def promises_in(event: Transcript, language: Language) -> list[PromiseHeard]:
    """The promises of an agent's final; none of anything else."""
    if not isinstance(event, Final) or event.speaker != "agent":
        return []
    tokens = tokenise(words_of(event), language)
    text, patterns = rendered(tokens), promise_patterns(language)
    found = [tokens_at(tokens, text, span) for span in patterns.whole.spans(text)]
    return [_promise(event, part, when) for part in found if (when := _when(part, patterns, language))]


@cache  # languages are few and live as long as the program
def promise_patterns(language: Language) -> PromisePatterns:
    """Compiled once for each language; they match nothing where the language has none."""
    said = language.promises
    if not said.commits or not said.when:
        return PromisePatterns(Pattern(None), Pattern(None))
    lexicon = compile_lists({**said.words, "commits": said.commits, "when": said.when}, language)
    whole = pattern_of([f"<commits> ...{GAP_WORDS} <when> [<when>]"], lexicon)
    return PromisePatterns(whole, pattern_of(["<when> [<when>]"], lexicon))


def tokens_at(tokens: Sequence[Token], text: str, span: tuple[int, int]) -> Sequence[Token]:
    """The tokens at a place of their text: each begins with `<`."""
    first = text.count("<", 0, span[0])
    return tokens[first : first + text.count("<", *span)]


def _when(part: Sequence[Token], patterns: PromisePatterns, language: Language) -> Sequence[Token]:
    """The tokens that say by when, which end a promise; none where a word before them denies it."""
    text = rendered(part)
    when = tokens_at(part, text, patterns.when.spans(text)[-1])
    before = part[: len(part) - len(when)]
    return () if any(token.text in language.promises.none for token in before) else when


def _promise(event: Final, part: Sequence[Token], when: Sequence[Token]) -> PromiseHeard:
    start_ms, end_ms = span_of(event, part[0].word, part[-1].word)
    return PromiseHeard(
        at_ms=event.at_ms,
        utterance=event.utterance,
        words=_as_heard(event, part),
        when=_as_heard(event, when),
        start_ms=start_ms,
        end_ms=end_ms,
    )


def _as_heard(event: Final, part: Sequence[Token]) -> str:
    """The words between the first and the last token, without the punctuation that ends a sentence."""
    return " ".join(words_of(event)[part[0].word : part[-1].word + 1]).rstrip(".,;:!?")
