"""Notices, deliveries and channels for tests, with only what a test cares about spelled out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from voiceassist.core.screen.wall import WallRow
from voiceassist.events import Alert, AlertChanged, AlertLevel, AlertState, Customer, Event, Person, Record, Why
from voiceassist.notices.notice import Delivery, Notice
from voiceassist.notify_settings import ChannelSettings

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WHY = Why(cue_id="c1", rule="r", words="idiot", confidence=1.0, playbook="retail@1", spoken_ms=900, latency_ms=100)


def seconds(count: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=count)


def channel(name: str = "desk", **given: Any) -> ChannelSettings:
    values: dict[str, Any] = {"kind": "webhook", "url": "https://desk.example/hook", "secret": SECRET}
    return ChannelSettings(name=name, **(values | given))


def alert(alert_id: str = "a1", level: AlertLevel = "critical", kind: str = "threat") -> Alert:
    return Alert(
        at_ms=1000,
        alert_id=alert_id,
        level=level,
        kind=kind,
        reason="The customer threatens to harm someone.",
        reason_code="threat",
        quote="I will come and find you",
        why=WHY,
    )


def changed(state: AlertState, alert_id: str = "a1", note: str = "") -> AlertChanged:
    return AlertChanged(at_ms=2000, alert_id=alert_id, state=state, by="Sue", note=note)


def record(event: Event, seq: int = 5, call_id: str = "call-1") -> Record:
    return Record(call_id=call_id, seq=seq, event=event)


def row(call_id: str = "call-1", team: str = "returns") -> WallRow:
    return WallRow(
        call_id=call_id,
        seq=1,
        at_ms=0,
        status="live",
        started_at=NOON.isoformat(),
        agent=Person(id="ada", name="Ada Bell", team=team),
        customer=Customer(id="carl", name="Carl Moor"),
        language="en",
    )


def notice(**given: Any) -> Notice:
    values: dict[str, Any] = {
        "about": "raised",
        "at": NOON.isoformat(),
        "level": "critical",
        "call_id": "call-1",
        "incident": "a1",
        "kind": "threat",
        "reason": "The customer threatens to harm someone.",
        "reason_code": "threat",
        "agent": "Ada Bell",
        "team": "returns",
        "quote": "I will come and find you",
        "customer": "Carl Moor",
    }
    return Notice(**(values | given))


def delivery(id_: str = "msg_1", *, due_s: float = 0.0, level: AlertLevel = "critical", **given: Any) -> Delivery:
    values: dict[str, Any] = {"channel": "desk", "from_s": due_s, "due_s": due_s}
    return Delivery(id=id_, notice=notice(level=level, incident=id_), **(values | given))
