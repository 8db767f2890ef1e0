"""What has been kept for as long as it may be is deleted, no word of it stays, and everything else stays whole."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from tests.shell import store_records as make
from tests.shell.people import add_person, browser_of
from tests.shell.serving import begin, calling, hang_up, serving, settings_for
from voiceassist.cli import app
from voiceassist.core.screen.state import apply
from voiceassist.errors import ConflictError, PeerError, StoreError
from voiceassist.events import EVENT_CLASSES, Event, NoteAdded, PartDeleted, Partial, PromiseHeard, Record
from voiceassist.retention import Keeping, is_time, plan, run, watch
from voiceassist.store.audit import AuditFilter
from voiceassist.store.database import DATABASE
from voiceassist.store.erasure import RemovedRecordings, remove_recordings
from voiceassist.store.fact_feed import sizes
from voiceassist.store.past_calls import newest_calls
from voiceassist.store.recordings import recording_path
from voiceassist.store.retention_queries import DeletedCounts, RetentionRule, RetentionState, next_run
from voiceassist.store.schema import calls
from voiceassist.store.store import Store, opened_store
from voiceassist.store.wordless import ALSO_WORDS, ONLY_WORDS

NOW = datetime.now(UTC)
SAID, NOTED, MARKED = "zanzibarish", "quokkaville", "xylophonic"  # in what is deleted
KEPT = "marmaladeshire"


def days_ago(days: int) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def wordy_call(call_id: str, word: str, *, days: int, team: str = "") -> list[Record]:
    """A call with its words in every event that may have any."""
    note = f"they live in {NOTED if word == SAID else word}"
    marked = replace(make.false_alarm("c1", by="Sue"), said=f"{MARKED if word == SAID else word} I cannot")
    events: list[Event] = [
        *(make.said(f"my name is {word} number {n}", at_ms=n * 100, utterance=n) for n in range(1, 20)),
        replace(make.cue("c1"), words=f"no {word}"),
        replace(make.prompt("p1"), why=replace(make.WHY, words=f"why {word}")),
        replace(make.alert("a1", "warning"), quote=f"quote {word}", why=replace(make.WHY, words=word)),
        make.refusal_closed("c1", "recovered"),
        PromiseHeard(at_ms=2500, utterance=3, words=f"by friday {word}", when="by friday", start_ms=0, end_ms=9),
        make.ended(),
        replace(make.alert_changed("a1", "acknowledged"), note=note),
        marked,
        NoteAdded(at_ms=5000, by="Sue", text=note),
    ]
    first, *rest = make.call(call_id, *events, started_at=days_ago(days))
    assert isinstance(first.event, type(make.started()))
    agent = replace(first.event.agent, team=team)
    return [replace(first, event=replace(first.event, agent=agent)), *rest]


async def fill(store: Store, folder: Path) -> None:
    """An old call of team returns, one of sales, and a young one; each with a recording."""
    (folder / "recordings").mkdir(exist_ok=True)
    for call_id, word, days, team in (
        ("old", SAID, 100, "returns"),
        ("sold", KEPT, 100, "sales"),
        ("young", KEPT, 2, "returns"),
    ):
        await store.append(wordy_call(call_id, word, days=days, team=team))
        recording_path(folder / "recordings", call_id).write_bytes(f"{word} as sound".encode())


def keeping_for(store: Store, folder: Path, *, busy: Sequence[str] = ()) -> Keeping:
    async def remove(call_ids: Sequence[str]) -> RemovedRecordings:
        return remove_recordings(folder / "recordings", call_ids)

    async def erase(call_id: str) -> None:
        await store.erase([call_id], remove, by="voiceassist", is_step=True)

    @contextmanager
    def taking(call_id: str) -> Iterator[None]:
        if call_id in busy:
            raise ConflictError("call_live", "it goes on")
        yield

    return Keeping(
        store=store,
        remove=remove,
        path_of=partial(recording_path, folder / "recordings"),
        erase=erase,
        taking=taking,
        publish=lambda _record: None,
        sleep=lambda _seconds: asyncio.sleep(0),
    )


def rule(kind: str, days: int | None, team: str | None = None) -> RetentionRule:
    assert kind in ("audio", "transcript", "events")
    return RetentionRule(team=team, kind=kind, days=days)  # type: ignore[arg-type]  # just checked


def holding(folder: Path, word: str) -> list[str]:
    """Files of the folder that have the word; the index leaves out its beginning where the one before has it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if word[3:].encode() in path.read_bytes().lower()]


