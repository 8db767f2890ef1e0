"""Published playbooks and their drafts; the agent's team of a call; a customer's earlier calls found quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, the column and the index."""
    op.create_table(
        "playbook_versions",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("published_at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name="pk_playbook_versions"),
    )
    op.create_table(
        "playbook_drafts",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("saved_at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_playbook_drafts"),
    )
    op.add_column("calls", sa.Column("agent_team", sa.String, nullable=False, server_default=""))
    op.create_index("ix_calls_customer", "calls", ["customer_id", "started_us"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_calls_customer", "calls")
    with op.batch_alter_table("calls") as calls:
        calls.drop_column("agent_team")
    op.drop_table("playbook_drafts")
    op.drop_table("playbook_versions")
