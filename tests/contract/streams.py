"""Hand-made record streams that together hold every event class and the awkward orders.

Awkward: a record twice, a partial after its final, two utterances at once, an alert changed after the end,
changes that name something unknown.
Next: `make_golden.py` computes what the screens show after each record.
"""

from dataclasses import replace
from typing import Any

from voiceassist.actions import CallMoment, CoachingAnswer, PromiseOutcome
from voiceassist.core.call.incidents import repeated
from voiceassist.events import (
    AgentFine,
    Alert,
    AlertChanged,
    AlertLevel,
    AlertRepeated,
    AlertState,
    Alternative,
    AudioDoubted,
    AudioGap,
    CallEnded,
    CallFailed,
    CallIdentified,
    CallStarted,
    CallTag,
    CardVolumeChanged,
    CoachingAnswered,
    CoachingSeen,
    CoachingSent,
    CoachingStage,
    CoachingWithdrawn,
    ConsentChanged,
    CrossTalkChanged,
    Cue,
    CueConfirmed,
    CueRetracted,
    Customer,
    DisclosureChanged,
    DisclosureState,
    Event,
    FalseAlarmMarked,
    Final,
    HeardLegs,
    LanguageDoubtChanged,
    LatenessChanged,
    LegMergeChanged,
    LineChanged,
    LineCorrected,
    LineSoundChanged,
    ListeningChanged,
    ListensIn,
    MuteChanged,
    NoteAdded,
    NoteChanged,
    NotUsefulMarked,
    OwnKind,
    PartDeleted,
    Partial,
    PastOffer,
    Person,
    PhoneActed,
    PromiseHeard,
    PromiseMarked,
    Prompt,
    PromptClosed,
    PromptOutcome,
    QuoteChanged,
    Record,
    RecordingPaused,
    RecordingResumed,
    RecoveryOffered,
    RefusalClosed,
    RefusalOutcome,
    Speaker,
    SummaryEdited,
    SummarySent,
    SummaryText,
    TagsChanged,
    Why,
    Word,
)

PLAYBOOK = "retail@1"
WORD_MS = 250
AFTERWARDS = "2026-11-21T10:15:00.000+00:00"


def started(tier: str = "standard") -> CallStarted:
    return CallStarted(
        at_ms=0,
        started_at="2026-11-21T09:30:00+00:00",
        agent=Person(id="agent-anna", name="Anna Reed"),
        customer=Customer(id="customer-1001", name="Martin Webb", tier=tier),
        source="stream",
        engine="scripted",
        language="en",
        playbook=PLAYBOOK,
        kinds=(OwnKind(id="warranty_talk", title="Warranty", speaker="customer", colour="teal"),),
    )


def words(text: str, start_ms: int) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start_ms=start_ms + i * WORD_MS, end_ms=start_ms + (i + 1) * WORD_MS, confidence=0.9)
        for i, word in enumerate(text.split())
    )


def partial(speaker: Speaker, utterance: int, text: str, start_ms: int) -> Partial:
    heard = words(text, start_ms)
    end_ms = heard[-1].end_ms
    return Partial(
        at_ms=end_ms,
        speaker=speaker,
        utterance=utterance,
        text=text,
        words=heard,
        start_ms=start_ms,
        end_ms=end_ms,
    )


def final(speaker: Speaker, utterance: int, text: str, start_ms: int) -> Final:
    heard = words(text, start_ms)
    end_ms = heard[-1].end_ms
    return Final(
        at_ms=end_ms + 300,
        speaker=speaker,
        utterance=utterance,
        text=text,
        words=heard,
        start_ms=start_ms,
        end_ms=end_ms,
        confidence=0.92,
    )


def cue(cue_id: str, kind: str, spoken: Final, heard: str, *, early: bool = True) -> Cue:
    return Cue(
        at_ms=spoken.end_ms,
        cue_id=cue_id,
        kind=kind,
        speaker=spoken.speaker,
        utterance=spoken.utterance,
        words=heard,
        start_ms=spoken.start_ms,
        end_ms=spoken.end_ms,
        confidence=0.9,
        layer="pattern",
        rule=f"{kind}-1",
        early=early,
    )


