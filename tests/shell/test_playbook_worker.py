"""The process for playbook work: it comes when it is needed, and nothing that happens to it reaches a call."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.shell.gates import die, fail_badly, gate_in, never_end, wait_at
from tests.shell.serving import serving, settings_for, whole_call
from tests.shell.test_playbook_versions import SMALL
from voiceassist import app
from voiceassist.core.cues import screens
from voiceassist.core.playbook.model import GENERAL
from voiceassist.errors import ConflictError, PlaybookError
from voiceassist.events import CallEnded, Speaker
from voiceassist.playbook_worker import work
from voiceassist.playbook_worker.work import PlaybookText
from voiceassist.playbook_worker.worker import WAITING, PlaybookWorker
from voiceassist.yamltext.json_edits import Edit, EditError

PATIENCE_S = 120.0  # of tests in which nothing is stopped for being late


@pytest.fixture
async def worker() -> AsyncIterator[PlaybookWorker]:
    with closing(PlaybookWorker(limit_s=PATIENCE_S)) as one:
        yield one


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


async def test_no_process_runs_until_somebody_needs_it(worker: PlaybookWorker) -> None:
    assert worker.process_id is None
    assert await worker.run(os.getpid) == worker.process_id
    assert await worker.run(os.getpid) == worker.process_id


async def test_a_sentence_is_tried_there_with_the_result_it_has_here(worker: PlaybookWorker) -> None:
    source = PlaybookText(SMALL, "small", 3)
    turns: list[tuple[Speaker, str]] = [("customer", "a refund"), ("agent", "we can't do that")]
    there = await worker.run(work.tried, source, turns, "standard", "2026-11-28")
    assert there == work.tried(source, turns, "standard", "2026-11-28")
    assert [cue.kind for cue in there.cues] == ["refusal"]
    assert there.topic is not None
    assert there.topic.policy.id == GENERAL


async def test_what_was_prepared_is_compiled_when_a_draft_of_it_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = work.builtin_text("banking")
    work.prepared(PlaybookText(text, "banking", 1))
    work.prepared(PlaybookText("name: 7", "broken", 1))  # is left alone
    sets = list[int]()
    monkeypatch.setattr(screens, "_set_of", lambda expressions: sets.append(len(expressions)))
    work.compiled(PlaybookText(text + "# a draft\n", "banking"))
    assert sets == []


async def test_an_error_comes_back_as_it_was_raised(worker: PlaybookWorker) -> None:
    with pytest.raises(PlaybookError) as here:
        work.header(PlaybookText("name: 7", "x"))
    with pytest.raises(PlaybookError) as there:
        await worker.run(work.header, PlaybookText("name: 7", "x"))
    assert str(there.value) == str(here.value)
    with pytest.raises(EditError, match="there is no 'nowhere'") as edit:
        await worker.run(work.edited, SMALL, [Edit(op="remove", path=("nowhere", "at all"))])
    assert edit.value.code == "bad_edit"


async def test_a_process_that_was_killed_is_replaced_by_the_next_request(worker: PlaybookWorker) -> None:
    killed = await worker.run(os.getpid)
    os.kill(killed, signal.SIGKILL)
    assert await worker.run(os.getpid) != killed


@pytest.mark.parametrize("harm", [die, fail_badly])
async def test_work_that_ends_the_process_is_an_error_of_its_own_alone(worker: PlaybookWorker, harm: type) -> None:
    with pytest.raises(ConflictError, match="ended unexpectedly") as error:
        await worker.run(harm)
    assert error.value.code == "worker_ended"
    assert await worker.run(work.document, "a: 1") == {"a": 1}


async def test_work_that_does_not_end_is_stopped_and_the_next_is_done() -> None:
    with closing(PlaybookWorker(limit_s=3.0)) as worker:
        first = await worker.run(os.getpid)
        with pytest.raises(PlaybookError, match="longer than 3 seconds and was stopped"):
            await worker.run(never_end)
        assert await worker.run(os.getpid) != first
        assert not is_running(first)


async def test_closing_ends_the_process_in_the_midst_of_work() -> None:
    worker = PlaybookWorker(limit_s=PATIENCE_S)
    process_id = await worker.run(os.getpid)
    endless = asyncio.create_task(worker.run(never_end))
    waiting = asyncio.create_task(worker.run(os.getpid))
    await asyncio.sleep(0)  # both are asked for
    worker.close()
    results = await asyncio.gather(endless, waiting, return_exceptions=True)
    assert all(isinstance(result, BaseException) for result in results)
    assert not is_running(process_id)
    with pytest.raises(ConflictError, match="is stopping"):
        await worker.run(os.getpid)


async def test_calls_go_on_while_playbook_work_is_stuck_and_more_of_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = gate_in(tmp_path)
    with closing(PlaybookWorker(limit_s=PATIENCE_S)) as worker:
        monkeypatch.setattr(app, "PlaybookWorker", lambda: worker)
        async with serving(settings_for(tmp_path / "data")) as server:
            stuck = [asyncio.create_task(worker.run(wait_at, gate))]
            stuck += [asyncio.create_task(worker.run(work.builtin_text, "retail")) for _ in range(WAITING - 1)]
            await asyncio.sleep(0)  # all of them are asked for
            await whole_call(server, "c-1")
            records = await server.runtime.store.records("c-1")
            assert isinstance(records[-1].event, CallEnded)
            refused = await server.http.get("/api/playbooks")
            assert (refused.status_code, refused.json()["code"]) == (409, "playbooks_busy")
            assert not any(task.done() for task in stuck)
            await asyncio.to_thread(gate.write_text, "open")
            assert (await asyncio.gather(*stuck))[0] == "open"
            assert (await server.http.get("/api/playbooks", timeout=PATIENCE_S)).status_code == 200
