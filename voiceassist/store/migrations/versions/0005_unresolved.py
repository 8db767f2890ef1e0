"""How many alerts of each call are unresolved, so that the wall finds those calls without reading all of them."""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ALERTED = sa.text("SELECT call_id FROM calls WHERE alerts > 0")
BODIES = sa.text(
    "SELECT body FROM events WHERE call_id = :call_id AND type IN ('alert', 'alert_changed') ORDER BY seq"
)
UPDATE = sa.text("UPDATE calls SET unresolved = :unresolved WHERE call_id = :call_id")


def upgrade() -> None:
    """Add the column and its index, and count the alerts of calls that have some."""
    op.add_column("calls", sa.Column("unresolved", sa.Integer, nullable=False, server_default="0"))
    op.create_index("ix_calls_unresolved", "calls", ["unresolved", "started_us"])
    connection = op.get_bind()
    for call_id in list(connection.scalars(ALERTED)):
        bodies = connection.scalars(BODIES, {"call_id": call_id})
        connection.execute(UPDATE, {"call_id": call_id, "unresolved": _unresolved(map(json.loads, bodies))})


def _unresolved(events: Iterable[dict[str, Any]]) -> int:
    states = {event["alert_id"]: event.get("state", "open") for event in events}
    return sum(state in ("open", "acknowledged") for state in states.values())


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_calls_unresolved", "calls")
    with op.batch_alter_table("calls") as calls:
        calls.drop_column("unresolved")
