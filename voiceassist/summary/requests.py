"""Why they called and what else they wanted: the customer's own turns that ask for something.

Goes by the shape of the words alone ("I would like to", "can I"), as the call's language has it. A call without
such a turn has no reason here: nothing is guessed. Next: `extract.py`.
"""

from collections.abc import Iterator, Sequence

from voiceassist.core.cues.patterns import Pattern, compile_lists, pattern_of
from voiceassist.core.words.languages import Language
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import words_of
from voiceassist.summary.lines import CallLine, CallLines

REQUEST_LINES = 3  # of one turn: the request, and what it goes on with
LEAST_WORDS = 4  # "I want to" alone asks for nothing


def request_turns(lines: CallLines) -> Iterator[tuple[CallLine, ...]]:
    """The customer's requests, each with the lines in which they went on, in order."""
    asks = requests_of(lines.language)
    rest = list(lines.all)
    while rest:
        line = rest.pop(0)
        if line.final.speaker == "customer" and is_request(line, asks, lines.language):
            went_on = _went_on(rest)
            del rest[: len(went_on)]
            yield (line, *went_on)


def is_request(line: CallLine, asks: Pattern, language: Language) -> bool:
    """Whether a line asks for something."""
    words = words_of(line.final)
    return len(words) >= LEAST_WORDS and asks.found(rendered(tokenise(words, language)))


def requests_of(language: Language) -> Pattern:
    """Finds requests; nothing in a language that has no words for them."""
    return pattern_of(language.requests, compile_lists({}, language))


def _went_on(rest: Sequence[CallLine]) -> Sequence[CallLine]:
    """The customer's lines that follow at once."""
    mine = next((i for i, line in enumerate(rest) if line.final.speaker != "customer"), len(rest))
    return rest[: min(mine, REQUEST_LINES - 1)]
