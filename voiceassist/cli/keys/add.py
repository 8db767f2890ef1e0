"""`voiceassist keys add`: makes a key, and prints its secret once."""

from typing import Annotated

import typer

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.cli.users.common import with_people
from voiceassist.config import os_user
from voiceassist.errors import ConfigError
from voiceassist.people.directory import S_US, Directory, moment
from voiceassist.people.key_ring import SCOPES, Scope
from voiceassist.store.keys import StoredKey

DAY_US = 24 * 3_600 * S_US
NAME_CHARS = 100

Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose it is, as lists and the history show it.")]
ScopeOption = Annotated[
    list[str],
    typer.Option(
        "--scope",
        help="ingest (send calls), read:calls (read stored calls and recordings), events (follow live calls), "
        "playbooks (edit and publish); again for several.",
    ),
]
Days = Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until it expires. Default: never.")]


def add(
    name: Name, scope: ScopeOption, days: Days = None, config: ConfigFile = None, data_dir: DataDir = None
) -> None:
    """Make a key. Its secret goes to standard output, once: nobody can ask for it again.

    Programs send it with every request: "Authorization: Bearer va_…".

    Examples:

      voiceassist keys add pbx --scope ingest

      voiceassist keys add reports --scope read:calls --scope events --days 365
    """
    name, scopes = name.strip(), _checked(scope)
    if not 0 < len(name) <= NAME_CHARS or not name.isprintable():
        raise ConfigError(f"NAME: it must have 1 to {NAME_CHARS} characters, none of them a control character")

    async def work(directory: Directory) -> tuple[StoredKey, str]:
        now_us = directory.now_us()
        expires_us = now_us + days * DAY_US if days else None
        return await directory.key_ring.make(name, scopes, expires_us, by=os_user(), now_us=now_us)

    key, secret = with_people(config, data_dir, work)
    until = f"until {moment(key.expires_us)}" if key.expires_us else "until it is revoked"
    typer.echo(f"Key {name} may {', '.join(scopes)} {until}. This is its secret, told only now:", err=True)
    typer.echo(secret)


def _checked(wanted: list[str]) -> tuple[Scope, ...]:
    for one in wanted:
        if one not in SCOPES:
            raise ConfigError(f"there is no scope {one!r}; there are {', '.join(SCOPES)}")
    return tuple(scope for scope in SCOPES if scope in wanted)
