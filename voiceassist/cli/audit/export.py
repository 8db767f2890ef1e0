"""`voiceassist audit export`: every audit entry as JSON Lines on standard output, with its hash."""

import json

import typer

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.store.audit import every_exported
from voiceassist.store.database import DATABASE, reading


def export(config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Print every entry, the oldest first, one JSON object a line.

    Example: voiceassist audit export > audit.jsonl
    """
    path = load_settings(config, data_dir=data_dir, host="127.0.0.1").data_dir / DATABASE
    with reading(path) as connection:
        for entry in every_exported(connection):
            typer.echo(json.dumps(entry))
