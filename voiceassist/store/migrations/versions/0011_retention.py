"""Retention: the rules per team and kind, calls on legal hold, and which parts of a call were deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DELETED = ("audio_deleted_us", "transcript_deleted_us")


def upgrade() -> None:
    """Add two tables, empty, and two columns; no call is changed."""
    op.create_table(
        "retention_rules",
        sa.Column("team", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("days", sa.Integer),
        sa.PrimaryKeyConstraint("team", "kind", name="pk_retention_rules"),
    )
    op.create_table(
        "call_holds",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_call_holds"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_call_holds_call_id", ondelete="RESTRICT"),
    )
    for name in DELETED:
        op.add_column("calls", sa.Column(name, sa.BigInteger))


def downgrade() -> None:
    """Take it away again."""
    for name in DELETED:
        op.drop_column("calls", name)
    op.drop_table("call_holds")
    op.drop_table("retention_rules")
