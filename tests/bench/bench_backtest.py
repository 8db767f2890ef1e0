"""How fast stored calls run through two playbooks: `python -m tests.bench.bench_backtest [CALLS] [--profile]`.

Makes synthetic calls of five minutes, runs them through the default English playbook and a changed one, and prints
calls per second and how that compares with only parsing the same JSON. Seconds are those of the processor, so that
other work on the machine changes little. Compiling the two playbooks is counted.
"""

import cProfile
import json
import pstats
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import process_time

from tests.stored_calls import lines_of
from voiceassist.backtests.run import backtest
from voiceassist.backtests.source import stored_calls
from voiceassist.core.playbook.model import Playbook
from voiceassist.playbooks import load_playbook

CALLS = 1_000
AIM_S = 60.0  # for 1,000 calls on one core


def changed(playbook: Playbook) -> Playbook:
    """The same playbook, compiled anew, without one rule."""
    return replace(playbook, name=f"{playbook.name}-new", rules=playbook.rules[1:])


def timed_json(file: Path) -> float:
    begin = process_time()
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            json.loads(line)
    return process_time() - begin


def timed_backtest(file: Path) -> float:
    old = load_playbook(None, "en")
    begin = process_time()
    result = backtest(old, changed(old), stored_calls(file, "en"))
    took_s = process_time() - begin
    print(f"{result.calls} calls, {result.turns / max(1, result.calls):.0f} finals each, {result.cards_per_call}")
    return took_s


def main(calls: int, *, profile: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "calls.jsonl"
        file.write_text("".join(map(lines_of, range(calls))), encoding="utf-8")
        print(f"{file.stat().st_size / 1e6:.1f} MB of records")
        json_s = timed_json(file)
        with cProfile.Profile() as profiler:
            if not profile:
                profiler.disable()
            took_s = timed_backtest(file)
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    print(
        f"{calls / took_s:.0f} calls/s through both playbooks; {CALLS} calls in {took_s * CALLS / calls:.0f} s "
        f"(aim: {AIM_S:.0f} s); {took_s / json_s:.1f} times as long as json.loads of the same records"
    )


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    main(*(numbers or [CALLS]), profile="--profile" in sys.argv)