def why(of: Cue) -> Why:
    return Why(
        cue_id=of.cue_id,
        rule=of.rule,
        words=of.words,
        confidence=of.confidence,
        playbook=PLAYBOOK,
        spoken_ms=of.end_ms,
        latency_ms=320,
    )


def prompt(prompt_id: str, of: Cue) -> Prompt:
    return Prompt(
        at_ms=of.at_ms + 320,
        prompt_id=prompt_id,
        kind=of.kind,
        headline="Say what you can do",
        say="I can't take it back after thirty days. What I can do is …",
        alternatives=(
            Alternative(id="store-credit", text="A store credit for the full price"),
            Alternative(id="exchange", text="An exchange for another model"),
        ),
        priority=50,
        expires_ms=of.at_ms + 20_000,
        why=why(of),
    )


def closed(prompt_id: str, outcome: PromptOutcome, at_ms: int, alternative: str | None = None) -> PromptClosed:
    return PromptClosed(at_ms=at_ms, prompt_id=prompt_id, outcome=outcome, alternative=alternative)


def alert(alert_id: str, level: AlertLevel, of: Cue, incident: str = "") -> Alert:
    return Alert(
        at_ms=of.at_ms + 280,
        alert_id=alert_id,
        level=level,
        kind=of.kind,
        reason=f"The customer's words: {of.kind}.",
        quote=of.words,
        why=why(of),
        incident=incident,
    )


def repeat(of: Cue, level: AlertLevel, incident: str) -> AlertRepeated:
    return repeated(alert("", level, of), incident)


def changed(alert_id: str, state: AlertState, at_ms: int, note: str = "", **more: Any) -> AlertChanged:
    by = "voiceassist" if state == "retracted" else "Sam Rivera"
    return AlertChanged(at_ms=at_ms, alert_id=alert_id, state=state, by=by, note=note, **more)


def not_useful(prompt_id: str, at_ms: int, *, marked: bool = True) -> NotUsefulMarked:
    return NotUsefulMarked(
        at_ms=at_ms,
        prompt_id=prompt_id,
        cue_id="c1",
        marked=marked,
        by="Anna Reed",
        kind="insult",
        rule="insult.idiot",
        words="you idiot",
        playbook="retail@1",
        done_at="2026-11-22T08:00:00.000+00:00" if marked else "",
    )


def false_alarm(of: Cue, said: str, at_ms: int, *, marked: bool = True) -> FalseAlarmMarked:
    return FalseAlarmMarked(
        at_ms=at_ms,
        cue_id=of.cue_id,
        marked=marked,
        by="Sam Rivera",
        kind=of.kind,
        speaker=of.speaker,
        words=of.words,
        said=said,
        before="",
        layer=of.layer,
        rule=of.rule,
        confidence=of.confidence,
        reach=of.reach,
        agreed=of.agreed,
        playbook=of.playbook,
    )


def refusal_closed(cue_id: str, outcome: RefusalOutcome, at_ms: int, offered: str = "") -> RefusalClosed:
    return RefusalClosed(at_ms=at_ms, cue_id=cue_id, outcome=outcome, words=offered)


def numbered(call_id: str, *events: Event) -> list[Record]:
    return [Record(call_id=call_id, seq=seq, event=event) for seq, event in enumerate(events, start=1)]


def _recovered() -> list[Record]:
    asked = final("customer", 1, "I want to return a coffee machine", 1_000)
    refused = final("agent", 1, "our policy doesn't allow returns after thirty days", 4_000)
    offered = final("agent", 2, "what I can do is offer you a store credit", 12_000)
    refusal = cue("c1", "refusal", refused, "our policy doesn't allow")
    return numbered(
        "call-recovered",
        started(),
        partial("customer", 1, "I want to", 1_000),
        partial("customer", 1, "I want to return a coffee", 1_000),
        asked,
        partial("agent", 1, "our policy", 4_000),
        partial("customer", 2, "oh", 4_400),
        refusal,
        prompt("p1", refusal),
        refused,
        CueConfirmed(at_ms=6_600, cue_id="c1"),
        final("customer", 2, "oh come on", 4_400),
        partial("customer", 2, "oh come", 4_400),
        cue("c2", "alternative", offered, "what I can do is", early=False),
        offered,
        refusal_closed("c1", "recovered", 15_000, "offer you a store credit"),
        closed("p1", "recovered", 15_000),
        CallEnded(at_ms=20_000, reason="hangup"),
    )


