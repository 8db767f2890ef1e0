"""Records for the store's tests, with only what a test cares about spelled out."""

from voiceassist.events import (
    Alert,
    AlertChanged,
    AlertLevel,
    AlertState,
    CallEnded,
    CallStarted,
    Cue,
    CueRetracted,
    Customer,
    Event,
    FalseAlarmMarked,
    Final,
    Person,
    Prompt,
    Record,
    RefusalClosed,
    RefusalOutcome,
    Speaker,
    Why,
)

WHY = Why(
    cue_id="c1",
    rule="r",
    words="can't",
    confidence=1.0,
    playbook="retail@1",
    spoken_ms=900,
    latency_ms=100,
)


def call(call_id: str, *events: Event, started_at: str = "2026-11-21T10:00:00+00:00") -> list[Record]:
    """A call's records numbered 1, 2, ..., its CallStarted first."""
    return [record(call_id, n, e) for n, e in enumerate((started(started_at), *events), start=1)]


def record(call_id: str, seq: int, event: Event) -> Record:
    return Record(call_id=call_id, seq=seq, event=event)


def started(started_at: str = "2026-11-21T10:00:00+00:00") -> CallStarted:
    return CallStarted(
        at_ms=0,
        started_at=started_at,
        agent=Person(id="ada", name="Ada"),
        customer=Customer(id="carl", name="Carl", tier="gold"),
        source="stream",
        engine="scripted",
        language="en",
        playbook="retail@1",
    )


def said(text: str, *, at_ms: int = 1000, speaker: Speaker = "agent", utterance: int = 1) -> Final:
    return Final(
        at_ms=at_ms,
        speaker=speaker,
        utterance=utterance,
        text=text,
        words=(),
        start_ms=0,
        end_ms=at_ms,
        confidence=1.0,
    )


def cue(cue_id: str, *, kind: str = "refusal", early: bool = False) -> Cue:
    return Cue(
        at_ms=1000,
        cue_id=cue_id,
        kind=kind,
        speaker="agent",
        utterance=1,
        words="can't",
        start_ms=0,
        end_ms=900,
        confidence=1.0,
        layer="phrase",
        rule="r",
        early=early,
    )


def cue_retracted(cue_id: str) -> CueRetracted:
    return CueRetracted(at_ms=1500, cue_id=cue_id)


def refusal_closed(cue_id: str, outcome: RefusalOutcome) -> RefusalClosed:
    return RefusalClosed(at_ms=2000, cue_id=cue_id, outcome=outcome, words="")


def prompt(prompt_id: str) -> Prompt:
    return Prompt(
        at_ms=1000,
        prompt_id=prompt_id,
        kind="refusal",
        headline="Offer something",
        say="What I can do is ...",
        alternatives=(),
        priority=1,
        expires_ms=9000,
        why=WHY,
    )


def alert(alert_id: str, level: AlertLevel) -> Alert:
    return Alert(at_ms=1000, alert_id=alert_id, level=level, kind="abuse", reason="x", quote="y", why=WHY)


def alert_changed(alert_id: str, state: AlertState, *, at_ms: int = 2000) -> AlertChanged:
    return AlertChanged(at_ms=at_ms, alert_id=alert_id, state=state, by="Sue")


def false_alarm(cue_id: str, *, by: str) -> FalseAlarmMarked:
    told = cue(cue_id)
    return FalseAlarmMarked(
        at_ms=2000,
        cue_id=cue_id,
        marked=True,
        by=by,
        kind=told.kind,
        speaker=told.speaker,
        words=told.words,
        said="I can't",
        before="",
        layer=told.layer,
        rule=told.rule,
        confidence=told.confidence,
        reach=told.reach,
        agreed=told.agreed,
        playbook=told.playbook,
    )


def ended(at_ms: int = 5000) -> CallEnded:
    return CallEnded(at_ms=at_ms, reason="hangup")
