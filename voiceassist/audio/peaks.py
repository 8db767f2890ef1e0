"""The loudest sample of every stretch of a recording: what a waveform is drawn of.

Bounded however long the recording is: when there are too many stretches, two become one. In how many pieces the
samples come makes no difference. Never reads a file.
Next: `store/recording_peaks.py` feeds it a recording and keeps what comes out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FIRST_MS = 20
"""Length of a stretch of a short recording: an Opus packet. Three hours have stretches of 1,280 ms: some six on a
pixel of a wide screen."""

STRETCHES = 1 << 14
"""At most, of each channel; one more at the end, which may be shorter than the others."""

SCALE = 129
"""Loudest samples are kept as one byte: 32,768 / 129 is 254, and no sound at all stays 0."""


@dataclass(frozen=True, slots=True)
class Peaks:
    """Of each channel one byte a stretch, 0 to 254; all stretches are equally long."""

    stretch_ms: int
    channels: tuple[bytes, ...]


class PeakMeter:
    """Takes samples as they come: `add` any number, then `peaks`."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._stretch_ms = FIRST_MS
        self._found = np.zeros((channels, STRETCHES), np.uint8)
        self._count = 0  # of whole stretches
        self._rest = np.zeros((channels, 0), np.int16)  # shorter than a stretch

    def add(self, samples: npt.NDArray[np.int16]) -> None:
        """`samples`: of shape (channels, n)."""
        left = np.concatenate((self._rest, samples), axis=1)
        while (size := self._size()) <= left.shape[1]:
            if self._count == STRETCHES:
                self._merge()
                continue
            whole = min(left.shape[1] // size, STRETCHES - self._count)
            self._append(left[:, : whole * size].reshape(len(left), whole, size))
            left = left[:, whole * size :]
        self._rest = left.copy()  # not a view, which would keep the whole block

    def peaks(self) -> Peaks:
        """Of all that was added."""
        found = self._found[:, : self._count]
        if self._rest.shape[1]:
            found = np.concatenate((found, _loudest(self._rest[:, None, :])), axis=1)
        return Peaks(self._stretch_ms, tuple(channel.tobytes() for channel in found))

    def _size(self) -> int:
        return max(1, self._rate_hz * self._stretch_ms // 1000)

    def _append(self, stretches: npt.NDArray[np.int16]) -> None:
        self._found[:, self._count : self._count + stretches.shape[1]] = _loudest(stretches)
        self._count += stretches.shape[1]

    def _merge(self) -> None:
        half = STRETCHES // 2
        self._found[:, :half] = self._found.reshape(len(self._found), half, 2).max(axis=2)
        self._count, self._stretch_ms = half, self._stretch_ms * 2


def _loudest(stretches: npt.NDArray[np.int16]) -> npt.NDArray[np.uint8]:
    """Of shape (channels, stretches, samples)."""
    highest = stretches.max(axis=2).astype(np.int32)
    loudest = np.maximum(highest, -stretches.min(axis=2).astype(np.int32))
    return np.asarray((loudest + SCALE - 1) // SCALE, np.uint8)
