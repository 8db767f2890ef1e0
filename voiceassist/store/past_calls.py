"""Finished calls, read one after the other: for work that goes over many of them in a process of its own.

Blocks, and reads only: a server may write the same database meanwhile. Next: `backtests/source.py` decodes them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import or_, select

from voiceassist.core.words.languages import primary_subtag
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.database import reading
from voiceassist.store.schema import calls, events


def newest_calls(path: Path, language: str, last: int | None, scope: CallScope = EVERY_CALL) -> list[str]:
    """Ids of the newest finished calls with a transcript in a language that one may see, oldest first.

    Raises StoreError.
    """
    tag = primary_subtag(language)
    spoken = or_(calls.c.language == tag, calls.c.language.startswith(f"{tag}-", autoescape=True))
    there = calls.c.transcript_deleted_us.is_(None)
    wanted = select(calls.c.call_id).where(calls.c.status != "live", spoken, there, scope.condition())
    with reading(path) as connection:
        newest = wanted.order_by(calls.c.started_us.desc(), calls.c.call_id.desc()).limit(last)
        return list(connection.scalars(newest))[::-1]


def bodies_of(path: Path, call_ids: Sequence[str], types: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Every call with its events of these types as JSON, in order, one call at a time. Raises StoreError."""
    chosen = select(events.c.body).where(events.c.type.in_(types)).order_by(events.c.seq)
    with reading(path) as connection:
        for call_id in call_ids:
            yield call_id, list(connection.scalars(chosen.where(events.c.call_id == call_id)))
