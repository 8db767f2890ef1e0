"""Records ⇄ rows of the tables. Pure.

Next: `writer.py` inserts them; `store.py` reads them back.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from voiceassist import wire
from voiceassist.core.screen.views import CallStatus
from voiceassist.errors import PeerError
from voiceassist.events import (
    AlertChanged,
    AlertLevel,
    CallEnded,
    CallFailed,
    CallIdentified,
    CallStarted,
    Customer,
    EndReason,
    Event,
    Final,
    Person,
    Record,
    Speaker,
)
from voiceassist.store.counts import LEVELS, count

Row = dict[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """A line that a search found."""

    speaker: Speaker
    at_ms: int  # when it began
    text: str  # some words of it, with \u0002 and \u0003 around each hit


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummary:
    """One call in a list."""

    call_id: str
    started_at: str  # wall clock, ISO 8601 with zone
    duration_ms: int  # so far, while the call is live
    status: CallStatus
    end_reason: EndReason | None
    error: str
    agent: Person
    customer: Customer
    engine: str
    language: str  # BCP 47
    playbook: str
    source: str
    refusals: int
    recovered: int
    dead_ends: int
    prompts: int
    alerts: int  # without those that turned out to be untrue
    worst: AlertLevel | None  # among those alerts, taken care of or not
    snippet: str | None = None  # the first of `lines`: its text
    counted: int | None = None  # how much it adds to the key figure that was asked for
    lines: tuple[FoundLine, ...] = ()  # that show best what was searched for


def event_row(record: Record) -> Row:
    """A row of `events`."""
    kind = wire.type_name(type(record.event))
    body = wire.encode_line(record)
    at_ms = record.event.at_ms
    return {"call_id": record.call_id, "seq": record.seq, "at_ms": at_ms, "type": kind, "body": body}


def record_of(body: str) -> Record:
    """The record that `event_row` was made of. Raises PeerError for what this version cannot read."""
    try:
        return wire.decode(json.loads(body))
    except ValueError as error:
        raise PeerError("bad_json", f"a stored event is not JSON: {error}") from error


def final_rows(records: Sequence[Record]) -> list[Row]:
    """Rows of `finals`."""
    return [
        {"call_id": record.call_id, "seq": record.seq, "speaker": event.speaker, "text": event.text}
        for record in records
        if isinstance(event := record.event, Final)
    ]


def call_rows(records: Sequence[Record], node_id: str) -> list[Row]:
    """New rows of `calls`. Raises ValueError when a call started at no readable time."""
    started = [(record, event) for record in records if isinstance(event := record.event, CallStarted)]
    return [_call_row(record, event) | {"node_id": node_id} for record, event in started]


def _call_row(record: Record, started: CallStarted) -> Row:
    return {
        "call_id": record.call_id,
        "started_at": started.started_at,
        "started_us": microseconds(started.started_at),
        "status": "live",
        "duration_ms": started.at_ms,
        "last_seq": record.seq,
        "agent_id": started.agent.id,
        "agent_name": started.agent.name,
        "agent_team": started.agent.team,
        "customer_id": started.customer.id,
        "customer_name": started.customer.name,
        "customer_tier": started.customer.tier,
        "engine": started.engine,
        "language": started.language,
        "playbook": started.playbook,
        "source": started.source,
    }


def identity_rows(records: Sequence[Record]) -> list[Row]:
    """Who speaks, as it became known later; names begin with `set_`, the call's is `of_call`."""
    told = [(record.call_id, event) for record in records if isinstance(event := record.event, CallIdentified)]
    return [
        {
            "of_call": call_id,
            "set_agent_id": event.agent.id,
            "set_agent_name": event.agent.name,
            "set_agent_team": event.agent.team,
            "set_customer_id": event.customer.id,
            "set_customer_name": event.customer.name,
            "set_customer_tier": event.customer.tier,
        }
        for call_id, event in told
    ]


def microseconds(started_at: str) -> int:
    """An ISO 8601 time as microseconds since 1970 UTC; a time without zone counts as UTC."""
    moment = datetime.fromisoformat(started_at)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // (EPOCH.resolution)


def iso_of(moment_us: int) -> str:
    """Microseconds since 1970 UTC as ISO 8601, to the millisecond."""
    return (EPOCH + timedelta(microseconds=moment_us)).isoformat(timespec="milliseconds")


def progress_rows(records: Sequence[Record]) -> list[Row]:
    """What these records add to their calls' rows; names begin with `add_`, the call's is `of_call`."""
    ordered = sorted(records, key=lambda record: record.call_id)
    return [_progress(call_id, list(group)) for call_id, group in groupby(ordered, lambda r: r.call_id)]


def _progress(call_id: str, records: Sequence[Record]) -> Row:
    # An alert can be resolved long after the call: that does not make the call longer.
    times = [record.event.at_ms for record in records if not isinstance(record.event, AlertChanged)]
    return {
        "of_call": call_id,
        "add_last_seq": max(record.seq for record in records),
        "add_duration_ms": max(times, default=0),
        **{f"add_{name}": value for name, value in count(r.event for r in records).as_row().items()},
    }


def ending_rows(records: Sequence[Record]) -> list[Row]:
    """How calls ended, as far as these records say; names begin with `set_`, the call's is `of_call`."""
    return [{"of_call": record.call_id} | row for record in records if (row := _ending(record.event))]


def _ending(event: Event) -> Row | None:
    match event:
        case CallEnded(reason=reason):
            return {"set_status": "ended", "set_end_reason": reason, "set_error": ""}
        case CallFailed(error=error):
            return {"set_status": "failed", "set_end_reason": None, "set_error": error}
    return None


def summary_of(row: Row, lines: tuple[FoundLine, ...] = ()) -> CallSummary:
    """A row of `calls` as people see it."""
    return CallSummary(
        agent=Person(id=row["agent_id"], name=row["agent_name"], team=row["agent_team"]),
        customer=Customer(id=row["customer_id"], name=row["customer_name"], tier=row["customer_tier"]),
        worst=LEVELS[row["worst"]],
        snippet=lines[0].text if lines else None,
        lines=lines,
        counted=row.get("counted"),
        **{name: row[name] for name in SAME_NAMES},
    )


SAME_NAMES = (
    *("call_id", "started_at", "duration_ms", "status", "end_reason", "error"),
    *("engine", "language", "playbook", "source"),
    *("refusals", "recovered", "dead_ends", "prompts", "alerts"),
)
"""Fields of a summary that are columns of the same name."""
