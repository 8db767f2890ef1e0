"""How many cores a process may use, by made-up control groups."""

import os
import sys
from pathlib import Path

import pytest

from voiceassist.cores import usable_cores

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")


@pytest.fixture(autouse=True)
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))


def cores(folder: Path, own: str, **files: str) -> float:
    """What is found where `/proc/self/cgroup` says `own`; a file's name has "__" for each slash."""
    (folder / "own").write_text(own)
    for name, text in files.items():
        path = folder / "groups" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return usable_cores(folder / "own", folder / "groups")


def test_without_control_groups_affinity_decides(tmp_path: Path) -> None:
    assert usable_cores(tmp_path / "nothing", tmp_path) == 8


def test_version_2_says_quota_and_period(tmp_path: Path) -> None:
    assert cores(tmp_path, "0::/our.slice\n", **{"our.slice__cpu.max": "250000 100000\n"}) == 2.5


def test_a_group_around_ours_limits_us_too(tmp_path: Path) -> None:
    files = {"a__b__cpu.max": "max 100000\n", "a__cpu.max": "300000 100000\n", "cpu.max": "400000 100000\n"}
    assert cores(tmp_path, "0::/a/b\n", **files) == 3


def test_no_limit_is_none(tmp_path: Path) -> None:
    assert cores(tmp_path, "0::/\n", **{"cpu.max": "max 100000\n"}) == 8


def test_more_than_the_machine_has_is_no_limit(tmp_path: Path) -> None:
    assert cores(tmp_path, "0::/\n", **{"cpu.max": "3200000 100000\n"}) == 8


def test_a_container_that_does_not_find_its_path_is_limited_by_the_outermost_group(tmp_path: Path) -> None:
    assert cores(tmp_path, "0::/docker/4711\n", **{"cpu.max": "150000 100000\n"}) == 1.5


def test_version_2_beside_version_1_is_found_where_it_is_mounted(tmp_path: Path) -> None:
    assert cores(tmp_path, "0::/\n3:cpuset:/\n", **{"unified__cpu.max": "100000 100000\n"}) == 1


@pytest.mark.parametrize("mount", ["cpu,cpuacct", "cpu"])
def test_version_1_says_them_in_two_files(tmp_path: Path, mount: str) -> None:
    files = {f"{mount}__x__cpu.cfs_quota_us": "50000\n", f"{mount}__x__cpu.cfs_period_us": "100000\n"}
    assert cores(tmp_path, "4:cpu,cpuacct:/x\n3:memory:/x\n", **files) == 0.5


def test_version_1_without_a_limit_says_minus_one(tmp_path: Path) -> None:
    files = {"cpu__cpu.cfs_quota_us": "-1\n", "cpu__cpu.cfs_period_us": "100000\n"}
    assert cores(tmp_path, "1:cpu:/\n", **files) == 8


@pytest.mark.parametrize(
    "text", ["", "max", "much 100000", "200000 0", "200000", "-1 100000", "\xff\xfe", "0 100000"]
)
def test_what_is_no_limit_is_passed_over(tmp_path: Path, text: str) -> None:
    assert cores(tmp_path, "0::/\nnonsense\n::\n", **{"cpu.max": text}) == 8


def test_a_limit_of_next_to_nothing_is_still_some_of_a_core(tmp_path: Path) -> None:
    assert cores(tmp_path, "0::/\n", **{"cpu.max": "1 1000000\n"}) == 0.1