async def whats(store: Store, first: str) -> list[tuple[str, str]]:
    """Entries of the audit, the oldest first."""
    page = await store.audit_page(AuditFilter(limit=50, what=first))
    return [(entry.what, entry.call_id) for entry in reversed(page.entries)]


async def test_no_word_of_a_deleted_transcript_stays_in_the_folder(tmp_path: Path) -> None:
    async with opened_store(tmp_path / DATABASE) as store:
        await fill(store, tmp_path)
        assert all(holding(tmp_path, word) for word in (SAID, NOTED, MARKED))
        before = await store.state("old")
        await store.retention.set_rules([rule("transcript", 30), rule("audio", 30)], by="ana")
        keeping = keeping_for(store, tmp_path)
        planned = await plan(keeping)
        done = await run(keeping)
        assert (planned.audio, planned.transcript, planned.events, planned.held) == (2, 2, 0, 0)
        assert done.deleted == DeletedCounts(audio=2, transcript=2, events=0)
        assert [holding(tmp_path, word) for word in (SAID, NOTED, MARKED)] == [[], [], []]  # while it is open
        assert (await store.calls(SAID)).calls == ()
        assert [call.call_id for call in (await store.calls(KEPT)).calls] == ["young"]
        after = await store.state("old")
        assert before
        assert after
        assert ([part.part for part in after.deleted], after.finals) == (["audio", "transcript"], ())
        assert (after.status, after.at_ms, after.end_reason) == (before.status, before.at_ms, "hangup")
        assert len((await store.calls()).calls) == 3
    assert [holding(tmp_path, word) for word in (SAID, NOTED, MARKED)] == [[], [], []]
    assert newest_calls(tmp_path / DATABASE, "en", None) == ["young"]  # nothing can be re-run without words


async def test_an_open_review_comes_to_show_what_a_new_one_shows(tmp_path: Path) -> None:
    told: list[Record] = []
    async with opened_store(tmp_path / DATABASE) as store:
        await fill(store, tmp_path)
        state = await store.state("old")
        await store.retention.set_rules([rule("transcript", 30), rule("audio", 30)], by="ana")
        await run(replace(keeping_for(store, tmp_path), publish=told.append))
        assert state
        for record in told:
            state = apply(state, record) if record.call_id == "old" else state
        assert state == await store.state("old")


async def test_a_whole_call_goes_with_its_counts_and_the_audit_says_so(tmp_path: Path) -> None:
    async with opened_store(tmp_path / DATABASE) as store:
        await fill(store, tmp_path)
        await store.retention.set_rules([rule("events", 30), rule("audio", 30)], by="ana")
        keeping = keeping_for(store, tmp_path)
        planned = await plan(keeping)
        assert (planned.audio, planned.events, planned.oldest) == (0, 2, days_ago(100))
        assert planned.bytes == len(f"{SAID} as sound") + len(f"{KEPT} as sound")
        done = await run(keeping)
        assert done.deleted == DeletedCounts(events=2)
        assert [call.call_id for call in (await store.calls()).calls] == ["young"]
        assert [path.name for path in (tmp_path / "recordings").iterdir()] == ["young.ogg"]
        assert holding(tmp_path, SAID) == []
        counts = await store._database.read(sizes)
        await store.rebuild_facts()
        assert await store._database.read(sizes) == counts
        assert await whats(store, "call") == [("call.deleted", "old"), ("call.deleted", "sold")]
        assert [what for what, _ in await whats(store, "retention")] == [
            *("retention.changed", "retention.began", "retention.ran")
        ]
        page = await store.audit_page(AuditFilter(limit=1, what="retention.ran"))
        assert page.entries[0].detail == {"deleted": {"audio": 0, "transcript": 0, "events": 2}, "held": 0}


async def test_a_team_has_its_own_rule_and_the_others_that_of_all(tmp_path: Path) -> None:
    async with opened_store(tmp_path / DATABASE) as store:
        await fill(store, tmp_path)
        rules = [rule("events", 1), rule("events", None, "returns"), rule("events", 365, "sales")]
        await store.retention.set_rules(rules, by="ana")
        assert (await store.retention.state()).rules == tuple(rules)
        assert (await run(keeping_for(store, tmp_path))).deleted == DeletedCounts()
        await store.retention.set_rules([rule("events", 1), rule("events", None, "returns")], by="ana")
        assert (await run(keeping_for(store, tmp_path))).deleted == DeletedCounts(events=1)
        assert {call.call_id for call in (await store.calls()).calls} == {"old", "young"}
        with pytest.raises(PeerError, match="two rules"):
            await store.retention.set_rules([rule("audio", 1), rule("audio", 2)], by="ana")


