"""Writes a call's two-channel recording while the call runs: Ogg Opus, agent left, customer right.

Crash-safe: Ogg needs no index at its end, and every page is handed to the operating system as soon as it is
full, so a killed process loses less than a second of what it was given, and what is there plays. Never overwrites
a recording. A span can be made silent after it was written: its pages keep their size.
With a key each page is encrypted before it goes to the disk, as a chunk of its own (`recording_cipher.py`).
A disk that fails raises OSError, and nothing is lost: the pages that it did not take wait for `flush`, so the file
stays one whole stream. Until then no more should be written: what waits is in memory.
Everything here blocks: call it in a thread, one call of one recording at a time.
Next: the review page plays the file; `encrypted_recording.py` opens one that is encrypted.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from io import FileIO
from os import pwrite
from pathlib import Path
from urllib.parse import quote

import av
import numpy as np
from av.audio.resampler import AudioResampler

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.silences import Span
from voiceassist.errors import RecordingError
from voiceassist.store.ogg_pages import OggPage, next_page, silenced
from voiceassist.store.recording_cipher import RecordingCipher, new_cipher
from voiceassist.store.recording_keys import RecordingKey

OPUS_RATES_HZ = (8_000, 12_000, 16_000, 24_000, 48_000)
"""What the coder takes (RFC 6716, section 2). Players always decode to 48 kHz."""

BIT_RATE = 48_000
"""The least that keeps the channels apart: a silent one stays >= 85 dB below speech in the other (of real calls
at 8, 16 and 48 kHz); at 24 and 32 kbit/s the coder shares bits between them and it is 25 dB."""

CODER = {"application": "audio", "frame_duration": "20"}
"""`audio` keeps the channels apart; `voip` at the same bit rate leaks (67 dB)."""

CONTAINER = {
    "page_duration": "100000",  # microseconds; the muxer holds one page back, so 200 ms are on their way
    "flush_packets": "1",
}

PAGES_KEPT = 4_000
"""Newest pages of a recording that may still be silenced: some seven minutes, 5 MB. No audio waits longer for the
recognizers (`ingest/limits.py`)."""

BEING_ENCRYPTED = ".encrypting"
"""Suffix of the new file while a recording is encrypted later (`encrypt_recordings.py`); a crash may leave one."""

LONGEST_NAME = 200
"""Characters of a file's name without suffix; file systems take 255 bytes."""


def recording_path(directory: Path, call_id: str) -> Path:
    """Where the recording of a call is, whatever its id: always a file in `directory` itself.

    Letters, digits, `-` and `_` stay, all else is percent-encoded; a very long id ends in its SHA-256.
    """
    name = quote(call_id, safe="", errors="surrogatepass").replace(".", "%2E").replace("~", "%7E")
    if len(name) > LONGEST_NAME:
        digest = sha256(name.encode()).hexdigest()
        name = f"{name[: LONGEST_NAME - len(digest) - 1]}-{digest}"
    return directory / f"{name or '%'}.ogg"


