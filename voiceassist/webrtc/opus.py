"""Decodes Opus with libopus itself, which can also make up for packets that were lost.

FFmpeg, and with it PyAV, decodes only what arrived. libopus makes up a lost frame from those before it (packet
loss concealment), or takes it from the packet behind it, where the sender put a coarse copy of it (in-band FEC,
RFC 6716 section 2.1.7). The library comes with PyAV.
Never waits. Next: `ingest/whip/sound.py` decides what is decoded how.
"""

import ctypes
import ctypes.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import av
import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.errors import WebRtcError

RATE_HZ = 48_000  # of what it gives, whatever was sent
LONGEST = RATE_HZ * 120 // 1000  # samples of a packet (RFC 6716 section 3.2)


class OpusDecoder:
    """One track's decoder."""

    def __init__(self, channels: int) -> None:
        """`channels` of what it gives, interleaved: of a stereo track, one is both mixed. Raises WebRtcError."""
        self._library, self._channels, error = library(), channels, ctypes.c_int()
        self._state = ctypes.c_void_p(self._library.opus_decoder_create(RATE_HZ, channels, ctypes.byref(error)))
        self._room = np.zeros(LONGEST * channels, np.int16)

    def __del__(self) -> None:
        """The decoder's memory is libopus's own."""
        if getattr(self, "_state", None):
            self._library.opus_decoder_destroy(self._state)

    def decode(self, payload: bytes) -> Pcm | None:
        """The audio of a packet; None when it is broken."""
        return self._decoded(payload, LONGEST, is_copy=False)

    def decode_copy(self, payload: bytes, samples: int) -> Pcm | None:
        """The frame before this packet, as far as the packet has a copy of it."""
        has_copy = self._library.opus_packet_has_lbrr(payload, len(payload)) == 1
        return self._decoded(payload, samples, is_copy=True) if has_copy else None

    def make_up(self, samples: int) -> Pcm | None:
        """How the audio would have gone on, softer by and by; None unless it is a multiple of 2.5 ms."""
        return self._decoded(None, samples, is_copy=False)

    def length(self, payload: bytes) -> int:
        """Samples of a packet; 0 when it is broken."""
        samples: int = self._library.opus_packet_get_nb_samples(payload, len(payload), RATE_HZ)
        return max(0, samples)

    def _decoded(self, payload: bytes | None, samples: int, *, is_copy: bool) -> Pcm | None:
        given = self._library.opus_decode(
            self._state, payload, len(payload or b""), self._room.ctypes.data_as(_SAMPLES), samples, int(is_copy)
        )
        return self._room[: given * self._channels].copy() if given > 0 else None


_SAMPLES = ctypes.POINTER(ctypes.c_int16)


@cache
def library() -> ctypes.CDLL:
    """libopus, as PyAV or the system has it; raises WebRtcError."""
    path = next(_beside_av(), None) or ctypes.util.find_library("opus")
    if path is None:
        raise WebRtcError("no_libopus", "WebRTC needs libopus, which is not installed (Debian: libopus0)")
    return _typed(ctypes.CDLL(str(path)))


def _beside_av() -> Iterator[Path]:
    """Where PyAV's wheels have it: for Linux and Windows, then for macOS."""
    package = Path(av.__file__).parent
    for place in (package.parent / "av.libs", package / ".dylibs"):
        yield from place.glob("*opus*")


def _typed(library: ctypes.CDLL) -> ctypes.CDLL:
    state, size, text = ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p
    number = ctypes.c_int
    library.opus_decoder_create.argtypes = [size, number, ctypes.POINTER(number)]
    library.opus_decoder_create.restype = state
    library.opus_decoder_destroy.argtypes = [state]
    library.opus_decoder_destroy.restype = None
    library.opus_decode.argtypes = [state, text, size, _SAMPLES, number, number]
    library.opus_packet_get_nb_samples.argtypes = [text, size, size]
    library.opus_packet_has_lbrr.argtypes = [text, size]
    return library
