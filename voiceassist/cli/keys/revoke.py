"""`voiceassist keys revoke`: ends a key."""

from typing import Annotated

import typer

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.cli.users.common import with_people
from voiceassist.config import os_user
from voiceassist.errors import UnknownNameError
from voiceassist.people.directory import Directory

Which = Annotated[str, typer.Argument(metavar="KEY", help="Its id, or its name.")]


def revoke(which: Which, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Revoke a key. A running server refuses it within seconds, and ends what it holds open.

    Examples:

      voiceassist keys revoke pbx

      voiceassist keys revoke 3f9c2a7be1d04c58
    """

    async def work(directory: Directory) -> str:
        now_us = directory.now_us()
        holding = [key for key in directory.key_ring.all() if key.holds(now_us) and which in (key.id, key.name)]
        if not holding:
            raise UnknownNameError("unknown_key", f"there is no key {which!r} that could be revoked")
        await directory.revoke_key(holding[0].id, by=os_user())
        return holding[0].name

    typer.echo(f"Key {with_people(config, data_dir, work)} is revoked.")