async def test_a_call_on_hold_is_deleted_by_nobody(tmp_path: Path) -> None:
    async with opened_store(tmp_path / DATABASE) as store:
        await fill(store, tmp_path)
        await store.holds.set("old", "case 7", by="ana")
        rules = [rule("events", 30), rule("audio", 30), rule("transcript", 1)]
        await store.retention.set_rules(rules, by="ana")
        keeping = keeping_for(store, tmp_path)
        planned = await plan(keeping)
        assert (planned.events, planned.audio, planned.transcript, planned.held) == (1, 0, 1, 1)
        done = await run(keeping)
        assert (done.deleted, done.held) == (DeletedCounts(events=1, transcript=1), 1)
        assert recording_path(tmp_path / "recordings", "old").is_file()
        assert len((await store.calls(SAID)).calls) == 1
        with pytest.raises(ConflictError, match="legal hold"):
            await store.erase(["old", "young"], keeping.remove, by="ana")
        with pytest.raises(IntegrityError):  # nor by a mistake of ours
            await store._database.transaction(lambda connection: connection.execute(calls.delete()))
        assert {call.call_id for call in (await store.calls()).calls} == {"old", "young"}
        await store.holds.lift("old", by="ben")
        assert (await run(keeping)).deleted == DeletedCounts(events=1)
        held = [("call.held", "old"), ("call.hold_lifted", "old")]
        assert [one for one in await whats(store, "call") if one in held] == held


async def test_a_run_that_was_cut_short_goes_on_and_counts_everything(tmp_path: Path) -> None:
    async def cut(_seconds: float) -> None:
        raise asyncio.CancelledError

    async with opened_store(tmp_path / DATABASE) as store:
        await fill(store, tmp_path)
        await store.retention.set_rules([rule("events", 30)], by="ana")
        with pytest.raises(asyncio.CancelledError):
            await run(replace(keeping_for(store, tmp_path), sleep=cut))
        assert (await store.retention.state()).is_cut_short
    async with opened_store(tmp_path / DATABASE) as store:
        keeping = keeping_for(store, tmp_path)
        assert await is_time(keeping)
        done = await run(keeping)
        assert done.deleted == DeletedCounts(events=2)
        assert not await is_time(keeping)
        assert [what for what, _ in await whats(store, "retention")].count("retention.began") == 1
        assert holding(tmp_path, SAID) == []


async def test_a_call_that_somebody_changes_is_left_for_the_next_run(tmp_path: Path) -> None:
    async with opened_store(tmp_path / DATABASE) as store:
        await fill(store, tmp_path)
        await store.retention.set_rules([rule("transcript", 30)], by="ana")
        done = await run(keeping_for(store, tmp_path, busy=["old"]))
        assert done.deleted == DeletedCounts(transcript=1)
        assert (await run(keeping_for(store, tmp_path))).deleted == DeletedCounts(transcript=1)


async def test_one_recording_that_cannot_be_deleted_keeps_no_other(tmp_path: Path) -> None:
    async with opened_store(tmp_path / DATABASE) as store:
        await fill(store, tmp_path)
        await store.retention.set_rules([rule("audio", 30)], by="ana")
        keeping = keeping_for(store, tmp_path)

        async def remove(call_ids: Sequence[str]) -> RemovedRecordings:
            if "old" in call_ids:
                raise PermissionError(13, "Permission denied")
            return await keeping.remove(call_ids)

        assert (await run(replace(keeping, remove=remove))).deleted == DeletedCounts(audio=1)
        assert (await run(keeping)).deleted == DeletedCounts(audio=1)


