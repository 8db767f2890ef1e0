"""Which node has a call, and what a store does whose file is deleted, replaced or does not answer."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from tests.shell import store_records as make
from tests.shell.serving import calling, hang_up, serving, settings_for
from voiceassist import runtime as runtime_module
from voiceassist.errors import StoreError
from voiceassist.store.recovery import recover
from voiceassist.store.schema import call_claims, calls
from voiceassist.store.store import Store, open_store


async def claims(store: Store) -> dict[str, str]:
    wanted = select(call_claims.c.call_id, call_claims.c.node_id)
    return await store._database.read(lambda c: {row[0]: row[1] for row in c.execute(wanted)})


async def nodes(store: Store) -> dict[str, str]:
    wanted = select(calls.c.call_id, calls.c.node_id)
    return await store._database.read(lambda c: {row[0]: row[1] for row in c.execute(wanted)})


async def test_call_is_claimed_by_its_node_from_its_first_record_to_its_last(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "calls.db", "north")
    await store.append(make.call("x", make.said("hello")))
    await store.append(make.call("y"))
    assert await claims(store) == {"x": "north", "y": "north"}
    await store.append([make.record("x", 3, make.ended())])
    assert await claims(store) == {"y": "north"}
    assert await nodes(store) == {"x": "north", "y": "north"}
    with pytest.raises(StoreError, match="another call of that id is live"):
        await store.append(make.call("y"))
    await store.close()


async def test_recovery_ends_the_calls_of_its_own_node_and_a_node_that_is_alone_ends_all(tmp_path: Path) -> None:
    for node in ("north", "south", ""):
        store = await open_store(tmp_path / "calls.db", node)
        await store.append(make.call(f"of {node}"))
        await store.close()
    store = await open_store(tmp_path / "calls.db", "north")
    assert [record.call_id for record in await recover(store)] == ["of north", "of "]
    assert await claims(store) == {"of south": "south"}
    assert [record.call_id for record in await recover(store, alone=True)] == ["of south"]
    assert await claims(store) == {}
    await store.close()


@pytest.mark.parametrize("what", ["deleted", "replaced"])
async def test_calls_in_a_file_that_lost_its_name_are_kept_and_rescued(tmp_path: Path, what: str) -> None:
    path = tmp_path / "calls.db"
    store = await open_store(path)
    await store.append(make.call("before"))
    assert await store.trouble() == ""
    path.unlink()
    if what == "replaced":
        path.write_bytes(b"")
    with capture_logs() as lines:
        await store.append(make.call("after", make.said("still here")))
        assert store.is_missing()
        await store.append(make.call("later"))
        assert f"{path} was {what} while voiceassist was using it" in await store.trouble()
        assert len((await store.calls()).calls) == 3
        await store.close()
    assert [line["event"] for line in lines] == ["database file is missing", "calls were rescued"]
    rescued = await open_store(tmp_path / "calls.db.rescued")
    assert len((await rescued.calls("still")).calls) == 1
    assert len((await rescued.calls()).calls) == 3
    await rescued.close()


async def test_disk_that_never_answers_is_told_to_readers_and_lets_the_store_be_closed(tmp_path: Path) -> None:
    store, began, hung = await open_store(tmp_path / "calls.db"), asyncio.Event(), asyncio.Event()
    loop, database = asyncio.get_running_loop(), store._database
    database.answer_within_s = 0

    def hang(_connection: object) -> None:
        loop.call_soon_threadsafe(began.set)
        asyncio.run_coroutine_threadsafe(hung.wait(), loop).result()

    writing = database.transaction(hang)
    await began.wait()
    with pytest.raises(StoreError, match=r"calls\.db: the disk has not answered for 0 s"):
        await database.write(lambda _connection: None)
    await store._writer.close(within_s=0)
    await database.close(within_s=0)
    hung.set()
    await writing


async def test_peer_does_not_wait_for_a_disk_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_module, "KNOWN_WITHIN_S", 0)
    async with serving(settings_for(tmp_path)) as server, calling(server, "c-1") as phone:
        assert not server.runtime.claim("c-1")
        assert (await hang_up(phone))["type"] == "stopped"
