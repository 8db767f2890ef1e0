"""The first run, and `voiceassist users`: who may start what, and the first admin."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.shell.people import PASSWORD
from tests.shell.serving import serving, settings_for
from voiceassist.app import running
from voiceassist.cli import app
from voiceassist.errors import ConfigError, ConflictError

FOR_OTHERS = {"host": "0.0.0.0"}


def users(tmp_path: Path, *arguments: str, typed: str = "") -> str:
    ran = CliRunner().invoke(app, ["users", *arguments, "--data-dir", str(tmp_path)], input=typed)
    if ran.exception:
        raise ran.exception
    return ran.output


async def test_server_for_other_machines_does_not_start_without_an_admin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"voiceassist users add LOGIN --role admin"):
        async with running(settings_for(tmp_path, **FOR_OTHERS)):
            pass


async def test_setup_link_makes_the_first_admin_once(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, **FOR_OTHERS, setup=True)) as server:
        assert (await server.http.get("/api/calls")).status_code == 401
        assert (await server.http.get("/api/session")).json()["setup"]
        token = await server.runtime.directory.new_link()
        wanted = {"token": token, "login": "ana", "name": "Ana", "password": PASSWORD}
        refused = await server.http.post("/api/setup", json=wanted | {"token": "guessed"})
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_link")
        assert (await server.http.post("/api/setup", json=wanted)).status_code == 204
        told = (await server.http.get("/api/session")).json()
        assert told["person"]["roles"] == ["admin"]
        assert not told["setup"]
        again = await server.http.post("/api/setup", json=wanted | {"login": "eve"})
        assert again.json()["code"] == "unknown_link"
    async with running(settings_for(tmp_path, **FOR_OTHERS)):
        pass


async def test_running_server_follows_what_the_command_changes(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        typed = f"{PASSWORD}\n{PASSWORD}\n"
        told = await asyncio.to_thread(users, tmp_path, "add", "Ana", "--role", "admin", typed=typed)
        assert "ana may sign in as admin" in told
        await server.runtime.directory.look()
        assert (await server.http.get("/api/calls")).status_code == 401
        answer = await server.http.post("/api/session", json={"login": "ana", "password": PASSWORD})
        assert answer.status_code == 204
        assert "127.0.0.1" in await asyncio.to_thread(users, tmp_path, "sessions", "ana")
        assert "1 sessions ended" in await asyncio.to_thread(users, tmp_path, "sessions", "ana", "--end")
        await server.runtime.directory.look()
        assert (await server.http.get("/api/people")).status_code == 401


def test_people_are_added_listed_changed_disabled_and_reset(tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="first person"):
        users(tmp_path, "add", "ben", "--role", "agent", "--link")
    assert "/reset?token=" in users(tmp_path, "add", "ana", "--role", "admin", "--link")
    users(tmp_path, "add", "ben", "--role", "agent", "--team", "returns", "--name", "Ben Ode", "--link")
    users(tmp_path, "roles", "ben", "--role", "reviewer", "--role", "agent", "--team", "*")
    users(tmp_path, "disable", "ben")
    assert "/reset?token=" in users(tmp_path, "reset", "ben")
    ana, ben = json.loads(users(tmp_path, "list", "--json"))
    assert ana["roles"] == ["admin"]
    assert ben == {
        "login": "ben", "name": "Ben Ode", "roles": ["agent", "reviewer"], "teams": ["*"], "disabled": True,
        "totp": False, "last_seen_at": None,
    }  # fmt: skip
    assert "Ben Ode" in users(tmp_path, "list")
    with pytest.raises(ConfigError, match="there is no role 'boss'"):
        users(tmp_path, "roles", "ben", "--role", "boss")
    with pytest.raises(ConflictError, match="only admin"):
        users(tmp_path, "disable", "ana")


@pytest.mark.parametrize(("typed", "told"), [("short\nshort\n", "10 to 200 characters")])
def test_password_that_is_too_short_is_refused(tmp_path: Path, typed: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        users(tmp_path, "add", "ana", "--role", "admin", typed=typed)
