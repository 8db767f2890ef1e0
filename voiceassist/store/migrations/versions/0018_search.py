"""Lines are numbered by their call, so that a search over a million of them touches the index alone.

Takes some 10 s of a processor for 100,000 calls with a million lines, and a gigabyte of disk meanwhile: every line
moves, and the full-text index is made anew, with a column for each speaker.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CALL_LINES = 1 << 24  # as `store/search.py` has it
NUMBERED = """UPDATE calls SET number = place FROM (
    SELECT call_id AS of_call, row_number() OVER (ORDER BY started_us, call_id) AS place FROM calls
) AS places WHERE of_call = call_id"""


def _columns(row: str = "") -> str:
    """What each speaker said in a row, or nothing."""
    return ", ".join(
        f"CASE WHEN {row}speaker = '{side}' THEN {row}text END AS {side}" for side in ("agent", "customer")
    )


FULL_TEXT = (
    f"CREATE VIEW finals_by_speaker AS SELECT id, {_columns()} FROM finals",  # noqa: S608 - of constants
    # unicode61 with remove_diacritics 2: "café" and "CAFE" are one word. prefix: words are found while typed.
    """CREATE VIRTUAL TABLE finals_text USING fts5(
        agent, customer, content='finals_by_speaker', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2', prefix='2 3'
    )""",
    "INSERT INTO finals_text(finals_text) VALUES ('rebuild')",
    f"""CREATE TRIGGER finals_text_insert AFTER INSERT ON finals BEGIN
        INSERT INTO finals_text(rowid, agent, customer) SELECT new.id, {_columns("new.")};
    END""",
    f"""CREATE TRIGGER finals_text_delete AFTER DELETE ON finals BEGIN
        INSERT INTO finals_text(finals_text, rowid, agent, customer)
        SELECT 'delete', old.id, {_columns("old.")};
    END""",
    f"""CREATE TRIGGER finals_text_update AFTER UPDATE ON finals BEGIN
        INSERT INTO finals_text(finals_text, rowid, agent, customer)
        SELECT 'delete', old.id, {_columns("old.")};
        INSERT INTO finals_text(rowid, agent, customer) SELECT new.id, {_columns("new.")};
    END""",
)

FULL_TEXT_BEFORE = (
    """CREATE VIRTUAL TABLE finals_text USING fts5(
        text, content='finals', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3'
    )""",
    "INSERT INTO finals_text(finals_text) VALUES ('rebuild')",
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
    """Number calls and lines, and make the index of them."""
    op.add_column("calls", sa.Column("number", sa.BigInteger))
    op.execute(NUMBERED)
    op.create_index("ix_calls_number", "calls", ["number"], unique=True)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("DROP TABLE finals_text")  # before the lines: their triggers go with them
    _move_lines(f"number * {CALL_LINES} + seq", "JOIN calls USING (call_id)")
    for statement in FULL_TEXT if is_sqlite else ():
        op.execute(statement)


def downgrade() -> None:
    """Number lines one after the other again."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("DROP TABLE finals_text")
        op.execute("DROP VIEW finals_by_speaker")
    _move_lines("row_number() OVER (ORDER BY id)", "")
    op.drop_index("ix_calls_number", "calls")
    op.drop_column("calls", "number")
    for statement in FULL_TEXT_BEFORE if is_sqlite else ():
        op.execute(statement)


def _move_lines(number: str, join: str) -> None:
    """In the order of their new numbers: a table that is written so is half as large as one with gaps."""
    op.create_table(
        "finals_moved",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=False),
        sa.Column("call_id", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("speaker", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_finals"),
        sa.ForeignKeyConstraint(
            *(["call_id", "seq"], ["events.call_id", "events.seq"]), name="fk_finals_call_id", ondelete="CASCADE"
        ),
    )
    op.execute(
        f"""INSERT INTO finals_moved (id, call_id, seq, speaker, text)
        SELECT {number}, call_id, seq, speaker, text FROM finals {join} ORDER BY 1"""  # noqa: S608 - of constants
    )
    op.drop_table("finals")
    op.rename_table("finals_moved", "finals")
    op.create_index("ix_finals_call_id", "finals", ["call_id", "seq"])
