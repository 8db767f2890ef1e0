"""Decoding: every code, every split."""

from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.audio.pcm import BYTES_PER_SAMPLE, ENCODINGS, Encoding, FrameDecoder, decode, deinterleave

ALL_CODES = bytes(range(256))


def ffmpeg(codec: str, data: bytes) -> list[int]:
    context = av.CodecContext.create(codec, "r")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.layout = 8000, "mono"
    (frame,) = context.decode(av.Packet(data))
    return [int(sample) for sample in frame.to_ndarray()[0]]


@pytest.mark.parametrize(("encoding", "codec"), [("mulaw", "pcm_mulaw"), ("alaw", "pcm_alaw")])
def test_every_g711_code_decodes_as_ffmpeg_decodes_it(encoding: Encoding, codec: str) -> None:
    assert decode(ALL_CODES, encoding).tolist() == ffmpeg(codec, ALL_CODES)


def test_s16le_is_little_endian_and_signed() -> None:
    assert decode(b"\x01\x00\xff\xff\x00\x80", "s16le").tolist() == [1, -1, -32768]


def test_interleaved_samples_go_to_their_channels() -> None:
    left, right = deinterleave(np.array([1, -1, 2, -2], np.int16), 2)
    assert (left.tolist(), right.tolist()) == ([1, 2], [-1, -2])


@given(
    data=st.binary(max_size=200),
    cuts=st.lists(st.integers(0, 200)),
    encoding=st.sampled_from(ENCODINGS),
    channels=st.sampled_from([1, 2]),
)
def test_any_split_of_the_bytes_gives_the_same_samples(
    data: bytes, cuts: list[int], encoding: Encoding, channels: int
) -> None:
    whole, split = FrameDecoder(encoding, channels), FrameDecoder(encoding, channels)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    parts = [split.feed(data[start:end]) for start, end in pairwise(edges)]
    expected = whole.feed(data)
    for channel in range(channels):
        heard = [sample for part in parts for sample in part[channel].tolist()]
        assert heard == expected[channel].tolist()
    assert split.leftover_bytes == len(data) % (BYTES_PER_SAMPLE[encoding] * channels)
