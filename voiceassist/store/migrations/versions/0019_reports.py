"""What calls add to reports: topics, offers, abuse, promises, disclosures. The server fills it in, bit by bit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


KEYS = {
    "fact_policies": _texts("topic"),
    "fact_alternatives": _texts("playbook", "alternative"),
    "fact_abuse": _texts("cue_id"),
    "fact_promises": [
        sa.Column(name, sa.Integer, nullable=False, autoincrement=False) for name in ("utterance", "start_ms")
    ],
    "fact_disclosures": _texts("disclosure"),
}
COLUMNS = {
    "fact_policies": _numbers("refusals", "closed", "recovered", "dead_ends", "offered", "taken"),
    "fact_alternatives": [*_texts("text"), *_numbers("offered", "taken", "recovered")],
    "fact_abuse": [*_texts("kind"), *_numbers("at_us")],
    "fact_promises": [
        sa.Column("words", sa.Text, nullable=False),
        *_texts("due", "outcome", "marked_by"),
    ],
    "fact_disclosures": [*_texts("title"), *_numbers("said", "late", "missed")],
}


def upgrade() -> None:
    """Add the tables, empty, and have the facts of all calls made again."""
    for name, key in KEYS.items():
        op.create_table(
            name,
            sa.Column("started_us", sa.BigInteger, nullable=False, autoincrement=False),
            sa.Column("call_id", sa.String, nullable=False),
            *key,
            *_texts("agent_id", "agent_name", "agent_team"),
            *COLUMNS[name],
            sa.PrimaryKeyConstraint("started_us", "call_id", *(column.name for column in key), name=f"pk_{name}"),
            sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name=f"fk_{name}_call_id", ondelete="CASCADE"),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{name}_call_id", name, ["call_id"])
    op.create_index("ix_fact_rules_started", "fact_rules", ["started_us", "call_id"])
    op.execute("DELETE FROM fact_calls")  # whose row is missing is caught up with: `store/fact_catch_up.py`


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_fact_rules_started", "fact_rules")
    for name in reversed(KEYS):
        op.drop_table(name)
