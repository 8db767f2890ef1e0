"""Writes sbom.json: every package that the locks name, as CycloneDX 1.5, for programs that look for weaknesses.

`make sbom` runs it. Reads the locks only, so that it needs no network and the same locks give the same file.
"""

import base64
import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import update_locks

ROOT = Path(__file__).resolve().parent
FILE = ROOT / "sbom.json"
SERVER, PAGES = "server", "pages"  # what a package is a part of


def sbom() -> dict[str, Any]:
    """The whole document."""
    components = sorted([*_python(), *_web()], key=lambda one: str(one["purl"]))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(components))}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": components,
    }


def _python() -> Iterator[dict[str, Any]]:
    locked = update_locks.python_versions((update_locks.LOCKS / "run.txt").read_text(encoding="utf-8"))
    for name, versions in locked.items():
        for version in sorted(versions):
            yield _component(name, version, f"pkg:pypi/{quote(name)}@{quote(version)}", SERVER)


def _web() -> Iterator[dict[str, Any]]:
    packages = json.loads(update_locks.NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    unique = {
        (place.rpartition("node_modules/")[2], package["version"]): package for place, package in packages.items()
    }
    for (name, version), package in unique.items():
        if name:  # "" is the project itself
            component = _component(name, version, f"pkg:npm/{quote(name)}@{quote(version)}", PAGES)
            yield component | _hashes(package.get("integrity", ""))


def _component(name: str, version: str, purl: str, part: str) -> dict[str, Any]:
    properties = [{"name": "voiceassist:part", "value": part}]
    return {"type": "library", "name": name, "version": version, "purl": purl, "properties": properties}


def _hashes(integrity: str) -> dict[str, Any]:
    """Of the one archive that npm fetches; a Python package has one for each system, and the lock their hashes."""
    algorithm, _, digest = integrity.partition("-")
    if algorithm != "sha512":
        return {}
    return {"hashes": [{"alg": "SHA-512", "content": base64.b64decode(digest).hex()}]}


def main() -> int:
    """Writes the file and says so."""
    document = sbom()
    FILE.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{FILE.name}: {len(document['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
