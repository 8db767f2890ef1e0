"""Who may bring a call in: asked once, when the peer has said which call it brings.

Some peers prove who they are in their opening request, some sign it, some send a key inside their protocol.
Never knows what a key is: the server does (`server/admission.py`). Next: `call_socket.py` asks.
"""

from collections.abc import Callable
from dataclasses import dataclass

from voiceassist.ingest.dialect import Started


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A peer that may bring a call in."""

    who: str  # the same for everybody with the same credentials, and for nobody else
    may_go_on: Callable[[], bool]  # whether it still may; asked again and again


Admit = Callable[[Started], Admitted]  # raises IngestError (`not_allowed`) for a peer that may not

ANYBODY = Admitted(who="", may_go_on=lambda: True)


def anybody(_started: Started) -> Admitted:
    """Admits every peer: a server that nobody else reaches."""
    return ANYBODY
