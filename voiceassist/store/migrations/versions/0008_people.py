"""People, their sessions and one-time links."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nobody is in them, so a server on loopback stays as open as it was."""
    op.create_table(
        "people",
        sa.Column("login", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("roles", sa.String, nullable=False),
        sa.Column("teams", sa.Text, nullable=False),
        sa.Column("password", sa.String, nullable=False),
        sa.Column("totp", sa.String, nullable=False),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("disabled", sa.Integer, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("seen_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("login", name="pk_people"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("token_hash", sa.String, nullable=False),
        sa.Column("login", sa.String, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("seen_us", sa.BigInteger, nullable=False),
        sa.Column("expires_us", sa.BigInteger, nullable=False),
        sa.Column("agent", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
        sa.ForeignKeyConstraint(["login"], ["people.login"], name="fk_sessions_login", ondelete="CASCADE"),
    )
    op.create_index("ix_sessions_login", "sessions", ["login"])
    op.create_table(
        "password_links",
        sa.Column("token_hash", sa.String, nullable=False),
        sa.Column("login", sa.String, nullable=False),
        sa.Column("expires_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_password_links"),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("password_links", "sessions", "people"):
        op.drop_table(table)