def _failed() -> list[Record]:
    refused = final("agent", 1, "there is nothing I can do", 2_000)
    refusal = cue("c1", "refusal", refused, "nothing I can do", early=False)
    return numbered(
        "call-failed",
        started("gold"),
        refused,
        refusal,
        prompt("p1", refusal),
        closed("p1", "used", 6_000, "store-credit"),
        AudioGap(at_ms=7_000, speaker="customer", duration_ms=400, cause="lost"),
        MuteChanged(at_ms=8_000, muted=True),
        MuteChanged(at_ms=9_000, muted=False),
        CardVolumeChanged(at_ms=9_500, volume="fewer"),
        refusal_closed("c1", "dead_end", 24_000),
        partial("customer", 1, "and that is", 25_000),
        CallFailed(at_ms=26_000, error="The recognizer stopped. Start the call again."),
    )


def _abuse() -> list[Record]:
    swore = final("customer", 1, "this damn website tells me nothing", 1_000)
    insulted = final("customer", 2, "you are a useless idiot", 5_000)
    threatened = final("customer", 3, "I will come down there and hurt you", 9_000)
    profanity = cue("c1", "profanity", swore, "damn website")
    insult = cue("c2", "insult", insulted, "useless idiot")
    threat = cue("c3", "threat", threatened, "I will come down there and hurt you")
    return numbered(
        "call-abuse",
        started(),
        profanity,
        alert("a1", "info", profanity),
        swore,
        CueRetracted(at_ms=3_000, cue_id="c1"),
        changed("a1", "retracted", 3_000),
        insulted,
        insult,
        alert("a2", "warning", insult),
        prompt("p1", insult),
        QuoteChanged(at_ms=7_200, cue_id="c2", words="you are a useless idiot"),
        AgentFine(at_ms=7_500),
        AgentFine(at_ms=7_600, fine=False),
        AgentFine(at_ms=7_700),
        AgentFine(at_ms=7_800, fine=False, rose=True),
        changed("a2", "acknowledged", 8_000),
        threatened,
        threat,
        alert("a3", "critical", threat),
        closed("p1", "superseded", 11_400),
        prompt("p2", threat),
        changed("a3", "resolved", 14_000, "Called the agent."),
        closed("p2", "call_ended", 15_000),
        AgentFine(at_ms=14_500),
        RecoveryOffered(at_ms=15_000, rung="warning"),
        CallEnded(at_ms=15_000, reason="interrupted"),
        changed("a2", "resolved", 15_000),
        false_alarm(insult, insulted.text, 15_000),
        false_alarm(threat, threatened.text, 15_000),
        false_alarm(threat, threatened.text, 15_000, marked=False),
        *(not_useful("p1", 15_000, marked=marked) for marked in (True, False, True)),
        not_useful("p2", 15_000),
        not_useful("p2", 15_000, marked=False),
        changed("a3", "acknowledged", 15_000),
        changed("a3", "open", 15_000),
        changed("a3", "acknowledged", 15_000, done_at="2026-11-22T08:00:00.000+00:00"),
        changed("a3", "resolved", 15_000),
        changed("a3", "open", 15_000),
        changed("a9", "resolved", 15_000),
    )


