"""`voiceassist schema`: the wire contract as JSON Schema, for integrators and for generating types."""

import json

import typer

from voiceassist import wire


def schema() -> None:
    """Print the JSON Schema of every message on sockets, bus and in `replay --json`.

    Example: voiceassist schema > wire.schema.json
    """
    typer.echo(json.dumps(wire.json_schema(), indent=2, ensure_ascii=False))
