"""What each rule did in each call, and what people said of it. The server fills it in, bit by bit."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NUMBERS = ("fired", "cards", "used", "dismissed", "not_useful", "false_alarms")


def upgrade() -> None:
    """Add the table, empty, and have the facts of all calls made again."""
    op.create_table(
        "fact_rules",
        sa.Column("call_id", sa.String, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("kind", "rule", "playbook", "version")),
        sa.Column("started_us", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in NUMBERS),
        sa.PrimaryKeyConstraint("call_id", "kind", "rule", "playbook", "version", name="pk_fact_rules"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_fact_rules_call_id", ondelete="CASCADE"),
    )
    op.create_index("ix_fact_rules_playbook", "fact_rules", ["playbook", "started_us"])
    op.execute("DELETE FROM fact_calls")  # whose row is missing is caught up with: `store/fact_catch_up.py`


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("fact_rules")
