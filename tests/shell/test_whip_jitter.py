"""Packets of a track that are late, lost, doubled or numbered anew, without a peer."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.ingest.whip.jitter import HELD, OrderedPackets

PACKET = 960
JITTER_MS = 300


def given_for(arrival: list[int]) -> list[int]:
    """The numbers of the packets as they come out, and at last those that would wait for ever."""
    ordered = OrderedPackets()
    out = [packet for number in arrival for packet in taken(ordered, number)]
    return [packet.number for packet in [*out, *ordered.flush()]]


def taken(ordered: OrderedPackets, number: int) -> list:  # type: ignore[type-arg]
    return ordered.add(number % 65_536, number * PACKET % 2**32, b"x")


@pytest.mark.parametrize(
    ("arrival", "out"),
    [
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ([1, 2, 4, 5], [1, 2, 4, 5]),
        ([1, 3, 2, 4], [1, 2, 3, 4]),
        ([1, 2, 2, 3, 1, 4], [1, 2, 3, 4]),
        ([1, 2, *range(4, 24), 3], [1, 2, *range(4, 24)]),
        ([65_534, 65_535, 65_537, 65_536, 65_538], [65_534, 65_535, 65_536, 65_537, 65_538]),
        ([1, 2, 3, 30_000, 30_001, 30_002], [1, 2, 3, 30_000, 30_001, 30_002]),
        ([1, 3, 30_000, 30_001], [1, 3, 30_000, 30_001]),
    ],
)
def test_packets_come_out_in_order_and_only_lost_ones_are_missing(arrival: list[int], out: list[int]) -> None:
    assert given_for(arrival) == out


def test_packet_in_turn_comes_out_at_once_however_rare_it_is() -> None:
    ordered = OrderedPackets()
    given = [taken(ordered, 1), ordered.add(2, 1 + 250 * PACKET, b"x"), ordered.add(3, 1 + 500 * PACKET, b"x")]
    assert [len(packets) for packets in given] == [1, 1, 1]
    assert not ordered.holds_any


def test_a_packet_is_waited_for_as_long_as_packets_came_late_lately() -> None:
    in_time = OrderedPackets()
    for number in range(3_000):  # a minute
        taken(in_time, number)
    assert waited(in_time, 3_000) == 4  # 60 ms more than the first that overtook it
    late = OrderedPackets()
    for number in range(0, 3_000, 20):
        for each in (*range(number + 1, number + 16), number, *range(number + 16, number + 20)):
            taken(late, each)
    assert 15 < waited(late, 3_000) <= 21


def waited(ordered: OrderedPackets, lost: int) -> int:
    """How many packets come before one that does not is given up."""
    return next(n for n in range(1, 200) if taken(ordered, lost + n))


def test_heavy_jitter_costs_packets_only_until_it_is_known() -> None:
    dice = random.Random(3)
    sent = range(3_000)
    arrival = sorted(sent, key=lambda number: number * 20 + dice.uniform(0, JITTER_MS))
    out = given_for(arrival)
    missing = sorted(set(sent) - set(out))
    assert out == sorted(out)
    assert (len(missing) < 15, [number for number in missing if number > 100]) == (True, [])


@given(st.lists(st.integers(0, 3 * HELD), max_size=300), st.integers(0, 65_535))
def test_whatever_comes_goes_out_in_order_once_and_little_is_held(arrival: list[int], first: int) -> None:
    ordered, out = OrderedPackets(), []
    for number in arrival:
        out += taken(ordered, first + number)
        assert len(ordered._held) <= HELD + 1
    out += ordered.flush()
    assert not ordered.holds_any
    numbers = [packet.number for packet in out]
    assert len(numbers) == len(set(numbers)) or max(arrival) > HELD  # one that starts anew may send a number again
