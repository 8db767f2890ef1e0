"""Says why a WebRTC peer's DTLS handshake failed: aiortc only says that it did.

Never takes part in the handshake. Next: whoever has the session logs it.
"""

from collections.abc import Callable
from typing import Protocol

from aiortc import RTCDtlsTransport


class DtlsHandshake(Protocol):
    """As much of an `OpenSSL.SSL.Connection` as we ask."""

    def get_peer_certificate(self) -> object:
        """None before the peer has shown one."""

    def get_selected_srtp_profile(self) -> bytes:
        """Empty when there is none in common."""


def watch_handshake(transport: RTCDtlsTransport, failed: Callable[[str], None]) -> None:
    """Calls `failed` with what was wrong, once, if the handshake fails."""
    errors: list[str] = []  # of the last call that raised any

    @transport.on("statechange")
    def changed() -> None:
        if transport.state == "connecting":
            _remember_errors(transport._ssl, errors)  # noqa: SLF001 - private: the version of aiortc is pinned
        elif transport.state == "failed":
            failed(", ".join(errors) or _what_differs(transport._ssl))  # noqa: SLF001


def _remember_errors(connection: object, errors: list[str]) -> None:
    for name in ("do_handshake", "recv"):  # aiortc reads during the handshake, and whichever comes first raises
        setattr(connection, name, _remembering(getattr(connection, name), errors))


def _remembering(shake_hands: Callable[..., bytes], errors: list[str]) -> Callable[..., bytes]:
    def remembered(*args: int) -> bytes:
        try:
            return shake_hands(*args)
        except Exception as error:  # OpenSSL's, see `_reasons`
            errors[:] = _reasons(error) or errors
            raise

    return remembered


def _reasons(error: Exception) -> list[str]:
    """OpenSSL's own words, such as `no shared cipher`; none when it only waits for a packet."""
    return [str(reason) for _, _, reason in error.args[0]] if len(error.args) == 1 else []


def _what_differs(connection: DtlsHandshake | None) -> str:
    """Why a handshake without an error was not enough (see aiortc's `RTCDtlsTransport.start`)."""
    if connection is None or connection.get_peer_certificate() is None:
        return "the connection was lost during the handshake"
    if not connection.get_selected_srtp_profile():
        return "the peer agreed to no SRTP profile"
    return "the peer's certificate is not the one whose fingerprint its offer names"