def _incidents() -> list[Record]:
    """Incidents side by side: one rises, repeats, is handed over, loses its leading alert; one loses all.

    It is resolved as a false alarm and opened again; a new one begins; a repeat comes of one that nobody knows.
    """
    said = [final("customer", n, text, n * 4_000) for n, text in enumerate(ABUSE, start=1)]
    kinds = ("insult", "threat", "insult", "threat", "churn", "insult")
    cues = [
        cue(f"c{n}", kind, line, line.text)
        for n, (kind, line) in enumerate(zip(kinds, said, strict=True), start=1)
    ]
    insult, threat, again, worse, churn, later = cues
    rise = alert("a2", "critical", threat, "a1")
    return numbered(
        "call-incidents",
        started(),
        insult,
        alert("a1", "warning", insult, "a1"),
        changed("a1", "acknowledged", 7_000),
        threat,
        rise,
        QuoteChanged(at_ms=10_100, cue_id="c2", words="I will come down and hurt you"),
        again,
        repeat(again, "warning", "a1"),
        worse,
        repeat(worse, "critical", "a1"),
        QuoteChanged(at_ms=18_000, cue_id="c4", words="I will really hurt you"),
        changed("a1", "acknowledged", 18_500, owner="Ida Holm"),
        CueRetracted(at_ms=19_000, cue_id="c2"),
        CueRetracted(at_ms=19_000, cue_id="c2"),
        CueRetracted(at_ms=19_500, cue_id="c4"),
        churn,
        alert("a3", "info", churn, "a3"),
        CueRetracted(at_ms=22_000, cue_id="c5"),
        changed("a3", "retracted", 22_000),
        changed("a1", "resolved", 23_000, "It was a joke.", reason="false_alarm"),
        false_alarm(insult, said[0].text, 23_000),
        later,
        alert("a4", "warning", later, "a4"),
        CallEnded(at_ms=30_000, reason="hangup"),
        changed("a1", "open", 30_000, done_at="2026-11-22T08:00:00.000+00:00"),
        changed("a4", "resolved", 30_000, reason="no_action"),
        repeat(later, "warning", "a9"),
    )


ABUSE = (
    "you are a useless idiot",
    "I will come down there and hurt you",
    "an idiot is what you are",
    "I will really come and hurt you",
    "I will cancel my contract",
    "you complete fool",
)


def _line() -> list[Record]:
    """What is on the line besides talk: music, keys, echoes that come and go, merged legs, another language."""
    foreign = final("customer", 1, "I will calculate your candidates", 21_000)
    threat = cue("c1", "legal_threat", foreign, "your candidates", early=False)
    return numbered(
        "call-line",
        started(),
        LineSoundChanged(at_ms=2_000, speaker="customer", sound="ringing", since_ms=400),
        LineSoundChanged(at_ms=5_000, speaker="customer", sound="none", since_ms=4_400),
        CrossTalkChanged(at_ms=6_000, speaker="customer", level_db=-25, delay_ms=120),
        CrossTalkChanged(at_ms=7_000, speaker="agent", level_db=-33, delay_ms=40),
        CrossTalkChanged(at_ms=8_000, speaker="customer", level_db=-12, delay_ms=120),
        CrossTalkChanged(at_ms=9_000, speaker="agent", level_db=None, delay_ms=0),
        LegMergeChanged(at_ms=10_000, merged=True, speaker="agent"),
        LegMergeChanged(at_ms=12_000, merged=False, speaker="agent"),
        LineSoundChanged(at_ms=13_000, speaker="agent", sound="dtmf", since_ms=12_800),
        LineSoundChanged(at_ms=14_000, speaker="agent", sound="music", since_ms=13_100),
        RecordingPaused(at_ms=15_000, by="Anna Reed"),
        RecordingResumed(at_ms=19_000, by="Sam Rivera"),
        listening(19_500, ("Sam Rivera", "both")),
        listening(20_000, ("Sam Rivera", "both"), ("Kim Lee", "agent"), ("Kim Lee", "customer")),
        LanguageDoubtChanged(at_ms=21_000, speaker="agent", doubted=True),
        LanguageDoubtChanged(at_ms=21_500, speaker="customer", doubted=True),
        foreign,
        threat,
        LanguageDoubtChanged(at_ms=25_000, speaker="agent", doubted=False),
        listening(26_000),
        listening(27_000, ("Sam Rivera", "customer")),
        RecordingPaused(at_ms=28_000, by="Anna Reed"),
        CallEnded(at_ms=30_000, reason="hangup"),
    )


