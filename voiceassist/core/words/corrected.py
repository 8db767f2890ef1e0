"""What a line really was: the words that a person typed get the times of those in whose place they are.

A masked word stays masked, and what is private among the new words is masked as it is when words are heard: no
correction brings back what nobody was to read. Never changes a final: `corrected` gives another one.
Next: `core/call/corrections.py` makes the event; whoever shows, searches or exports a call asks `corrected`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from voiceassist.core.words.announced import Kind, Treatment
from voiceassist.core.words.languages import Language
from voiceassist.core.words.redact import MASK, masked_text
from voiceassist.core.words.spoken_numbers import HeardLine, is_number
from voiceassist.events import Final, LineCorrected, Speaker, Word

Corrections = Mapping[tuple[Speaker, int], LineCorrected]  # by speaker and utterance, as they were heard


def corrections_of(told: Iterable[LineCorrected]) -> Corrections:
    """What stands of all that was said of a call's lines, in order."""
    newest = {(one.speaker, one.utterance): one for one in told}
    return {key: one for key, one in newest.items() if one.corrected}


def corrected(final: Final, corrections: Corrections) -> Final:
    """The line as it is shown, searched and exported."""
    one = corrections.get((final.speaker, final.utterance))
    return replace(final, text=one.text, words=one.words, speaker=one.said_by) if one else final


def corrected_words(heard: Final, text: str) -> tuple[Word, ...]:
    """The words of `text`, with the times of those that were heard."""
    new, old = text.split(), heard.words
    if not old:
        return tuple(_spread(new, heard.start_ms, heard.end_ms))
    words: list[Word] = []
    pair = [_plain(word.text) for word in old], [_plain(word) for word in new]
    matcher = SequenceMatcher(None, *pair, autojunk=False)
    for what, first, last, new_first, new_last in matcher.get_opcodes():
        if what == "equal":
            pairs = zip(old[first:last], new[new_first:new_last], strict=True)
            words += (replace(word, text=shown) for word, shown in pairs)
        else:
            words += _spread(new[new_first:new_last], *_span(heard, first, last))
    return tuple(words)


def masked_correction(
    heard: Final, text: str, language: Language, treatments: Mapping[Kind, Treatment]
) -> str | None:
    """What was typed, with what is private masked; None: it has fewer masked words than the line.

    Beside a masked word no new number is shown: it would be part of what was masked.
    """
    words = masked_text(text, language, treatments).split()
    masks = heard.text.split().count(MASK)
    if words.count(MASK) < masks:
        return None
    if masks:
        known, line = {_plain(word) for word in heard.text.split()}, HeardLine(words, language)
        words = [
            MASK if _plain(word) not in known and _is_figure(line, index) else word
            for index, word in enumerate(words)
        ]
    return " ".join(words)


def _is_figure(line: HeardLine, index: int) -> bool:
    return is_number(line, index) or any(map(str.isdigit, line.words[index]))


def _span(heard: Final, first: int, last: int) -> tuple[int, int]:
    """The time of some words that were heard; of none: of the pause between the two beside it."""
    if first < last:
        return heard.words[first].start_ms, heard.words[last - 1].end_ms
    start_ms = heard.words[first - 1].end_ms if first else min(heard.start_ms, heard.words[0].start_ms)
    end_ms = heard.words[first].start_ms if first < len(heard.words) else heard.end_ms
    return start_ms, max(start_ms, end_ms)


def _spread(texts: Sequence[str], start_ms: int, end_ms: int) -> Iterator[Word]:
    """Words over a span, each as long as it has letters."""
    letters, so_far = sum(map(len, texts)), 0
    for text in texts:
        begins_ms = start_ms + (end_ms - start_ms) * so_far // letters
        so_far += len(text)
        ends_ms = start_ms + (end_ms - start_ms) * so_far // letters
        yield Word(text=text, start_ms=begins_ms, end_ms=ends_ms, confidence=1.0)


def _plain(word: str) -> str:
    return word.casefold().strip(".,;:!?¡¿\"'()")
