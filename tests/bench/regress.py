"""An old version beside this one, in one run on one machine: `python -m tests.bench.regress --old WHEEL|REVISION`.

    --old              a wheel's file, or a revision of this repository (its sources are used as they are)
    --rounds N         default 5; each is the old one, then the new one
    --parts PART ...   any of: decode cues appends fanout search (default: all)
    --json FILE

Each version has a virtual environment of its own, with the packages of this one: what differs is our code alone.
Prints for each part the processor seconds of both (medians), and of the ratios new / old of all rounds the median,
the least and the most. A part that one of the versions does not have is left out, and said.
"""

import argparse
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from venv import EnvBuilder

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("regress_parts.py")
PARTS = ("decode", "cues", "appends", "fanout", "search")
WITHIN_S = 600.0  # one part


class PartError(Exception):
    """A version does not have what a part needs; says what it said."""


@contextmanager
def versions(old: str) -> Iterator[tuple[Path, Path]]:
    """The Python of the old version, and of this one."""
    with TemporaryDirectory(prefix="voiceassist-regress-") as name:
        folder = Path(name)
        if old.endswith(".whl"):
            before = _environment(folder / "old", None)
            _install(folder / "old", Path(old))
        else:
            before = _environment(folder / "old", _sources(old, folder / "sources"))
        yield before, _environment(folder / "new", ROOT)


def _environment(folder: Path, sources: Path | None) -> Path:
    """One that has our present packages behind its own."""
    EnvBuilder(with_pip=False, symlinks=True).create(folder)
    paths = [*([str(sources)] if sources else []), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (_packages(folder) / "behind.pth").write_text("\n".join(paths) + "\n", encoding="utf-8")
    return folder / "bin" / "python"


def _packages(folder: Path) -> Path:
    return Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))


def _install(folder: Path, wheel: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", str(_packages(folder)), str(wheel.resolve())], check=True)


def _sources(revision: str, folder: Path) -> Path:
    """The repository as it was."""
    command = ["git", "archive", "--format=tar", revision]
    packed = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE)
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def seconds(python: Path, part: str) -> float:
    """What one part takes. Raises PartError."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, str(SCRIPT), part], check=False, cwd=python.parent, capture_output=True, text=True,
        env=environment, timeout=WITHIN_S,
    )  # fmt: skip
    if done.returncode:
        raise PartError(done.stderr.strip().rpartition("\n")[2])
    return float(done.stdout)


def compared(old: Path, new: Path, part: str, rounds: int) -> dict[str, Any]:
    """Old, new, old, new, and so on. Raises PartError."""
    pairs = [(seconds(old, part), seconds(new, part)) for _ in range(rounds)]
    ratios = sorted(after / before for before, after in pairs)
    return {
        "old_s": median(before for before, _ in pairs),
        "new_s": median(after for _, after in pairs),
        "ratio": median(ratios),
        "least": ratios[0],
        "most": ratios[-1],
    }


def run(old: str, parts: Sequence[str], rounds: int) -> dict[str, Any]:
    """All parts, printed line by line."""
    found: dict[str, Any] = {}
    with versions(old) as (before, after):
        print("part      old, s   new, s   new / old (least to most)", flush=True)
        for part in parts:
            try:
                found[part] = compared(before, after, part, rounds)
            except PartError as error:
                found[part] = {"left_out": str(error)}
                print(f"{part:8} left out: {error}", flush=True)
            else:
                print(
                    "{0:8} {old_s:7.3f}  {new_s:7.3f}   {ratio:.2f} ({least:.2f} to {most:.2f})".format(
                        part, **found[part]
                    ),
                    flush=True,
                )
    return found


def main() -> None:
    """As the docstring says."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--old", required=True)
    given.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    given.add_argument("--rounds", type=int, default=5)
    given.add_argument("--json", type=Path)
    asked = given.parse_args()
    figures = run(asked.old, asked.parts, asked.rounds)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
