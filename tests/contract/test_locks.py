"""The locks: whole, within the ranges of pyproject.toml, checked by hashes, and bound to no registry."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from update_locks import LOCKS, NPM_LOCK, ROOT, changes, npm_versions, python_versions

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCK_FILES = sorted(LOCKS.glob("*.txt"))


@pytest.mark.parametrize(
    ("lock", "wanted"), [("run", RUN), ("test", [*RUN, *EXTRAS["test"], *EXTRAS["dev"]])], ids=["run", "test"]
)
def test_every_requirement_is_locked_within_its_range(lock: str, wanted: list[str]) -> None:
    versions = python_versions((LOCKS / f"{lock}.txt").read_text())
    for requirement in map(Requirement, wanted):
        found = versions.get(canonicalize_name(requirement.name), frozenset())
        assert found, f"{requirement} is not in .locks/{lock}.txt: make update"
        assert all(requirement.specifier.contains(version) for version in found), (requirement, found)


def test_what_runs_is_what_was_tested() -> None:
    build, run, test = (python_versions((LOCKS / f"{name}.txt").read_text()) for name in ("build", "run", "test"))
    assert build.items() <= run.items() <= test.items()
    assert not run.keys() & {"pytest", "torch", "uv"}
    assert "torch" not in test


@pytest.mark.parametrize("file", LOCK_FILES, ids=lambda file: file.name)
def test_every_python_package_has_hashes_and_no_address(file: Path) -> None:
    text = file.read_text()
    pins = [pin for pin in text.replace("\\\n", " ").splitlines() if not pin.startswith("#")]
    assert pins
    assert [pin for pin in pins if "--hash=sha256:" not in pin] == []
    assert ("://" in text, "--index" in text) == (False, False)


def test_every_web_package_has_a_hash_and_no_address() -> None:
    packages = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    for place, package in packages.items():
        assert not place or package["integrity"].startswith("sha512-"), place
        assert "resolved" not in package, place


def test_an_update_says_what_is_newer_new_and_gone() -> None:
    before = python_versions(
        "# uv\na==1.0 \\\n    --hash=sha256:0\nb==2 ; python_version < '3.12' \\\nold==1 \\\n"
    )
    after = python_versions(
        "a==1.1 \\\nb==2 ; python_version < '3.12' \\\nb==3 ; python_version >= '3.12' \\\nnew==1"
    )
    assert list(changes(before, after)) == ["a 1.0 → 1.1", "b 2 → 2, 3", "new (new) → 1", "old 1 → (gone)"]
    assert list(changes(after, after)) == []


def test_a_web_package_that_is_there_twice_has_both_versions() -> None:
    places = {"": {}, "node_modules/@a/b": {"version": "1"}, "node_modules/c/node_modules/@a/b": {"version": "2"}}
    assert npm_versions(json.dumps({"packages": places})) == {"@a/b": {"1", "2"}}
