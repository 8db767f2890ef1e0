"""Asks pip-audit and npm audit whether the locked packages have known weaknesses, and prints what they say.

`make audit` runs it. Where a database cannot be reached it says so, which is no failure: nothing was found out.
Exit status 1: a package has a known weakness.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import build_pages

ROOT = Path(__file__).resolve().parent
WITHIN_S = 600
PIP_AUDIT = (
    "-m",
    "pip_audit",
    "--disable-pip",
    "--require-hashes",
    "--progress-spinner",
    "off",
    "--format",
    "json",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What came of one database."""

    checked: int
    weak: tuple[str, ...]  # a line for each package
    unknown: str = ""  # why others, or all, were not checked


def python_audited(output: str) -> Audited:
    """What pip-audit says, in JSON."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Audited(checked=0, weak=(), unknown="pip-audit could not reach its database")
    checked = [one for one in packages if "skip_reason" not in one]
    weak = tuple(
        f"{one['name']} {one['version']}: {weakness['id']}, mended in {' '.join(weakness['fix_versions'])}"
        for one in checked
        for weakness in one["vulns"]
    )
    left = len(packages) - len(checked)
    return Audited(checked=len(checked), weak=weak, unknown=f"{left} are not in its database" if left else "")


def web_audited(output: str) -> Audited:
    """What npm audit says, in JSON."""
    try:
        told = json.loads(output)
        found, counted = told["vulnerabilities"], told["metadata"]["dependencies"]["total"]
    except (ValueError, KeyError, TypeError):
        return Audited(checked=0, weak=(), unknown="npm could not reach its database")
    weak = tuple(f"{name}: {one['severity']}, versions {one['range']}" for name, one in sorted(found.items()))
    return Audited(checked=counted, weak=weak)


def _said_by(command: list[str], folder: Path) -> str:
    try:
        ran = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=WITHIN_S)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout


def main() -> int:
    """Asks both and reports."""
    lock = str(ROOT / ".locks" / "run.txt")
    npm = build_pages.find_npm()
    audits = {
        "Python packages": python_audited(_said_by([sys.executable, *PIP_AUDIT, "-r", lock], ROOT)),
        "web packages": web_audited(_said_by([*npm, "audit", "--json"], ROOT / "web") if npm else ""),
    }
    for what, audited in audits.items():
        rest = f"; NOT CHECKED: {audited.unknown}" if audited.unknown else ""
        print(f"{what}: {audited.checked} checked, {len(audited.weak)} known weaknesses{rest}")
        for line in audited.weak:
            print(f"  {line}")
    return 1 if any(audited.weak for audited in audits.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