def listening(at_ms: int, *listeners: tuple[str, HeardLegs]) -> ListeningChanged:
    return ListeningChanged(at_ms=at_ms, listeners=tuple(ListensIn(by=by, legs=legs) for by, legs in listeners))


def _visited() -> list[Record]:
    """Supervisors in a call by telephone: one whispers, then barges in; one is not reached; the call is ended."""
    ana, sam = {"by": "Ana Diaz", "visit": "v1-0", "done_at": "2026-11-12T09:31:00Z"}, "Sam Rivera"
    return numbered(
        "call-visited",
        started(),
        PhoneActed(at_ms=5_000, deed="whisper", outcome="ringing", **ana),
        PhoneActed(at_ms=9_000, deed="whisper", outcome="on", **ana),
        PhoneActed(at_ms=9_500, deed="whisper", outcome="ringing", by=sam, visit="v2-0"),
        PhoneActed(at_ms=20_000, deed="barge", outcome="on", **ana),
        PhoneActed(at_ms=39_500, deed="whisper", outcome="failed", by=sam, visit="v2-0", reason="no_answer"),
        PhoneActed(at_ms=41_000, deed="barge", outcome="over", reason="left", **ana),
        PhoneActed(at_ms=50_000, deed="transfer", outcome="failed", by=sam, to="300", reason="not_in_stasis"),
        PhoneActed(at_ms=60_000, deed="hang_up", outcome="done", by=sam),
        CallEnded(at_ms=60_100, reason="hangup"),
    )


def disclosure(id_: str, title: str, state: DisclosureState, at_ms: int, due_ms: int | None) -> DisclosureChanged:
    return DisclosureChanged(at_ms=at_ms, disclosure=id_, title=title, speaker="agent", state=state, due_ms=due_ms)


def _wrap_up() -> list[Record]:
    """What must be said, what was promised and what was written down: said, missed, said too late, due no more."""
    promised = final("agent", 1, "I will call you back by Friday", 40_000)
    sent_summary = {"by": "Sam Rivera", "delivery": "summary_1", "place": "crm.example.com"}
    recording = ("recording_notice", "Notice of recording")
    price, terms = ("total_price", "Total price"), ("terms", "Terms")
    return numbered(
        "call-wrap-up",
        replace(started(), past_offers=(PastOffer(alternative="credit", on="2026-10-02", text="A store credit"),)),
        disclosure(*recording, "due", 0, 30_000),
        disclosure(*price, "due", 9_000, 39_000),
        disclosure(*terms, "due", 9_500, None),
        disclosure(*terms, "withdrawn", 10_000, None),
        disclosure(*recording, "said", 20_000, 30_000),
        disclosure(*price, "missed", 39_100, 39_000),
        disclosure(*terms, "missed", 39_200, None),
        promised,
        PromiseHeard(
            at_ms=41_800,
            utterance=1,
            words="I will call you back by Friday",
            when="by Friday",
            start_ms=40_000,
            end_ms=41_750,
        ),
        NoteAdded(at_ms=50_000, by="Anna Reed", text="Ask the warehouse."),
        disclosure(*terms, "said", 55_000, None),
        CallEnded(at_ms=60_000, reason="hangup"),
        NoteAdded(at_ms=60_000, by="Sam Rivera", text="Done."),
        SummaryEdited(
            at_ms=60_000, by="Sam Rivera", lines=summary_lines("A call back."), done_at=wall_clock(61_000)
        ),
        SummarySent(at_ms=60_000, outcome="waiting", **sent_summary),
        SummarySent(at_ms=60_000, outcome="arrived", told="HTTP 200 OK", **sent_summary),
        SummaryEdited(at_ms=60_000, by="Anna Reed", lines=(), done_at=wall_clock(70_000)),
        SummaryEdited(at_ms=60_000, by="Anna Reed", lines=summary_lines("Calls back."), language="es"),
        *(promise_marked(outcome) for outcome in ("not_kept", "kept", "", "kept")),
    )