async def test_a_failing_disk_ends_the_attempt_and_the_next_goes_on(tmp_path: Path) -> None:
    async def fails(_call_ids: Sequence[str]) -> RemovedRecordings:
        raise OSError(28, "No space left on device")

    async with opened_store(tmp_path / DATABASE) as store:
        for number in range(8):
            await store.append(make.call(f"call-{number}", make.ended(), started_at=days_ago(9)))
        await store.retention.set_rules([rule("audio", 1)], by="ana")
        keeping = keeping_for(store, tmp_path)
        with pytest.raises(StoreError, match="in a row"):
            await run(replace(keeping, remove=fails))
        assert await is_time(keeping)
        assert (await run(keeping)).deleted == DeletedCounts()  # none of them ever had a recording
        assert (await store.state("call-1")).deleted == ()  # type: ignore[union-attr]  # it is there


async def test_nothing_is_deleted_while_the_clock_was_set_far_ahead(tmp_path: Path) -> None:
    now = [NOW]
    looked = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        if now[-1] > NOW:
            looked.set()
            await asyncio.Event().wait()
        now.append(NOW + timedelta(days=400))

    async with opened_store(tmp_path / DATABASE) as store:
        await fill(store, tmp_path)
        await store.retention.set_rules([rule("events", 1)], by="ana")
        before = await store.calls()
        keeping = replace(keeping_for(store, tmp_path), now=lambda: now[-1], sleep=sleep)
        watching = asyncio.create_task(watch(keeping))
        await looked.wait()
        watching.cancel()
        assert await store.calls() == before
        assert (await run(keeping_for(store, tmp_path))).deleted.events, "something was due"


NIGHT = datetime(2026, 11, 29, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last_run", "changed", "expected"),
    [
        (None, timedelta(hours=-2), timedelta()),  # set in the evening: that night
        (None, timedelta(hours=2), timedelta(days=1)),  # set in the morning: nothing goes before the next night
        (timedelta(hours=-24), timedelta(days=-9), timedelta()),
        (timedelta(days=-5), timedelta(days=-9), timedelta(days=-4)),  # the server was off: at once
        (timedelta(minutes=1), timedelta(days=-9), timedelta(days=1)),
        (timedelta(days=400), timedelta(days=-9), timedelta(hours=9)),  # by a clock that was ahead: now
    ],
)
def test_the_next_run_is_the_first_night_after_the_last_one_or_the_change(
    last_run: timedelta | None, changed: timedelta, expected: timedelta
) -> None:
    def moment(since: timedelta | None) -> int:
        return int((NIGHT + since).timestamp() * 1_000_000) if since is not None else 0

    state = RetentionState(rules=(rule("audio", 1),), last_run_us=moment(last_run), changed_us=moment(changed))
    assert next_run(state, NIGHT + timedelta(hours=9), 3) == NIGHT + expected
    assert next_run(replace(state, rules=(rule("audio", None),)), NIGHT, 3) is None


