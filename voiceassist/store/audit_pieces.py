"""The whole audit, read a piece at a time: for an export, and to check the chain, while calls go on.

Each piece is a reading of its own, so neither an hour's export nor a check of a million entries holds up others.
Next: `server/audit.py`.
"""

from collections.abc import AsyncIterator
from functools import partial

from voiceassist.store.audit import AuditFilter, ChainCheck, ExportedEntry, exported_rows, verify_piece
from voiceassist.store.audit_queue import AuditQueue


async def exported_pieces(audit: AuditQueue, wanted: AuditFilter) -> AsyncIterator[list[ExportedEntry]]:
    """The wanted entries, the oldest first, `limit` at a time. Raises StoreError."""
    after = 0
    while piece := await audit.read(partial(exported_rows, wanted=wanted, after=after)):
        yield piece
        after = piece[-1]["number"]


async def check_chain(audit: AuditQueue, seen: str) -> ChainCheck:
    """Whether the chain is whole; `seen`: a hash that must be there. Raises StoreError."""
    check = ChainCheck(has_seen=not seen)
    while (further := await audit.read(partial(verify_piece, check=check, seen=seen))) is not check:
        check = further
    return check
