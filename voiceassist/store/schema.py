"""The tables, as the newest migration leaves them (a test compares the two).

Plain column types only, so that the same tables work in PostgreSQL. What SQLite needs beside them (the
full-text index over `finals` and its triggers) is in the migration and used by `search.py` alone.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Literal

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.sql.schema import ForeignKeyConstraint

from voiceassist.kpis.numbers import CallNumbers

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

calls = Table(
    "calls",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("started_at", String, nullable=False),  # as the call's first event says it
    Column("started_us", BigInteger, nullable=False),  # the same moment, microseconds since 1970 UTC: order
    Column("status", String, nullable=False),  # live, ended, failed
    Column("end_reason", String),
    Column("error", Text, nullable=False, server_default=""),
    Column("duration_ms", Integer, nullable=False),  # newest at_ms of the call itself
    Column("last_seq", Integer, nullable=False),
    Column("agent_id", String, nullable=False),
    Column("agent_name", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("customer_name", String, nullable=False),
    Column("customer_tier", String, nullable=False),
    Column("engine", String, nullable=False),
    Column("language", String, nullable=False),
    Column("playbook", String, nullable=False),
    Column("source", String, nullable=False),
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("recovered", Integer, nullable=False, server_default="0"),
    Column("dead_ends", Integer, nullable=False, server_default="0"),
    Column("prompts", Integer, nullable=False, server_default="0"),
    Column("alerts", Integer, nullable=False, server_default="0"),
    Column("worst", Integer, nullable=False, server_default="0"),  # index into counts.LEVELS
    Column("agent_team", String, nullable=False, server_default=""),
    Column("node_id", String, nullable=False, server_default=""),  # the node that had it; empty: of before nodes
    Column("unresolved", Integer, nullable=False, server_default="0"),  # alerts that somebody still has to look at
    # When these were deleted, microseconds since 1970 UTC; 0: there was no recording when its time came.
    Column("audio_deleted_us", BigInteger),
    Column("transcript_deleted_us", BigInteger),
    # Counts from 1 in the order in which calls were stored; NULL: no word of it can be found.
    Column("number", BigInteger),
    Index("ix_calls_number", "number", unique=True),
    Index("ix_calls_unresolved", "unresolved", "started_us"),
    Index("ix_calls_newest", "started_us", "call_id"),
    Index("ix_calls_customer", "customer_id", "started_us"),
    Index("ix_calls_status", "status"),
)

events = Table(
    "events",
    metadata,
    Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", Integer, nullable=False),
    Column("type", String, nullable=False),
    Column("body", Text, nullable=False),  # one JSON object, as wire.encode_line makes it
)

CALL_LINES = 1 << 24  # more than any call has records: a call of a day has some 500,000

finals = Table(
    "finals",
    metadata,
    # The call's number * CALL_LINES + seq: the full-text index says in which call a line is.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("call_id", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("speaker", String, nullable=False),
    Column("text", Text, nullable=False),
    ForeignKeyConstraint(["call_id", "seq"], ["events.call_id", "events.seq"], ondelete="CASCADE"),
    Index("ix_finals_call_id", "call_id", "seq"),
)

# A row is there while its call is live: `claims.py`.
call_claims = Table(
    "call_claims",
    metadata,
    Column("call_id", String, primary_key=True),
    Column("node_id", String, nullable=False),
    Column("since", String, nullable=False),  # ISO 8601 with zone
)

# A row is never changed: what a call was decided by can be read for ever.
playbook_versions = Table(
    "playbook_versions",
    metadata,
    Column("name", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, ... ; the highest is the current one
    Column("hash", String, nullable=False),  # SHA-256 of the text, hex
    Column("text", Text, nullable=False),  # YAML, as it was written
    Column("author", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("published_at", String, nullable=False),  # ISO 8601 with zone
)

playbook_drafts = Table(
    "playbook_drafts",
    metadata,
    Column("name", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("base", Integer, nullable=False),  # number of the version that was changed; 0: none
    Column("revision", Integer, nullable=False),  # rises with every save
    Column("by", String, nullable=False),
    Column("saved_at", String, nullable=False),  # ISO 8601 with zone
)

# A row is one decision and is never changed; the newest of a language, or of a playbook, counts.
playbook_choices = Table(
    "playbook_choices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False),  # ISO 8601 with zone
    Column("by", String, nullable=False),
    Column("action", String, nullable=False),  # default, setting, withdrawn, offered
    Column("name", String, nullable=False),  # of the playbook
    Column("language", String, nullable=False),  # of calls; empty where it is about the playbook alone
    Column("note", Text, nullable=False),
)

# ---- what is kept for how long: `retention_queries.py`, `holds.py` ----------------------------------------------

retention_rules = Table(
    "retention_rules",
    metadata,
    Column("team", String, primary_key=True),  # "*": every team without a rule of its own; "": no team
    Column("kind", String, primary_key=True),  # audio, transcript, events
    Column("days", Integer),  # from the call's beginning; none: for ever
)

# A call of this table can be deleted by nobody.
call_holds = Table(
    "call_holds",
    metadata,
    Column("call_id", String, ForeignKey("calls.call_id", ondelete="RESTRICT"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at_us", BigInteger, nullable=False),  # microseconds since 1970 UTC
)

# ---- facts: made of the events by `fact_feed.py`, and made again from them at any time -------------------------


def _facts_of_call(name: str, key: str, *texts: str, more: Sequence[Column[Any] | Index] = ()) -> Table:
    return Table(
        name,
        metadata,
        Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
        Column(key, String, primary_key=True),
        Column("agent_id", String, nullable=False),
        Column("at_us", BigInteger, nullable=False, index=True),  # microseconds since 1970 UTC
        *(Column(text, String, nullable=False) for text in texts),
        *more,
    )


def _sums(name: str, *key: str) -> Table:
    """Of finished calls. Days and hours are those of the clock that the calls' times were written by."""
    numbers = ("calls", "duration_ms", "refusals", "recovered", "dead_ends", "prompts", "alerts")
    return Table(
        name,
        metadata,
        *(Column(part, String, primary_key=True) for part in key),
        *(Column(number, BigInteger, nullable=False) for number in numbers),
    )


