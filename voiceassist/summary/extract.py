"""Makes a call's summary of its records: `extract(records) -> Extract`. Deterministic, and no language model.

Every item stands for an event of the call or for a line of it, and quotes nothing but that line. What was taken
back, or called a false alarm, is left out. Where nothing was asked or refused there is no item about it.
Next: `text.py` says the items in words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceassist.core.call.incidents import AlertView
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.views import CallState, CueView
from voiceassist.core.words.languages import language_rules
from voiceassist.events import (
    Cue,
    DisclosureChanged,
    DisclosureState,
    Final,
    PromiseHeard,
    Record,
    RefusalClosed,
    Speaker,
)
from voiceassist.summary.items import SECTIONS, Code, Section, SummaryItem
from voiceassist.summary.lines import CallLine, CallLines, whole
from voiceassist.summary.refusals import RefusalCard, RefusalStory, refusal_stories
from voiceassist.summary.requests import request_turns

MOST = 12  # items of one section; the rest is a number
_DISCLOSED: Mapping[DisclosureState, Code] = {"said": "disclosed", "missed": "undisclosed", "due": "due"}
NOTICED = ("giveaway", "overpromise", "coercion", "escalation", "legal_threat", "churn", "purchase_intent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A call's summary, not yet in words."""

    state: CallState
    items: tuple[SummaryItem, ...]  # in the order of their sections, then of the call
    refusals: tuple[RefusalStory, ...]
    giveaways: tuple[SummaryItem, ...]  # those of `items`, beside the refusals
    words_deleted: bool


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the sections are made of."""

    records: Sequence[Record]
    state: CallState
    lines: CallLines
    stories: tuple[RefusalStory, ...]


def extract(records: Sequence[Record]) -> Extract:
    """The summary of a call's records from its first on."""
    state = replay(records)
    lines = CallLines(records, language_rules(state.started.language))
    closed_ms = {r.event.cue_id: r.event.at_ms for r in records if isinstance(r.event, RefusalClosed)}
    stories = refusal_stories(state, lines, closed_ms)
    heard = _Heard(records, state, lines, stories)
    items = tuple(item for section in SECTIONS for item in _few(section, list(_MAKERS[section](heard))))
    return Extract(
        state=state,
        items=items,
        refusals=stories,
        giveaways=tuple(item for item in items if item.kind == "giveaway"),
        words_deleted=any(one.part == "transcript" for one in state.deleted),
    )


def _few(section: Section, items: list[SummaryItem]) -> list[SummaryItem]:
    """As many as one reads; how many more there are stands in their place."""
    if len(items) <= MOST:
        return items
    left = items[MOST:]
    return [*items[:MOST], SummaryItem(section=section, code="more", at_ms=left[0].at_ms, counts=(len(left),))]


def _reason(heard: _Heard) -> Iterator[SummaryItem]:
    first = next(request_turns(heard.lines), None)
    if first:
        yield _request("reason", first)
    told = next((story for story in heard.stories if story.topic and not story.false_alarm_by), None)
    if told and told.refused:
        seq = told.refused[0].seq
        yield SummaryItem(section="reason", code="topic", at_ms=told.at_ms, seq=seq, name=told.topic)


def _asked(heard: _Heard) -> Iterator[SummaryItem]:
    turns = request_turns(heard.lines)
    next(turns, None)
    yield from (_request("asked", turn) for turn in turns)


def _request(section: Section, turn: Sequence[CallLine]) -> SummaryItem:
    quotes = tuple(map(whole, turn))
    return SummaryItem(
        section=section, code="asked_for", at_ms=quotes[0].start_ms, quotes=quotes, seq=quotes[0].seq
    )


def _refused(heard: _Heard) -> Iterator[SummaryItem]:
    for story in heard.stories:
        if story.false_alarm_by:
            continue
        yield SummaryItem(
            section="refused",
            code=story.outcome or "left_open",
            at_ms=story.at_ms,
            quotes=story.refused,
            seq=story.refused[0].seq if story.refused else 0,
            kind="refusal",
            name=story.topic,
            after_ms=story.after_ms,
        )


def _offered(heard: _Heard) -> Iterator[SummaryItem]:
    said = [_of_cue("offered", "said", v, heard) for v in _true_cues(heard) if v.cue.kind == "alternative"]
    cards = [_card(card, heard) for story in heard.stories for card in story.cards if card.offers]
    yield from sorted((*said, *cards), key=lambda item: item.at_ms)


def _card(card: RefusalCard, heard: _Heard) -> SummaryItem:
    texts, seq = [offer.text for offer in card.offers], _seq_at(heard, card.at_ms)
    return SummaryItem(section="offered", code="card", at_ms=card.at_ms, seq=seq, name="; ".join(texts))


def _taken(heard: _Heard) -> Iterator[SummaryItem]:
    for view in heard.state.prompts:
        texts = [one.text for one in view.prompt.alternatives if one.id == view.alternative]
        if texts and view.closed_ms is not None:
            at_ms = view.closed_ms
            yield SummaryItem(section="taken", code="used", at_ms=at_ms, seq=_seq_at(heard, at_ms), name=texts[0])


def _promised(heard: _Heard) -> Iterator[SummaryItem]:
    dated = [item for promise in heard.state.promises if (item := _promise(promise, heard))]
    vague = [_of_cue("promised", "vague", v, heard) for v in _true_cues(heard) if v.cue.kind == "vague_commitment"]
    yield from sorted((*dated, *vague), key=lambda item: item.at_ms)


