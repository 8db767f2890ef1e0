"""CAPACITY.md says what the figures say that are kept beside the benches, and nothing else."""

import json

import pytest

from tests.bench.capacity_page import FILE, ROOT
from tests.bench.capacity_text import charts, page


@pytest.fixture(scope="module")
def known() -> dict[str, object]:
    """The figures that were measured last."""
    figures: dict[str, object] = json.loads(FILE.read_text(encoding="utf-8"))
    return figures


def test_the_page_is_made_of_the_figures(known: dict[str, object]) -> None:
    assert page(known) == (ROOT / "CAPACITY.md").read_text(encoding="utf-8")


def test_the_charts_are_made_of_the_figures(known: dict[str, object]) -> None:
    for name, picture in charts(known).items():
        assert picture == (ROOT / name).read_text(encoding="utf-8")


RUN = {
    "cores": 2,
    "limit_ms": 1_200,
    "calls": 9,
    "calls_per_core": 4.5,
    "admitted": 8,
    "further_call_bytes": None,
    "limited_by": "processors",
    "steps": [
        {
            "calls": 9, "is_carried": True, "cues": 30, "missed": 0, "refused": 0, "p50_ms": 400.0,
            "p95_ms": 900.0, "cores_per_call": 0.2, "other_cores_per_call": 0.01, "memory_per_call_bytes": 3e6,
            "cores_used": 1.8, "client_cores": 0.1, "loop_lag_s": 0.01, "partials_left_out": 0,
        }
    ],
}  # fmt: skip
ABOUT = {"machine": "2 cores", "python": "3.11", "day": "2026-11-29", "commit": "abc", "load_before": 0.1}


def test_cores_for_calls_are_counted_by_what_one_core_carried() -> None:
    written = page({"load": {"figures": {"moonshine": [RUN]}, **ABOUT}})
    assert "| `moonshine` (embedded) | 2 | 9 | 8 | 400 ms | 900 ms | 0.20 | 0.010 | 3 MB |" in written
    assert "| `moonshine` (embedded) | 2 | 3 | 5 | 12 | 23 |" in written
    assert "50 calls take one half" in written


def test_a_part_that_was_not_measured_is_left_out() -> None:
    assert "A long time" not in page({"load": {"figures": {"moonshine": [RUN]}, **ABOUT}})


OVERLOAD = {
    "offered_at_once": 12, "admits": 6, "taken": 9, "whole": 8, "refused": 4, "p50_ms": 400.0, "p95_ms": None,
    "finals": 96, "finals_lost": 0, "loop_lag_p99_ms": 12.0, "taken_again_after_s": 0.2,
    "refused_with": {"asterisk: ws://127.0.0.1:1/ingest/asterisk: the server ended the call: busy: full": 4},
}  # fmt: skip


def test_what_refused_calls_were_told_is_on_the_page_without_our_own_address() -> None:
    written = page({"overload": {"figures": {"moonshine": OVERLOAD}, **ABOUT}})
    assert "| `moonshine` (embedded) | 12 | 6 | 9 | 4 | 1 | 400 ms | - | 0 of 96 | 12 ms | 0.2 s |" in written
    assert "- asterisk: the server ended the call: busy: full" in written
    assert "ws://" not in written


OPEN = {"idle": 20, "most": 40.0, "after": 20}
SOAK = {
    "calls": 100, "minutes": 30.0, "callers": 5, "admits": 7, "whole": 100, "memory_mb": OPEN, "descriptors": OPEN,
    "threads": OPEN, "tasks": OPEN, "temporary_files": OPEN, "memory_mb_per_hour": -1.25,
    "memory_within_mb_per_hour": 2.0, "verdict": "flat", "loop_lag_p99_ms": 9.0, "wal_most_kb": 4_048.0,
    "cues_first_third": {"p50_ms": 400.0, "p95_ms": 900.0}, "cues_last_third": {"p50_ms": None, "p95_ms": None},
}  # fmt: skip
WALL = {
    "screens": 500, "to_a_screen_p50_ms": 20.0, "to_a_screen_p95_ms": 80.0, "to_all_p50_ms": None,
    "to_all_p95_ms": 120.0, "cores": 0.5, "kb_per_s_of_a_screen": 4.4, "memory_kb_of_a_screen": 300.0,
    "loop_lag_p99_ms": 12.0,
}  # fmt: skip
BACK = {"pages": 500, "resumed": 500, "records_missed_or_twice": 0, "live_again_all_s": 1.04}


def test_a_long_time_and_many_screens_have_their_tables() -> None:
    fanout = {"calls": 1_000, "walls": [WALL], "reconnects": BACK}
    written = page({"soak": {"figures": SOAK, **ABOUT}, "fanout": {"figures": fanout, **ABOUT}})
    assert "| Memory | 20 MB | 40 MB | 20 MB |" in written
    assert "-1.2 MB an hour" in written
    assert "| 500 | 20 ms | 80 ms | - | 120 ms | 0.50 | 4.4 kB/s | 300 kB | 12 ms |" in written
    assert "all were live again after 1.0 s" in written
