"""How much a peer may send and how long it may take: every number of the edge, in one table.

Never enforces anything itself. Next: `gate.py` looks at bodies, `connections.py` at connections.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from voiceassist.server.peer_rates import PeerRate
from voiceassist.webrtc.http import BODY_BYTES as OFFER_BYTES

INGEST = "/ingest/"

# By the route's whole path, as a regular expression; every other route has `body_bytes`.
BODY_BYTES: Mapping[str, int] = {
    r"/(whip|whep)(/.*)?": OFFER_BYTES,
    r"/api/wall/alerts": 128 << 10,  # 200 alerts with long call ids
    r"/api/playbooks/[^/]+/draft": 2 << 20,  # a text of 300,000 characters, six bytes each where JSON escapes them
    r"/api/playbooks/[^/]+/try": 512 << 10,  # 52 turns of 2,000 characters
}

Kind = Literal["sign_in", "call", "request"]  # what a peer begins
PROVIDER = ("/api/oidc/start", "/sign-in/callback")  # read by browsers, and each asks the provider
SIGN_IN = re.compile(r"/api/(session|setup|reset|me|oidc)(/.*)?")
# Of one peer, which may be a whole site behind one address. A sign-in costs 50 ms of a core. A phone system with
# 2,000 lines may lose its network and take them up again. A page is some 20 requests, so that 250 agents may begin
# their shift in one second; 200 requests a second are some 20 % of a core.
RATES: Mapping[Kind, PeerRate] = {
    "sign_in": PeerRate(burst=60, per_s=1.0),
    "call": PeerRate(burst=2_000, per_s=50.0),
    "request": PeerRate(burst=5_000, per_s=200.0),
}


def kind_of(method: str, path: str) -> Kind:
    """What a request or a socket's handshake begins. Hanging up is a request: it must not wait for other calls."""
    if path.startswith(INGEST) or (method == "POST" and path.startswith(("/whip", "/whep"))):
        return "call"
    return "sign_in" if path in PROVIDER or (method != "GET" and SIGN_IN.fullmatch(path)) else "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLimits:
    """Sizes and patience; tests use smaller ones."""

    body_bytes: int = 32 << 10  # a note of 2,000 characters, twelve bytes each where JSON escapes them
    body_bytes_by_path: Mapping[str, int] = field(default_factory=lambda: BODY_BYTES)

    rates: Mapping[Kind, PeerRate] = field(default_factory=lambda: RATES)

    stream_message_bytes: int = (
        2 << 20
    )  # above what the protocol allows, so that it gets the protocol's own answer
    screen_message_bytes: int = 16 << 10  # a wall's screen says which calls it has in view: 200 with usual ids
    head_within_s: float = 10.0  # a head fits into one packet or two
    body_within_s: float = 60.0  # the largest body on a line of 0.3 Mbit/s
    ping_every_s: float = 20.0
    pong_within_s: float = 20.0  # a screen that is silent for longer is dead
    # Screens that wait for a call which has not begun: each is a socket and an empty mailbox, 44 kB, and a
    # thousand take 5 % of a core for their pings (measured). Overflow rule: one more is told so and closed.
    awaiting_screens: int = 1_000  # agents of a large site with a page each
    await_call_s: float = 1_800.0  # the longest queue that people stay in; the page offers to wait again
    goodbye_s: float = 12.0  # to read the last message; uvicorn itself waits 10 s for the closing handshake

    def body_bytes_of(self, path: str) -> int:
        """The largest body that a request for this path may have."""
        found = (size for pattern, size in self.body_bytes_by_path.items() if re.fullmatch(pattern, path))
        return next(found, self.body_bytes)
