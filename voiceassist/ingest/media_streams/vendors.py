"""Makes the dialects of Twilio, its relatives and Vonage, each with its settings and what its signature proves.

The only place of theirs that reads a clock: a token of Vonage's counts for some minutes.
Next: `protocols.py` lists them.
"""

from time import time

from voiceassist.config import Settings
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.media_streams.dialect import MediaStreamDialect
from voiceassist.ingest.media_streams.signatures import plivo_signed, twilio_signed, vonage_signed
from voiceassist.ingest.media_streams.table import PLIVO, SIGNALWIRE, TELNYX, TWILIO, Wire
from voiceassist.ingest.media_streams.vonage import VonageDialect


def twilio(handshake: Handshake, limits: PeerLimits, settings: Settings) -> MediaStreamDialect:
    """A stream of Twilio's."""
    ours = settings.twilio
    proof = twilio_signed(handshake, ours)
    return MediaStreamDialect(TWILIO, limits, handshake, customer_track=ours.customer_track, proof=proof)


def telnyx(handshake: Handshake, limits: PeerLimits, settings: Settings) -> MediaStreamDialect:
    """A stream of Telnyx's."""
    ours = settings.telnyx
    l16: Wire = "s16le" if ours.l16_byte_order == "little" else "s16be"
    encodings = {**TELNYX.encodings, "l16": l16}
    return MediaStreamDialect(TELNYX, limits, handshake, customer_track=ours.customer_track, encodings=encodings)


def signalwire(handshake: Handshake, limits: PeerLimits, settings: Settings) -> MediaStreamDialect:
    """A stream of SignalWire's."""
    return MediaStreamDialect(SIGNALWIRE, limits, handshake, customer_track=settings.signalwire.customer_track)


def plivo(handshake: Handshake, limits: PeerLimits, settings: Settings) -> MediaStreamDialect:
    """A stream of Plivo's."""
    ours = settings.plivo
    proof = plivo_signed(handshake, ours)
    return MediaStreamDialect(PLIVO, limits, handshake, customer_track=ours.customer_track, proof=proof)


def vonage(handshake: Handshake, limits: PeerLimits, settings: Settings) -> VonageDialect:
    """A connection of Vonage's."""
    ours = settings.vonage
    proof = vonage_signed(handshake, ours, int(time()))
    return VonageDialect(limits, handshake, mixed_leg=ours.mixed_leg, proof=proof)
