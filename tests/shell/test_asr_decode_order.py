"""Who is decoded next: the pool, simulated, with a clock of its own. Nothing decodes, and nothing waits."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceassist.asr.decode_order import BULK_EVERY_S, EQUAL_S, KEPT_S, PRESSING_COST, PRESSING_S, DecodeOrder
from voiceassist.asr.priority import AT_ONCE, Priority, Rank, Share
from voiceassist.asr.scheduled_leg import PATIENCE_S

LIVE_RANKS = (Rank.NEEDED, Rank.OPEN_CUE, Rank.PARTIAL)
TICK_S = 0.04
SLACK_S = EQUAL_S + KEPT_S


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """A decode of somebody."""

    name: str
    priority: Priority
    cost_s: float


@dataclass(kw_only=True, eq=False)
class Talker:
    """Asks for a run as soon as the last one is done, but no sooner than `every_s` after it was asked for."""

    name: str
    cost_s: float
    every_s: float = 0.0
    rank: Rank = Rank.NEEDED
    share: Share = field(default_factory=Share)
    patience_s: float | None = None  # then its run is left out; the next one keeps the place, `TICK_S` later
    since_s: float | None = None
    varies: Random | None = None  # what a run costs, by half

    def run(self, now_s: float) -> Run:
        self.since_s = now_s if self.since_s is None or self.patience_s is None else self.since_s
        cost_s = self.cost_s * (self.varies.uniform(0.5, 1.5) if self.varies else 1.0)
        return Run(name=self.name, priority=self.share.priority(self.rank, self.since_s), cost_s=cost_s)


class Pool:
    """Threads that take runs; each takes exactly what it costs."""

    def __init__(self, workers: int, talkers: list[Talker]) -> None:
        self.turns = DecodeOrder[Run](workers)
        self.used_s: defaultdict[str, float] = defaultdict(float)
        self.begun: list[tuple[float, Run]] = []
        self.waited_s: dict[str, float] = {}  # the longest, of each
        self._free = workers
        self._numbers = count()
        self._asks = {talker.name: talker for talker in talkers}
        self._asked_s: dict[str, float] = {}
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        for talker in talkers:
            self._at(0.0, partial(self._ask, talker))

    def go_on(self, until_s: float) -> None:
        while self._events and self._events[0][0] <= until_s:
            now_s, _, happens = heappop(self._events)
            happens(now_s)
            self._take(now_s)

    def _at(self, at_s: float, happens: Callable[[float], None]) -> None:
        heappush(self._events, (at_s, next(self._numbers), happens))

    def _ask(self, talker: Talker, now_s: float) -> None:
        self._asked_s[talker.name] = now_s
        run = talker.run(now_s)
        self.turns.add(run, run.priority, now_s)
        if talker.patience_s is not None:
            self._at(now_s + talker.patience_s, partial(self._leave_out, talker, run))

    def _leave_out(self, talker: Talker, run: Run, now_s: float) -> None:
        if self.turns.remove(run):
            self._at(now_s + TICK_S, partial(self._ask, talker))

    def _take(self, now_s: float) -> None:
        while self._free and (run := self.turns.take(now_s)):
            self._free -= 1
            self.begun.append((now_s, run))
            waited_s = now_s - self._asked_s[run.name]
            self.waited_s[run.name] = max(waited_s, self.waited_s.get(run.name, 0.0))
            self._at(now_s + run.cost_s, partial(self._end, run))

    def _end(self, run: Run, now_s: float) -> None:
        self._free += 1
        self.used_s[run.name] += run.cost_s
        self.turns.ended(run.priority, run.cost_s)
        talker = self._asks[run.name]
        talker.since_s = None
        again_s = self._asked_s[run.name] + talker.every_s
        if again_s <= now_s:
            self._ask(talker, now_s)
        else:
            self._at(again_s, partial(self._ask, talker))


def order(*priorities: Priority) -> list[int]:
    """In which order one thread takes runs that all wait."""
    turns = DecodeOrder[int](1)
    for number, priority in enumerate(priorities):
        turns.add(number, priority, 0.0)
    return [taken for _ in priorities if (taken := turns.take(0.0)) is not None]


def test_finals_come_before_partials_with_an_open_cue_these_before_others_and_bulk_work_last() -> None:
    ranks = [Rank.BULK, Rank.PARTIAL, Rank.OPEN_CUE, Rank.NEEDED]
    assert order(*(Priority(rank, 0.0) for rank in ranks)) == [3, 2, 1, 0]


def test_between_calls_that_have_had_no_more_than_their_share_the_oldest_audio_comes_first() -> None:
    assert order(*(Priority(Rank.NEEDED, due_s) for due_s in (3.0, 1.0, 2.0))) == [1, 2, 0]


def test_a_call_that_has_had_more_waits_for_the_others() -> None:
    greedy = Share(used_s=0.5)
    assert order(greedy.priority(Rank.NEEDED, 0.0), Share().priority(Rank.NEEDED, 9.0)) == [1, 0]


def test_a_pressing_call_comes_before_others_of_its_rank_and_not_before_needed_work() -> None:
    pressing = Share(is_pressing=True)
    priorities = [Share().priority(Rank.PARTIAL, 0.0), pressing.priority(Rank.PARTIAL, 9.0), AT_ONCE]
    assert order(*priorities) == [2, 1, 0]


def test_what_does_not_wait_any_more_is_never_taken() -> None:
    turns = DecodeOrder[str](1)
    turns.add("gone", AT_ONCE, 0.0)
    assert turns.remove("gone")
    assert not turns.remove("gone")
    assert turns.take(0.0) is None


costs_s = st.lists(st.floats(0.01, 0.2), min_size=3, max_size=8)


@settings(max_examples=25)
@given(costs_s=costs_s, workers=st.integers(1, 2))
def test_in_a_full_machine_long_and_short_decodes_get_equal_shares(costs_s: list[float], workers: int) -> None:
    pool = Pool(workers, [Talker(name=str(place), cost_s=cost_s) for place, cost_s in enumerate(costs_s)])
    pool.go_on(30.0)
    fair_s = 30.0 * workers / len(costs_s)
    for used_s in pool.used_s.values():
        assert used_s == pytest.approx(fair_s, abs=SLACK_S + 4 * max(costs_s))


@settings(max_examples=25)
@given(costs_s=costs_s, every_s=st.floats(1.0, 5.0))
def test_who_asks_for_less_than_a_share_waits_for_one_run_of_each_at_most(
    costs_s: list[float], every_s: float
) -> None:
    talkers = [Talker(name=str(place), cost_s=cost_s) for place, cost_s in enumerate(costs_s)]
    pool = Pool(1, [*talkers, Talker(name="seldom", cost_s=0.02, every_s=every_s)])
    pool.go_on(60.0)
    assert pool.waited_s["seldom"] <= sum(costs_s) + max(costs_s)


@settings(max_examples=25)
@given(costs_s=costs_s, pressing=st.sets(st.integers(0, 7), max_size=7))
def test_nobody_starves_however_many_calls_are_pressing(costs_s: list[float], pressing: set[int]) -> None:
    talkers = [
        Talker(name=str(place), cost_s=cost_s, share=Share(is_pressing=place in pressing))
        for place, cost_s in enumerate(costs_s)
    ]
    pool = Pool(1, talkers)
    pool.go_on(60.0)
    # An ordinary call waits at most for a head start of each pressing one, and for as much as it had itself.
    most_s = (SLACK_S + PRESSING_S + 2 * max(costs_s)) / PRESSING_COST * len(costs_s)
    assert all(pool.waited_s[talker.name] <= most_s for talker in talkers)
    shares = [1 / PRESSING_COST if talker.share.is_pressing else 1.0 for talker in talkers]
    for talker, share in zip(talkers, shares, strict=True):
        assert pool.used_s[talker.name] == pytest.approx(60.0 * share / sum(shares), abs=most_s)


def test_a_pressing_call_that_uses_its_quarter_waits_for_the_run_in_work_only() -> None:
    others = [Talker(name=str(place), cost_s=0.05) for place in range(9)]
    pressing = Talker(name="alert", cost_s=0.05, every_s=0.25, share=Share(is_pressing=True))
    pool = Pool(1, [*others, pressing])
    pool.go_on(60.0)
    assert pool.waited_s["alert"] <= 0.05 + 1e-6


@settings(max_examples=25)
@given(costs_s=costs_s)
def test_partials_are_left_out_in_equal_measure(costs_s: list[float]) -> None:
    """What a leg's partials cost says how many it gets; none goes without."""
    talkers = [Talker(name=str(place), cost_s=cost_s, rank=Rank.PARTIAL) for place, cost_s in enumerate(costs_s)]
    finals = Talker(name="finals", cost_s=0.03, every_s=TICK_S)
    pool = Pool(1, [*talkers, finals])
    pool.go_on(60.0)
    shares_s = [pool.used_s[talker.name] for talker in talkers]
    assert max(shares_s) - min(shares_s) <= SLACK_S + 4 * max(costs_s)


