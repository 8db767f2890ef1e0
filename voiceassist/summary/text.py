"""A summary in words: lines with where they are heard, as plain text and as Markdown, in English or Spanish.

The words of the call stay in the call's language. Quotes are given as heard, in quotation marks; everything
outside them is a fixed sentence, a name that the playbook or a person gave, or a number. Pure.
Next: `server/summaries.py` shows the lines, `summary_desk.py` sends them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from voiceassist.events import CallStarted, SummaryText
from voiceassist.notices.phrases import Phrases
from voiceassist.notices.phrases_en import ENGLISH as ENGLISH_NAMES
from voiceassist.notices.phrases_es import SPANISH as SPANISH_NAMES
from voiceassist.summary.items import SECTIONS, SummaryItem
from voiceassist.summary.phrases import SummaryPhrases
from voiceassist.summary.phrases_en import ENGLISH
from voiceassist.summary.phrases_es import SPANISH

TextLanguage = Literal["en", "es"]
TEXT_LANGUAGES: tuple[TextLanguage, ...] = get_args(TextLanguage)
SECOND_MS = 1000
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|])")  # what a word could be mistaken for


@dataclass(frozen=True, slots=True)
class _Words:
    """One language's sentences, and its names of cues, levels and reasons."""

    phrases: SummaryPhrases
    names: Phrases


_WORDS: Mapping[TextLanguage, _Words] = {
    "en": _Words(ENGLISH, ENGLISH_NAMES),
    "es": _Words(SPANISH, SPANISH_NAMES),
}


def lines_of(items: Sequence[SummaryItem], language: TextLanguage) -> tuple[SummaryText, ...]:
    """The items as lines, one each."""
    return tuple(
        SummaryText(
            section=item.section,
            text=_sentence(item, _WORDS[language]),
            seq=item.seq,
            from_ms=item.at_ms if item.seq else None,
        )
        for item in items
    )


def as_text(started: CallStarted, lines: Sequence[SummaryText], language: TextLanguage, *, edited_by: str) -> str:
    """For a mail or a ticket. `edited_by` is empty where nobody changed a line."""
    parts = [title_of(started, language), _origin(language, edited_by)]
    for heading, own in _sections(lines, language):
        parts.append("\n".join([heading, *(f"- {_timed(line)}{line.text}" for line in own)]))
    return "\n\n".join(parts) + "\n"


def as_markdown(
    started: CallStarted, lines: Sequence[SummaryText], language: TextLanguage, *, edited_by: str
) -> str:
    """The same with headings; nothing that was said can become markup."""
    parts = [f"# {_escaped(title_of(started, language))}", f"_{_escaped(_origin(language, edited_by))}_"]
    for heading, own in _sections(lines, language):
        parts.append("\n".join([f"## {heading}", "", *(f"- {_timed(line)}{_escaped(line.text)}" for line in own)]))
    return "\n\n".join(parts) + "\n"


def title_of(started: CallStarted, language: TextLanguage) -> str:
    """Who spoke with whom, and when."""
    title = _WORDS[language].phrases.title
    return f"{title.format(agent=started.agent.name, customer=started.customer.name)}, {started.started_at}"


def headings(language: TextLanguage) -> Mapping[str, str]:
    """The headings of the sections, in their order."""
    return {section: _WORDS[language].phrases.sections[section] for section in SECTIONS}


def _origin(language: TextLanguage, edited_by: str) -> str:
    phrases = _WORDS[language].phrases
    return f"{phrases.how} {phrases.edited.format(by=edited_by)}" if edited_by else phrases.how


def _sections(lines: Sequence[SummaryText], language: TextLanguage) -> Iterator[tuple[str, Sequence[SummaryText]]]:
    for section, heading in headings(language).items():
        if own := [line for line in lines if line.section == section]:
            yield heading, own


def _timed(line: SummaryText) -> str:
    if line.from_ms is None:
        return ""
    minutes, seconds = divmod(line.from_ms // SECOND_MS, 60)
    return f"{minutes}:{seconds:02} "


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _sentence(item: SummaryItem, words: _Words) -> str:
    phrases = words.phrases
    if item.code == "alert":
        return _alert(item, words)
    said = phrases.sentences[item.code].format(
        quote=_quote(item, phrases),
        name=item.name,
        by=item.by,
        when=item.when,
        after=phrases.seconds(round((item.after_ms or 0) / SECOND_MS)),
        kind=item.name or words.names.kinds.get(item.kind, item.kind.replace("_", " ")),
        who=phrases.who.get(item.quotes[0].speaker if item.quotes else "", ""),
        count=item.counts[0] if item.counts else "",
        outcomes=phrases.outcomes(*item.counts) if item.code == "outcomes" else "",
    )
    return said[:1].upper() + said[1:] if item.code == "noticed" else said


def _quote(item: SummaryItem, phrases: SummaryPhrases) -> str:
    """What was said, in quotation marks; without words, what the item is about."""
    said = " ".join(f"{phrases.opened}{quote.words}{phrases.closed}" for quote in item.quotes)
    if item.section != "refused":
        return said
    about = item.name or (phrases.unnamed if not said else "")
    return f"{said} ({about})" if said and about else said or about


def _alert(item: SummaryItem, words: _Words) -> str:
    """What it said, whose words they were, how often, and what became of it."""
    phrases, names = words.phrases, words.names
    is_unsaid = item.kind == "unsaid"
    reason = names.unsaid.format(item.name) if is_unsaid else names.reasons.get(item.kind, item.name)
    handled = (phrases.resolved if item.reason else phrases.states)[item.reason or item.state].format(by=item.by)
    often = [phrases.times(item.counts[0])] if item.counts and item.counts[0] > 1 else []
    told = "; ".join([*often, handled])
    return " ".join(filter(None, (f"{names.levels[item.level]}: {reason}", _quote(item, phrases), f"({told})")))