def promise_marked(outcome: PromiseOutcome) -> PromiseMarked:
    """Sam says, after the call, what became of what was promised at 40 s."""
    done_at = "2026-11-27T08:00:00.000+00:00"
    return PromiseMarked(
        at_ms=60_000, utterance=1, start_ms=40_000, outcome=outcome, by="Sam Rivera", done_at=done_at
    )


def summary_lines(text: str) -> tuple[SummaryText, ...]:
    own = SummaryText(section="end", text="She was content.")
    return (SummaryText(section="promised", text=text, seq=9, from_ms=40_000), own)


def coached(coaching_id: str, text: str, at_ms: int, by: str = "Sam Rivera", snippet: str = "") -> CoachingSent:
    return CoachingSent(
        at_ms=at_ms, coaching_id=coaching_id, by=by, text=text, snippet=snippet, done_at=wall_clock(at_ms)
    )


def coaching_seen(coaching_id: str, stage: CoachingStage, at_ms: int) -> CoachingSeen:
    return CoachingSeen(at_ms=at_ms, coaching_id=coaching_id, stage=stage, done_at=wall_clock(at_ms))


def coaching_answered(coaching_id: str, answer: CoachingAnswer, at_ms: int, text: str = "") -> CoachingAnswered:
    return CoachingAnswered(
        at_ms=at_ms, coaching_id=coaching_id, by="Anna Reed", answer=answer, text=text, done_at=wall_clock(at_ms)
    )


def wall_clock(at_ms: int) -> str:
    return f"2026-11-21T09:30:{at_ms // 1000:02}.000+00:00"


def _coaching() -> list[Record]:
    """Messages of two supervisors: delivered, seen, answered twice, taken back; one seen after the call."""
    return numbered(
        "call-coached",
        started(),
        coached("m1", "Ask what they want to achieve first.", 4_000, snippet="ask_goal"),
        coaching_seen("m1", "delivered", 4_000),
        coached("m2", "Offer the store credit.", 6_000, by="Kim Ortiz"),
        coaching_seen("m1", "seen", 7_000),
        coaching_seen("m1", "delivered", 7_000),
        coaching_answered("m1", "thumbs_up", 9_000),
        coached("m3", "Wrong call, sorry.", 10_000),
        CoachingWithdrawn(at_ms=12_000, coaching_id="m3", by="Sam Rivera", done_at=wall_clock(12_000)),
        coaching_seen("m2", "seen", 14_000),
        coaching_answered("m2", "need_you", 15_000),
        coaching_answered("m2", "text", 19_000, "They will not take it."),
        coaching_seen("m9", "seen", 20_000),
        coaching_answered("m9", "thumbs_up", 20_000),
        coached("m4", "I am coming.", 24_000),
        CallEnded(at_ms=30_000, reason="hangup"),
        coaching_seen("m4", "seen", 30_000),
        PartDeleted(at_ms=30_000, part="transcript", by="voiceassist", done_at="2026-12-21T02:00:00.000+00:00"),
    )


def _late() -> list[Record]:
    """The machine falls behind: a card comes as a note, an alert late; it catches up, and falls behind again."""
    refused = final("agent", 1, "our policy doesn't allow that", 2_000)
    threatened = final("customer", 1, "I will come down there and hurt you", 30_000)
    refusal = cue("c1", "refusal", refused, "our policy doesn't allow", early=False)
    threat = cue("c2", "threat", threatened, "I will come down there and hurt you", early=False)
    late = replace(prompt("p1", refusal), at_ms=15_000, late=True, why=replace(why(refusal), latency_ms=11_500))
    return numbered(
        "call-late",
        started(),
        LatenessChanged(at_ms=6_000, behind_ms=3_000),
        LatenessChanged(at_ms=14_000, behind_ms=12_000),
        refused,
        refusal,
        late,
        threatened,
        threat,
        replace(alert("a1", "critical", threat), late=True),
        prompt("p2", threat),
        closed("p1", "stale", 35_000),
        LatenessChanged(at_ms=41_000, behind_ms=0),
        LatenessChanged(at_ms=52_000, behind_ms=5_000),
        closed("p2", "call_ended", 55_000),
        CallEnded(at_ms=55_000, reason="hangup"),
    )


