"""What calls cost is told from what the server needs without any."""

import pytest

from voiceassist.capacity.watch import Spending, SpendingOfCalls


def sums(
    at_s: float, call_s: float = 0.0, process: float = 0.0, decode: float = 0.0, loop: float = 0.0
) -> Spending:
    return Spending(at_s=at_s, call_s=call_s, process_s=process, decode_s=decode, loop_s=loop, left_out=0)


def test_what_is_spent_without_a_call_is_no_calls() -> None:
    spending = SpendingOfCalls(sums(0))
    for number in range(1, 101):  # the server takes a tenth of a core, most of it on its event loop
        assert spending.since(sums(5 * number, process=0.5 * number, loop=0.4 * number)) is None
    spent = spending.since(sums(505, call_s=20, process=50 + 0.5 + 2.6, decode=2.0, loop=40 + 0.4 + 0.4))
    assert spent is not None
    assert spent.call_s == 20
    assert spent.cpu_s.decode == pytest.approx(2.0)
    assert spent.cpu_s.loop == pytest.approx(0.4, abs=0.01)
    assert spent.cpu_s.rest == pytest.approx(0.2, abs=0.01)


def test_nothing_is_negative_however_clocks_round() -> None:
    spending = SpendingOfCalls(sums(0))
    spending.idle_loop, spending.idle_rest = 0.3, 0.3
    spent = spending.since(sums(5, call_s=10, process=1.0, decode=1.0, loop=0.1))
    assert spent is not None
    assert (spent.cpu_s.loop, spent.cpu_s.rest) == (0.0, 0.0)
