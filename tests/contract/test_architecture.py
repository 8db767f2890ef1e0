"""The rules that keep the program easy to read: who may import whom, what is pure, how long a function gets.

Reads the sources, never runs them.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "voiceassist"
MODULES = sorted(PACKAGE.rglob("*.py"))
CORE_MODULES = [
    path for path in MODULES if path.is_relative_to(PACKAGE / "core") and path.parent != PACKAGE / "core"
]

# A room imports itself and rooms of earlier lines, nothing else. "" is voiceassist/__init__.py.
ORDER = (
    {"", "errors", "actions"},
    {"events"},
    {"audio", "core"},
    {"kpis"},
    {"reports"},
    {"yamltext"},
    {"playbook_file"},
    {"trials", "evaluation", "oidc_settings", "ingest_settings"},
    {"lookup_settings", "notify_settings", "phone_settings", "capacity_settings"},
    {"summary_settings"},
    {"cores"},
    {"wire", "config", "clock", "speech_models", "training"},
    {"subscriptions"},
    {"playbooks", "webrtc", "row_screens"},
    {"ingest", "asr", "store", "bus", "playbook_worker"},
    {"offered_playbooks", "callers", "phone_control"},
    {"notices", "people", "retention", "samples", "live", "hub", "replay", "playbook_registry", "metrics", "logs"},
    {
        "playbook_start",
        "identities",
        "finished_calls",
        "listening",
        "phone_calls",
        "exports",
        "capacity",
        "summary",
    },
    {"backtests", "summary_desk"},
    {"runtime"},
    {"app", "bench", "doctor"},
    {"server"},
    {"cli"},
    {"__main__"},
)
LAYER = {room: number for number, rooms in enumerate(ORDER) for room in rooms}

# The rooms inside the core, in the same manner.
CORE_ORDER = ("words", "classifier", "playbook", "cues", "topics", "call", "screen")

PURE_ROOMS = (
    "core",
    "audio",
    "kpis",
    "reports",
    "yamltext",
    "playbook_file",
    "trials",
    "evaluation",
    "exports",
    "summary",
)
IMPURE_MODULES = {
    "aiomqtt", "asyncio", "concurrent", "datetime", "importlib", "io", "logging", "multiprocessing", "os",
    "pathlib", "queue", "random", "secrets", "select", "shutil", "signal", "socket", "sqlalchemy", "sqlite3",
    "ssl", "structlog", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid", "websockets",
}  # fmt: skip
IMPURE_CALLS = {"open", "print", "input"}

NAMED_TWICE = {"Resumed"}  # a screen's socket goes on after a number, and a peer's audio after a pause

LONGEST_FUNCTION = 45  # lines from its `def` to its end; far above the median, which is about five

WRITTEN_BY_US = (".ci", "docs", "models", "tests", "voiceassist", "web")
NOT_OURS = {"node_modules", "__pycache__"}
# Spelt so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:work|root)/(?=\w)")
PRIVATE_SOURCES = re.compile(
    r'--(?:extra-)?index[-]url|--find[-]links|"resol[v]ed": "(?=[a-z+]+:)(?!https://registry[.]npmjs[.]org/)'
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_its_own_room_and_those_below_it(path: Path) -> None:
    room = _room_of(path)
    assert room in LAYER, f"{room} is a new room: give it a place in ORDER"
    for imported, line in _rooms_imported(path):
        below = LAYER[imported] < LAYER[room]
        assert imported == room or below, f"{path}:{line}: {room} may not import {imported}"


@pytest.mark.parametrize("path", CORE_MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_of_the_core_imports_only_itself_and_those_before_it(path: Path) -> None:
    room = path.relative_to(PACKAGE / "core").parts[0]
    assert room in CORE_ORDER, f"core/{room} is a new room: give it a place in CORE_ORDER"
    for module, line in _imports(path):
        if module.startswith("voiceassist.core."):
            imported = module.split(".")[2]
            assert CORE_ORDER.index(imported) <= CORE_ORDER.index(room), (
                f"{path}:{line}: {room} imports {imported}"
            )


def test_who_serves_screens_asks_for_subscriptions_and_knows_no_hub() -> None:
    for path in sorted((PACKAGE / "server").rglob("*.py")):
        assert "voiceassist.hub" not in {module.rpartition(".")[0] for module, _ in _imports(path)}, path
        assert "hub" not in {node.attr for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)}, path


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_pure_rooms_touch_no_clock_loop_file_socket_or_log(room: str) -> None:
    for path in sorted((PACKAGE / room).rglob("*.py")):
        for imported, line in _imports(path):
            assert imported.split(".")[0] not in IMPURE_MODULES, f"{path}:{line}: {room} imports {imported}"
        for called, line in _plain_calls(path):
            assert called not in IMPURE_CALLS, f"{path}:{line}: {room} calls {called}()"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(_tree(path)), f"{path} has no docstring"


def test_every_package_the_product_imports_is_declared_in_pyproject() -> None:
    declared = {_canonical(requirement) for requirement in _pyproject()["project"]["dependencies"]}
    owners = packages_distributions()
    undeclared = [
        f"{path}:{line}: {top}"
        for path in MODULES
        for top, line in _foreign_packages(path)
        if declared.isdisjoint(_canonical(owner) for owner in owners.get(top, [top]))
    ]
    assert not undeclared


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path}:{node.lineno}: {node.name} has {length} lines"
        for path in MODULES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long


def test_no_two_modules_give_one_name_to_two_classes() -> None:
    modules: dict[str, list[str]] = {}
    for path in MODULES:
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                modules.setdefault(node.name, []).append(path.relative_to(PACKAGE).as_posix())
    twice = {name: paths for name, paths in modules.items() if len(paths) > 1}
    assert twice.keys() <= NAMED_TWICE, twice


def test_nothing_we_wrote_names_a_path_of_one_machine_or_a_private_package_source() -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in _our_texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MACHINE_PATHS.search(line) or PRIVATE_SOURCES.search(line)
    ]
    assert not found


# ---- reading sources ----


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _canonical(requirement: str) -> str:
    """The name in "Some_Name[extra]>=1", as the package index spells it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement)[0]).lower()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _room(module: str) -> str:
    return module.removeprefix("voiceassist").removeprefix(".").split(".")[0]


def _room_of(path: Path) -> str:
    return _room(_module_name(path))


def _rooms_imported(path: Path) -> Iterator[tuple[str, int]]:
    for module, line in _imports(path):
        if module.split(".")[0] == "voiceassist":
            room = _room(module)
            yield (room if _is_room(room) else ""), line  # `from voiceassist import __version__` names no room


def _foreign_packages(path: Path) -> Iterator[tuple[str, int]]:
    for imported, line in _imports(path):
        top = imported.split(".")[0]
        if top != "voiceassist" and top not in sys.stdlib_module_names:
            yield top, line


def _is_room(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every import anywhere in the file, `from a import b` as "a.b" (whether b is a module or a name)."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), _package(path))
            yield from ((f"{source}.{alias.name}", node.lineno) for alias in node.names)


def _package(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).parent.parts)


def _plain_calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node.lineno


def _our_texts() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.name != ".git" and path.is_file() and _is_text(path))
    for part in WRITTEN_BY_US:
        yield from (path for path in (ROOT / part).rglob("*") if _is_ours(path) and _is_text(path))


def _is_ours(path: Path) -> bool:
    built = (PACKAGE / "web") in path.parents
    return path.is_file() and not built and NOT_OURS.isdisjoint(path.relative_to(ROOT).parts)


def _is_text(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True
