"""What people did with alerts and cues, by person and time; filled from the stored events."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SERVER = "voiceassist"  # what it did itself is nobody's activity
TOLD = sa.text("""
    SELECT events.call_id, events.seq, events.body, calls.started_us FROM events
    JOIN calls ON calls.call_id = events.call_id
    WHERE events.type IN ('alert', 'alert_changed', 'false_alarm_marked') ORDER BY events.call_id, events.seq
""")
DEEDS = {True: "false_alarm", False: "false_alarm_undone"}
Row = dict[str, Any]


def upgrade() -> None:
    """Add the table with its indexes, and what is known from before."""
    texts = ("by", "deed", "about", "level", "kind")
    table = op.create_table(
        "fact_activity",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in texts),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reason_code", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("stands", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "seq", name="pk_fact_activity"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.call_id"], name="fk_fact_activity_call_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_fact_activity_at_us", "fact_activity", ["at_us"])
    op.create_index("ix_fact_activity_by", "fact_activity", ["by", "at_us"])
    connection = op.get_bind()
    told = connection.execute(TOLD).all()
    rows = [row for _, of_call in groupby(told, key=lambda one: one[0]) for row in _rows(list(of_call))]
    if rows:
        op.bulk_insert(table, rows)


def _rows(told: list[Any]) -> Iterator[Row]:
    bodies = [(seq, read, started_us) for _, seq, body, started_us in told if (read := _read(body))]
    alerts = {body["alert_id"]: body for _, body, _ in bodies if body["type"] == "alert"}
    done = [(*one, _about(one[1])) for one in bodies if one[1].get("by", SERVER) != SERVER]
    last = {about: seq for seq, _, _, about in done}
    for seq, body, started_us, about in done:
        alert = alerts.get(about, body)
        marked = body.get("marked")
        yield {
            "call_id": body["call_id"],
            "seq": seq,
            "at_us": started_us + body["at_ms"] * 1000,
            "by": body["by"],
            "deed": body["state"] if marked is None else DEEDS[marked],
            "about": about,
            "level": alert.get("level", ""),
            "kind": alert.get("kind", ""),
            "reason": alert.get("reason", alert.get("words", "")),
            "reason_code": alert.get("reason_code", ""),
            "note": body.get("note", ""),
            "stands": int(last[about] == seq),
        }


def _read(body: str) -> Row:
    """An event; nothing of one that cannot be read: it must not keep the server from starting."""
    try:
        event = json.loads(body)
    except ValueError:
        return {}
    return event if isinstance(event, dict) and {"call_id", "at_ms", "type"} <= event.keys() else {}


def _about(body: Row) -> str:
    return str(body.get("alert_id") or body.get("cue_id"))


def downgrade() -> None:
    """Take the table away again."""
    op.drop_table("fact_activity")
