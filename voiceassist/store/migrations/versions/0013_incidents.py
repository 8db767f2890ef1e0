"""Whose each incident is, why it was resolved and how many cues it has; and an index for those to be followed up.

In calls of before every alert is an incident of its own, of one cue: `calls.unresolved` goes on to count the same.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OWNED = sa.text("UPDATE fact_alerts SET owner = \"by\" WHERE state = 'acknowledged'")


def upgrade() -> None:
    """Add the columns. Whoever acknowledged an alert last owned it."""
    for name in ("owner", "reason"):
        op.add_column("fact_alerts", sa.Column(name, sa.String, nullable=False, server_default=""))
    op.add_column("fact_alerts", sa.Column("cues", sa.Integer, nullable=False, server_default="1"))
    op.create_index("ix_fact_alerts_state", "fact_alerts", ["state", "at_us"])
    op.get_bind().execute(OWNED)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_fact_alerts_state", "fact_alerts")
    with op.batch_alter_table("fact_alerts") as alerts:
        for name in ("cues", "reason", "owner"):
            alerts.drop_column(name)