@settings(max_examples=15)
@given(costs_s=costs_s)
def test_no_leg_that_gives_up_waiting_and_comes_again_starves(costs_s: list[float]) -> None:
    talkers = [
        Talker(name=str(place), cost_s=cost_s, rank=Rank.PARTIAL, patience_s=PATIENCE_S, varies=Random(place))
        for place, cost_s in enumerate(costs_s)
    ]
    pool = Pool(1, [*talkers, Talker(name="finals", cost_s=0.03, every_s=TICK_S, varies=Random(99))])
    pool.go_on(20.0)
    # Until all others are as far ahead as it may be, in the time that finals leave.
    most_s = len(costs_s) * (SLACK_S + 2 * max(costs_s)) / (1 - 0.03 / TICK_S)
    for talker in talkers:
        begun_s = [now_s for now_s, run in pool.begun if run.name == talker.name]
        assert max(later - before for before, later in pairwise([0.0, *begun_s, 20.0])) <= most_s


@settings(max_examples=25)
@given(workers=st.integers(1, 4), bulk=st.integers(1, 6))
def test_bulk_work_delays_a_live_call_by_one_run_at_most(workers: int, bulk: int) -> None:
    programs = [Talker(name=f"bulk {n}", cost_s=0.1, share=Share(is_bulk=True)) for n in range(bulk)]
    live = [Talker(name=f"live {n}", cost_s=0.02, every_s=TICK_S) for n in range(workers)]
    pool = Pool(workers, [*live, *programs])
    pool.go_on(20.0)
    assert max(pool.waited_s[talker.name] for talker in live) <= 0.1 + 0.02 * workers + 1e-6
    assert all(pool.used_s[talker.name] > 0 for talker in live)


