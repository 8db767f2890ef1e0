"""Whether a peer may bring a call in, by what its opening request or its start message proves.

Never knows a protocol: a dialect has checked its own signature. Next: `ingest/call_socket.py` asks.
"""

from starlette.websockets import WebSocket

from voiceassist.errors import IngestError
from voiceassist.ingest.admission import Admit, Admitted
from voiceassist.ingest.dialect import Started
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import Principal, key_holder, principal_of, rights_of
from voiceassist.server.refusals import tell_refused

NOT_ALLOWED = (
    "this server takes audio with a key only: make one with `voiceassist keys add NAME --scope ingest`, and send"
    " it as a Bearer token, as the password of Basic, as the last part of the address, or as this protocol has it"
)


def admission(socket: WebSocket) -> Admit:
    """Who may bring a call in over this socket."""

    def admit(started: Started) -> Admitted:
        if started.forged:
            tell_refused(socket, "", "not_signed", started.info.call_id)
            raise IngestError("not_allowed", started.forged)
        if started.signed_by:
            return Admitted(who=started.signed_by, may_go_on=lambda: True)
        directory = runtime_of(socket).directory
        principal = key_holder(started.key, directory) if started.key else principal_of(socket)
        if "ingest" not in principal.roles:
            tell_refused(socket, principal.signed, "not_allowed", started.info.call_id)
            raise IngestError("not_allowed", NOT_ALLOWED)
        return Admitted(who=who_is(principal), may_go_on=rights_of(principal, directory))

    return admit


def who_is(principal: Principal) -> str:
    """The same text for the same credentials, and for no others."""
    if principal.key_id is not None:
        return f"key {principal.key_id}"
    return f"person {principal.login}" if principal.login else f"server's own {principal.name}"
