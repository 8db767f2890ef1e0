"""What the screens draw of one call: `apply(state, record) -> state`.

Pure and total: never reads a clock, never refuses an event it does not need. The TypeScript store does the
same in `web/src/live/store.ts`; golden files hold the two together. The property that matters everywhere:
old snapshot + records = fresh snapshot. `CallStateBuilder` is the one implementation: it takes record after
record at a cost that does not grow with the call, and `state()` is what readers keep.
Next: `hub.py` sends snapshots to sockets, `store/` rebuilds them for finished calls.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from voiceassist.core.call.incidents import IncidentEvent, take, unquoted
from voiceassist.core.screen.views import CallState, CoachingView, CueView, PauseView, PromptView
from voiceassist.events import (
    AgentFine,
    Alert,
    AlertChanged,
    AlertRepeated,
    AudioDoubted,
    AudioGap,
    CallEnded,
    CallFailed,
    CallIdentified,
    CallStarted,
    CardVolumeChanged,
    CoachingAnswered,
    CoachingSeen,
    CoachingSent,
    CoachingWithdrawn,
    ConsentChanged,
    CrossTalkChanged,
    Cue,
    CueConfirmed,
    CueRetracted,
    DisclosureChanged,
    Event,
    FalseAlarmMarked,
    Final,
    LanguageDoubtChanged,
    LatenessChanged,
    LegMergeChanged,
    LineChanged,
    LineCorrected,
    LineSoundChanged,
    ListeningChanged,
    MuteChanged,
    NoteAdded,
    NoteChanged,
    NotUsefulMarked,
    PartDeleted,
    Partial,
    PhoneActed,
    PromiseHeard,
    PromiseMarked,
    Prompt,
    PromptClosed,
    QuoteChanged,
    Record,
    RecordingPaused,
    RecordingResumed,
    RecoveryOffered,
    RefusalClosed,
    Speaker,
    SummaryEdited,
    SummarySent,
    TagsChanged,
)


def open_call(record: Record) -> CallState:
    """The state after a call's first record, which must be its CallStarted."""
    assert isinstance(record.event, CallStarted)
    started = record.event
    return CallState(
        call_id=record.call_id,
        seq=record.seq,
        at_ms=started.at_ms,
        status="live",
        started=started,
        consent=started.consent,
    )


def apply(state: CallState, record: Record) -> CallState:
    """The state after one more record; a record already applied changes nothing."""
    builder = CallStateBuilder(state)
    builder.apply(record)
    return builder.state()


def replay(records: Iterable[Record]) -> CallState:
    """The state after a call's records from its first on."""
    rest = iter(records)
    builder = CallStateBuilder(open_call(next(rest)))
    for record in rest:
        builder.apply(record)
    return builder.state()


