"""Tables of facts for reports. They are empty at first: `voiceassist calls facts --rebuild` fills them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("fact_refusals", "fact_offers", "fact_alerts", "fact_topics", "fact_agents", "fact_hours")
SUMMED = ("calls", "duration_ms", "refusals", "recovered", "dead_ends", "prompts", "alerts")


def upgrade() -> None:
    """Add the tables."""
    _of_call("fact_refusals", "cue_id", ("topic", "outcome"))
    _of_call("fact_offers", "prompt_id", ("kind", "headline", "outcome", "alternative"))
    _of_call("fact_alerts", "alert_id", ("level", "kind", "state", "by"))
    op.create_table(
        "fact_topics",
        _text("call_id"),
        _text("topic"),
        *(_number(name) for name in ("refusals", "recovered", "dead_ends")),
        sa.PrimaryKeyConstraint("call_id", "topic", name="pk_fact_topics"),
        _key_to_calls("fact_topics"),
    )
    _sums("fact_agents", ("agent_id", "day"))
    _sums("fact_hours", ("hour",))


def downgrade() -> None:
    """Take them away again."""
    for table in TABLES:
        op.drop_table(table)


def _of_call(name: str, key: str, texts: Sequence[str]) -> None:
    op.create_table(
        name,
        _text("call_id"),
        _text(key),
        _text("agent_id"),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        *map(_text, texts),
        sa.PrimaryKeyConstraint("call_id", key, name=f"pk_{name}"),
        _key_to_calls(name),
    )
    op.create_index(f"ix_{name}_at_us", name, ["at_us"])


def _sums(name: str, key: Sequence[str]) -> None:
    op.create_table(
        name, *map(_text, key), *map(_number, SUMMED), sa.PrimaryKeyConstraint(*key, name=f"pk_{name}")
    )


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String, nullable=False)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=False)


def _key_to_calls(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name=f"fk_{table}_call_id", ondelete="CASCADE")
