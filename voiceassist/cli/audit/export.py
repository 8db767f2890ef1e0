"""`voiceassist audit export`: every audit entry as JSON Lines on standard output, with its hash."""

import json

import typer

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.store.audit import all_rows, entry_of
from voiceassist.store.database import DATABASE, reading


def export(config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Print every entry, the oldest first, one JSON object a line.

    Example: voiceassist audit export > audit.jsonl
    """
    path = load_settings(config, data_dir=data_dir, host="127.0.0.1").data_dir / DATABASE
    with reading(path) as connection:
        for row in all_rows(connection):
            entry = entry_of(row)
            told = {name: getattr(entry, name) for name in ("number", "at", "who", "what", "call_id", "detail")}
            typer.echo(json.dumps(told | {"at_us": row["at_us"], "hash": row["hash"]}))
