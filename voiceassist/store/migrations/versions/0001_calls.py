"""Calls, their events, and the full-text index of what was said."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FULL_TEXT = (
    # unicode61 with remove_diacritics 2: "café" and "CAFE" are one word. prefix: words are found while typed.
    """CREATE VIRTUAL TABLE finals_text USING fts5(
        text, content='finals', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3'
    )""",
    """CREATE TRIGGER finals_text_insert AFTER INSERT ON finals BEGIN
        INSERT INTO finals_text(rowid, text) VALUES (new.id, new.text);
    END""",
    """CREATE TRIGGER finals_text_delete AFTER DELETE ON finals BEGIN
        INSERT INTO finals_text(finals_text, rowid, text) VALUES ('delete', old.id, old.text);
    END""",
    """CREATE TRIGGER finals_text_update AFTER UPDATE ON finals BEGIN
        INSERT INTO finals_text(finals_text, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO finals_text(rowid, text) VALUES (new.id, new.text);
    END""",
)


def upgrade() -> None:
    """Create everything."""
    _calls()
    _events()
    _finals()
    if op.get_bind().dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(statement)


def downgrade() -> None:
    """Drop everything."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE finals_text")
    for table in ("finals", "events", "calls"):
        op.drop_table(table)


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("started_at", sa.String, nullable=False),
        sa.Column("started_us", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("end_reason", sa.String),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in NAMES),
        *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in COUNTS),
        sa.PrimaryKeyConstraint("call_id", name="pk_calls"),
    )
    op.create_index("ix_calls_newest", "calls", ["started_us", "call_id"])
    op.create_index("ix_calls_status", "calls", ["status"])


NAMES = (
    *("agent_id", "agent_name", "customer_id", "customer_name", "customer_tier"),
    *("engine", "language", "playbook", "source"),
)
COUNTS = ("refusals", "recovered", "dead_ends", "prompts", "alerts", "worst")


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at_ms", sa.Integer, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "seq", name="pk_events"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_events_call_id", ondelete="CASCADE"),
    )


def _finals() -> None:
    op.create_table(
        "finals",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("speaker", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_finals"),
        sa.ForeignKeyConstraint(
            ["call_id", "seq"],
            ["events.call_id", "events.seq"],
            name="fk_finals_call_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_finals_call_id", "finals", ["call_id", "seq"])
