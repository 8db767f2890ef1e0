"""A dialect for each AudioHook session that opens, with what its opening request proves.

Remembers the nonces of the signatures that were good, for as long as they count. Next: `protocols.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from time import time
from urllib.parse import urlsplit

from voiceassist.config import Settings
from voiceassist.ingest.audiohook.auth import Nonces, proof_of
from voiceassist.ingest.audiohook.dialect import AudiohookDialect, SessionHeaders
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits

UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@dataclass(slots=True, kw_only=True)
class AudiohookSessions:
    """All sessions of one process."""

    clock: Callable[[], float] = time  # by which signatures are old
    nonces: Nonces = field(default_factory=Nonces)

    def dialect(self, handshake: Handshake, limits: PeerLimits, settings: Settings) -> AudiohookDialect:
        """The dialect of one connection."""
        headers, ours = handshake.headers, settings.audiohook
        proof = proof_of(_target(handshake.url), headers, ours.client_secrets, self.nonces, self.clock())
        session_id = headers.get("audiohook-session-id", "").strip()
        return AudiohookDialect(
            limits,
            SessionHeaders(
                organization_id=headers.get("audiohook-organization-id", "").strip(),
                session_id=session_id if UUID.fullmatch(session_id) else "",
                proof=proof,
            ),
            languages=tuple(settings.engine_by_language),
            partials=ours.partials,
            is_call_of_session=ours.call_per == "session",
        )


def _target(url: str) -> str:
    """Path and query, as a request line has them."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