def test_while_live_calls_fill_the_machine_bulk_work_gets_a_run_from_time_to_time() -> None:
    live = [Talker(name=f"live {n}", cost_s=0.05) for n in range(5)]
    pool = Pool(2, [*live, Talker(name="bulk", cost_s=0.1, share=Share(is_bulk=True))])
    pool.go_on(60.0)
    begun_s = [now_s for now_s, run in pool.begun if run.name == "bulk"]
    assert len(begun_s) in (11, 12)
    assert min(later - before for before, later in pairwise(begun_s)) >= BULK_EVERY_S


def test_without_live_calls_bulk_work_leaves_one_thread_free() -> None:
    programs = [Talker(name=f"bulk {n}", cost_s=0.1, share=Share(is_bulk=True)) for n in range(6)]
    pool = Pool(4, programs)
    pool.go_on(10.0)
    assert sum(pool.used_s.values()) == pytest.approx(30.0, abs=0.4)
    assert pool.turns.take(10.0) is None  # three are in work


def test_pieces_of_bulk_work_get_equal_shares_too() -> None:
    names = ("one", "other", "third")
    pool = Pool(2, [Talker(name=name, cost_s=0.1, share=Share(is_bulk=True)) for name in names])
    pool.go_on(30.0)
    assert [round(pool.used_s[name]) for name in names] == [10, 10, 10]
