"""Renews the locks within the ranges of pyproject.toml and web/package.json, and prints what changed.

`make update` runs it, with uv in the same environment. Never installs what it locked: the next `make run` or
`make test` sees that the locks changed. `.locks/run.txt` is a part of `.locks/test.txt`, and `.locks/build.txt`,
what must be there before, is a part of both; `node.txt` is for machines without Node, `uv.txt` for this script,
`audit.txt` for `make audit`. No lock names the registry it was made with.
"""

import json
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import build_pages

ROOT = Path(__file__).resolve().parent
LOCKS = ROOT / ".locks"
BUILDS_SOURCES = "setuptools>=70.1"  # for srt, which vosk needs and which has no wheel; 70.1 needs no `wheel`
NPM_LOCK = ROOT / "web" / "package-lock.json"
Versions = Mapping[str, frozenset[str]]  # by package; some have one version for old Pythons and one for new


def lock_python() -> None:
    """Writes every file in .locks/. Raises CalledProcessError when uv finds no versions that fit together."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    build = [*project["build-system"]["requires"], BUILDS_SOURCES]
    oldest = project["project"]["requires-python"].removeprefix(">=")
    _compile("test", oldest, build, "pyproject.toml", "--extra", "test", "--extra", "dev")
    _compile("run", oldest, build, "pyproject.toml", "--constraints", ".locks/test.txt")
    _compile("build", oldest, build, "--constraints", ".locks/test.txt")
    _compile("node", oldest, [build_pages.NODE_WHEEL])
    _compile("uv", oldest, ["uv"])
    _compile("audit", oldest, ["pip-audit"], "--constraints", ".locks/test.txt")


def _compile(name: str, oldest_python: str, requirements: list[str], *arguments: str) -> None:
    """Locks for every Python from the oldest on and for every system, with the hash of every file."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--upgrade", "--no-annotate", "--no-emit-index-url", "--custom-compile-command", "make update"]
    command += ["--python-version", oldest_python, "--output-file", f".locks/{name}.txt", *arguments, "-"]
    subprocess.run(command, cwd=ROOT, check=True, text=True, input="\n".join(requirements))


def lock_web() -> list[str]:
    """Writes package-lock.json. Returns the packages whose newest versions npm cannot install; they stay."""
    if _web_updated():
        return []
    wanted = json.loads((NPM_LOCK.parent / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    return [name for name in wanted if not _web_updated(name)]


def _web_updated(*names: str) -> bool:
    """Whether these packages, or all, are the newest now; npm also writes locks that it then refuses."""
    before = NPM_LOCK.read_bytes()
    try:
        build_pages.run_npm("update", *names, "--package-lock-only", "--no-audit", "--no-fund", "--silent")
        build_pages.run_npm("ci", "--dry-run", "--no-audit", "--no-fund", "--silent")
    except build_pages.PagesError:
        NPM_LOCK.write_bytes(before)
        return False
    return True


def locked() -> dict[str, Versions]:
    """What is locked now, by the file that says it."""
    python = {f".locks/{file.name}": python_versions(file.read_text()) for file in sorted(LOCKS.glob("*.txt"))}
    return python | {"web/package-lock.json": npm_versions(NPM_LOCK.read_text(encoding="utf-8"))}


def python_versions(lock: str) -> Versions:
    """The versions in one of the locks of uv."""
    found = defaultdict(set)
    for line in lock.splitlines():
        name, is_pin, rest = line.partition("==")
        if is_pin and not line.startswith((" ", "#")):
            found[name].add(rest.split()[0])
    return {name: frozenset(versions) for name, versions in found.items()}


def npm_versions(lock: str) -> Versions:
    """The versions in a package-lock.json; a package may be there more than once."""
    found = defaultdict(set)
    for place, package in json.loads(lock)["packages"].items():
        if place:  # "" is the project itself
            found[place.rpartition("node_modules/")[2]].add(package["version"])
    return {name: frozenset(versions) for name, versions in found.items()}


def changes(before: Versions, after: Versions) -> Iterator[str]:
    """One line per package whose version is another now."""
    for name in sorted(before.keys() | after.keys()):
        old, new = (", ".join(sorted(versions.get(name, ()))) for versions in (before, after))
        if old != new:
            yield f"{name} {old or '(new)'} → {new or '(gone)'}"


def main() -> int:
    """Renews and reports."""
    before = locked()
    try:
        build_pages.say("asking for the newest Python packages")
        lock_python()
        build_pages.provide_node()
    except (subprocess.CalledProcessError, build_pages.PagesError) as error:
        print(f"{error}\nSome locks may be renewed already: git diff --stat .locks", file=sys.stderr)
        return 1
    build_pages.say("asking for the newest web packages")
    left_behind = lock_web()
    _report(before, locked())
    for name in left_behind:
        print(f"{name} stays as it was: npm cannot install the newest. For the reason: npm update {name}, in web/")
    return 1 if left_behind else 0


def _report(before: Mapping[str, Versions], after: Mapping[str, Versions]) -> None:
    lines = {file: list(changes(before.get(file, {}), versions)) for file, versions in after.items()}
    for file, changed in lines.items():
        print(f"{file}: {f'{len(changed)} changed' if changed else 'nothing changed'}")
        for line in changed:
            print(f"  {line}")
    if any(lines.values()):
        print("Now type: make test")


if __name__ == "__main__":
    sys.exit(main())
