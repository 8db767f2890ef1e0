"""The node of every call, and the claims of calls that are live."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table. Calls of before belong to no node: whoever opens the database ends them."""
    op.add_column("calls", sa.Column("node_id", sa.String, nullable=False, server_default=""))
    op.create_table(
        "call_claims",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("node_id", sa.String, nullable=False),
        sa.Column("since", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_call_claims"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("call_claims")
    with op.batch_alter_table("calls") as calls:
        calls.drop_column("node_id")
