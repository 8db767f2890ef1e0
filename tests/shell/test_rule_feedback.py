"""How the rules of a playbook did, and what people said of them: facts, sums, links, and who sees them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.shell import store_records as make
from tests.shell.people import add_person, browser_of
from tests.shell.serving import Serving, serving, settings_for, whole_call
from voiceassist.events import Cue, Event, NotUsefulMarked, PromptClosed
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.erasure import RemovedRecordings
from voiceassist.store.rule_facts import rule_rows
from voiceassist.store.rule_feedback import CALLS, RuleFeedback
from voiceassist.store.store import Store, open_store

NUMBERS = ("fired", "cards", "used", "dismissed", "not_useful", "false_alarms")


def cue(cue_id: str, **given: Any) -> Cue:
    return replace(make.cue(cue_id), **({"playbook": "retail@1"} | given))


def closed(prompt_id: str, outcome: Any) -> PromptClosed:
    return PromptClosed(at_ms=1500, prompt_id=prompt_id, outcome=outcome, alternative=None)


def useless(prompt_id: str = "p1", *, marked: bool = True) -> NotUsefulMarked:
    told = {"kind": "refusal", "rule": "r", "words": "can't", "playbook": "retail@1"}
    return NotUsefulMarked(at_ms=1600, prompt_id=prompt_id, cue_id="c1", marked=marked, by="Ada", **told)


def numbers(*events: Event) -> list[tuple[int, ...]]:
    return [tuple(row[name] for name in NUMBERS) for row in rule_rows("x", 0, events)]


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "calls.db")
    yield opened
    await opened.close()


async def feedback(store: Store, scope: CallScope = EVERY_CALL, since_us: int = 0) -> tuple[RuleFeedback, ...]:
    return await store.rule_feedback("retail", since_us, scope)


@pytest.mark.parametrize(
    ("events", "counted"),
    [
        ([cue("c1"), make.prompt("p1"), closed("p1", "used")], (1, 1, 1, 0, 0, 0)),
        ([cue("c1"), make.prompt("p1"), closed("p1", "dismissed"), useless()], (1, 1, 0, 1, 1, 0)),
        ([cue("c1"), make.prompt("p1"), useless(), useless(marked=False)], (1, 1, 0, 0, 0, 0)),
        ([cue("c1"), replace(make.false_alarm("c1", by="Sue"), playbook="retail@1")], (1, 0, 0, 0, 0, 1)),
        ([cue("c1"), make.cue_retracted("c1"), make.prompt("p1"), closed("p1", "retracted")], (0, 1, 0, 0, 0, 0)),
    ],
)
def test_a_rule_counts_what_it_found_and_what_became_of_its_cards(
    events: list[Event], counted: tuple[int, ...]
) -> None:
    assert numbers(*events) == [counted]


def test_what_only_coloured_a_word_is_nothing_that_a_rule_did() -> None:
    assert numbers(cue("c1", reach="colour")) == []


async def test_rules_are_added_up_over_calls_and_versions_with_the_newest_calls_in_which_people_complained(
    store: Store,
) -> None:
    for number in range(CALLS + 3):
        at = f"2026-11-2{number}T10:00:00+00:00"
        said: list[Event] = [cue("c1"), make.prompt("p1"), closed("p1", "dismissed"), useless(), make.ended()]
        await store.append(make.call(f"x{number}", *said, started_at=at))
    await store.append(make.call("quiet", cue("c1", rule="s", playbook="retail@2"), make.ended()))
    await store.append(make.call("other", cue("c1", playbook="clinic@1"), make.ended()))
    worst, quiet = await feedback(store)
    assert (worst.rule, worst.fired, worst.cards, worst.dismissed, worst.not_useful) == ("r", 8, 8, 8, 8)
    assert [call.call_id for call in worst.calls] == ["x7", "x6", "x5", "x4", "x3"]
    assert (worst.calls[0].started_at[:10], worst.calls[0].version) == ("2026-11-27", "1")
    assert (quiet.rule, quiet.fired, quiet.calls) == ("s", 1, ())


async def test_a_mark_after_the_call_counts_and_is_gone_when_it_is_taken_back(store: Store) -> None:
    await store.append(make.call("x", cue("c1"), make.prompt("p1"), make.ended()))
    for seq, marked in ((9, True), (10, False)):
        await store.append([make.record("x", seq, useless(marked=marked))])
        (rule,) = await feedback(store)
        assert rule.not_useful == int(marked)
    assert await store.rebuild_facts() == 1
    (rule,) = await feedback(store)
    assert (rule.fired, rule.not_useful) == (1, 0)


async def test_only_calls_that_one_may_see_are_named_though_all_are_counted(store: Store) -> None:
    await store.append(make.call("x", cue("c1"), make.prompt("p1"), useless(), make.ended()))
    (rule,) = await feedback(store, CallScope(own_id="ben"))
    assert (rule.not_useful, rule.calls) == (1, ())
    (rule,) = await feedback(store, CallScope(own_id="ada"))
    assert [call.call_id for call in rule.calls] == ["x"]


async def test_old_calls_and_deleted_ones_do_not_count(store: Store) -> None:
    await store.append(make.call("x", cue("c1"), make.ended()))
    assert await feedback(store, since_us=1 << 60) == ()
    await store.erase(["x"], _nothing, by="root")
    assert await feedback(store) == ()


async def _nothing(_: Any) -> Any:
    return RemovedRecordings(files=0, bytes=0)


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(settings_for(tmp_path)) as running:
        yield running


async def test_an_agents_mark_in_a_call_is_on_the_playbooks_page(server: Serving) -> None:
    await whole_call(server, "c-1")
    (card, *_) = (await server.http.get("/api/calls/c-1")).json()["prompts"]
    action = {"type": "mark_not_useful", "prompt_id": card["prompt"]["prompt_id"]}
    assert (await server.http.post("/api/calls/c-1/actions", json=action)).is_success
    shown = (await server.http.get("/api/playbooks/retail/feedback")).json()
    assert (shown["days"], shown["uncounted"]) == (30, 0)
    rule = next(one for one in shown["rules"] if one["rule"] == card["prompt"]["why"]["rule"])
    assert (rule["not_useful"], [call["call_id"] for call in rule["calls"]]) == (1, ["c-1"])
    assert (await server.http.get("/api/playbooks/none/feedback")).json()["rules"] == []


async def test_an_author_sees_the_counts_and_no_calls_of_others(server: Serving) -> None:
    await add_person(server, "pia", "author")
    async with browser_of(server, "pia") as pia:
        assert (await pia.get("/api/playbooks/retail/feedback")).json()["rules"] == []