class CallStateBuilder:
    """A call's state while its records come in. A record costs the same, however long the call is."""

    def __init__(self, state: CallState) -> None:
        """Goes on from `state`, which stays as it is."""
        self._opened, self.started = state, state.started
        self.seq, self.at_ms, self.status = state.seq, state.at_ms, state.status
        self.end_reason, self.error, self.muted = state.end_reason, state.error, state.muted
        self.card_volume = state.card_volume
        self.finals = list(state.finals)
        self.heard = {final.speaker: final.utterance for final in state.finals}  # each speaker's newest final
        self.partials = {partial.speaker: partial for partial in state.partials}
        self.cues = {view.cue.cue_id: view for view in state.cues}
        self.prompts = {view.prompt.prompt_id: view for view in state.prompts}
        self.alerts = {view.incident: view for view in state.alerts}
        self.gaps, self.pauses, self.listening = list(state.gaps), list(state.pauses), list(state.listening)
        self.audio_doubts = list(state.audio_doubts)
        self.lines, self.line_sounds, self.leg_merge = state.lines, list(state.line_sounds), state.leg_merge
        self.cross_talk = {change.speaker: change for change in state.cross_talk}
        self.disclosures = {change.disclosure: change for change in state.disclosures}
        self.promises, self.notes, self.tags = list(state.promises), list(state.notes), list(state.tags)
        self.corrections = {(one.speaker, one.utterance): one for one in state.corrections}
        self.summary, self.summary_sent = state.summary, state.summary_sent
        self.promise_marks = {(one.utterance, one.start_ms): one for one in state.promise_marks}
        self.consent, self.deleted = state.consent, list(state.deleted)
        self.coaching = {view.sent.coaching_id: view for view in state.coaching}
        self.doubted, self.behind_ms = state.doubted, state.behind_ms
        self.phone, self.fine, self.recovery = list(state.phone), state.fine, state.recovery

    def apply(self, record: Record) -> None:
        """One more record; one already applied changes nothing."""
        if record.seq <= self.seq:
            return
        event = record.event
        self.seq, self.at_ms = record.seq, max(self.at_ms, event.at_ms)
        if step := _STEPS.get(type(event)):
            step(self, event)

    def state(self) -> CallState:
        """The state at this moment; later records leave it alone. Costs as much as the call is long."""
        return replace(
            self._opened,
            seq=self.seq,
            at_ms=self.at_ms,
            started=self.started,
            status=self.status,
            end_reason=self.end_reason,
            error=self.error,
            muted=self.muted,
            card_volume=self.card_volume,
            finals=tuple(self.finals),
            partials=tuple(self.partials.values()),
            cues=tuple(self.cues.values()),
            prompts=tuple(self.prompts.values()),
            alerts=tuple(self.alerts.values()),
            gaps=tuple(self.gaps),
            audio_doubts=tuple(self.audio_doubts),
            pauses=tuple(self.pauses),
            listening=tuple(self.listening),
            lines=self.lines,
            line_sounds=tuple(self.line_sounds),
            cross_talk=tuple(self.cross_talk.values()),
            leg_merge=self.leg_merge,
            doubted=self.doubted,
            disclosures=tuple(self.disclosures.values()),
            promises=tuple(self.promises),
            promise_marks=tuple(self.promise_marks.values()),
            notes=tuple(self.notes),
            tags=tuple(self.tags),
            corrections=tuple(self.corrections.values()),
            summary=self.summary,
            summary_sent=self.summary_sent,
            consent=self.consent,
            deleted=tuple(self.deleted),
            coaching=tuple(self.coaching.values()),
            behind_ms=self.behind_ms,
            phone=tuple(self.phone),
            fine=self.fine,
            recovery=self.recovery,
        )


def _partial(call: CallStateBuilder, event: Partial) -> None:
    if event.utterance > call.heard.get(event.speaker, 0):
        call.partials.pop(event.speaker, None)  # the speaker who spoke last comes last
        call.partials[event.speaker] = event


def _final(call: CallStateBuilder, event: Final) -> None:
    call.finals.append(event)
    call.heard[event.speaker] = event.utterance
    partial = call.partials.get(event.speaker)
    if partial and partial.utterance <= event.utterance:
        del call.partials[event.speaker]


def _line(call: CallStateBuilder, event: LineChanged) -> None:
    call.lines = lines_after(call.lines, event)


def lines_after(lines: tuple[LineChanged, ...], event: LineChanged) -> tuple[LineChanged, ...]:
    """The lines that are not well after this event; the newest comes last."""
    others = tuple(line for line in lines if line.speaker != event.speaker)
    return others if event.state == "back" else (*others, event)


def _cross_talk(call: CallStateBuilder, event: CrossTalkChanged) -> None:
    call.cross_talk.pop(event.speaker, None)
    if event.level_db is not None:
        call.cross_talk[event.speaker] = event


def _leg_merge(call: CallStateBuilder, event: LegMergeChanged) -> None:
    call.leg_merge = event


def _doubt(call: CallStateBuilder, event: LanguageDoubtChanged) -> None:
    call.doubted = doubted_after(call.doubted, event)


def _disclosure(call: CallStateBuilder, event: DisclosureChanged) -> None:
    call.disclosures[event.disclosure] = event


def doubted_after(doubted: tuple[Speaker, ...], event: LanguageDoubtChanged) -> tuple[Speaker, ...]:
    """Whose language is in doubt after this event; the newest comes last."""
    others = tuple(speaker for speaker in doubted if speaker != event.speaker)
    return (*others, event.speaker) if event.doubted else others


def _lateness(call: CallStateBuilder, event: LatenessChanged) -> None:
    call.behind_ms = event.behind_ms


def _cue(call: CallStateBuilder, event: Cue) -> None:
    call.cues[event.cue_id] = CueView(cue=event, status="early" if event.early else "confirmed")


def _cue_changed(call: CallStateBuilder, cue_id: str, **changes: Any) -> None:  # noqa: ANN401 - field values
    if view := call.cues.get(cue_id):
        call.cues[cue_id] = replace(view, **changes)


