"""What many screens cost: `python -m tests.bench.bench_fanout [SCREENS...] [--json FILE]`.

    SCREENS               wall screens at once, one server for each number (default 10 100 500 2000)
    --calls N             live calls on the wall (default 1000)
    --mode rows|records   what the screens ask for: as the pages do, or every record (default rows)
    --pages N             call pages that come back at once (default 500; 0: none)

Starts a server in a process of its own whose live calls are records, not audio: every leg says something every
seven seconds, twice a second there is an alert. Prints for each number of screens: from an alert to a screen and
to all screens (the aim at 500: p95 <= 200 ms), the server's processor time and what of it one screen costs, bytes
per screen, how late the event loop woke up. Then N call pages lose their sockets and come back at once: how long
until one and until all are live again, and whether any of them missed a record. Half a minute for each line.
"""

import argparse
import json
from pathlib import Path

import uvloop

from tests.bench import reconnects, wall_screens
from tests.bench.talking import CALLS
from tests.bench.wall_screens import Figures

SCREENS = (10, 100, 500, 2_000)
PAGES = 500
COLUMNS = (
    ("screens", "{screens}"),
    ("to one p50", "{to_a_screen_p50_ms:.1f}"),
    ("p95", "{to_a_screen_p95_ms:.1f}"),
    ("to all p50", "{to_all_p50_ms:.1f}"),
    ("p95 ms", "{to_all_p95_ms:.1f}"),
    ("alerts on all", "{alerts_on_all} of {alerts}"),
    ("cores (without)", "{cores:.2f} ({cores_without_screens:.2f})"),
    ("each: ms/s", "{ms_per_s_of_a_screen:.2f}"),
    ("kB/s", "{kb_per_s_of_a_screen:.1f}"),
    ("kB", "{memory_kb_of_a_screen:.0f}"),
    ("loop late p50", "{loop_lag_p50_ms:.1f}"),
    ("p99", "{loop_lag_p99_ms:.0f}"),
    ("max ms", "{loop_lag_max_ms:.0f}"),
)
RECONNECTS = (
    "{pages} call pages came back at once: {resumed} resumed by number",
    "{records_missed_or_twice} records missed or twice",
    "live again: half within {live_again_p50_s:.2f} s, all within {live_again_all_s:.2f} s",
    "{cpu_s:.2f} s of a core, {memory_grew_mb:+.0f} MB",
    "event loop late p99 {loop_lag_p99_ms:.0f}, max {loop_lag_max_ms:.0f} ms",
)


def line(figures: Figures) -> str:
    """Of one number of screens."""
    shown = {key: float("nan") if value is None else value for key, value in figures.items()}
    return "  ".join(form.format(**shown).rjust(len(head)) for head, form in COLUMNS)


def run(screens: tuple[int, ...], calls: int, mode: wall_screens.Mode, pages: int) -> dict[str, object]:
    """All of it, printed line by line."""
    print("  ".join(head for head, _ in COLUMNS), flush=True)
    lines = []
    for count in screens:
        lines.append(uvloop.run(wall_screens.measured(mode, count, calls)))
        print(line(lines[-1]), flush=True)
    back = uvloop.run(reconnects.measured(pages, calls)) if pages else None
    if back:
        print("; ".join(RECONNECTS).format(**back))
    return {"calls": calls, "walls": lines, "reconnects": back}


def main() -> None:
    """As the docstring says."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("screens", type=int, nargs="*", default=SCREENS)
    given.add_argument("--calls", type=int, default=CALLS)
    given.add_argument("--mode", choices=("rows", "records"), default="rows")
    given.add_argument("--pages", type=int, default=PAGES)
    given.add_argument("--json", type=Path)
    asked = given.parse_args()
    figures = run(tuple(asked.screens), asked.calls, asked.mode, asked.pages)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
