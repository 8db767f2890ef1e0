"""`voiceassist users list` and `sessions`: who may sign in, and who has."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from voiceassist.cli.options import AsJson, ConfigFile, DataDir
from voiceassist.cli.users.common import LoginArgument, with_people
from voiceassist.config import os_user
from voiceassist.errors import UnknownNameError
from voiceassist.people.directory import Directory, moment
from voiceassist.store.people import StoredPerson, StoredSession

End = Annotated[bool, typer.Option("--end", help="Sign them out everywhere.")]


def list_people(config: ConfigFile = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Who may sign in, with their roles and teams.

    Example: voiceassist users list
    """

    async def read(directory: Directory) -> list[StoredPerson]:
        return list(directory.everybody.people.values())

    people = with_people(config, data_dir, read)
    if as_json:
        typer.echo(json.dumps([_described(person) for person in people], indent=2))
        return
    table = Table("login", "name", "roles", "teams", "state", "last seen")
    for person in people:
        seen = moment(person.seen_us) if person.seen_us else "never"
        table.add_row(
            person.login, person.name, ", ".join(person.roles), ", ".join(person.teams), _state(person), seen
        )
    Console(highlight=False).print(table)


def sessions(login: LoginArgument, config: ConfigFile = None, data_dir: DataDir = None, end: End = False) -> None:
    """Where somebody is signed in, or sign them out everywhere.

    Examples:

      voiceassist users sessions ana

      voiceassist users sessions ana --end
    """

    async def read(directory: Directory) -> list[StoredSession]:
        if login not in directory.everybody.people:
            raise UnknownNameError("unknown_person", f"there is no person {login!r}")
        found = directory.sessions_of(login)
        if end:
            await directory.end_sessions(login, why="ended", by=os_user())
        return found

    found = with_people(config, data_dir, read)
    for session in found:
        typer.echo(f"since {moment(session.created_us)} from {session.address}: {session.agent}")
    typer.echo(f"{len(found)} sessions{' ended' if end else ''}")


def _state(person: StoredPerson) -> str:
    if person.disabled:
        return "disabled"
    if not person.password:
        return "has no password yet"
    return "may sign in, in two steps" if person.totp else "may sign in"


def _described(person: StoredPerson) -> dict[str, object]:
    return {
        "login": person.login,
        "name": person.name,
        "roles": person.roles,
        "teams": person.teams,
        "disabled": person.disabled,
        "totp": bool(person.totp),
        "last_seen_at": moment(person.seen_us) if person.seen_us else None,
    }
