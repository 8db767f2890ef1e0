"""Measures redaction: how many private forms are masked whole, in every partial and final, and false masks.

A form is masked when no final and no growing partial shows a word of it; words said between its groups ("and") do
not count. The plain word before a spoken "at" counts from the "at" on. Next: `cli/redact/eval.py` prints it.
"""

from collections.abc import Iterable, Iterator, Sequence

from voiceassist.core.words.languages import Language
from voiceassist.core.words.redact import MASK, Redactor
from voiceassist.core.words.spoken_numbers import HeardLine, is_glue, is_number
from voiceassist.core.words.text import speller
from voiceassist.evaluation.private_forms import PrivateForm
from voiceassist.events import Final, Partial, Speaker, Word

WORD_MS = 300
PAUSE_MS = 900  # between two lines: enough for an utterance of its own


def leaks(form: PrivateForm, language: Language, *, partials: bool = True) -> list[str]:
    """What is shown of a private form, line by line; empty when it is masked whole."""
    redactor, at, shown = Redactor(language), 0, list[str]()
    for number, ((speaker, text), private) in enumerate(zip(form.lines, form.private, strict=True), start=1):
        words = text.split()
        line = HeardLine(words, language)
        values = {index for index in private if is_number(line, index) or not _is_between(line, index)}
        sizes = range(1, len(words)) if partials else ()
        for size in sizes:
            seen = redactor.redact(_partial(speaker, words[:size], at, number)).text.split()
            is_known = range(size) if _is_plain(words, size, language) else range(size - 1)
            if any(index in values and seen[index] != MASK for index in is_known):
                shown.append(" ".join(seen) + " ...")
        final = redactor.redact(_final(speaker, words, at, number)).text.split()
        if any(final[index] != MASK for index in values):
            shown.append(" ".join(final))
        at += len(words) * WORD_MS + PAUSE_MS
    return shown


def false_masks(turns: Iterable[tuple[Speaker, str]], language: Language) -> Iterator[str]:
    """Ordinary turns, each by itself, of which something is masked."""
    for speaker, text in turns:
        seen = Redactor(language).redact(_final(speaker, text.split(), 0, 1)).text
        if MASK in seen.split():
            yield seen


def _is_between(line: HeardLine, index: int) -> bool:
    text = line.plain[index]
    return is_glue(text, line.language) or text in line.language.light


def _is_plain(words: Sequence[str], size: int, language: Language) -> bool:
    """Whether the newest word is one that the next cannot make the beginning of an address."""
    following = "".join(speller(language)(words[size]))
    return following not in language.addresses.at | language.addresses.dot


def _partial(speaker: Speaker, words: Sequence[str], at: int, utterance: int) -> Partial:
    spoken, end = _words(words, at), at + len(words) * WORD_MS
    return Partial(
        at_ms=end,
        speaker=speaker,
        utterance=utterance,
        text=" ".join(words),
        words=spoken,
        start_ms=at,
        end_ms=end,
    )


def _final(speaker: Speaker, words: Sequence[str], at: int, utterance: int) -> Final:
    spoken, end = _words(words, at), at + len(words) * WORD_MS
    return Final(
        at_ms=end, speaker=speaker, utterance=utterance, text=" ".join(words), words=spoken, start_ms=at,
        end_ms=end, confidence=1.0,
    )  # fmt: skip


def _words(words: Sequence[str], at: int) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start_ms=at + i * WORD_MS, end_ms=at + (i + 1) * WORD_MS, confidence=1.0)
        for i, word in enumerate(words)
    )
