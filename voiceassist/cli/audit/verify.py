"""`voiceassist audit verify`: computes the hash of every audit entry anew."""

from typing import Annotated

import typer

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.config import load_settings
from voiceassist.errors import StoreError
from voiceassist.store.audit import verify
from voiceassist.store.database import DATABASE, reading

Seen = Annotated[
    str, typer.Option("--seen", metavar="HASH", help="A hash printed earlier; it must still be there.")
]


def verify_chain(config: ConfigFile = None, data_dir: DataDir = None, seen: Seen = "") -> None:
    """Check that no entry of the audit was changed, left out or put in.

    Keep the hash that this prints in another place and pass it next time: that also finds an end that was cut
    off, and a chain that was written anew.

    Examples:

      voiceassist audit verify

      voiceassist audit verify --seen 5d41402abc4b2a76...
    """
    path = load_settings(config, data_dir=data_dir, host="127.0.0.1").data_dir / DATABASE
    with reading(path) as connection:
        found = verify(connection, seen)
    if found.problem:
        raise StoreError(f"{path}: {found.problem}")
    if not found.has_seen:
        raise StoreError(f"{path}: no entry has the hash {seen}: the end was cut off, or the chain written anew")
    typer.echo(f"{found.entries} entries, none changed; newest hash {found.newest}")
