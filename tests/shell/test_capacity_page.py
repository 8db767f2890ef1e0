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
