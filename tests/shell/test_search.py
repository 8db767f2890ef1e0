"""Full-text search: what is found, what the snippet shows, and that nothing typed is an error."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shell import store_records as make
from voiceassist.store.search import MAX_TERMS, terms_of
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


async def test_a_very_long_query_is_cut() -> None:
    assert len(terms_of("word " * 10_000)) == MAX_TERMS


@given(word=st.text(alphabet=st.characters(categories=["L", "N"], max_codepoint=0x17F), min_size=1))
def test_a_plain_word_is_one_term(word: str) -> None:
    assert len(terms_of(word)) == 1
