"""`voiceassist users add`, `roles`, `disable` and `reset`: changes to who may sign in."""

import re
from typing import Annotated

import typer

from voiceassist.cli.options import ConfigFile, DataDir
from voiceassist.cli.users.common import (
    LoginArgument,
    RoleOption,
    TeamOption,
    checked_roles,
    settings_of,
    shown_name,
    with_people,
)
from voiceassist.config import os_user
from voiceassist.errors import ConfigError
from voiceassist.people.directory import Directory
from voiceassist.people.secrets import PASSWORD_CHARS, hash_password, is_long_enough
from voiceassist.store.people import StoredPerson

Name = Annotated[
    str | None, typer.Option("--name", help="Their name, as the history shows it. Default: the login.")
]
ByLink = Annotated[bool, typer.Option("--link", help="Ask for no password: print a link with which they set one.")]
Undo = Annotated[bool, typer.Option("--undo", help="Let them sign in again.")]


def add(
    login: LoginArgument,
    role: RoleOption,
    team: TeamOption = None,
    name: Name = None,
    link: ByLink = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Add somebody who may sign in; asks for their password.

    Once somebody is added the server asks everybody to sign in, so the first one must be an admin.

    Examples:

      voiceassist users add ana --role admin

      voiceassist users add ben --role agent --team returns --name "Ben Ode" --link
    """
    login = login.strip().lower()
    if not re.fullmatch(r"[a-z0-9._@-]{1,64}", login):
        raise ConfigError(f"login {login!r}: it must be 1 to 64 of a-z, 0-9, and . _ @ -")
    roles = checked_roles(role)
    shown = shown_name(name or login)
    password = "" if link else hash_password(_asked())

    async def work(directory: Directory) -> str:
        person = StoredPerson(
            login=login,
            name=shown,
            roles=roles,
            teams=tuple(map(shown_name, team or ())),
            password=password,
            created_us=directory.now_us(),
        )
        await directory.people.add(person, by=os_user())
        return await directory.new_link(login, by=os_user()) if link else ""

    token = with_people(config, data_dir, work)
    typer.echo(f"{login} may sign in as {', '.join(roles)}.")
    _show_link(token, config, data_dir)


def roles(
    login: LoginArgument,
    role: RoleOption,
    team: TeamOption = None,
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Give somebody these roles instead of those they have, and these teams if any are named.

    Example: voiceassist users roles ben --role supervisor --team returns
    """
    values: dict[str, object] = {"roles": checked_roles(role)}
    if team is not None:
        values["teams"] = tuple(team)
    changed = with_people(
        config, data_dir, lambda directory: directory.people.change(login, by=os_user(), **values)
    )
    typer.echo(f"{login}: {', '.join(changed.roles)}; teams: {', '.join(changed.teams) or 'none'}.")


def disable(login: LoginArgument, undo: Undo = False, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Sign somebody out everywhere and let them in no more. Nothing of theirs is deleted.

    Examples:

      voiceassist users disable ben

      voiceassist users disable ben --undo
    """
    with_people(
        config, data_dir, lambda directory: directory.people.change(login, by=os_user(), disabled=not undo)
    )
    typer.echo(f"{login} may sign in again." if undo else f"{login} was signed out and cannot sign in.")


def reset(login: LoginArgument, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Print a link with which somebody sets another password, once, within a day.

    It also turns off the second step of somebody who has lost their authenticator app.

    Example: voiceassist users reset ben
    """
    _show_link(
        with_people(config, data_dir, lambda directory: directory.new_link(login, by=os_user())), config, data_dir
    )


def _asked() -> str:
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not is_long_enough(password):
        shortest, longest = PASSWORD_CHARS
        raise ConfigError(f"the password must have {shortest} to {longest} characters")
    return password


def _show_link(token: str, config: ConfigFile, data_dir: DataDir) -> None:
    if token:
        settings = settings_of(config, data_dir)
        typer.echo("Their password is set, once, within a day, at")
        typer.echo(f"{settings.address(settings.port)}/reset?token={token}")
        typer.echo("(under the name by which their browser reaches this server)")