fact_refusals = _facts_of_call("fact_refusals", "cue_id", "topic", "outcome")  # outcome: open, recovered, dead_end
fact_offers = _facts_of_call("fact_offers", "prompt_id", "kind", "headline", "outcome", "alternative")
# A row is an incident; `at_us` is when its first cue came.
fact_alerts = _facts_of_call(
    *("fact_alerts", "alert_id", "level", "kind", "state", "by"),
    more=(
        Column("owner", String, nullable=False, server_default=""),  # a person's name
        Column("reason", String, nullable=False, server_default=""),  # why it is resolved
        Column("cues", Integer, nullable=False, server_default="1"),  # that were true
        Column("started_us", BigInteger, nullable=False, server_default="0"),  # of the call
        Column("agent_team", String, nullable=False, server_default=""),
        Column("ack_ms", BigInteger),  # until a person took care of it; NULL: nobody has
        Index("ix_fact_alerts_waits", "started_us", "ack_ms", "agent_team", "agent_id", "call_id"),
        Index("ix_fact_alerts_state", "state", "at_us"),
    ),
)
fact_topics = Table(
    "fact_topics",
    metadata,
    Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("topic", String, primary_key=True),
    Column("refusals", BigInteger, nullable=False),
    Column("recovered", BigInteger, nullable=False),
    Column("dead_ends", BigInteger, nullable=False),
)
fact_activity = Table(
    "fact_activity",
    metadata,
    Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # of the event
    Column("at_us", BigInteger, nullable=False, index=True),  # microseconds since 1970 UTC
    Column("by", String, nullable=False),  # a person's name
    Column("deed", String, nullable=False),
    Column("about", String, nullable=False),  # alert_id or cue_id
    Column("level", String, nullable=False),  # of the alert; empty: of a cue
    Column("kind", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reason_code", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("stands", Integer, nullable=False),  # 1: nobody did anything about the same one later
    Index("ix_fact_activity_by", "by", "at_us"),
)
CALL_SUMS = ("duration_ms", *(number.name for number in fields(CallNumbers)))
# What every call adds to the key figures, in the order in which calls began: a period is one stretch of it.
fact_calls = Table(
    "fact_calls",
    metadata,
    Column("started_us", BigInteger, primary_key=True, autoincrement=False),
    Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True, unique=True),
    Column("agent_id", String, nullable=False),
    Column("agent_name", String, nullable=False),
    Column("agent_team", String, nullable=False),
    *(Column(number, BigInteger, nullable=False) for number in CALL_SUMS),
    sqlite_with_rowid=False,
)


