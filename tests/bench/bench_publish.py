"""What a record costs on its way to the screens: `python -m tests.bench.bench_publish`.

Prints the time of one publish with 500 live calls and 1,000 screens (one per call, the rest walls), the time of
encoding a final for all walls, and how the cost of a partial and of a final grows with the length of a call.
"""

import asyncio
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.builders import final, partial, started
from voiceassist.events import Event, Record
from voiceassist.hub import Hub, Mailbox
from voiceassist.wire import encode_line

CALLS = 500
WALLS = 500
TEXT = "what i can do is offer you store credit for the full amount"
LENGTHS = (0, 500, 5_000)  # lines so far; 5,000 are some three hours
ROUNDS = 200


def record(call_id: str, seq: int, event: Event) -> Record:
    return Record(call_id=call_id, seq=seq, event=event)


def median_us(work: Callable[[int], None]) -> float:
    took = []
    for n in range(ROUNDS):
        begin = time.perf_counter_ns()
        work(n)
        took.append((time.perf_counter_ns() - begin) / 1000)
    return statistics.median(took)


def busy_hub(stack: ExitStack) -> tuple[Hub, list[Mailbox]]:
    hub = Hub()
    for n in range(CALLS):
        hub.publish(record(f"c{n}", 1, started()))
    for n in range(CALLS):
        stack.enter_context(hub.watching_call(f"c{n}"))
    walls = [stack.enter_context(hub.watching_wall())[0] for _ in range(WALLS)]
    return hub, walls


def measure_publish(kind: Callable[..., Event], name: str) -> None:
    with ExitStack() as stack:
        hub, walls = busy_hub(stack)
        records = [record("c7", n + 2, kind("agent", TEXT, utterance=n + 1)) for n in range(ROUNDS)]
        took = median_us(lambda n: hub.publish(records[n]))
        print(f"publish a {name}, {CALLS} calls, {CALLS + WALLS} screens: {took:8.1f} us")
        if walls and len(walls[0]):
            begin = time.perf_counter_ns()
            sent = 0
            for wall in walls:
                sent += sum(
                    len(one if isinstance(one, str) else encode_line(one)) for one in asyncio.run(wall.take())
                )
            each = (time.perf_counter_ns() - begin) / 1000 / ROUNDS
            print(f"take and encode a {name} for {WALLS} walls: {each:8.1f} us ({sent / 1e6:.0f} MB)")


def measure_length(kind: Callable[..., Event], name: str, lines: int) -> None:
    hub = Hub()
    hub.publish(record("c", 1, started()))
    for n in range(lines):
        hub.publish(record("c", n + 2, final("customer" if n % 2 else "agent", TEXT, utterance=n // 2 + 1)))
    after = lines // 2 + 2
    fresh = [record("c", lines + n + 2, kind("agent", TEXT, utterance=after + n)) for n in range(ROUNDS)]
    print(f"publish a {name} after {lines:5} lines: {median_us(lambda n: hub.publish(fresh[n])):8.1f} us")


if __name__ == "__main__":
    for kind in (partial, final):
        measure_publish(kind, kind.__name__)
        for lines in LENGTHS:
            measure_length(kind, kind.__name__, lines)
