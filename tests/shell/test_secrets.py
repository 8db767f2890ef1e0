"""Passwords, tokens and session cookies stand in no log, no answer, no dump of settings and no process title."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields, replace
from io import StringIO
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
import websockets

from tests.shell.people import add_person, browser_of
from tests.shell.serving import Serving, begin, hang_up, serving, settings_for, start_message
from voiceassist.config import is_secret, load_settings
from voiceassist.errors import ConfigError
from voiceassist.logs import configure_logs
from voiceassist.server.auth import COOKIE

# Each stands for one kind of secret, and is found by its name wherever it turns up.
PASSWORD, WRONG, BROKER, TOKEN = "pass-SECRET-1", "wrong-SECRET-2", "broker-SECRET-3", "ingest-SECRET-4"

TELLING = (
    "/api/people",
    "/api/keys",
    "/api/audit",
    "/api/status",
    "/metrics",
    "/api/sessions",
    "/api/admin/engines",
)


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    settings = settings_for(tmp_path / "data", ingest_token=TOKEN)
    broker = replace(settings.mqtt, host="127.0.0.1", port=1, username="u", password=BROKER)
    async with serving(replace(settings, mqtt=broker)) as running:
        yield running


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Every line of ours and of the libraries, as the server writes it."""
    before, lines = structlog.get_config(), StringIO()
    configure_logs("json")
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(lines)
    yield lines
    structlog.configure(**before)
    logging.basicConfig(level=logging.WARNING, force=True)


async def test_no_secret_stands_in_a_log_or_an_answer(logged: StringIO, server: Serving) -> None:
    secrets = {PASSWORD, WRONG, BROKER, TOKEN}
    answers: list[str] = []
    await add_person(server, "root", "admin")
    await add_person(server, "ana", "agent")
    async with browser_of(server, "root") as admin:
        secrets.add(admin.cookies[COOKIE])
        link = (await admin.post("/api/people/ana/reset")).json()["link"]
        reset = link.partition("token=")[2]
        secrets.add(reset)
        wanted = {"name": "pbx", "scopes": ["ingest"], "expires_at": None}
        key = (await admin.post("/api/keys", json=wanted)).json()["secret"]
        secrets.add(key)
        for path, body in (
            ("/api/reset", {"token": reset, "password": PASSWORD}),
            ("/api/reset", {"token": reset, "password": WRONG}),
            ("/api/setup", {"token": reset, "login": "eve", "name": "Eve", "password": WRONG}),
            ("/api/session", {"login": "ana", "password": WRONG}),
            ("/api/session", {"login": "ana", "password": PASSWORD}),
            ("/api/session", {"login": "ana", "password": PASSWORD, "unknown": WRONG}),
            ("/api/session", {"login": "ana", "password": [WRONG]}),
            ("/api/session", {"login": "ana", "password": WRONG * 30}),
        ):
            answer = await server.http.post(path, json=body)
            secrets |= set(answer.cookies.values())
            answers.append(answer.text)
        answers.append((await server.http.post("/api/session", content=f'{{"password": "{WRONG}"')).text)
        answers += [(await admin.get(path)).text for path in TELLING]
        answers.append((await admin.patch("/api/me", json={"password": {"old": WRONG, "new": "x"}})).text)
    answers.append(await talk(server, TOKEN))
    answers += [await talk(server, WRONG), await talk(server, key, "c-2")]
    async with websockets.connect(server.socket_url(f"/ingest/stream/{key}")) as socket:
        await socket.send("not a start")
        answers.append(str(await socket.recv()))
    log = logged.getvalue()
    assert "ready" in log, "the log was looked at"
    for secret in secrets:
        assert secret not in "".join(answers), f"{secret} is in an answer"
        assert secret not in log, f"{secret} is in the log"


async def talk(server: Serving, token: str, call_id: str = "c-1") -> str:
    """What a phone system with this token is told."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with websockets.connect(server.socket_url("/ingest/stream"), additional_headers=headers) as phone:
            await phone.send(json.dumps(start_message(call_id)))
            told = str(await phone.recv())
            await begin(server, call_id, phone)
            return told + json.dumps(await hang_up(phone))
    except websockets.InvalidStatus as refused:
        return (refused.response.body or b"").decode()


async def test_a_failure_of_ours_logs_where_and_not_with_what(
    logged: StringIO, server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_person(server, "ana", "agent")
    monkeypatch.setattr("voiceassist.server.sign_in.is_password", None)
    answer = await server.http.post("/api/session", json={"login": "ana", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (500, "our_mistake")
    log = logged.getvalue()
    assert "is not callable" in log
    assert PASSWORD not in log + answer.text


def test_no_secret_stands_in_a_dump_of_the_settings() -> None:
    settings = load_settings(environment={"VOICEASSIST_MQTT__PASSWORD": BROKER, "VOICEASSIST_INGEST_TOKEN": TOKEN})
    dumped = json.dumps(settings.described()) + repr(settings) + str(settings)
    assert BROKER not in dumped
    assert TOKEN not in dumped
    shown = [one.name for part in (settings, settings.mqtt) for one in fields(part) if one.repr]
    assert not [name for name in shown if is_secret(name)], "new ones need `repr=False`"


@pytest.mark.parametrize(
    "environment",
    [
        {"VOICEASSIST_INGEST_TOKEN": TOKEN, "VOICEASSIST_PORT": "x"},
        {"VOICEASSIST_INGEST_TOKENS": TOKEN},
        {"VOICEASSIST_MQTT__PASSWORD": BROKER, "VOICEASSIST_MQTT__PORT": "x"},
        {"VOICEASSIST_MQTT__PASSWORDS": BROKER},
    ],
)
def test_no_secret_stands_in_an_error_about_the_settings(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(environment=environment)
    assert TOKEN not in str(caught.value)
    assert BROKER not in str(caught.value)


def test_a_secret_of_the_wrong_type_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "voiceassist.toml"
    file.write_text(f'ingest_token = ["{TOKEN}"]\n')
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {})
    assert TOKEN not in str(caught.value)


def test_no_command_takes_a_secret_on_its_line_where_every_user_of_the_machine_sees_it() -> None:
    for command in (["serve"], ["demo"], ["users", "add"], ["users", "reset"]):
        run = [sys.executable, "-m", "voiceassist", *command, "--help"]
        told = subprocess.run(run, capture_output=True, text=True, check=True, env=os.environ)
        options = [word for word in told.stdout.split() if word.startswith("--")]
        assert options
        assert not [one for one in options if is_secret(one)], command