async def test_admins_see_and_change_the_rules_and_holds_over_http(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        async with calling(server, "one", agent={"id": "ana", "name": "Ana", "team": "returns"}) as phone:
            await begin(server, "one", phone)
            assert (await server.http.post("/api/calls/one/hold", json={"reason": " "})).status_code == 422
            held = await server.http.post("/api/calls/one/hold", json={"reason": " case\n7 "})
            assert held.status_code == 204  # while it goes on, too
            await hang_up(phone)
        assert (await server.http.post("/api/calls/nobody/hold", json={"reason": "x"})).status_code == 404
        assert (await server.http.post("/api/calls/one/hold", json={"reason": "x"})).status_code == 409
        refused = await server.http.delete("/api/calls/one")
        assert (refused.status_code, refused.json()["code"]) == (409, "call_held")
        assert "legal hold" in refused.json()["message"]
        assert (await server.http.delete("/api/customers/42")).json()["code"] == "call_held"
        for login, role in (("ana", "agent"), ("sue", "supervisor"), ("rob", "reviewer"), ("adm", "admin")):
            await add_person(server, login, role, teams=("returns",))
        for login, sees in (("ana", False), ("sue", True), ("rob", True)):
            async with browser_of(server, login) as browser:
                shown = (await browser.get("/api/calls/one")).json()["hold"]
                assert (shown and (shown["reason"], shown["by"])) == (("case 7", "Kim") if sees else None)
                assert ((await browser.get("/api/calls/one/hold")).status_code == 200) == sees
                assert (await browser.delete("/api/calls/one/hold")).status_code == 403
        async with browser_of(server, "adm") as browser:
            rules = [{"team": None, "kind": "events", "days": 1}, {"team": "sales", "kind": "audio", "days": None}]
            assert (await browser.put("/api/retention", json={"rules": rules})).status_code == 204
            view = (await browser.get("/api/retention")).json()
            assert (view["rules"], view["last_run"]) == (rules, None)
            assert datetime.fromisoformat(view["next_run_at"]) > NOW
            wrong = {"rules": [{"team": None, "kind": "events", "days": 0}]}
            assert (await browser.put("/api/retention", json=wrong)).status_code == 422
            assert (await browser.delete("/api/calls/one/hold")).status_code == 204
            assert (await browser.delete("/api/calls/one/hold")).json()["code"] == "no_hold"
            planned = (await browser.get("/api/retention/plan")).json()
            nothing = dict.fromkeys(("audio", "transcript", "events", "held", "bytes"), 0)
            assert planned == nothing | {"oldest": None}


async def test_the_server_takes_deleted_words_off_the_wall(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        runtime = server.runtime
        await runtime.store.append(wordy_call("old", SAID, days=9))
        (row,) = (await runtime.store.unresolved(9)).rows
        runtime.hub.begin_with([row], await runtime.store.count_unresolved())
        await runtime.store.retention.set_rules([rule("transcript", 1)], by="ana")
        with runtime.hub.watching_call("old") as review, runtime.hub.watching_wall() as (wall, _rows):
            await run(runtime.keeping())
            (told,) = await review.take()
            assert isinstance(told, Record)
            assert isinstance(told.event, PartDeleted)
            assert await wall.take() == [told]
        left = runtime.hub.rows["old"]
        assert (left.last_words, left.alerts[0].alert.quote, left.alerts[0].note) == ("", "", "")
        assert (await runtime.store.unresolved(9)).rows == (left,)


def test_the_command_sets_rules_and_says_the_same_dry_and_done(tmp_path: Path) -> None:
    async def prepare() -> None:
        async with opened_store(tmp_path / DATABASE) as store:
            await fill(store, tmp_path)

    asyncio.run(prepare())
    cli, where = CliRunner(), ["--data-dir", str(tmp_path)]

    def call(*words: str) -> str:
        done = cli.invoke(app, ["retention", *words, *where])
        assert done.exit_code == 0, done.output
        return done.output

    assert call("show") == "There is no rule: everything is kept.\n"
    call("set", "audio", "--days", "30")
    call("set", "transcript", "--days", "30", "--team", "returns")
    call("set", "events", "--days", "9")
    assert call("set", "events", "--no-rule") == "There is no such rule any more.\n"
    assert "transcript  returns: 30 days" in call("show")
    due = "Due: 2 recordings, 1 transcripts, 0 whole calls (0.0 MB of recordings"
    assert due in call("run", "--dry-run")
    assert holding(tmp_path, SAID) != []
    assert "Deleted: 2 recordings, 1 transcripts, 0 whole calls." in call("run", "--yes")
    assert [holding(tmp_path, word) for word in (SAID, NOTED, MARKED)] == [[], [], []]
    assert "Last run: " in call("show")
    assert "Due: 0 recordings, 0 transcripts" in call("run", "--dry-run")


def test_purge_leaves_calls_on_hold_and_delete_refuses_them(tmp_path: Path) -> None:
    async def prepare() -> None:
        async with opened_store(tmp_path / DATABASE) as store:
            await fill(store, tmp_path)
            await store.holds.set("old", "case 7", by="ana")

    asyncio.run(prepare())
    cli, where = CliRunner(), ["--data-dir", str(tmp_path)]
    refused = cli.invoke(app, ["calls", "delete", "old", "--yes", *where])
    assert isinstance(refused.exception, ConflictError)
    purged = cli.invoke(app, ["calls", "purge", "--older-than", "1", "--yes", *where])
    assert "1 calls are on legal hold and stay." in purged.output
    assert "Deleted 2 calls" in purged.output
    assert holding(tmp_path, SAID) != []


WORDY = {"words", "text", "lines", "quote", "said", "before", "note", "when", "why", "tags"}  # that may tell


@pytest.mark.parametrize("cls", EVENT_CLASSES, ids=lambda cls: cls.__name__)
def test_no_event_with_words_is_forgotten(cls: type[Event]) -> None:
    has_words = bool(WORDY & {field.name for field in fields(cls)})
    assert has_words == (cls in (*ONLY_WORDS, *ALSO_WORDS, Partial))
