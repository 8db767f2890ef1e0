"""What the commands about people share: their options, and the people of a data folder.

Works beside a running server: the database lets one writer in at a time, and the server looks for changes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from voiceassist.config import Settings, load_settings
from voiceassist.core.words.visible import hidden_in
from voiceassist.errors import ConfigError
from voiceassist.people.directory import Directory
from voiceassist.people.key_ring import KeyRing
from voiceassist.store.database import DATABASE, open_database
from voiceassist.store.keys import Keys
from voiceassist.store.people import People

T = TypeVar("T")
ROLES = ("agent", "supervisor", "reviewer", "author", "admin")

LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help="1 to 64 of a-z, 0-9, and . _ @ -")]
RoleOption = Annotated[list[str], typer.Option("--role", help=f"{', '.join(ROLES)}; again for several.")]
TeamOption = Annotated[
    list[str] | None, typer.Option("--team", help='A team of theirs, again for several; "*": every team.')
]


def with_people(config: Path | None, data_dir: Path | None, work: Callable[[Directory], Awaitable[T]]) -> T:
    """What the work returns, done with the people of the data folder. Raises VoiceassistError."""
    settings = settings_of(config, data_dir)
    return asyncio.run(_with(settings, work))


def settings_of(config: Path | None, data_dir: Path | None) -> Settings:
    """Which data folder is meant."""
    return load_settings(config, data_dir=data_dir, host="127.0.0.1")  # the server's own rules are not ours


async def _with(settings: Settings, work: Callable[[Directory], Awaitable[T]]) -> T:
    database = await open_database(settings.data_dir / DATABASE)
    try:
        key_ring = KeyRing(keys=Keys(database))
        directory = Directory(people=People(database), key_ring=key_ring, is_loopback=settings.is_loopback)
        await directory.look()
        return await work(directory)
    finally:
        await database.close()


def shown_name(name: str) -> str:
    """The name as it is kept. Raises ConfigError for one with characters that nobody sees."""
    hidden = hidden_in(name)
    if hidden:
        raise ConfigError(f"name {name!r}: it has the character {hidden}, which nobody sees; leave it out")
    return name.strip()


def checked_roles(roles: list[str]) -> tuple[str, ...]:
    """The roles, in one order. Raises ConfigError for one that there is not."""
    for role in roles:
        if role not in ROLES:
            raise ConfigError(f"there is no role {role!r}; there are {', '.join(ROLES)}")
    return tuple(role for role in ROLES if role in roles)