def _cue_retracted(call: CallStateBuilder, event: CueRetracted) -> None:
    _cue_changed(call, event.cue_id, status="retracted")
    take(call.alerts, event)


def _false_alarm(call: CallStateBuilder, event: FalseAlarmMarked) -> None:
    _cue_changed(call, event.cue_id, false_alarm_by=event.by if event.marked else "")


def _prompt(call: CallStateBuilder, event: Prompt) -> None:
    call.prompts[event.prompt_id] = PromptView(prompt=event)


def _prompt_closed(call: CallStateBuilder, event: PromptClosed) -> None:
    if view := call.prompts.get(event.prompt_id):
        call.prompts[event.prompt_id] = replace(
            view, outcome=event.outcome, closed_ms=event.at_ms, alternative=event.alternative
        )


def _not_useful(call: CallStateBuilder, event: NotUsefulMarked) -> None:
    if view := call.prompts.get(event.prompt_id):
        call.prompts[event.prompt_id] = replace(view, not_useful_by=event.by if event.marked else "")


def _incident(call: CallStateBuilder, event: IncidentEvent) -> None:
    take(call.alerts, event)


def _quote(call: CallStateBuilder, event: QuoteChanged) -> None:
    for id_, card in call.prompts.items():
        if card.prompt.why.cue_id == event.cue_id:
            why = replace(card.prompt.why, words=event.words)
            call.prompts[id_] = replace(card, prompt=replace(card.prompt, why=why))
    take(call.alerts, event)


def _note_changed(call: CallStateBuilder, event: NoteChanged) -> None:
    call.notes[:] = notes_after(call.notes, event)


def notes_after(notes: Sequence[NoteAdded], event: NoteChanged) -> list[NoteAdded]:
    """The notes after a change of one; what is brought back comes last."""
    is_there = any(note.note_id == event.note.note_id for note in notes)
    if event.deleted:
        return [note for note in notes if note.note_id != event.note.note_id]
    if is_there:
        return [event.note if note.note_id == event.note.note_id else note for note in notes]
    return [*notes, event.note]


def _tags(call: CallStateBuilder, event: TagsChanged) -> None:
    call.tags[:] = event.tags


def _corrected(call: CallStateBuilder, event: LineCorrected) -> None:
    call.corrections.pop((event.speaker, event.utterance), None)  # the newest comes last
    if event.corrected:
        call.corrections[event.speaker, event.utterance] = event


def _summary(call: CallStateBuilder, event: SummaryEdited) -> None:
    call.summary = event if event.lines else None


def _summary_sent(call: CallStateBuilder, event: SummarySent) -> None:
    call.summary_sent = event


def _promise_marked(call: CallStateBuilder, event: PromiseMarked) -> None:
    promise = event.utterance, event.start_ms
    call.promise_marks.pop(promise, None)
    if event.outcome:
        call.promise_marks[promise] = event


def _consent(call: CallStateBuilder, event: ConsentChanged) -> None:
    call.consent = event.consent


def _identified(call: CallStateBuilder, event: CallIdentified) -> None:
    call.started = replace(call.started, agent=event.agent, customer=event.customer, past_offers=event.past_offers)


def _part_deleted(call: CallStateBuilder, event: PartDeleted) -> None:
    call.deleted.append(event)
    if event.part == "transcript":
        _forget_words(call)


def _forget_words(call: CallStateBuilder) -> None:
    """As `store/wordless.py` leaves the stored events."""
    for words in (call.finals, call.promises, call.notes, call.tags):
        words.clear()
    call.corrections.clear()
    call.partials.clear()
    call.summary = None
    for cue_id, view in call.cues.items():
        call.cues[cue_id] = replace(view, cue=replace(view.cue, words=""), offered="")
    for prompt_id, card in call.prompts.items():
        why = replace(card.prompt.why, words="")
        call.prompts[prompt_id] = replace(card, prompt=replace(card.prompt, why=why))
    for alert_id, alert in call.alerts.items():
        call.alerts[alert_id] = unquoted(alert)
    for coaching_id, message in call.coaching.items():
        sent = replace(message.sent, text="")
        call.coaching[coaching_id] = replace(message, sent=sent, answer_text="")


def _coaching_sent(call: CallStateBuilder, event: CoachingSent) -> None:
    call.coaching[event.coaching_id] = CoachingView(sent=event)


