"""Keys of phone systems and other programs: told once, stored as hashes, and what ends with one."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets
from structlog.testing import capture_logs
from typer.testing import CliRunner
from websockets.asyncio.client import ClientConnection

from tests.fakes.whip_client import Tones, publishing
from tests.shell.people import add_person, browser_of, cookie_of, make_key, with_key
from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for, silence, whole_call
from voiceassist.app import running
from voiceassist.cli import app
from voiceassist.errors import ConfigError, ConflictError, UnknownNameError
from voiceassist.people import directory as directory_module
from voiceassist.server.sockets import CLOSE_SESSION_ENDED

HOUR_US = 3_600_000_000


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Somebody signs in there."""
    async with serving(settings_for(tmp_path)) as running_server:
        await add_person(running_server, "root", "admin")
        yield running_server


@pytest_asyncio.fixture
async def root(server: Serving) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(server, "root") as browser:
        yield browser


async def made(root: httpx.AsyncClient, *scopes: str, **given: Any) -> dict[str, Any]:
    answer = await root.post("/api/keys", json={"name": "pbx", "scopes": scopes} | given)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def said_last(socket: ClientConnection) -> tuple[str, int]:
    """The code of the error, and the close code after it."""
    code = ""
    try:
        async for message in socket:
            code = json.loads(message).get("code", code)
    except websockets.ConnectionClosed:
        pass
    assert socket.close_code is not None
    return code, socket.close_code


def stored_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("voiceassist.db*"))


async def test_a_secret_is_told_once_and_stored_as_a_hash(root: httpx.AsyncClient, tmp_path: Path) -> None:
    told = await made(root, "events", "ingest")
    secret, key = told["secret"], told["key"]
    assert secret.startswith("va_")
    assert len(secret) > 40
    assert key["scopes"] == ["ingest", "events"]
    assert (key["created_by"], key["expires_at"], key["last_used_at"], key["revoked_at"]) == ("root", *[None] * 3)
    listed = await root.get("/api/keys")
    assert listed.json() == [key]
    assert secret not in listed.text
    stored = await asyncio.to_thread(stored_in, tmp_path)
    assert key["id"].encode() in stored
    assert secret.encode() not in stored


async def test_once_people_sign_in_a_phone_system_needs_a_key_with_ingest(
    server: Serving, root: httpx.AsyncClient
) -> None:
    secret = (await made(root, "ingest"))["secret"]
    other = (await made(root, "read:calls", name="other"))["secret"]
    url = server.socket_url("/ingest/stream")
    for headers, status, told_in in (
        (None, 401, b"scope `ingest`"),
        (with_key("va_guessed"), 401, b"this key is none"),
        (with_key(other), 403, b"scope `ingest`"),
    ):
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with websockets.connect(url, additional_headers=headers):
                pass
        assert refused.value.response.status_code == status
        assert told_in in refused.value.response.body
    async with calling(server, "c-1", with_key(secret)) as phone:
        await begin(server, "c-1", phone)
    told = await server.http.get("/api/calls", headers=with_key(other))
    assert [call["call_id"] for call in told.json()["calls"]] == ["c-1"]
    refusal = await server.http.get("/api/people", headers=with_key(other))
    assert (refusal.status_code, refusal.json()["message"]) == (403, "this is for people, not for keys")