def _facts_of_period(name: str, key: Sequence[Column[Any]], *columns: Column[Any]) -> Table:
    """In the order in which calls began, as `fact_calls`: for reports."""
    return Table(
        name,
        metadata,
        Column("started_us", BigInteger, primary_key=True, autoincrement=False),
        Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True, index=True),
        *key,
        *(Column(text, String, nullable=False) for text in ("agent_id", "agent_name", "agent_team")),
        *columns,
        sqlite_with_rowid=False,
    )


def _numbers(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


fact_policies = _facts_of_period(
    "fact_policies",
    [Column("topic", String, primary_key=True)],  # as a card is headed; empty: no card came
    *_numbers("refusals", "closed", "recovered", "dead_ends", "offered", "taken"),
)
fact_alternatives = _facts_of_period(
    "fact_alternatives",
    [Column("playbook", String, primary_key=True), Column("alternative", String, primary_key=True)],
    Column("text", String, nullable=False),
    *_numbers("offered", "taken", "recovered"),
)
fact_abuse = _facts_of_period(
    "fact_abuse",
    [Column("cue_id", String, primary_key=True)],
    Column("kind", String, nullable=False),
    Column("at_us", BigInteger, nullable=False),  # microseconds since 1970 UTC
)
fact_promises = _facts_of_period(
    "fact_promises",
    [
        Column("utterance", Integer, primary_key=True, autoincrement=False),
        Column("start_ms", Integer, primary_key=True, autoincrement=False),
    ],
    Column("words", Text, nullable=False),
    Column("due", String, nullable=False),  # the words among them that say by when
    Column("outcome", String, nullable=False),  # kept, not_kept; empty: nobody said so
    Column("marked_by", String, nullable=False),  # a person's name
)
fact_disclosures = _facts_of_period(
    "fact_disclosures",
    [Column("disclosure", String, primary_key=True)],
    Column("title", String, nullable=False),
    *_numbers("said", "late", "missed"),
)
OF_PERIOD = (fact_policies, fact_alternatives, fact_abuse, fact_promises, fact_disclosures)
RuleNumber = Literal["fired", "cards", "used", "dismissed", "not_useful", "false_alarms"]
RULE_NUMBERS: tuple[RuleNumber, ...] = ("fired", "cards", "used", "dismissed", "not_useful", "false_alarms")
fact_rules = Table(
    "fact_rules",
    metadata,
    Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("rule", String, primary_key=True),
    Column("playbook", String, primary_key=True),
    Column("version", String, primary_key=True),
    Column("started_us", BigInteger, nullable=False),  # of the call
    *(Column(number, BigInteger, nullable=False) for number in RULE_NUMBERS),
    Index("ix_fact_rules_playbook", "playbook", "started_us"),
    Index("ix_fact_rules_started", "started_us", "call_id"),
)
fact_tags = Table(
    "fact_tags",
    metadata,
    Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("tag", String, primary_key=True),  # folded: what tags are compared by
    Column("text", String, nullable=False),  # as it was written
    Column("started_us", BigInteger, nullable=False),  # of the call
    Index("ix_fact_tags_tag", "tag", "started_us", "call_id"),
)
# Who is named in a note as it is now. Whether they may see the call is asked when they look.
fact_mentions = Table(
    "fact_mentions",
    metadata,
    Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("note_id", String, primary_key=True),
    Column("login", String, primary_key=True),
    Column("at_us", BigInteger, nullable=False),  # of the note; all times here: microseconds since 1970 UTC
    Column("by", String, nullable=False),  # a person's name
    Column("text", Text, nullable=False),
    Column("place_ms", BigInteger),  # NULL: it is about the call
    Index("ix_fact_mentions_login", "login", "at_us"),
)
fact_agents = _sums("fact_agents", "agent_id", "day")  # YYYY-MM-DD
fact_hours = _sums("fact_hours", "hour")  # YYYY-MM-DDTHH

# ---- who may sign in: `people.py` ------------------------------------------------------------------------------

people = Table(
    "people",
    metadata,
    Column("login", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("roles", String, nullable=False),  # with spaces between them
    Column("teams", Text, nullable=False),  # JSON list
    Column("password", String, nullable=False),  # argon2id, with its salt and its cost; empty: none yet
    Column("totp", String, nullable=False),  # secret of the two-step code; empty: none
    Column("totp_step", BigInteger, nullable=False),  # of the last code that was taken: none is taken twice
    Column("disabled", Integer, nullable=False),
    Column("created_us", BigInteger, nullable=False),  # all times here: microseconds since 1970 UTC
    Column("seen_us", BigInteger),
    Column("subject", String, nullable=False, server_default=""),  # who they are at the provider; empty: nobody
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("token_hash", String, nullable=False, unique=True),  # SHA-256 of what is in the cookie
    Column("login", String, ForeignKey("people.login", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("agent", String, nullable=False),  # the browser, as it calls itself
    Column("address", String, nullable=False),
    Column("id_token", Text, nullable=False, server_default=""),  # of the provider, to sign out there, too
)

# A row is gone with its use.
password_links = Table(
    "password_links",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("login", String, nullable=False),  # empty: of the first admin
    Column("expires_us", BigInteger, nullable=False),
)

# Up to when somebody has read what they are mentioned in: `mentions.py`.
mentions_read = Table(
    "mentions_read",
    metadata,
    Column("login", String, primary_key=True),
    Column("until_us", BigInteger, nullable=False),
)

# A stretch of a call that is shared: `clips.py`.
clips = Table(
    "clips",
    metadata,
    Column("id", String, primary_key=True),  # cannot be guessed
    Column("call_id", String, ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("title", String, nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("people", Text, nullable=False),  # JSON list of logins who may open it though not the call
    Column("login", String, nullable=False),  # who made it; empty: the person of an open server
    Column("by", String, nullable=False),  # their name
    Column("created_us", BigInteger, nullable=False),  # all times here: microseconds since 1970 UTC
    Column("expires_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger),
)

# Programs that may do something: `keys.py`.
keys = Table(
    "keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("scopes", String, nullable=False),  # with spaces between them
    Column("secret_hash", String, nullable=False, unique=True),  # SHA-256
    Column("created_us", BigInteger, nullable=False),  # all times here: microseconds since 1970 UTC
    Column("created_by", String, nullable=False),
    Column("expires_us", BigInteger),  # NULL: never
    Column("used_us", BigInteger),
    Column("revoked_us", BigInteger),
)

# ---- alerts on their way out: `notices.py` ----------------------------------------------------------------------

# Of no call's foreign key: a notice may be stored before the call is. `erasure.py` deletes it with its call.
notices = Table(
    "notices",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("call_id", String, nullable=False, index=True),
    Column("body", Text, nullable=False),  # JSON, as `notices/ledger.py` makes it
)

# ---- who did what: `audit.py` ----------------------------------------------------------------------------------

# Triggers refuse to change or to delete a row, or to add one anywhere but at the end.
audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, ... without gaps
    Column("at_us", BigInteger, nullable=False),  # microseconds since 1970 UTC
    Column("who", String, nullable=False),
    Column("what", String, nullable=False),
    Column("call_id", String, nullable=False),  # empty: not about a call
    Column("detail", Text, nullable=False),  # canonical JSON of an object
    Column("hash", String, nullable=False),  # SHA-256 over the hash before and this entry, hex
    Index("ix_audit_who", "who", "number"),
    Index("ix_audit_what", "what", "number"),
    Index("ix_audit_call_id", "call_id", "number"),
)