def _doubted_audio() -> list[Record]:
    """Audio that is not what it was announced to be, of both legs and of one, and losses here and there."""
    return numbered(
        "call-doubted",
        started(),
        AudioDoubted(at_ms=3_200, speaker=None, code="encoding", message="sounds like speech when read as s16be"),
        AudioDoubted(at_ms=12_400, speaker="agent", code="clipping", message="the agent's loud words are cut off"),
        AudioGap(at_ms=2_000, speaker="customer", duration_ms=2_700, cause="lost", within_ms=53_000),
        CallEnded(at_ms=60_000, reason="hangup"),
    )


def _lost() -> list[Record]:
    """Lines that are lost and come back, go quiet, are lost together, and are given up."""
    waited = AudioGap(at_ms=5_000, speaker="customer", duration_ms=7_000, cause="line_lost")
    return numbered(
        "call-lost",
        started(),
        final("customer", 1, "can I bring this back", 4_000),
        LineChanged(at_ms=5_000, speaker="customer", state="lost", until_ms=25_000),
        LineChanged(at_ms=6_000, speaker="agent", state="lost", until_ms=26_000),
        LineChanged(at_ms=12_000, speaker="customer", state="back"),
        waited,
        LineChanged(at_ms=13_000, speaker="agent", state="back"),
        LineChanged(at_ms=80_000, speaker="agent", state="quiet", until_ms=140_000),
        LineChanged(at_ms=81_000, speaker="agent", state="quiet", until_ms=141_000),
        LineChanged(at_ms=90_000, speaker="agent", state="back"),
        LineChanged(at_ms=91_000, speaker="agent", state="back"),
        LineChanged(at_ms=95_000, speaker="customer", state="lost", until_ms=115_000),
        LineChanged(at_ms=115_000, speaker="customer", state="gone"),
        LineChanged(at_ms=116_000, speaker="agent", state="lost", until_ms=136_000),
        CallEnded(at_ms=136_000, reason="vanished"),
    )


def _twice() -> list[Record]:
    """Every record comes twice: a resume that overlaps with what the client already has."""
    return [record for record in _recovered() for _ in range(2)]


def _deleted() -> list[Record]:
    """The recording goes first, then every word."""
    refused = final("agent", 1, "our policy doesn't allow that", 2_000)
    refusal = cue("c1", "refusal", refused, "our policy doesn't allow", early=False)
    insult = cue("c2", "insult", final("customer", 1, "you fool", 4_000), "you fool", early=False)
    night = {"by": "voiceassist", "done_at": "2026-12-24T03:00:00+00:00"}
    return numbered(
        "call-deleted",
        replace(started(), consent_need="announced"),
        ConsentChanged(at_ms=1_500, consent="announced", by="voiceassist"),
        ConsentChanged(at_ms=1_900, consent="given", by="Anna Reed"),
        refused,
        refusal,
        prompt("p1", refusal),
        RefusalClosed(at_ms=9_000, cue_id="c1", outcome="recovered", words="a store credit"),
        insult,
        alert("a1", "critical", insult),
        AlertChanged(at_ms=9_500, alert_id="a1", state="acknowledged", by="Sam Rivera", note="he said fool"),
        PromiseHeard(at_ms=9_600, utterance=1, words="I call by Friday", when="by Friday", start_ms=1, end_ms=2),
        closed("p1", "call_ended", 10_000),
        CallEnded(at_ms=10_000, reason="hangup"),
        NoteAdded(at_ms=10_000, by="Sam Rivera", text="He said fool."),
        TagsChanged(at_ms=10_000, by="Sam Rivera", tags=(CallTag(text="rude", by="Sam Rivera"),)),
        corrected(refused, "our policy never allows that", 10_000),
        SummaryEdited(at_ms=10_000, by="Sam Rivera", lines=summary_lines("A fool.")),
        PartDeleted(at_ms=10_000, part="audio", **night),
        PartDeleted(at_ms=10_000, part="transcript", **night),
    )