async def test_calls_and_sockets_of_a_revoked_key_end_at_once_and_the_call_may_go_on_with_another(
    server: Serving, root: httpx.AsyncClient
) -> None:
    told = await made(root, "ingest", "events")
    key = with_key(told["secret"])
    wall_url = server.socket_url("/api/wall/socket")
    async with (
        calling(server, "c-1", key) as phone,
        websockets.connect(wall_url, additional_headers=key) as wall,
    ):
        await begin(server, "c-1", phone)
        assert (await root.delete(f"/api/keys/{told['key']['id']}")).status_code == 204
        assert await said_last(phone) == ("rights_ended", 4401)
        assert await said_last(wall) == ("session_ended", CLOSE_SESSION_ENDED)
    assert (await root.get("/api/keys")).json()[0]["revoked_at"]
    again = await root.delete(f"/api/keys/{told['key']['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "unknown_key")
    assert (await server.http.get("/api/calls", headers=key)).status_code == 401
    new = with_key((await made(root, "ingest"))["secret"])
    async with calling(server, "c-2", new) as phone:
        await begin(server, "c-2", phone)


async def test_an_expired_key_lets_nobody_in_and_ends_what_it_holds_open(
    server: Serving, root: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    told = await made(root, "ingest", "read:calls", expires_at=at.isoformat())
    key = with_key(told["secret"])
    async with calling(server, "c-1", key) as phone:
        await begin(server, "c-1", phone)
        assert (await server.http.get("/api/calls", headers=key)).status_code == 200
        later = directory_module.now_us() + HOUR_US
        monkeypatch.setattr(server.runtime.directory, "now_us", lambda: later)
        assert await said_last(phone) == ("rights_ended", 4401)
        refused = await server.http.get("/api/calls", headers=key)
        assert (refused.status_code, "has expired" in refused.json()["message"]) == (401, True)


async def test_last_use_is_kept_with_one_write_however_many_requests_there_were(
    server: Serving, root: httpx.AsyncClient
) -> None:
    told = await made(root, "read:calls")
    directory = server.runtime.directory
    for _ in range(5):
        await server.http.get("/api/calls", headers=with_key(told["secret"]))
    assert (await root.get("/api/keys")).json()[0]["last_used_at"] >= told["key"]["created_at"]
    (stored,) = await directory.key_ring.keys.all()
    assert stored.used_us is None
    await directory.save()
    (stored,) = await directory.key_ring.keys.all()
    assert stored.used_us


async def test_last_use_is_stored_when_the_server_stops(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        secret = await make_key(server, "read:calls")
        await server.http.get("/api/calls", headers=with_key(secret))
    async with running(settings_for(tmp_path)) as runtime:
        assert runtime.directory.key_ring.all()[0].used_us


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"scopes": []}, "bad_field"),
        ({"scopes": ["everything"]}, "bad_field"),
        ({"name": " "}, "bad_field"),
        ({"name": "a\u0007b"}, "bad_field"),
        ({"name": "x" * 101}, "bad_field"),
        ({"expires_at": "2026-11-01T00:00:00"}, "bad_field"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expired_already"),
    ],
)
async def test_a_key_that_cannot_be_is_refused(
    server: Serving, root: httpx.AsyncClient, wanted: dict[str, Any], code: str
) -> None:
    answer = await root.post("/api/keys", json={"name": "pbx", "scopes": ["ingest"]} | wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not server.runtime.directory.key_ring.all()


async def test_two_keys_that_hold_have_different_names(root: httpx.AsyncClient) -> None:
    told = await made(root, "ingest")
    taken = await root.post("/api/keys", json={"name": "pbx", "scopes": ["events"]})
    assert (taken.status_code, taken.json()["code"]) == (409, "key_name_taken")
    await root.delete(f"/api/keys/{told['key']['id']}")
    assert (await made(root, "events"))["key"]["name"] == "pbx"


async def test_a_key_counts_and_not_the_cookie_beside_it(root: httpx.AsyncClient) -> None:
    secret = (await made(root, "read:calls"))["secret"]
    assert (await root.get("/api/people", headers=with_key(secret))).status_code == 403
    assert (await root.get("/api/people", headers=with_key("va_guessed"))).status_code == 401
    assert (await root.get("/api/calls", headers=with_key(secret))).status_code == 200


async def test_what_a_key_publishes_is_signed_with_its_name(server: Serving, root: httpx.AsyncClient) -> None:
    key = with_key((await made(root, "playbooks", name="deploy"))["secret"])
    server.http.timeout = httpx.Timeout(60)  # the playbook's process starts
    draft = (await server.http.post("/api/playbooks", json={"name": "mine", "from": "retail"}, headers=key)).json()
    wanted = {"revision": draft["revision"], "note": "first"}
    published = await server.http.post("/api/playbooks/mine/publish", json=wanted, headers=key)
    assert published.json()["author"] == "key deploy"


async def test_making_and_revoking_stands_in_the_audit(root: httpx.AsyncClient) -> None:
    told = await made(root, "ingest", expires_at="2100-01-01T00:00:00Z")
    await root.delete(f"/api/keys/{told['key']['id']}")
    entries = (await root.get("/api/audit?what=key")).json()["entries"]
    assert [(entry["who"], entry["what"]) for entry in entries] == [("root", "key.revoked"), ("root", "key.made")]
    assert entries[1]["detail"] == {
        "key": told["key"]["id"],
        "name": "pbx",
        "scopes": ["ingest"],
        "expires_at": "2100-01-01T00:00:00+00:00",
    }
    assert told["secret"] not in json.dumps(entries)


async def test_on_an_open_server_a_key_that_ended_is_refused_too(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        key = (await server.http.post("/api/keys", json={"name": "pbx", "scopes": ["ingest"]})).json()
        headers = with_key(key["secret"])
        async with calling(server, "c-1", headers) as phone:
            await begin(server, "c-1", phone)
            await server.http.delete(f"/api/keys/{key['key']['id']}")
            assert await said_last(phone) == ("rights_ended", 4401)
        with pytest.raises(websockets.InvalidStatus):
            async with calling(server, "c-2", headers):
                pass
        await whole_call(server, "c-3")


async def test_a_call_of_the_open_server_goes_on_when_somebody_is_added(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server, calling(server, "c-1") as phone:
        await begin(server, "c-1", phone)
        await add_person(server, "root", "admin")
        await phone.send(silence(0.02))
        assert (await hang_up(phone))["type"] == "stopped"
        with pytest.raises(websockets.InvalidStatus):
            async with calling(server, "c-2"):
                pass


async def test_the_single_token_still_lets_phone_systems_in_and_is_warned_of(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with (
            serving(settings_for(tmp_path, ingest_token="s3cret")) as server,
            calling(server, "c-1", with_key("s3cret")) as phone,
        ):
            await begin(server, "c-1", phone)
            await add_person(server, "root", "admin")
            await phone.send(silence(0.02))
            assert (await hang_up(phone))["type"] == "stopped"
    assert [entry for entry in logs if "voiceassist keys add" in entry["event"]]
    assert "s3cret" not in str(logs)


def keys(tmp_path: Path, *arguments: str) -> str:
    ran = CliRunner().invoke(app, ["keys", *arguments, "--data-dir", str(tmp_path)])
    if ran.exception:
        raise ran.exception
    return ran.stdout


async def test_a_running_server_follows_what_the_command_changes(server: Serving, tmp_path: Path) -> None:
    secret = await asyncio.to_thread(keys, tmp_path, "add", "reports", "--scope", "read:calls", "--days", "30")
    headers = with_key(secret.strip())
    await server.runtime.directory.look()
    assert (await server.http.get("/api/calls", headers=headers)).status_code == 200
    told = await asyncio.to_thread(keys, tmp_path, "revoke", "reports")
    assert told == "Key reports is revoked.\n"
    await server.runtime.directory.look()
    assert (await server.http.get("/api/calls", headers=headers)).status_code == 401


def test_keys_are_made_listed_and_revoked_by_command(tmp_path: Path) -> None:
    assert keys(tmp_path, "add", "pbx", "--scope", "ingest").startswith("va_")
    keys(tmp_path, "add", "reports", "--scope", "events", "--scope", "read:calls", "--days", "1")
    pbx, reports = json.loads(keys(tmp_path, "list", "--json"))
    assert (pbx["scopes"], pbx["expires_at"], pbx["last_used_at"]) == (["ingest"], None, None)
    assert reports["scopes"] == ["read:calls", "events"]
    assert reports["expires_at"]
    keys(tmp_path, "revoke", pbx["id"])
    shown = keys(tmp_path, "list")
    assert "revoked" in shown
    assert pbx["id"] in shown
    with pytest.raises(UnknownNameError, match="could be revoked"):
        keys(tmp_path, "revoke", "pbx")
    with pytest.raises(ConflictError, match="another name"):
        keys(tmp_path, "add", "reports", "--scope", "ingest")
    with pytest.raises(ConfigError, match="there is no scope 'all'"):
        keys(tmp_path, "add", "other", "--scope", "all")


@pytest.mark.realtime
async def test_who_is_signed_in_speaks_into_the_microphone_as_themselves_until_they_sign_out(
    tmp_path: Path,
) -> None:
    async with serving(settings_for(tmp_path, demo=False)) as server:
        await add_person(server, "ana", "agent", teams=("sales",))
        await add_person(server, "ben", "agent")
        await add_person(server, "rob", "reviewer")
        whip = server.runtime.whip
        query = "call_id=mic-1&leg=agent&agent_id=boss&agent_team=board"
        async with browser_of(server, "rob") as rob, publishing(rob, Tones(440), query) as refused:
            assert refused.response.status_code == 403
        async with browser_of(server, "ana") as ana, publishing(ana, Tones(440), query) as published:
            assert published.response.status_code == 201
            (session,) = whip.sessions.values()
            assert session.publisher.feed.info.agent.id == "ana"
            assert (session.publisher.feed.info.agent.name, session.publisher.feed.info.agent.team) == (
                "Ana",
                "sales",
            )
            async with browser_of(server, "ben") as ben:
                async with publishing(ben, Tones(440), "call_id=mic-1&leg=customer") as other:
                    assert (other.response.status_code, other.response.json()["code"]) == (404, "unknown_call")
                location = published.response.headers["location"]
                for theirs in (ben.delete(location), ben.patch(location)):
                    told = await theirs
                    assert (told.status_code, told.json()["code"]) == (403, "not_theirs")
                assert (await ben.post("/api/calls/mic-1/actions", json={})).status_code == 404
            await ana.delete("/api/session", headers=cookie_of(ana))
            await session.gone.wait()
            assert session.end_reason == "interrupted"
