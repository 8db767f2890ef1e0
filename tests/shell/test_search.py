"""Full-text search: what is found, what the snippet shows, and that nothing typed is an error."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from tests.shell import store_records as make
from voiceassist.store.call_list import AskedCalls, page_of
from voiceassist.store.query import MAX_TERMS, read_query
from voiceassist.store.store import Store, open_store

LINES = {
    "refund": ("I'd like a refund, please.", "We can't take it back after thirty days."),
    "router": ("My router is blinking.", "Could you switch it off and on?", "The café's Wi-Fi works."),
    "manager": ("Get me your manager!", "What I can do is offer you store credit."),
}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "calls.db")
    for call_id, lines in LINES.items():
        await opened.append(make.call(call_id, *(make.said(line) for line in lines)))
    yield opened
    await opened.close()


async def found(store: Store, query: str) -> set[str]:
    return {call.call_id for call in (await store.calls(query)).calls}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("refund", {"refund"}),
        ("REFUND", {"refund"}),
        ("can", {"refund", "manager"}),  # "can't" is can + t
        ("can't", {"refund"}),
        ("rout", {"router"}),  # the last word may be unfinished
        ("rout blinking", set()),  # the others may not
        ("manager credit", {"manager"}),  # words may be in different lines of a call
        ("refund router", set()),
        ('"store credit"', {"manager"}),
        ('"credit store"', set()),
        ('"store cred', {"manager"}),  # still being typed
        ('"store cred"', set()),
        ("cafe", {"router"}),
        ("CAFÉ", {"router"}),
        ("wi-fi", {"router"}),
        ("refund AND router", set()),  # a word, not an operator
        ("off AND on", {"router"}),
        ("credit OR", set()),
        ("text:refund", set()),
        ("can near credit", {"manager"}),  # within five words
        ("can near/3 credit", set()),
        ("can NEAR/6 credit", {"manager"}),
        ('"what i" near "store cred', {"manager"}),
        ("take near thirty near days", {"refund"}),
        ("agent: manager", {"manager"}),
        ("agent:can't", {"refund"}),
        ("customer:can't", set()),
        ("agente: credit cliente: refund", set()),
        ('"near"', set()),
        ("near", set()),
        ("refund near", {"refund"}),  # being typed
        ("refund agent:", {"refund"}),
        ("refund*", {"refund"}),
        ("(refund", {"refund"}),
        ("refund !!", {"refund"}),
        ("", {"refund", "router", "manager"}),
        ("   ", {"refund", "router", "manager"}),
        ("?!", set()),
        ('"', set()),
        ('""', set()),
    ],
)
async def test_a_query_finds(store: Store, query: str, expected: set[str]) -> None:
    assert await found(store, query) == expected


async def test_the_snippet_marks_the_hits_in_the_line_that_has_most(store: Store) -> None:
    page = await store.calls("can credit store")
    assert [call.snippet for call in page.calls] == [
        "What I \x02can\x03 do is offer you \x02store\x03 \x02credit\x03."
    ]


async def test_a_list_without_query_has_no_snippets(store: Store) -> None:
    assert {call.snippet for call in (await store.calls()).calls} == {None}


async def test_found_calls_come_in_pages_too(store: Store) -> None:
    first = await store.calls("can", limit=1)
    second = await store.calls("can", limit=1, before=first.next)
    assert [call.call_id for call in (*first.calls, *second.calls)] == ["refund", "manager"]
    assert second.next is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.one_of(st.text(), st.text(alphabet="\"'*^():-+{}[]. \x00\x02\ud800aé٣ँNEARANDORNOT")))
async def test_nothing_that_is_typed_is_an_error(store: Store, query: str) -> None:
    await store.calls(query)


async def test_a_search_by_speaker_finds_what_they_said(store: Store) -> None:
    said = (
        make.said("I want a refund", speaker="customer"),
        make.said("no refund but late fees", speaker="agent"),
    )
    await store.append(make.call("both", *said))
    assert await found(store, "customer: want agent: late") == {"both"}
    assert await found(store, "customer: late") == set()
    assert await found(store, 'customer:"a refund" agent:fees near refund') == {"both"}


async def test_a_found_call_shows_the_lines_that_say_most_with_their_speaker_and_time(store: Store) -> None:
    lines = [make.said(f"the fee {n}", at_ms=n * 100, speaker="customer") for n in range(10)]
    said = [*lines, replace(make.said("i waive it", at_ms=5_000), start_ms=4_000)]
    await store.append(make.call("long", *said))
    (call,) = (await store.calls("fee waive")).calls
    assert [(line.speaker, line.at_ms, line.text) for line in call.lines[:2]] == [
        ("customer", 0, "the \x02fee\x03 0"),
        ("agent", 4_000, "i \x02waive\x03 it"),
    ]
    assert len(call.lines) == 3
    assert call.snippet == call.lines[0].text


async def test_what_makes_no_sense_is_told_with_its_place_and_what_to_do(store: Store) -> None:
    page = await store.calls("refund near/many")
    (number, alone) = page.doubts
    assert (number.code, number.at, number.text) == ("near_number", 7, "near/many")
    assert "a number of words from 1 to 50" in number.message
    assert alone.code == "near_alone"
    assert [call.call_id for call in page.calls] == ["refund"]


@pytest.mark.parametrize(
    ("typed", "code", "at"),
    [
        ("  ?!", "no_words", 2),
        ("fee near", "near_alone", 4),
        ("near fee", "near_alone", 0),
        ("fee near near waive", "near_alone", 4),
        ("fee near/0 waive", "near_number", 4),
        ("fee near/51 waive", "near_number", 4),
        ("fee near/ waive", "near_number", 4),
        ("agent:", "speaker_alone", 0),
        ("fee customer:", "speaker_alone", 4),
        ("agent: customer: fee", "speaker_alone", 0),
        ("w " * 16 + "late", "too_many", 32),
    ],
)
def test_a_query_that_makes_no_sense_says_where(typed: str, code: str, at: int) -> None:
    doubt = read_query(typed).doubts[0]
    assert (doubt.code, doubt.at) == (code, at)
    assert f"at character {at + 1}" in doubt.message


@given(typed=st.text(alphabet="ab\"':/ 05neracustomgt?\u0301", max_size=60))
def test_reading_a_query_never_fails_and_every_doubt_has_its_place_in_it(typed: str) -> None:
    query = read_query(typed)
    assert len(query.terms) <= MAX_TERMS
    for doubt in query.doubts:
        assert doubt.at < max(1, len(typed))
    for term in query.terms:
        assert all(any(map(str.isalnum, said.text)) for said in term.said)


async def test_a_very_long_query_is_cut() -> None:
    assert len(read_query("word " * 10_000).terms) == MAX_TERMS


@given(word=st.text(alphabet=st.characters(categories=["L", "N"], max_codepoint=0x17F), min_size=1))
def test_a_plain_word_is_one_term(word: str) -> None:
    assert len(read_query(word).terms) == 1


async def test_no_search_looks_through_all_lines_or_records(store: Store) -> None:
    def plans(connection: Connection) -> list[str]:
        asked: list[tuple[str, Any]] = []

        def ask(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
            asked.append((statement, values))

        event.listen(connection, "before_cursor_execute", ask)
        page_of(connection, AskedCalls(query=read_query("can")), 30, None)  # in several calls
        event.remove(connection, "before_cursor_execute", ask)
        steps = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", values) for one, values in asked]
        return [step.detail for plan in steps for step in plan]

    found = await store._database.read(plans)
    assert any("finals_text VIRTUAL TABLE" in step for step in found)
    assert [step for step in found if step.split()[:2] in (["SCAN", "finals"], ["SCAN", "events"])] == []
