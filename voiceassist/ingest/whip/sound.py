"""Makes audio of a track's packets, and makes up for those that are missing.

    a packet is missing          the next one's copy of it, where there is one (in-band FEC); what is missing
                                 before that is made up, and called lost
    none is missing, but time    the sender had nothing to say (DTX): silence, and no loss

Never reads a clock and never drops anything. Next: `dialect.py` makes events of its audio.
"""

from dataclasses import dataclass

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.ingest.whip.jitter import OpusPacket
from voiceassist.webrtc.opus import RATE_HZ, OpusDecoder

MADE_UP = RATE_HZ * 100 // 1000  # libopus fades out; what is missing beyond that is silence and told as such
NO_AUDIO = 2  # bytes of a packet with a header only: the first of a silence that is not sent (DTX)
PAUSE = RATE_HZ * 100 // 1000  # between packets with numbers in a row: the sender uses DTX...
PAUSE_S = 0.3  # ...and is silent if nothing comes for longer, whether it said so or not (GStreamer does not)
REFRESH = RATE_HZ  # in a silence a packet comes every 400 ms (libopus); without one for 1 s, it is lost or gone
BEHIND = RATE_HZ * 60 // 1000  # how far silence stays behind the clock: as late as the next packet may be


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """Audio of a track, its channels interleaved."""

    pcm: Pcm
    timestamp: int
    is_made_up: bool = False  # it was lost


class Track:
    """One publisher's audio."""

    def __init__(self, channels: int, longest_silence_s: float) -> None:
        """`longest_silence_s`: a longer one is the timeline's to fill. Raises IngestError."""
        self._decoder, self._channels = OpusDecoder(channels), channels
        self._longest_silence = round(longest_silence_s * RATE_HZ)
        self._number: int | None = None  # of the packet whose turn it is
        self._timestamp = 0  # where it should begin
        self._is_silent = False  # the sender said that it has nothing to say
        self._uses_dtx = False  # it has paused before
        self._silence = 0  # samples of that so far

    @property
    def may_be_silent(self) -> bool:
        """Whether silence is due while no packet comes."""
        return self._is_silent or self._uses_dtx

    def hear(self, packet: OpusPacket) -> list[Sound]:
        """The audio of the next packet, and what is missing before it."""
        sounds = self._before(packet)
        self._number, self._timestamp = packet.number + 1, packet.timestamp
        self._is_silent, self._silence = len(packet.payload) <= NO_AUDIO, 0
        if not packet.payload:
            return sounds  # it only probes the connection
        pcm = self._decoder.decode(packet.payload)
        if pcm is None:  # broken: as if it were lost
            return [*sounds, *self._made_up(self._decoder.length(packet.payload))]
        return [*sounds, self._sound(pcm)]

    def pass_time(self, quiet_s: float) -> list[Sound]:
        """Silence, if the sender has nothing to say; `quiet_s`: since its last packet came."""
        due = min(round(quiet_s * RATE_HZ), REFRESH) - BEHIND - self._silence
        is_silent = self._is_silent or (self._uses_dtx and quiet_s >= PAUSE_S)
        if not is_silent or due <= 0:
            return []
        self._silence += due
        return [self._silent(due)]

    def _before(self, packet: OpusPacket) -> list[Sound]:
        missing = packet.timestamp - self._timestamp
        if self._number is None or not 0 < missing <= self._longest_silence:
            return []
        if packet.number == self._number:
            self._uses_dtx = self._uses_dtx or missing + self._silence >= PAUSE
            return [self._silent(missing)]
        copied = min(missing, self._decoder.length(packet.payload))
        sounds = self._made_up(min(missing - copied, MADE_UP))
        self._timestamp = packet.timestamp - copied
        pcm = self._decoder.decode_copy(packet.payload, copied)
        return [*sounds, self._sound(pcm)] if pcm is not None else [*sounds, *self._made_up(copied)]

    def _made_up(self, samples: int) -> list[Sound]:
        pcm = self._decoder.make_up(samples) if samples > 0 else None
        return [self._sound(pcm, is_made_up=True)] if pcm is not None else []

    def _silent(self, samples: int) -> Sound:
        return self._sound(np.zeros(samples * self._channels, np.int16))

    def _sound(self, pcm: Pcm, *, is_made_up: bool = False) -> Sound:
        sound = Sound(pcm=pcm, timestamp=self._timestamp, is_made_up=is_made_up)
        self._timestamp += len(pcm) // self._channels
        return sound