def _identified() -> list[Record]:
    """Nobody is known at first; then the desk's program, and once more after the end."""
    past = (PastOffer(alternative="store_credit", on="2026-10-02", text="Store credit"),)
    ana, laura = (
        Person(id="7", name="Ana Diaz", team="returns"),
        Customer(id="42", name="Laura Stone", tier="gold"),
    )
    return numbered(
        "call-identified",
        started(),
        final("customer", 1, "hello", 1_000),
        CallIdentified(at_ms=1_200, agent=ana, customer=laura, by="lookup", past_offers=past),
        final("agent", 1, "hello Laura", 2_000),
        CallEnded(at_ms=3_000, reason="hangup"),
        CallIdentified(at_ms=3_000, agent=replace(ana, team="billing"), customer=laura, by="Sam Rivera"),
    )


def corrected(
    line: Final, text: str, at_ms: int, said_by: Speaker = "agent", *, stands: bool = True
) -> LineCorrected:
    return LineCorrected(
        at_ms=at_ms,
        speaker=line.speaker,
        utterance=line.utterance,
        text=text,
        words=words(text, line.start_ms),
        said_by=said_by,
        by="Sam Rivera",
        corrected=stands,
        done_at=AFTERWARDS,
    )


def _marks() -> list[Record]:
    """Notes are changed, deleted and brought back; tags come and go; lines are corrected, one of them twice."""
    asked, refused = final("customer", 1, "I want a fund", 500), final("agent", 1, "we can not do that", 2_000)
    sam: dict[str, Any] = {"by": "Sam Rivera", "done_at": AFTERWARDS}
    where = CallMoment(at_ms=2_000, speaker="agent", utterance=1)
    first = NoteAdded(
        at_ms=1_000, text="Listen, @kim", note_id="n1", login="sam", place=where, mentions=("kim",), **sam
    )
    second = NoteAdded(at_ms=9_000, text="Ask the warehouse.", note_id="n2", **sam)
    late, fees = CallTag(text="Late fees", place=where, **sam), CallTag(text="training", **sam)
    return numbered(
        "call-marks",
        started(),
        asked,
        first,
        refused,
        TagsChanged(at_ms=3_000, tags=(late,), **sam),
        CallEnded(at_ms=9_000, reason="hangup"),
        NoteAdded(at_ms=9_000, text="Of before there were ids.", **sam),
        second,
        NoteChanged(at_ms=9_000, note=replace(first, text="Listen.", mentions=()), **sam),
        NoteChanged(at_ms=9_000, note=second, deleted=True, **sam),
        TagsChanged(at_ms=9_000, tags=(late, fees), **sam),
        corrected(asked, "I want a refund", 9_000),
        corrected(refused, "we can't do that", 9_000, "customer"),
        corrected(asked, "I wanted a refund", 9_000),
        corrected(refused, refused.text, 9_000, stands=False),
        NoteChanged(at_ms=9_000, note=second, **sam),
        TagsChanged(at_ms=9_000, tags=(), **sam),
        NoteChanged(
            at_ms=9_000, note=replace(second, note_id="n9", text="Of a note that was never there."), **sam
        ),
    )


STREAMS: dict[str, list[Record]] = {
    "identified": _identified(),
    "refusal_recovered": _recovered(),
    "dead_end_then_failed": _failed(),
    "abuse_ladder": _abuse(),
    "incidents": _incidents(),
    "line_changes": _line(),
    "visited_by_telephone": _visited(),
    "lost_lines": _lost(),
    "doubted_audio": _doubted_audio(),
    "wrap_up": _wrap_up(),
    "coaching": _coaching(),
    "late_machine": _late(),
    "parts_deleted": _deleted(),
    "marks": _marks(),
    "every_record_twice": _twice(),
}
