"""Tags and mentions as facts, up to when mentions were read, and clips. No call of before has any of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OF_CALL: dict[str, Any] = {"refcolumns": ["calls.call_id"], "ondelete": "CASCADE"}


def upgrade() -> None:
    """Add the tables, empty."""
    _tags()
    _mentions()
    _clips()


def _tags() -> None:
    op.create_table(
        "fact_tags",
        *(sa.Column(name, sa.String, nullable=False) for name in ("call_id", "tag", "text")),
        sa.Column("started_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "tag", name="pk_fact_tags"),
        sa.ForeignKeyConstraint(["call_id"], name="fk_fact_tags_call_id", **OF_CALL),
    )
    op.create_index("ix_fact_tags_tag", "fact_tags", ["tag", "started_us", "call_id"])


def _mentions() -> None:
    op.create_table(
        "fact_mentions",
        *(sa.Column(name, sa.String, nullable=False) for name in ("call_id", "note_id", "login")),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("place_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("call_id", "note_id", "login", name="pk_fact_mentions"),
        sa.ForeignKeyConstraint(["call_id"], name="fk_fact_mentions_call_id", **OF_CALL),
    )
    op.create_index("ix_fact_mentions_login", "fact_mentions", ["login", "at_us"])
    op.create_table(
        "mentions_read",
        sa.Column("login", sa.String, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("login", name="pk_mentions_read"),
    )


def _clips() -> None:
    op.create_table(
        "clips",
        *(sa.Column(name, sa.String, nullable=False) for name in ("id", "call_id", "title")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("start_ms", "end_ms")),
        sa.Column("people", sa.Text, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("login", "by")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("created_us", "expires_us")),
        sa.Column("revoked_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_clips"),
        sa.ForeignKeyConstraint(["call_id"], name="fk_clips_call_id", **OF_CALL),
    )
    op.create_index("ix_clips_call_id", "clips", ["call_id"])


def downgrade() -> None:
    """Take them away again."""
    for table in ("clips", "mentions_read", "fact_mentions", "fact_tags"):
        op.drop_table(table)