def _coaching_seen(call: CallStateBuilder, event: CoachingSeen) -> None:
    if view := call.coaching.get(event.coaching_id):
        seen_at = event.done_at if event.stage == "seen" else view.seen_at
        delivered_at = view.delivered_at or event.done_at
        call.coaching[event.coaching_id] = replace(view, delivered_at=delivered_at, seen_at=seen_at)


def _coaching_answered(call: CallStateBuilder, event: CoachingAnswered) -> None:
    if view := call.coaching.get(event.coaching_id):
        call.coaching[event.coaching_id] = replace(
            view, answer=event.answer, answer_text=event.text, answered_at=event.done_at
        )


def _coaching_withdrawn(call: CallStateBuilder, event: CoachingWithdrawn) -> None:
    call.coaching.pop(event.coaching_id, None)


def _muted(call: CallStateBuilder, event: MuteChanged) -> None:
    call.muted = event.muted


def _fine(call: CallStateBuilder, event: AgentFine) -> None:
    call.fine = event.fine


def _recovery(call: CallStateBuilder, _event: RecoveryOffered) -> None:
    call.recovery = True


def _card_volume(call: CallStateBuilder, event: CardVolumeChanged) -> None:
    call.card_volume = event.volume


def _paused(call: CallStateBuilder, event: RecordingPaused) -> None:
    call.pauses.append(PauseView(start_ms=event.at_ms, by=event.by))


def _resumed(call: CallStateBuilder, event: RecordingResumed) -> None:
    if call.pauses:
        call.pauses[-1] = replace(call.pauses[-1], end_ms=event.at_ms, resumed_by=event.by)


def _ended(call: CallStateBuilder, event: CallEnded) -> None:
    call.status, call.end_reason = "ended", event.reason
    _hear_no_more(call)


def _failed(call: CallStateBuilder, event: CallFailed) -> None:
    call.status, call.error = "failed", event.error
    _hear_no_more(call)


def _hear_no_more(call: CallStateBuilder) -> None:
    call.partials.clear()
    call.lines, call.behind_ms = (), 0


_STEPS: dict[type[Event], Callable[[CallStateBuilder, Any], None]] = {
    Partial: _partial,
    Final: _final,
    AudioGap: lambda call, event: call.gaps.append(event),
    AudioDoubted: lambda call, event: call.audio_doubts.append(event),
    LineChanged: _line,
    LineSoundChanged: lambda call, event: call.line_sounds.append(event),
    CrossTalkChanged: _cross_talk,
    LegMergeChanged: _leg_merge,
    LanguageDoubtChanged: _doubt,
    LatenessChanged: _lateness,
    Cue: _cue,
    CueConfirmed: lambda call, event: _cue_changed(call, event.cue_id, status="confirmed"),
    CueRetracted: _cue_retracted,
    RefusalClosed: lambda call, event: _cue_changed(
        call, event.cue_id, outcome=event.outcome, offered=event.words
    ),
    FalseAlarmMarked: _false_alarm,
    NotUsefulMarked: _not_useful,
    DisclosureChanged: _disclosure,
    PromiseHeard: lambda call, event: call.promises.append(event),
    PromiseMarked: _promise_marked,
    NoteAdded: lambda call, event: call.notes.append(event),
    NoteChanged: _note_changed,
    TagsChanged: _tags,
    LineCorrected: _corrected,
    SummaryEdited: _summary,
    SummarySent: _summary_sent,
    ConsentChanged: _consent,
    CallIdentified: _identified,
    PartDeleted: _part_deleted,
    Prompt: _prompt,
    PromptClosed: _prompt_closed,
    Alert: _incident,
    AlertRepeated: _incident,
    QuoteChanged: _quote,
    AlertChanged: _incident,
    CoachingSent: _coaching_sent,
    CoachingSeen: _coaching_seen,
    CoachingAnswered: _coaching_answered,
    CoachingWithdrawn: _coaching_withdrawn,
    MuteChanged: _muted,
    CardVolumeChanged: _card_volume,
    RecordingPaused: _paused,
    RecordingResumed: _resumed,
    ListeningChanged: lambda call, event: call.listening.append(event),
    PhoneActed: lambda call, event: call.phone.append(event),
    AgentFine: _fine,
    RecoveryOffered: _recovery,
    CallEnded: _ended,
    CallFailed: _failed,
}
