"""WHIP as a dialect: the publication opens or joins a call, sounds of its track are audio.

A publisher is answered over HTTP (`http.py`), so nothing goes back on the media connection.
Never touches WebRTC: `listen.py` does.
"""

from collections.abc import Sequence

from voiceassist.audio.pcm import deinterleave
from voiceassist.events import EndReason
from voiceassist.ingest.dialect import Audio, Close, Legs, News, PeerEvent, Started
from voiceassist.ingest.source import with_clean_names
from voiceassist.ingest.whip.request import Publication, call_info, legs_of
from voiceassist.ingest.whip.sound import Sound
from voiceassist.webrtc.opus import RATE_HZ


class WhipDialect:
    """One publisher."""

    def __init__(self) -> None:
        self._legs: Legs = ()  # known once published

    def receive(self, message: Publication | Sound) -> list[PeerEvent]:
        """What the publisher said."""
        if isinstance(message, Publication):
            self._legs = legs_of(message)
            return [Started(info=with_clean_names(call_info(message)), rate_hz=RATE_HZ, tracks=(self._legs,))]
        channels = deinterleave(message.pcm, len(self._legs))
        return [
            Audio(legs=self._legs, channels=channels, timestamp=message.timestamp, is_made_up=message.is_made_up)
        ]

    def closed(self, code: int) -> EndReason:  # noqa: ARG002 - WebRTC has no codes
        """Who is done says DELETE."""
        return "vanished"

    def tell(self, news: News) -> None:
        """Says nothing: WHIP has no words for it."""

    def to_send(self) -> Sequence[str | bytes | Close]:
        """Nothing."""
        return ()
