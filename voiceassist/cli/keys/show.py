"""`voiceassist keys list`: which keys there are."""

import json

import typer
from rich.console import Console
from rich.table import Column, Table

from voiceassist.cli.options import AsJson, ConfigFile, DataDir
from voiceassist.cli.users.common import with_people
from voiceassist.people.directory import Directory, moment, now_us
from voiceassist.store.keys import StoredKey


def list_keys(config: ConfigFile = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Which keys there are, with their scopes, and when they were used last. Secrets are not stored.

    Examples:

      voiceassist keys list

      voiceassist keys list --json
    """

    async def read(directory: Directory) -> list[StoredKey]:
        return directory.key_ring.all()

    keys = with_people(config, data_dir, read)
    if as_json:
        typer.echo(json.dumps([_described(key) for key in keys], indent=2))
        return
    table = Table(Column("id", no_wrap=True), "name", "scopes", "state", "made by", "last used")
    for key in keys:
        used = _minute(key.used_us) if key.used_us else "never"
        table.add_row(key.id, key.name, " ".join(key.scopes), _state(key), key.created_by, used)
    Console(highlight=False).print(table)


def _state(key: StoredKey) -> str:
    if key.revoked_us:
        return f"revoked {_minute(key.revoked_us)}"
    if key.expires_us is None:
        return "holds"
    return f"{'holds until' if key.holds(now_us()) else 'expired'} {_minute(key.expires_us)}"


def _minute(at_us: int) -> str:
    """Without seconds and zone (UTC): columns are narrow."""
    return moment(at_us)[:16].replace("T", " ")


def _described(key: StoredKey) -> dict[str, object]:
    times = {
        "created_at": key.created_us,
        "expires_at": key.expires_us,
        "last_used_at": key.used_us,
        "revoked_at": key.revoked_us,
    }
    told = {name: moment(at_us) if at_us else None for name, at_us in times.items()}
    return {"id": key.id, "name": key.name, "scopes": key.scopes, "created_by": key.created_by, **told}
