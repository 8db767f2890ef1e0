"""The bill of materials has what the locks have, and an audit that cannot ask its database says so."""

import json

import pytest

from audit_packages import python_audited, web_audited
from update_locks import LOCKS, NPM_LOCK, npm_versions, python_versions
from write_sbom import sbom


def test_the_bill_of_materials_has_what_the_locks_have_each_version_once() -> None:
    listed = [(one["name"], one["version"]) for one in sbom()["components"]]
    python = python_versions((LOCKS / "run.txt").read_text())
    locked = [*python.items(), *npm_versions(NPM_LOCK.read_text()).items()]
    wanted = {(name, version) for name, versions in locked for version in versions}
    assert set(listed) == wanted
    assert len({one["purl"] for one in sbom()["components"]}) == len(listed)
    assert all(len(part["content"]) == 128 for one in sbom()["components"] for part in one.get("hashes", ()))


def test_the_same_locks_give_the_same_bill() -> None:
    assert json.dumps(sbom()) == json.dumps(sbom())
    assert sbom()["serialNumber"].startswith("urn:uuid:")


def test_a_known_weakness_is_told_with_its_package() -> None:
    weak = {"name": "x", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
    whole = {"name": "y", "version": "1", "vulns": []}
    skipped = {"name": "z", "version": "1", "skip_reason": "not found"}
    audited = python_audited(json.dumps({"dependencies": [weak, whole, skipped]}))
    assert (audited.checked, audited.weak) == (2, ("x 1: CVE-1, mended in 2",))
    assert audited.unknown == "1 are not in its database"
    told = {
        "vulnerabilities": {"x": {"severity": "high", "range": "<2"}},
        "metadata": {"dependencies": {"total": 9}},
    }
    assert web_audited(json.dumps(told)).weak == ("x: high, versions <2",)


@pytest.mark.parametrize("output", ["", "no network", "{}", '{"error": {"summary": "405"}}'])
def test_an_audit_that_cannot_ask_says_so_and_finds_nothing(output: str) -> None:
    for audited in (python_audited(output), web_audited(output)):
        assert (audited.checked, audited.weak) == (0, ())
        assert "could not reach its database" in audited.unknown
