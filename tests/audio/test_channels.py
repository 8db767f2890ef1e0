"""Two channels from legs that come apart, in blocks of bounded size."""

import numpy as np

from tests.fakes.frames import RATE_HZ, frame, two_legs
from voiceassist.audio.channels import LAG_MS, LONGEST_BLOCK_MS, Block, Channels
from voiceassist.audio.pcm import long_silence
from voiceassist.audio.sample_queue import SampleQueue
from voiceassist.events import SPEAKERS

CALL = two_legs(1)


def test_a_leg_that_never_comes_is_silent_and_little_waits_for_it() -> None:
    channels = Channels(SPEAKERS)
    written = list[Block]()
    for _ in range(60):
        channels.add(frame("agent", CALL["agent"]))
        written += channels.blocks()
    agent, customer = (np.concatenate(side) for side in zip(*written, strict=True))
    assert len(agent) == len(customer) == RATE_HZ * (60 - LAG_MS // 1000)
    assert np.array_equal(agent[:RATE_HZ], CALL["agent"])
    assert not customer.any()


def test_a_leg_that_comes_after_all_stays_where_it_was() -> None:
    channels = Channels(SPEAKERS)
    channels.add(frame("agent", long_silence(RATE_HZ * 45)))
    written = list(channels.blocks())
    channels.add(frame("customer", np.arange(RATE_HZ * 45, dtype=np.int32).astype(np.int16)))
    customer = np.concatenate([side for _, side in [*written, *channels.blocks(), *channels.rest()]])
    assert len(customer) == RATE_HZ * 45
    assert not customer[: RATE_HZ * 10].any()
    assert np.array_equal(customer[-5:], np.arange(RATE_HZ * 45 - 5, RATE_HZ * 45).astype(np.int16))


def test_a_long_gap_is_written_in_blocks_of_bounded_size() -> None:
    channels = Channels(SPEAKERS)
    for leg in SPEAKERS:
        channels.add(frame(leg, long_silence(RATE_HZ * 3_600)))
    lengths = [len(agent) for agent, _ in channels.blocks()]
    assert sum(lengths) == RATE_HZ * 3_600
    assert max(lengths) <= RATE_HZ * LONGEST_BLOCK_MS // 1000


def test_pieces_are_not_copied_before_they_are_taken() -> None:
    queue, piece = SampleQueue(), CALL["agent"]
    queue.add(piece)
    assert np.shares_memory(queue.take(100), piece)
    assert np.shares_memory(queue.take(len(piece)), piece)
    assert len(queue) == 0
    assert len(queue.take(5)) == 0
