"""A call as a document: its facts, what was said, and what became of it. Markdown and the page both write it.

Pure. Retracted cues and alerts never happened, so they are in no document.
Next: `markdown.py`, `page.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from voiceassist.core.screen.views import CallState
from voiceassist.exports.captions import turns
from voiceassist.exports.phrases import PHRASES, DocumentPhrases, Language
from voiceassist.exports.times import clock
from voiceassist.notices.text import PHRASES as NOTICE_PHRASES


@dataclass(frozen=True, slots=True)
class DocumentTurn:
    """What one side said until the other spoke."""

    at: str
    speaker: str
    is_agent: bool
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a section."""

    at: str  # empty: of no moment
    text: str
    what: str  # what became of it


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDocument:
    """All that a document says of a call."""

    language: str  # of what was said
    title: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
    turns: tuple[DocumentTurn, ...]
    phrases: DocumentPhrases


def document_of(call: CallState, language: Language) -> CallDocument:
    """`language`: of the words around what was said."""
    phrases = PHRASES[language]
    return CallDocument(
        language=call.started.language,
        title=f"{phrases.call} {call.call_id}",
        facts=_facts(call, phrases),
        warnings=tuple(phrases.deleted[one.part] for one in call.deleted),
        sections=tuple(section for section in _sections(call, language) if section.items),
        turns=_turns(call, phrases),
        phrases=phrases,
    )


def _facts(call: CallState, phrases: DocumentPhrases) -> tuple[tuple[str, str], ...]:
    started = call.started
    found = (
        (phrases.agent, started.agent.name or started.agent.id),
        (phrases.team, started.agent.team),
        (phrases.customer, started.customer.name or started.customer.id),
        (phrases.tier, started.customer.tier),
        (phrases.started, started.started_at),
        (phrases.duration, clock(call.at_ms)),
        (phrases.playbook, started.playbook),
        (phrases.engine, f"{started.engine}, {started.language}"),
        (phrases.source, started.source),
    )
    return tuple((name, value) for name, value in found if value)


def _turns(call: CallState, phrases: DocumentPhrases) -> tuple[DocumentTurn, ...]:
    return tuple(
        DocumentTurn(
            clock(lines[0].start_ms),
            phrases.speakers[lines[0].speaker],
            lines[0].speaker == "agent",
            " ".join(line.text for line in lines),
        )
        for lines in turns(call)
    )


def _sections(call: CallState, language: Language) -> Iterable[Section]:
    phrases = PHRASES[language]
    yield Section(phrases.refusals, tuple(_refusals(call, phrases)))
    yield Section(phrases.promises, tuple(Item(clock(one.start_ms), one.words, one.when) for one in call.promises))
    told = phrases.disclosure_states
    yield Section(phrases.disclosures, tuple(Item("", one.title, told[one.state]) for one in call.disclosures))
    yield Section(phrases.alerts, tuple(_alerts(call, language)))
    yield Section(phrases.cards, tuple(_cards(call)))
    yield Section(phrases.notes, tuple(Item("", note.text, note.by) for note in call.notes))


def _refusals(call: CallState, phrases: DocumentPhrases) -> Iterable[Item]:
    for view in call.cues:
        if view.cue.kind == "refusal" and view.status != "retracted" and view.cue.reach != "colour":
            told = phrases.refusal_outcomes[view.outcome]
            yield Item(
                clock(view.cue.start_ms), view.cue.words, f"{told}: {view.offered}" if view.offered else told
            )


def _alerts(call: CallState, language: Language) -> Iterable[Item]:
    kinds, phrases = NOTICE_PHRASES[language].kinds, PHRASES[language]
    for view in call.alerts:
        if view.state != "retracted":
            kind = kinds.get(view.alert.kind, view.alert.kind)
            state = phrases.alert_states[view.state]
            yield Item(clock(view.alert.at_ms), view.alert.quote or view.alert.reason, f"{kind}, {state}")


def _cards(call: CallState) -> Iterable[Item]:
    for view in call.prompts:
        if view.outcome in ("used", "followed", "recovered"):
            texts = {one.id: one.text for one in view.prompt.alternatives}
            yield Item(clock(view.prompt.at_ms), view.prompt.headline, texts.get(view.alternative or "", ""))
