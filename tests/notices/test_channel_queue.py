"""When a channel's deliveries leave, in which order, how many at once, and when they are given up: pure."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from voiceassist.notices import channel_queue
from voiceassist.notices.channel_queue import (
    FIRST_RETRY_S,
    LAST_RETRY_S,
    LONGEST_ASKED_S,
    MINUTE_S,
    MOST_WAITING,
    NO_ROOM,
    ChannelQueue,
    Failure,
    Outgoing,
    retry_s,
)
from voiceassist.notices.dead_letters import MOST_DEAD, DeadLetters, revived
from voiceassist.notices.notice import Delivery

from .told import channel, delivery

DOWN = Failure(reason="down")


def queue_of(*ids: str, per_minute: int = 10, give_up_after_h: float = 24) -> ChannelQueue:
    queue = ChannelQueue(channel(per_minute=per_minute, give_up_after_h=give_up_after_h))
    for id_ in ids:
        queue.put(delivery(id_))
    return queue


def take(queue: ChannelQueue, now_s: float) -> list[str]:
    """Everything that leaves now and gets through; the ids of the messages' deliveries, joined."""
    left = []
    while isinstance(step := queue.next_message(now_s), Outgoing):
        queue.left(now_s)
        queue.sent(step)
        left.append("+".join(one.id for one in step.deliveries))
    return left


def message(queue: ChannelQueue, now_s: float) -> Outgoing:
    step = queue.next_message(now_s)
    assert isinstance(step, Outgoing), step
    queue.left(now_s)
    return step


def test_nothing_leaves_before_it_is_due_and_what_waits_longest_says_when_to_ask_again() -> None:
    queue = queue_of()
    assert queue.next_message(0) is None
    queue.put(delivery("later", due_s=300))
    queue.put(delivery("soon", due_s=60))
    assert queue.next_message(59) == 60
    assert take(queue, 60) == ["soon"]
    assert queue.next_message(60) == 300


def test_the_gravest_leaves_first() -> None:
    queue = queue_of()
    queue.put(delivery("mild", level="warning"))
    queue.put(delivery("grave", level="critical", due_s=1))
    assert take(queue, 1) == ["grave", "mild"]


def test_a_flood_is_some_messages_and_one_summary_of_all_the_rest() -> None:
    queue = queue_of(*(f"m{number:03}" for number in range(100)), per_minute=5)
    left = take(queue, 0)
    assert left[:4] == ["m000", "m001", "m002", "m003"]
    assert left[4].split("+") == [f"m{number:03}" for number in range(4, 100)]
    assert len(left) == 5
    queue.put(delivery("next"))
    assert queue.next_message(1) == MINUTE_S
    assert take(queue, MINUTE_S) == ["next"]


def test_a_summary_that_failed_comes_again_as_it_was_under_its_id() -> None:
    queue = queue_of("a", "b", per_minute=1)
    first = message(queue, 0)
    queue.failed(first, DOWN, 0, jitter=0)
    queue.put(delivery("c", due_s=70))
    assert take(queue, 70) == ["c"]
    again = message(queue, 130)
    assert (again.id, [one.id for one in again.deliveries]) == (first.id, ["a", "b"])


def test_news_does_not_wait_behind_what_fails() -> None:
    queue = queue_of("old")
    queue.failed(message(queue, 0), DOWN, 0, jitter=0)
    queue.put(delivery("new", due_s=10))
    assert take(queue, 10) == ["new", "old"]


def test_a_failure_waits_twice_as_long_each_time_until_it_is_given_up() -> None:
    queue = queue_of("a", give_up_after_h=1)
    now_s, waits, given_up = 0.0, list[object](), list[Delivery]()
    while not given_up:
        given_up = queue.failed(message(queue, now_s), DOWN, now_s, jitter=0)
        step = queue.next_message(now_s)
        waits.append(step)
        now_s = step if isinstance(step, float) else now_s
    assert waits[:3] == [5, 15, 35]
    assert given_up[0].reason == "down"
    assert given_up[0].tries == len(waits)
    assert now_s <= 3600
    assert not queue.waiting


def test_what_will_never_work_is_given_up_at_once() -> None:
    queue = queue_of("a")
    given_up = queue.failed(message(queue, 0), Failure(reason="gone", is_final=True), 0, jitter=0)
    assert [one.id for one in given_up] == ["a"]
    assert not queue.waiting


def test_a_receiver_that_asks_for_time_gets_it_from_everything_but_not_for_ever() -> None:
    queue = queue_of("a", "b")
    queue.failed(message(queue, 0), Failure(reason="429", after_s=120), 0, jitter=0)
    assert queue.next_message(1) == 120
    queue.failed(message(queue, 120), Failure(reason="429", after_s=10_000_000), 120, jitter=0)
    assert queue.next_message(121) == 120 + LONGEST_ASKED_S