def _promise(promise: PromiseHeard, heard: _Heard) -> SummaryItem | None:
    line = heard.lines.of("agent", promise.utterance)
    if line is None:
        return None
    quotes = heard.lines.across(line, promise.words)
    return SummaryItem(
        section="promised",
        code="promise",
        at_ms=promise.start_ms,
        quotes=quotes,
        seq=quotes[0].seq,
        by=heard.state.started.agent.name,
        when=promise.when,
    )


def _disclosures(heard: _Heard) -> Iterator[SummaryItem]:
    newest: dict[str, SummaryItem | None] = {}
    last: dict[Speaker, int] = {}  # number of each side's newest line
    for record in heard.records:
        match record.event:
            case Final(speaker=speaker, utterance=utterance) if heard.lines.of(speaker, utterance):
                last[speaker] = record.seq
            case DisclosureChanged() as event:
                newest[event.disclosure] = _disclosure(event, last.get(event.speaker, 0), newest)
    yield from (item for item in newest.values() if item)


def _disclosure(
    event: DisclosureChanged, seq: int, before: Mapping[str, SummaryItem | None]
) -> SummaryItem | None:
    """None where it need not be said after all. `seq`: of the line with which it was said, if it was."""
    if event.state == "withdrawn":
        return None
    earlier = before.get(event.disclosure)
    was_missed = earlier is not None and earlier.code == "undisclosed"
    code: Code = "disclosed_late" if event.state == "said" and was_missed else _DISCLOSED[event.state]
    seq = seq if event.state == "said" else 0
    return SummaryItem(section="disclosures", code=code, at_ms=event.at_ms, seq=seq, name=event.title)


def _alerts(heard: _Heard) -> Iterator[SummaryItem]:
    views = {view.cue.cue_id: view for view in heard.state.cues}
    for alert in heard.state.alerts:
        if alert.state != "retracted":
            yield _alert(alert, views.get(alert.alert.why.cue_id), heard)


def _alert(view: AlertView, cue: CueView | None, heard: _Heard) -> SummaryItem:
    quotes = heard.lines.quote_of(cue.cue) if cue else ()
    alert = view.alert
    return SummaryItem(
        section="alerts",
        code="alert",
        at_ms=cue.cue.start_ms if cue else alert.at_ms,
        quotes=quotes,
        seq=quotes[0].seq if quotes else _seq_at(heard, alert.at_ms),
        kind="unsaid" if alert.unsaid else alert.reason_code,
        name=alert.unsaid or alert.reason,
        by=view.by if view.state != "open" else "",
        level=alert.level,
        state=view.state,
        reason=view.reason,
        counts=(view.count,),
    )


def _noticed(heard: _Heard) -> Iterator[SummaryItem]:
    told = {alert.why.cue_id for view in heard.state.alerts for alert in view.happened}
    kinds = (*NOTICED, *(kind.id for kind in heard.state.started.kinds))
    for view in _true_cues(heard):
        if view.cue.kind in kinds and view.cue.cue_id not in told:
            yield _of_cue("noticed", "noticed", view, heard)


def _end(heard: _Heard) -> Iterator[SummaryItem]:
    state, lines = heard.state, heard.lines.all
    if any(one.part == "transcript" for one in state.deleted):
        yield SummaryItem(section="end", code="words_deleted", at_ms=state.at_ms)
    for speaker in ("customer", "agent"):
        last = next((line for line in reversed(lines) if line.final.speaker == speaker), None)
        if last and state.status != "live":
            quote = whole(last)
            yield SummaryItem(
                section="end", code="last_words", at_ms=quote.start_ms, quotes=(quote,), seq=quote.seq
            )
    if counted := [story for story in heard.stories if not story.false_alarm_by]:
        outcomes = [story.outcome for story in counted]
        counts = (len(counted), outcomes.count("recovered"), outcomes.count("dead_end"))
        yield SummaryItem(section="end", code="outcomes", at_ms=state.at_ms, counts=counts)
    code: Code = "failed" if state.status == "failed" else state.end_reason or "live"
    yield SummaryItem(section="end", code=code, at_ms=state.at_ms)


def _of_cue(section: Section, code: Code, view: CueView, heard: _Heard) -> SummaryItem:
    cue = view.cue
    quotes = heard.lines.rest_of(cue) if code == "said" else heard.lines.quote_of(cue)
    titles = {kind.id: kind.title for kind in heard.state.started.kinds}
    return SummaryItem(
        section=section,
        code=code,
        at_ms=cue.start_ms,
        quotes=quotes,
        seq=quotes[0].seq if quotes else 0,
        kind=cue.kind,
        name=titles.get(cue.kind, ""),
    )


def _true_cues(heard: _Heard) -> Iterable[CueView]:
    return (view for view in heard.state.cues if _is_true(view.cue, view))


def _is_true(cue: Cue, view: CueView) -> bool:
    return view.status != "retracted" and cue.reach != "colour" and not view.false_alarm_by


def _seq_at(heard: _Heard, at_ms: int) -> int:
    line = heard.lines.begun_by(at_ms)
    return line.seq if line else 0


_MAKERS: dict[Section, Callable[[_Heard], Iterator[SummaryItem]]] = {
    "reason": _reason,
    "asked": _asked,
    "refused": _refused,
    "offered": _offered,
    "taken": _taken,
    "promised": _promised,
    "disclosures": _disclosures,
    "alerts": _alerts,
    "noticed": _noticed,
    "end": _end,
}
