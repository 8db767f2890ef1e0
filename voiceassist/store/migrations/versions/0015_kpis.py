"""What every call adds to the key figures, and how long its alerts waited. The server fills it in, bit by bit."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NUMBERS = (
    *("duration_ms", "refusals", "closed", "recovered", "cards", "cards_used", "cards_dismissed"),
    *("cards_unhelpful", "alerts", "acknowledged", "alarms", "false_alarms", "abuse", "vague_promises"),
    *("disclosures", "missed", "helped", "helped_recovered"),
)
WAITS = "ix_fact_alerts_waits"


def upgrade() -> None:
    """Add the table, the columns and the index."""
    op.create_table(
        "fact_calls",
        sa.Column("started_us", sa.BigInteger, nullable=False, autoincrement=False),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("call_id", "agent_id", "agent_name", "agent_team")
        ),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in NUMBERS),
        sa.PrimaryKeyConstraint("started_us", "call_id", name="pk_fact_calls"),
        sa.UniqueConstraint("call_id", name="uq_fact_calls_call_id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_fact_calls_call_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.add_column("fact_alerts", sa.Column("started_us", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("fact_alerts", sa.Column("agent_team", sa.String, nullable=False, server_default=""))
    op.add_column("fact_alerts", sa.Column("ack_ms", sa.BigInteger))
    op.create_index(WAITS, "fact_alerts", ["started_us", "ack_ms", "agent_team", "agent_id", "call_id"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(WAITS, "fact_alerts")
    for column in ("started_us", "agent_team", "ack_ms"):
        op.drop_column("fact_alerts", column)
    op.drop_table("fact_calls")
