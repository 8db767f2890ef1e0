"""Who somebody is at a provider of sign-ins, and what it signed for a session."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty."""
    op.add_column("people", sa.Column("subject", sa.String, nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("id_token", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("sessions", "id_token")
    op.drop_column("people", "subject")
