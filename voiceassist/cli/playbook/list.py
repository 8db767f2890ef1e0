"""`voiceassist playbook list`: the playbooks that come with voiceassist."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from voiceassist.cli.options import AsJson
from voiceassist.cli.playbook.check import counts_of
from voiceassist.core.playbook.model import Playbook
from voiceassist.playbooks import DEFAULTS, builtin_names, find_text, read_playbook


def list_playbooks(as_json: AsJson = False) -> None:
    """List the playbooks that come with voiceassist.

    Example: voiceassist playbook list
    """
    playbooks = [read_playbook(*find_text(Path(name), "en")) for name in builtin_names()]
    if as_json:
        print(json.dumps({"playbooks": [_fields(playbook) for playbook in playbooks]}, ensure_ascii=False))  # noqa: T201
    else:
        _print(playbooks)


def _fields(playbook: Playbook) -> dict[str, object]:
    return {
        "name": playbook.name,
        "title": playbook.title,
        "language": playbook.language,
        "is_default": _is_default(playbook),
        "hash": playbook.hash,
        "policies": [policy.id for policy in playbook.policies],
    }


def _print(playbooks: list[Playbook]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "title", "language", "holds"):
        table.add_column(heading)
    for playbook in playbooks:
        default = ", the default" if _is_default(playbook) else ""
        table.add_row(playbook.name, playbook.title, f"{playbook.language}{default}", counts_of(playbook))
    Console(highlight=False, markup=False).print(table)


def _is_default(playbook: Playbook) -> bool:
    return playbook.name in DEFAULTS.values()
