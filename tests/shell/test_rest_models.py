"""Every REST route says what it answers, and answers that."""

from typing import Any

import pytest

from voiceassist.server.http import build_api

OPENAPI = build_api(demo=True).openapi()
ROUTES = [(method, path) for path, operations in OPENAPI["paths"].items() for method in operations]


def successes(method: str, path: str) -> list[dict[str, Any]]:
    answers = OPENAPI["paths"][path][method]["responses"]
    return [answer for status, answer in answers.items() if status.startswith("2")]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_route_says_what_it_answers_and_what_an_error_looks_like(method: str, path: str) -> None:
    (success,) = successes(method, path)
    for kind, content in success.get("content", {}).items():
        assert content.get("schema"), f"{kind} without a schema"
    errors = OPENAPI["paths"][path][method]["responses"]["4XX"]["content"]["application/json"]["schema"]
    assert set(errors["properties"]) == {"type", "code", "message"}


def test_no_two_routes_have_the_same_name() -> None:
    names = [operation["operationId"] for path in OPENAPI["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) > 30