def test_who_has_a_mail_already_is_remembered_for_the_next_try() -> None:
    queue = queue_of("a")
    queue.failed(message(queue, 0), Failure(reason="451", reached=("ana@example.com",)), 0, jitter=0)
    assert message(queue, FIRST_RETRY_S).reached == ("ana@example.com",)


def test_what_was_taken_back_while_it_was_tried_does_not_come_again() -> None:
    queue = queue_of("a")
    trying = message(queue, 0)
    assert [one.id for one in queue.take_back(lambda one: one.id == "a")] == ["a"]
    assert queue.failed(trying, DOWN, 0, jitter=0) == []
    assert queue.next_message(0) is None


def test_a_full_queue_gives_up_the_least_urgent_of_the_oldest() -> None:
    queue = queue_of("first", per_minute=1)
    queue.put(delivery("mild", level="warning", due_s=5))
    given_up = [queue.put(delivery(f"m{number}", due_s=6)) for number in range(MOST_WAITING)]
    gone = [one for one in given_up if one]
    assert [(one.id, one.reason) for one in gone] == [("mild", NO_ROOM), ("first", NO_ROOM)]
    assert len(queue.waiting) == MOST_WAITING


def test_a_clock_that_was_put_back_stops_nothing() -> None:
    queue = queue_of("a", per_minute=1)
    assert take(queue, 1_000_000) == ["a"]
    queue.put(delivery("b"))
    assert take(queue, 10) == ["b"]


def test_neither_news_nor_what_failed_waits_for_a_clock_that_was_put_back() -> None:
    queue = queue_of()
    queue.put(delivery("a", due_s=1_000_000))
    queue.failed(message(queue, 1_000_000), DOWN, 1_000_000, 0)
    queue.put(delivery("b", due_s=10))
    assert take(queue, 10) == ["b", "a"]


@given(st.integers(1, 60), st.floats(0, 1))
def test_retries_wait_between_half_and_the_whole_of_a_doubling_time(tries: int, jitter: float) -> None:
    longest = min(LAST_RETRY_S, FIRST_RETRY_S * 2.0 ** (tries - 1))
    assert longest / 2 <= retry_s(tries, jitter) <= longest


@given(st.lists(st.tuples(st.sampled_from(["put", "sent", "failed"]), st.integers(0, 400)), max_size=80))
def test_no_minute_has_more_messages_than_the_channel_may_send(steps: list[tuple[str, int]]) -> None:
    queue, now_s, left = queue_of(per_minute=3), 0.0, list[float]()
    for number, (deed, wait_s) in enumerate(steps):
        now_s += wait_s / 8  # sums of eighths are exact
        queue.put(delivery(f"m{number}", due_s=now_s))
        while deed != "put" and isinstance(step := queue.next_message(now_s), Outgoing):
            queue.left(now_s)
            left.append(now_s)
            if deed == "sent":
                queue.sent(step)
            else:
                queue.failed(step, DOWN, now_s, jitter=0.5)
    for at_s in left:
        assert sum(at_s - channel_queue.MINUTE_S < other <= at_s for other in left) <= 3


def test_dead_letters_are_bounded_and_what_is_lost_is_counted() -> None:
    dead = DeadLetters()
    lost = [dead.bury(delivery(f"m{number}"), 5)[1] for number in range(MOST_DEAD + 2)]
    assert [one.id for one in lost if one] == ["m0", "m1"]
    assert (len(dead.letters), dead.lost) == (MOST_DEAD, 2)


def test_a_discarded_letter_can_be_taken_back_once_and_not_when_its_call_is_gone() -> None:
    dead = DeadLetters()
    for id_ in ("a", "b"):
        dead.bury(delivery(id_), 5)
    assert [one.id for one in dead.discard(["a", "b", "a", "c"])] == ["a", "b"]
    assert [one.id for one in dead.take_back(["a"])] == ["a"]
    assert dead.take_back(["a"]) == []
    dead.forget(lambda one: one.id == "b")
    assert dead.take_back(["b"]) == []


def test_a_letter_that_is_sent_again_starts_anew_but_not_for_who_has_it() -> None:
    letter = replace(delivery("a"), tries=9, group="sum_1", reached=("ana@example.com",), died_s=7.0)
    again = revived(letter, 100)
    assert (again.tries, again.group, again.from_s, again.due_s, again.died_s) == (0, "", 100, 100, None)
    assert again.reached == ("ana@example.com",)