def open_recording(path: Path, rate_hz: int, keys: Sequence[RecordingKey] = ()) -> "Recording":
    """Starts a new file; `rate_hz` is the rate of what will be written, any. With keys it is encrypted.

    Raises OSError when the disk fails and RecordingError when a file is there already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = FileIO(path, "x+")  # unbuffered: each page reaches the system
    except FileExistsError:
        raise RecordingError(f"{path} is already there; a recording is never overwritten") from None
    return Recording(path, file, rate_hz, new_cipher(keys, path.stem))


@dataclass(frozen=True, slots=True)
class _WrittenPage:
    page: OggPage
    number: int  # counted from 0
    place: int  # in the file


class _Pages:
    """What the container writes to. It takes every byte and keeps those that the disk has not taken."""

    def __init__(self, file: FileIO, cipher: RecordingCipher | None) -> None:
        self._file = file
        self._cipher = cipher
        self._coming = bytearray()  # the beginning of a page whose end the container has not written
        self._waiting = bytearray(cipher.head() if cipher else b"")  # as the file will have it
        self._on_disk = 0  # bytes
        self._pages = 0
        self._end_ms = 0  # of the audio in all pages so far
        self._newest: deque[_WrittenPage] = deque(maxlen=PAGES_KEPT)
        self._spans: list[Span] = []  # to be silent in pages that come

    def write(self, data: bytes) -> int:
        self._coming += data
        while page := next_page(self._coming, self._end_ms):
            del self._coming[: len(page.data)]
            self._end_ms = page.end_ms
            page = silenced(page, self._spans)
            place = self._on_disk + len(self._waiting)
            self._newest.append(_WrittenPage(page, self._pages, place))
            self._add(page.data)
        return len(data)

    def flush_to_disk(self) -> None:
        """Raises OSError; what could be written is, the rest waits."""
        while self._waiting:
            written = self._file.write(self._waiting)
            del self._waiting[:written]
            self._on_disk += written

    def silence(self, span: Span) -> None:
        """Makes a span silent, wherever its pages are. Raises OSError; harmless when said again."""
        self.flush_to_disk()
        for index, written in enumerate(self._newest):
            changed = silenced(written.page, [span])
            if changed is not written.page:
                self._write_again(self._as_stored(written.number, changed.data), written.place)
                self._newest[index] = replace(written, page=changed)
        if span[1] > self._end_ms and span not in self._spans:
            self._spans.append(span)

    def end(self) -> None:
        """Nothing more will come."""
        if self._coming:
            self._add(bytes(self._coming))
            self._coming.clear()
        if self._cipher:
            self._waiting += self._cipher.end(self._pages)

    def _add(self, data: bytes) -> None:
        self._waiting += self._as_stored(self._pages, data)
        self._pages += 1

    def _as_stored(self, number: int, data: bytes) -> bytes:
        return self._cipher.chunk(number, data) if self._cipher else data

    def _write_again(self, data: bytes, place: int) -> None:
        while data:
            written = pwrite(self._file.fileno(), data, place)
            data, place = data[written:], place + written


class Recording:
    """A file being written; made by `open_recording`. Methods block.

    They raise OSError when the disk fails: `flush` tries again. After a RecordingError only `close` may be called.
    """

    def __init__(self, path: Path, file: FileIO, rate_hz: int, cipher: RecordingCipher | None = None) -> None:
        self._path = path
        self._file = file
        self._pages = _Pages(file, cipher)
        self._rate_hz = rate_hz
        self._samples = 0
        self._is_finished = False
        opus_hz = next((rate for rate in OPUS_RATES_HZ if rate >= rate_hz), OPUS_RATES_HZ[-1])
        self._resampler = AudioResampler(format="s16", layout="stereo", rate=opus_hz)
        self._container = av.open(self._pages, "w", format="ogg", container_options=CONTAINER)
        self._stream = self._container.add_stream("libopus", rate=opus_hz, layout="stereo", options=CODER)
        self._stream.bit_rate = BIT_RATE

    def write(self, agent: Pcm, customer: Pcm) -> None:
        """Adds as many samples to both channels."""
        if len(agent) != len(customer):
            raise RecordingError(f"{self._path}: {len(agent)} samples of agent, {len(customer)} of customer")
        if len(agent):
            with self._coder_errors():
                self._mux(self._resampler.resample(self._frame(agent, customer)))
        self.flush()

    def silence(self, start_ms: int, end_ms: int) -> None:
        """Makes a span silent that was written already, on both channels; harmless when said again."""
        self._pages.silence((start_ms, end_ms))

    def flush(self) -> None:
        """Hands to the disk what it did not take before."""
        self._pages.flush_to_disk()

    def finish(self) -> None:
        """Writes what is still in the coder, and the end of the stream; harmless when called twice."""
        if not self._is_finished:
            self._is_finished = True
            with self._coder_errors():
                if self._samples:
                    self._mux((*self._resampler.resample(None), None))
                self._container.close()
                self._pages.end()
        self.flush()

    def close(self) -> None:
        """Finishes, as far as the disk lets it, and closes the file; harmless when called twice."""
        if self._file.closed:
            return
        try:
            self.finish()
        finally:
            self._file.close()

    def _frame(self, agent: Pcm, customer: Pcm) -> av.AudioFrame:
        interleaved = np.stack((agent, customer), axis=1).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(interleaved, format="s16", layout="stereo")
        frame.sample_rate = self._rate_hz
        frame.pts, frame.time_base = self._samples, Fraction(1, self._rate_hz)
        self._samples += len(agent)
        return frame

    def _mux(self, frames: Iterable[av.AudioFrame | None]) -> None:
        for frame in frames:
            self._container.mux(self._stream.encode(frame))

    @contextmanager
    def _coder_errors(self) -> Iterator[None]:
        try:
            yield
        except av.FFmpegError as error:
            raise RecordingError(f"{self._path} cannot be written any more: {error}") from error
