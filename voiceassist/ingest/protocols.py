"""The protocols that bring a call in over a websocket, each with the name of its address: `/ingest/<name>`.

A new one is a dialect and a line in `PROTOCOLS`. Never touches a socket.
Next: `server/ingest.py` makes a route of each, `call_socket.py` runs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voiceassist.config import Settings
from voiceassist.ingest.audiohook.session import AudiohookSessions
from voiceassist.ingest.dialect import Dialect
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.media_streams import vendors
from voiceassist.ingest.pbx import asterisk, freeswitch
from voiceassist.ingest.pbx.asterisk import AsteriskDialect
from voiceassist.ingest.pbx.freeswitch import FreeswitchDialect
from voiceassist.ingest.pbx.vosk import VoskDialect
from voiceassist.ingest.stream.dialect import StreamDialect

MakeDialect = Callable[[Handshake, PeerLimits, Settings], Dialect[str | bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketProtocol:
    """How one kind of phone system sends its calls."""

    make: MakeDialect  # for one connection
    subprotocol: str | None = None  # that is agreed to when the peer offers it (RFC 6455 section 1.9)
    # Its messages say who sends them, by a signature or a key of their own; else the opening request must.
    proves_itself: bool = False
    # Its peer wants to have what is recorded of the call.
    is_told_records: Callable[[Settings], bool] = lambda _settings: False


PROTOCOLS: Mapping[str, SocketProtocol] = {
    "audiohook": SocketProtocol(
        make=AudiohookSessions().dialect,
        proves_itself=True,
        is_told_records=lambda settings: settings.audiohook.transcripts,
    ),
    "stream": SocketProtocol(make=lambda _handshake, limits, _settings: StreamDialect(limits)),
    "twilio": SocketProtocol(make=vendors.twilio, proves_itself=True),
    "telnyx": SocketProtocol(make=vendors.telnyx, proves_itself=True),
    "signalwire": SocketProtocol(make=vendors.signalwire, proves_itself=True),
    "plivo": SocketProtocol(make=vendors.plivo, proves_itself=True),
    "vonage": SocketProtocol(make=vendors.vonage, proves_itself=True),
    "asterisk": SocketProtocol(
        make=lambda handshake, limits, _settings: AsteriskDialect(handshake, limits),
        subprotocol=asterisk.SUBPROTOCOL,
    ),
    "freeswitch": SocketProtocol(
        make=lambda handshake, limits, _settings: FreeswitchDialect(handshake, limits),
        subprotocol=freeswitch.SUBPROTOCOL,
    ),
    "vosk": SocketProtocol(
        make=lambda handshake, limits, _settings: VoskDialect(handshake, limits),
        is_told_records=lambda _settings: True,
    ),
}
