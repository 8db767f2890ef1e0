"""Bodies of requests that are JSON and still no text: refused by their field before anything is done."""

import json
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pydantic import ValidationError

from tests.shell.serving import Serving, serving, settings_for
from voiceassist.server.bodies import RequestBody
from voiceassist.server.playbook_drafts import Edits, Text
from voiceassist.server.playbook_trials import Try

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """One for all: nothing here changes it."""
    async with serving(settings_for(tmp_path_factory.mktemp("data"))) as running:
        yield running


def edits(op: str, *path: str, **more: Any) -> dict[str, Any]:
    return {"revision": 0, "edits": [{"op": op, "path": path, **more}]}


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", "/draft", {"revision": 0, "text": "a\ud800b"}, "text"),
        ("PATCH", "/draft", edits("set", "title", value="\udfff"), "edits.0.value"),
        ("PATCH", "/draft", edits("set", "title", value={"\ud800": 1}), "edits.0.value.?"),
        ("PATCH", "/draft", edits("set", "\ud800", value=1), "edits.0.path.0"),
        ("PATCH", "/draft", edits("rename", "title", to="\ud800"), "edits.0.to"),
        ("POST", "/try", {"speaker": "agent", "text": "no", "\ud800": 1}, "?"),
        ("POST", "/publish", {"revision": 1, "note": "\ud800"}, "note"),
    ],
)
async def test_half_a_surrogate_pair_is_refused_by_its_field(
    server: Serving, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await server.http.request(
        method, f"/api/playbooks/retail{path}", content=json.dumps(body), headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_field")
    assert f"`{field}` has half of a surrogate pair" in answer.json()["message"]


async def test_half_a_surrogate_pair_in_an_action_or_a_name_is_refused_too(server: Serving) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (
        {"type": "ask_help", "\ud800": 1},
        {"type": "\ud800"},
        {"type": "change_alert", "note": "\ud800"},
    ):
        answer = await server.http.post("/api/calls/c-1/actions", content=json.dumps(body), headers=headers)
        assert (answer.status_code, set(answer.json())) == (422, {"type", "code", "message"})


MANY = {f"field-{number}": 1 for number in range(20_000)}


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        (Text, {"revision": 0, "text": "fine"} | MANY),
        (Edits, {"revision": 0, "edits": [{"op": "set", "path": ["title"]} | MANY]}),
        (Edits, {"revision": 0, "edits": [{}] * 20_000}),
        (Edits, {"revision": 0, "edits": [{"op": "set", "path": [{}] * 20_000}]}),
        (Try, {"speaker": "agent", "text": "fine", "turns": [{}] * 20_000}),
        (Try, {"speaker": "agent", "text": "fine", "turns": [MANY]}),
    ],
)
async def test_a_body_of_many_mistakes_is_refused_without_telling_all_of_them(
    asked: type[RequestBody], body: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as refused:
        asked.model_validate(body)
    assert refused.value.error_count() <= 3  # of one path or turn: its fields, or what it is not


async def test_a_body_of_many_unknown_fields_says_which_there_are(server: Serving) -> None:
    answer = await server.http.put("/api/playbooks/retail/draft", json={"revision": 0, "text": "fine"} | MANY)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_field")
    assert "20002 fields; there are only revision, text" in answer.json()["message"]


async def test_a_body_that_is_wide_and_deep_costs_one_path_and_not_a_path_for_each_value() -> None:
    body: Any = ["fine"] * 100_000
    for _ in range(500):
        body = [body]  # 50 million steps, were each of them named
    tracemalloc.start()
    try:
        assert Text(revision=0, text="fine", by=body).text == "fine"  # type: ignore[call-arg]  # `by` is let through
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10_000_000
